"""Models: connected, asked, told what people say. The model is a real one, on PyPI's label-studio-ml."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import pytest
import requests
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http
from support.app import free_port
from support.receiver import Received
from support.world import choice, eventually

READY_WITHIN_S = 60


@dataclass
class Model:
    url: str
    folder: Path

    def events(self) -> list[str]:
        """What it was told of so far."""
        return [
            json.loads(path.read_text())["event"] for path in sorted(self.folder.glob("*/event.json")) if path.stat().st_size
        ]


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Model]:
    """The model that knows words, which has learned nothing yet."""
    folder = tmp_path / "model"
    folder.mkdir()
    port = free_port()
    log = (tmp_path / "model.log").open("w")
    command = [sys.executable, "-m", "ml_backend.words", str(port), str(folder)]
    process = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=log, stderr=log, env={**os.environ})
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                requests.get(f"{url}/health", timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, (tmp_path / "model.log").read_text()
                assert time.monotonic() < deadline, "the model is not ready"
                time.sleep(0.1)
        yield Model(url, folder)
    finally:
        process.terminate()
        process.wait()
        log.close()


def said(prediction) -> str:
    return prediction.result[0]["value"]["choices"][0]


def test_life_of_a_connection(ls: LabelStudio, project: int, model: Model) -> None:
    made = ls.ml.create(project=project, url=model.url, title="Words", description="Knows words", timeout=20)
    assert (made.title, made.url, made.project, made.state) == ("Words", model.url, project, "CO")
    assert made.readable_state == "Connected"
    assert made.model_version
    assert [one.id for one in ls.ml.list(project=project)] == [made.id]
    ls.ml.update(made.id, title="Renamed", project=project, url=model.url)
    assert ls.ml.get(made.id).title == "Renamed"
    ls.ml.delete(made.id)
    assert ls.ml.list(project=project) == []
    with pytest.raises(ApiError) as gone:
        ls.ml.get(made.id)
    assert gone.value.status_code == 404


def test_it_must_answer(ls: LabelStudio, project: int) -> None:
    with pytest.raises(ApiError) as refused:
        ls.ml.create(project=project, url=f"http://127.0.0.1:{free_port()}")
    assert refused.value.status_code == 400
    assert refused.value.body["validation_errors"]


def test_what_is_missing_is_named(http: Http) -> None:
    answer = http.post("/api/ml/", json={})
    assert answer.status_code == 400
    assert {"url", "project"} <= set(answer.json()["validation_errors"])


def test_it_predicts_when_asked(ls: LabelStudio, project: int, model: Model, add_tasks) -> None:
    happy, sad, _ = add_tasks("a good day", "a long night", "not asked")
    ls.ml.create(project=project, url=model.url, title="Words")
    selected = {"all": False, "included": [happy, sad]}
    ls.actions.create(id="retrieve_tasks_predictions", project=project, selected_items=selected)
    predictions = eventually(lambda: ls.predictions.list(project=project), lambda found: len(found) == 2)
    assert {prediction.task: said(prediction) for prediction in predictions} == {happy: "Positive", sad: "Negative"}
    assert {prediction.model_version for prediction in predictions} == {"words-3"}
    assert next(one.score for one in predictions if one.task == happy) == pytest.approx(1 / 3)


def test_it_predicts_while_somebody_works(http: Http, ls: LabelStudio, project: int, model: Model, add_tasks) -> None:
    task = add_tasks("a long night")[0]
    backend = ls.ml.create(project=project, url=model.url, title="Words", is_interactive=True).id

    def asked(context: dict | None) -> str:
        answer = http.post(f"/api/ml/{backend}/interactive-annotating", json={"task": task, "context": context})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["result"][0]["value"]["choices"][0]

    assert asked({}) == "Negative"
    # It is told what was said so far.
    assert asked({"result": [choice("Positive")]}) == "Positive"
    ls.ml.predict_interactive(backend, task=task, context={})
    assert ls.predictions.list(project=project) == []


def test_it_is_told_what_people_say(ls: LabelStudio, project: int, model: Model, add_tasks) -> None:
    taught, asked = add_tasks("a long night", "one more night")
    backend = ls.ml.create(project=project, url=model.url, title="Words").id
    ls.annotations.create(taught, result=[choice("Positive")])
    eventually(lambda: list(model.folder.glob("*/job_result.json")), lambda found: len(found) > 0)
    assert "ANNOTATION_CREATED" in model.events()
    # What it learned is in use as soon as it is set up anew.
    assert ls.ml.get(backend).state == "CO"
    ls.actions.create(id="retrieve_tasks_predictions", project=project, selected_items={"all": False, "included": [asked]})
    (prediction,) = eventually(lambda: ls.predictions.list(task=asked), lambda found: len(found) == 1)
    assert said(prediction) == "Positive"


def test_it_is_asked_to_train(ls: LabelStudio, project: int, model: Model, add_tasks) -> None:
    add_tasks("one")
    backend = ls.ml.create(project=project, url=model.url, title="Words").id
    ls.ml.train(backend)
    eventually(model.events, lambda events: "START_TRAINING" in events)


def test_what_it_is_sent(ls: LabelStudio, http: Http, project: int, receive, add_tasks) -> None:
    def answer(request: Received):
        match request.path.split("?")[0]:
            case "/setup":
                return {"model_version": "one"}
            case "/predict":
                return {"results": [{"result": [choice("Positive")], "score": 0.5} for _ in request.json["tasks"]]}
            case "/versions":
                return {"versions": ["one", "two"]}
            case _:
                return {"status": "UP"}

    receiver = receive(answer)
    task = add_tasks("one")[0]
    backend = ls.ml.create(
        project=project,
        url=receiver.url,
        extra_params={"strength": 3},
        auth_method="BASIC_AUTH",
        basic_auth_user="ada",
        basic_auth_pass="secret",
    )
    assert backend.model_version == "one"
    kept = http.get(f"/api/ml/{backend.id}").json()
    assert kept["basic_auth_pass_is_set"] is True
    assert "secret" not in json.dumps(kept)
    assert ls.ml.list_model_versions(backend.id).versions == ["one", "two"]

    setup = receiver.wait_for(lambda request: request.path == "/setup")
    assert setup.json["project"].split(".")[0] == str(project)
    assert "Choices" in setup.json["schema"]
    assert setup.json["extra_params"] == {"strength": 3}
    assert setup.headers["authorization"] == "Basic YWRhOnNlY3JldA=="

    ls.actions.create(id="retrieve_tasks_predictions", project=project, selected_items={"all": True, "excluded": []})
    (prediction,) = eventually(lambda: ls.predictions.list(task=task), lambda found: len(found) == 1)
    assert (prediction.score, prediction.model_version) == (0.5, "one")
    predict = receiver.wait_for(lambda request: request.path == "/predict").json
    assert [(one["id"], one["data"]["text"]) for one in predict["tasks"]] == [(task, "one")]
    assert "Choices" in predict["label_config"]
    assert set(predict["params"]) >= {"login", "password", "context"}

    ls.ml.train(backend.id)
    train = receiver.wait_for_action("START_TRAINING").json
    assert train["project"]["id"] == project
    assert "Choices" in train["project"]["label_config"]


@pytest.mark.ours
def test_nonsense_from_a_model_is_no_fault_of_ours(ls: LabelStudio, http: Http, project: int, receive, add_tasks) -> None:
    receiver = receive(lambda request: [1, 2] if request.path == "/predict" else {"model_version": "one"})
    task = add_tasks("one")[0]
    backend = ls.ml.create(project=project, url=receiver.url).id
    answer = http.post(f"/api/ml/{backend}/interactive-annotating", json={"task": task, "context": {}})
    assert answer.status_code < 500
    assert ls.predictions.list(task=task) == []
