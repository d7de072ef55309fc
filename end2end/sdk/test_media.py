"""Media of tasks, fetched by programs the way the SDK's models and converters do it."""

import io
from pathlib import Path

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk._extensions.label_studio_tools.core.utils.io import get_local_path
from PIL import Image

from conftest import Http, MakeProject, Person
from support.world import BOXES


@pytest.fixture
def photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def task(http: Http, ls: LabelStudio, make_project: MakeProject, photo: bytes):
    """A task with an uploaded photo."""
    project = make_project(BOXES)
    files = {"file": ("a photo.png", photo, "image/png")}
    answer = http.post(f"/api/projects/{project}/import?return_task_ids=true", files=files)
    assert answer.status_code == 201, answer.text
    (task,) = ls.tasks.list(project=project)
    return task


def test_a_model_fetches_what_was_uploaded(owner: Person, task, photo: bytes, tmp_path: Path) -> None:
    address = task.data["image"]
    path = get_local_path(address, hostname=owner.url, access_token=owner.key, cache_dir=str(tmp_path), task_id=task.id)
    assert Path(path).read_bytes() == photo


def test_nobody_else_does(anonymous: Http, task) -> None:
    address = task.data["image"].removeprefix(anonymous.url)
    assert anonymous.get(address, allow_redirects=False).status_code in (302, 401, 403, 404)


@pytest.mark.ours
def test_another_organization_does_not(stranger: Person, task) -> None:
    assert stranger.http.get(task.data["image"].removeprefix(stranger.url)).status_code == 404
