"""Celery tasks that carry their scope in a header, and refuse to run without one.

The scope is put into a task's headers when its signature is made, so it survives `delay`, retries,
chains, groups and chords, which make the later calls from inside a worker, where no scope is set.
"""

from typing import Any

import structlog
from celery import Task

from tenants import scopes
from tenants.gateways.queue import IDS_HEADER, log_headers

_HEADER = "souqna_scope"


class ScopelessTaskError(RuntimeError):
    """A task arrived without the scope that it needs."""


class ScopedTask(Task):  # type: ignore[type-arg]  # generic in the stubs only
    """A task that runs in the scope it was called in."""

    abstract = True
    #: The one kind of scope that the task accepts.
    scope_kind: scopes.Kind = "tenant"

    def signature(self, args: Any = None, *starargs: Any, **options: Any) -> Any:
        """A signature that carries the scope in force, if there is one."""
        signature = super().signature(args, *starargs, **options)
        headers = {**_headers(), **(signature.options.get("headers") or {})}
        return signature.set(headers=headers) if headers else signature

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Send the task with the scope in force, or the one its signature brought along."""
        options["headers"] = {**_headers(), **(options.get("headers") or {})}
        return super().apply_async(*args, **options)

    def apply(self, *args: Any, **options: Any) -> Any:
        """Run the task here and now (eager mode), with the same headers as if it were sent."""
        options["headers"] = {**_headers(), **(options.get("headers") or {})}
        return super().apply(*args, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task's function in the scope that its message names."""
        headers = self.request.headers or {}
        with (
            scopes.entered(self._scope(headers.get(_HEADER))),
            structlog.contextvars.bound_contextvars(**_log_ids(self, headers)),
        ):
            return self.run(*args, **kwargs)

    def _scope(self, header: dict[str, str] | None) -> scopes.Scope:
        kind = header.get("kind") if isinstance(header, dict) else None
        if not isinstance(header, dict) or kind != self.scope_kind:
            message = f"{self.name} needs a {self.scope_kind} scope, and came with {kind or 'none'}"
            raise ScopelessTaskError(message)
        return scopes.restored(header)


class PlatformTask(ScopedTask):
    """A task of the platform itself. Called from no scope at all (beat has none), it is its own."""

    abstract = True
    scope_kind = "platform"

    def _scope(self, header: dict[str, str] | None) -> scopes.Scope:
        return super()._scope({"kind": "platform"} if header is None else header)


def _headers() -> dict[str, Any]:
    scope = scopes.active()
    return {**({_HEADER: scope.as_header()} if scope else {}), **log_headers()}


def _log_ids(task: ScopedTask, headers: dict[str, Any]) -> dict[str, Any]:
    scope = headers.get(_HEADER) or {}
    return {
        **(headers.get(IDS_HEADER) or {}),
        "surface": "task",
        "task": task.name,
        "task_id": task.request.id,
        "tenant": scope.get("tenant_id") or None,
    }
