"""Refusals in JSON, for the APIs' schemas."""

from typing import Any

from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal (RFC 9457). `code` is stable; the texts are in the request's language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # the member's name is the standard's
        child=serializers.ListField(child=serializers.CharField())
    )
