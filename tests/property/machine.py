"""Random histories of three federations, every step of them checked, every one of them drained.

Hypothesis chooses what kind of thing happens, and a seed for its details; a failing history is reported
with every step that it took.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.property.driver import Driver
from tests.property.mirror import account_names
from tests.property.model import ACTORS, CREATOR, MINTS, TRAINER, U64, VAULTS, Rules, Step
from tests.property.moves import allowed, likely, moments
from tests.property.phases import Phases
from tests.property.reference import INSTRUCTIONS, Reference
from tests.property.swapping import signed_by, swapped
from tests.property.updates import SECRETS
from tests.property.wild import RULES, wild

FEDS = tuple(CREATOR)
ROUND_STEPS = tuple(name for name in INSTRUCTIONS if name.startswith("round_"))
SCORES = ("score_commit", "score_reveal", "audit_arm", "audit_reveal", "submission_score")
DISPUTES = tuple(name for name in INSTRUCTIONS if name.startswith(("challenge_", "demand_")))
AFTERMATH = (
    *("fault_no_reveal", "fault_evaluator", "reward_claim", "evaluation_claim"),
    *("submission_close", "evaluation_close", "challenge_close", "round_close", "round_settle"),
)
PAYMENTS = (
    *("reward_claim", "evaluation_claim", "stake_withdraw", "challenge_close"),
    *("fault_no_reveal", "fault_evaluator"),
)
ENTRY = (
    *("participant_register", "stake_deposit", "stake_unbond"),
    *("round_open", "round_commit", "round_join"),
)
# Instructions that ask for a signature and, at least sometimes, for anybody's.
ANYBODY_SIGNS = (
    *("fault_no_reveal", "fault_evaluator", "round_open", "participant_close"),
    "demand_answer",
)
_ANY_TIME = {*ROUND_STEPS, *AFTERMATH, *SCORES, *DISPUTES, "stake_withdraw"}
SEEDS = st.integers(0, 2**64 - 1)
ROLES = st.lists(st.sampled_from([7, 7, 7, 5, 3, 1, 4]), min_size=8, max_size=8)
STAKES = st.lists(st.integers(1, 4), min_size=8, max_size=8)


class Histories(Phases, RuleBasedStateMachine):
    """Rules are what people do; the driver checks everything after each of them."""

    reference = Reference

    @initialize(rules=st.fixed_dictionaries(dict.fromkeys(FEDS, RULES)), roles=ROLES, stakes=STAKES)
    def people_gather(self, rules: dict[str, Rules], roles: list[int], stakes: list[int]) -> None:
        """Two federations with four people each, and money to pay them."""
        self.gather(rules, roles, stakes)

    def gather(self, rules: dict[str, Rules], roles: list[int], stakes: list[int]) -> None:
        """Brings them in."""
        self.driver = Driver(rules, self.reference)
        for place, (fed, actor) in enumerate((f, a) for f in "AB" for a in ACTORS[:4]):
            if actor == ACTORS[0]:
                self.driver.must(Step("federation_create", fed, CREATOR[fed]))
                self.driver.must(Step("federation_fund", fed, "eve", amount=250_000))
            self.driver.must(Step("participant_register", fed, actor, roles=roles[place]))
            amount = stakes[place] * rules[fed].seat
            self.driver.must(Step("stake_deposit", fed, actor, amount=amount))
            if roles[place] & TRAINER and rules[fed].scored:
                self.driver.must(Step("audit_arm", fed, actor, word=SECRETS[0]))

    # -- what is allowed -------------------------------------------------------------------------

    @rule(seed=SEEDS)
    def something_sensible(self, seed: int) -> None:
        """Any instruction that must succeed."""
        self._sensible(self._chance(seed), INSTRUCTIONS)

    @rule(seed=SEEDS)
    def a_round_moves(self, seed: int) -> None:
        """An instruction on a round that must succeed."""
        self._sensible(self._chance(seed), ROUND_STEPS)

    @rule(seed=SEEDS)
    def disputes_go_on(self, seed: int) -> None:
        """Claims, demands, evidence and verdicts that must succeed."""
        for _ in range(4):
            self._sensible(self._chance(seed), DISPUTES)

    @rule(seed=SEEDS)
    def scores_go_on(self, seed: int) -> None:
        """Whatever evaluators and planters may do now."""
        for _ in range(2):
            self._sensible(self._chance(seed), SCORES)

    @rule(seed=SEEDS)
    def people_come_and_go(self, seed: int) -> None:
        """Registering, paying in, unbonding, opening and committing."""
        self._sensible(self._chance(seed), ENTRY)

    @rule(seed=SEEDS)
    def an_aftermath(self, seed: int) -> None:
        """Faults, claims and closings that must succeed."""
        self._sensible(self._chance(seed), AFTERMATH)

    @rule(seed=SEEDS, fed=st.sampled_from("AB"))
    def a_round_goes_on(self, seed: int, fed: str) -> None:
        """Some phases pass, or two rounds of a federation; how many take part is chance."""
        chance = self._chance(seed)
        for _ in range(chance.choice([2, 9, 18])):
            if fed in self.driver.reference.feds:
                self._phase_passes(chance, fed)

    @rule(seed=SEEDS)
    def rounds_end(self, seed: int) -> None:
        """Both federations' rounds go to their end, well or not."""
        for fed in "AB":
            for _ in range(10):
                if fed in (feds := self.driver.reference.feds) and feds[fed].active:
                    self._phase_passes(self._chance(seed), fed)

    def _too_early_or_late(self, chance: Random, fed: str) -> None:
        """Steps on a federation's rounds that may or may not be due, right or almost."""
        for name in chance.sample(sorted(_ANY_TIME), 3):
            steps = [s for s in likely(self.driver.reference, name) if s.fed == fed]
            if steps:
                step = chance.choice(steps)
                self.driver.take(
                    wild(chance, self._token_accounts(), step, chance.choice([0, 0, 1]))
                )

    def _sensible(self, chance: Random, names: tuple[str, ...], fed: str = "") -> None:
        step = self._pick(chance, names, fed)
        if step is not None:
            self.driver.must(step)
        if step is not None and step.name in ("round_open", "round_advance"):
            # People wait for a phase; else most rounds would end empty.
            self._phase_begins(chance, step)

    def _pick(self, chance: Random, names: tuple[str, ...], fed: str = "") -> Step | None:
        """A step that must succeed, of any of the instructions that have one."""
        now, reference = self.driver.world.now(), self.driver.reference
        for name in chance.sample(names, len(names)):
            found = allowed(reference, now, name, feds=(fed,) if fed else FEDS)
            if name == "federation_pause":
                # Pausing has a rule of its own, or most histories would stand still.
                found = [step for step in found if not step.flag]
            if found:
                return chance.choice(found)
        return None

    def _chance(self, seed: int) -> Random:
        # With the slot: Hypothesis likes to repeat itself, and the same seed must not mean the same
        # choice all the time.
        return Random(f"{seed} {self.driver.world.ledger.slot}")

    # -- what is not -----------------------------------------------------------------------------

    @rule(seed=SEEDS, name=st.sampled_from(INSTRUCTIONS))
    def something_wild(self, seed: int, name: str) -> None:
        """Instructions with arguments and accounts of any kind, right or wrong."""
        chance = self._chance(seed)
        for _ in range(3):
            step = chance.choice(likely(self.driver.reference, name))
            self.driver.take(wild(chance, self._token_accounts(), step, chance.randrange(3)))

    @rule(seed=SEEDS, name=st.sampled_from(INSTRUCTIONS))
    def something_almost_right(self, seed: int, name: str) -> None:
        """Instructions that would succeed, but for one argument or account."""
        chance = self._chance(seed)
        for _ in range(3):
            step = self._pick(chance, (name,))
            if step is not None:
                self.driver.take(wild(chance, self._token_accounts(), step, 1))

    @rule(seed=SEEDS)
    def something_again(self, seed: int) -> None:
        """Steps that have succeeded, at any time before."""
        chance = self._chance(seed)
        for _ in range(4):
            self.driver.take(chance.choice(self.driver.history[-20:]))

    @rule(seed=SEEDS)
    def somebody_leaves_in_parts(self, seed: int) -> None:
        """Unbonding again and again, until the queue is full."""
        chance = self._chance(seed)
        step = self._pick(chance, ("stake_unbond",))
        for _ in range(chance.randrange(6) if step else 0):
            self.driver.take(replace(step, amount=1))

    def _token_accounts(self) -> list[str]:
        return sorted(self.driver.reference.books.mints)

    @rule(seed=SEEDS)
    def money_goes_where_its_owner_wants(self, seed: int) -> None:
        """A payment out of the program, to any token account there is."""
        chance = self._chance(seed)
        step = self._pick(chance, PAYMENTS)
        if step is not None:
            self.driver.take(replace(step, tokens=chance.choice(self._token_accounts())))

    @rule(seed=SEEDS)
    def an_account_is_swapped(self, seed: int) -> None:
        """Sensible steps with one account of another kind or owner, or with its flags taken off."""
        chance = self._chance(seed)
        for _ in range(3):
            step = self._pick(chance, INSTRUCTIONS)
            if step is None:
                continue
            made = self.driver.world.builder.instruction(step)
            other = swapped(chance, self.driver.reference, step, made)
            if other is not None:
                self.driver.take_altered(step, other[0], step.actor, other[1])

    @rule(seed=SEEDS, thief=st.sampled_from(ACTORS))
    def somebody_else_signs(self, seed: int, thief: str) -> None:
        """A sensible step, signed by somebody else where only one may sign."""
        names = tuple(name for name in INSTRUCTIONS if name not in ANYBODY_SIGNS)
        step = self._pick(self._chance(seed), names)
        made = self.driver.world.builder.instruction(step) if step else None
        if step is None or made is None or step.actor == thief:
            return
        if any(meta.is_signer for meta in made.accounts):
            assert not self.driver.take_altered(step, signed_by(thief, made), thief, "theft")

    # -- what the program cannot help ------------------------------------------------------------

    @rule(fed=st.sampled_from(FEDS), paused=st.sampled_from([False, False, True]))
    def a_creator_pauses(self, fed: str, paused: bool) -> None:
        """Entry is closed or opened."""
        self.driver.take(Step("federation_pause", fed, CREATOR[fed], flag=paused))

    @rule(seconds=st.integers(0, 30), slots=st.integers(0, 30))
    def time_passes(self, seconds: int, slots: int) -> None:
        """Seconds and slots, independently of each other."""
        self.driver.pass_time(seconds, slots)

    @rule(seed=SEEDS)
    def a_deadline_comes(self, seed: int) -> None:
        """To a moment that somebody waits for, or to one second or slot before it."""
        now, chance = self.driver.world.now(), self._chance(seed)
        later = [m for m in moments(self.driver.reference) if not now.passed(m)]
        if later:
            time, slot = chance.choice(later[:3])
            seconds, slots = chance.choice([(0, 0), (0, 0), (1, 0), (0, 1)])
            self.driver.reach(time - seconds, slot - slots)

    @rule(seed=SEEDS)
    def tokens_are_donated(self, seed: int) -> None:
        """Tokens straight into a vault, of whichever mint."""
        chance, vaults = self._chance(seed), sorted(self.driver.reference.books.donated)
        if vaults:
            amount = chance.choice([0, 1, chance.randrange(10**4), U64])
            giver, mint = chance.choice(ACTORS), chance.choice(MINTS)
            self.driver.donate_tokens(giver, mint, chance.choice(vaults), amount)

    @rule(seed=SEEDS)
    def lamports_are_donated(self, seed: int) -> None:
        """Lamports to an account of the program or, rarely, to where one may be made later."""
        chance = self._chance(seed)
        reference = self.driver.reference
        there = [*account_names(reference), *reference.books.donated]
        fed, owner, number = chance.choice(FEDS), chance.choice(ACTORS), chance.randrange(1, 5)
        free = [fed, f"{fed}/{owner}", f"{fed}#{number}", f"{fed}#{number}/{owner}"]
        free += [f"{fed}#{number}~{owner}", f"{fed}#{number}/{owner}!eve"]
        free += [f"{fed}.{vault}" for vault in VAULTS]
        target = chance.choice(sorted(there) if there and chance.random() < 0.97 else free)
        self.driver.donate_lamports(chance.choice(ACTORS), target, chance.choice([900_000, 10**9]))

    def teardown(self) -> None:
        """Everybody leaves: no token, no lamport and no account may stay behind."""
        if hasattr(self, "driver") and self.driver.sound:
            self.driver.drain(faults=self.driver.world.ledger.slot % 2 == 0)
        if hasattr(self, "driver"):
            self.driver.world.release()
