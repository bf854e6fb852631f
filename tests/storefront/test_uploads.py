"""Pictures from the announcement to the storefront, and every way in which one is not taken."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from storefront.domain import uploads
from storefront.domain.uploads import LARGEST
from storefront.models import MediaAsset, StorefrontSettings
from tenants import scopes
from tenants.models import AuditEntry
from tests.capture.test_public_api import problem
from tests.storefront.uploads import asset, drawn, files, image, posted, process, row

JPEG = drawn(size=(2000, 1000), colour=(200, 30, 30))


def test_a_picture_is_uploaded_and_shown(up, put, at, tenant_a):
    announced = up.announce(JPEG)
    assert set(announced) == {"id", "upload", "expires_at"}
    assert set(announced["upload"]) == {"url", "fields"}
    assert announced["upload"]["url"] == "http://app.localhost/api/v1/uploads/"
    assert up.state(announced["id"])["status"] == "pending"

    answer = up.put(announced, JPEG)
    assert (answer.status_code, answer.content) == (204, b"")
    assert files(tenant_a) == {f"quarantine/{announced['id']}"}
    assert up.complete(announced["id"])["status"] == "processing"
    process(announced["id"])

    state = up.state(announced["id"])
    assert (state["status"], state["reason"]) == ("ready", None)
    assert [(one["content_type"], one["width"], one["height"]) for one in state["renditions"]] == [
        (f"image/{kind}", width, width // 2)
        for kind in ("avif", "webp")
        for width in (320, 640, 1280)
    ]
    assert len(files(tenant_a)) == 6  # the original is gone
    item = put(slug="oil")
    up.api("patch", "items/oil/", {"media": [announced["id"]]})
    for one in state["renditions"]:
        shown = at(tenant_a.slug).get(one["url"])
        assert shown.status_code == 200
        assert shown.headers["Content-Type"] == one["content_type"]
        shown.close()
    page = at(tenant_a.slug).get(f"/en/items/{item.slug}/").text
    assert page.index('type="image/avif"') < page.index('type="image/webp"')
    assert 'width="1280" height="640"' in " ".join(page.split())


def test_the_policy_says_what_may_come(up, tenant_a):
    announced = up.announce(JPEG)
    fields = announced["upload"]["fields"]

    policy = json.loads(base64.b64decode(fields["policy"]))

    assert policy["conditions"] == [
        {"key": f"{tenant_a.id}/quarantine/{announced['id']}"},
        {"Content-Type": "image/jpeg"},
        ["content-length-range", len(JPEG), len(JPEG)],
    ]


ANNOUNCEMENTS = {
    "SVG": ({"content_type": "image/svg+xml"}, "content_type"),
    "GIF": ({"content_type": "image/gif"}, "content_type"),
    "HTML": ({"content_type": "text/html"}, "content_type"),
    "no type": ({"content_type": None}, "content_type"),
    "no bytes": ({"size": 0}, "size"),
    "50 MB": ({"size": 50 * 1024 * 1024}, "size"),
    "a byte too many": ({"size": LARGEST + 1}, "size"),
    "half a byte": ({"size": 1.5}, "size"),
    "less than nothing": ({"size": -1}, "size"),
    "no name": ({"filename": " "}, "filename"),
    "a long name": ({"filename": "x" * 256}, "filename"),
    "NUL": ({"filename": "a\x00.jpg"}, "filename"),
}


@pytest.mark.parametrize("case", ANNOUNCEMENTS)
def test_what_is_not_taken_is_refused_before_it_is_sent(up, tenant_a, case):
    fields, name = ANNOUNCEMENTS[case]
    body = {"filename": "a.jpg", "content_type": "image/jpeg", "size": 10, **fields}

    document = problem(up.api("post", "media/", body), 400, "invalid")

    assert list(document["errors"]) == [name]
    with scopes.tenant(tenant_a.id):
        assert not AuditEntry.objects.filter(action="media.announced").exists()


def test_the_largest_file_may_come(up):
    assert up.announce(b"", size=LARGEST)["id"]


def forged(fields, **changes):
    """The fields with some of them changed; None takes one away."""
    changed = {**fields, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def a_policy_for(key):
    """A policy as we would write it, if somebody else could sign it."""
    document = {
        "expiration": "2100-01-01T00:00:00+00:00",
        "conditions": [
            {"key": key},
            {"Content-Type": "image/jpeg"},
            ["content-length-range", 1, 9],
        ],
    }
    return base64.b64encode(json.dumps(document).encode()).decode()


FORGED = {
    "key climbs out": {"key": "../../{key}"},
    "key climbs inside": {"key": "{key}/../x"},
    "another tenant's prefix": {"key": "{other}/quarantine/{id}"},
    "outside quarantine": {"key": "{own}/media/{id}"},
    "no key": {"key": None},
    "another type": {"Content-Type": "text/html"},
    "no type": {"Content-Type": None},
    "a field too many": {"acl": "public-read"},
    "no policy": {"policy": None},
    "no signature": {"x-souqna-signature": None},
    "a wrong signature": {"x-souqna-signature": "0" * 64},
    "an odd signature": {"x-souqna-signature": "عود"},
    "a policy of their own": {"policy": a_policy_for("x/quarantine/y"), "key": "x/quarantine/y"},
}


@pytest.mark.parametrize("case", FORGED)
def test_a_form_that_says_other_than_its_policy_is_refused(up, tenant_a, tenant_b, case):
    announced = up.announce(JPEG)
    fields = announced["upload"]["fields"]
    names = {
        "key": fields["key"],
        "id": announced["id"],
        "own": tenant_a.id,
        "other": tenant_b.id,
    }
    changes = {name: value and value.format(**names) for name, value in FORGED[case].items()}

    answer = posted(forged(fields, **changes), JPEG)

    problem(answer, 403, "permission_denied")
    assert files(tenant_a) == files(tenant_b) == set()
    assert up.put(announced, JPEG).status_code == 204  # the right one still may


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (JPEG + b"x", 413, "too_large"),
        (JPEG[:-1], 400, "invalid"),
        (b"", 400, "invalid"),
    ],
)
def test_another_size_is_refused_and_may_be_sent_again(up, tenant_a, content, status, code):
    announced = up.announce(JPEG)

    problem(up.put(announced, content), status, code)

    assert files(tenant_a) == set()
    assert up.put(announced, JPEG).status_code == 204


def test_a_form_without_the_file_is_refused(up, tenant_a):
    announced = up.announce(JPEG)
    fields = announced["upload"]["fields"]

    problem(posted(fields, JPEG, name="other"), 400, "invalid")
    assert files(tenant_a) == set()


def test_a_form_is_good_for_one_file(up, tenant_a):
    announced = up.announce(JPEG)
    up.put(announced, JPEG)

    problem(up.put(announced, drawn()[:1] * len(JPEG)), 403, "permission_denied")
    up.complete(announced["id"])
    process(announced["id"])
    problem(up.put(announced, JPEG), 403, "permission_denied")

    assert up.state(announced["id"])["status"] == "ready"
    assert not any(name.startswith("quarantine") for name in files(tenant_a))


def test_a_form_runs_out(up, tenant_a, monkeypatch):
    announced = up.announce(JPEG)
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("storefront.views.uploads.timezone.now", lambda: later)

    problem(up.put(announced, JPEG), 403, "permission_denied")
    assert files(tenant_a) == set()


def test_a_form_of_a_deleted_picture_is_refused(up, tenant_a):
    announced = up.announce(JPEG)
    up.api("delete", f"media/{announced['id']}/")

    problem(up.put(announced, JPEG), 403, "permission_denied")
    assert files(tenant_a) == set()


def test_only_forms_are_taken(up, at):
    client = at("app")

    assert client.get("/api/v1/uploads/").status_code == 405
    for content_type in ("application/json", "multipart/form-data", "text/plain"):
        problem(client.post("/api/v1/uploads/", b"{}", content_type=content_type), 400, "invalid")


def test_saying_it_twice_is_saying_it_once(up):
    announced = up.announce(JPEG)
    up.put(announced, JPEG)

    first, second = up.complete(announced["id"]), up.complete(announced["id"])
    process(announced["id"])
    process(announced["id"])
    third = up.complete(announced["id"])

    assert first == second
    assert third == up.state(announced["id"])
    assert third["status"] == "ready"


def test_another_tenants_picture_does_not_exist(uploader, tenant_a, tenant_b):
    mine, theirs = uploader(), uploader(tenant_b)
    foreign = theirs.announce(JPEG)["id"]

    for media_id in (foreign, str(uuid4())):
        problem(mine.api("post", f"media/{media_id}/complete/"), 404, "not_found")
        for method in ("get", "patch", "delete"):
            problem(mine.api(method, f"media/{media_id}/", {"alt_en": "x"}), 404, "not_found")
    assert row(tenant_b, foreign).completed_at is None
    assert asset(tenant_b, foreign) is not None


def test_what_it_shows_is_said_in_both_languages(up, tenant_a):
    media_id = up.announce(JPEG)["id"]

    said = up.api("patch", f"media/{media_id}/", {"alt_ar": "قارورة", "alt_en": "  A   bottle "})
    assert (said.json()["alt_ar"], said.json()["alt_en"]) == ("قارورة", "A bottle")
    kept = up.api("patch", f"media/{media_id}/", {"alt_en": ""}).json()
    assert (kept["alt_ar"], kept["alt_en"]) == ("قارورة", "")
    problem(up.api("patch", f"media/{media_id}/", {"alt_en": "x" * 201}), 400, "invalid")


def test_deleting_leaves_nothing(up, tenant_a, user):
    state = up.upload(JPEG)
    assert len(files(tenant_a)) == 6

    assert up.api("delete", f"media/{state['id']}/").status_code == 204

    assert files(tenant_a) == set()
    assert asset(tenant_a, state["id"]) is None
    assert row(tenant_a, state["id"]) is None
    problem(up.api("delete", f"media/{state['id']}/"), 404, "not_found")
    with scopes.tenant(tenant_a.id):
        entry = AuditEntry.objects.get(action="media.deleted")
        assert (entry.actor_id, entry.detail) == (user.id, {"media": state["id"]})


def test_the_same_picture_twice_has_files_of_its_own(up, tenant_a):
    one, two = up.upload(JPEG), up.upload(JPEG)

    up.api("delete", f"media/{one['id']}/")

    for rendition in up.state(two["id"])["renditions"]:
        assert image(tenant_a, rendition).size == (rendition["width"], rendition["height"])


def test_an_item_takes_its_pictures_along(up, put, tenant_a):
    put(slug="oil")
    state = up.upload(JPEG)
    up.api("patch", "items/oil/", {"media": [state["id"]]})

    up.api("delete", "items/oil/")

    assert files(tenant_a) == set()
    assert asset(tenant_a, state["id"]) is None


@pytest.mark.parametrize("name", ["logo", "cover"])
def test_what_the_storefront_itself_shows_is_not_deleted_as_a_picture(up, put, tenant_a, name):
    state = up.upload(JPEG)
    with scopes.tenant(tenant_a.id):
        StorefrontSettings.objects.update_or_create(id=1, defaults={f"{name}_id": state["id"]})
    before = files(tenant_a)

    refused = up.api("delete", f"media/{state['id']}/")

    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert up.state(state["id"]) == state
    assert files(tenant_a) == before
    with scopes.tenant(tenant_a.id):
        assert (
            str(StorefrontSettings.objects.values_list(f"{name}_id", flat=True).get())
            == state["id"]
        )
        assert not AuditEntry.objects.filter(action="media.deleted").exists()


def test_what_waits_to_be_checked_is_never_served(up, at, tenant_a):
    announced = up.announce(JPEG)
    up.put(announced, JPEG)

    for name in (
        f"quarantine/{announced['id']}",
        f"quarantine/{announced['id']}/x.webp",
        f"media/../quarantine/{announced['id']}",
        f"./quarantine/{announced['id']}",
        f"quarantine//{announced['id']}",
    ):
        for client in (at(tenant_a.slug), up.client):
            assert client.get(f"/media/{tenant_a.id}/{name}").status_code == 404


def test_a_file_in_quarantine_is_not_served_whatever_its_name(up, at, tenant_a):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    with scopes.tenant(tenant_a.id):
        default_storage.save("quarantine/a.webp", ContentFile(b"RIFF"))

    assert at(tenant_a.slug).get(f"/media/{tenant_a.id}/quarantine/a.webp").status_code == 404
    assert up.client.get(f"/media/{tenant_a.id}/quarantine/a.webp").status_code == 404


def test_a_tenant_announces_so_many_pictures_and_others_all_the_same(
    uploader, tenant_a, tenant_b, monkeypatch
):
    monkeypatch.setattr(uploads, "_A_TENANT", replace(uploads._A_TENANT, amount=2))
    up = uploader(tenant_a)
    body = {"filename": "a.jpg", "content_type": "image/jpeg", "size": 10}
    for _ in range(2):
        assert up.api("post", "media/", body).status_code == 201

    refused = up.api("post", "media/", body)

    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 600
    with scopes.tenant(tenant_a.id):
        assert MediaAsset.objects.count() == 2
    assert uploader(tenant_b).api("post", "media/", body).status_code == 201


def test_a_wrong_announcement_uses_nothing_up(up, monkeypatch):
    monkeypatch.setattr(uploads, "_A_TENANT", replace(uploads._A_TENANT, amount=1))
    body = {"filename": "a.jpg", "content_type": "image/svg+xml", "size": 10}
    assert up.api("post", "media/", body).status_code == 400

    assert up.api("post", "media/", {**body, "content_type": "image/png"}).status_code == 201
