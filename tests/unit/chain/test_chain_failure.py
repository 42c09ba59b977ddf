"""From logs and errors to typed exceptions."""

from __future__ import annotations

import pytest
from solders.pubkey import Pubkey
from solders.transaction_status import (
    InstructionErrorCustom,
    TransactionErrorFieldless,
    TransactionErrorInstructionError,
)

from fedsol.chain import FRAMEWORK_ERRORS, ComputeExhausted, from_failure, register
from fedsol.errors import InsufficientFunds, ProgramError, TransactionExpired

TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
PROGRAM = Pubkey.from_string("8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR9")
P = str(PROGRAM)


class NormTooLarge(ProgramError):
    """The update is longer than the bound."""

    code = 6_004
    name = "NormTooLarge"
    hint = "Scale it down."


@pytest.fixture(autouse=True)
def registered():
    register(PROGRAM, {6_004: NormTooLarge})


def custom(code: int, index: int = 0) -> dict[str, object]:
    return {"InstructionError": [index, {"Custom": code}]}


def failed(code: int, *lines: str, program: str = P) -> list[str]:
    return [
        f"Program {program} invoke [1]",
        *(f"Program log: {line}" for line in lines),
        f"Program {program} consumed 5000 of 200000 compute units",
        f"Program {program} failed: custom program error: {code:#x}",
    ]


@pytest.mark.parametrize(
    "form",
    [
        "AnchorError occurred. ",
        "AnchorError thrown in programs/fedsol/src/math.rs:12. ",
        "AnchorError caused by account: submission. ",
    ],
)
def test_every_anchor_form_yields_the_registered_class(form):
    text = "Error Code: NormTooLarge. Error Number: 6004. Error Message: Update too long."
    error = from_failure(custom(6_004), failed(6_004, form + text))
    assert type(error) is NormTooLarge
    assert (error.code, error.name, error.hint) == (6_004, "NormTooLarge", "Scale it down.")
    assert "Update too long" in str(error)
    assert ("submission" in str(error)) == ("submission" in form)
    assert error.logs


def test_compared_values_are_shown():
    text = (
        "AnchorError occurred. Error Code: RequireEqViolated. Error Number: 2501. "
        "Error Message: A require_eq expression was violated."
    )
    error = from_failure(custom(2_501), failed(2_501, text, "Left: 3", "Right: 4"))
    assert type(error) is FRAMEWORK_ERRORS[2_501]
    assert "left 3, right 4" in str(error)
    keys = ["Left:", str(PROGRAM), "Right:", TOKEN]
    error = from_failure(custom(2_501), failed(2_501, text, *keys))
    assert f"left {PROGRAM}, right {TOKEN}" in str(error)


def test_code_alone_is_enough_when_logs_were_cut():
    error = from_failure(custom(6_004), failed(6_004))
    assert type(error) is NormTooLarge
    assert "longer than the bound" in str(error)


def test_solders_errors_are_read_too():
    err = TransactionErrorInstructionError(0, InstructionErrorCustom(6_004))
    assert type(from_failure(err, failed(6_004))) is NormTooLarge
    assert isinstance(from_failure(TransactionErrorFieldless.BlockhashNotFound), TransactionExpired)


def test_inner_programs_failure_is_not_taken_for_the_outer_ones():
    logs = [
        f"Program {P} invoke [1]",
        f"Program {TOKEN} invoke [2]",
        "Program log: Error: insufficient funds",
        f"Program {TOKEN} consumed 4000 of 190000 compute units",
        f"Program {TOKEN} failed: custom program error: 0x1",
        f"Program {P} consumed 9000 of 200000 compute units",
        f"Program {P} failed: custom program error: 0x1",
    ]
    error = from_failure(custom(1), logs)
    assert isinstance(error, InsufficientFunds)
    assert "token" in str(error)


def test_failure_that_a_program_survived_is_not_the_reason():
    survived = [
        f"Program {TOKEN} invoke [1]",
        f"Program {TOKEN} failed: custom program error: 0x4",
        "Program log: going on",
    ]
    error = from_failure(custom(6_004), [*survived, *failed(6_004)])
    assert type(error) is NormTooLarge


def test_token_program_errors_are_named():
    error = from_failure(custom(4), failed(4, "Error: owner does not match", program=TOKEN))
    assert isinstance(error, ProgramError)
    assert (error.code, error.name) == (4, "OwnerMismatch")


def test_system_program_shortage_is_counted():
    system = "11111111111111111111111111111111"
    logs = [
        f"Program {system} invoke [1]",
        "Transfer: insufficient lamports 5, need 12",
        f"Program {system} failed: custom program error: 0x1",
    ]
    error = from_failure(custom(1), logs)
    assert isinstance(error, InsufficientFunds)
    assert "7 short" in str(error)


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("ComputationalBudgetExceeded", "Computational budget exceeded"),
        ("ProgramFailedToComplete", "exceeded CUs meter at BPF instruction"),
    ],
)
def test_compute_exhaustion(reason, line):
    logs = [f"Program {P} invoke [1]", f"Program {P} failed: {line}"]
    assert isinstance(from_failure({"InstructionError": [0, reason]}, logs), ComputeExhausted)


def test_codes_of_unregistered_programs_stay_plain():
    error = from_failure(custom(6_004), failed(6_004, program=str(Pubkey.new_unique())))
    assert type(error) is ProgramError
    assert error.code == 6_004


@pytest.mark.parametrize("err", ["AccountInUse", {"Odd": 1}, custom(7), 3, ["x"]])
def test_strange_errors_still_become_chain_errors(err):
    assert isinstance(from_failure(err, []), ProgramError)


def test_framework_errors_are_anchors_own():
    assert {code: cls.name for code, cls in FRAMEWORK_ERRORS.items()} == ANCHOR_1_2_2
    for code, cls in FRAMEWORK_ERRORS.items():
        assert issubclass(cls, ProgramError)
        assert cls.code == code
        assert cls.hint
        assert cls.__doc__


ANCHOR_1_2_2 = {
    100: "InstructionMissing",
    101: "InstructionFallbackNotFound",
    102: "InstructionDidNotDeserialize",
    103: "InstructionDidNotSerialize",
    1000: "IdlInstructionStub",
    1001: "IdlInstructionInvalidProgram",
    1002: "IdlAccountNotEmpty",
    1500: "EventInstructionStub",
    2000: "ConstraintMut",
    2001: "ConstraintHasOne",
    2002: "ConstraintSigner",
    2003: "ConstraintRaw",
    2004: "ConstraintOwner",
    2005: "ConstraintRentExempt",
    2006: "ConstraintSeeds",
    2007: "ConstraintExecutable",
    2008: "ConstraintState",
    2009: "ConstraintAssociated",
    2010: "ConstraintAssociatedInit",
    2011: "ConstraintClose",
    2012: "ConstraintAddress",
    2013: "ConstraintZero",
    2014: "ConstraintTokenMint",
    2015: "ConstraintTokenOwner",
    2016: "ConstraintMintMintAuthority",
    2017: "ConstraintMintFreezeAuthority",
    2018: "ConstraintMintDecimals",
    2019: "ConstraintSpace",
    2020: "ConstraintAccountIsNone",
    2021: "ConstraintTokenTokenProgram",
    2022: "ConstraintMintTokenProgram",
    2023: "ConstraintAssociatedTokenTokenProgram",
    2024: "ConstraintMintGroupPointerExtension",
    2025: "ConstraintMintGroupPointerExtensionAuthority",
    2026: "ConstraintMintGroupPointerExtensionGroupAddress",
    2027: "ConstraintMintGroupMemberPointerExtension",
    2028: "ConstraintMintGroupMemberPointerExtensionAuthority",
    2029: "ConstraintMintGroupMemberPointerExtensionMemberAddress",
    2030: "ConstraintMintMetadataPointerExtension",
    2031: "ConstraintMintMetadataPointerExtensionAuthority",
    2032: "ConstraintMintMetadataPointerExtensionMetadataAddress",
    2033: "ConstraintMintCloseAuthorityExtension",
    2034: "ConstraintMintCloseAuthorityExtensionAuthority",
    2035: "ConstraintMintPermanentDelegateExtension",
    2036: "ConstraintMintPermanentDelegateExtensionDelegate",
    2037: "ConstraintMintTransferHookExtension",
    2038: "ConstraintMintTransferHookExtensionAuthority",
    2039: "ConstraintMintTransferHookExtensionProgramId",
    2040: "ConstraintDuplicateMutableAccount",
    2041: "AccountAlreadyMigrated",
    2042: "AccountNotMigrated",
    2043: "ConstraintMintPausableExtension",
    2044: "ConstraintMintPausableAuthority",
    2500: "RequireViolated",
    2501: "RequireEqViolated",
    2502: "RequireKeysEqViolated",
    2503: "RequireNeqViolated",
    2504: "RequireKeysNeqViolated",
    2505: "RequireGtViolated",
    2506: "RequireGteViolated",
    3000: "AccountDiscriminatorAlreadySet",
    3001: "AccountDiscriminatorNotFound",
    3002: "AccountDiscriminatorMismatch",
    3003: "AccountDidNotDeserialize",
    3004: "AccountDidNotSerialize",
    3005: "AccountNotEnoughKeys",
    3006: "AccountNotMutable",
    3007: "AccountOwnedByWrongProgram",
    3008: "InvalidProgramId",
    3009: "InvalidProgramExecutable",
    3010: "AccountNotSigner",
    3011: "AccountNotSystemOwned",
    3012: "AccountNotInitialized",
    3013: "AccountNotProgramData",
    3014: "AccountNotAssociatedTokenAccount",
    3015: "AccountSysvarMismatch",
    3016: "AccountReallocExceedsLimit",
    3017: "AccountDuplicateReallocs",
    4100: "DeclaredProgramIdMismatch",
    4101: "TryingToInitPayerAsProgramAccount",
    4102: "InvalidNumericConversion",
    5000: "Deprecated",
}
