"""A scripted federation whose evaluators score, and whose members break every rule once.

Its model has a million parameters, so that paths are as long as they usually are. Its first round
is honest; in the second one trainer's plant is no noise, one copies, one lies about its norm, an
evaluator is silent, and the first aggregator posts a wrong model.
"""

from collections.abc import Iterator
from itertools import chain as joined

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from benchmarks.lone_path import LonePath, model_path, update_path
from benchmarks.stage import (
    CREATOR,
    GENESIS,
    REWARD,
    STAKE,
    Move,
    Stage,
    blind_update,
    digest,
    key,
    new_federation,
    reference,
    salt,
)
from fedsol.learning import Mean, Scale, judge_coordinate
from fedsol.learning.merkle import MODEL_VALUES, UPDATE_VALUES
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.commitment import Update, audit_commitment, scores_commitment
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from fedsol.program.params import Params, window

PARAMETERS = 1_000_000
COORDINATE = PARAMETERS // 3
CHUNK = COORDINATE // UPDATE_VALUES
MODEL_CHUNK = COORDINATE // MODEL_VALUES
GOOD = 8_000
FAY, HAN, COR, LEO, EVA, EDA = (key(name) for name in ("fay", "han", "cor", "leo", "eva", "eda"))
ROLES = {
    FAY: TRAINER,
    HAN: TRAINER | AGGREGATOR,
    COR: TRAINER,
    LEO: TRAINER,
    EVA: EVALUATOR | AGGREGATOR,
    EDA: EVALUATOR,
}
TRAINERS = (FAY, HAN, COR, LEO)
STAGE = Stage(reference("scored"))
_REF, _ADDRESS, _CHALLENGER = STAGE.ref, STAGE.ref.address, CREATOR.pubkey()
_SECRET = digest("what fay arms herself with")
_VALUE, _BASE = 57, 40_000
UPDATES = {
    FAY: update_path(PARAMETERS, COORDINATE, 1, seed=b"no noise"),
    HAN: update_path(PARAMETERS, COORDINATE, _VALUE, seed=b"honest"),
    COR: update_path(PARAMETERS, COORDINATE, _VALUE, seed=b"honest"),
    LEO: update_path(PARAMETERS, COORDINATE, 2, seed=b"a lie", lie=1),
}
BASE = model_path(PARAMETERS, COORDINATE, _BASE, seed=b"base")


def moves(seconds: int) -> Iterator[Move]:
    """The federation's life; its windows are ten times ``seconds`` long, for all that happens."""
    rules = Params.local(
        seconds=10 * seconds,
        score=window(10 * seconds),
        unbonding=window(200 * seconds),
        round_reward=1_001,
        min_submissions=1,
        max_evaluators=2,
        audit_one_in=1,
    )
    return joined(_founding(rules), _first_round(), _second_round(rules))


def _founding(rules: Params) -> Iterator[Move]:
    new = new_federation(rules, name="scored", parameters=PARAMETERS)
    create = ix.federation_create(_CHALLENGER, new, stake=STAKE, reward=REWARD)
    yield STAGE.move("federation_create", create)
    yield STAGE.move("federation_fund", ix.federation_fund(_REF, _CHALLENGER, 4_000))
    for who, roles in ROLES.items():
        yield from STAGE.joining(who, roles)
    hidden = audit_commitment(GENESIS, _ADDRESS, STAGE.person(FAY), _SECRET)
    yield STAGE.move("audit_arm", ix.audit_arm(_ADDRESS, FAY.pubkey(), hidden), FAY)


def _first_round() -> Iterator[Move]:
    updates = {who: blind_update(who) for who in TRAINERS}
    yield from _submitted(1, updates)
    yield from (_score_commit(who, 1) for who in (EVA, EDA))
    yield STAGE.advance(1, "ScoreReveal")
    yield from (_score_reveal(who, 1) for who in (EVA, EDA))
    yield STAGE.advance(1, "Tally", after="")
    scored = [_submission_score(who, 1, (EVA, EDA)) for who in TRAINERS]
    yield STAGE.move("submission_score", scored[0].instruction, after="deadline")
    yield from scored[1:]
    yield STAGE.advance(1, "Aggregate", after="")
    # Whom the beacon chose is not known here: after the window anybody on the list may post.
    yield STAGE.aggregate(HAN, 1, BASE.root.hash, after="deadline")
    settle = ix.round_settle(_ADDRESS, 1, STAGE.person(HAN))
    yield STAGE.move("round_settle", settle, after="deadline")
    yield from STAGE.paid(HAN, 1)
    claim = ix.evaluation_claim(_REF, 1, EVA.pubkey())
    yield STAGE.move("evaluation_claim", claim, EVA)
    close = ix.evaluation_close(_ADDRESS, 1, EVA.pubkey())
    yield STAGE.move("evaluation_close", close, EVA)


def _second_round(rules: Params) -> Iterator[Move]:
    updates = {who: _as_update(path) for who, path in UPDATES.items()}
    yield from _submitted(2, updates)
    yield from (_score_commit(who, 2) for who in (EVA, EDA))
    yield STAGE.advance(2, "ScoreReveal")
    yield _score_reveal(EVA, 2)
    yield STAGE.advance(2, "Tally")
    yield from _against_people()
    score = _submission_score(HAN, 2, (EVA,)).instruction
    yield STAGE.move("submission_score", score, after="deadline")
    yield STAGE.advance(2, "Aggregate", after="")
    yield from _against_the_aggregate(rules)


def _submitted(number: int, updates: dict[Keypair, Update]) -> Iterator[Move]:
    """A round up to its beacon."""
    yield STAGE.move("round_open", ix.round_open(_ADDRESS, _CHALLENGER, number))
    yield from (STAGE.commit(who, number, update) for who, update in updates.items())
    yield STAGE.advance(number, "Reveal")
    yield from (STAGE.reveal(who, number, update) for who, update in updates.items())
    yield STAGE.advance(number, "Score")
    yield STAGE.advance(number, "Score, the beacon", after="beacon")


def _against_people() -> Iterator[Move]:
    audit = ix.audit_reveal(_ADDRESS, 2, FAY.pubkey(), _SECRET, 100)
    yield STAGE.move("audit_reveal", audit, FAY)
    silent = ix.fault_evaluator(_REF, 2, _CHALLENGER, STAGE.person(EDA))
    yield STAGE.move("fault_evaluator", silent)
    yield from _proved("false plant", FAY, ix.false_plant(CHUNK))
    yield from _proved("copied update", COR, ix.copied_update())
    yield from _proved("lying norm", LEO, ix.lying_norm(CHUNK))
    yield from _demanded(HAN)


def _against_the_aggregate(rules: Params) -> Iterator[Move]:
    scale = Scale(
        lr_num=rules.lr_num,
        lr_den=rules.lr_den,
        frac_bits=rules.frac_bits,
        update_bits=rules.update_bits,
    )
    wrong = judge_coordinate(_BASE, [_VALUE], [1], Mean(), scale) + 1
    posted = model_path(PARAMETERS, COORDINATE, wrong, seed=b"wrong")
    yield STAGE.aggregate(EVA, 2, posted.root.hash, after="deadline")
    opened = ix.challenge_open(_REF, 2, _CHALLENGER, ix.wrong_aggregate(COORDINATE))
    yield STAGE.move("challenge_open", opened)
    han = _submission(HAN, 2)
    shown = ix.challenge_append(
        _ADDRESS, 2, _CHALLENGER, ix.UPDATE,
        chunk=UPDATES[HAN].chunk, siblings=UPDATES[HAN].siblings, submission=han,
    )  # fmt: skip
    yield STAGE.move("challenge_append an update's chunk", shown)
    for part, path in ((ix.BASE, BASE), (ix.POSTED, posted)):
        shown = ix.challenge_append(
            _ADDRESS, 2, _CHALLENGER, part, chunk=path.chunk, siblings=path.siblings
        )
        yield STAGE.move("challenge_append a model's chunk", shown)
    verdict = ix.challenge_resolve(_ADDRESS, 2, _CHALLENGER, STAGE.person(EVA))
    yield STAGE.move("challenge_resolve", verdict)
    close = ix.challenge_close(_REF, 2, _CHALLENGER)
    yield STAGE.move("challenge_close", close)
    yield STAGE.aggregate(HAN, 2, digest("right"), after="deadline")
    yield STAGE.move("challenge_open", opened)
    expire = ix.challenge_expire(_ADDRESS, 2, _CHALLENGER, accused=STAGE.person(HAN))
    yield STAGE.move("challenge_expire", expire, after="dispute")
    yield STAGE.move("challenge_close", close)
    yield STAGE.move("round_settle", ix.round_settle(_ADDRESS, 2, STAGE.person(HAN)))


def _proved(fault: str, who: Keypair, kind: ChallengeKindKind) -> Iterator[Move]:
    """A fault of somebody's submission, from the claim to the payment."""
    target, path = _submission(who, 2), UPDATES[who]
    opened = ix.challenge_open(_REF, 2, _CHALLENGER, kind, target=target)
    yield STAGE.move("challenge_open", opened, proof=fault)
    original = None
    if fault == "copied update":
        original = _submission(HAN, 2)
    else:
        chunk = "a planted chunk" if fault == "false plant" else "an update's chunk"
        shown = ix.challenge_append(
            _ADDRESS, 2, _CHALLENGER, ix.UPDATE,
            chunk=path.chunk, declared=path.declared, siblings=path.siblings,
            target=target, submission=target,
        )  # fmt: skip
        yield STAGE.move(f"challenge_append {chunk}", shown, proof=fault)
    verdict = ix.challenge_resolve(
        _ADDRESS, 2, _CHALLENGER, STAGE.person(who), target=target, original=original
    )
    yield STAGE.move("challenge_resolve", verdict, proof=fault)
    close = ix.challenge_close(_REF, 2, _CHALLENGER, target=target)
    yield STAGE.move("challenge_close", close, proof=fault)


def _demanded(who: Keypair) -> Iterator[Move]:
    """A chunk is demanded and shown."""
    target, path, fault = _submission(who, 2), UPDATES[who], "demand, answered"
    opened = ix.demand_open(_REF, 2, _CHALLENGER, CHUNK, target=target)
    yield STAGE.move("demand_open", opened, proof=fault)
    answer = ix.demand_answer(
        _ADDRESS, 2, who.pubkey(), _CHALLENGER,
        chunk=path.chunk, siblings=path.siblings, target=target,
    )  # fmt: skip
    yield STAGE.move("demand_answer", answer, who, proof=fault)
    verdict = ix.challenge_resolve(_ADDRESS, 2, _CHALLENGER, STAGE.person(who), target=target)
    yield STAGE.move("challenge_resolve", verdict, proof=fault)
    close = ix.challenge_close(_REF, 2, _CHALLENGER, target=target)
    yield STAGE.move("challenge_close", close, proof=fault)


def _score_commit(who: Keypair, number: int) -> Move:
    sealed = scores_commitment(STAGE.place(who, number), _scores(), salt(who))
    commit = ix.score_commit(_ADDRESS, number, who.pubkey(), sealed)
    return STAGE.move("score_commit", commit, who)


def _score_reveal(who: Keypair, number: int) -> Move:
    reveal = ix.score_reveal(_ADDRESS, number, who.pubkey(), _scores(), salt=salt(who))
    return STAGE.move("score_reveal", reveal, who)


def _submission_score(who: Keypair, number: int, evaluators: tuple[Keypair, ...]) -> Move:
    people = [STAGE.person(one) for one in evaluators]
    score = ix.submission_score(_ADDRESS, number, STAGE.person(who), people)
    return STAGE.move("submission_score", score)


def _scores() -> list[int]:
    return [GOOD] * len(TRAINERS)


def _submission(who: Keypair, number: int) -> Pubkey:
    return at.submission_address(at.round_address(_ADDRESS, number), STAGE.person(who))


def _as_update(path: LonePath) -> Update:
    return Update(path.root.hash, path.root.sum, digest("artifact"))
