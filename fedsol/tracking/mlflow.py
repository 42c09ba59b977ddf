"""Metrics for MLflow: into a database file, or to a server."""

import time
from collections.abc import Mapping
from pathlib import Path

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.tracking.base import Tracker

EXPERIMENT = "fedsol"


class Mlflow(Tracker):
    """Logs to one new run of an experiment, which is made if it is not there.

    ``store`` is a path, for a database file (SQLite), or a tracking URI (``http://…``,
    ``sqlite:///…``). ``run`` is its name; ``run_id``: goes on with that run instead. A metric that
    is logged twice for a step is kept twice.
    """

    def __init__(
        self,
        store: Path | str,
        *,
        experiment: str = EXPERIMENT,
        run: str | None = None,
        run_id: str | None = None,
    ) -> None:
        """Raises ConfigError: mlflow is missing, or the store or the run cannot be opened."""
        mlflow = need("mlflow", "mlflow")
        uri = _uri(store)
        if uri.startswith("sqlite:"):
            need("sqlalchemy", "mlflow")
        try:
            self._client = mlflow.MlflowClient(tracking_uri=uri)
            if run_id is None:
                found = self._client.get_experiment_by_name(experiment)
                number = (
                    found.experiment_id if found else self._client.create_experiment(experiment)
                )
                run_id = self._client.create_run(number, run_name=run).info.run_id
            else:
                self._client.update_run(run_id, status="RUNNING")
        except mlflow.MlflowException as error:
            raise ConfigError(f"MLflow's store {uri} cannot be used: {error}") from error
        self.run_id: str = run_id
        self._metric = mlflow.entities.Metric
        self._open = True

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Logs all metrics of the step in one go."""
        now = int(time.time() * 1_000)
        batch = [self._metric(name, float(value), now, step) for name, value in metrics.items()]
        self._client.log_batch(self.run_id, metrics=batch)

    def close(self) -> None:
        """Says that the run is finished."""
        if self._open:
            self._client.set_terminated(self.run_id)
        self._open = False


def _uri(store: Path | str) -> str:
    text = str(store)
    if "://" in text:
        return text
    path = Path(text).expanduser().absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"
