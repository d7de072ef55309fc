"""Views of the data manager: kept filters, orders and columns."""

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http, MakeProject

NUMBER_ABOVE_ONE = {
    "conjunction": "and",
    "items": [{"filter": "filter:tasks:data.number", "operator": "greater", "type": "Number", "value": 1}],
}


def test_a_view_keeps_what_it_is_told(ls: LabelStudio, project: int) -> None:
    data = {
        "title": "Big ones",
        "type": "list",
        "target": "tasks",
        "filters": NUMBER_ABOVE_ONE,
        "ordering": ["-tasks:id"],
        "hiddenColumns": {"explore": ["tasks:inner_id"], "labeling": []},
        "gridWidth": 4,
    }
    view = ls.views.create(project=project, data=data)
    assert view.project == project
    kept = ls.views.get(str(view.id))
    assert {name: kept.data[name] for name in data} == data


def test_tasks_of_a_view(ls: LabelStudio, project: int, add_tasks) -> None:
    tasks = add_tasks("zero", "one", "two", "three")
    view = ls.views.create(project=project, data={"title": "Big ones", "filters": NUMBER_ABOVE_ONE, "ordering": ["-tasks:id"]})
    assert [task.id for task in ls.tasks.list(view=view.id)] == [tasks[3], tasks[2]]
    assert [task.id for task in ls.tasks.list(view=view.id, project=project, page_size=1)] == [tasks[3], tasks[2]]


def test_views_are_listed_changed_and_removed(ls: LabelStudio, project: int) -> None:
    first = ls.views.create(project=project, data={"title": "First"})
    second = ls.views.create(project=project, data={"title": "Second", "filters": NUMBER_ABOVE_ONE})
    assert {view.id for view in ls.views.list(project=project)} == {first.id, second.id}
    changed = ls.views.update(str(second.id), data={"title": "Renamed"})
    # A change of the rest keeps filters.
    assert (changed.data["title"], changed.data["filters"]) == ("Renamed", NUMBER_ABOVE_ONE)
    ls.views.delete(str(first.id))
    with pytest.raises(ApiError) as gone:
        ls.views.get(str(first.id))
    assert gone.value.status_code == 404
    assert [view.data["title"] for view in ls.views.list(project=project)] == ["Renamed"]


def test_views_in_the_order_one_likes(ls: LabelStudio, project: int) -> None:
    ids = [ls.views.create(project=project, data={"title": title}).id for title in ("a", "b", "c")]
    ls.views.update_order(project=project, ids=ids[::-1])
    assert [view.id for view in ls.views.list(project=project)] == ids[::-1]


def test_all_views_at_once(http: Http, ls: LabelStudio, project: int, make_project: MakeProject) -> None:
    other = make_project()
    kept = ls.views.create(project=other, data={"title": "Kept"})
    ls.views.create(project=project, data={"title": "Gone"})
    assert http.delete("/api/dm/views/reset/", json={"project": project}).status_code == 204
    assert ls.views.list(project=project) == []
    assert [view.id for view in ls.views.list(project=other)] == [kept.id]


def test_a_view_belongs_to_a_project(http: Http) -> None:
    answer = http.post("/api/dm/views/", json={"data": {"title": "Nowhere"}})
    assert answer.status_code == 400
    assert "project" in answer.json()["validation_errors"]


def test_a_filter_says_how(http: Http, project: int) -> None:
    filters = {"conjunction": "and", "items": [{"filter": "filter:tasks:id"}]}
    assert http.post("/api/dm/views/", json={"project": project, "data": {"filters": filters}}).status_code == 400


def test_columns(http: Http, project: int, add_tasks) -> None:
    add_tasks("one")
    columns = {column["id"]: column for column in http.get(f"/api/dm/columns/?project={project}").json()["columns"]}
    assert {"id", "inner_id", "completed_at", "total_annotations", "annotators", "predictions_score", "data"} <= set(columns)
    assert columns["text"]["parent"] == "data"
    assert columns["text"]["target"] == "tasks"
    assert columns["total_annotations"]["type"] == "Number"
    assert columns["completed_at"]["type"] == "Datetime"
    assert set(columns["data"]["children"]) == {"text", "number"}


def test_state_of_the_project(http: Http, ls: LabelStudio, project: int, add_tasks) -> None:
    add_tasks("one", "two")
    state = http.get(f"/api/dm/project/?project={project}").json()
    assert (state["id"], state["task_count"], state["annotation_count"]) == (project, 2, 0)
    assert (state["can_delete_tasks"], state["source_syncing"], state["target_syncing"]) == (True, False, False)
