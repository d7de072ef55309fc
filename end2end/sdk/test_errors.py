"""What is refused, and how: always JSON the SDK can read, with a sentence for people."""

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http, Person
from support.world import SENTIMENT

NOBODY = 999_999_999


def assert_envelope(answer, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].split(";")[0] in ("application/json", "application/problem+json")
    body = answer.json()
    assert body["status_code"] == status
    assert body["detail"] and isinstance(body["detail"], str)
    assert body["id"]
    assert body["version"]
    return body


@pytest.mark.parametrize(
    "path",
    [
        f"/api/projects/{NOBODY}/",
        f"/api/projects/{NOBODY}",
        f"/api/tasks/{NOBODY}/",
        f"/api/annotations/{NOBODY}/",
        f"/api/drafts/{NOBODY}/",
        f"/api/predictions/{NOBODY}/",
        f"/api/dm/views/{NOBODY}/",
        f"/api/webhooks/{NOBODY}/",
        f"/api/users/{NOBODY}/",
        f"/api/labels/{NOBODY}/",
        f"/api/tasks/?project={NOBODY}",
        f"/api/tasks/?view={NOBODY}",
        f"/api/dm/columns/?project={NOBODY}",
    ],
)
def test_what_is_not_there(http: Http, path: str) -> None:
    assert_envelope(http.get(path), 404)


@pytest.mark.ours
@pytest.mark.parametrize(
    "path",
    [
        f"/api/ml/{NOBODY}",
        f"/api/storages/s3/{NOBODY}",
        f"/api/storages/localfiles/{NOBODY}",
        f"/api/storages/export/gcs/{NOBODY}",
        f"/api/projects/{NOBODY}/export",
        f"/api/organizations/{NOBODY}",
        "/api/projects/abc/",
        "/api/nothing/here",
        f"/api/projects/{2**70}/",
    ],
)
def test_what_is_not_there_is_said_in_json_everywhere(http: Http, path: str) -> None:
    assert_envelope(http.get(path), 404)


@pytest.mark.parametrize("path", ["/api/projects/", "/api/tasks/1/", "/api/webhooks/", "/api/users/", "/api/dm/views/"])
def test_nobody_gets_nothing(anonymous: Http, path: str) -> None:
    assert_envelope(anonymous.get(path), 401)


def test_fields_are_named(http: Http) -> None:
    answer = http.post("/api/projects/", json={"title": ["x"], "show_instruction": "perhaps", "maximum_annotations": "many"})
    wrong = assert_envelope(answer, 400)["validation_errors"]
    # The first of them at least.
    assert wrong and set(wrong) <= {"title", "show_instruction", "maximum_annotations"}
    assert all(isinstance(sentence, str) for sentences in wrong.values() for sentence in sentences)


def test_missing_fields_are_named(http: Http, project: int, add_tasks) -> None:
    for path, body, field in (
        ("/api/webhooks/", {"project": project}, "url"),
        ("/api/predictions/", {"task": add_tasks("one")[0]}, "result"),
        ("/api/dm/views/", {}, "project"),
        ("/api/tasks/", {"project": project}, "data"),
        ("/api/ml/", {"project": project}, "url"),
    ):
        assert field in assert_envelope(http.post(path, json=body), 400)["validation_errors"], path


def test_broken_json(http: Http) -> None:
    assert_envelope(http.post("/api/projects/", data='{"title": ', headers={"Content-Type": "application/json"}), 400)


def test_a_list_where_an_object_belongs(http: Http) -> None:
    assert_envelope(http.post("/api/projects/", json=[1]), 400)


def test_a_method_that_is_not_there(http: Http) -> None:
    answer = http.put("/api/projects/", json={})
    assert_envelope(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_a_kind_of_body_nobody_reads(http: Http) -> None:
    assert_envelope(http.post("/api/projects/", data="<a/>", headers={"Content-Type": "application/xml"}), 415)


def test_the_sdk_reads_what_was_wrong(ls: LabelStudio) -> None:
    with pytest.raises(ApiError) as refused:
        ls.projects.create(title="Bad", label_config='<View><Text name="t"/></View>')
    assert refused.value.status_code == 400
    assert "label_config" in refused.value.body["validation_errors"]


@pytest.mark.ours
def test_other_peoples_things_are_not_there(project: int, add_tasks, stranger: Person, ls: LabelStudio) -> None:
    task = add_tasks("mine")[0]
    annotation = ls.annotations.create(task, result=[]).id
    for look in (
        lambda: stranger.ls.projects.get(project),
        lambda: stranger.ls.tasks.get(task),
        lambda: stranger.ls.annotations.get(annotation),
        lambda: stranger.ls.projects.import_tasks(project, request=[{"text": "theirs"}]),
        lambda: stranger.ls.projects.exports.as_json(project),
        lambda: stranger.ls.projects.delete(project),
        lambda: list(stranger.ls.tasks.list(project=project).response.tasks),
    ):
        with pytest.raises(ApiError) as refused:
            look()
        assert refused.value.status_code == 404
    assert project not in [one.id for one in stranger.ls.projects.list()]
    assert ls.projects.get(project).task_number == 1


@pytest.mark.ours
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/projects/?ids=x", None),
        ("POST", "/api/projects/", {"title": "Colored", "color": 5}),
        ("POST", "/api/projects/{project}/import", ["a", 1]),
        ("POST", "/api/projects/{project}/import/predictions", {"task": 1}),
        ("GET", "/api/tasks/?project={project}&query=zzz", None),
        ("POST", "/api/dm/views/", {"project": "{project}", "data": "x"}),
        ("POST", "/api/dm/actions/?id=nothing&project={project}", {}),
        ("POST", "/api/dm/actions/?id=delete_tasks&project={project}", {"selectedItems": [1]}),
        ("GET", "/api/projects/{project}/export?exportType=NOTHING", None),
        ("GET", "/api/v1/audit-events/?subject=%00", None),
    ],
)
def test_nonsense_is_told_apart_from_faults(http: Http, project: int, method: str, path: str, body) -> None:
    answer = http.request(method, path.replace("{project}", str(project)), json=body)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["projects", "projects/{project}", "dm/views", "webhooks", "users", "version"])
def test_every_path_goes_with_and_without_its_slash(http: Http, project: int, path: str) -> None:
    path = "/api/" + path.replace("{project}", str(project))
    assert http.get(path).ok
    assert http.get(f"{path}/").ok


def test_so_do_requests_with_a_body(http: Http) -> None:
    for path in ("/api/projects/validate", "/api/projects/validate/"):
        assert http.post(path, json={"label_config": SENTIMENT}).status_code == 204
