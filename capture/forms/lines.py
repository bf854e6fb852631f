"""Lines of an order as pages hold them: `{item}:{quantity}` or `{item}.{variant}:{quantity}`."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from capture.domain.quotes import MOST_LINES, Choice, LineRequest

_LINE = re.compile(
    r"(?P<item>[0-9a-f-]{36})(?:\.(?P<variant>[0-9a-f-]{36}))?:(?P<quantity>[0-9]{1,6})\Z"
)


class LinesField(forms.Field):
    """Lines as the page showed them."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[LineRequest]:
        """The lines. Raises ValidationError for what no page of ours holds."""
        texts = value or []
        lines = [line for line in map(parse_line, texts) if line]
        if len(lines) != len(texts) or len(lines) > MOST_LINES:
            raise ValidationError("", code="lines")
        return lines


def wanted_quantities(sent: QueryDict) -> dict[Choice, int]:
    """What the buttons named `set` ask for: quantities by choice; 0 takes one out."""
    lines = [line for line in map(parse_line, sent.getlist("set")[:MOST_LINES]) if line]
    return {line.choice: line.quantity for line in lines}


def parse_line(text: str) -> LineRequest | None:
    """The line that `text` names, if it names one."""
    found = _LINE.match(text)
    if not found:
        return None
    try:
        variant = UUID(found["variant"]) if found["variant"] else None
        return LineRequest(UUID(found["item"]), int(found["quantity"]), variant)
    except ValueError:
        return None
