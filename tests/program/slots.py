"""The account slots of every instruction, as the IDL has them, and what belongs in each."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fedsol.errors import ProgramError
from fedsol.program import errors
from tests.program import idl

ACCOUNTS = ("Federation", "Participant", "Round", "Submission", "Evaluation", "Challenge")
KINDS = {
    "federation": "Federation",
    "round": "Round",
    "participant": "Participant",
    "aggregator": "Participant",
    "last_aggregator": "Participant",
    "accused": "Participant",
    "submission": "Submission",
    "original": "Submission",
    "first": "Submission",
    "second": "Submission",
    "evaluation": "Evaluation",
    "displaced": "Evaluation",
    "challenge": "Challenge",
    "stake_mint": "Mint",
    "reward_mint": "Mint",
    "stake_vault": "Vault",
    "reward_vault": "Vault",
    "treasury_vault": "Vault",
    "funder_tokens": "Tokens",
    "owner_tokens": "Tokens",
    "finder_tokens": "Tokens",
    "challenger_tokens": "Tokens",
    "stake_to": "Tokens",
    "reward_to": "Tokens",
    "creator": "Wallet",
    "closer": "Wallet",
    "owner": "Wallet",
    "opener": "Wallet",
    "finder": "Wallet",
    "funder": "Wallet",
    "payer": "Wallet",
    "challenger": "Wallet",
    "answerer": "Wallet",
    "slot_hashes": "Sysvar",
    "system_program": "Program",
    "token_program": "Program",
    "stake_token_program": "Program",
    "reward_token_program": "Program",
}

# What an instruction creates: its address is checked, and nothing is there yet.
CREATED = {
    ("federation_create", "federation"),
    ("federation_create", "stake_vault"),
    ("federation_create", "reward_vault"),
    ("federation_create", "treasury_vault"),
    ("participant_register", "participant"),
    ("round_open", "round"),
    ("round_commit", "submission"),
    ("round_join", "submission"),
    ("score_commit", "evaluation"),
    ("challenge_open", "challenge"),
    ("demand_open", "challenge"),
}
# Held by its address alone, because it may be closed by then.
BY_ADDRESS: dict[tuple[str, str], type[ProgramError]] = {
    ("submission_close", "round"): errors.WrongSubmission
}
# Who creates an account must be able to pay: the system program says it, not Anchor.
PAYERS = {
    ("federation_create", "creator"),
    ("participant_register", "owner"),
    ("round_open", "opener"),
    ("round_commit", "owner"),
    ("round_join", "owner"),
    ("score_commit", "owner"),
    ("challenge_open", "challenger"),
    ("demand_open", "challenger"),
}


@dataclass(frozen=True)
class Slot:
    """A slot of an instruction as the IDL has it."""

    instruction: str
    name: str
    signer: bool
    writable: bool
    optional: bool

    @property
    def kind(self) -> str:
        """What belongs in it."""
        if self.name not in KINDS:
            raise AssertionError(f"no kind recorded for slot {self.name} of {self.instruction}")
        return KINDS[self.name]

    @property
    def key(self) -> tuple[str, str]:
        """Instruction and slot."""
        return self.instruction, self.name

    @property
    def typed(self) -> bool:
        """Whether an account of some type must be in it already."""
        plain = self.kind in ("Wallet", "Sysvar", "Program")
        return not plain and self.key not in CREATED and self.key not in BY_ADDRESS

    def __str__(self) -> str:
        return f"{self.instruction}.{self.name}"


def slots() -> list[Slot]:
    """Every slot of every instruction."""
    return [
        Slot(
            name,
            one["name"],
            one.get("signer", False),
            one.get("writable", False),
            one.get("optional", False),
        )
        for name in idl.names()
        for one in idl.instruction(name)["accounts"]
    ]


SLOTS = slots()


def each(choose: object) -> pytest.MarkDecorator:
    """Parametrises by the chosen slots."""
    chosen = [one for one in SLOTS if choose(one)]  # type: ignore[operator]
    return pytest.mark.parametrize("slot", chosen, ids=str)
