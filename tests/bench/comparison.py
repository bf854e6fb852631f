"""How two sides are compared.

On a shared machine a core's speed changes twofold within a tenth of a second, so each side runs for ten
or twenty milliseconds only before it is the other's turn, and the rounds are many.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

_MILLION = 1_000_000


class InvalidRunError(RuntimeError):
    """The run can't be measured: something isn't as the row supposes."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a row measured. Costs are milliseconds for one piece of work."""

    row: str
    ours: float
    floor: float
    ratio: float
    spread: tuple[float, float]
    bound: float | None

    @property
    def is_ok(self) -> bool:
        """Whether the bound holds; a row without one is information."""
        return self.bound is None or self.ratio <= self.bound


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what to run, and how many pieces of work it is. `run` returns nanoseconds."""

    run: Callable[[], int]
    pieces: int

    def cost(self) -> float:
        """Milliseconds a piece."""
        return self.run() / self.pieces / _MILLION


def compare(row: str, ours: Side, floor: Side, *, bound: float | None, rounds: int) -> Result:
    """Run both in turn, `rounds` times after one for warming up; the median of the ratios counts."""
    pairs = [(ours.cost(), floor.cost()) for _ in range(rounds + 1)][1:]
    ratios = [our / its for our, its in pairs]
    tenths = quantiles(ratios, n=10)
    return Result(
        row=row,
        ours=median(our for our, _ in pairs),
        floor=median(its for _, its in pairs),
        ratio=median(ratios),
        spread=(tenths[0], tenths[-1]),
        bound=bound,
    )
