"""Limits are exact, per scope, and say when to come back."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tenants import scopes
from tenants.gateways import rate_limits
from tenants.gateways.rate_limits import RateLimit, RateLimitedError


@pytest.fixture
def limit():
    """Ten a minute, of the test's own."""
    return RateLimit(name=f"test-{uuid4().hex}", amount=10, seconds=60)


def _try(limit, *who) -> bool:
    try:
        with scopes.public():
            limit.hit(*who)
    except RateLimitedError:
        return False
    return True


def test_a_hundred_at_once_let_ten_through(limit):
    with ThreadPoolExecutor(32) as threads:
        passed = list(threads.map(lambda _: _try(limit, "127.0.0.1"), range(100)))

    assert sum(passed) == 10


def test_each_person_and_each_tenant_has_a_limit_of_its_own(limit):
    for _ in range(10):
        assert _try(limit, "10.0.0.1")

    assert not _try(limit, "10.0.0.1")
    assert _try(limit, "10.0.0.2")
    with scopes.tenant(uuid4()):
        limit.hit("10.0.0.1")


def test_a_refusal_says_when_to_come_back(limit):
    with scopes.public():
        for _ in range(10):
            limit.hit("me")
        with pytest.raises(RateLimitedError) as refused:
            limit.hit("me")

    assert 55 <= refused.value.retry_after <= 60


def test_no_scope_no_count(limit):
    with pytest.raises(scopes.NoScopeError):
        limit.hit("me")


@pytest.mark.parametrize("fails_open", [True, False])
def test_without_valkey_each_limit_does_what_it_was_told(settings, fails_open):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    rate_limits._limiter.cache_clear()
    limit = RateLimit(name="test", amount=1, seconds=60, fails_open=fails_open)
    try:
        assert _try(limit, "me") is fails_open
    finally:
        rate_limits._limiter.cache_clear()
