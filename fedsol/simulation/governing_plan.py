"""What the processes of a governed simulation agree on before they start, and what comes back."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.learning.codecs import Codec
from fedsol.program.addresses import (
    FederationRef,
    Token,
    federation_address,
    participant_address,
    token_address,
)
from fedsol.program.params import Params

NAME = "simulation"
_DECIMALS = 6
AGREEMENT = b"Simulated participants, whose data never were anybody's.\n"


@dataclass(frozen=True)
class GovernedRound:
    """How a round ended on the chain.

    ``share`` is what each of the ``accepted`` earned (token units); ``transactions`` and their
    compute ``units`` are those since the round before ended, claims of its rewards included.
    """

    number: int
    accepted: int
    share: int
    transactions: int
    units: int
    model_root: bytes


@dataclass(frozen=True)
class Person:
    """A simulated participant: its key and where its accounts are."""

    key: Keypair
    owner: Pubkey
    participant: Pubkey

    def salt(self, number: int) -> bytes:
        """Its secret of a round; it follows from the key, so that a restart has it too."""
        return sha256(b"salt" + bytes(self.key) + number.to_bytes(8, "little")).digest()


@dataclass(frozen=True)
class Plan:
    """A simulated federation: everything about it follows from this."""

    seed: int
    params: Params
    parameters: int
    model: str
    architecture: bytes
    folder: Path | None
    keep_updates: bool
    codec: Codec | None = None

    @cached_property
    def operator(self) -> Keypair:
        """Who creates the federation, funds it and turns the crank."""
        return self._key("operator")

    @cached_property
    def aggregator(self) -> Person:
        """Who posts the models."""
        return self._person("aggregator")

    @cached_property
    def federation(self) -> FederationRef:
        """The federation and its two tokens."""
        tokens = [Token(self._key(name).pubkey(), decimals=_DECIMALS) for name in ("stake", "pay")]
        creator = self.operator.pubkey()
        return FederationRef(federation_address(creator, NAME), creator, tokens[0], tokens[1])

    @property
    def stake(self) -> int:
        """What a client stakes, in token units: the least, and what one slash takes of it."""
        return 2 * self.params.min_stake

    @property
    def aggregator_stake(self) -> int:
        """What the aggregator stakes, in token units."""
        return self.stake + self.params.aggregator_bond

    @property
    def store(self) -> str | None:
        """URL of the artifacts, if they are kept."""
        return f"{self.folder}/artifacts" if self.folder and self.keep_updates else None

    def client(self, number: int) -> Person:
        """The participant that client ``number`` is."""
        return _client(self.seed, self.federation.address, number)

    def ledger_file(self, number: int) -> Path:
        """Where the chain is kept after round ``number``."""
        assert self.folder is not None
        return self.folder / f"ledger-{number}.bin"

    def tokens_of(self, owner: Pubkey) -> tuple[Pubkey, Pubkey]:
        """Somebody's stake and reward token accounts."""
        return token_address(owner, self.federation.stake), token_address(
            owner, self.federation.reward
        )

    def _key(self, name: str) -> Keypair:
        return _key_of(self.seed, name)

    def _person(self, name: str) -> Person:
        return _person_of(self._key(name), self.federation.address)


@lru_cache(maxsize=1 << 16)
def _client(seed: int, federation: Pubkey, number: int) -> Person:
    return _person_of(_key_of(seed, f"client {number}"), federation)


def _key_of(seed: int, name: str) -> Keypair:
    return Keypair.from_seed(sha256(f"fedsol simulation {seed} {name}".encode()).digest())


def _person_of(key: Keypair, federation: Pubkey) -> Person:
    return Person(key, key.pubkey(), participant_address(federation, key.pubkey()))
