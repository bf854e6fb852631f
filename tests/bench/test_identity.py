"""The chain that `bin/bench identity` measures is the one that it supposes."""

import pytest

from tests.bench import identity

#: Statements: person, member; with a session that as well.
CHAIN = {"bearer": 2, "session": 3}


@pytest.fixture
def ways(real_db):
    return identity.enter()


def test_a_member_takes_so_many_statements_and_a_stranger_none(ways):
    assert {way: identity.statements(carried) for way, carried in ways.items()} == CHAIN
    assert identity.strangers_statements() == 0
