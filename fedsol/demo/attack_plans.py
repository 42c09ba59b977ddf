"""The attacks in words: what the cheat does, and why it cannot work."""

from dataclasses import dataclass

from fedsol.demo.attack_roles import BOOST, VICTIM


@dataclass(frozen=True)
class Plan:
    """One attack.

    ``deed`` is told when the event of that name shows it, ``{cheat}`` being the cheat's name;
    ``fault`` is what it is punished for, ``defence`` what stands against it.
    """

    title: str
    event: str
    deed: str
    fault: str
    defence: str


PLANS = {
    "wrong-aggregate": Plan(
        title="A wrong aggregate",
        event="RoundAggregated",
        deed="{cheat} has changed one number of that model, by one unit in the last place",
        fault="a wrong aggregate",
        defence="A rule of aggregation works number by number. So one number of every update, of the "
        "model before and of the posted one is enough, and the program computes that number itself.",
    ),
    "fake-norm": Plan(
        title="A false norm",
        event="RoundRevealed",
        deed="{cheat} submits "
        f"{BOOST:g} times what it learnt; its tree says that this is no longer than allowed",
        fault="a false norm",
        defence="An update's length is part of what it commits to: every leaf of its tree carries a "
        "sum, up to the root. One leaf that lies, or that its author cannot show, is the proof.",
    ),
    "copy": Plan(
        title="A copied update",
        event="RoundRevealed",
        deed=f"{{cheat}} has trained nothing: what it shows is {VICTIM}'s update, leaked to it",
        fault="a copied update",
        defence="Equal updates have equal roots, however they are salted, and whoever committed later "
        "has the copy. The two accounts are all the evidence there is to show.",
    ),
    "withhold": Plan(
        title="Bytes withheld",
        event="RoundRevealed",
        deed="{cheat} reveals the hashes of its update, and publishes not one byte of it",
        fault="bytes withheld",
        defence="Anybody may demand a chunk of an update, with a bond that an answer would win. "
        "Whoever does not show it in time is at fault: the deadline is the proof.",
    ),
    "silent": Plan(
        title="Silence after a commitment",
        event="RoundCommitted",
        deed="{cheat} has sealed an update that it means never to show",
        fault="silence after a commitment",
        defence="A commitment that is not opened by its deadline is a fault. It takes no evidence and "
        "no bond to prove it: the accounts say so themselves.",
    ),
    "lazy-evaluator": Plan(
        title="An evaluator that does not look",
        event="ScoreRevealed",
        deed="{cheat} gives full marks to every update, and has looked at none",
        fault="a planted update that was found good",
        defence="Now and then a trainer submits noise, which nobody can tell from an update without "
        "measuring it. When all scores are shown it says so, and its secret proves it.",
    ),
}
"""The attacks by the name of ``--attack``."""
