"""Sending tasks by name, for the layers below the tasks themselves."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

_log = structlog.get_logger(__name__)


def nudge(task_name: str, *args: str) -> None:
    """Send a platform task that beat repeats anyway. With the broker away it is dropped and logged:
    the caller, often a request, must not wait.
    """
    try:
        current_app.send_task(task_name, args=args, retry=False)
    except OperationalError as error:
        _log.warning("nudge_dropped", task=task_name, error=str(error))
