"""Keeps a watcher's notebook in step with the chain: what was begun, what came of it, what was shown."""

from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.errors import ChainError
from fedsol.learning import verify_model, verify_update
from fedsol.learning.merkle import MODEL_VALUES, UPDATE_VALUES, Root, chunk_count
from fedsol.learning.selection import selection_chunks
from fedsol.log import get_logger
from fedsol.program import instructions as ix
from fedsol.program.addresses import round_address
from fedsol.reading import update_length
from fedsol.roles.disputes import DEMANDS, Shown, shown_in
from fedsol.roles.docket import Docket
from fedsol.roles.member import Member
from fedsol.roles.notebook import Entry, Notebook
from fedsol.roles.outcomes import ended_before
from fedsol.roles.scene import Scene

log = get_logger(__name__)


@dataclass(frozen=True)
class Bookkeeper:
    """What compares the notebook with the chain, once at every look."""

    member: Member
    docket: Docket
    notebook: Notebook

    async def close_page(self, scene: Scene) -> None:
        """Accounts for all that was begun in an earlier round, and opens the page of this one."""
        for entry in self.docket.missing(scene):
            await self._collect(entry)
            await self._account_for(entry)
        self.notebook.turn_to(scene.number)

    async def review(self, scene: Scene) -> None:
        """Notes every answer, and what became of disputes whose account is gone."""
        self.docket.review(scene)
        for dispute in scene.disputes:
            if dispute.shown is not None:
                self._keep(scene, dispute.target, dispute.shown, dispute.of_selection)
        for entry in self.docket.missing(scene):
            await self._account_for(entry, scene)

    async def _account_for(self, entry: Entry, scene: Scene | None = None) -> None:
        """Finds out what became of a dispute that is not there; of this round, also what it showed."""
        chain, address = self.member.chain, Pubkey.from_string(entry.dispute)
        ended = await ended_before(chain, entry)
        if ended is None:
            self.notebook.drop(entry)
            return
        if scene is not None and entry.kind in DEMANDS and ended.outcome == "lost":
            of_model = self._is_of_model(entry)
            shown = await shown_in(chain, address, entry.place, of_model=of_model)
            if shown is not None:
                target = None if of_model else Pubkey.from_string(entry.target)
                self._keep(scene, target, shown, entry.kind == DEMANDS[1])
        self.docket.end(entry, ended)

    async def _collect(self, entry: Entry) -> None:
        """Closes a dispute of an earlier round that others decided: what it brought is ours."""
        account = await self.member.chain.account(Pubkey.from_string(entry.dispute))
        if account is None or not account.data:
            return
        target = None if self._is_of_model(entry) else Pubkey.from_string(entry.target)
        number, owner = self.notebook.number, self.member.owner
        close = ix.challenge_close(self.member.federation, number, owner, target=target)
        try:
            await self.member.chain.send([close], [self.member.key])
        except ChainError as error:
            log.warning("not_collected", dispute=entry.dispute, reason=str(error))

    def _is_of_model(self, entry: Entry) -> bool:
        round_ = round_address(self.member.federation.address, self.notebook.number)
        return entry.target == str(round_)

    def _keep(self, scene: Scene, target: Pubkey | None, shown: Shown, of_selection: bool) -> None:
        """Keeps an author's answer, if it is of what is posted now."""
        if not _holds(scene, target, shown, of_selection):
            return
        attempt = scene.round.attempt if target is None else 0
        kept = (target or scene.address, attempt, shown)
        if self.notebook.keep(*kept, of_selection=of_selection):
            log.info("chunk_shown", target=str(target or "aggregate"), chunk=shown.index)


def _holds(scene: Scene, target: Pubkey | None, shown: Shown, of_selection: bool) -> bool:
    """Whether a chunk's path leads to the root of what is posted now."""
    size = scene.round.parameter_count
    if of_selection:
        posted = scene.round.selection
        root = b"" if posted is None else bytes(posted.root)
        with_table = scene.round.params.rule.kind == "MultiKrum"
        chunks = selection_chunks(scene.round.revealed, with_table=with_table)
        return verify_model(root, chunks, shown.chunk, shown.path)
    if target is None:
        chunks, root = chunk_count(size, MODEL_VALUES), bytes(scene.round.new_model_root)
        return verify_model(root, chunks, shown.chunk, shown.path)
    one = scene.submissions.get(target)
    if one is None:
        return False
    revealed = Root(bytes(one.root), one.norm_squared)
    chunks = chunk_count(update_length(scene.round), UPDATE_VALUES)
    return verify_update(revealed, chunks, shown.chunk, shown.path)
