"""What the demo tells when it is up: the table for people, `demo.json` for programs."""

import os
from dataclasses import dataclass
from typing import Any

from config.embedded.state import State, write_private


@dataclass(frozen=True, slots=True)
class Account:
    """One log-in of the demo; `roles` maps a tenant's slug to the role there."""

    email: str
    password: str
    roles: dict[str, str]
    totp_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the demo is and who can log in."""

    port: int
    slugs: tuple[str, ...]
    accounts: tuple[Account, ...]

    def urls(self) -> dict[str, Any]:
        """The addresses by surface, as in `demo.json`."""
        return {
            "landing": self._url(""),
            "app": self._url("app."),
            "admin": self._url("admin."),
            "mailbox": f"{self._url('app.')}/mailbox/",
            "storefronts": {slug: self._url(f"{slug}.") for slug in self.slugs},
        }

    def _url(self, prefix: str) -> str:
        scheme, domain = os.environ["SOUQNA_SCHEME"], os.environ["SOUQNA_DOMAIN"]
        return f"{scheme}://{prefix}{domain}:{self.port}"


def read_demo(port: int) -> Demo:
    """The demo on `port`, with the tenants and accounts that `seed_demo` makes."""
    # Here, not above: everything else in this package works without the apps.
    from tenants.domain import seeds

    accounts = tuple(
        Account(account.email, seeds.DEMO_PASSWORD, dict(account.roles), account.totp_secret)
        for account in seeds.DEMO_ACCOUNTS
    )
    return Demo(port, tuple(tenant.slug for tenant in seeds.DEMO_TENANTS), accounts)


def write_report(state: State, demo: Demo) -> None:
    """Write `demo.json`."""
    report = {
        "port": demo.port,
        "urls": demo.urls(),
        "accounts": [_account(account) for account in demo.accounts],
        "database_url": os.environ["DATABASE_URL"],
        "database_owner_url": os.environ["DATABASE_OWNER_URL"],
        "redis_url": os.environ["REDIS_URL"],
    }
    write_private(state.path / "demo.json", report)


def remove_report(state: State) -> None:
    """Take `demo.json` away: the demo isn't up any more."""
    (state.path / "demo.json").unlink(missing_ok=True)


def table(demo: Demo) -> str:
    """The addresses and log-ins, for a terminal."""
    urls = demo.urls()
    storefronts = urls.pop("storefronts")
    addresses = {**urls, **storefronts}
    people = {account.email: _roles(account) for account in demo.accounts}
    password = demo.accounts[0].password if demo.accounts else "-"
    return "\n".join(
        ["", *_columns(addresses), "", *_columns(people), f"  password of all: {password}", ""]
    )


def _account(account: Account) -> dict[str, Any]:
    return {
        "email": account.email,
        "password": account.password,
        "totp_secret": account.totp_secret,
        "roles": account.roles,
    }


def _roles(account: Account) -> str:
    return ", ".join(f"{role} of {slug}" for slug, role in account.roles.items()) or "super admin"


def _columns(rows: dict[str, str]) -> list[str]:
    width = max(map(len, rows), default=0)
    return [f"  {name:<{width}}  {value}" for name, value in rows.items()]
