"""One structured logger, silent until an application asks for logs, as a library's should be."""

import logging

import structlog

# Without any handler, Python itself would write warnings to standard error.
logging.getLogger("fedsol").addHandler(logging.NullHandler())


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines are ``event key=value …`` in the standard library's ``logging``."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        wrapper_class=structlog.stdlib.BoundLogger,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
    )
    return logger


def show_logs(*, json: bool = False, level: str = "info") -> None:
    """Writes fedsol's logs to standard error, for people or as JSON lines."""
    renderer = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer))
    logger = logging.getLogger("fedsol")
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
