"""A log-in between its two steps: what Cognito wants to see again, sealed and carried by the person."""

from dataclasses import asdict, dataclass
from time import time

from tenants.gateways.encryption import BrokenSecretError, seal, unseal
from tenants.identity.port import InvalidTokenError
from tenants.models import User

#: Seconds to answer a challenge in. Cognito's own session must last as long (docs/identity.md).
CHALLENGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class PendingLogIn:
    """A password that was right. `username` is Cognito's name for the person, `email` what they typed."""

    session: str
    username: str
    email: str
    began_at: float

    def is_void(self, user: User) -> bool:
        """Whether the person was shut out or revoked everything since: that password counts no more."""
        revoked = user.tokens_valid_after
        return not user.is_active or (revoked is not None and self.began_at < revoked.timestamp())


def sealed(*, session: str, username: str, email: str) -> str:
    """The token of a log-in that waits for its second step."""
    return seal(asdict(PendingLogIn(session, username, email, time())))


def opened(token: str) -> PendingLogIn:
    """What was sealed. Raises InvalidTokenError."""
    try:
        return PendingLogIn(**unseal(token, seconds=CHALLENGE_SECONDS))
    except (BrokenSecretError, TypeError) as error:
        raise InvalidTokenError from error
