"""The tabs of a list: one a status, with how many rows are behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise

#: Status, label, rows.
Choice = tuple[str, str | Promise, int]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab. `url` keeps what else the list is narrowed to."""

    label: str | Promise
    count: int
    url: str
    is_current: bool


def tabs(choices: Iterable[Choice], *, current: str, asked: Mapping[str, Any]) -> list[Tab]:
    """A tab for each (status, label, count)."""
    return [
        Tab(label, count, query(asked, status=status), status == current)
        for status, label, count in choices
    ]


def query(asked: Mapping[str, Any], **changed: Any) -> str:
    """The query string of the list as it is `asked` for, with some of it `changed`."""
    wanted = {**asked, **changed}
    return "?" + urlencode({name: value for name, value in wanted.items() if value})
