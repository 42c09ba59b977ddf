"""From a step of the reference to the instruction that asks the program for it."""

from __future__ import annotations

from dataclasses import replace

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.program import instructions as build
from fedsol.program.commitment import Place, Update, commitment
from fedsol.program.instructions.federation import NewFederation
from fedsol.program.params import Params, Window, trimmed_mean
from tests.property.model import Rules, Step, digest
from tests.property.names import address, reference_of
from tests.property.reference_rounds import new_root_of, salt_of

# What breaks a new federation, by the word of the reference.
_BROKEN: dict[str, dict[str, object]] = {
    "window": {"reveal": Window(0, 1)},
    "unbonding": {"unbonding": Window(30, 10_000)},
    "submissions": {"min_submissions": 9, "max_submissions": 8},
    "stake": {"min_stake": 0},
    "bond": {"aggregator_bond": 0},
    "bits": {"update_bits": 25},
    "norm": {"max_norm_squared": 0},
    "trim": {"rule": trimmed_mean(2)},
    "lr": {"lr_den": 0},
    "rate": {"no_reveal_bps": 10_001},
    "split": {"finder_bps": 5_001},
}


def params_of(rules: Rules) -> Params:
    """The program's parameters for the reference's rules."""
    return Params(
        commit=Window(*rules.commit),
        reveal=Window(*rules.reveal),
        score=Window(*rules.score),
        aggregate=Window(*rules.aggregate),
        challenge=Window(*rules.challenge),
        unbonding=Window(*rules.unbonding),
        min_submissions=rules.min_submissions,
        max_submissions=rules.max_submissions,
        min_stake=rules.min_stake,
        aggregator_bond=rules.bond,
        round_reward=rules.reward,
        max_norm_squared=rules.norm,
        no_reveal_bps=rules.rate,
        finder_bps=rules.finder,
        treasury_bps=rules.treasury,
    )


def update_of(step: Step, norm: int) -> Update:
    """The update that a word describes: ``long`` is one longer than the norm bound."""
    length = {"short": 1, "long": norm + 1}.get(step.word, norm)
    root = digest("update", step.fed, step.number, step.actor)
    return Update(root, length, digest("artifact", step.fed, step.number, step.actor))


class Builder:
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
            model_root=digest("first model", step.fed),
            model_artifact=digest("first artifact", step.fed),
            parameter_count=0 if step.word == "count" else 10,
            params=params,
        )
        return build.federation_create(ref.creator, new, stake=ref.stake, reward=ref.reward)

    def _federation_fund(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.federation_fund(ref, me, step.amount, tokens=_tokens(step))

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
        return build.stake_deposit(ref, me, step.amount, tokens=_tokens(step))

    def _stake_unbond(self, step: Step) -> Instruction:
        me, last = address(step.actor), _last(step)
        return build.stake_unbond(address(step.fed), me, step.amount, last_aggregator=last)

    def _stake_withdraw(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.stake_withdraw(ref, me, tokens=_tokens(step))

    def _round_open(self, step: Step) -> Instruction:
        shown = address(f"{step.fed}/{step.who}") if step.who else None
        me = address(step.actor)
        return build.round_open(address(step.fed), me, step.number, participant=shown)

    def _round_commit(self, step: Step) -> Instruction:
        fed, me = address(step.fed), address(step.actor)
        place = Place(self.genesis, fed, step.number, address(f"{step.fed}/{step.actor}"))
        update = update_of(step, self.rules[step.fed].norm)
        made = commitment(place, update, salt_of(step, step.actor))
        return build.round_commit(fed, step.number, me, made)

    def _round_reveal(self, step: Step) -> Instruction:
        update, salt = update_of(step, self.rules[step.fed].norm), salt_of(step, step.actor)
        me = address(step.actor)
        return build.round_reveal(address(step.fed), step.number, me, update, salt)

    def _round_advance(self, step: Step) -> Instruction:
        return build.round_advance(address(step.fed), step.number)

    def _round_aggregate(self, step: Step) -> Instruction:
        root, me = new_root_of(step), address(step.actor)
        return build.round_aggregate(
            address(step.fed), step.number, me, model_root=root, model_artifact=digest(root)
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
            last_aggregator=_last(step),
            tokens=_tokens(step),
        )

    def _reward_claim(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.reward_claim(ref, step.number, me, tokens=_tokens(step))

    def _submission_close(self, step: Step) -> Instruction:
        return build.submission_close(address(step.fed), step.number, address(step.who))

    def _round_close(self, step: Step) -> Instruction:
        return build.round_close(address(step.fed), step.number, address(step.who))


def _tokens(step: Step) -> Pubkey | None:
    return address(step.tokens) if step.tokens else None


def _last(step: Step) -> Pubkey | None:
    return address(step.last) if step.last else None
