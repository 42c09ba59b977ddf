"""Who and what the scripted federations consist of: keys, tokens, hashes, salts, and their moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.addresses import FederationRef, Token
from fedsol.program.commitment import Place, Update, commitment
from fedsol.program.instructions.federation import NewFederation
from fedsol.program.params import Params

SOL = 10**9
NAME = "script"
GENESIS = sha256(b"one genesis for both").digest()
STAKED = 3_000
# Every instruction alone needs less.
UNITS = 200_000


def key(name: str) -> Keypair:
    """The keypair of a name, the same in every run."""
    return Keypair.from_seed(sha256(b"fedsol script " + name.encode()).digest())


def digest(name: str) -> bytes:
    """32 bytes that follow from a name."""
    return sha256(name.encode()).digest()


CREATOR = key("creator")
STAKE_MINT, REWARD_MINT = key("stake"), key("reward")
STAKE = Token(STAKE_MINT.pubkey(), decimals=6)
REWARD = Token(REWARD_MINT.pubkey(), decimals=6)


def reference(name: str) -> FederationRef:
    """The creator's federation of a name."""
    address = at.federation_address(CREATOR.pubkey(), name)
    return FederationRef(address, CREATOR.pubkey(), STAKE, REWARD)


FEDERATION = reference(NAME)
ADDRESS = FEDERATION.address


def new_federation(
    params: Params,
    *,
    name: str = NAME,
    parameters: int = 62,
    model_root: bytes = digest("model root"),
) -> NewFederation:
    """What the scripted federations start with."""
    return NewFederation(
        name=name,
        genesis=GENESIS,
        architecture_hash=digest("architecture"),
        agreement_hash=digest("agreement"),
        model_root=model_root,
        model_artifact=digest("model"),
        parameter_count=parameters,
        params=params,
    )


@dataclass(frozen=True)
class Move:
    """One transaction to send.

    ``name`` begins with the instruction's. ``after`` is what must be over before it: the phase
    ("deadline"), the slot of the "beacon", the "unbonding" of its signer, a "dispute". ``proof``
    is the dispute that it belongs to.
    """

    name: str
    instruction: Instruction
    signer: Keypair
    after: str = ""
    proof: str = ""
    federation: Pubkey = ADDRESS


@dataclass(frozen=True)
class Stage:
    """A scripted federation, and the moves that its people make in every script."""

    ref: FederationRef = FEDERATION

    def move(
        self,
        name: str,
        instruction: Instruction,
        signer: Keypair = CREATOR,
        *,
        after: str = "",
        proof: str = "",
    ) -> Move:
        """A move here; unless told by the creator."""
        return Move(name, instruction, signer, after, proof, self.ref.address)

    def person(self, who: Keypair) -> Pubkey:
        """Somebody's participant."""
        return at.participant_address(self.ref.address, who.pubkey())

    def place(self, who: Keypair, number: int) -> Place:
        """Where somebody's commitments of a round are worth something."""
        return Place(GENESIS, self.ref.address, number, self.person(who))

    def joining(self, who: Keypair, roles: int) -> Iterator[Move]:
        """Registers and deposits a stake."""
        owner, agreement = who.pubkey(), digest("agreement")
        register = ix.participant_register(
            self.ref.address, owner, agreement=agreement, roles=roles
        )
        yield self.move("participant_register", register, who)
        yield self.move("stake_deposit", ix.stake_deposit(self.ref, owner, STAKED), who)

    def commit(self, who: Keypair, number: int, update: Update) -> Move:
        """Commits to an update."""
        sealed = commitment(self.place(who, number), update, salt(who))
        commit = ix.round_commit(self.ref.address, number, who.pubkey(), sealed)
        return self.move("round_commit", commit, who)

    def reveal(self, who: Keypair, number: int, update: Update) -> Move:
        """Shows it."""
        reveal = ix.round_reveal(self.ref.address, number, who.pubkey(), update, salt(who))
        return self.move("round_reveal", reveal, who)

    def advance(self, number: int, to: str, *, after: str = "deadline") -> Move:
        """Moves a round on."""
        return self.move(
            f"round_advance to {to}", ix.round_advance(self.ref.address, number), after=after
        )

    def aggregate(self, who: Keypair, number: int, root: bytes, *, after: str = "") -> Move:
        """Posts a model."""
        posted = ix.round_aggregate(
            self.ref.address,
            number,
            who.pubkey(),
            model_root=root,
            model_artifact=digest("new model"),
        )
        return self.move("round_aggregate", posted, who, after=after)

    def paid(self, who: Keypair, number: int) -> Iterator[Move]:
        """Takes its reward, and closes its submission."""
        claim = ix.reward_claim(self.ref, number, who.pubkey())
        yield self.move("reward_claim", claim, who)
        close = ix.submission_close(self.ref.address, number, who.pubkey())
        yield self.move("submission_close", close, who)


def salt(who: Keypair) -> bytes:
    """Somebody's salt."""
    return digest(f"salt {who.pubkey()}")


def blind_update(who: Keypair) -> Update:
    """An update whose root leads nowhere."""
    return Update(digest(f"root {who.pubkey()}"), 1_000, digest(f"update {who.pubkey()}"))
