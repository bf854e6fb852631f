"""The steps that a record may take, as data: buttons, API and documents are all drawn from here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from capture.enums import OrderStatus


class InvalidTransitionError(Exception):
    """The record's status doesn't allow this step."""


class StaleVersionError(Exception):
    """The record has changed since the person saw it."""


class ReasonRequiredError(Exception):
    """A reason has to be given for this step, and none was."""


@dataclass(frozen=True, slots=True)
class Step:
    """From one status to another; `verb` is what the button says."""

    source: str
    target: str
    verb: str | Promise
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """All steps of one kind of record."""

    kind: str
    steps: Sequence[Step]

    def steps_from(self, status: str) -> list[Step]:
        """What can be done next, the usual way first."""
        return [step for step in self.steps if step.source == status]

    def step(self, source: str, target: str, *, reason: str) -> Step:
        """The step between two statuses. Raises InvalidTransitionError, ReasonRequiredError."""
        for step in self.steps_from(source):
            if step.target == target:
                if step.needs_reason and not reason:
                    raise ReasonRequiredError
                return step
        raise InvalidTransitionError


ORDERS = Workflow(
    "order",
    (
        Step(OrderStatus.PENDING, OrderStatus.CONFIRMED, _("Confirm")),
        Step(OrderStatus.PENDING, OrderStatus.CANCELLED, _("Cancel the order")),
        Step(OrderStatus.CONFIRMED, OrderStatus.FULFILLED, _("Mark as fulfilled")),
        Step(OrderStatus.CONFIRMED, OrderStatus.CANCELLED, _("Cancel the order")),
        Step(
            OrderStatus.FULFILLED,
            OrderStatus.CONFIRMED,
            _("Not fulfilled after all"),
            needs_reason=True,
        ),
        Step(OrderStatus.CANCELLED, OrderStatus.PENDING, _("Reopen"), needs_reason=True),
    ),
)
