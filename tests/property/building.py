"""From a step of the reference to the instruction that asks the program for it."""

from __future__ import annotations

from dataclasses import replace

from solders.instruction import Instruction

from fedsol.program import instructions as build
from fedsol.program.commitment import Update, commitment
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.instructions.federation import NewFederation
from fedsol.program.params import (
    Params,
    Window,
    masked,
    mean,
    median,
    multi_krum,
    trimmed_mean,
    weighted,
)
from tests.property.building_disputes import BuildsDisputes
from tests.property.building_scoring import BuildsScoring
from tests.property.model import Rules, Step, digest
from tests.property.names import address, last_of, reference_of, tokens_of
from tests.property.reference_masked import shares_of
from tests.property.reference_rounds import posted_by, salt_of
from tests.property.updates import BITS, first_model, update_of

# What breaks a new federation, by the word of the reference.
_BROKEN: dict[str, dict[str, object]] = {
    "window": {"reveal": Window(0, 1)},
    "unbonding": {"unbonding": Window(30, 10_000)},
    "submissions": {"min_submissions": 9, "max_submissions": 8},
    "stake": {"min_stake": 0},
    "bond": {"aggregator_bond": 0},
    "claim bond": {"challenge_bond": 0},
    "dispute": {"dispute": Window(1, 0)},
    "evaluators": {
        # Under masks nobody scores at all, which would be refused first.
        **{"score": Window(1, 1), "rule": mean()},
        **{"min_evaluators": 3, "max_evaluators": 2},
    },
    "scoring": {"score_floor": 10_001},
    "fraud": {"fraud_bps": 99},
    "bits": {"update_bits": 25},
    "norm": {"max_norm_squared": 0},
    "trim": {"rule": trimmed_mean(2)},
    "lr": {"lr_den": 0},
    "rate": {"no_reveal_bps": 10_001},
    "split": {"finder_bps": 5_001},
}


def rule_of(rules: Rules) -> AggregationRuleKind:
    """The program's name of a rule."""
    known = {"mean": mean(), "median": median(), "weighted": weighted(), "masked": masked()}
    known["multi_krum"] = multi_krum(0, rules.keep)
    return known.get(rules.rule, trimmed_mean(rules.trim))


def params_of(rules: Rules) -> Params:
    """The program's parameters for the reference's rules."""
    return Params(
        commit=Window(*rules.commit),
        reveal=Window(*rules.reveal),
        score=Window(*rules.score),
        aggregate=Window(*rules.aggregate),
        challenge=Window(*rules.challenge),
        dispute=Window(*rules.dispute),
        unbonding=Window(*rules.unbonding),
        min_submissions=rules.min_submissions,
        max_submissions=rules.max_submissions,
        min_stake=rules.min_stake,
        aggregator_bond=rules.bond,
        challenge_bond=rules.claim_bond,
        round_reward=rules.reward,
        max_norm_squared=rules.norm,
        qmax=rules.qmax,
        frac_bits=BITS[0],
        update_bits=BITS[1],
        rule=rule_of(rules),
        min_evaluators=rules.min_evaluators,
        max_evaluators=rules.max_evaluators,
        evaluator_bps=rules.evaluator_pay,
        score_floor=rules.floor,
        score_band=rules.band,
        audit_one_in=rules.audit_one_in,
        no_reveal_bps=rules.rate,
        evaluator_slash_bps=rules.evaluator_rate,
        fraud_bps=rules.fraud,
        round_cap_bps=rules.cap,
        finder_bps=rules.finder,
        treasury_bps=rules.treasury,
    )


class Builder(BuildsScoring, BuildsDisputes):
    """Instructions for steps, under the rules that federations are created with."""

    def __init__(self, rules: dict[str, Rules], genesis: bytes) -> None:
        self.rules = rules
        self.genesis = genesis

    def instruction(self, step: Step) -> Instruction:
        """The instruction that the step's actor signs."""
        made: Instruction = getattr(self, f"_{step.name}")(step)
        return made

    def _federation_create(self, step: Step) -> Instruction:
        params = replace(params_of(self.rules[step.fed]), **_BROKEN.get(step.word, {}))  # type: ignore[arg-type]
        ref = reference_of(step.fed, step.actor)
        new = NewFederation(
            name=f"{step.fed} " if step.word == "name" else step.fed,
            genesis=self.genesis,
            architecture_hash=digest("architecture"),
            agreement_hash=digest("good"),
            model_root=first_model(step.fed, self.rules[step.fed]).root,
            model_artifact=digest("first artifact", step.fed),
            parameter_count=0 if step.word == "count" else self.rules[step.fed].parameters,
            params=params,
        )
        return build.federation_create(ref.creator, new, stake=ref.stake, reward=ref.reward)

    def _federation_fund(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.federation_fund(ref, me, step.amount, tokens=tokens_of(step))

    def _federation_pause(self, step: Step) -> Instruction:
        return build.federation_pause(reference_of(step.fed, step.actor), step.flag)

    def _federation_close(self, step: Step) -> Instruction:
        return build.federation_close(reference_of(step.fed, step.actor))

    def _participant_register(self, step: Step) -> Instruction:
        agreement, me = digest(step.word), address(step.actor)
        return build.participant_register(
            address(step.fed), me, agreement=agreement, roles=step.roles
        )

    def _participant_close(self, step: Step) -> Instruction:
        closer = address(step.actor)
        return build.participant_close(address(step.fed), address(step.who), closer=closer)

    def _stake_deposit(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.stake_deposit(ref, me, step.amount, tokens=tokens_of(step))

    def _stake_unbond(self, step: Step) -> Instruction:
        me, last = address(step.actor), last_of(step)
        return build.stake_unbond(address(step.fed), me, step.amount, last_aggregator=last)

    def _stake_withdraw(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.stake_withdraw(ref, me, tokens=tokens_of(step))

    def _round_open(self, step: Step) -> Instruction:
        shown = address(f"{step.fed}/{step.who}") if step.who else None
        me = address(step.actor)
        return build.round_open(address(step.fed), me, step.number, participant=shown)

    def _round_commit(self, step: Step) -> Instruction:
        fed, me = address(step.fed), address(step.actor)
        salt = salt_of(step, self.rules[step.fed])
        made = commitment(self.place(step), self._update(step), salt)
        return build.round_commit(fed, step.number, me, made)

    def _round_join(self, step: Step) -> Instruction:
        fed, me = address(step.fed), address(step.actor)
        return build.round_join(fed, step.number, me, salt_of(step, self.rules[step.fed]))

    def _round_share(self, step: Step) -> Instruction:
        fed, me = address(step.fed), address(step.actor)
        return build.round_share(fed, step.number, me, shares_of(step))

    def _round_object(self, step: Step) -> Instruction:
        fed, me = address(step.fed), address(step.actor)
        poster = address(step.aggregator or step.actor)
        return build.round_object(fed, step.number, me, poster)

    def _update(self, step: Step) -> Update:
        author = step.who or step.actor
        made = update_of(step.fed, step.number, author, step.word, self.rules[step.fed])
        return Update(made.root, made.norm, digest("artifact", made.root, made.norm))

    def _round_reveal(self, step: Step) -> Instruction:
        update, me = self._update(step), address(step.actor)
        salt = salt_of(step, self.rules[step.fed])
        return build.round_reveal(address(step.fed), step.number, me, update, salt)

    def _round_advance(self, step: Step) -> Instruction:
        return build.round_advance(address(step.fed), step.number)

    def _round_aggregate(self, step: Step) -> Instruction:
        root, me = posted_by(step).root, address(step.actor)
        chosen = step.choice.root if step.choice else b""
        return build.round_aggregate(
            address(step.fed),
            step.number,
            me,
            model_root=root,
            model_artifact=digest(root),
            accepted=step.amount or None,
            selection=(chosen, digest(chosen)) if chosen else None,
        )

    def _round_settle(self, step: Step) -> Instruction:
        person = address(f"{step.fed}/{step.who}")
        return build.round_settle(address(step.fed), step.number, person)

    def _round_abort(self, step: Step) -> Instruction:
        return build.round_abort(address(step.fed), step.number)

    def _fault_no_reveal(self, step: Step) -> Instruction:
        return build.fault_no_reveal(
            reference_of(step.fed, step.actor),
            step.number,
            address(step.actor),
            address(f"{step.fed}/{step.who}"),
            last_aggregator=last_of(step),
            tokens=tokens_of(step),
        )

    def _reward_claim(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.reward_claim(ref, step.number, me, tokens=tokens_of(step))

    def _submission_close(self, step: Step) -> Instruction:
        return build.submission_close(address(step.fed), step.number, address(step.who))

    def _round_close(self, step: Step) -> Instruction:
        return build.round_close(address(step.fed), step.number, address(step.who))
