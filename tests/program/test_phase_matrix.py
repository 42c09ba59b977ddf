"""Every instruction in every phase, during its window and after: what is not listed is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fedsol.errors import ProgramError
from fedsol.program import errors
from fedsol.program.instructions import UPDATE, lying_norm
from tests.program import idl
from tests.program.phase_states import DISPUTABLE, ENDED, RUNNING, STATES, answered_by, in_state
from tests.world import Call, World, framework_error, key_of

LEGAL = None
MISSING = framework_error(3012)


def shown_by(who: str) -> Callable[[World, str], Call]:
    """Mallory's evidence about somebody's chunk."""

    def call(world: World, _: str) -> Call:
        assert world.numbers is not None
        update = world.numbers.learnt(who, world.number)
        proof = {"chunk": update.chunk(0), "siblings": update.path(0)}
        declared = update.sum_of(0)
        return world.challenge_append(
            "mallory", UPDATE, declared=declared, target=who, submission=who, **proof
        )

    return call


def measured_of(who: str) -> Callable[[World, str], Call]:
    """Bytes of updates for mallory's challenge of somebody's."""

    def call(world: World, _: str) -> Call:
        made = world.challenge_measure("mallory", 0, bytes(8))
        return made.swap(challenge=world.challenge_at("mallory", who))

    return call


# alice and bob train and reveal (bob has claimed once the round settled), carol commits and keeps
# silent, dan has matured stake and trains not, zoe has nothing in, eve is a stranger. eva and ed
# score (ed has claimed), eli commits to scores and keeps silent, emil could score. mallory has
# challenged bob, and frank has demanded a chunk of his: open or decided, where there are disputes.
CALLS: dict[str, Callable[[World, str], Call]] = {
    "federation_create": lambda w, _: w.federation_create(name="another"),
    "federation_fund": lambda w, _: w.federation_fund("eve", 5),
    "federation_pause": lambda w, _: w.federation_pause(),
    "federation_close": lambda w, _: w.federation_close(),
    "participant_register": lambda w, _: w.participant_register("eve"),
    "participant_close": lambda w, _: w.participant_close("zoe"),
    "stake_deposit": lambda w, _: w.stake_deposit("dan", 5),
    "stake_unbond": lambda w, _: w.stake_unbond("alice", 5),
    "stake_withdraw": lambda w, _: w.stake_withdraw("dan"),
    "round_open": lambda w, _: w.round_open(),
    "round_commit": lambda w, _: w.round_commit("dan"),
    "round_join": lambda w, _: w.round_join("dan"),
    "round_share": lambda w, _: w.round_share("carol"),
    "round_reveal": lambda w, _: w.round_reveal("carol"),
    "round_advance": lambda w, _: w.round_advance(),
    "score_commit": lambda w, _: w.score_commit("emil"),
    "score_reveal": lambda w, _: w.score_reveal("eli"),
    "audit_arm": lambda w, _: w.audit_arm("alice"),
    "audit_reveal": lambda w, _: w.audit_reveal("alice"),
    "submission_score": lambda w, _: w.submission_score("alice"),
    "round_aggregate": lambda w, who: w.round_aggregate(who, model=(b"r" * 32, b"a" * 32)),
    "round_object": lambda w, who: w.round_object("alice", who),
    "challenge_open": lambda w, _: w.challenge_open("eve", lying_norm(0), target="alice"),
    "challenge_append": shown_by("bob"),
    "challenge_measure": measured_of("bob"),
    "challenge_resolve": lambda w, _: w.challenge_resolve("mallory", "bob", target="bob"),
    "challenge_expire": lambda w, _: w.challenge_expire("mallory", "bob", target="bob"),
    "challenge_close": lambda w, _: w.challenge_close("mallory", target="bob"),
    "demand_open": lambda w, _: w.demand_open("eve", 0, target="alice"),
    "demand_answer": answered_by("bob"),
    "round_settle": lambda w, who: w.round_settle(who),
    "round_abort": lambda w, _: w.round_abort(),
    "fault_no_reveal": lambda w, _: w.fault_no_reveal("eve", "carol"),
    "fault_evaluator": lambda w, _: w.fault_evaluator("eve", "eli"),
    "reward_claim": lambda w, _: w.reward_claim("alice"),
    "evaluation_claim": lambda w, _: w.evaluation_claim("eva"),
    "evaluation_close": lambda w, _: w.evaluation_close("ed"),
    "submission_close": lambda w, _: w.submission_close("bob"),
    "round_close": lambda w, _: w.round_close(),
}

Expected = type[ProgramError] | None
Table = dict[str, Expected]


def always(what: Expected) -> Table:
    """The same in every state."""
    return dict.fromkeys(STATES, what)


def in_phases(phases: tuple[str, ...], what: Expected) -> Table:
    """The same in all states of these phases."""
    return {state: what for state in STATES if state.split()[0] in phases}


def moments(moment: str, what: Expected) -> Table:
    """The same in all states of this kind."""
    return {state: what for state in STATES if state.split()[1] == moment}


def only_during(phase: str, elsewhere: Expected = errors.WrongPhase) -> Table:
    """Legal while one phase lasts."""
    late = dict.fromkeys((f"{phase} after", f"{phase} disputed"), errors.DeadlinePassed)
    return (
        always(elsewhere)
        | {f"{phase} during": LEGAL}
        | {s: e for s, e in late.items() if s in STATES}
    )


GONE = moments("emptied", MISSING)
# Before evaluators commit there are no evaluations.
UNSCORED = in_phases(("Commit", "Reveal"), MISSING) | {"Score undrawn": MISSING}
DISPUTED = in_phases(DISPUTABLE, LEGAL) | {
    state: errors.DeadlinePassed
    for phase in DISPUTABLE
    for state in (f"{phase} after", f"{phase} disputed", "Tally scored")
}

EXPECTED: dict[str, Table] = {
    "federation_create": always(LEGAL),
    "federation_fund": always(LEGAL),
    "federation_pause": always(LEGAL),
    "federation_close": always(errors.FederationInUse),
    "participant_register": always(LEGAL),
    "participant_close": always(LEGAL),
    "stake_deposit": always(LEGAL),
    "stake_unbond": always(LEGAL),
    "stake_withdraw": always(LEGAL),
    "round_open": in_phases(RUNNING, errors.RoundActive) | in_phases(ENDED, LEGAL),
    "round_commit": only_during("Commit"),
    # The round is an open one: nobody joins it, nobody shares in it, and nobody objects.
    "round_join": always(errors.ModeMismatch),
    "round_share": always(errors.WrongPhase),
    "round_reveal": only_during("Reveal"),
    "round_advance": always(errors.WrongPhase)
    | in_phases(RUNNING[:4], LEGAL)
    | {f"{phase} during": errors.DeadlineNotPassed for phase in RUNNING[:5]}
    | {"Tally after": errors.ScoresMissing, "Tally disputed": errors.ScoresMissing}
    | {"Tally scored": LEGAL},
    "score_commit": only_during("Score") | {"Score undrawn": errors.BeaconNotDrawn},
    "score_reveal": only_during("ScoreReveal") | UNSCORED | GONE,
    "audit_arm": always(LEGAL),
    "audit_reveal": only_during("Tally") | {"Tally scored": errors.DeadlinePassed} | GONE,
    "submission_score": always(errors.WrongPhase)
    | {"Tally during": errors.DeadlineNotPassed, "Tally after": LEGAL, "Tally disputed": LEGAL}
    | {"Tally scored": errors.WrongSubmissionStatus}
    | GONE,
    "round_aggregate": only_during("Aggregate"),
    "round_object": always(errors.WrongAggregator)
    | in_phases(("Challenge", "Settled"), errors.ModeMismatch)
    | GONE,
    "challenge_open": always(errors.WrongPhase) | DISPUTED | GONE,
    # Once a round has ended, the dispute in it was decided; the submission may be gone.
    "challenge_append": always(MISSING)
    | moments("disputed", LEGAL)
    | in_phases(ENDED, errors.ChallengeDecided)
    | GONE,
    # Mallory's challenge is about no distance.
    "challenge_measure": always(MISSING)
    | moments("disputed", errors.EvidenceNotAsked)
    | in_phases(ENDED, errors.ChallengeDecided)
    | GONE,
    "challenge_resolve": always(MISSING)
    | moments("disputed", errors.EvidenceMissing)
    | in_phases(ENDED, errors.ChallengeDecided)
    | GONE,
    "challenge_expire": always(MISSING)
    | moments("disputed", errors.DeadlineNotPassed)
    | in_phases(ENDED, errors.ChallengeDecided)
    | GONE,
    "challenge_close": always(MISSING)
    | moments("disputed", errors.ChallengeUndecided)
    | in_phases(ENDED, LEGAL)
    | GONE,
    "demand_open": always(errors.WrongPhase) | DISPUTED | GONE,
    "demand_answer": always(MISSING)
    | moments("disputed", LEGAL)
    | in_phases(ENDED, errors.ChallengeDecided)
    | GONE,
    # Before an aggregate is posted, no account is the one that posted it.
    "round_settle": always(errors.WrongAggregator)
    | {"Challenge during": errors.DeadlineNotPassed, "Challenge after": LEGAL}
    | {"Challenge disputed": errors.DisputesOpen}
    | in_phases(("Settled",), errors.WrongPhase),
    "round_abort": always(errors.WrongPhase)
    | in_phases(("Reveal", "Score", "ScoreReveal"), errors.QuorumReached)
    | {"Aggregate during": errors.DeadlineNotPassed, "Aggregate after": LEGAL}
    | {"Aggregate disputed": errors.DisputesOpen},
    "fault_no_reveal": always(LEGAL) | in_phases(("Commit", "Reveal"), errors.WrongPhase),
    "fault_evaluator": always(LEGAL)
    | in_phases(("Score", "ScoreReveal"), errors.EvaluatorNotAtFault)
    | UNSCORED
    | GONE,
    "reward_claim": always(errors.WrongPhase) | in_phases(("Settled",), LEGAL) | GONE,
    "evaluation_claim": always(errors.WrongPhase)
    | in_phases(("Settled",), LEGAL)
    | UNSCORED
    | GONE,
    "evaluation_close": always(errors.EvaluationInUse) | in_phases(ENDED, LEGAL) | UNSCORED | GONE,
    "submission_close": in_phases(RUNNING, errors.RoundNotEnded)
    | moments("disputed", errors.DisputesOpen)
    | in_phases(ENDED, LEGAL)
    | GONE,
    "round_close": in_phases(RUNNING, errors.RoundNotEnded)
    | in_phases(ENDED, errors.RoundInUse)
    | moments("emptied", LEGAL),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", idl.names())
async def test_an_instruction_is_legal_in_exactly_these_phases(name: str, state: str) -> None:
    assert name in CALLS, f"no call recorded for {name}"
    world, who = await in_state(state)
    call, expected = CALLS[name](world, who), EXPECTED[name][state]
    if expected is LEGAL:
        before = world.snapshot()
        await world.chain.simulate([call.instruction], key_of("bank").pubkey())
        world.assert_only_fees_changed(before)
    else:
        await world.refuses(call, expected)


def test_every_running_phase_can_be_left_once_its_window_is_over() -> None:
    ways = ("round_advance", "round_settle", "round_abort")
    # A tally once all is scored, which anybody may do as soon as its window is over.
    done = {"Tally": "scored"}
    assert EXPECTED["submission_score"]["Tally after"] is LEGAL
    for phase in RUNNING:
        state = f"{phase} {done.get(phase, 'after')}"
        assert any(EXPECTED[way][state] is LEGAL for way in ways), phase
