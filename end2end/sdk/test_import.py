"""How data comes in: lists, files, addresses, with work already done."""

import json

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http, MakeProject
from support.world import choice

FIELDS = {
    "task_count", "annotation_count", "prediction_count", "duration", "file_upload_ids", "could_be_tasks_list",
    "found_formats", "data_columns",
}  # fmt: skip


def texts(ls: LabelStudio, project: int) -> list[str]:
    return [task.data["text"] for task in ls.tasks.list(project=project)]


def upload(http: Http, project: int, *files: tuple[str, str], **query: str):
    """Sends files, each a name and its text, as a form with one field for each."""
    fields = [(f"file{number}", file) for number, file in enumerate(files)]
    return http.post(f"/api/projects/{project}/import", params={"return_task_ids": "true", **query}, files=fields)


def test_a_list(ls: LabelStudio, project: int) -> None:
    answer = ls.projects.import_tasks(project, request=[{"text": "one"}, {"data": {"text": "two"}}], return_task_ids=True)
    assert (answer.task_count, answer.annotation_count, answer.prediction_count) == (2, 0, 0)
    assert texts(ls, project) == ["one", "two"]
    assert [task.id for task in ls.tasks.list(project=project)] == answer.task_ids


def test_ids_only_when_asked_for(http: Http, project: int) -> None:
    answer = http.post(f"/api/projects/{project}/import", json=[{"text": "one"}])
    assert answer.status_code == 201
    assert FIELDS <= set(answer.json())
    assert "task_ids" not in answer.json()


def test_one_object(http: Http, ls: LabelStudio, project: int) -> None:
    assert http.post(f"/api/projects/{project}/import", json={"text": "alone"}).json()["task_count"] == 1
    assert texts(ls, project) == ["alone"]


def test_with_work_done_elsewhere(ls: LabelStudio, project: int) -> None:
    task = {
        "data": {"text": "one"},
        "meta": {"from": "elsewhere"},
        "annotations": [{"result": [choice("Positive", id="kept")], "ground_truth": True, "lead_time": 1.5}],
        "predictions": [{"result": [choice("Negative")], "score": 0.75, "model_version": "old"}],
    }
    answer = ls.projects.import_tasks(project, request=[task], return_task_ids=True)
    assert (answer.task_count, answer.annotation_count, answer.prediction_count) == (1, 1, 1)
    kept = ls.tasks.get(answer.task_ids[0])
    assert kept.meta == {"from": "elsewhere"}
    assert kept.is_labeled is True
    (annotation,) = ls.annotations.list(kept.id)
    assert annotation.result == [choice("Positive", id="kept")]
    assert (annotation.ground_truth, annotation.lead_time) == (True, 1.5)
    (prediction,) = ls.predictions.list(task=kept.id)
    assert (prediction.score, prediction.model_version) == (0.75, "old")


def test_what_was_exported_comes_back(ls: LabelStudio, project: int, add_tasks, make_project: MakeProject) -> None:
    one, _ = add_tasks("one", "two")
    ls.annotations.create(one, result=[choice("Positive", id="kept")], lead_time=2)
    exported = ls.projects.exports.as_json(project)
    other = make_project()
    answer = ls.projects.import_tasks(other, request=exported)
    assert (answer.task_count, answer.annotation_count) == (2, 1)
    again = ls.projects.exports.as_json(other)
    assert [task["data"] for task in again] == [task["data"] for task in exported]
    assert again[0]["annotations"][0]["result"] == exported[0]["annotations"][0]["result"]


def test_predictions_from_fields(ls: LabelStudio, project: int) -> None:
    rows = [{"text": "one", "sentiment": "Positive"}, {"text": "two", "sentiment": "Negative"}]
    answer = ls.projects.import_tasks(project, request=rows, preannotated_from_fields=["sentiment"], return_task_ids=True)
    assert answer.prediction_count == 2
    first, second = (ls.predictions.list(task=task)[0] for task in answer.task_ids)
    assert first.result[0]["value"] == {"choices": ["Positive"]}
    assert (second.result[0]["from_name"], second.result[0]["to_name"]) == ("sentiment", "text")


@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_table(http: Http, ls: LabelStudio, project: int, separator: str) -> None:
    table = f"text{separator}note\nhello{separator}1\nworld{separator}2\n"
    name = "table.csv" if separator == "," else "table.tsv"
    answer = upload(http, project, (name, table))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["task_count"], len(body["file_upload_ids"])) == (2, 1)
    assert sorted(body["data_columns"]) == ["note", "text"]
    assert texts(ls, project) == ["hello", "world"]
    assert ls.tasks.get(body["task_ids"][0]).file_upload


def test_files_of_several_kinds(http: Http, ls: LabelStudio, project: int) -> None:
    answer = upload(http, project, ("a.csv", "text\nfrom csv\n"), ("b.json", json.dumps([{"text": "from json"}])))
    assert answer.json()["task_count"] == 2
    assert answer.json()["found_formats"] == {".csv": 1, ".json": 1}
    assert sorted(texts(ls, project)) == ["from csv", "from json"]


def test_lines(http: Http, ls: LabelStudio, project: int) -> None:
    assert upload(http, project, ("lines.txt", "line one\nline two\n")).json()["task_count"] == 2


def test_files_can_wait(http: Http, ls: LabelStudio, project: int) -> None:
    answer = upload(http, project, ("later.csv", "text\none\ntwo\n"), commit_to_project="false").json()
    assert texts(ls, project) == []
    uploads = answer["file_upload_ids"]
    assert [file.id for file in ls.files.list(project, ids=json.dumps(uploads))] == uploads
    made = http.post(f"/api/projects/{project}/reimport", json={"file_upload_ids": uploads, "files_as_tasks_list": True})
    assert made.status_code == 201
    assert made.json()["task_count"] == 2
    assert texts(ls, project) == ["one", "two"]


def test_files_can_be_looked_at_and_thrown_away(http: Http, ls: LabelStudio, project: int) -> None:
    (file,) = upload(http, project, ("a table.csv", "text\none\n")).json()["file_upload_ids"]
    (listed,) = ls.files.list(project, all_=True)
    assert listed.id == file
    assert listed.file.endswith("table.csv")
    content = http.get(f"/data/{listed.file}")
    assert content.content == b"text\none\n"
    ls.files.delete(file)
    assert ls.files.list(project, all_=True) == []
    with pytest.raises(ApiError) as gone:
        ls.files.get(file)
    assert gone.value.status_code == 404


def test_from_an_address(http: Http, ls: LabelStudio, project: int, receive) -> None:
    receiver = receive(lambda _: [{"text": "from afar"}])
    answer = http.post(f"/api/projects/{project}/import", data={"url": f"{receiver.url}/tasks.json"})
    assert answer.status_code == 201, answer.text
    assert texts(ls, project) == ["from afar"]
    assert receiver.received[0].method == "GET"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ([], ""),
        ([{"data": {"text": "x"}, "annotations": [{"result": "zzz"}]}], "result"),
        ([{"data": {"text": "x"}, "annotations": [{"value": 1}]}], "result"),
        ("only text", ""),
    ],
)
def test_what_cannot_be_is_refused(http: Http, ls: LabelStudio, project: int, body, told: str) -> None:
    answer = http.post(f"/api/projects/{project}/import", json=body)
    assert answer.status_code == 400, answer.text
    assert told in json.dumps(answer.json()["validation_errors"])
    assert texts(ls, project) == []


@pytest.mark.parametrize(
    ("name", "content"), [("program.exe", "MZ\x90\x00\x03\x00\x00"), ("empty.csv", ""), ("broken.json", "[{")]
)
def test_files_that_cannot_be_read_are_refused(http: Http, ls: LabelStudio, project: int, name: str, content: str) -> None:
    assert upload(http, project, (name, content)).status_code == 400
    assert texts(ls, project) == []


def test_a_thousand_tasks(ls: LabelStudio, project: int) -> None:
    answer = ls.projects.import_tasks(project, request=[{"text": f"text {number}"} for number in range(1000)])
    assert answer.task_count == 1000
    assert ls.projects.get(project).task_number == 1000
    assert len({task.id for task in ls.tasks.list(project=project, page_size=300)}) == 1000
