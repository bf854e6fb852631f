"""A release of the code as fingerprints: what it expects of the database, and what pages are made of.

The two of the database are computed from the names of migration files and from the access rules, without
importing a migration or asking the database, so that comparing a whole fleet costs one query.
"""

import hashlib
import pkgutil
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings

from tenants.domain.access import public_statements, tenant_statements

_SOURCES = frozenset({".py", ".html", ".txt", ".mo", ".json"})
_SHOWN = (
    "SOUQNA_DOMAIN", "SOUQNA_SCHEME", "SOUQNA_PORT", "STATIC_URL", "MEDIA_URL", "LANGUAGES",
)  # fmt: skip


@lru_cache(maxsize=1)
def tenant_fingerprint() -> str:
    """SHA-256 of all that shapes a tenant's schema."""
    return _digest([*_migrations(settings.TENANT_APPS), *tenant_statements("schema", "role")])


@lru_cache(maxsize=1)
def public_fingerprint() -> str:
    """SHA-256 of all that shapes the public schema."""
    return _digest([*_migrations(settings.SHARED_APPS), *public_statements()])


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """SHA-256 of all that shapes a page beside the rows: code, templates, translations, the names of
    static files, and the settings that addresses are made of. Reads the project's files, once a process.
    """
    digest = hashlib.sha256(
        repr([django.VERSION, *(getattr(settings, n) for n in _SHOWN)]).encode()
    )
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    for file in [*_sources(), *([manifest] if manifest.is_file() else [])]:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources() -> list[Path]:
    own = {app.partition(".")[0] for app in settings.INSTALLED_APPS} | {
        "config",
        "templates",
        "locale",
    }
    folders = [settings.ROOT / name for name in sorted(own) if (settings.ROOT / name).is_dir()]
    return sorted(
        file for folder in folders for file in folder.rglob("*") if file.suffix in _SOURCES
    )


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _migrations(app_names: list[str]) -> list[str]:
    """`app.migration` for every migration file of these apps."""
    names = []
    for app_name in app_names:
        module = settings.MIGRATION_MODULES.get(
            apps.get_app_config(app_name.rsplit(".", 1)[-1]).label, f"{app_name}.migrations"
        )
        if module and find_spec(module):
            paths = import_module(module).__path__
            names += [f"{module}.{info.name}" for info in pkgutil.iter_modules(paths)]
    return sorted(names)
