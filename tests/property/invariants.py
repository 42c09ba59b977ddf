"""The ten invariants, and that the chain is what the reference says; each fails under its name.

They read the chain. What only history knows (donations, deposits, heads, former roots) comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from solders.pubkey import Pubkey

from fedsol.program.addresses import PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID
from tests.property.view import View, has_ended, phase_of, slashable, vaults_of

PHASES = ("Commit", "Reveal", "Score", "Aggregate", "Challenge", "Settled")


def hold(name: str, condition: bool, detail: object = "") -> None:
    """Fails under the invariant's name."""
    if not condition:
        raise AssertionError(f"{name} broken: {detail}")


def i1_vaults_hold_what_is_owed(view: View, donated: Mapping[Pubkey, int]) -> None:
    """I1: vaults = Σ stakes, unbonding, bonds, rewards, dust, donations; totals equal their sums."""
    for key, fed in view.federations.items():
        people, rounds = view.people_of(key).values(), view.rounds_of(key).values()
        stake, reward, treasury = vaults_of(key)
        staked = sum(p.stake for p in people)
        unbonding = sum(e.amount for p in people for e in p.unbonding)
        bonds = sum(r.bond for r in rounds)
        reserved = sum(r.pool for r in rounds if not has_ended(r))
        settled = [r for r in rounds if phase_of(r) == "Settled"]
        owed = sum(r.share * (r.revealed - r.claimed) for r in settled)
        totals = (fed.stake_total, fed.unbonding_total, fed.bond_total)
        hold("I1", totals == (staked, unbonding, bonds), (totals, staked, unbonding, bonds))
        hold("I1", (fed.reward_reserved, fed.reward_owed) == (reserved, owed), (reserved, owed))
        free = {vault: view.tokens[vault] - donated[vault] for vault in (stake, reward, treasury)}
        hold("I1", free[stake] == staked + unbonding + bonds, "stake vault")
        hold("I1", free[reward] == fed.reward_available + reserved + owed, "reward vault")
        hold("I1", free[treasury] == fed.treasury_total, "treasury vault")
        _counts_agree(view, key, fed)


def _counts_agree(view: View, key: Pubkey, fed: Any) -> None:
    people, rounds = view.people_of(key), view.rounds_of(key)
    hold("I1", fed.participants == len(people), "participants")
    hold("I1", fed.rounds_open == len(rounds), "rounds open")
    running = [r for r in rounds.values() if not has_ended(r)]
    hold("I1", len(running) == int(fed.round_active), "running rounds")
    seats = sorted(p.aggregator_index for p in people.values() if p.listed)
    hold("I1", seats == list(range(fed.aggregators)), ("list of aggregators", seats))
    for address, person in people.items():
        mine = view.submissions_of(address)
        bonds = [r.bond for r in rounds.values() if r.aggregator == address and r.bond > 0]
        hold("I1", person.bonded == sum(bonds), "bonded")
        hold("I1", person.locked == sum(s.liability for s in mine), "locked")
        hold("I1", person.duties == len(mine) + len(bonds), "duties")


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
    view: View, paid: Mapping[Pubkey, tuple[int, int, int]]
) -> None:
    """I3: slashed + returned ≤ deposited, and what is left is stake, unbonding or bond."""
    for key, person in view.participants.items():
        deposited, returned, slashed = paid[key]
        hold("I3", person.slashed == slashed, "slashed")
        hold("I3", slashed + returned <= deposited, (slashed, returned, deposited))
        bonds = sum(r.bond for r in view.rounds.values() if r.aggregator == key)
        left = slashable(person) + bonds
        hold("I3", left == deposited - returned - slashed, (left, deposited, returned, slashed))


def i4_phases_are_monotone(before: View, after: View) -> None:
    """I4: a round goes forward one phase or ends; an ended one stays; numbers only grow."""
    for key, round_ in after.rounds.items():
        if key in before.rounds:
            _one_phase_forward(phase_of(before.rounds[key]), phase_of(round_))
    for key, fed in after.federations.items():
        if key in before.federations:
            hold("I4", fed.round - before.federations[key].round in (0, 1), "round number")
            hold("I4", fed.seq >= before.federations[key].seq, "sequence")


def _one_phase_forward(old: str, new: str) -> None:
    if old != new:
        following = PHASES[PHASES.index(old) + 1 :][:1] if old != "Aborted" else ()
        aborted = new == "Aborted" and old in ("Reveal", "Aggregate")
        hold("I4", new in following or aborted, (old, new))


def i5_liabilities_are_covered(before: View, after: View, excused: set[Pubkey]) -> None:
    """I5: locked ≤ slashable; a new commitment needs free stake.

    ``excused``: participants whom a slash for one silence left with less than the next one may
    cost. Nobody else may be short, and even those may not get shorter in another way.
    """
    for key, person in after.participants.items():
        short = person.locked - slashable(person)
        hold("I5", short <= 0 or key in excused, (str(key), person.locked, slashable(person)))
        old = before.participants.get(key)
        if old is not None and person.locked > old.locked:
            hold("I5", person.stake >= person.locked, "commitment without free stake")
        if old is not None and short > 0 and person.slashed == old.slashed:
            hold("I5", short <= max(0, old.locked - slashable(old)), "shorter without a slash")


def i6_a_final_root_never_changes(
    before: View, after: View, final: dict[Pubkey, tuple[Pubkey, object]]
) -> None:
    """I6: one result per ended round, for good; a model root changes by settling and only then.

    ``final`` remembers federation and result of every round that ever ended.
    """
    for key, round_ in after.rounds.items():
        if has_ended(round_):
            roots = bytes(round_.new_model_root), bytes(round_.new_model_artifact)
            result = (phase_of(round_), roots, round_.pool, round_.share, round_.revealed)
            known = final.setdefault(key, (round_.federation, result))
            hold("I6", known == (round_.federation, result), (str(key), result))
    for key, fed in after.federations.items():
        if key in before.federations:
            _root_follows(before, after, key, fed)


def _root_follows(before: View, after: View, key: Pubkey, fed: Any) -> None:
    settled = [
        round_
        for address, round_ in after.rounds_of(key).items()
        if phase_of(round_) == "Settled" and not has_ended(before.rounds.get(address, round_))
    ]
    root = settled[0].new_model_root if settled else before.federations[key].model_root
    hold("I6", len(settled) <= 1 and fed.model_root == root, "the federation's root")


def i7_no_round_is_stuck(view: View, moves_on: Callable[[Pubkey], bool]) -> None:
    """I7: once all deadlines have passed, somebody can move every round that has not ended."""
    for key, round_ in view.rounds.items():
        if not has_ended(round_):
            hold("I7", moves_on(key), (str(key), phase_of(round_)))


def i8_what_is_closed_owes_nothing(before: View, after: View) -> None:
    """I8: an account that went had no liabilities, and nothing is left that needs it."""
    for key in before.federations.keys() - after.federations.keys():
        fed = before.federations[key]
        totals = (fed.stake_total, fed.unbonding_total, fed.bond_total)
        hold("I8", totals == (0, 0, 0) and fed.reward_owed == fed.reward_reserved == 0, "money")
        hold("I8", not any(vault in after.raw for vault in vaults_of(key)), "vault left")
    for key in before.participants.keys() - after.participants.keys():
        person = before.participants[key]
        idle = slashable(person) == person.locked == person.duties == 0 and not person.listed
        hold("I8", idle, "participant")
    for key in before.rounds.keys() - after.rounds.keys():
        round_ = before.rounds[key]
        paid = phase_of(round_) != "Settled" or round_.claimed == round_.revealed
        hold("I8", has_ended(round_) and paid and round_.bond == 0, "round")
    for account in (*after.participants.values(), *after.rounds.values()):
        hold("I8", account.federation in after.federations, "without federation")
    for submission in after.submissions.values():
        hold("I8", submission.participant in after.participants, "without participant")
        revealed = submission.status.kind == "Revealed"
        hold("I8", not revealed or submission.round in after.rounds, "without round")


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
    for key, account in (view.federations | view.participants | view.rounds).items():
        expected = heads.get(key, (0, bytes(32)))
        hold("heads", (account.seq, bytes(account.head)) == expected, str(key))
