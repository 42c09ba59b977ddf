"""Runs an app as a Flower simulation: under a federation, or plain with ``--plain``.

With ``--torch`` it is the one with PyTorch clients.
"""

import asyncio
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# The clients' processes must find this folder, too.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
)

from digits import MODEL_FILE, PARTITIONS
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.simulation import run_simulation


def simulate(server_app: ServerApp, client_app: ClientApp) -> None:
    """Three clients, one at a time."""
    run_simulation(
        server_app,
        client_app,
        num_supernodes=PARTITIONS,
        # A cluster of its own, whatever else runs here.
        backend_config={
            "client_resources": {"num_cpus": 1},
            "init_args": {"num_cpus": 1, "address": "local"},
        },
    )


def govern(app: ModuleType, folder: Path) -> bool:
    """An app under a federation; tells what happened, and whether its audit holds."""
    from stage import staged
    from telling import tell

    with staged(folder, app.initial_arrays()) as federation:
        simulate(app.server_app, app.client_app)
        return asyncio.run(tell(federation))


def main() -> int:
    """0 if everything went well."""
    with tempfile.TemporaryDirectory() as name:
        os.environ[MODEL_FILE] = str(Path(name) / "digits.npz")
        if "--plain" not in sys.argv[1:]:
            app = import_module("torch_app" if "--torch" in sys.argv[1:] else "governed_app")
            return 0 if govern(app, Path(name)) else 1
        import plain_app

        simulate(plain_app.server_app, plain_app.client_app)
        return 0


if __name__ == "__main__":
    sys.exit(main())
