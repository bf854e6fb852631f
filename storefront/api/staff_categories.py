"""The staff's API of categories. There are few, so the list is whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from storefront.domain import categories
from storefront.domain.categories import CategoryContent
from storefront.models import Category
from storefront.queries.categories import categories as all_categories
from storefront.queries.categories import category_by_name
from storefront.serializers.categories import (
    CategoriesSerializer,
    CategoryOrderSerializer,
    CategorySerializer,
)
from tenants.api.authentication import StaffAuthentication
from tenants.api.problems import Problem, invalid
from tenants.api.schemas import LOCATION, MEMBERS_ONLY, problems
from tenants.models import User

_REFUSALS = problems("invalid", "csrf_failed", *MEMBERS_ONLY)


class StaffCategoriesView(APIView):
    """The tenant's categories."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_categories_list",
        responses={200: CategoriesSerializer, **problems(*MEMBERS_ONLY)},
    )
    def get(self, request: Request) -> Response:
        """All of them, in the tenant's order, in the form of other lists."""
        results = [CategorySerializer(each).data for each in all_categories()]
        return Response({"next": None, "previous": None, "results": results})

    @extend_schema(
        operation_id="staff_categories_create",
        parameters=[LOCATION],
        request=CategorySerializer,
        responses={201: CategorySerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Write a new category, behind the others."""
        asked = _checked(CategorySerializer(data=request.data))
        with _refusals():
            made = categories.create_category(content=asked.content(), actor_id=_person(request))
        location = request.build_absolute_uri(f"{made.id}/")
        return Response(CategorySerializer(made).data, 201, headers={"Location": location})


class StaffCategoryView(APIView):
    """One category, by id or by slug."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_categories_read",
        responses={200: CategorySerializer, **problems(*MEMBERS_ONLY)},
    )
    def get(self, request: Request, category: str) -> Response:
        """The category."""
        return Response(CategorySerializer(_found(category)).data)

    @extend_schema(
        operation_id="staff_categories_replace",
        request=CategorySerializer,
        responses={200: CategorySerializer, **_REFUSALS},
    )
    def put(self, request: Request, category: str) -> Response:
        """Write its names, and its slug unless that is left out."""
        return self._rename(request, category, partial=False)

    @extend_schema(
        operation_id="staff_categories_update",
        request=CategorySerializer(partial=True),
        responses={200: CategorySerializer, **_REFUSALS},
    )
    def patch(self, request: Request, category: str) -> Response:
        """Write some of it."""
        return self._rename(request, category, partial=True)

    @extend_schema(
        operation_id="staff_categories_delete",
        responses={204: None, **problems("csrf_failed", *MEMBERS_ONLY)},
    )
    def delete(self, request: Request, category: str) -> Response:
        """Delete it; its items stay."""
        found = _found(category)
        with _refusals():
            categories.delete_category(category_id=found.id, actor_id=_person(request))
        return Response(status=204)

    def _rename(self, request: Request, category: str, *, partial: bool) -> Response:
        found = _found(category)
        asked = _checked(CategorySerializer(data=request.data, partial=partial))
        with _refusals():
            renamed = categories.rename_category(
                category_id=found.id,
                content=asked.content(CategoryContent.of(found)),
                actor_id=_person(request),
            )
        return Response(CategorySerializer(renamed).data)


class StaffCategoryOrderView(APIView):
    """The order of the categories."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_categories_order",
        request=CategoryOrderSerializer,
        responses={204: None, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Put them in this order."""
        asked = _checked(CategoryOrderSerializer(data=request.data))
        ids = asked.validated_data["categories"]
        categories.order_categories(ids=ids, actor_id=_person(request))
        return Response(status=204)


def _checked(asked: Any) -> Any:
    cast("BaseSerializer[Any]", asked).is_valid(raise_exception=True)
    return asked


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise Problem(400, "invalid", errors=error.message_dict) from error
    except categories.SlugTakenError as error:
        raise invalid("slug", _("Another category has this address.")) from error
    except categories.TooManyCategoriesError as error:
        told = _("There may be up to %(most)d categories.") % {"most": categories.MOST_CATEGORIES}
        raise invalid("non_field_errors", told) from error
    except categories.UnknownCategoryError as error:
        raise Problem(404, "not_found") from error


def _found(name: str) -> Category:
    found = category_by_name(name)
    if found is None:
        raise Problem(404, "not_found")
    return found


def _person(request: Request) -> UUID:
    return cast("User", request.user).id
