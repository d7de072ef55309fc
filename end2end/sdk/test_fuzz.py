"""Requests nobody would write, made up from the document: none of them may be a fault of ours.

Every operation is asked with values that fit its description and with values that do not. Half of the requests name
things that are there, so that what lies behind the first "not found" is met too.
"""

import random
from dataclasses import dataclass

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from conftest import Person
from support.app import App
from support.world import SENTIMENT, choice

pytestmark = pytest.mark.ours

EXAMPLES = 10
# What comes last in a path before an id, and what the id is of.
NAMES = {
    "projects": "project",
    "tasks": "task",
    "annotations": "annotation",
    "drafts": "draft",
    "predictions": "prediction",
    "views": "view",
    "webhooks": "webhook",
    "organizations": "organization",
    "users": "user",
    "memberships": "user",
    "exports": "export",
}


@dataclass
class Workplace:
    """Somebody, and one of each thing, which the requests may change or remove as they like."""

    person: Person
    there: dict[str, int]


def workplace(app: App) -> Workplace:
    person = Person(app.url, app.key(app.person("Fuzzers")))
    ls, http = person.ls, person.http
    me = ls.users.whoami()
    project = ls.projects.create(title="Fuzzed", label_config=SENTIMENT).id
    task = ls.tasks.create(project=project, data={"text": "one"}).id
    there = {
        "user": me.id,
        "organization": me.active_organization,
        "project": project,
        "task": task,
        "annotation": ls.annotations.create(task, result=[choice("Positive")]).id,
        "prediction": ls.predictions.create(task=task, result=[choice("Positive")]).id,
        "draft": http.post(f"/api/tasks/{task}/drafts", json={"result": []}).json()["id"],
        "export": ls.projects.exports.create(project).id,
    }
    return Workplace(person, there)


def point(case: Case, there: dict[str, int]) -> None:
    """Lets the made-up request mean things that are there."""
    parts = case.operation.path.strip("/").split("/")
    for before, part in zip(parts, parts[1:]):
        name = part.strip("{}")
        if part.startswith("{") and name in (case.path_parameters or {}) and NAMES.get(before) in there:
            case.path_parameters[name] = there[NAMES[before]]
    for fields in (case.query, case.body):
        if isinstance(fields, dict):
            for name in set(fields) & {"project", "task", "annotation", "view", "organization"} & set(there):
                fields[name] = there[name]


def faults(case: Case, place: Workplace) -> str | None:
    """What is wrong with the answer, if it is our fault."""
    # The same request every time, whatever ran before.
    if random.Random(repr((case.path_parameters, case.query, case.body))).random() < 0.5:
        point(case, place.there)
    try:
        answer = case.call(headers={"Authorization": f"Token {place.person.key}"}, timeout=60)
    except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
        # No program can send that either.
        return None
    if answer.status_code >= 500:
        return f"{answer.status_code} for {case.as_curl_command()}"
    kind = answer.headers.get("content-type", [""])[0].split(";")[0]
    if answer.status_code >= 400 and case.method != "HEAD" and kind != "application/problem+json":
        return f"{answer.status_code} as {kind} for {case.as_curl_command()}"
    return None


def test_no_request_is_a_fault_of_ours(app: App) -> None:
    schema = schemathesis.openapi.from_url(f"{app.url}/api/openapi.json")
    schema.config.update(base_url=f"{app.url}/api")
    before = len(app.complaints())
    found: dict[str, str] = {}
    asked = 0
    for operation in (result.ok() for result in schema.get_all_operations()):
        place = workplace(app)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def ask(case: Case) -> None:
                nonlocal asked
                asked += 1
                if fault := faults(case, place):
                    found.setdefault(operation.label, fault)

            try:
                ask()
            except Unsatisfiable:
                # Nothing can be wrong with what has no parameters.
                pass
    assert asked > EXAMPLES
    assert not found, "\n".join(found.values())
    assert app.complaints()[before:] == []
