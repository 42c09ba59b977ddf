"""I7, state by state: whatever a round has come to, a stranger with no key but her own ends it.

Eve is in no federation here, has no role and no stake. She cranks, waits, and cranks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.property.model import Step
from tests.property.moves import allowed
from tests.property.proving import pieces
from tests.property.scenes import PEOPLE, SCORED, STRANGER, Scene
from tests.property.state import Dispute
from tests.property.updates import plant_amplitude

# What anybody may do about a round; nothing of it asks for a role.
CRANKS = (
    "round_advance",
    "submission_score",
    "challenge_resolve",
    "challenge_expire",
    "challenge_close",
    "round_settle",
    "round_abort",
)
UNSCORED = replace(SCORED, score=(0, 0))

Making = Callable[[Scene], None]


def commit(scene: Scene) -> None:
    """Nobody has committed."""
    scene.open()


def reveal(scene: Scene) -> None:
    """Nobody has revealed."""
    scene.open()
    scene.do("alice", "round_commit")
    scene.advance()


def revealed(scene: Scene) -> None:
    """Enough have revealed."""
    reveal(scene)
    scene.do("alice", "round_reveal")


def score(scene: Scene) -> None:
    """The beacon is not drawn."""
    scene.open()
    scene.train(silent=("dave",), alice="good", bob="good", carol="good")


def forgotten(scene: Scene) -> None:
    """The cluster has forgotten the slot of the beacon."""
    score(scene)
    scene.driver.pass_time(400, 600)


def drawn(scene: Scene) -> None:
    """No evaluator has committed."""
    score(scene)
    scene.draw()


def seated(scene: Scene) -> None:
    """An evaluator has committed."""
    drawn(scene)
    scene.commit_scores("alice", "fair")


def score_reveal(scene: Scene) -> None:
    """No evaluator has shown its scores."""
    seated(scene)
    scene.advance()


def tally(scene: Scene) -> None:
    """No submission has its score."""
    scene.open()
    scene.train(alice="good", bob="lying", carol="copy alice", dave="good")
    scene.evaluate(silent=("dave",), alice="fair", bob="wild")


def aggregate(scene: Scene) -> None:
    """Nobody has aggregated."""
    tally(scene)
    scene.tally()


def challenge(scene: Scene) -> None:
    """An aggregate stands."""
    aggregate(scene)
    scene.aggregate()


def reopened(scene: Scene) -> None:
    """An aggregate has fallen, with a copy that it had counted."""
    challenge(scene)
    scene.resolve(scene.claim(STRANGER, "CopiedUpdate", "carol"))


def no_quorum(scene: Scene) -> None:
    """So many updates have fallen that there is nothing to aggregate."""
    aggregate(scene)
    scene.resolve(_proved(scene, scene.claim(STRANGER, "LyingNorm", "bob")))
    scene.resolve(scene.claim(STRANGER, "CopiedUpdate", "carol"))
    assert not scene.round.quorum


def _proved(scene: Scene, dispute: Dispute) -> Dispute:
    scene.prove(dispute)
    return dispute


def begun(scene: Scene, dispute: Dispute) -> None:
    """Shows a chunk and the first record of its path."""
    forms = pieces(scene.here, scene.number, dispute)
    part, whose, proof = next(form for form in forms if form[2].label == "begun")
    who = whose if dispute.kind != "Unavailable" else dispute.challenger
    name = "demand_answer" if dispute.kind == "Unavailable" else "challenge_append"
    actor = dispute.accused if dispute.kind == "Unavailable" else dispute.challenger
    accused = f"A/{dispute.accused}" if dispute.kind == "Unavailable" else ""
    scene.do(actor, name, who, target=dispute.target, part=part, proof=proof, accused=accused)


def claimed(before: Making, kind: str, target: str, *, how: str = "", place: int = 0) -> Making:
    """A state with a claim or a demand, with some evidence or an answer: none, begun, whole."""

    def make(scene: Scene) -> None:
        before(scene)
        if kind == "Unavailable":
            dispute = scene.demand("dave", target, place)
        else:
            dispute = scene.claim("dave", kind, target, place)
        if how == "begun":
            begun(scene, dispute)
        elif how == "whole" and kind == "Unavailable":
            scene.answer(dispute)
        elif how == "whole":
            scene.prove(dispute)

    return make


def planted(scene: Scene) -> None:
    """Somebody has told that it planted, and it is challenged."""
    for owner in ("alice", "bob"):
        scene.do(owner, "audit_arm", word="s1")
    scene.open()
    scene.train(carol="good", bob="good")
    scene.evaluate(carol="fair", bob="fair")
    scene.tally()
    scene.aggregate()
    scene.settle()
    scene.open()
    scene.train(alice="plant s1", bob="good", carol="good")
    scene.evaluate(alice="fair", carol="fair")
    loud = plant_amplitude(scene.rules)
    for owner in ("alice", "bob"):
        scene.do(owner, "audit_reveal", word="s1", amount=loud)
        scene.prove(scene.claim(STRANGER, "FalsePlant", owner))


def moot(scene: Scene) -> None:
    """Two have claimed the same, and one of them was faster."""
    aggregate(scene)
    late = scene.claim("dave", "LyingNorm", "bob")
    scene.resolve(_proved(scene, scene.claim(STRANGER, "LyingNorm", "bob")))
    assert late.verdict == "Open"


PHASES = (commit, reveal, score, score_reveal, tally, aggregate, challenge)
OTHERS = (revealed, forgotten, drawn, seated, reopened, no_quorum, planted, moot)
STATES: dict[str, Making] = {make.__name__: make for make in PHASES + OTHERS} | {
    "claim while scores are committed": claimed(drawn, "LyingNorm", "alice", how="begun"),
    "claim while scores are counted": claimed(tally, "LyingNorm", "bob", how="whole"),
    "demand while scores are counted": claimed(tally, "Unavailable", "alice"),
    "claim before the aggregate": claimed(aggregate, "CopiedUpdate", "carol"),
    "wrong claim of a copy": claimed(challenge, "CopiedUpdate", "alice"),
    "true claim of a copy": claimed(challenge, "CopiedUpdate", "carol"),
    "norm, without evidence": claimed(challenge, "LyingNorm", "alice"),
    "norm, refuted": claimed(challenge, "LyingNorm", "alice", how="whole"),
    "norm, proved": claimed(challenge, "LyingNorm", "bob", how="whole"),
    "aggregate, without evidence": claimed(challenge, "WrongAggregate", ""),
    "aggregate, begun": claimed(challenge, "WrongAggregate", "", how="begun"),
    "aggregate, whole": claimed(challenge, "WrongAggregate", "", how="whole", place=199),
    "aggregate, padding": claimed(challenge, "WrongAggregate", "", how="whole", place=201),
    "demand, unanswered": claimed(challenge, "Unavailable", "alice"),
    "demand, half answered": claimed(challenge, "Unavailable", "alice", how="begun"),
    "demand, answered": claimed(challenge, "Unavailable", "alice", how="whole"),
    "demand for the aggregate, unanswered": claimed(challenge, "Unavailable", ""),
    "demand for the aggregate, answered": claimed(challenge, "Unavailable", "", how="whole"),
}


def prepared(name: str) -> Scene:
    """A state, with four people, of whom a quorum needs three."""
    scene = Scene(replace(SCORED, min_submissions=3 if name == "no_quorum" else 1))
    scene.gather(*PEOPLE)
    STATES[name](scene)
    assert STRANGER not in scene.here.people
    return scene


def stranger_ends(scene: Scene) -> list[Step]:
    """Cranks and waits until the round has ended and nothing is disputed; what was done."""
    driver, done = scene.driver, len(scene.driver.history)
    for _ in range(8):
        for name in CRANKS:
            while steps := _possible(scene, name):
                driver.must(steps[0])
        driver.pass_time(100, 100)
    assert scene.round.ended, scene.round.phase
    assert not scene.here.disputes
    return driver.history[done:]


def _possible(scene: Scene, name: str) -> list[Step]:
    return allowed(scene.driver.reference, scene.driver.world.now(), name, (STRANGER,))


@pytest.mark.parametrize("name", STATES)
def test_a_stranger_ends_every_round_whatever_it_has_come_to(name: str) -> None:
    done = stranger_ends(prepared(name))
    assert {step.actor for step in done} == {STRANGER}


@pytest.mark.parametrize("name", ["commit", "drawn", "tally", "challenge", "demand, answered"])
def test_a_pause_stops_nothing_of_it(name: str) -> None:
    scene = prepared(name)
    scene.do("alice", "federation_pause", flag=True)
    stranger_ends(scene)


@pytest.mark.parametrize("score_window", [True, False])
def test_a_round_that_nobody_touches_ends(score_window: bool) -> None:
    scene = Scene(SCORED if score_window else UNSCORED)
    scene.gather(*PEOPLE)
    scene.open()
    scene.train(alice="good", bob="good")
    assert [step.name for step in stranger_ends(scene)][-1] == "round_abort"


def test_the_states_are_every_phase_that_can_move() -> None:
    phases = {prepared(make.__name__).round.phase for make in PHASES}
    running = {"Commit", "Reveal", "Score", "ScoreReveal", "Tally", "Aggregate", "Challenge"}
    assert phases == running
