"""The page of an attack: one HTML file with everything in it, and the words that the terminal shares."""

from collections.abc import Iterator
from html import escape

from fedsol.demo.attack_money import Balance, Proof, Reckoning
from fedsol.demo.attack_plans import PLANS
from fedsol.demo.attack_plots import attack_png
from fedsol.demo.attack_result import Telling
from fedsol.demo.board import Line, tokens
from fedsol.demo.cast import CONVENER, TOKEN
from fedsol.demo.plots import DARK
from fedsol.demo.report import checks_list, data_url, read_page, sol, table_row
from fedsol.demo.summary import Chapter, tell_chapters

CHEAT, FINDER = "cheat", "finder"
_BAD, _GOOD = ("cheat", "fault", "verdict"), ("pay",)


def attack_html(telling: Telling, picture: bytes) -> str:
    """The whole page; the picture is given for light ground and drawn again for dark."""
    outcome, bill, plan = telling.outcome, telling.reckoning, PLANS[telling.attack]
    scenario = outcome.scenario
    return read_page("attack").substitute(
        title=escape(plan.title),
        lesson=escape(scenario.lesson.title),
        rounds=scenario.rounds,
        seed=scenario.seed,
        transactions=len(outcome.transactions),
        headline=escape(headline(telling)),
        defence=escape(plan.defence),
        facts=_facts(telling),
        told="".join(_told(line) for line in telling.incident),
        way_light=data_url(picture),
        way_dark=data_url(attack_png(bill, telling.attack, DARK)),
        costs="".join(table_row(row[1:-1], [row[0]], first_words=True) for row in cost_rows(bill)),
        said="".join(_said(holds, words) for holds, words in said(bill)),
        proof=escape(proof_line(bill.proof)),
        timeline="".join(_chapter(one) for one in tell_chapters(outcome)),
        events=outcome.audit.events,
        checks=checks_list(outcome.audit),
        federation=outcome.federation,
    )


def headline(telling: Telling) -> str:
    """The end in one sentence."""
    bill = telling.reckoning
    if bill.fine is None:
        return f"{bill.cheat} was not caught."
    return (
        f"{bill.cheat} was caught and lost {tokens(bill.fine.total)}: "
        f"{tokens(bill.fine.to_finder)} went to the {bill.fine.finder}, "
        f"{tokens(bill.fine.to_treasury)} to the treasury, {tokens(bill.fine.burned)} were burned."
    )


def proof_line(proof: Proof) -> str:
    """What the proof took, in one sentence."""
    many = "transactions" if proof.transactions > 1 else "transaction"
    return (
        f"The proof took {proof.transactions} {many} of {proof.bytes:,} bytes together, "
        f"{proof.compute_units:,} compute units and {sol(proof.fees)} SOL of fees."
    )


def cost_rows(reckoning: Reckoning) -> Iterator[list[str]]:
    """Everybody's name, stake tokens before, after, changed and in the honest story, rewards in both,
    and who it is.
    """
    fine = reckoning.fine
    for one in reckoning.balances:
        if one.name == CONVENER:
            continue
        who = CHEAT if one.name == reckoning.cheat else ""
        who = FINDER if fine is not None and one.name == fine.finder else who
        yield [one.name, *_cells(one), who]
    for name, held in (("treasury", reckoning.treasury), ("burned", reckoning.burned)):
        yield [name, tokens(0), tokens(held), _change(held), tokens(0), "", "", ""]


def said(reckoning: Reckoning) -> Iterator[tuple[bool, str]]:
    """What must hold of an attack that failed, with its numbers; and whether it does."""
    cheat, checks, fine = reckoning.of(reckoning.cheat), reckoning.checks, reckoning.fine
    if fine is None:
        yield False, f"{cheat.name} was not caught"
        return
    less = rounded(cheat.stake_honest - cheat.stake_after)
    missed = rounded(cheat.rewards_honest - cheat.rewards)
    poorer = f"{less} less in stake"
    poorer += f", {missed} less in rewards" if cheat.rewards != cheat.rewards_honest else ""
    yield checks["cheat_poorer"], f"{cheat.name} is poorer than if it had been honest: {poorer}"
    won = tokens(reckoning.of(fine.finder).stake_after - reckoning.of(fine.finder).stake_before)
    yield checks["finder_richer"], f"the {fine.finder} is {won} richer: watching pays"
    yield checks["others_whole"], "nobody else has lost a token"
    yield checks["nothing_lost"], "what is missing is in the treasury or burned, to the unit"


def rounded(amount: int) -> str:
    """Token units in tokens, with two decimals unless they are whole: for tables."""
    return f"{amount / TOKEN:,.2f}" if amount % TOKEN else tokens(amount)


def _cells(one: Balance) -> list[str]:
    rewards = [one.rewards, one.rewards_honest]
    return [
        rounded(one.stake_before),
        rounded(one.stake_after),
        _change(one.stake_after - one.stake_before),
        rounded(one.stake_honest),
        *(rounded(amount) if any(rewards) else "" for amount in rewards),
    ]


def _change(amount: int) -> str:
    if amount == 0:
        return "0"
    return f"+{rounded(amount)}" if amount > 0 else f"-{rounded(-amount)}"


def _facts(telling: Telling) -> str:
    bill, fine = telling.reckoning, telling.reckoning.fine
    facts = [
        (tokens(fine.total) if fine is not None else "nothing", f"tokens lost by {bill.cheat}"),
        (tokens(fine.to_finder) if fine is not None else "nothing", "tokens for the proof"),
        (str(bill.proof.transactions), "transactions of proof"),
        (f"{bill.proof.compute_units:,}", "compute units of proof"),
        ("passed" if telling.outcome.audit.ok else "FAILED", "the audit"),
    ]
    return "".join(f"<li><b>{escape(value)}</b>{escape(what)}</li>" for value, what in facts)


def _told(line: Line) -> str:
    tone = "bad" if line.step in _BAD else "good" if line.step in _GOOD else ""
    cells = "".join(f'<td class="words">{escape(one)}</td>' for one in (line.step, line.words))
    return f'<tr class="{tone}">{cells}</tr>'


def _said(holds: bool, words: str) -> str:
    tone, sign = ("good", "✓") if holds else ("bad", "✗")
    return f'<li class="{tone}">{sign} {escape(words)}</li>'


def _chapter(one: Chapter) -> str:
    cells = [
        str(one.number),
        str(len(one.committed)),
        str(len(one.revealed)),
        f"{one.accuracy:.1%}",
        tokens(one.share),
    ]
    return table_row(cells, [one.aggregator, "; ".join(one.notes)], first_words=False)
