"""Reads of what was submitted."""

import json
from typing import Any
from uuid import UUID

from capture.models import IdempotencyRecord


def answer_body(endpoint: str, key: UUID) -> dict[str, Any]:
    """The body of the answer that `key` was given at `endpoint`; empty if it was given none."""
    record = IdempotencyRecord.objects.filter(endpoint=endpoint, key=key).first()
    return dict(json.loads(record.body)) if record else {}
