"""What a tenant calls itself, and the languages of its storefront: as its own people change them."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import scopes
from tenants.domain import audit
from tenants.models import Tenant
from tenants.queries.hosts import forget_hosts
from tenants.validators.text import clean_line, is_blank

#: Characters of a name.
LONGEST_NAME = 120


def rewrite_profile(*, changes: Mapping[str, Any], actor_id: UUID) -> tuple[Tenant, bool]:
    """Write some of PROFILE (as its cleaners leave it) to the tenant in force; returns its row as it is
    then, and whether it was another before.

    Raises ValidationError (texts by field).
    """
    tenant_id = scopes.current_tenant_id()
    with transaction.atomic():
        with scopes.public():
            tenant: Tenant = Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
            told = apply_profile(tenant, changes)
            if told:
                tenant.save(update_fields=list(told))
        if told:
            audit.record("tenant.updated", actor_id=actor_id, changes=told)
            transaction.on_commit(forget_hosts)
    return tenant, bool(told)


def apply_profile(tenant: Tenant, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Put cleaned `changes` into the row, unsaved; returns old and new of what differs. Raises
    ValidationError if the row's languages don't agree then.
    """
    told = {
        name: [getattr(tenant, name), value]
        for name, value in changes.items()
        if getattr(tenant, name) != value
    }
    for name, (_old, new) in told.items():
        setattr(tenant, name, new)
    if tenant.default_language not in tenant.languages:
        text = _("The first language must be one of the page’s languages.")
        raise ValidationError({"default_language": ValidationError(text, code="invalid")})
    return told


def _clean_name(value: Any) -> str:
    name = clean_line(value if isinstance(value, str) else "")
    if is_blank(name):
        raise ValidationError(_("Write the name."), code="required")
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            _("Keep it under %(most)d characters."),
            code="too_long",
            params={"most": LONGEST_NAME + 1},
        )
    return name


def _clean_languages(value: Any) -> list[str]:
    if isinstance(value, list | tuple) and value and len(value) == len(set(map(str, value))):
        return [_clean_language(code) for code in value]
    raise _no_language()


def _clean_language(value: Any) -> str:
    if not isinstance(value, str) or value not in {code for code, _name in settings.LANGUAGES}:
        raise _no_language()
    return value


def _no_language() -> ValidationError:
    return ValidationError(_("Choose Arabic, English or both."), code="language")


#: The fields, each with what makes it one that can be kept or raises ValidationError.
PROFILE: dict[str, Callable[[Any], Any]] = {
    "name_ar": _clean_name,
    "name_en": _clean_name,
    "languages": _clean_languages,
    "default_language": _clean_language,
}
