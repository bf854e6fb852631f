"""The form of a demo order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedStep:
    """A step that the staff took, so many minutes after the order came."""

    to: str
    minutes: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SeedOrder:
    """A past order: `days` ago at `clock` in Kuwait, or with `days` 0, `clock` (hours and minutes) ago.

    `lines`: slug of the item, quantity. `link` and `referrer`: the query of the address that led to the
    storefront, and the page that it was on.
    """

    days: int
    clock: str
    name: str
    phone: str
    lines: tuple[tuple[str, int], ...]
    language: str = "ar"
    email: str = ""
    note: str = ""
    link: str = ""
    referrer: str = ""
    steps: tuple[SeedStep, ...] = ()
