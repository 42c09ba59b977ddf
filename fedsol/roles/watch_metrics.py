"""What a watcher counts, for Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from fedsol.errors import ConfigError

_PREFIX = "fedsol_watch"


class WatchMetrics:
    """Counters since the process began, in a registry of their own. Amounts are in token units."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.checks = self._counter("checks", "Updates and aggregates that were checked", "what")
        self.opened = self._counter("challenges_opened", "Challenges that were opened", "kind")
        self.won = self._counter("challenges_won", "Challenges and demands that convicted", "kind")
        self.lost = self._counter("challenges_lost", "Challenges and demands that did not", "kind")
        self.demands = self._counter("demands", "Chunks that were demanded of their authors")
        self.tokens_won = self._counter("tokens_won", "Finder's parts, in token units")
        self.tokens_lost = self._counter("tokens_lost", "Lost bonds, in token units")
        self.bonds = self._gauge("bonds_posted", "Bonds that are posted now, in token units")
        self.last_round = self._gauge("last_round", "Newest round that was looked at")
        self.last_slot = self._gauge("last_slot", "Slot of the last look")

    def value(self, name: str, **labels: str) -> float:
        """A counter's or gauge's value, 0 if it never changed; ``name`` as in the registry."""
        return self.registry.get_sample_value(f"{_PREFIX}_{name}", labels) or 0.0

    def totals(self) -> dict[str, float]:
        """What was done and won or lost so far, over all kinds."""
        counters = {
            "checks": self.checks,
            "challenges_opened": self.opened,
            "demands": self.demands,
            "won": self.won,
            "lost": self.lost,
            "tokens_won": self.tokens_won,
            "tokens_lost": self.tokens_lost,
        }
        return {name: _total(counter) for name, counter in counters.items()}

    @contextmanager
    def serve(self, port: int) -> Iterator[int]:
        """Serves them on all interfaces while the context lasts; 0 picks a port. Yields the port.

        Raises ``ConfigError`` if the port is taken.
        """
        try:
            server, thread = start_http_server(port, registry=self.registry)
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"metrics cannot be served on port {port}: {error}",
                hint="Give another --metrics-port, or none.",
            ) from error
        try:
            yield int(server.server_port)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _counter(self, name: str, purpose: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}_{name}", purpose, labels, registry=self.registry)

    def _gauge(self, name: str, purpose: str) -> Gauge:
        return Gauge(f"{_PREFIX}_{name}", purpose, registry=self.registry)


def _total(counter: Counter) -> float:
    samples = [sample for family in counter.collect() for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name.endswith("_total"))
