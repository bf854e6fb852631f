"""Programs that read pages, told from people by what they call themselves."""

import re
from functools import lru_cache
from pathlib import Path

#: Of a longer user agent only the beginning is looked at.
_LONGEST = 512
_PATTERNS = Path(__file__).parent / "lists" / "bots.txt"


# A look takes half a millisecond, and a day has far fewer user agents than pages.
@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Whether `user_agent` is a program's. Whoever doesn't say what they are isn't a browser."""
    text = user_agent[:_LONGEST].strip()
    return not text or _pattern().search(text) is not None


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    lines = _PATTERNS.read_text(encoding="utf-8").splitlines()
    return re.compile("|".join(line for line in lines if not line.startswith("#")), re.IGNORECASE)
