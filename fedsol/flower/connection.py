"""Where a federation is, and how one key stands in it: for a server and for each of its clients."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore
from fedsol.chain import Chain, load_config
from fedsol.errors import ConfigError
from fedsol.reading import read_ref
from fedsol.roles import Journal, Member


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A federation's address and chain, the store of its artifacts, and this machine's memory.

    What is not given is read from the environment, under the command line's names:
    ``FEDSOL_FEDERATION``, ``FEDSOL_URL``, ``FEDSOL_ARTIFACTS``, ``FEDSOL_STATE``.
    """

    federation: str | None = None
    url: str | None = None
    artifacts: str | None = None
    state: str | None = None

    @property
    def address(self) -> Pubkey:
        """The federation's address. Raises ConfigError if none, or no address, was given."""
        text = self.federation or os.environ.get("FEDSOL_FEDERATION", "")
        try:
            return Pubkey.from_string(text)
        except ValueError as error:
            raise ConfigError(
                f"{text!r} is no address of a federation",
                hint="Give federation=… or set FEDSOL_FEDERATION.",
            ) from error

    @property
    def folder(self) -> Path:
        """This machine's memory: keys, salts, signed transactions. Raises ConfigError if none is."""
        given = self.state or os.environ.get("FEDSOL_STATE")
        if not given:
            raise ConfigError(
                "there is no folder for keys and salts",
                hint="Give state=… or set FEDSOL_STATE to a folder that survives a restart.",
            )
        return Path(given).expanduser()

    @property
    def store(self) -> ArtifactStore:
        """The artifacts' store; one of its own, in the memory's folder, if none was given."""
        given = self.artifacts or os.environ.get("FEDSOL_ARTIFACTS")
        return ArtifactStore(given or str(self.folder / "artifacts"))

    @asynccontextmanager
    async def open(self, key: Keypair) -> AsyncIterator[Member]:
        """Connects, as the holder of a key; its journal is this process's until the end.

        Raises ConfigError, StateError, RpcUnreachable and WrongCluster.
        """
        config = load_config(url=self.url)
        chain = await Chain.connect(config.urls, websocket_url=config.websocket_url)
        async with chain:
            ref = await read_ref(chain, self.address)
            with Journal(self.folder, key.pubkey(), ref.address) as journal:
                yield Member(chain, ref, key, self.store, journal)
