"""What happens to an account is written down, and the person is told."""

from datetime import datetime

from tenants.domain import audit, outbox
from tenants.models import User


def tell(
    user: User,
    what: str,
    *,
    now: datetime,
    to: str = "",
    is_own_act: bool = True,
    **detail: str,
) -> None:
    """Write down what happened to an account, and tell the person by mail, at `to` if not at their own
    address. In the public scope, in the act's transaction. Not their own act: an operator's.
    """
    audit.record_of_person(
        f"person.{what}",
        actor_id=user.id if is_own_act else None,
        person=str(user.id),
        **detail,
    )
    outbox.enqueue_for_person(
        f"identity.{what}",
        {
            "user": str(user.id),
            "email": to or user.email,
            "language": user.language,
            "at": now.isoformat(),
            **detail,
        },
    )
