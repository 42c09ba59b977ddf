"""What is checked after every step of a property run."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from solders.hash import Hash
from solders.pubkey import Pubkey

from tests.property import invariants as inv
from tests.property.heads import Heads
from tests.property.mirror import same_state
from tests.property.model import ACTORS, Step
from tests.property.names import address
from tests.property.reference import Reference
from tests.property.view import View
from tests.property.world import World

_FAR = 10**7


class Watch:
    """Holds the state before a step and what history must not forget."""

    def __init__(self, world: World, reference: Reference) -> None:
        self.world = world
        self.reference = reference
        self.before = View.of(world.scan())
        self.heads = Heads()
        self.final: dict[Pubkey, tuple[Pubkey, object]] = {}
        self._moving: set[bytes] = set()

    def nothing_but(self, payer: str, fee: int) -> None:
        """After a failed step: no byte and no balance changed but the payer's fee."""
        after = self.world.scan()
        self.reference.books.lamports[payer] -= fee
        expected = dict(self.before.raw)
        lamports, owner, data = expected[address(payer)]
        expected[address(payer)] = (lamports - fee, owner, data)
        changed = [
            str(k) for k in expected.keys() | after.keys() if expected.get(k) != after.get(k)
        ]
        inv.hold("failed step", not changed, changed)
        self.before = View.of(after)

    def step_done(self, touched: Iterable[str], payer: str, fee: int, logs: Iterable[str]) -> None:
        """After a step that succeeded and that the reference has taken too."""
        self.reference.books.lamports[payer] -= fee
        after = View.of(self.world.scan())
        self.heads.follow(logs)
        self._forget_closed_federations(after)
        allowed = {address(name) for name in touched if name} | {address(payer)}
        self.check(after, allowed)
        self.before = after

    def check(self, after: View, allowed: set[Pubkey]) -> None:
        """All invariants, and that the chain is what the reference says."""
        before, books = self.before, self.reference.books
        inv.i10_third_parties_are_untouched(before, after, allowed)
        inv.i9_accounts_are_rent_exempt(after, self.world.ledger.bank.rent)
        inv.i8_what_is_closed_owes_nothing(before, after)
        inv.i4_phases_are_monotone(before, after)
        inv.i6_a_final_root_never_changes(before, after, self.final)
        inv.i1_vaults_hold_what_is_owed(after, _by_address(books.donated))
        inv.i5_liabilities_are_covered(before, after, self._overdrawn())
        inv.i3_nobody_loses_more_than_was_paid_in(after, self._paid())
        tokens, lamports = _by_address(books.tokens), _by_address(books.lamports)
        inv.i2_no_balance_moves_without_a_rule(after, tokens, lamports, _by_address(books.supply))
        same_state(after, self.reference)
        inv.heads_are_the_replay(after, self.heads.now)
        inv.i7_no_round_is_stuck(after, partial(self.moves_on, after))

    def moves_on(self, view: View, round_: Pubkey) -> bool:
        """Whether a stranger can move a round once every deadline has passed; nothing happens."""
        raw = view.raw[round_][2] + bytes(view.federations[view.rounds[round_].federation].head)
        if raw not in self._moving and not self._moved_later(view, round_):
            return False
        self._moving.add(raw)
        return True

    def _moved_later(self, view: View, round_: Pubkey) -> bool:
        ledger = self.world.ledger
        slot, time = ledger.slot + _FAR, ledger.unix_timestamp + _FAR
        hashes = [(slot - 1, Hash.default()), *ledger.blocks.slot_hashes]
        ledger.bank.publish(slot=slot, time=time, hashes=hashes)
        try:
            return any(self.world.would(step) for step in self._cranks(view, round_))
        finally:
            ledger.bank.publish(
                slot=ledger.slot, time=ledger.unix_timestamp, hashes=ledger.blocks.slot_hashes
            )

    def _cranks(self, view: View, round_: Pubkey) -> list[Step]:
        found = view.rounds[round_]
        fed = next(name for name in self.reference.feds if address(name) == found.federation)
        who = [a for a in ACTORS if address(f"{fed}/{a}") == found.aggregator]
        common = {"fed": fed, "actor": "eve", "number": found.number}
        names = ["round_settle"] if who else ["round_advance", "round_abort"]
        return [Step(name, who=who[0] if who else "", **common) for name in names]

    def _overdrawn(self) -> set[Pubkey]:
        return {
            address(f"{name}/{owner}")
            for name, fed in self.reference.feds.items()
            for owner, person in fed.people.items()
            if person.overdrawn
        }

    def _paid(self) -> dict[Pubkey, tuple[int, int, int]]:
        return {
            address(f"{name}/{owner}"): (person.deposited, person.withdrawn, person.slashed)
            for name, fed in self.reference.feds.items()
            for owner, person in fed.people.items()
        }

    def _forget_closed_federations(self, after: View) -> None:
        # A federation made anew under the same name starts its rounds again.
        gone = self.before.federations.keys() - after.federations.keys()
        self.final = {key: value for key, value in self.final.items() if value[0] not in gone}


def _by_address(book: dict[str, int]) -> dict[Pubkey, int]:
    return {address(name): amount for name, amount in book.items()}
