"""Static files with a content hash in their names, ES-module imports included."""

from typing import Any

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import` and `export … from` in JavaScript too, so modules can be cached for ever.

    An address is worked out once a process: every page asks for a dozen.
    """

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 (Django's signature)
        """The address of a file."""
        name = name or ""
        if force or settings.DEBUG:
            return str(super().url(name, force))
        address = self._addresses.get(name)
        if address is None:
            address = self._addresses[name] = str(super().url(name))
        return address

    def save_manifest(self) -> None:
        """Write down the names with their hashes; addresses that were known may be others now."""
        super().save_manifest()
        self._addresses.clear()
