"""Static files with a content hash in their names, ES-module imports included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import` and `export … from` in JavaScript too, so modules can be cached for ever."""

    support_js_module_import_aggregation = True
