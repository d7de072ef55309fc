"""Scripts of earlier years: the first client of the SDK, which still ships."""

import json

import pytest
from label_studio_sdk._legacy import Client
from label_studio_sdk.data_manager import Column, Filters, Operator, Type

from conftest import Person
from support.world import SENTIMENT, choice, eventually


@pytest.fixture
def client(owner: Person) -> Client:
    return Client(url=owner.url, api_key=owner.key)


@pytest.fixture
def old(client: Client):
    project = client.start_project(title="Legacy", label_config=SENTIMENT)
    yield project
    client.delete_project(project.id)


def test_it_connects(client: Client) -> None:
    assert client.check_connection()["status"] == "UP"
    assert client.get_users()


def test_a_day_of_work(client: Client, old) -> None:
    ids = old.import_tasks([{"text": "one"}, {"text": "two"}, {"text": "three"}])
    assert len(ids) == 3
    assert old.get_tasks_ids() == ids
    assert old.get_task(ids[0])["data"] == {"text": "one"}
    old.update_task(ids[0], meta={"seen": True})
    assert old.get_task(ids[0])["meta"] == {"seen": True}

    old.create_prediction(ids[0], result=[choice("Positive")], score=0.5, model_version="old")
    assert old.get_model_versions() == {"old": 1}
    made = old.create_annotation(ids[0], result=[choice("Negative")])
    old.update_annotation(made["id"], result=[choice("Positive")])
    assert [task["id"] for task in old.get_labeled_tasks()] == [ids[0]]
    assert old.get_unlabeled_tasks_ids() == ids[1:]

    exported = old.export_tasks(export_type="JSON")
    assert exported[0]["annotations"][0]["result"] == [choice("Positive")]
    old.delete_task(ids[1])
    assert old.get_tasks_ids() == [ids[0], ids[2]]
    old.delete_tasks([ids[2]])
    assert old.get_tasks_ids() == [ids[0]]
    assert old.id in [project.id for project in client.list_projects()]


def test_settings_and_views(old) -> None:
    old.set_params(title="Legacy renamed", maximum_annotations=2)
    assert old.get_params()["title"] == "Legacy renamed"
    old.import_tasks([{"text": "one"}, {"text": "two"}])
    found = Filters.item(Column.data("text"), Operator.EQUAL, Type.String, "two")
    view = old.create_view(filters=Filters.create(Filters.AND, [found]), title="Mine")
    assert [task["data"]["text"] for task in old.get_tasks(view_id=view["id"])] == ["two"]
    assert view["id"] in [one["id"] for one in old.get_views()]
    old.delete_view(view["id"])
    assert view["id"] not in [one["id"] for one in old.get_views()]


def test_a_file(old, tmp_path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"text": "from a file"}]))
    (task,) = old.import_tasks(str(path))
    assert old.get_task(task)["data"] == {"text": "from a file"}


def test_snapshots(old, tmp_path) -> None:
    (task,) = old.import_tasks([{"text": "one"}])
    old.create_annotation(task, result=[choice("Positive")])
    made = old.export_snapshot_create(title="Old")
    eventually(lambda: old.export_snapshot_status(made["id"]), lambda status: status.is_completed())
    code, name = old.export_snapshot_download(made["id"], export_type="JSON", path=str(tmp_path))
    assert code == 200
    assert json.loads((tmp_path / name).read_text())[0]["id"] == task
    assert old.export_snapshot_delete(made["id"]) == 204


def test_everything_is_deleted(old) -> None:
    keep, _ = old.import_tasks([{"text": "keep"}, {"text": "go"}])
    old.delete_all_tasks(excluded_ids=[keep])
    assert old.get_tasks_ids() == [keep]
