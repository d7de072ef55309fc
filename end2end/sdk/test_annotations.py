"""Annotations and drafts: what people say, and what they have not finished saying."""

import json

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http
from support.world import choice


def test_life_of_an_annotation(ls: LabelStudio, project: int, add_tasks) -> None:
    task = add_tasks("one")[0]
    made = ls.annotations.create(task, result=[choice("Positive", id="first")], lead_time=3.5, ground_truth=True)
    me = ls.users.whoami().id
    assert made.result == [choice("Positive", id="first")]
    assert (made.task, made.project, made.completed_by, made.updated_by) == (task, project, me, me)
    assert (made.lead_time, made.ground_truth, made.was_cancelled) == (3.5, True, False)
    assert made.created_at.year > 2000
    changed = ls.annotations.update(made.id, result=[choice("Negative", id="first")], lead_time=1)
    assert changed.result[0]["value"] == {"choices": ["Negative"]}
    assert ls.annotations.get(made.id).lead_time == 1
    # What is not sent stays.
    assert ls.annotations.update(made.id, ground_truth=False).result[0]["value"] == {"choices": ["Negative"]}
    ls.annotations.delete(made.id)
    with pytest.raises(ApiError) as gone:
        ls.annotations.get(made.id)
    assert gone.value.status_code == 404
    assert ls.tasks.get(task).is_labeled is False


def test_a_task_lists_its_annotations(ls: LabelStudio, add_tasks) -> None:
    one, other = add_tasks("one", "other")
    ids = [ls.annotations.create(one, result=[choice(value)]).id for value in ("Positive", "Negative")]
    assert [annotation.id for annotation in ls.annotations.list(one)] == ids
    assert ls.annotations.list(other) == []


def test_skipped(ls: LabelStudio, add_tasks) -> None:
    task = add_tasks("one")[0]
    assert ls.annotations.create(task, result=[], was_cancelled=True).was_cancelled is True
    again = ls.tasks.get(task)
    assert (again.total_annotations, again.cancelled_annotations) == (0, 1)


def test_skipped_by_address(http: Http, add_tasks) -> None:
    task = add_tasks("one")[0]
    assert http.post(f"/api/tasks/{task}/annotations/?was_cancelled=1", json={"result": []}).json()["was_cancelled"] is True


def test_a_result_may_come_as_text(http: Http, add_tasks) -> None:
    task = add_tasks("one")[0]
    answer = http.post(f"/api/tasks/{task}/annotations/", json={"result": json.dumps([choice("Positive")])})
    assert answer.status_code == 201
    assert answer.json()["result"] == [choice("Positive")]


def test_a_form_makes_an_annotation_too(http: Http, add_tasks) -> None:
    task = add_tasks("one")[0]
    answer = http.post(f"/api/tasks/{task}/annotations/", data={"result": json.dumps([choice("Positive")]), "lead_time": "2"})
    assert answer.status_code == 201
    assert (answer.json()["result"], answer.json()["lead_time"]) == ([choice("Positive")], 2)


def test_a_result_is_a_list(ls: LabelStudio, http: Http, add_tasks) -> None:
    task = add_tasks("one")[0]
    answer = http.post(f"/api/tasks/{task}/annotations/", json={"result": {"a": 1}})
    assert answer.status_code == 400
    assert "result" in answer.json()["validation_errors"]
    annotation = ls.annotations.create(task, result=[]).id
    assert http.patch(f"/api/annotations/{annotation}/", json={"result": 5}).status_code == 400


def test_somebody_who_is_not_there_did_not_do_it(ls: LabelStudio, add_tasks) -> None:
    with pytest.raises(ApiError) as refused:
        ls.annotations.create(add_tasks("one")[0], result=[], completed_by=999_999_999)
    assert refused.value.status_code == 400
    assert "completed_by" in refused.value.body["validation_errors"]


def test_an_annotation_remembers_where_it_came_from(ls: LabelStudio, add_tasks) -> None:
    task = add_tasks("one")[0]
    prediction = ls.predictions.create(task=task, result=[choice("Positive")]).id
    first = ls.annotations.create(task, result=[choice("Positive")], parent_prediction=prediction)
    second = ls.annotations.create(task, result=[choice("Negative")], parent_annotation=first.id)
    assert (first.parent_prediction, second.parent_annotation) == (prediction, first.id)


def test_life_of_a_draft(http: Http, ls: LabelStudio, add_tasks) -> None:
    task = add_tasks("one")[0]
    made = http.post(f"/api/tasks/{task}/drafts", json={"result": [choice("Positive")], "lead_time": 2})
    assert made.status_code == 201
    draft = made.json()
    assert (draft["task"], draft["annotation"], draft["lead_time"]) == (task, None, 2)
    assert draft["user"] == ls.users.whoami().email
    assert [one["id"] for one in http.get(f"/api/tasks/{task}/drafts").json()] == [draft["id"]]
    assert ls.tasks.get(task).draft_exists is True
    changed = http.patch(f"/api/drafts/{draft['id']}/", json={"result": [choice("Negative")]}).json()
    assert changed["result"] == [choice("Negative")]
    assert http.get(f"/api/drafts/{draft['id']}/").json()["result"] == [choice("Negative")]
    assert http.delete(f"/api/drafts/{draft['id']}/").status_code == 204
    assert http.delete(f"/api/drafts/{draft['id']}/").status_code == 404


def test_a_draft_of_an_annotation(http: Http, ls: LabelStudio, add_tasks) -> None:
    task = add_tasks("one")[0]
    annotation = ls.annotations.create(task, result=[choice("Positive")]).id
    made = http.post(f"/api/tasks/{task}/annotations/{annotation}/drafts", json={"result": [choice("Negative")]})
    assert made.status_code == 201
    assert made.json()["annotation"] == annotation
    assert len(http.get(f"/api/tasks/{task}/annotations/{annotation}/drafts").json()) == 1
    assert ls.annotations.get(annotation).result == [choice("Positive")]


def test_a_draft_needs_a_result(http: Http, add_tasks) -> None:
    answer = http.post(f"/api/tasks/{add_tasks('one')[0]}/drafts", json={})
    assert answer.status_code == 400
    assert "result" in answer.json()["validation_errors"]


def test_an_annotation_goes_back_to_a_draft(http: Http, ls: LabelStudio, add_tasks) -> None:
    task = add_tasks("one")[0]
    annotation = ls.annotations.create(task, result=[choice("Positive")]).id
    answer = http.post(f"/api/annotations/{annotation}/convert-to-draft", json={})
    assert answer.status_code == 201
    assert answer.json()["result"] == [choice("Positive")]
    assert ls.annotations.list(task) == []
