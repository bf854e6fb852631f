"""Sending tasks by name, for the layers below the tasks themselves."""

from typing import Any

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

#: The header that carries a request's ids to the task that it causes.
IDS_HEADER = "souqna_ids"
_log = structlog.get_logger(__name__)


def log_headers() -> dict[str, Any]:
    """The ids of the request in hand, for the log lines of a task; nothing outside a request."""
    ids = structlog.contextvars.get_contextvars()
    kept = {name: ids[name] for name in ("request_id", "user") if name in ids}
    return {IDS_HEADER: kept} if kept else {}


def nudge(task_name: str, *args: str) -> None:
    """Send a platform task that beat repeats anyway. With the broker away it is dropped and logged:
    the caller, often a request, must not wait.
    """
    try:
        # Else Celery would subscribe to the result of a task that keeps none.
        current_app.send_task(
            task_name, args=args, headers=log_headers(), retry=False, ignore_result=True
        )
    except OperationalError as error:
        _log.warning("nudge_dropped", task=task_name, error=str(error))
