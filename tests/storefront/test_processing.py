"""Claiming, failing, abandoning and sweeping uploads."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from storefront import tasks
from storefront.domain import processing, sweeping, uploads
from storefront.domain.media import delete_media
from storefront.enums import MediaFault
from storefront.gateways import pictures
from storefront.models import MediaAsset
from storefront.uploads.models import MediaUpload
from tenants import scopes
from tests.storefront.uploads import asset, drawn, files, make_due, process, row

JPEG = drawn(size=(400, 300), colour=(200, 30, 30))


@pytest.fixture
def waiting(up):
    """A picture that waits for a worker; its id."""
    announced = up.announce(JPEG)
    up.put(announced, JPEG)
    up.complete(announced["id"])
    return announced["id"]


@pytest.fixture(autouse=True)
def alone(real_db):
    """No other test's uploads are due."""
    with scopes.platform():
        MediaUpload.objects.all().delete()


def sweep():
    return tasks.sweep_uploads.apply(throw=True).result


def test_a_lost_nudge_is_made_up_for(up, waiting):
    assert sweep() == 1

    assert up.state(waiting)["status"] == "ready"
    assert sweep() == 0


def test_two_workers_never_hold_the_same(up, waiting):
    with scopes.platform():
        first, second = processing.claim(UUID(waiting)), processing.claim(UUID(waiting))

    assert first is not None
    assert second is None


def test_a_late_worker_has_no_say(up, tenant_a, waiting):
    with scopes.platform():
        late = processing.claim(UUID(waiting))
    make_due(tenant_a, waiting)
    with scopes.platform():
        processing.claim(UUID(waiting))

    with late.scope():
        processing.process(late)

    assert up.state(waiting)["status"] == "processing"
    assert files(tenant_a) == {f"quarantine/{waiting}"}


def test_a_worker_that_became_late_on_the_way_leaves_the_others_files(
    up, tenant_a, waiting, monkeypatch
):
    real = processing._finish

    def overtaken(claim, renditions, **kwargs):
        monkeypatch.setattr(processing, "_finish", real)
        make_due(tenant_a, waiting)
        with scopes.platform():
            other = processing.claim(UUID(waiting))
        processing.process(other)
        return real(claim, renditions, **kwargs)

    monkeypatch.setattr(processing, "_finish", overtaken)
    process(waiting)

    state = up.state(waiting)
    assert state["status"] == "ready"
    assert {one["url"].split(f"{tenant_a.id}/")[1] for one in state["renditions"]} == files(
        tenant_a
    )


def test_a_picture_deleted_while_it_is_developed_leaves_nothing(
    up, user, tenant_a, waiting, monkeypatch
):
    real = processing._finish

    def deleted(claim, *args, **kwargs):
        delete_media(media_id=claim.row_id, actor_id=user.id)
        return real(claim, *args, **kwargs)

    monkeypatch.setattr(processing, "_finish", deleted)
    process(waiting)

    assert files(tenant_a) == set()
    assert asset(tenant_a, waiting) is row(tenant_a, waiting) is None


def test_a_failure_of_ours_is_tried_again_and_given_up_in_the_end(
    up, tenant_a, waiting, monkeypatch
):
    def fail(*args):
        raise pictures.DarkroomError("no memory")

    monkeypatch.setattr(processing, "develop", fail)
    for attempt in range(1, settings.MEDIA_MAX_ATTEMPTS + 1):
        assert up.state(waiting)["status"] == "processing"
        make_due(tenant_a, waiting)
        assert sweep() == 1
        assert row(tenant_a, waiting).attempts == attempt

    state = up.state(waiting)
    assert (state["status"], state["renditions"]) == ("rejected", [])
    assert "on our side" in state["reason"]
    assert row(tenant_a, waiting).last_error == "DarkroomError: no memory"


def test_a_storage_that_was_away_is_no_fault_of_the_picture(up, tenant_a, waiting, monkeypatch):
    def away(*args):
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(processing, "_stored", away)
        process(waiting)
    make_due(tenant_a, waiting)
    sweep()

    assert up.state(waiting)["status"] == "ready"


def test_an_upload_that_was_begun_and_left_is_swept(up, tenant_a):
    media_id = up.announce(JPEG)["id"]
    put = up.announce(JPEG)
    up.put(put, JPEG)
    assert sweep() == 0

    for each in (media_id, put["id"]):
        make_due(tenant_a, each)
    assert sweep() == 2

    assert asset(tenant_a, media_id) is row(tenant_a, media_id) is None
    assert files(tenant_a) == set()


def test_saying_it_at_the_last_moment_counts(up, tenant_a, monkeypatch):
    announced = up.announce(JPEG)
    up.put(announced, JPEG)
    make_due(tenant_a, announced["id"])
    real = processing._abandon

    def completed_first(claim):
        uploads.complete_upload(media_id=claim.row_id, now=timezone.now())
        real(claim)

    monkeypatch.setattr(processing, "_abandon", completed_first)
    sweep()
    make_due(tenant_a, announced["id"])
    sweep()

    assert up.state(announced["id"])["status"] == "ready"


ENDS = {
    "crash": (f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})", "fault"),
    "out of time": (f"import os; os.kill(os.getpid(), {int(signal.SIGXCPU)})", "fault"),
    "killed": (f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})", "ours"),
    "hangs": ("import time; time.sleep(60)", "ours"),
    "fails": ("raise SystemExit(1)", "ours"),
}


@pytest.mark.parametrize("case", ENDS)
def test_whose_fault_the_end_of_a_darkroom_is(monkeypatch, tmp_path, case):
    script, whose = ENDS[case]
    darkroom = tmp_path / "darkroom.py"
    darkroom.write_text(script)
    monkeypatch.setattr(pictures, "_DARKROOM", darkroom)
    monkeypatch.setattr(pictures, "PATIENCE", 1 if case == "hangs" else 30)
    expected = pictures.PictureFaultError if whose == "fault" else pictures.DarkroomError

    with pytest.raises(expected) as caught:
        pictures.develop(tmp_path / "x", "image/jpeg", tmp_path)

    if whose == "fault":
        assert caught.value.fault == MediaFault.UNREADABLE


def test_a_darkroom_knows_no_secrets(monkeypatch, tmp_path):
    darkroom = tmp_path / "darkroom.py"
    darkroom.write_text("import os; raise SystemExit(str(sorted(os.environ)))")
    monkeypatch.setattr(pictures, "_DARKROOM", darkroom)

    with pytest.raises(pictures.DarkroomError, match=r"\['LC_CTYPE', 'PATH'\]|\['PATH'\]"):
        pictures.develop(tmp_path / "x", "image/jpeg", tmp_path)


@pytest.fixture
def sweep_at(tenant_a):
    """Sweeps the tenant's files as if so much time had passed."""

    def run(**later):
        with scopes.tenant(tenant_a.id):
            return sweeping.sweep_tenant(now=timezone.now() + timedelta(**later))

    return run


def test_a_picture_without_an_item_goes_after_some_days(up, put, tenant_a, sweep_at):
    loose, shown = up.upload(JPEG)["id"], up.upload(JPEG)["id"]
    put(slug="oil")
    up.api("patch", "items/oil/", {"media": [shown]})
    names = files(tenant_a)

    assert sweep_at(days=2) == 0
    assert files(tenant_a) == names
    assert sweep_at(days=4) == 1

    assert asset(tenant_a, loose) is None
    assert asset(tenant_a, shown) is not None
    assert len(files(tenant_a)) == len(names) // 2


def test_a_picture_taken_off_an_item_has_its_days_from_then_on(up, put, tenant_a, sweep_at):
    media_id = up.upload(JPEG)["id"]
    put(slug="oil")
    up.api("patch", "items/oil/", {"media": [media_id]})
    assert asset(tenant_a, media_id).loose_since is None
    with scopes.tenant(tenant_a.id):
        MediaAsset.objects.update(created_at=timezone.now() - timedelta(days=30))
    up.api("patch", "items/oil/", {"media": []})

    assert sweep_at(days=2) == 0
    assert sweep_at(days=4) == 1


def test_files_that_no_row_speaks_of_go_after_a_day(up, tenant_a, tenant_b, sweep_at):
    kept = up.upload(JPEG)
    waiting = up.announce(JPEG)
    up.put(waiting, JPEG)
    names = files(tenant_a)
    for tenant in (tenant_a, tenant_b):
        with scopes.tenant(tenant.id):
            for name in ("media/stray-320.webp", "quarantine/stray", "items/seeded-320.webp"):
                default_storage.save(name, ContentFile(b"x"))

    assert sweep_at(hours=20) == 0
    assert sweep_at(hours=25) == 2

    assert files(tenant_a) == names | {"items/seeded-320.webp"}
    assert len(files(tenant_b)) == 3
    assert up.state(kept["id"])["status"] == "ready"


def test_all_tenants_are_swept_though_one_fails(up, tenant_a, tenant_b, monkeypatch):
    for tenant in (tenant_a, tenant_b):
        with scopes.tenant(tenant.id):
            default_storage.save("media/stray-320.webp", ContentFile(b"x"))
        old = timezone.now().timestamp() - 2 * 24 * 3600
        path = Path(settings.MEDIA_ROOT) / str(tenant.id) / "media/stray-320.webp"
        os.utime(path, (old, old))
    real = sweeping._sweep_loose

    def fail_for_a(before):
        if scopes.current_tenant_id() == tenant_a.id:
            raise OSError("away")
        return real(before)

    monkeypatch.setattr(sweeping, "_sweep_loose", fail_for_a)
    tasks.sweep_files.apply(throw=True)

    assert len(files(tenant_a)) == 1
    assert files(tenant_b) == set()


def test_what_a_killed_web_process_was_receiving_is_swept(up):
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(parents=True)
    for name, age in (("old", 25), ("young", 1)):
        (folder / name).write_bytes(b"x")
        moment = timezone.now().timestamp() - age * 3600
        os.utime(folder / name, (moment, moment))

    tasks.sweep_files.apply(throw=True)

    assert [path.name for path in folder.iterdir()] == ["young"]
