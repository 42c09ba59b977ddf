"""What the commands about disputes share: the running round, its disputes, and a watcher's tools."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from solders.pubkey import Pubkey

from fedsol.chain import Landed
from fedsol.cli.people import held
from fedsol.cli.session import FederationSession, pubkey
from fedsol.cli.views import challenge_json
from fedsol.errors import ConfigError
from fedsol.program import Participant
from fedsol.program.addresses import participant_address
from fedsol.roles import Answerer, Journal, Member, Watcher
from fedsol.roles.answerer import Material, answering_steps, is_waiting
from fedsol.roles.claims import Doubt, Proof
from fedsol.roles.disputes import Dispute, place_of
from fedsol.roles.outcomes import ended_in
from fedsol.roles.scene import Scene, read_scene
from fedsol.roles.verdicts import End, due_end, ending_steps

AGGREGATE = "aggregate"


def watching_member(session: FederationSession) -> Member:
    """The key as a watcher: its journal lies beside what the same key remembers as a member."""
    return _member(session, session.options.state_folder / "watch")


def _member(session: FederationSession, state: Path) -> Member:
    journal = Journal(state, session.owner, session.address)
    return Member(session.chain, session.ref, session.key, session.artifacts, journal)


async def need_scene(session: FederationSession) -> Scene:
    """The newest round with its disputes. Raises ConfigError if there is none."""
    now = await watching_member(session).snapshot()
    if now.round is None:
        raise ConfigError("no round was opened yet", hint="Open one with `fedsol round open`.")
    return await read_scene(session.chain, session.ref, now)


def find_dispute(scene: Scene, text: str) -> Dispute:
    """A dispute by its address. Raises ConfigError if it is not one of the round's."""
    address = pubkey(text, "challenge")
    found = next((one for one in scene.disputes if one.address == address), None)
    if found is None:
        raise ConfigError(
            f"round {scene.number} has no challenge or demand {address}",
            hint="`fedsol challenge list` shows what there is.",
        )
    return found


def find_target(session: FederationSession, scene: Scene, text: str | None) -> Pubkey | None:
    """A submission by its address, its participant's or its owner's; None for the aggregate.

    Raises ConfigError if there is no such submission.
    """
    if text in (None, AGGREGATE):
        return None
    named = pubkey(text or "", "participant")
    known = {named, participant_address(session.address, named)}
    for address, one in scene.submissions.items():
        if {address, one.participant} & known:
            return address
    raise ConfigError(
        f"{named} has no submission in round {scene.number}", hint="See `fedsol round show`."
    )


def dispute_json(scene: Scene, dispute: Dispute) -> dict[str, Any]:
    """A dispute as plain values, and what is due with it."""
    account = dispute.account
    return {
        "dispute": str(dispute.address),
        **challenge_json(account, scene.clock),
        "evidence": account.evidence.kind,
        "values": f"{account.have} of {account.needed}" if account.needed else "none needed",
        "due": due_end(scene, dispute),
    }


@contextmanager
def watcher_of(session: FederationSession, budget: int) -> Iterator[Watcher]:
    """A watcher for one step of this key; nobody else may be watching with it.

    Raises StateError if a process of this key is watching.
    """
    member = watching_member(session)
    with member.journal:
        yield Watcher(member, budget)


async def find_proof(
    session: FederationSession,
    scene: Scene,
    kind: str,
    *,
    target: Pubkey | None,
    coordinate: int | None,
    chunk: int | None,
) -> Proof:
    """The proof of that kind about a target, made from what was published.

    Raises ConfigError if there is none, ArtifactError and LearningError as the checks do.
    """
    with watcher_of(session, await held(session, session.ref.stake)) as watcher:
        await watcher.review(scene)
        if kind == "WrongAggregate" and coordinate is not None:
            return await watcher.inspector.prove(scene, coordinate)
        claims = await watcher.inspector.look(scene)
    about = [one for one in claims if one.target == target]
    proofs = [one for one in about if isinstance(one, Proof) and one.kind.kind == kind]
    if proofs and chunk in (None, place_of(proofs[0].kind)):
        return proofs[0]
    if proofs:
        raise ConfigError(f"the fault that can be proved is in chunk {place_of(proofs[0].kind)}")
    doubt = next((one for one in about if isinstance(one, Doubt)), None)
    hint = ""
    if doubt is not None:
        which = " --selection" if doubt.of_selection else ""
        hint = f"Ask its author: `fedsol demand open --chunk {doubt.chunk}{which}`."
    raise ConfigError(f"nothing of the kind {kind} can be proved of it", hint=hint)


async def answer_demand(session: FederationSession, scene: Scene, text: str) -> int:
    """Shows the chunk that a demand asks for; says in how many transactions.

    Raises ConfigError if nobody asks any more, or if the bytes are not at hand.
    """
    dispute = find_dispute(scene, text)
    if not is_waiting(dispute, scene.clock):
        raise ConfigError(
            f"{dispute.address} waits for no answer", hint="See `fedsol challenge show`."
        )
    mine = dispute.account.accused == session.participant
    material = await (_own if mine else _known)(session, scene, dispute)
    author = await session.chain.account(dispute.account.accused)
    if material is None or author is None:
        raise ConfigError("what was posted cannot be had here, or is not what its root says")
    steps = answering_steps(
        session.ref,
        scene.number,
        dispute,
        material,
        owner=Participant.decode(author.data).owner,
        answerer=None if mine else session.owner,
    )
    if len(steps) > 1 and not mine:
        raise ConfigError("the path is so long that only its author may show it, in pieces")
    for place, step in enumerate(steps):
        await session.send(f"answer-{dispute.address}-{place}", [step])
    return len(steps)


async def _own(session: FederationSession, scene: Scene, dispute: Dispute) -> Material | None:
    """What this key posted itself."""
    member = _member(session, session.options.state_folder)
    with member.journal:
        return await Answerer(member).material(dispute, scene.round)


async def _known(session: FederationSession, scene: Scene, dispute: Dispute) -> Material | None:
    """What somebody else posted, if it was published and is right."""
    with watcher_of(session, 0) as watcher:
        await watcher.review(scene)
        await watcher.inspector.look(scene)
        return await watcher.inspector.material(
            scene, dispute.target, of_selection=dispute.of_selection
        )


async def end_dispute(session: FederationSession, scene: Scene, text: str, end: End) -> Landed:
    """Ends a dispute, due or not: the program says why not."""
    dispute = find_dispute(scene, text)
    steps = await ending_steps(session.chain, session.ref, scene, dispute, end)
    return await session.send(f"dispute-{dispute.address}-{end}", steps)


def ended_json(landed: Landed, dispute: Pubkey) -> dict[str, Any]:
    """What a transaction made of a dispute."""
    ended = ended_in(landed.logs, dispute)
    return {
        "dispute": str(dispute),
        "outcome": ended.outcome if ended is not None else "closed",
        "gained": ended.gained if ended is not None else 0,
        "transaction": str(landed.signature),
    }
