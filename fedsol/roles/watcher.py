"""A watcher: checks everything in the running round again, and makes whoever breaks a rule pay.

It needs no participant, only stake tokens for bonds. Every step looks at the chain, the store and
its notebook, and does the one thing that is due; so it can be killed at any point and started
again. A proof costs nothing; a demand costs its bond if it is answered.
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import cached_property

from solders.pubkey import Pubkey

from fedsol.errors import InsufficientFunds, ProgramError, TransactionExpired
from fedsol.log import get_logger
from fedsol.program import Participant
from fedsol.reading import is_past
from fedsol.roles.answerer import answering_steps, is_waiting
from fedsol.roles.bookkeeper import Bookkeeper
from fedsol.roles.claims import Claim, Doubt, Proof
from fedsol.roles.disputes import Dispute
from fedsol.roles.docket import Docket, price_of
from fedsol.roles.inspecting import Inspector
from fedsol.roles.member import Member, Snapshot
from fedsol.roles.notebook import Entry, Notebook
from fedsol.roles.outcomes import ended_as, ended_in
from fedsol.roles.proving import AT_ONCE, Prover
from fedsol.roles.scene import DISPUTABLE, Scene, read_scene
from fedsol.roles.seen_files import SeenFiles
from fedsol.roles.verdicts import End, due_end, ending_steps
from fedsol.roles.watch_metrics import WatchMetrics

log = get_logger(__name__)

# What the chain refuses because others act at the same time: the next look shows what is left.
_REFUSED = (ProgramError, TransactionExpired, InsufficientFunds)
# After so many answers the author plainly has its bytes: it may hide them, but not be convicted.
_ANSWERS_MAX = 3


@dataclass
class Watcher:
    """The watching role of a key, with or without a participant.

    ``budget``: the most stake tokens (token units) that are in bonds at once; a demand, whose bond
    can be lost, must be within it together with those lost in the same round. ``at_once``:
    transactions of one proof on their way together.
    """

    member: Member
    budget: int
    metrics: WatchMetrics = field(default_factory=WatchMetrics)
    at_once: int = AT_ONCE
    _quiet: tuple[int, str, int] | None = None
    _refused: bool = False
    _said: set[tuple[object, ...]] = field(default_factory=set)

    @cached_property
    def notebook(self) -> Notebook:
        """What it must not forget, beside the member's journal."""
        return Notebook(self.member.journal.folder / "watch")

    @cached_property
    def docket(self) -> Docket:
        """Its own disputes."""
        return Docket(self.member.owner, self.budget, self.notebook, self.metrics)

    @cached_property
    def bookkeeper(self) -> Bookkeeper:
        """Who keeps the notebook."""
        return Bookkeeper(self.member, self.docket, self.notebook)

    @cached_property
    def inspector(self) -> Inspector:
        """What it knows of the round."""
        folder = self.member.journal.folder / "watch" / "seen"
        files = SeenFiles(self.member.artifacts, folder)
        return Inspector(files, self.notebook, self.metrics)

    @cached_property
    def prover(self) -> Prover:
        """How it sends."""
        return Prover(self.member, self.at_once)

    async def step(self, now: Snapshot) -> bool:
        """Does the one thing that is due, if any, and says whether it did."""
        round_ = now.round
        if round_ is None:
            return False
        mark = (round_.number, round_.phase.kind, round_.seq)
        if mark == self._quiet:
            self.metrics.last_slot.set(now.clock.slot)
            return False
        self._refused = False
        scene = await read_scene(self.member.chain, self.member.federation, now)
        await self.review(scene)
        if await self._end_disputes(scene):
            return True
        if round_.phase.kind in DISPUTABLE and await self._dispute(scene):
            return True
        self.metrics.last_round.set(round_.number)
        self.metrics.last_slot.set(now.clock.slot)
        waiting = self._refused or self.inspector.unsure
        if not waiting and not any(one.is_open for one in scene.disputes):
            self._quiet = mark
        return False

    # -- what was begun ----------------------------------------------------------------------------

    async def review(self, scene: Scene) -> None:
        """Brings the notebook up to date, and begins a new page in a new round."""
        if self.notebook.number != scene.number:
            await self.bookkeeper.close_page(scene)
            self.inspector.forget()
            self._said.clear()
        await self.bookkeeper.review(scene)

    async def _end_disputes(self, scene: Scene) -> bool:
        """Ends one dispute that is due, whoever began it."""
        for dispute in scene.disputes:
            end = due_end(scene, dispute)
            if end is not None and self._may_end(scene, dispute, end):
                ending = self._end(scene, dispute, end)
                if await self._tried(ending, what=end, dispute=str(dispute.address)):
                    return True
        return False

    def _may_end(self, scene: Scene, dispute: Dispute, end: End) -> bool:
        if self.docket.is_mine(dispute):
            return True
        # Whoever asked has time to read the answer, which goes with the account.
        over = is_past(dispute.account.deadline, scene.clock)
        unread = dispute.shown is not None and not scene.is_moot(dispute) and not over
        return end != "close" and not unread

    async def _end(self, scene: Scene, dispute: Dispute, end: End) -> None:
        chain, ref = self.member.chain, self.member.federation
        steps = await ending_steps(chain, ref, scene, dispute, end)
        try:
            landed = await chain.send(steps, [self.member.key])
        except ProgramError:
            if len(steps) == 1:
                raise
            # Tokens that cannot be paid out hold up nobody else.
            landed = await chain.send(steps[:1], [self.member.key])
        log.info(f"dispute_{end}", dispute=str(dispute.address), kind=dispute.account.kind.kind)
        entry = self.docket.entry_of(dispute)
        if self.docket.is_mine(dispute) and entry is not None:
            self.docket.end(entry, ended_in(landed.logs, dispute.address) or ended_as(dispute))

    # -- what is to be begun -----------------------------------------------------------------------

    async def _dispute(self, scene: Scene) -> bool:
        """Does something about one thing that is wrong."""
        claims = await self.inspector.look(scene)
        for dispute in scene.disputes:
            if await self._help(scene, dispute):
                return True
        for claim in claims:
            if await self._act(scene, claim):
                return True
        return False

    async def _act(self, scene: Scene, claim: Claim) -> bool:
        mine = self.docket.mine(scene, claim.target)
        if mine is not None:
            if not mine.is_open or not isinstance(claim, Proof) or not _is_of(mine, claim):
                return False
            return await self._tried(self._go_on(scene, claim, mine), what=claim.kind.kind)
        if not self._may_begin(scene, claim):
            return False
        entry = self.docket.begin(scene, claim, self.prover.address(scene, claim.target))
        if await self._tried(self._begin(scene, claim, entry), what=entry.kind):
            return True
        self.notebook.drop(entry)
        return False

    async def _begin(self, scene: Scene, claim: Claim, entry: Entry) -> None:
        log.info("dispute_begins", kind=entry.kind, target=entry.target, place=entry.place)
        if isinstance(claim, Doubt):
            landed = await self.prover.demand(scene, claim)
        else:
            landed = await self.prover.accuse(scene, claim)
        self.docket.began(entry)
        ended = ended_in(landed[-1].logs, Pubkey.from_string(entry.dispute))
        if ended is not None:
            self.docket.end(entry, ended)

    async def _go_on(self, scene: Scene, proof: Proof, dispute: Dispute) -> None:
        landed = await self.prover.go_on(scene, proof, dispute)
        entry = self.docket.entry_of(dispute)
        ended = ended_in(landed[-1].logs, dispute.address)
        if entry is not None and ended is not None:
            self.docket.end(entry, ended)

    def _may_begin(self, scene: Scene, claim: Claim) -> bool:
        """Whether a dispute can and should be begun now; why not is said once."""
        if claim.accused == self.member.participant:
            return self._say_once("not_against_oneself", claim)
        if not (scene.can_demand if isinstance(claim, Doubt) else scene.can_dispute):
            return self._say_once("too_late", claim)
        if isinstance(claim, Doubt):
            asked = (one for one in scene.disputes if one.target == claim.target)
            if any(one.is_demand and one.is_open for one in asked):
                return False
            answers = self.notebook.shown(claim.target) if claim.target is not None else []
            if not claim.narrows and len(answers) >= _ANSWERS_MAX:
                return self._say_once("answers_but_does_not_publish", claim)
        if not self.docket.can_afford(scene, claim):
            bond = price_of(scene, claim)
            return self._say_once("budget_spent", claim, bond=bond, budget=self.budget)
        return True

    def _say_once(self, why: str, claim: Claim, **more: object) -> bool:
        said = (why, claim.target)
        if said not in self._said:
            self._said.add(said)
            log.warning(why, target=str(claim.target or "aggregate"), **more)
        return False

    async def _help(self, scene: Scene, dispute: Dispute) -> bool:
        """Answers for an author who is away, if what it posted is right."""
        mine = self.docket.is_mine(dispute) or dispute.account.accused == self.member.participant
        if mine or not is_waiting(dispute, scene.clock):
            return False
        material = await self.inspector.material(
            scene, dispute.target, of_selection=dispute.of_selection
        )
        account = await self.member.chain.account(dispute.account.accused)
        if material is None or account is None:
            return False
        steps = answering_steps(
            self.member.federation,
            scene.number,
            dispute,
            material,
            owner=Participant.decode(account.data).owner,
            answerer=self.member.owner,
        )
        if len(steps) > 1:
            return False
        sending = self.member.chain.send(steps, [self.member.key])
        return await self._tried(sending, what="answer", dispute=str(dispute.address))

    async def _tried(self, action: Awaitable[object], **what: object) -> bool:
        try:
            await action
        except _REFUSED as error:
            log.info("refused", reason=str(error), **what)
            self._refused = True
            return False
        return True


def _is_of(dispute: Dispute, proof: Proof) -> bool:
    """Whether a challenge claims what a proof shows."""
    return bool(dispute.account.kind == proof.kind)
