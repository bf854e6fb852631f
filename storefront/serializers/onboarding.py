"""Organisations as people open them, in JSON."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from storefront.domain.colours import InvalidColourError, parse
from tenants.enums import Role, TenantKind, TenantStatus
from tenants.serializers.fields import LineField
from tenants.validators.slugs import validate_own_slug

_LONGEST_NAME = 120


class SlugField(serializers.CharField):
    """A slug that somebody from outside may ask for."""

    def to_internal_value(self, data: Any) -> str:
        """The slug."""
        slug = super().to_internal_value(data)
        try:
            validate_own_slug(slug)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from error
        return slug


class AccentField(serializers.CharField):
    """A colour, `#rrggbb`. What of it is readable is worked out where it is shown."""

    def to_internal_value(self, data: Any) -> str:
        """The colour in small letters."""
        try:
            return parse(super().to_internal_value(data))
        except InvalidColourError as error:
            text = _("Enter a colour such as #1a7f5a.")
            raise serializers.ValidationError(text, code="colour") from error


class NewTenantSerializer(serializers.Serializer[Any]):
    """An organisation to be opened."""

    name_ar = LineField(max_length=_LONGEST_NAME)
    name_en = LineField(max_length=_LONGEST_NAME)
    slug = SlugField(max_length=63)
    kind = serializers.ChoiceField(TenantKind.choices)
    languages = serializers.ListField(
        child=serializers.ChoiceField(settings.LANGUAGES),
        min_length=1,
        max_length=2,
        required=False,
    )
    default_language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    accent = AccentField(required=False, allow_blank=True, max_length=7, default="")

    def validate_languages(self, languages: list[str]) -> list[str]:
        """Each once, in the order that they came in."""
        return list(dict.fromkeys(languages))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The language that visitors meet first is one that the storefront speaks."""
        languages = attrs.setdefault("languages", ["ar", "en"])
        first = attrs.setdefault("default_language", languages[0])
        if first not in languages:
            text = _("Choose one of the storefront’s languages.")
            raise serializers.ValidationError({"default_language": text})
        return attrs


class OwnTenantSerializer(serializers.Serializer[Any]):
    """An organisation, and what the person who asks is in it."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name_ar = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(TenantKind.choices)
    status = serializers.ChoiceField(TenantStatus.choices)
    role = serializers.ChoiceField(Role.choices)
    dashboard_url = serializers.URLField()
    storefront_url = serializers.URLField()


class OwnTenantsSerializer(serializers.Serializer[Any]):
    """All of a person's organisations."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OwnTenantSerializer(many=True)
