"""The organization, its people, and asking others in."""

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http


def test_the_organization(ls: LabelStudio) -> None:
    mine = ls.users.whoami().active_organization
    assert mine in [organization.id for organization in ls.organizations.list()]
    organization = ls.organizations.get(mine)
    assert organization.id == mine
    assert organization.title
    title = organization.title
    try:
        assert ls.organizations.update(mine, title="Renamed works").title == "Renamed works"
    finally:
        ls.organizations.update(mine, title=title)


def test_its_members(ls: LabelStudio, project: int, add_tasks) -> None:
    me = ls.users.whoami()
    members = ls.organizations.members.list(me.active_organization).items
    assert me.email in [member.user.email for member in members]
    ls.annotations.create(add_tasks("one")[0], result=[])
    member = ls.organizations.members.get(me.active_organization, me.id)
    assert member.user == me.id
    assert member.annotations_count >= 1


@pytest.mark.ours
def test_its_members_page_by_page(ls: LabelStudio) -> None:
    # The SDK asks for one page too many, and takes only an empty one for the end.
    me = ls.users.whoami()
    assert [member.user.email for member in ls.organizations.members.list(me.active_organization, page_size=1)] == [me.email]


def test_a_member_that_is_not_there(ls: LabelStudio) -> None:
    with pytest.raises(ApiError) as gone:
        ls.organizations.members.get(ls.users.whoami().active_organization, 999_999_999)
    assert gone.value.status_code == 404


def test_an_invitation_by_link(ls: LabelStudio) -> None:
    first = ls.organizations.invites.get_invite_link()
    assert first.invite_url and first.token
    assert first.token in first.invite_url
    second = ls.organizations.reset_token()
    assert second.token != first.token
    assert second.token in second.invite_url


def test_people(ls: LabelStudio) -> None:
    me = ls.users.whoami()
    assert ls.users.get(me.id).email == me.email
    try:
        assert ls.users.update(me.id, first_name="Ada", last_name="Lovelace").first_name == "Ada"
        again = ls.users.get(me.id)
        assert (again.first_name, again.last_name, again.initials) == ("Ada", "Lovelace", "AL")
    finally:
        ls.users.update(me.id, first_name=me.first_name, last_name=me.last_name)


def test_hot_keys(ls: LabelStudio) -> None:
    mine = {"annotation:submit": {"key": "ctrl+s", "active": True}}
    assert ls.users.update_hotkeys(custom_hotkeys=mine).custom_hotkeys == mine
    assert ls.users.get_hotkeys().custom_hotkeys == mine


def test_a_person_needs_an_address(http: Http, ls: LabelStudio) -> None:
    me = ls.users.whoami().email
    for email in ("nobody", me):
        answer = http.post("/api/users/", json={"email": email, "username": "somebody"})
        assert answer.status_code == 400
        assert "email" in answer.json()["validation_errors"]


def test_the_owner_stays(ls: LabelStudio) -> None:
    with pytest.raises(ApiError) as refused:
        ls.users.delete(ls.users.whoami().id)
    assert refused.value.status_code in (403, 405)
