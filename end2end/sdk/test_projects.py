"""Projects: made, found, changed, removed."""

import re

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.label_interface import LabelInterface
from label_studio_sdk.label_interface.create import choices

from conftest import Http, MakeProject
from support.world import BOXES, SENTIMENT, choice

NOTHING_DEFINED = '<View><Choices name="c" toName="nobody"><Choice value="a"/></Choices></View>'


def test_defaults_are_the_ones_scripts_know(ls: LabelStudio, make_project: MakeProject) -> None:
    project = ls.projects.get(make_project())
    assert project.title == "A project"
    assert project.description == ""
    assert re.fullmatch("#[0-9A-Fa-f]{6}", project.color)
    assert project.maximum_annotations == 1
    assert project.show_skip_button is True
    assert project.enable_empty_annotation is True
    assert project.show_collab_predictions is True
    assert project.is_published is False
    assert project.sampling == "Sequential sampling"
    assert project.skip_queue == "REQUEUE_FOR_OTHERS"
    assert project.task_number == 0
    assert project.total_annotations_number == 0
    assert project.created_by.email == ls.users.whoami().email
    assert project.created_at.year > 2000
    assert project.parsed_label_config["sentiment"]["labels"] == ["Positive", "Negative"]
    assert project.parsed_label_config["sentiment"]["to_name"] == ["text"]
    assert project.control_weights["sentiment"].labels == {"Positive": 1.0, "Negative": 1.0}


def test_everything_one_says_is_kept(ls: LabelStudio, make_project: MakeProject) -> None:
    wishes = {
        "title": "All of it",
        "description": "What it is for",
        "expert_instruction": "<p>Read twice.</p>",
        "show_instruction": True,
        "show_skip_button": False,
        "enable_empty_annotation": False,
        "show_annotation_history": True,
        "color": "#112233",
        "maximum_annotations": 3,
        "is_published": True,
        "min_annotations_to_start_training": 5,
        "show_collab_predictions": False,
        "sampling": "Uncertainty sampling",
        "show_overlap_first": True,
        "overlap_cohort_percentage": 50,
        "skip_queue": "REQUEUE_FOR_ME",
        "reveal_preannotations_interactively": True,
        "evaluate_predictions_automatically": True,
    }
    project = ls.projects.get(make_project(**wishes))
    assert {name: getattr(project, name) for name in wishes} == wishes


def test_a_title_can_be_given_twice(ls: LabelStudio, make_project: MakeProject) -> None:
    assert make_project(title="Twice") != make_project(title="Twice")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "ab"),
        ("title", "x" * 101),
        ("color", "pinkish"),
        ("sampling", "none"),
        ("skip_queue", "never"),
        ("label_config", "<View"),
        ("label_config", NOTHING_DEFINED),
    ],
)
def test_what_cannot_be_is_refused_by_field(ls: LabelStudio, field: str, value: str) -> None:
    with pytest.raises(ApiError) as refused:
        ls.projects.create(**{"title": "Refused", field: value})
    assert refused.value.status_code == 400
    assert list(refused.value.body["validation_errors"]) == [field]


def test_change_and_remove(ls: LabelStudio) -> None:
    project = ls.projects.create(title="Before", label_config=SENTIMENT)
    assert ls.projects.update(project.id, title="After", maximum_annotations=2).title == "After"
    again = ls.projects.get(project.id)
    assert (again.title, again.maximum_annotations, again.description) == ("After", 2, "")
    ls.projects.delete(project.id)
    with pytest.raises(ApiError) as gone:
        ls.projects.get(project.id)
    assert gone.value.status_code == 404


def test_read_only_fields_stay(ls: LabelStudio, http: Http, project: int) -> None:
    http.patch(f"/api/projects/{project}/", json={"id": project + 1, "task_number": 5, "created_at": "2020-01-01T00:00:00Z"})
    again = ls.projects.get(project)
    assert again.task_number == 0
    assert again.created_at.year > 2020


def test_the_list_comes_in_pages(ls: LabelStudio, http: Http, make_project: MakeProject) -> None:
    made = {make_project(title=f"Page {number}") for number in range(5)}
    listed = [project.id for project in ls.projects.list(page_size=2)]
    assert made <= set(listed)
    assert len(listed) == len(set(listed))
    # The newest first.
    assert [one for one in listed if one in made] == sorted(made, reverse=True)
    page = http.get("/api/projects/?page_size=2&page=2").json()
    assert page["count"] == len(listed)
    assert len(page["results"]) == 2
    assert "page=3" in page["next"]
    assert http.get(page["next"].removeprefix(http.url)).ok
    assert http.get(page["previous"].removeprefix(http.url)).json()["results"][0]["id"] == listed[0]


def test_past_the_last_page_is_nothing(http: Http, project: int) -> None:
    assert http.get("/api/projects/?page=99999").status_code == 404
    assert http.get("/api/projects/?page=x").status_code in (400, 404)


def test_found_by_title_and_by_id(ls: LabelStudio, make_project: MakeProject) -> None:
    one, other = make_project(title="Blue whales"), make_project(title="Red foxes")
    assert one in [project.id for project in ls.projects.list(title="blue wh")]
    assert other not in [project.id for project in ls.projects.list(title="blue wh")]
    assert {project.id for project in ls.projects.list(ids=f"{one},{other}")} == {one, other}


def test_only_the_fields_one_asks_for(http: Http, make_project: MakeProject) -> None:
    project = make_project()
    listed = http.get(f"/api/projects/?ids={project}&include=id,title").json()["results"]
    assert listed == [{"id": project, "title": "A project"}]


def test_in_the_order_one_asks_for(http: Http, make_project: MakeProject) -> None:
    ids = [make_project(title=title) for title in ("Bravo", "Alpha", "Charlie")]
    chosen = ",".join(map(str, ids))

    def titles(ordering: str) -> list[str]:
        return [project["title"] for project in http.get(f"/api/projects/?ids={chosen}&ordering={ordering}").json()["results"]]

    assert titles("title") == ["Alpha", "Bravo", "Charlie"]
    assert titles("-title") == ["Charlie", "Bravo", "Alpha"]
    assert titles("id") == ["Bravo", "Alpha", "Charlie"]


def test_counts(ls: LabelStudio, project: int, add_tasks) -> None:
    done, skipped, known, _ = add_tasks("done", "skipped", "known", "open")
    ls.annotations.create(done, result=[choice("Positive")])
    ls.annotations.create(known, result=[choice("Positive")], ground_truth=True)
    ls.annotations.create(skipped, result=[], was_cancelled=True)
    ls.predictions.create(task=done, result=[choice("Positive")], score=0.5, model_version="one")
    counted = ls.projects.get(project)
    assert counted.task_number == 4
    assert counted.total_annotations_number == 2
    assert counted.skipped_annotations_number == 1
    assert counted.ground_truth_number == 1
    assert counted.total_predictions_number == 1
    assert counted.finished_task_number == 2
    assert counted.num_tasks_with_annotations == 1
    (listed,) = ls.projects.list_counts(ids=str(project)).results
    assert listed.task_number == 4


def test_configs_are_checked(ls: LabelStudio, http: Http, anonymous: Http, project: int) -> None:
    ls.projects.validate_label_config(project, label_config=BOXES)
    with pytest.raises(ApiError) as refused:
        ls.projects.validate_label_config(project, label_config=NOTHING_DEFINED)
    assert refused.value.status_code == 400
    # Without a project, and without an account.
    assert anonymous.post("/api/projects/validate/", json={"label_config": BOXES}).status_code == 204
    assert http.post("/api/projects/validate/", data={"label_config": BOXES}).status_code == 204
    wrong = anonymous.post("/api/projects/validate/", json={"label_config": NOTHING_DEFINED})
    assert wrong.status_code == 400
    assert "nobody" in str(wrong.json()["label_config"])


def test_the_config_is_an_interface_in_python(ls: LabelStudio, project: int) -> None:
    interface = ls.projects.get(project).get_label_interface()
    assert isinstance(interface, LabelInterface)
    assert interface.get_tag("sentiment").labels == ["Positive", "Negative"]
    example = interface.generate_sample_task()
    made = ls.tasks.create(project=project, data=example["data"] if "data" in example else example)
    assert made.data["text"]


def test_a_config_written_in_python(ls: LabelStudio, make_project: MakeProject) -> None:
    config = LabelInterface.create({"text": "Text", "label": choices(["Yes", "No"])})
    project = ls.projects.get(make_project(label_config=config))
    assert project.parsed_label_config["label"]["labels"] == ["Yes", "No"]


def test_summary(http: Http, ls: LabelStudio, project: int, add_tasks) -> None:
    first, second = add_tasks("one", "two")
    ls.annotations.create(first, result=[choice("Positive")])
    summary = http.get(f"/api/projects/{project}/summary/").json()
    assert set(summary["all_data_columns"]) == {"text", "number"}
    assert sorted(summary["common_data_columns"]) == ["number", "text"]
    assert summary["created_annotations"] == {"sentiment|text|choices": 1}
    assert summary["created_labels"] == {"sentiment": {"Positive": 1}}


def test_next_task(http: Http, ls: LabelStudio, project: int, add_tasks) -> None:
    assert http.get(f"/api/projects/{project}/next/").status_code == 404
    first, second = add_tasks("one", "two")
    given = http.get(f"/api/projects/{project}/next/").json()
    assert given["id"] == first
    assert given["data"]["text"] == "one"
    ls.annotations.create(first, result=[choice("Positive")])
    assert http.get(f"/api/projects/{project}/next/").json()["id"] == second


def test_sample_task(http: Http, project: int) -> None:
    sample = http.post(f"/api/projects/{project}/sample-task/", json={"label_config": BOXES}).json()["sample_task"]
    assert "image" in sample


def test_model_versions(http: Http, ls: LabelStudio, project: int, add_tasks) -> None:
    one, two = add_tasks("one", "two")
    for task, version in ((one, "alpha"), (two, "alpha"), (one, "beta")):
        ls.predictions.create(task=task, result=[choice("Positive")], model_version=version)
    assert http.get(f"/api/projects/{project}/model-versions/").json() == {"alpha": 2, "beta": 1}
    extended = http.get(f"/api/projects/{project}/model-versions/?extended=true").json()["static"]
    assert {(one["model_version"], one["count"]) for one in extended} == {("alpha", 2), ("beta", 1)}


def test_the_people_who_annotated(ls: LabelStudio, project: int, add_tasks) -> None:
    task = add_tasks("one")[0]
    ls.annotations.create(task, result=[choice("Positive")])
    assert [one.email for one in ls.projects.list_unique_annotators(project)] == [ls.users.whoami().email]
