"""What may be posted where the storage is a disk: a signed policy in the form's fields, as in S3's."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.crypto import salted_hmac

_SIGNATURE = "x-souqna-signature"
_RANGE = "content-length-range"


class PolicyError(Exception):
    """The fields carry no policy of ours, or say other than it allows; `code` is S3's word for it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One file of `size` bytes may be posted under `key` until `expires_at`."""

    key: str
    content_type: str
    size: int
    expires_at: datetime


def fields_of(policy: Policy) -> dict[str, str]:
    """The fields to send before the file."""
    fields = {"key": policy.key, "Content-Type": policy.content_type}
    document = {
        "expiration": policy.expires_at.astimezone(UTC).isoformat(),
        "conditions": [
            *({name: value} for name, value in fields.items()),
            [_RANGE, policy.size, policy.size],
        ],
    }
    encoded = base64.b64encode(json.dumps(document).encode()).decode()
    return {**fields, "policy": encoded, _SIGNATURE: _signature(encoded)}


def policy_in(fields: Mapping[str, str], *, now: datetime) -> Policy:
    """The policy that the fields carry and keep to. Raises PolicyError."""
    encoded = fields.get("policy", "")
    signature = fields.get(_SIGNATURE, "")
    if not hmac.compare_digest(_signature(encoded).encode(), signature.encode(errors="replace")):
        raise PolicyError("SignatureDoesNotMatch")
    policy, exact = _read(encoded)
    if policy.expires_at <= now:
        raise PolicyError("PolicyExpired")
    sent = {name: fields[name] for name in fields if name not in {"policy", _SIGNATURE}}
    if sent != exact:
        raise PolicyError("PolicyConditionFailed")
    return policy


def _read(encoded: str) -> tuple[Policy, dict[str, str]]:
    try:
        document: dict[str, Any] = json.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError) as error:
        raise PolicyError("InvalidPolicyDocument") from error
    *exact_ones, (_, _, size) = document["conditions"]
    exact = {name: value for one in exact_ones for name, value in one.items()}
    expires_at = datetime.fromisoformat(document["expiration"])
    return Policy(exact["key"], exact["Content-Type"], size, expires_at), exact


def _signature(encoded: str) -> str:
    return salted_hmac("tenants.upload-policy", encoded, algorithm="sha256").hexdigest()
