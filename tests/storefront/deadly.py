"""Loaded into a Celery worker: a death at a chosen point of processing an upload."""

import os

from storefront.domain import processing
from tests.outbox.deadly import die_once

_OURS = os.environ["SOUQNA_TEST_TENANT"]


def _dying(function, before: str = "", after: str = ""):
    def call(*args, **kwargs):
        if before:
            die_once(before)
        result = function(*args, **kwargs)
        if after:
            die_once(after)
        return result

    return call


_process = processing.process


def process(claim):
    """The real one, with deaths in it if it is for the test's own tenant."""
    if str(claim.tenant_id) != _OURS:
        return
    die_once("claimed")
    _process(claim)


processing.process = process
processing._fetched = _dying(processing._fetched, after="fetched")
processing.develop = _dying(processing.develop, after="developed")
processing._stored = _dying(processing._stored, after="one stored")
processing._finish = _dying(processing._finish, before="all stored", after="finished")
