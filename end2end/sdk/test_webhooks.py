"""Webhooks: told where to go, and what arrives there."""

import base64
import hashlib
import hmac
import time

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http
from support.receiver import Received
from support.world import choice

ACTIONS = {
    "PROJECT_CREATED", "PROJECT_UPDATED", "PROJECT_DELETED", "TASKS_CREATED", "TASKS_DELETED", "ANNOTATION_CREATED",
    "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED", "LABEL_LINK_CREATED", "LABEL_LINK_UPDATED",
    "LABEL_LINK_DELETED",
}  # fmt: skip
NOWHERE = "http://127.0.0.1:9/hook"


def test_life_of_a_webhook(ls: LabelStudio, project: int) -> None:
    made = ls.webhooks.create(url=NOWHERE, project=project)
    assert (made.url, made.project) == (NOWHERE, project)
    assert (made.send_payload, made.send_for_all_actions, made.is_active, made.actions) == (True, True, True, [])
    assert [webhook.id for webhook in ls.webhooks.list(project=str(project))] == [made.id]
    ls.webhooks.update(made.id, url=f"{NOWHERE}/2", send_for_all_actions=False, actions=["TASKS_DELETED"], is_active=False)
    again = ls.webhooks.get(made.id)
    assert (again.url, again.actions, again.is_active) == (f"{NOWHERE}/2", ["TASKS_DELETED"], False)
    ls.webhooks.delete(made.id)
    with pytest.raises(ApiError) as gone:
        ls.webhooks.get(made.id)
    assert gone.value.status_code == 404


def test_what_there_is_to_hear_of(http: Http, ls: LabelStudio) -> None:
    info = http.get("/api/webhooks/info/").json()
    assert ACTIONS <= set(info)
    assert info["ANNOTATION_CREATED"]["key"] == "annotation"
    assert info["TASKS_CREATED"]["key"] == "tasks"
    assert info["PROJECT_CREATED"]["organization-only"] is True
    of_organizations = http.get("/api/webhooks/info/?organization-only=true").json()
    assert set(of_organizations) == {action for action, one in info.items() if one["organization-only"]}
    assert ls.webhooks.info(organization_only=True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "nowhere"}, "url"),
        ({"actions": ["PERHAPS"], "send_for_all_actions": False}, "actions"),
        ({"headers": "x"}, "headers"),
        ({"actions": ["PROJECT_CREATED"], "send_for_all_actions": False}, "non_field_errors"),
    ],
)
def test_what_cannot_be_is_refused_by_field(http: Http, project: int, wrong: dict, field: str) -> None:
    answer = http.post("/api/webhooks/", json={"url": NOWHERE, "project": project, **wrong})
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["validation_errors"]


def test_what_arrives(ls: LabelStudio, project: int, receive) -> None:
    receiver = receive()
    ls.webhooks.create(url=f"{receiver.url}/hook", project=project, headers={"X-Mine": "kept"})

    task = ls.tasks.create(project=project, data={"text": "one"}).id
    created = receiver.wait_for_action("TASKS_CREATED")
    assert (created.method, created.path) == ("POST", "/hook")
    assert created.headers["x-mine"] == "kept"
    assert created.headers["content-type"].startswith("application/json")
    assert [one["id"] for one in created.json["tasks"]] == [task]
    assert created.json["tasks"][0]["data"] == {"text": "one"}
    assert created.json["project"]["id"] == project

    annotation = ls.annotations.create(task, result=[choice("Positive")]).id
    annotated = receiver.wait_for_action("ANNOTATION_CREATED").json
    assert (annotated["annotation"]["id"], annotated["annotation"]["result"]) == (annotation, [choice("Positive")])
    assert annotated["task"]["id"] == task
    assert annotated["project"]["id"] == project

    ls.annotations.update(annotation, result=[choice("Negative")])
    assert receiver.wait_for_action("ANNOTATION_UPDATED").json["annotation"]["result"] == [choice("Negative")]
    ls.annotations.delete(annotation)
    assert receiver.wait_for_action("ANNOTATIONS_DELETED").json["annotations"] == [{"id": annotation}]
    ls.projects.update(project, title="Renamed")
    assert receiver.wait_for_action("PROJECT_UPDATED").json["project"]["title"] == "Renamed"
    ls.tasks.delete(task)
    assert receiver.wait_for_action("TASKS_DELETED").json["tasks"] == [{"id": task}]


def test_only_what_one_wants_to_hear(ls: LabelStudio, project: int, receive) -> None:
    receiver = receive()
    ls.webhooks.create(url=receiver.url, project=project, send_for_all_actions=False, actions=["TASKS_DELETED"])
    task = ls.tasks.create(project=project, data={"text": "one"}).id
    ls.tasks.delete(task)
    receiver.wait_for_action("TASKS_DELETED")
    assert [request.json["action"] for request in receiver.received] == ["TASKS_DELETED"]


def test_without_payload_only_the_action_is_told(ls: LabelStudio, project: int, receive) -> None:
    receiver = receive()
    ls.webhooks.create(url=receiver.url, project=project, send_payload=False)
    ls.tasks.create(project=project, data={"text": "one"})
    told = receiver.wait_for_action("TASKS_CREATED").json
    assert "tasks" not in told


def test_silent_while_switched_off(ls: LabelStudio, project: int, receive) -> None:
    silent, heard = receive(), receive()
    ls.webhooks.create(url=silent.url, project=project, is_active=False)
    ls.webhooks.create(url=heard.url, project=project)
    ls.tasks.create(project=project, data={"text": "one"})
    heard.wait_for_action("TASKS_CREATED")
    assert silent.received == []


@pytest.mark.ours
def test_of_the_whole_organization(ls: LabelStudio, receive) -> None:
    receiver = receive()
    webhook = ls.webhooks.create(url=receiver.url)
    try:
        project = ls.projects.create(title="Heard of")
        assert receiver.wait_for_action("PROJECT_CREATED").json["project"]["id"] == project.id
        ls.projects.delete(project.id)
        assert receiver.wait_for_action("PROJECT_DELETED").json["project"]["id"] == project.id
    finally:
        ls.webhooks.delete(webhook.id)


def signed(secret: str, request: Received) -> str:
    """The signature of the Standard Webhooks specification."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


@pytest.mark.ours
def test_signed(http: Http, ls: LabelStudio, project: int, receive) -> None:
    receiver = receive()
    made = http.post("/api/webhooks/", json={"url": receiver.url, "project": project}).json()
    ls.tasks.create(project=project, data={"text": "one"})
    told = receiver.wait_for_action("TASKS_CREATED")
    assert signed(made["secret"], told) in told.headers["webhook-signature"].split(" ")
    assert abs(int(told.headers["webhook-timestamp"]) - time.time()) < 60
    # For simple receivers: the key as it is written, the body as it comes.
    assert told.headers["x-signature"] == hmac.new(made["secret"].encode(), told.body, hashlib.sha256).hexdigest()


@pytest.mark.ours
def test_headers_that_may_be_secret_are_masked(http: Http, project: int) -> None:
    made = http.post("/api/webhooks/", json={"url": NOWHERE, "project": project, "headers": {"X-Api-Key": "secret"}}).json()
    assert "secret" not in http.get(f"/api/webhooks/{made['id']}/").text
