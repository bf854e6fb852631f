"""Proof, before anything is measured, that ours and the floor do the same work.

Otherwise the floor could be slowed, or ours emptied, and the ratios would still look well.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: What rides in front of a transaction's first statement, in the same message; `BEGIN` does so as well.
_SCOPE = re.compile(r"SELECT set_config\('role', .*?\); ")
_LOGGED = re.compile(
    r"\S+ \S+ \S+ \[(?P<pid>\d+)\] .*?LOG:  (?:statement|execute \S+): (?P<sql>.*)"
)
#: A statement that writes, wherever it stands in a message: the verb, the table, the columns.
_WRITE = re.compile(
    r'(?P<verb>INSERT INTO|UPDATE|DELETE FROM) "(?P<table>\w+)"'
    r'(?: AS \w+)?(?: SET (?P<changed>"?\w+"?)| \((?P<columns>[^)]*)\))?'
)
#: Ours alone: the id of the request.
_OWN_HEADERS = {"X-Request-ID"}


class DisagreementError(AssertionError):
    """The two sides did different work."""


def same_answers(
    ours: list[dict[str, Any]], floors: list[dict[str, Any]], *, statements: int
) -> None:
    """Status, headers and body of each page are equal; so is the SQL that Django was asked for."""
    _same("number of pages", len(ours), len(floors))
    for our, floor in zip(ours, floors, strict=True):
        _same("status", our["status"], floor["status"])
        _same("HTML", our["body"], floor["body"])
        _same("headers", _shared(our["headers"]), _shared(floor["headers"]))
        _same("SQL", our["statements"], floor["statements"])
        _same("number of statements", len(our["statements"]), statements)


def same_submissions(ours: list[dict[str, Any]], floors: list[dict[str, Any]]) -> None:
    """Each submission wrote the same columns of the same tables in the same order, and was answered
    alike, but for what is new in each: number, token, time. Ours sends several statements in a message.
    """
    _same("number of submissions", len(ours), len(floors))
    for our, floor in zip(ours, floors, strict=True):
        _same("status", our["status"], floor["status"])
        _same("document", _lasting(our["body"]), _lasting(floor["body"]))
        _same("writes", _writes(our["statements"]), _writes(floor["statements"]))
        _same("number of writes", len(_writes(our["statements"])), 7)


def same_orders(ours: list[list[str]], floors: list[list[str]]) -> None:
    """Each order took the same five statements."""
    _same("SQL", ours, floors)
    for statements in ours:
        _same("number of statements", len(statements), 5)


def same_bodies(
    kept: list[dict[str, Any]], rendered: list[dict[str, Any]], *, statements: int
) -> None:
    """Raise DisagreementError unless the same HTML came of so many statements at our side."""
    for our, its in zip(kept, rendered, strict=True):
        _same("body", our["body"].splitlines(), its["body"].splitlines())
        if len(our["statements"]) != statements:
            raise DisagreementError(f"{statements} are supposed, there are {our['statements']}")


def same_messages(ours: list[str], floors: list[str], *, scoped: int) -> None:
    """What PostgreSQL logged is equal, message by message, but for keys and for the settings of the
    scope, which ride in front of exactly `scoped` of our messages.
    """
    _same("number of scoped messages", sum(map(bool, map(_SCOPE.match, ours))), scoped)
    _same("messages", [_plain(one) for one in ours], [_plain(one) for one in floors])


def logged(log: Path, *, backend: int, start: int) -> list[str]:
    """The messages that a backend got since the log was `start` bytes long (`log_statement=all`)."""
    with log.open("rb") as stream:
        stream.seek(start)
        lines = stream.read().decode(errors="replace").splitlines()
    found = filter(None, map(_LOGGED.match, lines))
    messages = [line["sql"] for line in found if int(line["pid"]) == backend]
    return [part for message in messages for part in _parts(message)]


def _parts(message: str) -> list[str]:
    """A `BEGIN` in front of others counts as one of its own, as the floor sends it."""
    begin, _, rest = message.partition("; ")
    return [begin, rest] if begin == "BEGIN" and rest else [message]


def _writes(statements: list[str]) -> list[str]:
    found = (match for one in statements for match in _WRITE.finditer(one))
    return [
        f"{match['verb']} {match['table']} {match['changed'] or match['columns']}".replace('"', "")
        for match in found
    ]


def _lasting(document: dict[str, Any]) -> str:
    """The document as text, order of members included, without what is new in each."""
    text = json.dumps(document, ensure_ascii=False)
    for name in ("number", "created_at", "tracking_token"):
        text = text.replace(document[name], name)
    return text


def _shared(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _OWN_HEADERS}


def _plain(message: str) -> str:
    return re.sub(r"\d+", "0", _SCOPE.sub("", message))


def _same(what: str, ours: Any, floors: Any) -> None:
    if ours != floors:
        raise DisagreementError(f"{what}: {_difference(ours, floors)}")


def _difference(ours: Any, floors: Any) -> str:
    """The first place where the two differ, with a little around it."""
    if isinstance(ours, str) and isinstance(floors, str):
        place = next(
            (i for i, (a, b) in enumerate(zip(ours, floors, strict=False)) if a != b),
            min(len(ours), len(floors)),
        )
        around = slice(max(0, place - 60), place + 60)
        return f"ours {ours[around]!r}, the floor's {floors[around]!r}"
    if isinstance(ours, Sequence) and isinstance(floors, Sequence) and len(ours) == len(floors):
        return next(_difference(a, b) for a, b in zip(ours, floors, strict=True) if a != b)
    return f"ours {ours!r}, the floor's {floors!r}"
