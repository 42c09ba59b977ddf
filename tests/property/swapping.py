"""An instruction with one account of another kind or owner, or with its flags taken off."""

from __future__ import annotations

from random import Random

from solders.instruction import AccountMeta, Instruction

from tests.property.mirror import account_names
from tests.property.model import ACTORS, MINTS, VAULTS, Step
from tests.property.names import address
from tests.property.reference import Reference

# Accounts that a caller chooses freely, because its own tokens go there: (instruction, place in it).
FREE_CHOICE = {
    *(("stake_withdraw", 5), ("fault_no_reveal", 8), ("fault_evaluator", 8)),
    *(("reward_claim", 7), ("evaluation_claim", 7)),
    # The same path proves the value of two submissions, where one is a copy.
    ("challenge_append", 2),
}
# The same, but the vaults that are being closed must not be taken.
CLOSE_TARGETS = {("federation_close", 8), ("federation_close", 9)}


def swapped(
    chance: Random, reference: Reference, step: Step, made: Instruction
) -> tuple[Instruction, str] | None:
    """The instruction with another account, and how; none where the caller may choose."""
    place = chance.randrange(len(made.accounts))
    if (step.name, place) in FREE_CHOICE:
        return None
    how, meta = _other_meta(chance, reference, made.accounts[place], step, place)
    metas = [*made.accounts[:place], meta, *made.accounts[place + 1 :]]
    return Instruction(made.program_id, bytes(made.data), metas), f"{how} at {place}"


def signed_by(thief: str, made: Instruction) -> Instruction:
    """The instruction with somebody else in the place of every signer."""
    metas = [
        AccountMeta(address(thief), True, meta.is_writable) if meta.is_signer else meta
        for meta in made.accounts
    ]
    return Instruction(made.program_id, bytes(made.data), metas)


def _other_meta(
    chance: Random, reference: Reference, meta: AccountMeta, step: Step, place: int
) -> tuple[str, AccountMeta]:
    how = chance.choice(["swap", "swap", "swap", "unsigned", "readonly"])
    if how == "unsigned":
        return how, AccountMeta(meta.pubkey, False, meta.is_writable)
    if how == "readonly":
        return how, AccountMeta(meta.pubkey, meta.is_signer, False)
    pool = [*ACTORS, *MINTS, *reference.books.mints, *account_names(reference)]
    if (step.name, place) in CLOSE_TARGETS:
        pool = [f"{step.fed}.{vault}" for vault in VAULTS]
    other = chance.choice(sorted(pool))
    return other, AccountMeta(address(other), False, meta.is_writable)
