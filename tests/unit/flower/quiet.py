"""Loads Flower without its telemetry, and past a warning that its own dependencies give."""

import os
import warnings

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"

with warnings.catch_warnings():
    # typer, Flower's command line, uses names that click is about to drop.
    warnings.filterwarnings("ignore", r"'click\..*' is deprecated", DeprecationWarning)
    import flwr.app as app
    import flwr.serverapp.strategy as strategy

__all__ = ["app", "strategy"]
