"""How a round passes in a history: who takes part is chance, and so is who cheats and who claims."""

from __future__ import annotations

from random import Random

from tests.property.driver import Driver
from tests.property.model import Step
from tests.property.state import Round

# In which phase which instruction is whose part.
PARTS = {
    "Commit": "round_commit",
    "Share": "round_share",
    "Reveal": "round_reveal",
    "Score": "score_commit",
    "ScoreReveal": "score_reveal",
    "Tally": "audit_reveal",
}


def part_in(round_: Round) -> str:
    """What people do in a round's phase; empty: nothing, or not at once."""
    if round_.phase == "Commit" and round_.rules.masked:
        return "round_join"
    return PARTS.get(round_.phase, "")


class Phases:
    """Phases pass; whoever inherits brings the chain, and a way to choose steps."""

    driver: Driver

    def _sensible(self, chance: Random, names: tuple[str, ...], fed: str = "") -> None:
        raise NotImplementedError

    def _too_early_or_late(self, chance: Random, fed: str) -> None:
        raise NotImplementedError

    def _phase_passes(self, chance: Random, fed: str) -> None:
        here = self.driver.reference.feds[fed]
        self._too_early_or_late(chance, fed)
        if not here.active:
            self._sensible(chance, ("round_open",), fed)
            return
        round_ = here.rounds[here.round]
        if round_.phase == "Score" and not round_.drawn:
            # The beacon's slot must have been closed.
            self.driver.pass_time(1, 2)
            self._sensible(chance, ("round_advance",), fed)
        else:
            self._people_take_part(chance, fed, round_)
            self._time_is_up(chance, fed, round_)

    def _phase_begins(self, chance: Random, step: Step) -> None:
        """Whoever has waited for a phase does its part."""
        round_ = self.driver.reference.feds[step.fed].rounds[step.number]
        part = part_in(round_)
        if round_.phase == "Commit" and chance.random() < 0.5:
            self._sensible(chance, ("audit_arm",), step.fed)
        for _ in range(chance.choice([4, 4, 3, 3, 3, 2, 0]) if part else 0):
            self._sensible(chance, (part,), step.fed)

    def _people_take_part(self, chance: Random, fed: str, round_: Round) -> None:
        """Whoever comes late, or waits for nobody."""
        if part := part_in(round_):
            self._sensible(chance, (part,), fed)
        if chance.random() < 0.9:
            self._sensible(chance, ("round_aggregate",), fed)
        if round_.phase not in ("Commit", "Share", "Reveal") and chance.random() < 0.5:
            self._people_dispute(chance, fed)

    def _people_dispute(self, chance: Random, fed: str) -> None:
        """Somebody claims or demands something, and may come as far as a verdict with it."""
        for _ in range(chance.choice([1, 1, 2])):
            self._sensible(chance, ("challenge_open", "challenge_open", "demand_open"), fed)
        for _ in range(chance.choice([0, 3, 6, 10])):
            names = ("challenge_append", "challenge_measure", "demand_answer")
            self._sensible(chance, names, fed)
        for name in ("challenge_resolve", "challenge_close") if chance.random() < 0.8 else ():
            self._sensible(chance, (name,), fed)

    def _time_is_up(self, chance: Random, fed: str, round_: Round) -> None:
        reach = self.driver.reach
        if round_.phase == "Aggregate" and self.driver.world.now().passed(round_.deadline):
            reach(*round_.takeover)
        reach(*round_.deadline)
        for dispute in list(self.driver.reference.feds[fed].disputes.values()):
            if dispute.verdict == "Open" and chance.random() < 0.7:
                reach(*dispute.deadline)
                for name in ("challenge_resolve", "challenge_expire"):
                    self._sensible(chance, (name,), fed)
        for _ in range(4 if round_.phase == "Tally" else 0):
            self._sensible(chance, ("submission_score",), fed)
        for name in ("round_advance", "round_abort", "round_settle"):
            self._sensible(chance, (name,), fed)
