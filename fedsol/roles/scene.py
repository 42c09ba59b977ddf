"""A running round as a watcher sees it at one moment: its submissions and its disputes."""

from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.chain import Chain, Clock
from fedsol.program import Federation, Round, Submission
from fedsol.program.addresses import FederationRef, round_address, submission_address
from fedsol.reading import is_past, list_submissions
from fedsol.roles.disputes import Dispute, list_disputes, place_in_line
from fedsol.roles.member import Snapshot

DISPUTABLE = ("Score", "ScoreReveal", "Tally", "Aggregate", "Challenge")
"""The phases in which something can be disputed."""


@dataclass(frozen=True)
class Scene:
    """A round with its submissions, by their addresses, and its disputes, decided ones too."""

    federation: Federation
    round: Round
    address: Pubkey
    clock: Clock
    submissions: dict[Pubkey, Submission]
    disputes: list[Dispute]

    @property
    def number(self) -> int:
        """The round's number."""
        return int(self.round.number)

    @property
    def phase(self) -> str:
        """The round's phase."""
        return str(self.round.phase.kind)

    @property
    def accepted(self) -> dict[Pubkey, Submission]:
        """What counts in the aggregate, in the order of their index."""
        return {key: one for key, one in self.submissions.items() if one.status.kind == "Revealed"}

    @property
    def can_dispute(self) -> bool:
        """Whether a challenge can still be opened."""
        end = self.round.takeover if self.phase == "Aggregate" else self.round.deadline
        return self.phase in DISPUTABLE and not is_past(end, self.clock)

    @property
    def can_demand(self) -> bool:
        """Whether a chunk can still be demanded."""
        late = self.phase == "Challenge" and is_past(self.round.takeover, self.clock)
        return self.can_dispute and not late

    def target_of(self, dispute: Dispute) -> Submission | None:
        """The submission that a dispute is about; None for the aggregate's."""
        return self.submissions.get(dispute.target) if dispute.target is not None else None

    def is_moot(self, dispute: Dispute) -> bool:
        """Whether what it is about has fallen already."""
        return dispute.is_moot(self.round, self.target_of(dispute))

    def original_of(self, copy: Pubkey) -> Pubkey | None:
        """The earliest submission with the same root as a submission; None if that is itself."""
        one = self.submissions[copy]
        same = [
            (place_in_line(other), key)
            for key, other in self.submissions.items()
            if other.revealed and (other.root, other.norm_squared) == (one.root, one.norm_squared)
        ]
        first = min(same)[1]
        return None if first == copy else first


async def read_scene(chain: Chain, ref: FederationRef, now: Snapshot) -> Scene:
    """Reads all of the newest round's submissions and disputes.

    Raises ValueError without a round.
    """
    if now.round is None:
        raise ValueError("there is no round to look at")
    address = round_address(ref.address, now.round.number)
    listed = await list_submissions(chain, round_=address)
    by_address = {submission_address(address, one.participant): one for one in listed}
    disputes = await list_disputes(chain, address)
    return Scene(now.federation, now.round, address, now.clock, by_address, disputes)
