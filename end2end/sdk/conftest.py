"""One server for the whole run; a project of its own for each story.

The stories run the official SDK as PyPI ships it. They were written against the real Label Studio and can be checked
against it again: SYNAPSE_SDK_ORACLE=<address>,<key> runs them there instead of on a server of ours, leaving out what is
ours alone (marked `ours`).
"""

import os
import pathlib
from dataclasses import dataclass
from functools import cached_property
from typing import Callable, Iterator

import pytest
import requests
from label_studio_sdk import LabelStudio

from support.app import App
from support.receiver import Answer, Receiver
from support.world import SENTIMENT

ORACLE = os.environ.get("SYNAPSE_SDK_ORACLE")


# What Label Studio does and Synapse does not do yet, a story a line. It is strict: a story that has come true fails here until its
# line is gone, so the list tells what is missing and nothing else.
NOT_YET = pathlib.Path(__file__).with_name("not_yet.txt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if ORACLE:
        for item in items:
            if item.get_closest_marker("ours"):
                item.add_marker(pytest.mark.skip(reason="ours alone"))
        return
    lines = [line.strip() for line in NOT_YET.read_text().splitlines()]
    waiting = {line for line in lines if line and not line.startswith("#")}
    for item in items:
        if item.nodeid.split("end2end/sdk/")[-1] in waiting:
            item.add_marker(pytest.mark.xfail(strict=True, reason="not yet"))


@pytest.fixture(scope="session")
def app() -> Iterator[App]:
    """The server of ours; a story that asks for it is ours alone."""
    if ORACLE:
        pytest.skip("ours alone")
    app = App()
    try:
        try:
            app.start()
        except RuntimeError as error:
            pytest.exit(str(error), returncode=1)
        yield app
    finally:
        app.stop()


@dataclass
class Person:
    """Somebody with a key, and the two ways to use it: the SDK, and plain requests."""

    url: str
    key: str

    @cached_property
    def ls(self) -> LabelStudio:
        return LabelStudio(base_url=self.url, api_key=self.key)

    @cached_property
    def http(self) -> "Http":
        return Http(self.url, f"Token {self.key}")


class Http(requests.Session):
    """Requests below one address."""

    def __init__(self, url: str, authorization: str | None = None) -> None:
        super().__init__()
        self.url = url
        if authorization:
            self.headers["Authorization"] = authorization

    def request(self, method: str, path: str, **more) -> requests.Response:  # type: ignore[override]
        return super().request(method, f"{self.url}{path}", timeout=60, **more)


@pytest.fixture(scope="session")
def owner(request: pytest.FixtureRequest) -> Person:
    """The owner of an organization."""
    if ORACLE:
        url, key = ORACLE.split(",")
        return Person(url, key)
    app: App = request.getfixturevalue("app")
    return Person(app.url, app.key(app.person("Works")))


@pytest.fixture(scope="session")
def stranger(app: App) -> Person:
    """The owner of another organization."""
    return Person(app.url, app.key(app.person("Elsewhere")))


@pytest.fixture
def ls(owner: Person) -> LabelStudio:
    return owner.ls


@pytest.fixture
def http(owner: Person) -> Http:
    return owner.http


@pytest.fixture
def anonymous(owner: Person) -> Http:
    return Http(owner.url)


MakeProject = Callable[..., int]


@pytest.fixture
def make_project(ls: LabelStudio) -> Iterator[MakeProject]:
    """Makes projects that are gone after the story."""
    made: list[int] = []

    def make(label_config: str = SENTIMENT, **more) -> int:
        project = ls.projects.create(**{"title": "A project", "label_config": label_config, **more})
        made.append(project.id)
        return project.id

    yield make
    for project in made:
        ls.projects.delete(project)


@pytest.fixture
def project(make_project: MakeProject) -> int:
    """A project where texts are said to be positive or negative."""
    return make_project()


@pytest.fixture
def add_tasks(ls: LabelStudio, project: int) -> Callable[..., list[int]]:
    """Imports texts into the project and gives the tasks' ids, in order."""

    def add(*texts: str) -> list[int]:
        data = [{"text": text, "number": number} for number, text in enumerate(texts)]
        return ls.projects.import_tasks(project, request=data, return_task_ids=True).task_ids

    return add


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    """Opens receivers that are closed after the story."""
    opened: list[Receiver] = []

    def open_one(answer: Answer | None = None) -> Receiver:
        opened.append(Receiver(answer))
        return opened[-1]

    yield open_one
    for receiver in opened:
        receiver.stop()
