"""What every role of a federation shares: its key, its chain, its store, and how it reads the state."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore, decode_model
from fedsol.chain import Chain, Clock, Landed
from fedsol.errors import ArchitectureMismatch, ArtifactCorrupt
from fedsol.learning.merkle import model_root, update_root
from fedsol.program import Evaluation, Federation, Participant, Round, Submission
from fedsol.program import addresses as at
from fedsol.program.addresses import PROGRAM_ID, FederationRef
from fedsol.reading import ROUND_IN_SUBMISSION
from fedsol.roles.journal import Journal
from fedsol.updates import read_update


@dataclass(frozen=True)
class Snapshot:
    """The state of a federation at one moment: its newest round, if any, and the clock."""

    federation: Federation
    round: Round | None
    clock: Clock


@lru_cache(maxsize=32)
def _federation(data: bytes) -> Federation:
    # Decoding costs a millisecond, and most looks find the bytes of the look before. Nobody may
    # change what is decoded: it is shared.
    return Federation.decode(data)


@lru_cache(maxsize=32)
def _round(data: bytes) -> Round:
    return Round.decode(data)


@lru_cache(maxsize=2_048)
def _submission(data: bytes) -> Submission:
    return Submission.decode(data)


@dataclass(frozen=True)
class BaseModel:
    """The model that a round starts from: fixed-point values (int32[d]) and the artifact's metadata."""

    values: NDArray[np.int32]
    metadata: dict[str, str]


@dataclass(frozen=True)
class Member:
    """A key in a federation, on a chain, with a store and a journal."""

    chain: Chain
    federation: FederationRef
    key: Keypair
    artifacts: ArtifactStore
    journal: Journal

    @property
    def owner(self) -> Pubkey:
        """The key's address."""
        return self.key.pubkey()

    @property
    def participant(self) -> Pubkey:
        """The key's participant in the federation."""
        return at.participant_address(self.federation.address, self.owner)

    async def send(self, label: str, instructions: Sequence[Instruction]) -> Landed:
        """Sends through the journal, signed by the key."""
        return await self.journal.send(self.chain, label, instructions, [self.key])

    async def snapshot(self) -> Snapshot:
        """Reads federation, newest round and clock."""
        address = self.federation.address
        federation = _federation(await self._data(address))
        newest = await self.round(federation.round)
        return Snapshot(federation, newest, await self.chain.clock())

    async def round(self, number: int) -> Round | None:
        """A round by number; None if it was never opened or is closed."""
        account = await self.chain.account(at.round_address(self.federation.address, number))
        return _round(account.data) if account is not None and account.data else None

    async def me(self) -> Participant | None:
        """The key's participant; None if it has not registered."""
        account = await self.chain.account(self.participant)
        return Participant.decode(account.data) if account is not None and account.data else None

    async def submission(self, number: int, participant: Pubkey) -> Submission | None:
        """A participant's submission in a round; None if there is none."""
        round_ = at.round_address(self.federation.address, number)
        account = await self.chain.account(at.submission_address(round_, participant))
        return _submission(account.data) if account is not None and account.data else None

    async def submissions(self, number: int) -> list[Submission]:
        """All submissions of a round, revealed ones first in the order of their index."""
        round_ = at.round_address(self.federation.address, number)
        found = await self.chain.program_accounts(
            PROGRAM_ID,
            discriminator=Submission.discriminator,
            memcmp=[(ROUND_IN_SUBMISSION, bytes(round_))],
        )
        decoded = [_submission(account.data) for account in found]
        return sorted(decoded, key=lambda one: (one.status.kind != "Revealed", one.index))

    async def evaluation(self, number: int) -> tuple[Evaluation, bytes] | None:
        """The key's evaluation of a round with its whole data; None if there is none."""
        round_ = at.round_address(self.federation.address, number)
        account = await self.chain.account(at.evaluation_address(round_, self.participant))
        if account is None or not account.data:
            return None
        return Evaluation.decode(account.data), account.data

    async def base_model(self, federation: Federation) -> BaseModel:
        """The federation's current model; see ``read_model``."""
        return await read_model(self.artifacts, federation)

    async def _data(self, address: Pubkey) -> bytes:
        account = await self.chain.account(address)
        if account is None:
            raise ArchitectureMismatch(
                f"there is no federation at {address}",
                hint="Check the address and --url; a federation lives on one cluster only.",
            )
        return account.data


async def read_model(artifacts: ArtifactStore, federation: Federation) -> BaseModel:
    """A federation's current model, checked against its root and size.

    Raises ``ArtifactMissing``, ``ArtifactCorrupt`` and ``ArchitectureMismatch``.
    """
    data = await artifacts.get(bytes(federation.model_artifact))
    vector = decode_model(data, size=federation.parameter_count)
    if model_root(vector.values) != bytes(federation.model_root):
        raise ArtifactCorrupt("the model's artifact does not have the root that the chain names")
    return BaseModel(vector.values, dict(vector.metadata))


async def fetch_update(
    artifacts: ArtifactStore, submission: Submission, size: int
) -> NDArray[np.int16]:
    """A revealed update (int16[size]), checked against its size and the root that was revealed.

    Raises ``ArtifactMissing`` and ``ArtifactCorrupt``, and ``ArtifactError`` when the store cannot
    be reached.
    """
    data = await artifacts.get(bytes(submission.artifact))
    try:
        values = read_update(data, size)
    except ArchitectureMismatch as error:
        raise ArtifactCorrupt(f"submission {submission.index}: {error}") from error
    root = update_root(values)
    if (root.hash, root.sum) != (bytes(submission.root), submission.norm_squared):
        raise ArtifactCorrupt(
            f"the update of submission {submission.index} does not have the revealed root"
        )
    return values
