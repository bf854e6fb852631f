"""The texts that templates and code ask to have translated, read without xgettext."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.extract import extract
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("tenants", "storefront", "capture", "assistant", "notifications", "dashboards")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


class Message(NamedTuple):
    """A text in English, told apart by its context, and its plural if it counts something."""

    text: str
    context: str | None = None
    plural: str | None = None


def messages() -> dict[Message, str]:
    """Every text, with one place where it is used."""
    return {message: place for place, source in _sources() for message in _extracted(source)}


def _sources() -> Iterator[tuple[str, str]]:
    for template in sorted(path for path in (ROOT / "templates").rglob("*.*") if path.is_file()):
        # What templatize leaves of the markup is indented like the markup, which is no Python.
        lines = templatize(template.read_text()).splitlines()
        yield str(template.relative_to(ROOT)), "\n".join(line.strip() for line in lines)
    for app in APPS:
        for module in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in module.parts:
                yield str(module.relative_to(ROOT)), module.read_text()


def _extracted(source: str) -> Iterator[Message]:
    for _line, found, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        text, plural = found if isinstance(found, tuple) else (found, None)
        yield Message(text, context, plural)
