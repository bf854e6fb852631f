"""The team in JSON."""

from typing import Any

from rest_framework import serializers

from tenants.enums import Role
from tenants.models import Invitation


class MemberSerializer(serializers.Serializer[Any]):
    """A member with the person that they are (tenants.queries.members.Colleague)."""

    id = serializers.UUIDField(source="member.id", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    role = serializers.ChoiceField(Role.choices, source="member.role", read_only=True)
    mfa = serializers.BooleanField(source="user.has_mfa", read_only=True)
    created_at = serializers.DateTimeField(source="member.created_at", read_only=True)


class RoleSerializer(serializers.Serializer[Any]):
    """A role to have from now on."""

    role = serializers.ChoiceField(Role.choices)


class InvitationSerializer(serializers.Serializer[Invitation]):
    """An invitation that waits; one that has expired can be sent again."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(Role.choices)
    created_at = serializers.DateTimeField(read_only=True)
    sent_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)


class AcceptSerializer(serializers.Serializer[Any]):
    """The token of an invitation's link."""

    token = serializers.CharField(max_length=500)


class AcceptedSerializer(serializers.Serializer[Any]):
    """The organisation that the person belongs to now, by its slug."""

    tenant = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
