"""What is done to many tasks at once."""

from label_studio_sdk import LabelStudio

from conftest import Http
from support.world import choice


def only(*tasks: int) -> dict:
    return {"all": False, "included": list(tasks)}


def test_what_there_is(ls: LabelStudio, http: Http, project: int) -> None:
    actions = {action["id"]: action for action in http.get(f"/api/dm/actions/?project={project}").json()}
    assert {"delete_tasks", "delete_tasks_annotations", "delete_tasks_predictions"} <= set(actions)
    assert {"predictions_to_annotations", "retrieve_tasks_predictions", "remove_duplicates"} <= set(actions)
    assert all({"title", "order", "permission", "dialog"} <= set(action) for action in actions.values())
    assert len(ls.actions.list(project=project)) == len(actions)


def test_delete_tasks(ls: LabelStudio, project: int, add_tasks) -> None:
    one, two, three = add_tasks("one", "two", "three")
    ls.actions.create(id="delete_tasks", project=project, selected_items=only(one, two))
    assert [task.id for task in ls.tasks.list(project=project)] == [three]
    ls.actions.create(id="delete_tasks", project=project, selected_items={"all": True, "excluded": []})
    assert list(ls.tasks.list(project=project)) == []


def test_all_but_some(ls: LabelStudio, project: int, add_tasks) -> None:
    one, two, three = add_tasks("one", "two", "three")
    ls.actions.create(id="delete_tasks", project=project, selected_items={"all": True, "excluded": [two]})
    assert [task.id for task in ls.tasks.list(project=project)] == [two]


def test_only_what_the_filters_find(ls: LabelStudio, project: int, add_tasks) -> None:
    add_tasks("apple", "plum", "apple juice")
    found = {"filter": "filter:tasks:data.text", "operator": "contains", "type": "String", "value": "apple"}
    filters = {"conjunction": "and", "items": [found]}
    ls.actions.create(
        id="delete_tasks", project=project, selected_items={"all": True, "excluded": []}, filters=filters, ordering=["tasks:id"]
    )
    assert [task.data["text"] for task in ls.tasks.list(project=project)] == ["plum"]


def test_it_says_what_it_did(http: Http, project: int, add_tasks) -> None:
    one, two, _ = add_tasks("one", "two", "three")
    answer = http.post(f"/api/dm/actions/?id=delete_tasks&project={project}", json={"selectedItems": only(one, two)})
    assert answer.status_code == 200
    assert answer.json()["processed_items"] == 2
    assert "2" in answer.json()["detail"]


def test_annotations_and_predictions_are_deleted(ls: LabelStudio, project: int, add_tasks) -> None:
    one, two = add_tasks("one", "two")
    for task in (one, two):
        ls.annotations.create(task, result=[choice("Positive")])
        ls.predictions.create(task=task, result=[choice("Positive")])
    ls.actions.create(id="delete_tasks_annotations", project=project, selected_items=only(one))
    ls.actions.create(id="delete_tasks_predictions", project=project, selected_items=only(two))
    first, second = ls.tasks.list(project=project)
    assert (len(first.annotations), len(first.predictions), first.is_labeled) == (0, 1, False)
    assert (len(second.annotations), len(second.predictions), second.is_labeled) == (1, 0, True)


def test_predictions_become_annotations(ls: LabelStudio, http: Http, project: int, add_tasks) -> None:
    one, two = add_tasks("one", "two")
    for task, version in ((one, "good"), (one, "bad"), (two, "good")):
        ls.predictions.create(task=task, result=[choice("Positive")], model_version=version)
    body = {"selectedItems": {"all": True, "excluded": []}, "model_version": "good"}
    answer = http.post(f"/api/dm/actions/?id=predictions_to_annotations&project={project}", json=body)
    assert answer.status_code == 200
    for task in (one, two):
        (annotation,) = ls.annotations.list(task)
        assert annotation.result[0]["value"] == {"choices": ["Positive"]}
        assert annotation.parent_prediction
        assert annotation.completed_by == ls.users.whoami().id


def test_an_action_has_a_name(http: Http, project: int) -> None:
    assert http.post(f"/api/dm/actions/?project={project}", json={}).status_code in (400, 422)
