"""The report: one HTML file with everything in it, for somebody who was not there."""

import base64
from collections.abc import Iterable
from html import escape
from importlib import resources
from string import Template

from fedsol.audit import AuditReport
from fedsol.demo.board import tokens
from fedsol.demo.plots import DARK, LIGHT, accuracy_png, balances_png
from fedsol.demo.summary import Chapter, Purse, Summary

_DAY, _HOUR = 86_400, 3_600
_LAMPORTS = 1_000_000_000


def html_report(summary: Summary, accuracy: bytes, balances: bytes) -> str:
    """The whole page; the pictures are given for light ground and drawn again for dark."""
    outcome = summary.outcome
    scenario = outcome.scenario
    return read_page("report").substitute(
        title=escape(scenario.lesson.title),
        rounds=scenario.rounds,
        seed=scenario.seed,
        transactions=len(outcome.transactions),
        epochs=scenario.lesson.epochs,
        shares=escape(_shares(summary)),
        facts=_facts(summary),
        proved="".join(f"<li>{escape(one)}</li>" for one in proved(summary)),
        accuracy_light=data_url(accuracy),
        accuracy_dark=data_url(accuracy_png(summary, DARK)),
        balances_light=data_url(balances),
        balances_dark=data_url(balances_png(summary, DARK)),
        timeline="".join(_chapter(one, summary.chapters[0].opened) for one in summary.chapters),
        money="".join(_purse(one) for one in summary.purses),
        totals=escape(totals_line(summary)),
        events=outcome.audit.events,
        checks=checks_list(outcome.audit),
        federation=outcome.federation,
        roots="".join(_root(one) for one in summary.chapters),
    )


def read_page(name: str) -> Template:
    """A page to be filled in, with the style that all of them share in it."""
    folder = resources.files("fedsol.demo")
    page = folder.joinpath(f"{name}.template.html").read_text(encoding="utf-8")
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    return Template(Template(page).safe_substitute(style=style))


def pictures(summary: Summary) -> tuple[bytes, bytes]:
    """The two PNG files: accuracy and balances, for light ground."""
    return accuracy_png(summary, LIGHT), balances_png(summary, LIGHT)


def proved(summary: Summary) -> Iterable[str]:
    """What the record shows, in plain words, with its numbers; nothing if the audit failed."""
    outcome = summary.outcome
    if not outcome.audit.ok:
        yield "Nothing: the audit failed, and below it says where."
        return
    rate = outcome.scenario.params.no_reveal_bps / 100
    reveals = sum(len(one.revealed) for one in summary.chapters)
    yield (
        f"Nobody could look before acting: each of the {reveals} updates was bound by a hash "
        "before any was shown, and is the one that was bound."
    )
    yield (
        f"The model is nobody's invention: each of the {len(summary.chapters)} aggregates was "
        "computed again from the revealed updates and is the same to the last bit."
    )
    for one in summary.purses:
        if one.slashed:
            yield (
                f"Silence has its price: {one.name} committed and did not reveal, and lost "
                f"{tokens(one.slashed)} tokens, {rate:g} % of its stake. A bystander proved it "
                "with nothing but the deadline, and was paid for that."
            )
        elif one.returned and not one.still_staked:
            amount = tokens(one.returned)
            yield f"Leaving costs no stake: {one.name} got {amount} tokens back, all of it."
    yield (
        "Nothing is missing from the record: every event is chained to the one before it in its "
        "account, and the chains end in the hashes that the accounts hold."
    )
    yield "Every token is accounted for: the vaults hold what is owed, and the stakes add up."


def totals_line(summary: Summary) -> str:
    """The federation's side of the money, in one line."""
    totals = summary.totals
    return (
        f"Rewards: {tokens(totals.funded)} funded, {tokens(totals.paid)} paid. Slashes: "
        f"{tokens(totals.to_finders)} to finders, {tokens(totals.treasury)} to the treasury, "
        f"{tokens(totals.burned)} burned."
    )


def sol(lamports: int) -> str:
    """Lamports as SOL, exactly enough for fees."""
    return f"{lamports / _LAMPORTS:.6f}"


def _facts(summary: Summary) -> str:
    alone = [curve[-1] for curve in summary.baselines.alone]
    facts = [
        (f"{summary.outcome.accuracies[-1]:.1%}", "the federation"),
        (f"{sum(alone) / len(alone):.1%}", "hospitals alone, mean"),
        (f"{summary.baselines.pooled[-1]:.1%}", "all data in one place"),
        (f"{tokens(summary.totals.paid)}", "tokens earned"),
        ("passed" if summary.outcome.audit.ok else "FAILED", "the audit"),
    ]
    return "".join(f"<li><b>{escape(value)}</b>{escape(what)}</li>" for value, what in facts)


def _shares(summary: Summary) -> str:
    names = [hospital.name for hospital in summary.outcome.scenario.hospitals]
    return ", ".join(
        f"{name} {size}" for name, size in zip(names, summary.share_sizes, strict=True)
    )


def _chapter(one: Chapter, start: int) -> str:
    days, rest = divmod(one.opened - start, _DAY)
    cells = [
        str(one.number),
        f"{days} d {rest // _HOUR} h",
        str(len(one.committed)),
        str(len(one.revealed)),
        f"{one.accuracy:.1%}",
        tokens(one.share),
    ]
    words = [one.aggregator, "; ".join(one.notes)]
    return table_row(cells, words, first_words=False)


def _purse(one: Purse) -> str:
    amounts = (one.staked, one.returned, one.slashed, one.still_staked, one.rewards, one.found)
    cells = [tokens(amount) if amount else "" for amount in amounts]
    return table_row([*cells, sol(one.fees), sol(one.rent)], [one.name], first_words=True)


def table_row(cells: list[str], words: list[str], *, first_words: bool) -> str:
    """A row of a table: numbers to the right, words to the left; the words first or last."""
    numbers = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    texts = "".join(f'<td class="words">{escape(word)}</td>' for word in words)
    return f"<tr>{texts}{numbers}</tr>" if first_words else f"<tr>{numbers}{texts}</tr>"


def _root(one: Chapter) -> str:
    root = f'<td class="words"><code>{escape(one.model_root)}</code></td>'
    return f"<tr><td>{one.number}</td>{root}</tr>"


def checks_list(report: AuditReport) -> str:
    """What an audit found, as items of a list."""
    lines = []
    for one in report.checks:
        tone, sign = ("good", "✓") if one.ok else ("bad", "✗")
        detail = f'<span class="faint">{escape(one.detail)}</span>'
        lines.append(f'<li class="{tone}">{sign} {escape(one.name)} {detail}</li>')
    return "".join(lines)


def data_url(png: bytes) -> str:
    """A picture as an address that holds all of it."""
    return "data:image/png;base64," + base64.b64encode(png).decode()
