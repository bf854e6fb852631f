"""What a person is told, before it becomes a message."""

import re
import unicodedata
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # part of how Arabic and Persian words, and emoji, are written
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, composed in the language in force. `template` names `mail/{template}.txt` and `.html`.

    `sender` is the name that it comes from; `reply_to` an e-mail address or empty.
    """

    kind: str
    recipient: str
    language: str
    subject: str
    template: str
    sender: str
    reply_to: str = ""
    context: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The letter as plain text."""
        text = render_to_string(f"mail/{self.template}.txt", self._values())
        return _BLANKS.sub("\n\n", text.strip()) + "\n"

    def html(self) -> str:
        """The letter as HTML that mail programs understand."""
        return render_to_string(f"mail/{self.template}.html", self._values())

    def _values(self) -> dict[str, Any]:
        # Mail programs don't know `start` and `end`.
        rtl = self.language == "ar"
        return {
            **self.context,
            "subject": self.subject,
            "language": self.language,
            "direction": "rtl" if rtl else "ltr",
            "start": "right" if rtl else "left",
            "end": "left" if rtl else "right",
        }


def one_line(text: str, *, most: int = 80) -> str:
    """`text` fit for a header or a line: one line of at most `most` characters, nothing unseen in it."""
    seen = "".join(
        character
        for character in " ".join(text.split())
        if character in _JOINERS or unicodedata.category(character) not in _UNSEEN
    )
    return seen if len(seen) <= most else seen[: most - 1].rstrip() + "…"


def quoted(text: str) -> str:
    """A person's own lines, each marked as such: none of them can pass for one of ours."""
    lines = [one_line(line, most=len(text)) for line in text.splitlines()]
    return "\n".join(f"> {line}" for line in lines if line)


def mailable(address: str) -> str:
    """The address if mail can be sent there, else nothing."""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def named_address(name: str, address: str) -> str:
    """`Name <address>`, quoted where the name needs it."""
    return str(Address(display_name=one_line(name, most=60), addr_spec=address))
