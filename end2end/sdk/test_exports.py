"""How the work goes out: at once, or as snapshots that stay."""

import csv
import io
import json

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http
from support.world import choice, eventually

TASK_FIELDS = {
    "id", "annotations", "drafts", "predictions", "data", "meta", "created_at", "updated_at", "inner_id", "total_annotations",
    "cancelled_annotations", "total_predictions", "comment_count", "unresolved_comment_count", "last_comment_updated_at",
    "project", "updated_by", "comment_authors",
}  # fmt: skip
ANNOTATION_FIELDS = {
    "id", "completed_by", "result", "was_cancelled", "ground_truth", "created_at", "updated_at", "draft_created_at",
    "lead_time", "prediction", "result_count", "unique_id", "import_id", "last_action", "task", "project", "updated_by",
    "parent_prediction", "parent_annotation", "last_created_by",
}  # fmt: skip


@pytest.fixture
def tasks(ls: LabelStudio, add_tasks) -> list[int]:
    """One task that is done, one that was skipped, one that is open."""
    done, skipped, open_ = add_tasks("done", "skipped", "open")
    ls.annotations.create(done, result=[choice("Positive")], lead_time=2.5)
    ls.annotations.create(skipped, result=[], was_cancelled=True)
    return [done, skipped, open_]


def snapshot(ls: LabelStudio, project: int, **more):
    """A snapshot that is ready."""
    made = ls.projects.exports.create(project, **more)
    return eventually(
        lambda: ls.projects.exports.get(project, made.id), lambda export: export.status not in ("created", "in_progress")
    )


def test_everything_as_json(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    exported = ls.projects.exports.as_json(project)
    done = next(task for task in exported if task["id"] == tasks[0])
    assert TASK_FIELDS <= set(done)
    (annotation,) = done["annotations"]
    assert ANNOTATION_FIELDS <= set(annotation)
    assert annotation["result"] == [choice("Positive")]
    assert (annotation["lead_time"], annotation["completed_by"]) == (2.5, ls.users.whoami().id)
    assert (done["data"], done["project"]) == ({"text": "done", "number": 0}, project)
    assert tasks[2] in [task["id"] for task in exported]


def test_only_what_is_done(http: Http, project: int, tasks: list[int]) -> None:
    exported = http.get(f"/api/projects/{project}/export?exportType=JSON")
    listed = [task["id"] for task in exported.json()]
    assert tasks[0] in listed
    assert tasks[2] not in listed
    assert "attachment" in exported.headers["content-disposition"]
    assert ".json" in exported.headers["content-disposition"]


def test_the_short_form(http: Http, project: int, tasks: list[int]) -> None:
    (row,) = http.get(f"/api/projects/{project}/export?exportType=JSON_MIN").json()
    assert (row["id"], row["text"], row["sentiment"], row["lead_time"]) == (tasks[0], "done", "Positive", 2.5)
    assert {"annotator", "annotation_id", "created_at", "updated_at"} <= set(row)


@pytest.mark.parametrize(("kind", "separator"), [("CSV", ","), ("TSV", "\t")])
def test_tables(http: Http, project: int, tasks: list[int], kind: str, separator: str) -> None:
    text = http.get(f"/api/projects/{project}/export?exportType={kind}").content.decode()
    (row,) = csv.DictReader(io.StringIO(text), delimiter=separator)
    assert (row["id"], row["text"], row["sentiment"], row["number"]) == (str(tasks[0]), "done", "Positive", "0")


@pytest.mark.ours
def test_what_is_asked_for_at_once_is_not_kept(http: Http, ls: LabelStudio, project: int, tasks: list[int]) -> None:
    assert http.get(f"/api/projects/{project}/export?exportType=CSV").ok
    eventually(lambda: ls.projects.exports.list(project), lambda kept: kept == [])


@pytest.mark.ours
def test_a_deleted_snapshot_takes_along_what_was_made_of_it(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    made = snapshot(ls, project)
    content = b"".join(ls.projects.exports.download(project, made.id, export_type="TSV"))
    assert b"Positive" in content
    assert [one.export_type for one in ls.projects.exports.get(project, made.id).converted_formats] == ["TSV"]
    ls.projects.exports.delete(project, made.id)
    assert ls.projects.exports.list(project) == []


@pytest.mark.ours
def test_what_somebody_asked_for_is_told(ls: LabelStudio, http: Http, project: int, tasks: list[int]) -> None:
    options = {"finished": "only", "ids": tasks[:1]}
    made = http.post(f"/api/projects/{project}/exports/", json={"task_filter_options": options}).json()
    told = http.get(f"/api/projects/{project}/exports/{made['id']}").json()
    assert told["task_filter_options"]["finished"] == "only"
    assert told["task_filter_options"]["ids"] == tasks[:1]


def test_pandas(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    frame = ls.projects.exports.as_pandas(project)
    assert list(frame[frame["id"] == tasks[0]]["sentiment"]) == ["Positive"]
    assert tasks[2] in list(frame["id"])


def test_bytes_and_files(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    assert json.loads(ls.projects.exports.as_binary(project, export_type="JSON_MIN"))
    assert ls.projects.exports.as_file(project, export_type="CSV").readline().strip()


def test_only_some_tasks(http: Http, project: int, tasks: list[int]) -> None:
    path = f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true&ids[]={tasks[0]}&ids[]={tasks[2]}"
    assert [task["id"] for task in http.get(path).json()] == [tasks[0], tasks[2]]


@pytest.mark.ours
def test_only_some_tasks_as_the_sdk_asks(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    chosen = [str(tasks[0]), str(tasks[2])]
    content = b"".join(ls.projects.exports.download_sync(project, download_all_tasks=True, ids=chosen))
    assert [task["id"] for task in json.loads(content)] == [tasks[0], tasks[2]]


def test_formats(http: Http, ls: LabelStudio, project: int) -> None:
    formats = {one["name"]: one for one in http.get(f"/api/projects/{project}/export/formats").json()}
    assert {"JSON", "JSON_MIN", "CSV", "TSV", "CONLL2003", "COCO", "VOC", "YOLO", "YOLO_OBB"} <= set(formats)
    assert {"BRUSH_TO_NUMPY", "BRUSH_TO_PNG", "ASR_MANIFEST", "COCO_WITH_IMAGES", "YOLO_WITH_IMAGES"} <= set(formats)
    assert formats["JSON"]["title"] and formats["JSON"]["description"]
    assert not formats["JSON"].get("disabled")
    assert formats["YOLO"]["disabled"]
    assert len(ls.projects.exports.list_formats(project)) == len(formats)


def test_life_of_a_snapshot(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    made = snapshot(ls, project, title="Friday")
    assert (made.status, made.title) == ("completed", "Friday")
    assert made.counters["task_number"] == 3
    assert len(made.md5) == 32
    assert made.finished_at is not None
    assert made.created_by.email == ls.users.whoami().email
    assert [export.id for export in ls.projects.exports.list(project)] == [made.id]
    content = b"".join(ls.projects.exports.download(project, made.id))
    assert [task["id"] for task in json.loads(content)] == tasks
    # The same again, as often as one likes.
    assert b"".join(ls.projects.exports.download(project, made.id)) == content
    ls.projects.exports.delete(project, made.id)
    assert ls.projects.exports.list(project) == []
    with pytest.raises(ApiError) as gone:
        ls.projects.exports.get(project, made.id)
    assert gone.value.status_code == 404


def test_a_snapshot_stays_what_it_was(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    made = snapshot(ls, project)
    assert made.title
    ls.tasks.delete(tasks[0])
    assert len(json.loads(b"".join(ls.projects.exports.download(project, made.id)))) == 3


def test_a_snapshot_in_other_formats(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    made = snapshot(ls, project)
    started = ls.projects.exports.convert(project, made.id, export_type="CSV")
    assert started.export_type == "CSV"

    def converted():
        formats = ls.projects.exports.get(project, made.id).converted_formats
        return next((one for one in formats if one.id == started.converted_format), None)

    ready = eventually(converted, lambda one: one is not None and one.status not in ("created", "in_progress"))
    assert (ready.status, ready.export_type) == ("completed", "CSV")
    table = b"".join(ls.projects.exports.download(project, made.id, export_type="CSV")).decode()
    assert "Positive" in [row["sentiment"] for row in csv.DictReader(io.StringIO(table))]


def test_a_snapshot_of_some_tasks(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    made = snapshot(ls, project, task_filter_options={"annotated": "only", "skipped": "exclude"})
    (task,) = json.loads(b"".join(ls.projects.exports.download(project, made.id)))
    assert task["id"] == tasks[0]


def test_a_snapshot_of_a_view(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    found = {"filter": "filter:tasks:data.text", "operator": "equal", "type": "String", "value": "open"}
    view = ls.views.create(project=project, data={"title": "Open", "filters": {"conjunction": "and", "items": [found]}})
    made = snapshot(ls, project, task_filter_options={"view": view.id})
    (task,) = json.loads(b"".join(ls.projects.exports.download(project, made.id)))
    assert task["id"] == tasks[2]


def test_a_snapshot_of_some_annotations(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    ls.annotations.create(tasks[2], result=[choice("Negative")], ground_truth=True)
    options = {"usual": False, "ground_truth": True, "skipped": False}
    made = snapshot(ls, project, annotation_filter_options=options)
    exported = json.loads(b"".join(ls.projects.exports.download(project, made.id)))
    kept = [annotation["ground_truth"] for task in exported for annotation in task["annotations"]]
    assert kept == [True]


def test_a_snapshot_with_whole_predictions(ls: LabelStudio, project: int, tasks: list[int]) -> None:
    prediction = ls.predictions.create(task=tasks[0], result=[choice("Negative")], model_version="one").id

    def predictions(**options) -> list:
        made = snapshot(ls, project, serialization_options={"predictions": options})
        exported = json.loads(b"".join(ls.projects.exports.download(project, made.id)))
        return next(task["predictions"] for task in exported if task["id"] == tasks[0])

    assert predictions(only_id=True) == [prediction]
    assert predictions(only_id=False)[0]["model_version"] == "one"


@pytest.mark.parametrize("options", [{"skipped": "perhaps"}, "all of them"])
def test_wrong_wishes_are_refused(http: Http, project: int, options) -> None:
    answer = http.post(f"/api/projects/{project}/exports/", json={"task_filter_options": options})
    assert answer.status_code == 400
    assert "task_filter_options" in answer.json()["validation_errors"]


def test_a_conversion_needs_a_format_there_is(http: Http, ls: LabelStudio, project: int, tasks: list[int]) -> None:
    made = snapshot(ls, project)
    for body in ({}, {"export_type": "STONE_TABLET"}):
        answer = http.post(f"/api/projects/{project}/exports/{made.id}/convert", json=body)
        assert answer.status_code == 400
        assert "export_type" in answer.json()["validation_errors"]
