"""Who I am, and the keys I hold."""

import jwt
import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from conftest import Http, Person
from support.app import App


def test_whoami_says_who_holds_the_key(ls: LabelStudio) -> None:
    me = ls.users.whoami()
    assert "@" in me.email
    assert me.active_organization_meta["email"] == me.email
    assert me.active_organization in [organization.id for organization in ls.organizations.list()]
    assert me.id in [user.id for user in ls.users.list()]


def test_version_names_the_edition(ls: LabelStudio) -> None:
    version = ls.versions.get()
    assert version.release
    # With any other edition the SDK would ask for snapshots where a direct export does.
    assert version.edition == "Community"


def test_version_is_for_everyone(anonymous: Http) -> None:
    assert anonymous.get("/api/version").ok
    assert anonymous.get("/health").json()["status"] == "UP"


def test_personal_access_token_lives_through_access_tokens(ls: LabelStudio, owner: Person) -> None:
    token = ls.tokens.create().token
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["token_type"] == "refresh"
        mine = LabelStudio(base_url=owner.url, api_key=token)
        # Exchanged by itself before the first request.
        assert mine.users.whoami().email == ls.users.whoami().email
        # The list shows which ones there are, and is of no use to a thief.
        listed = [one.token for one in ls.tokens.list()]
        assert any(token.startswith(one) for one in listed)
        assert token not in listed
    finally:
        ls.tokens.blacklist(refresh=token)


def test_rotated_token_is_replaced(ls: LabelStudio, owner: Person) -> None:
    first = ls.tokens.create().token
    second = ls.tokens.rotate(refresh=first).refresh
    assert second != first
    assert LabelStudio(base_url=owner.url, api_key=second).users.whoami().email
    with pytest.raises(ApiError) as refused:
        LabelStudio(base_url=owner.url, api_key=first).users.whoami()
    assert refused.value.status_code == 401
    ls.tokens.blacklist(refresh=second)


def test_revoked_token_is_refused(ls: LabelStudio, owner: Person) -> None:
    token = ls.tokens.create().token
    ls.tokens.blacklist(refresh=token)
    with pytest.raises(ApiError) as refused:
        LabelStudio(base_url=owner.url, api_key=token).users.whoami()
    assert refused.value.status_code == 401
    with pytest.raises(ApiError) as gone:
        ls.tokens.blacklist(refresh=token)
    assert gone.value.status_code == 404


@pytest.mark.ours
def test_revoking_ends_the_access_that_was_given_out(ls: LabelStudio, owner: Person) -> None:
    token = ls.tokens.create().token
    access = Http(owner.url).post("/api/token/refresh/", json={"refresh": token}).json()["access"]
    mine = Http(owner.url, f"Bearer {access}")
    assert mine.get("/api/current-user/whoami").ok
    ls.tokens.blacklist(refresh=token)
    assert mine.get("/api/current-user/whoami").status_code == 401


@pytest.mark.parametrize("authorization", ["Token wrong", "Bearer wrong", "Token ", "Basic d3Jvbmc6d3Jvbmc="])
def test_wrong_keys_are_refused(owner: Person, authorization: str) -> None:
    answer = Http(owner.url, authorization).get("/api/projects/")
    assert answer.status_code == 401
    assert answer.json()["detail"]


def test_refresh_token_is_not_an_access_token(ls: LabelStudio, owner: Person) -> None:
    token = ls.tokens.create().token
    assert Http(owner.url, f"Bearer {token}").get("/api/current-user/whoami").status_code == 401
    ls.tokens.blacklist(refresh=token)


@pytest.mark.ours
def test_a_key_for_reading_does_not_write(app: App) -> None:
    email = app.person("Readers")
    reader = Person(app.url, app.key(email, "--read-only"))
    assert reader.ls.users.whoami().email == email
    with pytest.raises(ApiError) as refused:
        reader.ls.projects.create(title="Not mine to make")
    assert refused.value.status_code == 403


@pytest.mark.ours
def test_a_personal_access_token_from_the_command_line(app: App) -> None:
    email = app.person("Commands")
    assert LabelStudio(base_url=app.url, api_key=app.key(email, "--personal")).users.whoami().email == email


@pytest.mark.ours
def test_keys_say_what_they_are(app: App) -> None:
    assert app.key(app.person("Keys")).startswith("sk_live_")
