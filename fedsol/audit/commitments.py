"""Recomputes every commitment from what was shown: updates, scores, secrets of audits.

In a masked round a commitment is its author's channel key, and the key is shown once more in place of
a salt: the update was bound to nothing before.
"""

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Ledger, Round
from fedsol.audit.report import Finding
from fedsol.program.commitment import (
    Place,
    Update,
    audit_commitment,
    commitment,
    may_plant,
    plant_seed,
    scores_commitment_of,
)
from fedsol.program.events import Event


class Commitments:
    """What was shown is what was bound before; ``genesis`` is the cluster's."""

    def __init__(self, genesis: bytes) -> None:
        self.genesis = genesis
        self.shown = Finding("commitments open to what was revealed", "{} recomputed")
        self.plants = Finding("plants were picked by a beacon", "{} recomputed")
        self.bounds = Finding("revealed updates are within the rules", "{} compared")
        self.findings = (self.shown, self.plants, self.bounds)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        round_ = ledger.rounds.get(getattr(event.data, "round", Pubkey.default()))
        if round_ is None:
            return
        match event.name:
            case "RoundRevealed":
                self._update(ledger, round_, event)
            case "ScoreRevealed":
                self._scores(round_, event)
            case "AuditRevealed":
                self._plant(ledger, round_, event)

    def _place(self, round_: Round, event: Event) -> Place:
        return Place(self.genesis, event.data.federation, round_.number, event.data.participant)

    def _update(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data = event.data
        update = Update(bytes(data.root), data.norm_squared, bytes(data.artifact))
        expected = bytes(data.salt)
        if not ledger.is_masked:
            expected = commitment(self._place(round_, event), update, expected)
        found = round_.submissions.get(data.participant)
        self.shown.expect(
            found is not None and found.commitment == expected,
            f"round {round_.number}: {data.participant} revealed another update",
        )
        # Every submission counts the same, in the order in which they were shown; masks have any norm.
        bounded = ledger.is_masked or data.norm_squared <= ledger.params.max_norm_squared
        self.bounds.expect(
            (data.index, data.weight) == (len(round_.shown), 1) and bounded,
            f"round {round_.number}: {data.participant}'s update is beyond the rules",
        )

    def _scores(self, round_: Round, event: Event) -> None:
        data = event.data
        expected = scores_commitment_of(
            self._place(round_, event), bytes(data.scores), bytes(data.salt)
        )
        found = round_.evaluations.get(data.participant)
        self.shown.expect(
            found is not None and found.commitment == expected,
            f"round {round_.number}: {data.participant} revealed other scores",
        )

    def _plant(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, person = event.data, ledger.people.get(event.data.participant)
        secret, place = bytes(data.secret), f"round {round_.number}: {data.participant}"
        armed = person.standing.armed if person is not None else b""
        expected = audit_commitment(self.genesis, data.federation, data.participant, secret)
        self.shown.expect(armed == expected, f"{place} revealed another secret")
        early = person is not None and person.standing.audit_slot < round_.parent_beacon_slot
        one_in = ledger.params.scoring.audit_one_in
        picked = early and may_plant(round_.parent_beacon, secret, one_in)
        self.plants.expect(picked, f"{place} planted without being picked")
        seed = plant_seed(secret, round_.address)
        self.plants.expect(bytes(data.seed) == seed, f"{place} planted from another seed")
