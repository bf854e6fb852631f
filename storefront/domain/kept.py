"""A page as it is kept: the pieces around its parts, and which parts these are."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from storefront.domain.live import PARTS, Mark, Marks, woven

#: Bytes of the largest page that is kept.
LARGEST = 512 * 1024
#: Between the pieces. No text of a tenant has it: PostgreSQL refuses it.
_BETWEEN = b"\0"


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page in `language`, its `content_type`, the pieces and the mark after each but the last.

    `digest` names the pieces: with the texts of the parts it is all that the page is made of.
    """

    language: str
    content_type: str
    digest: str
    marks: list[Mark]
    pieces: list[bytes]

    @classmethod
    def of(cls, content: bytes, marks: Marks, *, language: str, content_type: str) -> Self:
        """The page that was made with these marks in it."""
        pieces, numbers = marks.split(content)
        return cls(
            language=language,
            content_type=content_type,
            digest=_digest(pieces),
            marks=[marks.marks[number] for number in numbers],
            pieces=pieces,
        )

    @classmethod
    def parse(cls, entry: bytes) -> Self:
        """The page that `entry` wrote. Raises ValueError."""
        head, _, body = entry.partition(b"\n")
        language, content_type, digest, marks = json.loads(head)
        return cls(
            language, content_type, digest, [Mark(*one) for one in marks], body.split(_BETWEEN)
        )

    def entry(self) -> bytes | None:
        """The page as it is kept; None for one that is too large, or has the byte that we need."""
        if any(_BETWEEN in piece for piece in self.pieces):
            return None
        marks = [(one.part, one.item_id, one.given) for one in self.marks]
        head = json.dumps([self.language, self.content_type, self.digest, marks])
        entry = head.encode() + b"\n" + _BETWEEN.join(self.pieces)
        return entry if len(entry) <= LARGEST else None

    def asked(self) -> dict[str, set[str]]:
        """The ids of the items that its parts are about, by what these read."""
        found: dict[str, set[str]] = {}
        for mark in self.marks:
            found.setdefault(PARTS[mark.part].reads, set()).add(mark.item_id)
        return found

    def texts(self, figures: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """What the parts say now, in the language in force. Raises KeyError if an item is gone."""
        return [mark.render(figures[PARTS[mark.part].reads][mark.item_id]) for mark in self.marks]

    def woven(self, texts: list[str]) -> bytes:
        """The page with these texts."""
        return woven(self.pieces, texts)

    def etag(self, texts: list[str]) -> str:
        """The page's entity tag with these texts. Weak: proxies compress what we send."""
        return f'W/"{_digest([self.digest.encode(), *(text.encode() for text in texts)])}"'


def read_all(
    asked: Mapping[str, Iterable[str]],
    reads: Mapping[str, Callable[[Iterable[str]], dict[str, Any]]],
) -> dict[str, dict[str, Any]]:
    """The figures that the parts of a page are about; each read is one query."""
    return {name: reads[name](ids) for name, ids in asked.items()}


def _digest(parts: Iterable[bytes]) -> str:
    return hashlib.blake2b(_BETWEEN.join(parts), digest_size=12).hexdigest()
