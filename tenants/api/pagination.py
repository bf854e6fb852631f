"""Lists by cursor: stable while rows are added, and as quick at the end as at the start."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class CursorPages(CursorPagination):
    """`{"next", "previous", "results"}`. Subclasses set an `ordering` whose first field is nearly
    unique: rows alike in it are counted through.
    """

    page_size = 24
    page_size_query_param = "page_size"
    max_page_size = 100

    def get_paginated_response(self, data: Any) -> Response:
        """The page."""
        return Response(
            {"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data}
        )
