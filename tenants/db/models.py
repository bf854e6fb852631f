"""Base classes of models: those of a tenant's schema, and the shared ones under row-level security."""

from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models.query import RawQuerySet

from tenants import scopes
from tenants.db.access import ALL, TableAccess

M = TypeVar("M", bound=models.Model)


def _refuse(what: str, made_in: object) -> None:
    message = f"{what} of {made_in} was used in {scopes.active()}"
    raise scopes.WrongScopeError(message)


def _check_made_in(made_in: scopes.Scope | None) -> None:
    if made_in is None or made_in != scopes.active():
        _refuse("a queryset", made_in)


class ScopedRawQuerySet(RawQuerySet):  # type: ignore[type-arg]  # generic in the stubs only
    """A raw queryset that is evaluated in the scope that made it, or raises WrongScopeError."""

    made_in: scopes.Scope | None

    @classmethod
    def of(cls, queryset: "RawQuerySet[Any]") -> Self:
        """The same raw query, of the scope in force."""
        scoped = cls.__new__(cls)
        scoped.__dict__.update(queryset.__dict__, made_in=scopes.active())
        return scoped

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # missing in the stubs
        clone.made_in = self.made_in
        return clone

    def iterator(self) -> Iterator[Any]:
        """The rows; each of them checked, since the scope may change between two."""
        _check_made_in(self.made_in)
        for instance in super().iterator():
            _check_made_in(self.made_in)
            yield instance


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that is evaluated in the scope that made it, or raises WrongScopeError.

    One made at import time, in no scope, can't be evaluated itself; what is chained from it inside a
    scope belongs to that scope.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.made_in = scopes.active()
        super().__init__(*args, **kwargs)

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # missing in the stubs
        clone.made_in = self.made_in or scopes.active()
        return clone

    @property
    def db(self) -> str:
        """The alias to use. Every evaluation, read or write, asks for it: the one door to guard."""
        self._check()
        return super().db

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Be part of another query (`__in=queryset`), of the same scope."""
        self._check()
        return super().resolve_expression(*args, **kwargs)

    def _iterator(self, use_chunked_fetch: bool, chunk_size: int | None) -> Iterator[M]:  # noqa: FBT001 (Django's signature)
        # Rows of a fetched chunk become instances one by one, perhaps after the scope has changed:
        # without the check they would be stamped with the reader's scope.
        for instance in super()._iterator(use_chunked_fetch, chunk_size):  # type: ignore[misc]
            self._check()
            yield instance

    async def aiterator(self, chunk_size: int = 2000) -> AsyncIterator[M]:
        """Django's, read to its end in the scope that made the queryset."""
        async for instance in super().aiterator(chunk_size):
            self._check()
            yield instance

    def raw(self, *args: Any, **kwargs: Any) -> "ScopedRawQuerySet":
        """Django's, evaluated in the scope in force now or not at all."""
        return ScopedRawQuerySet.of(super().raw(*args, **kwargs))

    def _check(self) -> None:
        _check_made_in(self.made_in)
        hint = self._hints.get("instance")  # type: ignore[attr-defined]  # related managers set it
        if isinstance(hint, TenantModel):
            hint.check_scope()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[M]:
        """Django's; instances of another tenant are refused."""
        return super().bulk_create(_checked(objs), *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        """Django's; instances of another tenant are refused."""
        return super().bulk_update(_checked(objs), *args, **kwargs)


def _checked(instances: Any) -> list[Any]:
    """The instances as a list, each stamped with this scope or proved to be of it."""
    checked = list(instances)
    for instance in checked:
        if isinstance(instance, TenantModel):
            instance.check_scope()
    return checked


class TenantModel(models.Model):
    """A row of a tenant's schema. It is stamped with its tenant when loaded or first saved, and can't
    be saved, deleted, refreshed or followed to its relations in another: the same key exists there.
    """

    #: What the tenant's role may do with the table.
    privileges: ClassVar[str] = ALL
    _tenant: UUID | None = None

    objects: ClassVar[models.Manager[Any]] = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        """Django's options."""

        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        """Make an instance from a row, stamped with the tenant in force."""
        instance = super().from_db(db, field_names, values)
        instance._tenant = scopes.current().tenant_id
        return instance

    def check_scope(self) -> None:
        """Raise WrongScopeError unless this row is of the tenant in force; stamp a new one."""
        tenant_id = scopes.current_tenant_id()
        if self._tenant is None:
            self._tenant = tenant_id
        elif self._tenant != tenant_id:
            _refuse(f"{self!r}", self._tenant)

    def check_stamp(self) -> None:
        """Raise WrongScopeError if this row is known to be of a tenant other than the one in force."""
        if self._tenant is not None:
            self.check_scope()

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Django's, in the row's own tenant only."""
        self.check_scope()
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Django's, in the row's own tenant only."""
        self.check_scope()
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Django's, in the row's own tenant only."""
        self.check_scope()
        super().refresh_from_db(*args, **kwargs)


class SharedModel(models.Model):
    """A row of the public schema. `access` says who may do what (`tenants.db.access`)."""

    access: ClassVar[TableAccess]

    objects: ClassVar[models.Manager[Any]] = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        """Django's options."""

        abstract = True
