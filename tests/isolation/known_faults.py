"""What the matrix found and nobody has mended yet: each test here must fail until its fault is gone.

Mending one makes its tests pass, which fails the run (strict) until its line is taken out.
"""

import re

KNOWN_FAULTS: dict[str, str] = {}


def fault_behind(name: str) -> str | None:
    """Why the test with this name is known to fail, or None."""
    for fault, pattern in KNOWN_FAULTS.items():
        if re.search(pattern, name):
            return fault
    return None
