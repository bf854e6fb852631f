"""Lists by cursor: stable while rows are added, and as quick at the end as at the start."""

import re
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

#: What an annotation that a list is ordered by may be: no NaN, no exponent, and of an integer's size.
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,3})?\Z")


class CursorPages(CursorPagination):
    """`{"next", "previous", "results"}`. Subclasses set an `ordering` whose first field is nearly
    unique: rows alike in it are counted through. It may be a number that the query annotates.
    """

    page_size = 24
    page_size_query_param = "page_size"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor; its position is the client's word until it has been read as the field it is of.
        Raises NotFound.
        """
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            self._check_position(str(cursor.position))
        return cursor

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> Any:
        """DRF's; remembers whose field the positions are of."""
        self._model: type[Model] = queryset.model
        self._annotations = queryset.query.annotations
        return super().paginate_queryset(queryset, request, view)

    def _check_position(self, position: str) -> None:
        name = str(self.ordering[0]).lstrip("-")
        if name in self._annotations:
            _check_number(position)
            return
        field = cast("Field[Any, Any]", self._model._meta.get_field(name))
        try:
            value = field.to_python(position)
        except ValidationError as error:
            raise NotFound from error
        if isinstance(value, datetime) and value.tzinfo is None:
            raise NotFound

    def get_paginated_response(self, data: Any) -> Response:
        """The page."""
        return Response(
            {"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data}
        )


def _check_number(position: str) -> None:
    if not _NUMBER.match(position):
        raise NotFound
