"""The invariants of money and of bytes; each fails under its name. ``invariants_rounds`` has the others.

They read the chain. What only history knows (donations, deposits, heads) comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from solders.pubkey import Pubkey

from fedsol.program.addresses import PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID
from tests.property.counts import hold, people_counts, round_counts
from tests.property.view import (
    View,
    has_ended,
    held_for,
    is_open,
    phase_of,
    slashable,
    vaults_of,
)


def i1_vaults_hold_what_is_owed(view: View, donated: Mapping[Pubkey, int]) -> None:
    """I1: vaults = Σ stakes, unbonding, bonds, rewards, dust, donations; totals equal their sums."""
    for key, fed in view.federations.items():
        people, rounds = view.people_of(key).values(), view.rounds_of(key).values()
        stake, reward, treasury = vaults_of(key)
        staked = sum(p.stake for p in people)
        unbonding = sum(e.amount for p in people for e in p.unbonding)
        disputed = [one for one in view.challenges.values() if one.federation == key]
        bonds = sum(r.bond for r in rounds) + sum(map(held_for, disputed))
        reserved = sum(r.pool for r in rounds if not has_ended(r))
        owed = sum(r.unpaid for r in rounds if phase_of(r) == "Settled")
        totals = (fed.stake_total, fed.unbonding_total, fed.bond_total)
        hold("I1", totals == (staked, unbonding, bonds), (totals, staked, unbonding, bonds))
        hold("I1", (fed.reward_reserved, fed.reward_owed) == (reserved, owed), (reserved, owed))
        free = {vault: view.tokens[vault] - donated[vault] for vault in (stake, reward, treasury)}
        hold("I1", free[stake] == staked + unbonding + bonds, "stake vault")
        hold("I1", free[reward] == fed.reward_available + reserved + owed, "reward vault")
        hold("I1", free[treasury] == fed.treasury_total, "treasury vault")
        people_counts(view, key, fed)
        for address in view.rounds_of(key):
            round_counts(view, address)


def i2_no_balance_moves_without_a_rule(
    view: View,
    tokens: Mapping[Pubkey, int],
    lamports: Mapping[Pubkey, int],
    supply: Mapping[Pubkey, int],
) -> None:
    """I2: every token account, mint and wallet holds exactly what the reference says."""
    hold("I2", view.tokens == tokens, ("tokens", _difference(view.tokens, tokens)))
    hold("I2", view.supply == supply, ("supply", _difference(view.supply, supply)))
    actual = {key: view.raw[key][0] if key in view.raw else 0 for key in lamports}
    hold("I2", actual == lamports, ("lamports", _difference(actual, lamports)))


def _difference(left: Mapping[Pubkey, int], right: Mapping[Pubkey, int]) -> dict[str, Any]:
    keys = left.keys() | right.keys()
    return {str(k): (left.get(k), right.get(k)) for k in keys if left.get(k) != right.get(k)}


def i3_nobody_loses_more_than_was_paid_in(
    view: View, paid: Mapping[Pubkey, tuple[int, int, int, int]]
) -> None:
    """I3: slashed + returned ≤ deposited + won, and what is left is stake, unbonding or bond.

    Of every participant: what it paid in, won of others' bonds, took out, and lost.
    """
    for key, person in view.participants.items():
        deposited, won, returned, slashed = paid[key]
        hold("I3", person.slashed == slashed, "slashed")
        hold("I3", slashed + returned <= deposited + won, (slashed, returned, deposited, won))
        bonds = sum(r.bond for r in view.rounds.values() if r.aggregator == key)
        left = slashable(person) + bonds
        hold("I3", left == deposited + won - returned - slashed, (left, paid[key]))


def i3_a_verdict_divides_what_was_lost(before: View, after: View) -> None:
    """I3: what a verdict divides is the bond and what the accused lost by it, and some is burned.

    Whoever proves a fault gets the bond back and at most half of the rest; whoever does not gets
    nothing back, unless somebody else was faster.
    """
    for key, challenge in after.challenges.items():
        old = before.challenges.get(key)
        if old is None or not is_open(old) or is_open(challenge):
            continue
        bond, paid, burned = challenge.bond, challenge.payout, challenge.burned
        lost, won, kept = *_changes(before, after, challenge.accused), held_for(challenge)
        fair = {
            "Convicted": kept == bond + lost and bond <= paid <= bond + lost // 2,
            "Acquitted": paid == lost == 0 and won == bond - kept,
            "Moot": (paid, kept, lost, won) == (bond, bond, 0, 0),
        }
        hold("I3", fair[challenge.verdict.kind], (challenge.verdict.kind, bond, lost, paid, kept))
        hold("I3", burned > 0 or kept == paid, "nothing is burned")


def _changes(before: View, after: View, accused: Pubkey) -> tuple[int, int]:
    """What the accused lost by slashes and won of stake; it may be gone if the verdict is moot."""
    old, new = before.participants.get(accused), after.participants.get(accused)
    if old is None or new is None:
        return 0, 0
    return new.slashed - old.slashed, new.stake - old.stake


def i9_accounts_are_rent_exempt(view: View, rent: Callable[[int], int]) -> None:
    """I9: every account of the program, and every token account, holds its rent."""
    for key, (lamports, owner, data) in view.raw.items():
        if owner in (PROGRAM_ID, TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID):
            hold("I9", lamports >= rent(len(data)), str(key))


def i10_third_parties_are_untouched(before: View, after: View, allowed: set[Pubkey]) -> None:
    """I10: an account that has nothing to do with a step is byte-equal after it."""
    for key in before.raw.keys() | after.raw.keys():
        if key not in allowed:
            hold("I10", before.raw.get(key) == after.raw.get(key), str(key))


def heads_are_the_replay(view: View, heads: Mapping[Pubkey, tuple[int, bytes]]) -> None:
    """Every record's number and head are those of the events so far."""
    recorded = view.federations | view.participants | view.rounds | view.challenges
    for key, account in recorded.items():
        expected = heads.get(key, (0, bytes(32)))
        hold("heads", (account.seq, bytes(account.head)) == expected, str(key))
