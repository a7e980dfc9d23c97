"""Structured logs: one JSON object a line, on standard error."""

from __future__ import annotations

import logging.config


def configure(level: str) -> None:
    """Send every log of the process to standard error as JSON lines.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
    """
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": "pythonjsonlogger.json.JsonFormatter",
                    "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
                    "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"level": level.upper(), "handlers": ["stderr"]},
        }
    )
