"""What the SDK offers for other editions, and Synapse has."""

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http
from support.world import choice, eventually

pytestmark = pytest.mark.ours


def test_a_copy_of_a_project(ls: LabelStudio, http: Http, make_project, project: int, add_tasks) -> None:
    add_tasks("one")
    answer = http.post(f"/api/projects/{project}/duplicate/", json={"mode": "settings", "title": "A copy"})
    assert answer.status_code == 201, answer.text
    copy = ls.projects.get(answer.json()["id"])
    assert (copy.title, copy.label_config, copy.task_number) == ("A copy", ls.projects.get(project).label_config, 0)
    ls.projects.delete(copy.id)


def test_many_annotations_are_deleted_at_once(ls: LabelStudio, project: int, add_tasks) -> None:
    one, two, three = add_tasks("one", "two", "three")
    ids = [ls.annotations.create(task, result=[choice("Positive")]).id for task in (one, two, three)]
    assert ls.annotations.delete_bulk(ids=ids[:2], project=project).deleted_count == 2
    assert [len(ls.annotations.list(task)) for task in (one, two, three)] == [0, 0, 1]


def test_who_i_am_by_another_name(ls: LabelStudio) -> None:
    assert ls.users.get_current_user().email == ls.users.whoami().email


def test_an_import_can_be_looked_up(ls: LabelStudio, http: Http, project: int) -> None:
    answer = http.post(f"/api/projects/{project}/import?return_task_ids=true", json=[{"text": "one"}]).json()
    done = eventually(
        lambda: ls.tasks.create_many_status(project, answer["import"]), lambda one: one.status in ("completed", "failed")
    )
    assert (done.status, done.task_count, done.project) == ("completed", 1, project)
    assert done.task_ids == [task.id for task in ls.tasks.list(project=project)]
    with pytest.raises(ApiError) as gone:
        ls.tasks.create_many_status(project, 999_999_999)
    assert gone.value.status_code == 404
