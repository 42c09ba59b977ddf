"""The disputes that a watcher began: what they cost, how they ended and what they brought."""

from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.log import get_logger
from fedsol.roles.claims import Claim, Doubt
from fedsol.roles.disputes import DEMANDS, Dispute, place_of
from fedsol.roles.notebook import Entry, Notebook
from fedsol.roles.outcomes import Ended
from fedsol.roles.scene import Scene
from fedsol.roles.watch_metrics import WatchMetrics

log = get_logger(__name__)


@dataclass(frozen=True)
class Docket:
    """The disputes of one challenger.

    ``budget`` bounds the stake tokens (token units) that are in bonds at once; for demands, whose
    bonds can be lost, also together with those that were lost in the same round.
    """

    challenger: Pubkey
    budget: int
    notebook: Notebook
    metrics: WatchMetrics

    def is_mine(self, dispute: Dispute) -> bool:
        """Whether the challenger began it."""
        return bool(dispute.account.challenger == self.challenger)

    def mine(self, scene: Scene, target: Pubkey | None) -> Dispute | None:
        """The challenger's dispute about a target, also a decided one whose account is there."""
        found = (one for one in scene.disputes if self.is_mine(one) and one.target == target)
        return next(found, None)

    def posted(self, scene: Scene) -> int:
        """The bonds that are posted now. Token units."""
        return sum(one.account.bond for one in scene.disputes if self.is_mine(one) and one.is_open)

    def review(self, scene: Scene) -> None:
        """Notes what is on chain and not in the notebook: another process of this key began it."""
        for one in scene.disputes:
            if self.is_mine(one) and one.is_open and self.entry_of(one) is None:
                account = one.account
                self.notebook.intend(
                    Entry(
                        str(one.address),
                        str(account.target),
                        account.attempt,
                        account.kind.kind,
                        one.place,
                        account.bond,
                    )
                )
        self.metrics.bonds.set(self.posted(scene))

    def entry_of(self, dispute: Dispute) -> Entry | None:
        """The open entry of a dispute."""
        opened = (one for one in self.notebook.entries if one.outcome == "open")
        return next((one for one in opened if one.is_of(dispute)), None)

    def missing(self, scene: Scene) -> list[Entry]:
        """Open entries whose dispute is not on chain: never begun, or ended and closed."""
        return [
            entry
            for entry in self.notebook.entries
            if entry.outcome == "open" and not any(entry.is_of(one) for one in scene.disputes)
        ]

    def can_afford(self, scene: Scene, claim: Claim) -> bool:
        """Whether a claim's bond is within the budget."""
        lost = self.notebook.lost if isinstance(claim, Doubt) else 0
        return self.posted(scene) + lost + price_of(scene, claim) <= self.budget

    def begin(self, scene: Scene, claim: Claim, dispute: Pubkey) -> Entry:
        """Notes an intention, before anything is sent."""
        if isinstance(claim, Doubt):
            kind, place = DEMANDS[claim.of_selection], claim.chunk
        else:
            kind, place = claim.kind.kind, place_of(claim.kind)
        target = str(claim.target or scene.address)
        entry = Entry(
            str(dispute), target, scene.round.attempt, kind, place, price_of(scene, claim)
        )
        self.notebook.intend(entry)
        return entry

    def began(self, entry: Entry) -> None:
        """Counts what was begun."""
        if entry.kind in DEMANDS:
            self.metrics.demands.inc()
        else:
            self.metrics.opened.labels(entry.kind).inc()

    def end(self, entry: Entry, ended: Ended) -> None:
        """Notes and counts how a dispute ended."""
        self.notebook.end(entry, ended.outcome)
        if ended.outcome == "won":
            self.metrics.won.labels(entry.kind).inc()
            self.metrics.tokens_won.inc(ended.gained)
        elif ended.outcome == "lost":
            self.metrics.lost.labels(entry.kind).inc()
            self.metrics.tokens_lost.inc(entry.bond)
        log.info(
            f"dispute_{ended.outcome}",
            kind=entry.kind,
            target=entry.target,
            place=entry.place,
            bond=entry.bond,
            gained=ended.gained,
        )


def price_of(scene: Scene, claim: Claim) -> int:
    """The bond that a claim takes: each further demand on a target costs as much more."""
    bond = int(scene.round.params.challenge_bond)
    if not isinstance(claim, Doubt):
        return bond
    target = scene.submissions[claim.target] if claim.target is not None else scene.round
    return bond * (int(target.demands) + 1)
