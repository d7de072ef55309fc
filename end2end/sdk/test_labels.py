"""Labels that were added to a project's own, and where they are used."""

import pytest
from label_studio_sdk import LabelStudio

from conftest import Http
from support.world import choice


@pytest.fixture
def label(http: Http, project: int) -> dict:
    request = [{"project": project, "value": ["Positive"], "title": "Good", "from_name": "sentiment"}]
    answer = http.post("/api/labels/", json=request)
    assert answer.status_code == 201, answer.text
    (made,) = answer.json()
    return made


def test_life_of_a_label(http: Http, project: int, label: dict) -> None:
    assert (label["value"], label["title"], label["projects"]) == (["Positive"], "Good", [project])
    path = f"/api/labels/{label['id']}/"
    assert http.patch(path, json={"title": "Better"}).json()["title"] == "Better"
    assert http.get(path).json()["title"] == "Better"
    assert label["id"] in [one["id"] for one in http.get("/api/labels/").json()["results"]]
    assert http.delete(path).status_code == 204
    assert http.get(path).status_code == 404


def test_a_label_is_linked_to_its_project(http: Http, ls: LabelStudio, project: int, label: dict, add_tasks) -> None:
    ls.annotations.create(add_tasks("one")[0], result=[choice("Positive")])
    (link,) = http.get(f"/api/label_links/?project={project}").json()["results"]
    assert (link["project"], link["label"], link["from_name"]) == (project, label["id"], "sentiment")
    assert link["annotations_count"] == 1
    (link,) = http.get(f"/api/label_links/?project={project}&expand=label").json()["results"]
    assert link["label"]["title"] == "Good"
    assert http.get(f"/api/label_links/{link['id']}/").json()["label"] == label["id"]
    twice = {"project": project, "label": label["id"], "from_name": "sentiment"}
    assert http.post("/api/label_links/", json=twice).status_code == 400
    assert http.delete(f"/api/label_links/{link['id']}/").status_code == 204
    assert http.get(f"/api/label_links/?project={project}").json()["count"] == 0


def test_a_label_is_renamed_wherever_it_was_used(http: Http, ls: LabelStudio, project: int, label: dict, add_tasks) -> None:
    one, other = add_tasks("one", "other")
    ls.annotations.create(one, result=[choice("Positive")])
    ls.annotations.create(other, result=[choice("Negative")])
    answer = http.post("/api/labels/bulk", json={"project": project, "old_label": ["Positive"], "new_label": ["Good"]})
    assert answer.json() == {"annotations_updated": 1}
    assert ls.annotations.list(one)[0].result[0]["value"] == {"choices": ["Good"]}
    assert ls.annotations.list(other)[0].result[0]["value"] == {"choices": ["Negative"]}


def test_labels_come_as_a_list(http: Http, project: int) -> None:
    assert http.post("/api/labels/", json={"project": project, "value": ["x"], "title": "x"}).status_code == 400
