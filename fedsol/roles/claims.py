"""What a watcher has found: a fault that it can prove, or a doubt that only the author can end."""

from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.program import instructions as ix
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.generated.types.part import PartKind
from fedsol.roles.disputes import Shown


@dataclass(frozen=True)
class Exhibit:
    """A chunk with its path, as evidence: of a submission's update, or of a model without one.

    ``declared`` is the leaf's Σ q² as the author hashed it; ``index`` the submission's in its round;
    ``place`` which of a selection's chunks it is, among those that the challenge asks for.
    """

    part: PartKind
    shown: Shown
    submission: Pubkey | None = None
    index: int = 0
    declared: int = 0
    place: int = 0


@dataclass(frozen=True)
class Stream:
    """Two whole updates, chunk by chunk in turn, and the submissions that they are of.

    No bytes where one of the two is not accepted.
    """

    data: bytes
    pair: tuple[Pubkey, Pubkey]


@dataclass(frozen=True)
class Proof:
    """A fault of ``accused`` (a participant) that the program will find in the exhibits.

    ``target`` is a submission, or None for the aggregate; ``original`` the one that was copied.
    """

    kind: ChallengeKindKind
    accused: Pubkey
    target: Pubkey | None
    exhibits: tuple[Exhibit, ...] = ()
    original: Pubkey | None = None
    stream: Stream | None = None


@dataclass(frozen=True)
class Doubt:
    """Something is wrong or not to be had, and ``chunk`` would tell: to be demanded of its author.

    ``of_selection``: the chunk is the selection's, not the model's.
    ``narrows``: an answer brings a proof nearer; without it, it only shows that the author has one
    chunk.
    """

    accused: Pubkey
    target: Pubkey | None
    chunk: int
    why: str
    narrows: bool
    of_selection: bool = False


Claim = Proof | Doubt


def lying_norm(accused: Pubkey, target: Pubkey, shown: Shown, declared: int) -> Proof:
    """One chunk of an update is no fair chunk, or its leaf declares another sum."""
    exhibit = Exhibit(ix.UPDATE, shown, target, declared=declared)
    return Proof(ix.lying_norm(shown.index), accused, target, (exhibit,))


def false_plant(accused: Pubkey, target: Pubkey, shown: Shown) -> Proof:
    """One chunk of a planted update is not what its seed makes."""
    return Proof(ix.false_plant(shown.index), accused, target, (Exhibit(ix.UPDATE, shown, target),))


def copied_update(accused: Pubkey, target: Pubkey, original: Pubkey) -> Proof:
    """Two submissions have one root; the later one is a copy."""
    return Proof(ix.copied_update(), accused, target, original=original)
