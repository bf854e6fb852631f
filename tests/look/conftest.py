"""What tests of the look share."""

import pytest
from django.core.management import call_command


@pytest.fixture(scope="session", autouse=True)
def compiled_translations() -> None:
    """The catalogs of this checkout."""
    call_command("compile_translations", verbosity=0)
