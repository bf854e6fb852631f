"""Settings of a release with one migration more than today's."""

from config.settings.test import *

MIGRATION_MODULES = {"storefront": "tests.fleet.migrations"}
