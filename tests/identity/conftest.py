"""People, their mail, and programs that log in over the API."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from random import randrange
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from notifications.queries.mailbox import sent_messages
from notifications.tasks import sweep_messages
from tenants.tasks import sweep_outbox

PASSWORD = "correct horse battery"
_CODE = re.compile(r"^\d{6}$", re.MULTILINE)


@dataclass
class Program:
    """A program of one person's: keeps tokens and cookies."""

    client: Client
    email: str = field(default_factory=lambda: f"p-{uuid4().hex[:10]}@example.com")
    tokens: dict[str, Any] = field(default_factory=dict)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}", data or {}, content_type="application/json", headers=headers
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens['access_token']}"}

    def csrf(self) -> dict[str, str]:
        return {"x-csrftoken": self.tokens["csrf_token"]}

    def sign_up(self, **fields: Any) -> Any:
        asked = {"email": self.email, "password": PASSWORD, "name": "Noura", "language": "en"}
        return self.post("auth/signup/", asked | fields)

    def code(self) -> str:
        """The newest code that was mailed to the person."""
        return _CODE.findall(self.mails()[0].text)[0]

    def mails(self) -> Any:
        sweep_outbox()
        sweep_messages()
        return sent_messages(to=self.email)

    def log_in(self, password: str = PASSWORD, **headers: str) -> Any:
        answer = self.post("auth/login/", {"email": self.email, "password": password}, **headers)
        if answer.status_code == 200:
            self.tokens = answer.json()
        return answer

    @property
    def refresh_cookie(self) -> str:
        return self.client.cookies[settings.REFRESH_COOKIE_NAME].value


@pytest.fixture
def stranger(real_db: None, at: Callable[..., Client]) -> Callable[..., Program]:
    """Makes a program of somebody without an account."""

    def make(**headers: str) -> Program:
        client = at("app", **{"accept": "application/json", **headers})
        # An address of its own: sign-ups are counted by it.
        client.defaults["REMOTE_ADDR"] = str(IPv4Address(0x0A000000 + randrange(2**24)))
        return Program(client)

    return make


@pytest.fixture
def member(stranger: Callable[..., Program]) -> Callable[..., Program]:
    """Makes a program of somebody with an account, logged in."""

    def make() -> Program:
        program = stranger()
        assert program.sign_up().status_code == 202
        confirmed = program.post("auth/confirm/", {"email": program.email, "code": program.code()})
        assert confirmed.status_code == 204
        assert program.log_in().status_code == 200
        return program

    return make
