"""Rewrites an Anchor IDL of today (spec 0.1.0) in the form that AnchorPy 0.21 reads.

    python idl/downgrade.py idl/fedsol.json idl/fedsol.legacy.json

The old form says less than the new one: AnchorPy computes the discriminators itself, knows no
generics, and finds types by their short names. What it would get wrong in silence is refused here,
with ``Refused`` and exit status 1. Two things are left out because nothing reads them: where PDAs
come from (``fedsol.program`` derives them) and fixed addresses of accounts.
"""

import json
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SPEC = "0.1.0"

# AnchorPy writes these addresses into the client by the account's name alone.
PINNED_ACCOUNTS = {
    "associated_token_program": "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
    "clock": "SysvarC1ock11111111111111111111111111111111",
    "rent": "SysvarRent111111111111111111111111111111111",
    "system_program": "11111111111111111111111111111111",
    "token_program": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
}

_INTEGERS = tuple(f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64, 128))
_SAME_NAME = ("bool", "bytes", "string", "f32", "f64", *_INTEGERS)
# "bytemuck" types have no padding and no bool or enum in them: borsh lays them out alike.
_SERIALIZATIONS = ("borsh", "bytemuck")


class Refused(Exception):
    """The IDL says something that the old format cannot say, or that AnchorPy would get wrong."""


def downgrade(idl: Json) -> Json:
    """The legacy IDL of the same program; raises ``Refused`` when there is none."""
    metadata = idl.get("metadata", {})
    if metadata.get("spec") != SPEC:
        raise Refused(f"metadata.spec is {metadata.get('spec')!r}, not {SPEC!r}")
    if not idl.get("address"):
        raise Refused("the IDL has no address: build it with the anchor command")
    types = _types_by_name(idl)
    accounts = _names(idl, "accounts", "account", types)
    events = _names(idl, "events", "event", types)
    used = set(_references(idl))
    if accounts & used:
        raise Refused(f"AnchorPy finds no account in a field: {sorted(accounts & used)}")
    # A type that is only an account or an event goes there; one that is also a field stays.
    kept = set(types) - (accounts | events) | used
    return {
        "version": metadata["version"],
        "name": metadata["name"],
        "constants": [_typed(constant, "constant") for constant in idl.get("constants", [])],
        "instructions": [_instruction(instruction) for instruction in idl["instructions"]],
        "accounts": [_definition(types[entry["name"]]) for entry in idl.get("accounts", [])],
        "types": [_definition(type_) for name, type_ in types.items() if name in kept],
        "events": [_event(types[entry["name"]]) for entry in idl.get("events", [])],
        "errors": idl.get("errors", []),
        "metadata": {"address": idl["address"]},
    }


def to_text(legacy: Json) -> str:
    """The IDL as it is stored: in the order of the source, indented by two."""
    return json.dumps(legacy, indent=2, ensure_ascii=False) + "\n"


def snake(name: str) -> str:
    """``name`` in snake_case by the rules of Rust's heck, which AnchorPy goes by."""
    # A digit belongs to the letter before it, whichever case that has.
    parted = re.sub(r"([a-z][0-9]*)(?=[A-Z])|([A-Z][0-9]*)(?=[A-Z][a-z])", r"\g<0>_", name)
    return "_".join(word.lower() for word in re.split(r"[_-]+", parted) if word)


def camel(name: str) -> str:
    """``name`` in camelCase, or as it is where AnchorPy could not find its way back."""
    first, *rest = name.split("_")
    written = first + "".join(word[:1].upper() + word[1:] for word in rest)
    if snake(written) == name:
        return written
    if snake(name) == name:
        return name
    raise Refused(f"AnchorPy would call {name!r} {snake(name)!r}")


def _types_by_name(idl: Json) -> dict[str, Json]:
    """The type definitions, after refusing two of one name, modules of one name, and paths."""
    types: dict[str, Json] = {}
    modules: dict[str, str] = {}
    for definition in idl.get("types", []):
        name = definition["name"]
        short = name.rsplit("::", 1)[-1]
        other = modules.setdefault(snake(short), name)
        if name in types or other != name:
            raise Refused(f"two types of one short name: {other!r} and {name!r}")
        _refuse_path(name)
        types[name] = definition
    return types


def _refuse_path(name: str) -> None:
    if "::" in name:
        raise Refused(
            f"{name!r} is a path: build the IDL with the anchor command, which shortens names, "
            "and give types of one short name different ones"
        )


def _names(idl: Json, section: str, namespace: str, types: dict[str, Json]) -> set[str]:
    """The names of the accounts or events, each with its type and Anchor's discriminator."""
    names: set[str] = set()
    for entry in idl.get(section, []):
        name = entry["name"]
        _refuse_path(name)
        _check_discriminator(namespace, name, entry)
        if name in names:
            raise Refused(f"two {section} are called {name!r}")
        if name not in types:
            raise Refused(f"{namespace} {name!r} has no type")
        if types[name]["type"]["kind"] != "struct":
            raise Refused(f"{namespace} {name!r} is not a struct")
        names.add(name)
    return names


def _check_discriminator(namespace: str, name: str, entry: Json) -> None:
    expected = list(sha256(f"{namespace}:{name}".encode()).digest()[:8])
    if entry["discriminator"] != expected:
        raise Refused(
            f"{namespace} {name!r} has the discriminator {entry['discriminator']}; "
            f"AnchorPy would use {expected}"
        )


def _references(idl: Json) -> Iterator[str]:
    """Every type that the IDL uses by name."""
    stack: list[Any] = [idl]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            defined = node.get("defined")
            if isinstance(defined, dict):
                yield defined["name"]
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _instruction(instruction: Json) -> Json:
    name = instruction["name"]
    where = f"instruction {name!r}"
    if snake(name) != name:
        raise Refused(f"AnchorPy would call {where} {snake(name)!r}, with another discriminator")
    _check_discriminator("global", name, instruction)
    returns = instruction.get("returns")
    return _without_none(
        {
            "name": camel(name),
            "docs": instruction.get("docs"),
            "accounts": _accounts(instruction["accounts"], where),
            "args": _fields(instruction["args"], where),
            "returns": None if returns is None else _type(returns, where),
        }
    )


def _accounts(items: list[Json], where: str) -> list[Json]:
    legacy: list[Json] = []
    for item in items:
        if (inner := item.get("accounts")) is not None:
            nested = _accounts(inner, f"{where}, group {item['name']!r}")
            legacy.append({"name": camel(item["name"]), "accounts": nested})
        else:
            legacy.append(_account(item))
    _refuse_repeats([account["name"] for account in legacy], where)
    return legacy


def _account(account: Json) -> Json:
    name = account["name"]
    pinned = PINNED_ACCOUNTS.get(name)
    if pinned and (account.get("address") != pinned or account.get("optional")):
        # A token program that may be either of the two must stay the caller's to name.
        name = f"{name}_id"
    return _without_none(
        {
            "name": camel(name),
            "isMut": account.get("writable", False),
            "isSigner": account.get("signer", False),
            "isOptional": account.get("optional"),
            "docs": account.get("docs"),
        }
    )


def _definition(definition: Json) -> Json:
    name = definition["name"]
    if definition.get("generics"):
        raise Refused(f"type {name!r} is generic")
    serialization = definition.get("serialization", "borsh")
    if serialization not in _SERIALIZATIONS:
        raise Refused(f"type {name!r} is serialized by {serialization!r}, not borsh")
    body = definition["type"]
    where = f"type {name!r}"
    if body["kind"] == "struct":
        body = {"kind": "struct", "fields": _fields(body.get("fields", []), where)}
    elif body["kind"] == "enum":
        variants = [_variant(variant, where) for variant in body["variants"]]
        body = {"kind": "enum", "variants": variants}
    else:
        raise Refused(f"{where} is an alias: write the type out")
    return _without_none({"name": name, "docs": definition.get("docs"), "type": body})


def _variant(variant: Json, where: str) -> Json:
    fields = variant.get("fields") or []
    if not fields:
        return {"name": variant["name"]}
    where = f"{where}, variant {variant['name']!r}"
    if _is_tuple(fields):
        return {"name": variant["name"], "fields": [_type(field, where) for field in fields]}
    return {"name": variant["name"], "fields": _fields(fields, where)}


def _event(definition: Json) -> Json:
    fields = _definition(definition)["type"]["fields"]
    return {"name": definition["name"], "fields": [{**field, "index": False} for field in fields]}


def _fields(fields: list[Any], where: str) -> list[Json]:
    if _is_tuple(fields):
        raise Refused(f"{where} is a tuple struct: give its fields names")
    _refuse_repeats([camel(field["name"]) for field in fields], where)
    return [{**_typed(field, where), "name": camel(field["name"])} for field in fields]


def _typed(entry: Json, where: str) -> Json:
    return {**entry, "type": _type(entry["type"], f"{where}, {entry['name']!r}")}


def _is_tuple(fields: list[Any]) -> bool:
    return any(not isinstance(field, dict) or "name" not in field for field in fields)


def _type(type_: Any, where: str) -> Any:
    """One type in the old words."""
    match type_:
        case "pubkey":
            return "publicKey"
        case str() if type_ in _SAME_NAME:
            return type_
        case {"option": inner}:
            return {"option": _type(inner, where)}
        case {"vec": inner}:
            return {"vec": _type(inner, where)}
        case {"array": [inner, int() as length]}:
            return {"array": [_type(inner, where), length]}
        case {"defined": {"name": name, **rest}} if not rest.get("generics"):
            _refuse_path(name)
            return {"defined": name}
        case {"defined": _} | {"generic": _} | {"array": _}:
            raise Refused(f"{where} is generic: {json.dumps(type_)}")
    raise Refused(f"{where} has a type that AnchorPy does not know: {json.dumps(type_)}")


def _refuse_repeats(names: list[str], where: str) -> None:
    if len({snake(name) for name in names}) != len(names):
        raise Refused(f"{where} has two members of one name: {', '.join(names)}")


def _without_none(entry: Json) -> Json:
    return {key: value for key, value in entry.items() if value is not None}


def main(arguments: list[str]) -> int:
    """Converts the first file into the second; returns the exit status."""
    if len(arguments) != 2:
        print("usage: downgrade.py IDL LEGACY_IDL", file=sys.stderr)
        return 2
    source, target = arguments
    try:
        text = to_text(downgrade(json.loads(Path(source).read_text("utf-8"))))
    # The last four are what a file that is not an Anchor IDL raises on the way.
    except (Refused, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        print(f"{source}: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    Path(target).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
