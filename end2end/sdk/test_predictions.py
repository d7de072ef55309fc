"""Predictions: what models say."""

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.label_interface.objects import PredictionValue

from conftest import Http
from support.world import choice


def test_life_of_a_prediction(ls: LabelStudio, project: int, add_tasks) -> None:
    task = add_tasks("one")[0]
    made = ls.predictions.create(task=task, result=[choice("Positive")], score=0.9, model_version="nine")
    assert (made.task, made.project, made.score, made.model_version) == (task, project, 0.9, "nine")
    assert made.result == [choice("Positive")]
    assert ls.predictions.update(made.id, score=0.5).score == 0.5
    again = ls.predictions.get(made.id)
    assert (again.score, again.model_version, again.result) == (0.5, "nine", [choice("Positive")])
    ls.predictions.delete(made.id)
    with pytest.raises(ApiError) as gone:
        ls.predictions.get(made.id)
    assert gone.value.status_code == 404


def test_listed_by_task_and_by_project(ls: LabelStudio, project: int, add_tasks) -> None:
    one, other = add_tasks("one", "other")
    first = ls.predictions.create(task=one, result=[choice("Positive")]).id
    second = ls.predictions.create(task=other, result=[choice("Negative")]).id
    assert [prediction.id for prediction in ls.predictions.list(task=one)] == [first]
    assert [prediction.id for prediction in ls.predictions.list(project=project)] == [first, second]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"task": 999_999_999}, "task"), ({"score": "much"}, "score"), ({"result": None}, "result")],
)
def test_what_cannot_be_is_refused_by_field(http: Http, add_tasks, wrong: dict, field: str) -> None:
    answer = http.post("/api/predictions/", json={"task": add_tasks("one")[0], "result": [], **wrong})
    assert answer.status_code == 400
    assert field in answer.json()["validation_errors"]


def test_many_at_once(ls: LabelStudio, project: int, add_tasks) -> None:
    tasks = add_tasks("one", "two")
    request = [{"task": task, "result": [choice("Negative")], "score": 0.5, "model_version": "bulk"} for task in tasks]
    assert ls.projects.import_predictions(project, request=request).created == 2
    assert [prediction.model_version for prediction in ls.predictions.list(project=project)] == ["bulk", "bulk"]
    assert ls.projects.import_predictions(project, request=[]).created == 0


def test_many_at_once_are_for_tasks_of_the_project(ls: LabelStudio, project: int) -> None:
    with pytest.raises(ApiError) as refused:
        ls.projects.import_predictions(project, request=[{"task": 999_999_999, "result": [choice("Negative")]}])
    assert refused.value.status_code == 400


def test_predictions_written_in_python(ls: LabelStudio, project: int, add_tasks) -> None:
    task = add_tasks("one")[0]
    tag = ls.projects.get(project).get_label_interface().get_control("sentiment")
    value = PredictionValue(model_version="python", score=0.7, result=[tag.label(["Positive"])])
    ls.predictions.create(task=task, **value.model_dump())
    (prediction,) = ls.predictions.list(task=task)
    assert prediction.result[0]["value"] == {"choices": ["Positive"]}
    assert prediction.model_version == "python"
