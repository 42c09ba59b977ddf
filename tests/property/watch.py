"""What is checked after every step of a property run."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from solders.pubkey import Pubkey

from tests.property import invariants as inv
from tests.property import invariants_rounds as order
from tests.property.heads import Heads
from tests.property.invariants_selections import a_right_selection_is_never_convicted
from tests.property.liveness import Liveness
from tests.property.mirror import same_state
from tests.property.names import address
from tests.property.reference import Reference
from tests.property.view import View
from tests.property.world import World


class Watch:
    """Holds the state before a step and what history must not forget."""

    def __init__(self, world: World, reference: Reference) -> None:
        self.world = world
        self.reference = reference
        self.before = View.of(world.scan())
        self.heads = Heads()
        self.final: dict[Pubkey, tuple[Pubkey, object]] = {}
        self.liveness = Liveness(world, reference)

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
        order.i8_what_is_closed_owes_nothing(before, after)
        order.i4_phases_are_monotone(before, after)
        order.i6_a_final_root_never_changes(before, after, self.final)
        inv.i1_vaults_hold_what_is_owed(after, _by_address(books.donated))
        order.i5_liabilities_are_covered(before, after, self._overdrawn())
        inv.i3_nobody_loses_more_than_was_paid_in(after, self._paid())
        inv.i3_a_verdict_divides_what_was_lost(before, after)
        a_right_selection_is_never_convicted(before, after, self.reference)
        tokens, lamports = _by_address(books.tokens), _by_address(books.lamports)
        inv.i2_no_balance_moves_without_a_rule(after, tokens, lamports, _by_address(books.supply))
        same_state(after, self.reference)
        inv.heads_are_the_replay(after, self.heads.now)
        order.i7_nothing_is_stuck(after, partial(self.liveness.moves_on, after))

    def _overdrawn(self) -> set[Pubkey]:
        return {
            address(f"{name}/{owner}")
            for name, fed in self.reference.feds.items()
            for owner, person in fed.people.items()
            if person.overdrawn
        }

    def _paid(self) -> dict[Pubkey, tuple[int, int, int, int]]:
        return {
            address(f"{name}/{owner}"): (p.deposited, p.won, p.withdrawn, p.slashed)
            for name, fed in self.reference.feds.items()
            for owner, p in fed.people.items()
        }

    def _forget_closed_federations(self, after: View) -> None:
        # A federation made anew under the same name starts its rounds again.
        gone = self.before.federations.keys() - after.federations.keys()
        self.final = {key: value for key, value in self.final.items() if value[0] not in gone}


def _by_address(book: dict[str, int]) -> dict[Pubkey, int]:
    return {address(name): amount for name, amount in book.items()}
