"""Storages: data comes in from folders and buckets, and goes out to them."""

import json
from pathlib import Path
from typing import Iterator
from urllib.parse import urlsplit

import boto3
import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk._extensions.label_studio_tools.core.utils.io import get_local_path
from label_studio_sdk.core.api_error import ApiError
from moto.server import ThreadedMotoServer

from conftest import ORACLE, Http, Person
from support.app import free_port
from support.world import choice, eventually

REGION = "us-east-1"


def put(folder: Path) -> None:
    """Three tasks in two files, and a file that is none."""
    (folder / "a.json").write_text(json.dumps({"text": "from a"}))
    (folder / "b.json").write_text(json.dumps([{"data": {"text": "from b"}}, {"data": {"text": "also from b"}}]))
    (folder / "notes.txt").write_text("hello")


def synced(storages, storage: int):
    """Synchronises and waits for the end."""
    storages.sync(storage)
    return eventually(lambda: storages.get(storage), lambda one: one.status in ("completed", "failed", "completed_with_errors"))


@pytest.fixture
def folder(request: pytest.FixtureRequest, project: int) -> Path:
    """A folder that the server may read."""
    root = Path("/tmp/ls/files") if ORACLE else request.getfixturevalue("app").files
    folder = root / f"project-{project}"
    folder.mkdir()
    return folder


def texts(ls: LabelStudio, project: int) -> list[str]:
    return sorted(task.data["text"] for task in ls.tasks.list(project=project))


def test_kinds(http: Http) -> None:
    for path in ("/api/storages/types", "/api/storages/export/types"):
        kinds = {kind["name"]: kind["title"] for kind in http.get(path).json()}
        assert {"s3", "gcs", "azure", "localfiles"} <= set(kinds)
        assert all(kinds.values())


def test_from_a_folder(ls: LabelStudio, http: Http, project: int, folder: Path) -> None:
    put(folder)
    wishes = {"project": project, "title": "Folder", "path": str(folder), "regex_filter": r".*\.json", "use_blob_urls": False}
    ls.import_storage.local.validate(**wishes)
    made = ls.import_storage.local.create(**wishes)
    assert (made.title, made.path, made.status, made.last_sync_count) == ("Folder", str(folder), "initialized", None)
    assert [one.id for one in ls.import_storage.local.list(project=project)] == [made.id]
    assert made.id in [one["id"] for one in http.get(f"/api/storages/?project={project}").json()]
    done = synced(ls.import_storage.local, made.id)
    assert (done.status, done.last_sync_count) == ("completed", 3)
    assert texts(ls, project) == ["also from b", "from a", "from b"]
    task = next(task for task in ls.tasks.list(project=project) if task.data["text"] == "from a")
    assert task.storage_filename.endswith("a.json")


def test_twice_is_once(ls: LabelStudio, project: int, folder: Path) -> None:
    put(folder)
    made = ls.import_storage.local.create(project=project, path=str(folder), regex_filter=r".*\.json", use_blob_urls=False)
    synced(ls.import_storage.local, made.id)
    (folder / "c.json").write_text(json.dumps({"text": "from c"}))
    ls.import_storage.local.sync(made.id)
    eventually(lambda: texts(ls, project), lambda found: "from c" in found)
    assert texts(ls, project) == ["also from b", "from a", "from b", "from c"]


def test_files_as_tasks(ls: LabelStudio, project: int, folder: Path) -> None:
    put(folder)
    made = ls.import_storage.local.create(project=project, path=str(folder), regex_filter=r".*\.txt", use_blob_urls=True)
    assert synced(ls.import_storage.local, made.id).last_sync_count == 1
    (task,) = ls.tasks.list(project=project, resolve_uri=False)
    assert "notes.txt" in task.data["text"]


def test_a_folder_that_is_not_there(ls: LabelStudio, project: int) -> None:
    with pytest.raises(ApiError) as refused:
        ls.import_storage.local.validate(project=project, path="/nowhere")
    assert refused.value.status_code == 400


def test_a_folder_that_is_not_offered(ls: LabelStudio, project: int) -> None:
    with pytest.raises(ApiError) as refused:
        ls.import_storage.local.create(project=project, path="/etc")
    assert refused.value.status_code == 400


def test_removing_a_storage_keeps_its_tasks(ls: LabelStudio, project: int, folder: Path) -> None:
    put(folder)
    made = ls.import_storage.local.create(project=project, path=str(folder), regex_filter=r".*\.json", use_blob_urls=False)
    synced(ls.import_storage.local, made.id)
    ls.import_storage.local.delete(made.id)
    assert ls.import_storage.local.list(project=project) == []
    assert len(texts(ls, project)) == 3


def test_out_to_a_folder(ls: LabelStudio, project: int, folder: Path, add_tasks) -> None:
    task = add_tasks("one")[0]
    annotation = ls.annotations.create(task, result=[choice("Positive")]).id
    made = ls.export_storage.local.create(project=project, title="Out", path=str(folder))
    done = synced(ls.export_storage.local, made.id)
    assert (done.status, done.last_sync_count) == ("completed", 1)
    (file,) = [path for path in folder.iterdir() if path.is_file()]
    written = json.loads(file.read_text())
    assert (written["id"], written["result"]) == (annotation, [choice("Positive")])
    assert written["task"]["id"] == task
    # From now on by itself.
    other = ls.annotations.create(add_tasks("two")[0], result=[choice("Negative")]).id
    eventually(lambda: [path.stem for path in folder.iterdir()], lambda names: str(other) in names)
    ls.export_storage.local.delete(made.id)


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    """The address of an S3 server on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(store: str):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    return boto3.client("s3", endpoint_url=store, region_name=REGION, **keys)


@pytest.fixture
def bucket(s3, project: int) -> str:
    name = f"bucket-{project}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="in/a.json", Body=json.dumps({"text": "from a"}))
    s3.put_object(Bucket=name, Key="in/deep/b.json", Body=json.dumps({"data": {"text": "from b"}}))
    s3.put_object(Bucket=name, Key="in/photo.txt", Body=b"hello")
    s3.put_object(Bucket=name, Key="other/c.json", Body=json.dumps({"text": "from c"}))
    return name


@pytest.fixture
def access(store: str, bucket: str, project: int) -> dict:
    return {
        "project": project,
        "bucket": bucket,
        "region_name": REGION,
        "s3endpoint": store,
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
    }


def test_from_a_bucket(ls: LabelStudio, project: int, access: dict) -> None:
    wishes = {**access, "prefix": "in", "regex_filter": r".*\.json", "use_blob_urls": False, "recursive_scan": True}
    ls.import_storage.s3.validate(**wishes)
    made = ls.import_storage.s3.create(**wishes, title="Bucket")
    assert (made.bucket, made.prefix, made.title) == (access["bucket"], "in", "Bucket")
    done = synced(ls.import_storage.s3, made.id)
    assert (done.status, done.last_sync_count) == ("completed", 2)
    assert texts(ls, project) == ["from a", "from b"]


def test_only_the_folder_itself(ls: LabelStudio, project: int, access: dict) -> None:
    wishes = {**access, "prefix": "in", "regex_filter": r".*\.json", "use_blob_urls": False, "recursive_scan": False}
    synced(ls.import_storage.s3, ls.import_storage.s3.create(**wishes).id)
    assert texts(ls, project) == ["from a"]


def test_objects_as_tasks(ls: LabelStudio, http: Http, project: int, access: dict) -> None:
    made = ls.import_storage.s3.create(**access, prefix="in", regex_filter=r".*\.txt", use_blob_urls=True, presign=True)
    synced(ls.import_storage.s3, made.id)
    (task,) = ls.tasks.list(project=project, resolve_uri=False)
    assert task.data["text"] == f"s3://{access['bucket']}/in/photo.txt"
    # For whoever opens the task it is an address that can be fetched.
    resolved = http.get(f"/api/tasks/{task.id}/?resolve_uri=true").json()["data"]["text"]
    assert urlsplit(resolved).scheme in ("http", "https", "")
    assert resolved != task.data["text"]


def test_a_model_fetches_an_object(ls: LabelStudio, owner: Person, access: dict, tmp_path: Path) -> None:
    made = ls.import_storage.s3.create(**access, prefix="in", regex_filter=r".*\.txt", use_blob_urls=True, presign=False)
    synced(ls.import_storage.s3, made.id)
    (task,) = ls.tasks.list(project=access["project"], resolve_uri=False)
    fetched = get_local_path(
        task.data["text"], hostname=owner.url, access_token=owner.key, cache_dir=str(tmp_path), task_id=task.id
    )
    assert Path(fetched).read_bytes() == b"hello"


def test_secrets_stay_inside(ls: LabelStudio, http: Http, access: dict) -> None:
    made = ls.import_storage.s3.create(**access, prefix="in", regex_filter=r".*\.json", use_blob_urls=False)
    kept = http.get(f"/api/storages/s3/{made.id}")
    assert kept.ok
    assert "aws_secret_access_key" not in kept.json()
    assert "secret" not in kept.text
    # Changing the rest needs no secret again.
    assert ls.import_storage.s3.update(made.id, title="Renamed", bucket=access["bucket"]).title == "Renamed"
    assert synced(ls.import_storage.s3, made.id).status == "completed"


def test_a_bucket_that_is_not_there(ls: LabelStudio, access: dict) -> None:
    with pytest.raises(ApiError) as refused:
        ls.import_storage.s3.validate(**{**access, "bucket": "not-there-at-all"})
    assert refused.value.status_code >= 400


@pytest.mark.ours
def test_a_bucket_that_is_not_there_is_the_callers_fault(ls: LabelStudio, access: dict) -> None:
    with pytest.raises(ApiError) as refused:
        ls.import_storage.s3.create(**{**access, "bucket": "not-there-at-all"})
    assert refused.value.status_code == 400


def test_out_to_a_bucket(ls: LabelStudio, s3, project: int, access: dict, add_tasks) -> None:
    annotation = ls.annotations.create(add_tasks("one")[0], result=[choice("Positive")]).id
    made = ls.export_storage.s3.create(**access, prefix="out", title="Out")
    done = synced(ls.export_storage.s3, made.id)
    assert (done.status, done.last_sync_count) == ("completed", 1)
    (written,) = s3.list_objects_v2(Bucket=access["bucket"], Prefix="out/")["Contents"]
    assert json.load(s3.get_object(Bucket=access["bucket"], Key=written["Key"])["Body"])["id"] == annotation


@pytest.mark.parametrize(
    ("kind", "wishes"),
    [("gcs", {"bucket": "b", "google_application_credentials": "{}"}), ("azure", {"container": "c", "account_key": "x"})],
)
def test_other_clouds_say_what_is_wrong(http: Http, project: int, kind: str, wishes: dict) -> None:
    for path in (f"/api/storages/{kind}/", f"/api/storages/{kind}/validate", f"/api/storages/export/{kind}"):
        answer = http.post(path, json={"project": project, **wishes})
        assert answer.status_code == 400, answer.text
        assert answer.json()["validation_errors"]
    assert http.get(f"/api/storages/{kind}/?project={project}").json() == []
