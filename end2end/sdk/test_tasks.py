"""Tasks: made one by one, listed in pages, filtered, changed, removed."""

import json
from typing import Any

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.data_manager import Column, Filters, Operator, Type

from conftest import Http, MakeProject
from support.world import choice

# What `tasks.get` and `tasks.list` answer for each task, whatever was done with it.
FIELDS = {
    "id", "predictions", "annotations", "drafts", "annotators", "inner_id", "cancelled_annotations", "total_annotations",
    "total_predictions", "completed_at", "annotations_results", "predictions_results", "predictions_score", "file_upload",
    "storage_filename", "annotations_ids", "predictions_model_versions", "avg_lead_time", "draft_exists", "updated_by",
    "data", "meta", "created_at", "updated_at", "is_labeled", "overlap", "comment_count", "unresolved_comment_count",
    "last_comment_updated_at", "project", "comment_authors",
}  # fmt: skip


def found(http: Http, project: int, *items: tuple[str, str, str, Any], conjunction: str = "and", **more: Any) -> list[str]:
    """The texts of the tasks that a query finds."""
    filters = [dict(zip(("filter", "operator", "type", "value"), (f"filter:tasks:{item[0]}", *item[1:]))) for item in items]
    query = {**({"filters": {"conjunction": conjunction, "items": filters}} if items else {}), **more}
    answer = http.get("/api/tasks/", params={"project": project, "query": json.dumps(query)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["tasks"])
    return [task["data"]["text"] for task in answer.json()["tasks"]]


def test_make_change_remove(ls: LabelStudio, project: int) -> None:
    made = ls.tasks.create(project=project, data={"text": "one"}, meta={"from": "here"})
    assert made.data == {"text": "one"}
    assert made.meta == {"from": "here"}
    assert made.is_labeled is False
    assert ls.tasks.update(made.id, data={"text": "two"}).data == {"text": "two"}
    again = ls.tasks.get(made.id)
    assert (again.data, again.meta, again.project) == ({"text": "two"}, {"from": "here"}, project)
    ls.tasks.delete(made.id)
    with pytest.raises(ApiError) as gone:
        ls.tasks.get(made.id)
    assert gone.value.status_code == 404


def test_every_field_is_there(http: Http, project: int, add_tasks) -> None:
    task = add_tasks("one")[0]
    assert FIELDS <= set(http.get(f"/api/tasks/{task}/").json())
    (listed,) = http.get(f"/api/tasks/?project={project}&fields=all").json()["tasks"]
    assert FIELDS <= set(listed)
    (light,) = http.get(f"/api/tasks/?project={project}").json()["tasks"]
    assert {"id", "data", "total_annotations"} <= set(light)
    assert "annotations" not in light
    (asked,) = http.get(f"/api/tasks/?project={project}&include=id,data").json()["tasks"]
    assert set(asked) == {"id", "data"}


def test_a_form_makes_a_task_too(http: Http, project: int) -> None:
    answer = http.post("/api/tasks/", data={"project": project, "data": '{"text": "by form"}'})
    assert answer.status_code == 201
    assert answer.json()["data"] == {"text": "by form"}


@pytest.mark.parametrize("data", ["x", 5, None])
def test_data_has_fields(http: Http, project: int, data: Any) -> None:
    assert http.post("/api/tasks/", json={"project": project, "data": data}).status_code == 400


def test_pages(ls: LabelStudio, http: Http, project: int, add_tasks) -> None:
    tasks = add_tasks(*(f"text {number}" for number in range(7)))
    assert [task.id for task in ls.tasks.list(project=project, page_size=3)] == tasks
    page = http.get(f"/api/tasks/?project={project}&page=2&page_size=3").json()
    assert [task["id"] for task in page["tasks"]] == tasks[3:6]
    assert page["total"] == 7
    assert http.get(f"/api/tasks/?project={project}&page=9&page_size=3").status_code == 404


def test_an_empty_project_has_an_empty_page(ls: LabelStudio, http: Http, project: int) -> None:
    assert list(ls.tasks.list(project=project)) == []
    assert http.get(f"/api/tasks/?project={project}").json() == {
        "tasks": [], "total": 0, "total_annotations": 0, "total_predictions": 0
    }  # fmt: skip


def test_a_list_needs_a_project_or_a_view(http: Http) -> None:
    assert http.get("/api/tasks/").status_code in (400, 404)
    assert http.get("/api/tasks/?project=abc").status_code == 400


def test_the_list_carries_the_work(ls: LabelStudio, project: int, add_tasks) -> None:
    done, other = add_tasks("done", "other")
    annotation = ls.annotations.create(done, result=[choice("Positive")], lead_time=4)
    ls.predictions.create(task=done, result=[choice("Negative")], score=0.25, model_version="one")
    first, second = ls.tasks.list(project=project)
    assert [one["id"] for one in first.annotations] == [annotation.id]
    assert first.annotations[0]["result"][0]["value"] == {"choices": ["Positive"]}
    assert [one.score for one in first.predictions] == [0.25]
    assert (first.total_annotations, first.total_predictions, first.is_labeled) == (1, 1, True)
    assert first.completed_at is not None
    assert first.avg_lead_time == 4
    assert (second.id, second.annotations, second.predictions, second.is_labeled) == (other, [], [], False)


def test_one_task_names_who_annotated(http: Http, ls: LabelStudio, project: int, add_tasks) -> None:
    task = add_tasks("one")[0]
    ls.annotations.create(task, result=[choice("Positive")])
    me = ls.users.whoami()
    answer = http.get(f"/api/tasks/{task}/").json()
    assert answer["annotations"][0]["completed_by"]["id"] == me.id
    assert answer["annotations"][0]["completed_by"]["email"] == me.email
    assert answer["annotators"] == [me.id]
    assert answer["updated_by"] == [{"user_id": me.id}]


def test_filters_on_data(http: Http, project: int, add_tasks) -> None:
    add_tasks("apple pie", "apple juice", "plum pie", "bread")
    assert found(http, project, ("data.text", "contains", "String", "apple")) == ["apple pie", "apple juice"]
    assert found(http, project, ("data.text", "not_contains", "String", "apple")) == ["plum pie", "bread"]
    assert found(http, project, ("data.text", "equal", "String", "bread")) == ["bread"]
    assert found(http, project, ("data.text", "regex", "String", "^(plum|bread)")) == ["plum pie", "bread"]
    assert found(http, project, ("data.number", "greater", "Number", 1)) == ["plum pie", "bread"]
    assert found(http, project, ("data.number", "in", "Number", {"min": 1, "max": 2})) == ["apple juice", "plum pie"]
    both = (("data.text", "contains", "String", "apple"), ("data.text", "contains", "String", "pie"))
    assert found(http, project, *both) == ["apple pie"]
    assert found(http, project, *both, conjunction="or") == ["apple pie", "apple juice", "plum pie"]


def test_filters_on_the_work(http: Http, ls: LabelStudio, project: int, add_tasks) -> None:
    done, skipped, guessed, _ = add_tasks("done", "skipped", "guessed", "open")
    ls.annotations.create(done, result=[choice("Positive")])
    ls.annotations.create(skipped, result=[], was_cancelled=True)
    ls.predictions.create(task=guessed, result=[choice("Negative")], score=0.75, model_version="one")
    me = ls.users.whoami().id
    assert found(http, project, ("total_annotations", "equal", "Number", 1)) == ["done"]
    assert found(http, project, ("cancelled_annotations", "greater", "Number", 0)) == ["skipped"]
    assert found(http, project, ("total_predictions", "greater_or_equal", "Number", 1)) == ["guessed"]
    assert found(http, project, ("predictions_model_versions", "contains", "List", "one")) == ["guessed"]
    assert "done" in found(http, project, ("annotators", "contains", "List", me))
    assert found(http, project, ("annotations_results", "contains", "String", "Positive")) == ["done"]
    assert found(http, project, ("completed_at", "empty", "Datetime", False))[0] == "done"
    assert "open" in found(http, project, ("completed_at", "empty", "Datetime", True))
    assert found(http, project, ("id", "in_list", "List", [done, guessed])) == ["done", "guessed"]
    assert found(http, project, ("inner_id", "less_or_equal", "Number", 2)) == ["done", "skipped"]
    assert found(http, project, ("created_at", "greater", "Datetime", "2100-01-01T00:00:00.000Z")) == []


def test_order(http: Http, project: int, add_tasks) -> None:
    add_tasks("b", "c", "a")
    assert found(http, project, ordering=["-tasks:id"]) == ["a", "c", "b"]
    assert found(http, project, ordering=["tasks:data.text"]) == ["a", "b", "c"]
    assert found(http, project, ordering=["-tasks:data.number"]) == ["a", "c", "b"]


def test_selection(http: Http, project: int, add_tasks) -> None:
    one, two, _ = add_tasks("one", "two", "three")
    assert found(http, project, selectedItems={"all": False, "included": [one, two]}) == ["one", "two"]
    assert found(http, project, selectedItems={"all": True, "excluded": [one]}) == ["two", "three"]


def test_filters_as_the_sdk_writes_them(ls: LabelStudio, project: int, add_tasks) -> None:
    wanted = add_tasks("apple", "plum", "apple again")[::2]
    filters = Filters.create(Filters.AND, [Filters.item(Column.data("text"), Operator.CONTAINS, Type.String, "apple")])
    assert [task.id for task in ls.tasks.list(project=project, query=json.dumps({"filters": filters}))] == wanted


def test_all_tasks_of_a_project(ls: LabelStudio, http: Http, project: int, add_tasks) -> None:
    tasks = add_tasks("one", "two", "three")
    assert [task["id"] for task in http.get(f"/api/projects/{project}/tasks/?page_size=2").json()] == tasks[:0:-1]
    ls.tasks.delete_all_tasks(project)
    assert list(ls.tasks.list(project=project)) == []
    assert ls.projects.get(project).task_number == 0


def test_numbers_go_on_in_each_project(ls: LabelStudio, make_project: MakeProject) -> None:
    for project in (make_project(), make_project()):
        ids = ls.projects.import_tasks(project, request=[{"text": "x"}] * 3, return_task_ids=True).task_ids
        assert [ls.tasks.get(task).inner_id for task in ids] == [1, 2, 3]


def test_overlap(ls: LabelStudio, make_project: MakeProject) -> None:
    project = make_project(maximum_annotations=2)
    (task,) = ls.projects.import_tasks(project, request=[{"text": "x"}], return_task_ids=True).task_ids
    ls.annotations.create(task, result=[choice("Positive")])
    # One more is wanted.
    assert (ls.tasks.get(task).overlap, ls.tasks.get(task).is_labeled) == (2, False)


@pytest.mark.ours
def test_scores_of_predictions(http: Http, ls: LabelStudio, project: int, add_tasks) -> None:
    sure, unsure = add_tasks("sure", "unsure")
    for task, score in ((sure, 0.9), (unsure, 0.25)):
        ls.predictions.create(task=task, result=[choice("Negative")], score=score, model_version="one")
    assert [task.predictions_score for task in ls.tasks.list(project=project)] == [0.9, 0.25]
    assert found(http, project, ("predictions_score", "greater", "Number", 0.5)) == ["sure"]
    assert found(http, project, ordering=["tasks:predictions_score"]) == ["unsure", "sure"]
