"""A command's connection: the chain, the key, the federation and the artifact store it works with."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore
from fedsol.chain import Chain, Landed, display_url, load_config, load_keypair
from fedsol.chain.config import ChainConfig
from fedsol.cli.options import Options
from fedsol.cli.output import note, waiting
from fedsol.errors import ConfigError
from fedsol.log import show_logs
from fedsol.program import Federation
from fedsol.program.addresses import FederationRef, participant_address
from fedsol.reading import read_federation, ref_of
from fedsol.roles.journal import Journal


@dataclass(frozen=True)
class Session:
    """A chain that answered, and what the options say of key, memory and artifacts."""

    options: Options
    chain: Chain
    config: ChainConfig

    @cached_property
    def key(self) -> Keypair:
        """The key that signs. Raises ConfigError if its file cannot be read."""
        return load_keypair(self.config.keypair_path)

    @property
    def owner(self) -> Pubkey:
        """The address of the key that signs."""
        return self.key.pubkey()

    @cached_property
    def artifacts(self) -> ArtifactStore:
        """The store that the options name."""
        return ArtifactStore(self.options.artifacts_url)

    @property
    def where(self) -> str:
        """The endpoints, for people."""
        return ", ".join(display_url(url) for url in self.config.urls)


@dataclass(frozen=True)
class FederationSession(Session):
    """A session that is about one federation."""

    account: Federation
    ref: FederationRef

    @property
    def address(self) -> Pubkey:
        """The federation's address."""
        return self.ref.address

    @property
    def participant(self) -> Pubkey:
        """The address of the key's participant."""
        return participant_address(self.address, self.owner)

    async def send(self, label: str, steps: Sequence[Instruction]) -> Landed:
        """Lands one transaction at most once, signed by the key, even if this process is killed.

        An earlier run of the same command that was killed is completed first, and then nothing is
        sent anew.
        """
        folder = self.options.state_folder / "commands"
        async with waiting(f"the transaction {label!r} to be confirmed on {self.where}"):
            with Journal(folder, self.owner, self.address) as journal:
                if (journal.folder / f"{label}.transaction").exists():
                    note(f"an earlier `{label}` was interrupted: looking whether it landed")
                return await journal.send(self.chain, label, steps, [self.key])


def pubkey(text: str, what: str) -> Pubkey:
    """An address. Raises ConfigError if the text is none."""
    try:
        return Pubkey.from_string(text)
    except ValueError as error:
        raise ConfigError(
            f"{text!r} is no address of a {what}",
            hint="An address has 32 to 44 letters and digits.",
        ) from error


def chain_config(options: Options, *, keypair: Path | None = None) -> ChainConfig:
    """Endpoints and key file; from here on the library's warnings are shown. Raises ConfigError."""
    if all(isinstance(one, logging.NullHandler) for one in logging.getLogger("fedsol").handlers):
        show_logs(level="warning")
    return load_config(url=",".join(options.url or []) or None, keypair=keypair or options.keypair)


@asynccontextmanager
async def connect(options: Options) -> AsyncIterator[Session]:
    """Connects to the chain. Raises ConfigError, RpcUnreachable and WrongCluster."""
    config = chain_config(options)
    async with waiting(
        f"an answer from {', '.join(map(display_url, config.urls))}, at most a minute"
    ):
        chain = await Chain.connect(config.urls, websocket_url=config.websocket_url)
    async with chain:
        yield Session(options, chain, config)


@asynccontextmanager
async def connect_federation(options: Options) -> AsyncIterator[FederationSession]:
    """Connects to the chain of the federation that the options name.

    Raises ConfigError, RpcUnreachable and WrongCluster.
    """
    address = pubkey(options.federation_text, "federation")
    async with connect(options) as session:
        account, _ = await read_federation(session.chain, address)
        ref = await ref_of(session.chain, address, account)
        yield FederationSession(options, session.chain, session.config, account, ref)
