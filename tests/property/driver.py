"""Takes steps on the chain and in the reference at once, and lets nothing pass unchecked."""

from __future__ import annotations

from collections import Counter

from hypothesis import currently_in_test_context, note
from solders.instruction import Instruction

from tests.property.model import ACTORS, Rules, Step
from tests.property.moves import WAY_OUT, allowed, moments
from tests.property.reference import Reference
from tests.property.touching import touches
from tests.property.watch import Watch
from tests.property.world import World

# Outcomes of all runs of this process: (instruction, error or empty) → how often.
TALLY: Counter[tuple[str, str]] = Counter()
_TURNS = 60


def tell(what: str) -> None:
    """Notes what is done, for the report of a failing history."""
    if currently_in_test_context():
        note(what)


class Driver:
    """A chain, its reference and the watch over both."""

    def __init__(self, rules: dict[str, Rules], reference: type[Reference] = Reference) -> None:
        self.world = World(rules)
        self.reference = reference(self.world.books(), rules)
        self.watch = Watch(self.world, self.reference)
        self.wealth = sum(self.reference.books.lamports.values())
        self.fees = 0
        # False from the first contradiction on: then nothing more can be learnt from this chain.
        self.sound = True
        self.history: list[Step] = []

    def take(self, step: Step) -> bool:
        """Takes a step; it must succeed or fail as the reference says. Returns which."""
        tell(str(step))
        self.sound = False
        now = self.world.now()
        expected = self.reference.allows(step, now)
        outcome = self.world.take(step)
        TALLY[step.name, outcome.error or ""] += 1
        self.fees += outcome.fee
        agree = (outcome.error is None) == (expected is None)
        assert agree, f"{step}: expected {expected!r}, got {outcome.error!r}\n{outcome.logs[-6:]}"
        if expected is not None:
            assert expected in ("", outcome.error), f"{step}: {expected} became {outcome.error}"
            self.watch.nothing_but(step.actor, outcome.fee)
        else:
            self.history.append(step)
            self.reference.apply(step, now)
            touched = touches(self.reference, step)
            self.watch.step_done(touched, step.actor, outcome.fee, outcome.logs)
        self.sound = True
        return expected is None

    def must(self, step: Step) -> None:
        """Takes a step that has to succeed."""
        now = self.world.now()
        expected = self.reference.allows(step, now)
        assert expected is None, f"{step} is refused: {expected}"
        self.take(step)

    def take_altered(self, step: Step, instruction: Instruction, payer: str, how: str) -> bool:
        """Sends a step in another form: it fails, or does what the step itself would have done."""
        tell(f"altered by {payer} ({how}): {step}")
        self.sound = False
        now = self.world.now()
        expected = self.reference.allows(step, now)
        outcome = self.world.send(instruction, payer)
        TALLY[f"{step.name} altered", "refused" if outcome.error else ""] += 1
        self.fees += outcome.fee
        if outcome.error is not None:
            self.watch.nothing_but(payer, outcome.fee)
        else:
            assert expected is None, f"{step} succeeded in another form, though {expected!r}"
            self.reference.apply(step, now)
            touched = touches(self.reference, step)
            self.watch.step_done(touched, payer, outcome.fee, outcome.logs)
        self.sound = True
        return outcome.error is None

    def donate_tokens(self, giver: str, mint: str, target: str, amount: int) -> None:
        """Tokens from a wallet to a vault or another wallet, past the program."""
        books = self.reference.books
        right = books.mint_of(target) == mint and amount <= books.tokens[f"{giver}:{mint}"]
        outcome = self.world.donate_tokens(giver, mint, target, amount)
        self.fees += outcome.fee
        assert (outcome.error is None) == right, outcome
        if not right:
            return self.watch.nothing_but(giver, outcome.fee)
        books.give(f"{giver}:{mint}", target, amount)
        return self.watch.step_done({f"{giver}:{mint}", target}, giver, outcome.fee, outcome.logs)

    def donate_lamports(self, giver: str, target: str, lamports: int) -> None:
        """Lamports from a wallet to any account, or to where one may be some day."""
        outcome = self.world.donate_lamports(giver, target, lamports)
        self.fees += outcome.fee
        assert outcome.error is None, outcome
        self.reference.books.pay_lamports(giver, target, lamports)
        self.watch.step_done({target}, giver, outcome.fee, outcome.logs)

    def pass_time(self, seconds: int, slots: int) -> None:
        """Lets seconds and slots pass, independently of each other."""
        tell(f"{seconds} seconds and {slots} slots pass")
        self.world.ledger.advance(seconds=seconds, slots=slots)

    def reach(self, time: int, slot: int) -> None:
        """Goes to a second and a slot, or stays where they have passed."""
        tell(f"it becomes {time}, slot {slot}")
        ledger = self.world.ledger
        # A little more than the second: the chain adds fractions of it.
        later = max(ledger.blocks.time, time + 0.05)
        ledger.warp_to(unix_timestamp=later, slot=max(ledger.slot, slot))

    def drain(self, *, faults: bool = True) -> None:
        """Everybody leaves; ``faults``: whether anybody punishes silence and comes for rewards.

        Whoever does not come for a reward can be waited for, or left behind by pausing.
        """
        for _ in range(_TURNS):
            if not self.reference.feds:
                break
            if not self._leave(faults):
                self._wait()
        self.assert_empty()

    def assert_empty(self) -> None:
        """No account of the program is left, no vault, and every lamport is where it was."""
        view = self.watch.before
        left = [key for book in view.kinds.values() for key in book]
        assert not left, left
        books = self.reference.books
        assert not books.donated, "vaults left"
        assert len(view.tokens) == len(books.tokens)
        assert sum(books.tokens.values()) == sum(books.supply.values())
        assert sum(books.lamports.values()) == self.wealth - self.fees

    def _leave(self, faults: bool) -> bool:
        moved = False
        for name in WAY_OUT:
            if name == "fault_no_reveal" and not faults:
                continue
            actors = ("eve",) if name in _ANYBODYS else ACTORS
            while steps := self._due(name, actors, faults):
                moved |= self.take(max(steps, key=lambda step: step.amount))
        return moved

    def _due(self, name: str, actors: tuple[str, ...], claims: bool) -> list[Step]:
        steps = allowed(self.reference, self.world.now(), name, actors)
        if name in ("reward_claim", "evaluation_claim") and not claims:
            steps = [step for step in steps if not self.reference.feds[step.fed].paused]
        return steps

    def _wait(self) -> None:
        now = self.world.now()
        later = [moment for moment in moments(self.reference) if not now.passed(moment)]
        if later:
            self.reach(max(time for time, _ in later), max(slot for _, slot in later))
        else:
            self.pass_time(1, 2)


_ANYBODYS = (
    *("round_advance", "round_settle", "round_abort", "round_close"),
    *("submission_score", "fault_no_reveal", "fault_evaluator"),
    *("challenge_resolve", "challenge_expire", "challenge_close"),
    *("submission_close", "evaluation_close"),
)
