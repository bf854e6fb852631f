"""How a storefront presents itself: written by the tenant's people, on pages and through the API."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from storefront.domain.media import discard
from storefront.domain.pages import pages_changed
from storefront.domain.settings_fields import LONG, PICTURES, clean_settings, sort_out
from storefront.models import MediaAsset, StorefrontSettings
from storefront.queries.media import picture_by_id
from tenants.domain import audit
from tenants.domain.permissions import Permission, require
from tenants.domain.profiles import PROFILE, apply_profile, rewrite_profile
from tenants.models import Tenant, TenantMember


class StaleSettingsError(Exception):
    """The settings have changed since the person saw them."""


@dataclass(frozen=True, slots=True)
class Presentation:
    """The tenant and its storefront's settings as they are after a change, or would be."""

    tenant: Tenant
    settings: StorefrontSettings


def update_storefront(
    *,
    changes: Mapping[str, Any],
    actor: TenantMember,
    now: datetime,
    version: int | None = None,
) -> Presentation:
    """Write some settings, by name (`storefront.domain.settings_fields.FIELDS`); what isn't named stays.
    A picture that is replaced or taken away is deleted.

    With `version`, nobody else may have written since. Writing what is there already is no error.
    Raises PermissionDeniedError, ValidationError (texts by field) and StaleSettingsError.
    """
    require(actor.role, Permission.MANAGE_SETTINGS)
    cleaned = clean_settings(changes)
    with transaction.atomic():
        settings = _locked()
        old_pictures = _pictures(settings)
        told = _apply(settings, cleaned)
        # What the tenant calls itself is looked at first: it may refuse.
        tenant, has_new_profile = _rewritten(cleaned, actor)
        if not told and not has_new_profile:
            return Presentation(tenant, settings)
        if version is not None and settings.version != version:
            raise StaleSettingsError
        _take(settings, told, now)
        settings.version += 1
        settings.save()
        dropped = old_pictures - _pictures(settings)
        discard(MediaAsset.objects.select_for_update().filter(id__in=dropped).order_by("id"))
        if told:  # what the tenant calls itself is in an entry of its own
            audit.record("storefront.updated", actor_id=actor.user_id, changes=told)
        pages_changed()
    return Presentation(tenant, settings)


def drafted(
    changes: Mapping[str, Any], *, tenant: Tenant, settings: StorefrontSettings
) -> Presentation:
    """The storefront as it would be with those `changes` that can be kept. Nothing is written."""
    cleaned, _errors = sort_out(changes)
    draft = Presentation(copy(tenant), copy(settings))
    _apply(draft.settings, cleaned)
    try:
        apply_profile(draft.tenant, _profile(cleaned))
    except ValidationError:
        draft.tenant.default_language = draft.tenant.languages[0]
    return draft


def _locked() -> StorefrontSettings:
    StorefrontSettings.objects.get_or_create(id=1)
    locked: StorefrontSettings = StorefrontSettings.objects.select_for_update().get(id=1)
    return locked


def _rewritten(cleaned: Mapping[str, Any], actor: TenantMember) -> tuple[Tenant, bool]:
    """The tenant's row as it is now, and whether it was another before."""
    return rewrite_profile(changes=_profile(cleaned), actor_id=actor.user_id)


def _profile(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cleaned.items() if name in PROFILE}


def _apply(settings: StorefrontSettings, cleaned: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Put the settings of the storefront itself into the row, unsaved; old and new of what differs, as
    JSON, of long texts only that they do.
    """
    told: dict[str, list[Any]] = {}
    for name, value in cleaned.items():
        column = f"{name}_id" if name in PICTURES else name
        if name in PROFILE or getattr(settings, column) == value:
            continue
        told[name] = [] if name in LONG else [_plain(getattr(settings, column)), _plain(value)]
        setattr(settings, column, value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _pictures(settings: StorefrontSettings) -> set[UUID]:
    return {media_id for media_id in (settings.logo_id, settings.cover_id) if media_id}


def _take(settings: StorefrontSettings, told: Mapping[str, Any], now: datetime) -> None:
    """Lock the pictures that are newly shown, and see that they may be."""
    for name in PICTURES:
        media_id = getattr(settings, f"{name}_id")
        if name in told and media_id is not None:
            _take_picture(settings, name, media_id, now)


def _take_picture(settings: StorefrontSettings, name: str, media_id: UUID, now: datetime) -> None:
    asset = MediaAsset.objects.select_for_update().filter(id=media_id, item=None).first()
    if asset is None or settings.logo_id == settings.cover_id:
        raise _refused(name, _("There is no such picture here."))
    picture = picture_by_id(media_id)
    if picture is None or picture.is_rejected:
        raise _refused(name, picture.reason if picture else "")
    # The sweep looks at the picture's own row: one that came to be shown meanwhile isn't old.
    asset.loose_since = now
    asset.save(update_fields=["loose_since"])


def _refused(field: str, text: Any) -> ValidationError:
    return ValidationError({field: ValidationError(text, code="media")})
