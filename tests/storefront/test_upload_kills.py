"""A worker killed in the middle of a picture: it is ready in the end, and there once."""

import time

import pytest
from django.conf import settings
from django.utils import timezone

from storefront.domain import sweeping
from tenants import scopes
from tests.storefront.uploads import drawn, files, row

JPEG = drawn(size=(1500, 1000), colour=(200, 30, 30))


def outcome(tenant, media_id, seconds=90):
    """Wait until the upload is done or dead; the row."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = row(tenant, media_id)
        if found.done_at or found.dead_at:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not done within {seconds} s: {vars(found)}")


@pytest.mark.parametrize(
    ("point", "attempts"),
    [
        ("claimed", 2),
        ("fetched", 2),
        ("developed", 2),
        ("one stored", 2),
        ("all stored", 2),
        ("finished", 1),
    ],
)
def test_a_killed_worker_loses_and_doubles_nothing(worker, up, tenant_a, tmp_path, point, attempts):
    announced = up.announce(JPEG)
    up.put(announced, JPEG)
    up.complete(announced["id"])
    worker(
        point,
        settings_module="tests.storefront.kill_settings",
        loaded="tests.storefront.deadly",
        SOUQNA_TEST_MEDIA=str(settings.MEDIA_ROOT),
        SOUQNA_TEST_TENANT=str(tenant_a.id),
    )

    upload = outcome(tenant_a, announced["id"])

    assert (tmp_path / "died").read_text() == point  # the kill did happen
    assert (upload.dead_at, upload.fault) == (None, "")
    assert upload.attempts >= attempts  # on a busy machine a lease may end before its worker
    state = up.state(announced["id"])
    assert (state["status"], len(state["renditions"])) == ("ready", 6)
    shown = {one["url"].split(f"{tenant_a.id}/")[1] for one in state["renditions"]}
    left = files(tenant_a) - shown
    # What the dead left is found by the sweep, a day later.
    assert left <= {f"quarantine/{announced['id']}"}
    with scopes.tenant(tenant_a.id):
        sweeping.sweep_tenant(now=timezone.now() + sweeping.STRAY)
    assert files(tenant_a) == shown
