"""A place in a list, as a button or a drag asks for it."""

from dataclasses import dataclass
from uuid import UUID

from django import forms

#: What a row's buttons say.
STEPS = ("first", "up", "down")


@dataclass(frozen=True, slots=True)
class Move:
    """One thing's move: a step, or right before or after another one."""

    row: UUID
    step: str = ""
    beside: UUID | None = None
    is_after: bool = False


class MoveForm(forms.Form):
    """`move` is what a button sends, `{id}:up`; a drag sends the others."""

    move = forms.CharField(required=False, max_length=50)
    row = forms.UUIDField(required=False)
    beside = forms.UUIDField(required=False)
    is_after = forms.BooleanField(required=False)

    def asked(self) -> Move | None:
        """What is asked for, or None if it makes no sense."""
        if not self.is_valid():
            return None
        sent = self.cleaned_data
        if sent["row"] and sent["beside"]:
            return Move(sent["row"], beside=sent["beside"], is_after=sent["is_after"])
        row, _colon, step = sent["move"].partition(":")
        try:
            return Move(UUID(row), step) if step in STEPS else None
        except ValueError:
            return None
