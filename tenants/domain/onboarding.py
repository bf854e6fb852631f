"""A person opens an organisation of their own: what they may call it, and how many they may have."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenants import scopes
from tenants.domain.tenants import (
    SlugAlikeError,
    SlugTakenError,
    TenantRefusedError,
    check_tenant,
    open_tenant,
)
from tenants.enums import Role, TenantStatus
from tenants.gateways.rate_limits import RateLimit
from tenants.models import Tenant, TenantMember, User
from tenants.queries.slugs import slugs_like
from tenants.validators.names import numbered, slug_from
from tenants.validators.slugs import skeleton, validate_own_slug, validate_slug_form

#: Organisations that a person may own at a time.
MOST_OWNED = 10
#: For so long, the same form sent again by the same person is a double click.
AGAIN = timedelta(minutes=1)
_ATTEMPTS = RateLimit("new-tenant", amount=20, seconds=3600)
_SUGGESTIONS = RateLimit("slug-suggestions", amount=120, seconds=60, fails_open=True)
_NUMBERS = range(2, 100)


class TooManyTenantsError(Exception):
    """The person owns as many organisations as anybody may; the text says so, for the person."""

    def __init__(self) -> None:
        text = gettext("You own %(count)s organisations, which is as many as one person may.")
        super().__init__(text % {"count": MOST_OWNED})


class Standing(Enum):
    """Whether a slug can be had, and if not, why."""

    FREE = "free"
    TAKEN = "taken"
    ALIKE = "alike"
    RESERVED = "reserved"
    MALFORMED = "malformed"

    @property
    def words(self) -> str:
        """What a person is told, in the language in force."""
        return str(_WORDS[self])


_WORDS = {
    Standing.FREE: _("This address is free."),
    Standing.TAKEN: _("This address is taken."),
    Standing.ALIKE: _("This address looks too much like another one."),
    Standing.RESERVED: _("This address is reserved."),
    Standing.MALFORMED: _(
        "Use 3 to 63 small Latin letters and digits, with single hyphens between them."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTenant:
    """An organisation as its first owner describes it."""

    slug: str
    name_ar: str
    name_en: str
    kind: str
    languages: Sequence[str] = ("ar", "en")
    default_language: str = "ar"

    def row(self) -> Tenant:
        """The tenant, not written yet."""
        return Tenant(**{**asdict(self), "languages": list(self.languages)})

    def describes(self, tenant: Tenant) -> bool:
        """Whether the tenant is just so."""
        mine = self.row()
        return all(getattr(mine, name) == getattr(tenant, name) for name in asdict(self))


def start_tenant(new: NewTenant, *, owner: User, now: datetime) -> Tenant:
    """Open an organisation that `owner` owns. Sent twice within a minute, it is opened once and returned
    twice.

    Enters its own scopes. Raises RateLimitedError, TooManyTenantsError, and TenantRefusedError
    (SlugTakenError and SlugAlikeError among them).
    """
    tenant = new.row()
    check_own_slug(new.slug)
    check_tenant(tenant)
    with scopes.public(user_id=owner.id), transaction.atomic():
        _ATTEMPTS.hit(str(owner.id))
        # Both before anything is looked at: one person's attempts wait for one another, and so do all
        # attempts at addresses that look alike. Nobody waits for two people, so there is no deadlock.
        _lock_person(owner)
        lock_skeleton(new.slug)
        before = _sent_before(new, owner, now)
        if before is not None:
            return before
        check_free(new.slug)
        if count_owned(owner) >= MOST_OWNED:
            raise TooManyTenantsError
        open_tenant(tenant, owner=owner, actor_id=owner.id)
    return tenant


def count_owned(owner: User) -> int:
    """How many organisations the person owns, closed ones left out. Enters its own scope; one query."""
    with scopes.public(user_id=owner.id):
        owned = TenantMember.objects.filter(user_id=owner.id, role=Role.OWNER)
        return owned.exclude(tenant__status=TenantStatus.CLOSED).count()


def standing_of(slug: str, *, own: UUID | None = None) -> Standing:
    """Whether somebody could have this slug now; the tenant with the id `own` may have its own back.
    Enters its own scope; one query at most.
    """
    try:
        validate_slug_form(slug)
    except ValidationError:
        return Standing.MALFORMED
    try:
        validate_own_slug(slug)
    except ValidationError:
        return Standing.RESERVED
    held = _held([slug], own=own).get(skeleton(slug), set())
    if slug in held:
        return Standing.TAKEN
    return Standing.ALIKE if held else Standing.FREE


def suggested_slug(*names: str) -> str:
    """A slug that is free now, made from the first of `names` that one can be made of, with a number
    where it has to be; empty if there is none. Enters its own scope; one query at most.
    """
    stem = next(filter(None, map(slug_from, names)), "")
    numbers = [numbered(stem, number) for number in _NUMBERS] if stem else []
    candidates = [slug for slug in (stem, *numbers) if _is_allowed(slug)]
    held = _held(candidates)
    return next((slug for slug in candidates if skeleton(slug) not in held), "")


def count_suggestion(person: User) -> None:
    """Count a look at which slugs are free. Raises RateLimitedError."""
    with scopes.public():
        _SUGGESTIONS.hit(str(person.id))


def _held(slugs: Iterable[str], *, own: UUID | None = None) -> dict[str, set[str]]:
    shapes = set(map(skeleton, slugs))
    if not shapes:
        return {}
    with scopes.public():
        return slugs_like(shapes, but=own)


def _is_allowed(slug: str) -> bool:
    try:
        validate_own_slug(slug)
    except ValidationError:
        return False
    return True


def check_own_slug(slug: str) -> None:
    """Raise TenantRefusedError unless somebody from outside may ask for this slug."""
    try:
        validate_own_slug(slug)
    except ValidationError as error:
        raise TenantRefusedError(f"{slug}: {' '.join(error.messages)}") from error


def check_free(slug: str, *, own: UUID | None = None) -> None:
    """Raise SlugTakenError or SlugAlikeError if another tenant than `own` holds such a slug."""
    match standing_of(slug, own=own):
        case Standing.TAKEN:
            raise SlugTakenError(f"{slug} is taken")
        case Standing.ALIKE:
            raise SlugAlikeError(f"{slug} looks like another slug")


def _lock_person(owner: User) -> None:
    # Not against foreign keys: others may make the person a member meanwhile.
    User.objects.select_for_update(no_key=True).get(id=owner.id)


def lock_skeleton(slug: str) -> None:
    """Wait until nobody else asks for a slug that looks like this one, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"slug/{skeleton(slug)}"]
        )


def _sent_before(new: NewTenant, owner: User, now: datetime) -> Tenant | None:
    """What the same person opened by the same description a moment ago, or None."""
    recent = TenantMember.objects.filter(
        user_id=owner.id,
        role=Role.OWNER,
        tenant__slug=new.slug,
        tenant__created_at__gt=now - AGAIN,
    ).select_related("tenant")
    member = recent.first()
    return member.tenant if member and new.describes(member.tenant) else None
