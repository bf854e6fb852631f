"""How far a project has come toward its goal, as it is drawn and told."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Self

_ZERO = Decimal(0)
_WHOLE = Decimal(100)
_STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Layer:
    """A stretch of the bar, in percent of it: where it begins and how long it is."""

    start: Decimal
    width: Decimal

    @property
    def end(self) -> Decimal:
        """Where it ends."""
        return self.start + self.width


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal and what there is of it, in KWD: received, on its way, and pledged."""

    goal: Decimal
    received: Decimal = _ZERO
    pending: Decimal = _ZERO
    pledged: Decimal = _ZERO

    @classmethod
    def of(cls, goal: Decimal, totals: Any) -> Self:
        """The progress of a project; `totals` None: nothing yet."""
        if totals is None:
            return cls(goal)
        return cls(goal, totals.received, totals.pending, totals.pledged)

    @property
    def percent(self) -> int:
        """How much of the goal was received, rounded down: 100 means that all of it is here."""
        return int(self.received * 100 / self.goal)

    @property
    def is_reached(self) -> bool:
        """Whether all of it was received, or more."""
        return self.received >= self.goal

    @property
    def layers(self) -> dict[str, Layer]:
        """What to draw: one after another and never past the end; what was received comes first."""
        found: dict[str, Layer] = {}
        end = _ZERO
        for name in ("received", "pending", "pledged"):
            share = (getattr(self, name) * _WHOLE / self.goal).quantize(_STEP, ROUND_FLOOR)
            found[name] = Layer(end, min(share, _WHOLE - end))
            end = found[name].end
        return found
