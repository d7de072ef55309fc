"""The same, for programs that do many things at once."""

import asyncio

from label_studio_sdk import AsyncLabelStudio

from conftest import Person
from support.world import choice


def test_many_at_once(owner: Person, project: int, add_tasks) -> None:
    tasks = add_tasks(*(f"text {number}" for number in range(10)))

    async def work() -> None:
        ls = AsyncLabelStudio(base_url=owner.url, api_key=owner.key)
        made = await asyncio.gather(*(ls.annotations.create(task, result=[choice("Positive")]) for task in tasks))
        assert [annotation.task for annotation in made] == tasks
        assert [task.id async for task in await ls.tasks.list(project=project, page_size=4)] == tasks
        assert (await ls.projects.get(project)).finished_task_number == len(tasks)
        assert len(await ls.projects.exports.as_json(project)) == len(tasks)

    asyncio.run(work())


def test_a_personal_access_token(owner: Person) -> None:
    token = owner.ls.tokens.create().token

    async def work() -> str:
        return (await AsyncLabelStudio(base_url=owner.url, api_key=token).users.whoami()).email

    try:
        assert asyncio.run(work()) == owner.ls.users.whoami().email
    finally:
        owner.ls.tokens.blacklist(refresh=token)
