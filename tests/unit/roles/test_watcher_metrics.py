"""What a watcher counts can be read over HTTP, and belongs to it alone."""

import socket
from urllib.request import urlopen

import pytest

from fedsol.errors import ConfigError
from fedsol.roles import WatchMetrics


def test_counters_are_served_while_they_are_wanted() -> None:
    metrics = WatchMetrics()
    metrics.opened.labels("LyingNorm").inc()
    metrics.tokens_won.inc(400)
    metrics.last_slot.set(77)
    with metrics.serve(0) as port, urlopen(f"http://127.0.0.1:{port}/metrics") as page:
        lines = page.read().decode().splitlines()
    assert 'fedsol_watch_challenges_opened_total{kind="LyingNorm"} 1.0' in lines
    assert "fedsol_watch_tokens_won_total 400.0" in lines
    assert "fedsol_watch_last_slot 77.0" in lines
    with pytest.raises(OSError, match="refused"), urlopen(f"http://127.0.0.1:{port}/metrics"):
        pass


def test_totals_are_over_all_kinds_and_watchers_do_not_share_them() -> None:
    first, second = WatchMetrics(), WatchMetrics()
    for kind in ("LyingNorm", "WrongAggregate", "WrongAggregate"):
        first.won.labels(kind).inc()
    first.checks.labels("update").inc(5)
    assert first.totals()["won"] == 3
    assert first.totals()["checks"] == 5
    assert first.value("challenges_won_total", kind="WrongAggregate") == 2
    assert set(second.totals().values()) == {0.0}


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=f"port {port}") as caught,
            WatchMetrics().serve(port),
        ):
            pass
    assert "--metrics-port" in caught.value.hint
