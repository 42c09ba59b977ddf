"""The way from Anchor's IDL to the one that AnchorPy reads, and everything that has no way."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from anchorpy import Coder, Event, Idl, NamedInstruction
from hypothesis import given
from hypothesis import strategies as st
from pyheck import snake as heck_snake
from solders.pubkey import Pubkey

from idl.downgrade import PINNED_ACCOUNTS, Refused, camel, downgrade, main, snake, to_text

SCRIPT = Path(__file__).parents[2] / "idl" / "downgrade.py"
ADDRESS = "Fed5oL1111111111111111111111111111111111111"

Json = dict[str, Any]


def discriminator(namespace: str, name: str) -> list[int]:
    return list(sha256(f"{namespace}:{name}".encode()).digest()[:8])


def field(name: str, type_: Any) -> Json:
    return {"name": name, "type": type_}


def struct(name: str, *fields: Any) -> Json:
    return {"name": name, "type": {"kind": "struct", "fields": list(fields)}}


def defined(name: str) -> Json:
    return {"defined": {"name": name}}


ROUND_COMMIT = {
    "name": "round_commit",
    "docs": ["Commits to an update."],
    "discriminator": discriminator("global", "round_commit"),
    "accounts": [
        {"name": "owner", "writable": True, "signer": True, "relations": ["participant"]},
        {
            "name": "round_account",
            "writable": True,
            "docs": ["The round."],
            "pda": {"seeds": [{"kind": "const", "value": [1, 2]}]},
        },
        {"name": "delegate", "signer": True, "optional": True},
        {
            "name": "vaults",
            "accounts": [{"name": "stake_vault", "writable": True}, {"name": "reward_vault"}],
        },
        {"name": "token_program"},
        {"name": "system_program", "address": PINNED_ACCOUNTS["system_program"]},
    ],
    "args": [
        field("commitment", {"array": ["u8", 32]}),
        field("round_params", defined("Params")),
        field("maybe_key", {"option": "pubkey"}),
    ],
    "returns": "u64",
}

NEW: Json = {
    "address": ADDRESS,
    "metadata": {"name": "fedsol", "version": "0.1.0", "spec": "0.1.0", "description": "x"},
    "docs": ["The core."],
    "instructions": [ROUND_COMMIT],
    "accounts": [{"name": "Round", "discriminator": discriminator("account", "Round")}],
    "events": [
        {"name": "RoundCommitted", "discriminator": discriminator("event", "RoundCommitted")},
        {"name": "Advanced", "discriminator": discriminator("event", "Advanced")},
    ],
    "errors": [{"code": 6000, "name": "TooLate", "msg": "The window is over."}],
    "types": [
        struct("Round", field("number", "u64"), field("phase", defined("Phase"))),
        struct("Params", field("lr_num", "u32"), field("weights", {"vec": "i16"})),
        {
            "name": "Phase",
            "docs": ["Where a round is."],
            "type": {
                "kind": "enum",
                "variants": [
                    {"name": "Commit"},
                    {"name": "Aborted", "fields": [field("at_slot", "u64")]},
                    {"name": "Settled", "fields": ["u64", "bool"]},
                    {"name": "Empty", "fields": []},
                ],
            },
        },
        struct("RoundCommitted", field("round_number", "u64"), field("owner", "pubkey")),
        struct("Advanced", field("phase", defined("Phase"))),
        {
            "name": "Flat",
            "serialization": "bytemuck",
            "type": {"kind": "struct", "fields": [field("x", "u64")]},
        },
        {"name": "Unit", "type": {"kind": "struct"}},
    ],
    "constants": [field("MAX_NAME", "u8") | {"value": "32", "docs": ["Bytes."]}],
}


@pytest.fixture
def new() -> Json:
    return copy.deepcopy(NEW)


def members(legacy: Json, section: str) -> dict[str, Json]:
    return {entry["name"]: entry for entry in legacy[section]}


def test_the_head(new: Json) -> None:
    legacy = downgrade(new)
    assert legacy["name"] == "fedsol"
    assert legacy["version"] == "0.1.0"
    assert legacy["metadata"] == {"address": ADDRESS}
    assert legacy["errors"] == NEW["errors"]


def test_instructions(new: Json) -> None:
    instruction = members(downgrade(new), "instructions")["roundCommit"]
    assert instruction["docs"] == ["Commits to an update."]
    assert instruction["returns"] == "u64"
    assert instruction["args"] == [
        field("commitment", {"array": ["u8", 32]}),
        field("roundParams", {"defined": "Params"}),
        field("maybeKey", {"option": "publicKey"}),
    ]


def test_accounts_of_an_instruction(new: Json) -> None:
    accounts = downgrade(new)["instructions"][0]["accounts"]
    assert accounts == [
        {"name": "owner", "isMut": True, "isSigner": True},
        {"name": "roundAccount", "isMut": True, "isSigner": False, "docs": ["The round."]},
        {"name": "delegate", "isMut": False, "isSigner": True, "isOptional": True},
        {
            "name": "vaults",
            "accounts": [
                {"name": "stakeVault", "isMut": True, "isSigner": False},
                {"name": "rewardVault", "isMut": False, "isSigner": False},
            ],
        },
        {"name": "tokenProgramId", "isMut": False, "isSigner": False},
        {"name": "systemProgram", "isMut": False, "isSigner": False},
    ]


@pytest.mark.parametrize("name", PINNED_ACCOUNTS)
def test_accounts_that_anchorpy_would_pin_by_name(new: Json, name: str) -> None:
    """AnchorPy writes an address for these names: only where it is the right one may it."""
    pinned = {"name": name, "address": PINNED_ACCOUNTS[name]}
    new["instructions"][0]["accounts"] = [pinned]
    assert downgrade(new)["instructions"][0]["accounts"][0]["name"] == camel(name)
    for other in ({"name": name}, pinned | {"address": ADDRESS}, pinned | {"optional": True}):
        new["instructions"][0]["accounts"] = [other]
        assert downgrade(new)["instructions"][0]["accounts"][0]["name"] == camel(f"{name}_id")


def test_types_go_where_the_old_form_has_them(new: Json) -> None:
    legacy = downgrade(new)
    assert list(members(legacy, "types")) == ["Params", "Phase", "Flat", "Unit"]
    assert list(members(legacy, "accounts")) == ["Round"]
    assert members(legacy, "events")["RoundCommitted"]["fields"] == [
        field("roundNumber", "u64") | {"index": False},
        field("owner", "publicKey") | {"index": False},
    ]
    assert members(legacy, "types")["Phase"]["type"]["variants"] == [
        {"name": "Commit"},
        {"name": "Aborted", "fields": [field("atSlot", "u64")]},
        {"name": "Settled", "fields": ["u64", "bool"]},
        {"name": "Empty"},
    ]


def test_an_event_that_is_also_a_field_is_kept_as_a_type(new: Json) -> None:
    new["types"][1]["type"]["fields"].append(field("last", defined("Advanced")))
    assert "Advanced" in members(downgrade(new), "types")


def test_anchorpy_reads_it_and_codes_the_same_bytes(new: Json) -> None:
    coder = Coder(Idl.from_json(to_text(downgrade(new))))
    owner = Pubkey.new_unique()

    arguments = {
        "commitment": list(range(32)),
        "round_params": {"lr_num": 7, "weights": [-1, 2]},
        "maybe_key": None,
    }
    encoded = coder.instruction.encode("round_commit", arguments)
    body = bytes(range(32)) + bytes([7, 0, 0, 0, 2, 0, 0, 0, 255, 255, 2, 0, 0])
    assert encoded == bytes(discriminator("global", "round_commit")) + body
    decoded = coder.instruction.parse(encoded)
    assert isinstance(decoded, NamedInstruction)
    assert decoded.name == "round_commit"
    assert decoded.data.round_params.weights == [-1, 2]

    account = bytes(discriminator("account", "Round")) + (9).to_bytes(8, "little")
    in_phase = coder.accounts.decode(account + b"\1" + (5).to_bytes(8, "little"))
    assert in_phase.number == 9
    assert in_phase.phase.at_slot == 5

    event = bytes(discriminator("event", "RoundCommitted")) + (3).to_bytes(8, "little")
    parsed = coder.events.parse(event + bytes(owner))
    assert isinstance(parsed, Event)
    assert (parsed.name, parsed.data.round_number, parsed.data.owner) == (
        "RoundCommitted",
        3,
        owner,
    )


def edit(path: str, value: Any) -> Callable[[Json], None]:
    """An edit that sets the entry at ``a.0.b``."""

    def apply(idl: Json) -> None:
        *parents, last = path.split(".")
        node: Any = idl
        for key in parents:
            node = node[int(key) if key.isdigit() else key]
        node[int(last) if last.isdigit() else last] = value

    return apply


def add(section: str, *entries: Json) -> Callable[[Json], None]:
    return lambda idl: idl[section].extend(entries)


ARG = "instructions.0.args.0.type"
NESTED = {"name": "group", "accounts": [{"name": "same"}, {"name": "same"}]}


REFUSALS = {
    "old format": (edit("metadata.spec", None), "metadata.spec"),
    "newer format": (edit("metadata.spec", "0.2.0"), "metadata.spec is '0.2.0'"),
    "no address": (edit("address", ""), "no address"),
    "own instruction discriminator": (
        edit("instructions.0.discriminator", [1]),
        "global 'round_commit' has the discriminator",
    ),
    "own account discriminator": (
        edit("accounts.0.discriminator", [1]),
        "account 'Round' has the discriminator",
    ),
    "own event discriminator": (
        edit("events.0.discriminator", [0] * 8),
        "event 'RoundCommitted' has the discriminator",
    ),
    "name that snake case changes": (
        edit("instructions.0.name", "round__commit"),
        "another discriminator",
    ),
    "field that snake case changes": (edit("types.1.type.fields.0.name", "lr__num"), "lr__num"),
    "path of a type": (add("types", struct("fedsol::state::Odd")), "is a path"),
    "path of an account": (edit("accounts.0.name", "fedsol::Round"), "is a path"),
    "path of a field's type": (edit(ARG, defined("fedsol::Params")), "is a path"),
    "two types of one short name": (
        add("types", struct("a::Twin"), struct("b::Twin")),
        "two types of one short name|is a path",
    ),
    "one short name, once shortened": (add("types", struct("a::Params")), "one short name"),
    "the same type twice": (add("types", struct("Params")), "one short name"),
    "two types of one module": (add("types", struct("PARAMS")), "one short name"),
    "the same event twice": (
        add("events", NEW["events"][0]),
        "two events are called 'RoundCommitted'",
    ),
    "account without a type": (
        add("accounts", {"name": "Lost", "discriminator": discriminator("account", "Lost")}),
        "account 'Lost' has no type",
    ),
    "account that is an enum": (
        add("accounts", {"name": "Phase", "discriminator": discriminator("account", "Phase")}),
        "account 'Phase' is not a struct",
    ),
    "account in a field": (edit(ARG, {"vec": defined("Round")}), "no account in a field"),
    "generic type": (
        edit("types.1.generics", [{"kind": "type", "name": "T"}]),
        "type 'Params' is generic",
    ),
    "generic argument": (
        edit(ARG, {"defined": {"name": "Params", "generics": [{"kind": "const"}]}}),
        "is generic",
    ),
    "generic field": (edit(ARG, {"generic": "T"}), "is generic"),
    "generic length": (edit(ARG, {"array": ["u8", {"generic": "N"}]}), "is generic"),
    "tuple struct": (add("types", struct("Pair", "u8", "u8")), "is a tuple struct"),
    "newtype of a named type": (add("types", struct("New", defined("Params"))), "tuple struct"),
    "tuple event": (edit("types.3.type.fields", ["u8"]), "is a tuple struct"),
    "alias": (
        add("types", {"name": "Amount", "type": {"kind": "type", "alias": "u64"}}),
        "is an alias",
    ),
    "other serialization": (
        edit("types.1.serialization", "bytemuckunsafe"),
        "serialized by 'bytemuckunsafe'",
    ),
    "custom serialization": (edit("types.1.serialization", {"custom": "x"}), "serialized by"),
    "wide integer": (edit(ARG, "u256"), 'does not know: "u256"'),
    "unknown type": (edit(ARG, {"hashMap": ["u8", "u8"]}), "does not know"),
    "unknown type in a constant": (edit("constants.0.type", "u256"), "does not know"),
    "two arguments of one name": (
        edit("instructions.0.args.1.name", "commitment"),
        "two members of one name",
    ),
    "two accounts of one name": (
        edit("instructions.0.accounts.1.name", "owner"),
        "two members of one name",
    ),
    "an account that the pinned one is renamed to": (
        edit("instructions.0.accounts.0.name", "token_program_id"),
        "two members of one name",
    ),
    "two accounts of one name in a group": (
        edit("instructions.0.accounts.3", NESTED),
        "group 'group' has two members",
    ),
}


@pytest.mark.parametrize(("change", "message"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(new: Json, change: Callable[[Json], None], message: str) -> None:
    change(new)
    with pytest.raises(Refused, match=message):
        downgrade(new)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)


@given(st.text("abAB1_2xX", min_size=1, max_size=12))
def test_snake_is_hecks(name: str) -> None:
    assert snake(name) == heck_snake(name)


@given(NAMES)
def test_camel_comes_back_or_is_refused(name: str) -> None:
    try:
        written = camel(name)
    except Refused:
        assert heck_snake(name) != name
    else:
        assert heck_snake(written) == name


@pytest.mark.parametrize(
    ("name", "written"),
    [("round_commit", "roundCommit"), ("q_i", "qI"), ("a_b_c", "a_b_c"), ("top_2", "top_2")],
)
def test_camel(name: str, written: str) -> None:
    assert camel(name) == written


def test_the_text_is_stable(new: Json, tmp_path: Path) -> None:
    text = to_text(downgrade(new))
    assert text == to_text(downgrade(new))
    assert text.startswith('{\n  "version": "0.1.0",\n  "name": "fedsol"')
    assert text.endswith("}\n")


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    source, target = tmp_path / "new.json", tmp_path / "old.json"
    source.write_text(json.dumps(NEW))
    subprocess.run([sys.executable, SCRIPT, source, target], check=True)
    assert target.read_text() == to_text(downgrade(NEW))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(NEW | {"address": ""}), "Refused: the IDL has no address"),
        ("{", "JSONDecodeError"),
        ("[]", "AttributeError"),
        (json.dumps({k: v for k, v in NEW.items() if k != "instructions"}), "KeyError"),
    ],
)
def test_the_command_fails_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    source, target = tmp_path / "new.json", tmp_path / "old.json"
    source.write_text(content)
    assert main([str(source), str(target)]) == 1
    assert message in capsys.readouterr().err
    assert not target.exists()


def test_the_command_needs_two_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
