"""What programs may rely on beyond Label Studio: asking twice, not too often, and from what is written down."""

import uuid

import pytest
from label_studio_sdk import LabelStudio

from conftest import Http

pytestmark = pytest.mark.ours


def test_asked_twice_made_once(http: Http, ls: LabelStudio, project: int) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"project": project, "data": {"text": "once"}}
    first = http.post("/api/tasks/", json=body, headers=key)
    second = http.post("/api/tasks/", json=body, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert ls.projects.get(project).task_number == 1


def test_a_key_is_for_one_question(http: Http, project: int) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert http.post("/api/tasks/", json={"project": project, "data": {"text": "one"}}, headers=key).ok
    assert http.post("/api/tasks/", json={"project": project, "data": {"text": "two"}}, headers=key).status_code == 400


def test_another_key_makes_another(http: Http, ls: LabelStudio, project: int) -> None:
    for _ in range(2):
        body = {"project": project, "data": {"text": "twice"}}
        assert http.post("/api/tasks/", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}).ok
    assert ls.projects.get(project).task_number == 2


def test_how_often_one_may_ask_is_told(http: Http) -> None:
    headers = http.get("/api/projects/").headers
    assert int(headers["ratelimit-remaining"]) < int(headers["ratelimit-limit"])
    assert int(headers["ratelimit-reset"]) > 0


def test_refusals_are_problem_documents_too(http: Http) -> None:
    answer = http.get("/api/projects/999999999/")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["status_code"]) == (404, 404)
    assert problem["code"] and problem["title"] and problem["type"] and problem["instance"]


def test_everything_is_written_down(anonymous: Http) -> None:
    document = anonymous.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path in ("/projects", "/projects/{id}/import", "/tasks", "/predictions", "/dm/views", "/webhooks", "/ml"):
        assert path in {written.rstrip("/") for written in document["paths"]}


def test_the_document_can_be_read_by_people(anonymous: Http) -> None:
    page = anonymous.get("/docs/api")
    assert page.ok
    assert page.headers["content-type"].startswith("text/html")
    # Nobody else is asked for anything.
    assert "//cdn" not in page.text
