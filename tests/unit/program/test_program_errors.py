"""Every error of the program is a class of its own that says what to do."""

from __future__ import annotations

import pytest

from fedsol.chain.failure import from_failure
from fedsol.errors import ProgramError
from fedsol.program import PROGRAM_ID, errors
from fedsol.program.errors import PROGRAM_ERRORS
from tests.program.idl import idl

ERRORS = {one["code"]: one for one in idl()["errors"]}


def test_the_classes_are_exactly_the_errors_of_the_idl() -> None:
    assert set(PROGRAM_ERRORS) == set(ERRORS)
    assert sorted(ERRORS) == list(range(6000, 6000 + len(ERRORS))), "append only, no gaps"


@pytest.mark.parametrize("code", ERRORS)
def test_a_class_carries_code_name_hint_and_the_programs_words(code: int) -> None:
    found, said = PROGRAM_ERRORS[code], ERRORS[code]
    assert (found.code, found.name, found.__name__) == (code, said["name"], said["name"])
    assert issubclass(found, ProgramError)
    assert found.hint.strip().endswith("."), "one sentence"
    assert found.__doc__ is not None
    assert " ".join(found.__doc__.split()) == said["msg"] + "."
    assert getattr(errors, said["name"]) is found


@pytest.mark.parametrize("code", ERRORS)
def test_a_failed_transaction_raises_its_class(code: int) -> None:
    said = ERRORS[code]
    logs = (
        f"Program {PROGRAM_ID} invoke [1]",
        "Program log: AnchorError occurred. Error Code: "
        f"{said['name']}. Error Number: {code}. Error Message: {said['msg']}.",
        f"Program {PROGRAM_ID} failed: custom program error: {hex(code)}",
    )
    raised = from_failure({"InstructionError": [0, {"Custom": code}]}, logs)
    assert type(raised) is PROGRAM_ERRORS[code]
    assert said["msg"].rstrip(".") in str(raised)
    assert raised.hint == PROGRAM_ERRORS[code].hint


def test_the_same_code_of_another_program_is_not_ours() -> None:
    logs = (f"Program {'1' * 32} failed: custom program error: 0x1770",)
    raised = from_failure({"InstructionError": [0, {"Custom": 6000}]}, logs)
    assert type(raised) is ProgramError
