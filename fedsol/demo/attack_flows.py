"""The money's way as a graph: from the cheat's stake and bonds to whoever has it in the end."""

from dataclasses import dataclass

from fedsol.demo.attack_money import Reckoning
from fedsol.demo.board import tokens


@dataclass(frozen=True)
class Node:
    """A place where tokens are; ``column`` counts from the left, and without a ``label`` they only
    pass. Token units.
    """

    key: str
    column: int
    label: str
    amount: int


@dataclass(frozen=True)
class Flow:
    """Tokens that went from one node to another. Token units."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True)
class Ways:
    """All nodes, from top to bottom in each column, and all flows, in the order of both ends."""

    nodes: list[Node]
    flows: list[Flow]


def money_ways(reckoning: Reckoning) -> Ways:
    """The graph of the cheat's tokens and of every bond that was put up against it; no zeros in it."""
    fine = reckoning.fine
    if fine is None:
        return Ways([], [])
    put_up = [one for one in reckoning.bonds if one.accused == reckoning.cheat]
    stake = reckoning.of(reckoning.cheat).stake_before - fine.from_bond
    flows = [
        Flow("stake", "pass", stake - fine.from_stake),
        Flow("stake", "fine", fine.from_stake),
        Flow("bond", "fine", fine.from_bond),
        Flow("put up", "dispute", sum(one.amount for one in put_up)),
        Flow("pass", "kept", stake - fine.from_stake),
        Flow("dispute", "kept", sum(one.to_accused for one in put_up)),
        Flow("fine", "burned", fine.burned),
        Flow("dispute", "burned", sum(one.burned for one in put_up)),
        Flow("fine", "treasury", fine.to_treasury),
        Flow("dispute", "treasury", sum(one.to_treasury for one in put_up)),
        Flow("fine", "finder", fine.to_finder),
        Flow("dispute", "finder", sum(one.returned for one in put_up)),
    ]
    flows = [one for one in flows if one.amount]
    return Ways(_nodes(reckoning, flows), flows)


def _nodes(reckoning: Reckoning, flows: list[Flow]) -> list[Node]:
    fine, cheat = reckoning.fine, reckoning.cheat
    assert fine is not None
    back = sum(one.amount for one in flows if (one.source, one.target) == ("dispute", "finder"))
    won = f", {tokens(fine.to_finder)} for the proof" if back else ", for the proof"
    texts = {
        "stake": (0, f"stake of {cheat}"),
        "bond": (0, "its bond as aggregator"),
        "put up": (0, f"bond of the {fine.finder}"),
        "pass": (1, ""),
        "fine": (1, "slashed"),
        "dispute": (1, "at stake"),
        "kept": (2, f"stays with {cheat}"),
        "burned": (2, "burned"),
        "treasury": (2, "treasury"),
        "finder": (2, f"{fine.finder}{won}" + (f", {tokens(back)} back" if back else "")),
    }
    found = []
    for key, (column, text) in texts.items():
        ends = "target" if column else "source"
        amount = sum(one.amount for one in flows if getattr(one, ends) == key)
        if amount:
            found.append(Node(key, column, text, amount))
    return found
