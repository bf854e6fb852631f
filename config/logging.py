"""Structured logs: one JSON object a line on stderr, with request id, tenant, user and surface.

The ids come from structlog's context variables, bound by `tenants.middleware.requests` for requests
and by `tenants.celery` for tasks, so third-party loggers carry them as well.
"""

import logging.config
import sys
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_config(*, log_format: str, level: str) -> dict[str, Any]:
    """A `logging.config` dictionary. `log_format` is `json` or `console`."""
    renderer: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if log_format == "console"
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Our own line per request says what these would repeat.
            "django.server": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up `logging` and structlog together (Django's LOGGING_CONFIG hook).

    Our own lines are written straight to stderr: through `logging`, which serves everybody else's,
    each costs three times as much, and every request writes one.
    """
    logging.config.dictConfig(config)
    _, *renderer = config["formatters"]["structured"]["processors"]
    structlog.configure(
        processors=[*_SHARED, *renderer],
        logger_factory=_Stderr,
        wrapper_class=structlog.make_filtering_bound_logger(config["root"]["level"]),
        cache_logger_on_first_use=True,
    )


class _Stderr:
    """Writes a line by one call, so that threads' lines don't mix. `name` is for `add_logger_name`."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        """Write the line."""
        sys.stderr.write(f"{line}\n")

    debug = info = warning = error = critical = exception = msg
