"""What every command takes: where the chain is, whose key acts, and how results are written."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter

from fedsol.errors import ConfigError

GLOBAL = Group("Everywhere", sort_key=100)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of every command."""

    json: Annotated[
        bool,
        Parameter(
            group=GLOBAL, show_default=False, help="Write the result as JSON, alone on stdout."
        ),
    ] = False
    url: Annotated[
        list[str] | None,
        Parameter(
            group=GLOBAL,
            help="RPC URL or moniker (localhost, devnet, …); several are tried in turn. "
            "Else FEDSOL_URL, else the Solana CLI's setting.",
        ),
    ] = None
    keypair: Annotated[
        Path | None,
        Parameter(
            group=GLOBAL,
            help="Key file. Else FEDSOL_KEYPAIR, else the Solana CLI's setting.",
        ),
    ] = None
    artifacts: Annotated[
        str | None,
        Parameter(
            group=GLOBAL,
            env_var="FEDSOL_ARTIFACTS",
            help="Folder or URL of the artifact store that all members share.",
        ),
    ] = None
    state: Annotated[
        Path | None,
        Parameter(
            group=GLOBAL,
            env_var="FEDSOL_STATE",
            help="Folder of this machine's memory: salts and signed transactions.",
        ),
    ] = None
    federation: Annotated[
        str | None,
        Parameter(
            group=GLOBAL,
            env_var="FEDSOL_FEDERATION",
            help="Address of the federation.",
        ),
    ] = None

    @property
    def artifacts_url(self) -> str:
        """Where artifacts are kept."""
        return self.artifacts or str(_data_folder() / "artifacts")

    @property
    def state_folder(self) -> Path:
        """Where this machine's memory is."""
        return (self.state or _data_folder() / "state").expanduser()

    @property
    def federation_text(self) -> str:
        """The federation's address as it was given.

        Raises ConfigError if none was.
        """
        if not self.federation:
            raise ConfigError(
                "no federation was named",
                hint="Give --federation ADDRESS or set FEDSOL_FEDERATION; "
                "`fedsol federation list` shows what there is.",
            )
        return self.federation


PLAIN = Options()


def group(name: str, purpose: str, *, example: str) -> App:
    """The commands of one noun."""
    return App(name=name, help=purpose, help_epilogue=f"Example: {example}", version_flags=[])


def alone(name: str, *, example: str) -> App:
    """A command that is one word; its function is ``@app.default``."""
    return App(name=name, help_epilogue=f"Example: {example}", version_flags=[])


def shown(example: str) -> str:
    """The example at the end of a command's help."""
    return f"Example: {example}"


def flag(purpose: str) -> Parameter:
    """A switch that is off unless given."""
    return Parameter(help=purpose, negative=(), show_default=False)


def is_debugging() -> bool:
    """Whether tracebacks are wanted."""
    return os.environ.get("FEDSOL_DEBUG", "") not in ("", "0")


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("fedsol")
