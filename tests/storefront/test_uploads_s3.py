"""The same with a bucket: against moto, over HTTP.

moto takes whatever is posted, so what a policy forbids is read out of the policy itself here, and is
enforced in the tests of our own endpoint.
"""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test.client import encode_multipart
from django.utils import timezone
from moto.server import ThreadedMotoServer

from storefront.domain import sweeping
from tenants import scopes
from tests.isolation.test_storage import ACTS, NAMES
from tests.storefront.uploads import asset, drawn, process

JPEG = drawn(size=(700, 300), colour=(200, 30, 30))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that speaks S3."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, settings, monkeypatch) -> Any:
    """A bucket of the test's own, in use as the storage."""
    name = f"b-{uuid4().hex[:12]}"
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL_S3": endpoint,
    }.items():
        monkeypatch.setenv(variable, value)
    made = boto3.resource("s3", region_name="us-east-1").Bucket(name)
    made.create()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "tenants.gateways.s3.TenantS3Storage",
            "OPTIONS": {
                "bucket_name": name,
                "region_name": "us-east-1",
                "signature_version": "s3v4",
            },
        },
    }
    return made


def keys(bucket) -> set[str]:
    return {each.key for each in bucket.objects.all()}


def post(form, content: bytes) -> int:
    """What a browser does; the status."""
    file = ContentFile(content, name="a.jpg")
    request = urllib.request.Request(
        form["url"],
        data=encode_multipart("BOUNDARY", {**form["fields"], "file": file}),
        headers={"Content-Type": "multipart/form-data; boundary=BOUNDARY"},
    )
    with urllib.request.urlopen(request) as answer:
        return answer.status


def test_the_form_leads_straight_to_the_bucket(bucket, endpoint, up, tenant_a):
    announced = up.announce(JPEG)
    key = f"{tenant_a.id}/quarantine/{announced['id']}"
    form = announced["upload"]

    assert form["url"] == f"{endpoint}/{bucket.name}"
    assert {name: form["fields"][name] for name in ("key", "Content-Type")} == {
        "key": key,
        "Content-Type": "image/jpeg",
    }
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    conditions = policy["conditions"]
    assert ["content-length-range", len(JPEG), len(JPEG)] in conditions
    assert {"key": key} in conditions
    assert {"bucket": bucket.name} in conditions
    # What isn't a condition could be left out or changed.
    signed = {
        name: value for one in conditions if isinstance(one, dict) for name, value in one.items()
    }
    for name, value in form["fields"].items():
        if name not in {"policy", "x-amz-signature"}:
            assert signed[name] == value
    expires = datetime.fromisoformat(policy["expiration"])
    assert timedelta(0) < expires - timezone.now() <= timedelta(minutes=15, seconds=2)


def test_a_picture_takes_the_whole_way(bucket, up, put, at, tenant_a):
    announced = up.announce(JPEG)
    assert post(announced["upload"], JPEG) == 204
    assert keys(bucket) == {f"{tenant_a.id}/quarantine/{announced['id']}"}
    up.complete(announced["id"])
    process(announced["id"])

    state = up.state(announced["id"])
    assert state["status"] == "ready"
    assert {
        one["url"].removeprefix("http://app.localhost/media/") for one in state["renditions"]
    } == (keys(bucket))
    for one in state["renditions"]:
        shown = at(tenant_a.slug).get(one["url"])
        content = b"".join(shown.streaming_content)
        assert shown.headers["Content-Type"] == one["content_type"]
        assert int(shown.headers["Content-Length"]) == len(content) > 0
    types = {
        each.key.rpartition(".")[2]: each.Object().content_type for each in bucket.objects.all()
    }
    assert types == {"avif": "image/avif", "webp": "image/webp"}

    up.api("delete", f"media/{announced['id']}/")
    assert keys(bucket) == set()


def test_what_the_bucket_let_in_is_checked_all_the_same(bucket, up):
    for content, said in ((JPEG + b"x", "whole"), (b"", "whole"), (b"x" * len(JPEG), "kind")):
        announced = up.announce(JPEG)
        post(announced["upload"], content)
        up.complete(announced["id"])
        process(announced["id"])

        state = up.state(announced["id"])
        assert state["status"] == "rejected"
        assert said in state["reason"]
    assert keys(bucket) == set()


def test_a_file_that_never_came_is_rejected(bucket, up):
    announced = up.announce(JPEG)
    up.complete(announced["id"])
    process(announced["id"])

    assert "didn’t arrive" in up.state(announced["id"])["reason"]


def test_our_own_endpoint_takes_nothing_then(bucket, up, tenant_a):
    announced = up.announce(JPEG)

    assert up.put(announced, JPEG).status_code == 403
    assert keys(bucket) == set()


def test_what_waits_to_be_checked_is_private(bucket, up, at, tenant_a):
    announced = up.announce(JPEG)
    post(announced["upload"], JPEG)
    name = f"quarantine/{announced['id']}"

    assert at(tenant_a.slug).get(f"/media/{tenant_a.id}/{name}").status_code == 404
    with scopes.tenant(tenant_a.id):
        address = default_storage.url(name)
    assert f"{tenant_a.id}/{name}?" in address
    assert "X-Amz-Signature=" in address
    assert "X-Amz-Expires=3600" in address


def test_pictures_may_come_from_a_cdn(bucket, settings, tenant_a):
    settings.MEDIA_URL = "https://cdn.example/"

    with scopes.tenant(tenant_a.id):
        assert default_storage.url("media/a-320.webp") == (
            f"https://cdn.example/{tenant_a.id}/media/a-320.webp"
        )
        assert "X-Amz-Signature=" in default_storage.url("quarantine/a")


def test_the_same_name_holds_each_tenants_own_file(bucket, tenant_a, tenant_b):
    for tenant in (tenant_a, tenant_b):
        with scopes.tenant(tenant.id):
            default_storage.save("media/logo.webp", ContentFile(str(tenant.id).encode()))

    assert keys(bucket) == {f"{tenant.id}/media/logo.webp" for tenant in (tenant_a, tenant_b)}
    with scopes.tenant(tenant_a.id):
        with default_storage.open("media/logo.webp") as file:
            assert file.read() == str(tenant_a.id).encode()
        assert default_storage.listdir("media") == ([], ["logo.webp"])
        default_storage.delete("media/logo.webp")
    assert keys(bucket) == {f"{tenant_b.id}/media/logo.webp"}


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"path"}))
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_out_is_refused(bucket, tenant_a, tenant_b, act, name):
    with scopes.tenant(tenant_b.id):
        default_storage.save("logo.txt", ContentFile(b"B"))
    forged = name.format(id=tenant_b.id, mine=tenant_a.id, root="/")

    with scopes.tenant(tenant_a.id), pytest.raises(SuspiciousFileOperation):
        ACTS[act](forged)

    assert keys(bucket) == {f"{tenant_b.id}/logo.txt"}


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"path"}))
def test_without_a_tenant_there_is_no_storage(bucket, act):
    with scopes.public(), pytest.raises(scopes.NoScopeError):
        ACTS[act]("logo.txt")


def test_strays_are_swept(bucket, up, tenant_a):
    kept = up.announce(JPEG)
    post(kept["upload"], JPEG)
    up.complete(kept["id"])
    process(kept["id"])
    # A form can be posted to a bucket again, as long as it lasts.
    post(kept["upload"], JPEG)
    before = keys(bucket)

    with scopes.tenant(tenant_a.id):
        assert sweeping.sweep_tenant(now=timezone.now() + timedelta(hours=20)) == 0
        assert sweeping.sweep_tenant(now=timezone.now() + timedelta(hours=30)) == 1

    assert before - keys(bucket) == {f"{tenant_a.id}/quarantine/{kept['id']}"}
    assert asset(tenant_a, kept["id"]).renditions
