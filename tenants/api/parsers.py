"""JSON from outside."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """DRF's, for which JSON nested too deep to be read is broken JSON."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """The document. Raises ParseError."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError from error
