"""A history on purpose under masks: shares, silence, objections, and what can be proved of words."""

from __future__ import annotations

from dataclasses import replace

from tests.property.model import Step
from tests.property.moves_scoring import last_seat
from tests.property.reference import Reference
from tests.property.scenes import PEOPLE, SCORED, STRANGER, Scene

WIDE = replace(SCORED, score=(0, 0), rule="masked", qmax=32_767, min_submissions=3)
NARROW = replace(WIDE, qmax=20, norm=1)
STAKE = 40_000  # enough for one aggregate that falls after another


def tour_masked(reference: type[Reference] = Reference) -> Scene:
    """Nine rounds whose words have 32 bits."""
    scene = Scene(WIDE, reference=reference)
    scene.gather(*PEOPLE, stake=STAKE)
    half_object(scene)
    most_object(scene)
    too_many_come(scene)
    some_keep_silent(scene)
    words_are_disputed(scene)
    for first, second in (("dave", "alice"), ("alice", "dave")):
        words_are_copied(scene, first, second)
    nobody_posts_what_stands(scene)
    return scene


def tour_narrow(reference: type[Reference] = Reference) -> Scene:
    """Two rounds whose words have 16 bits, beyond every bound of an open round."""
    scene = Scene(NARROW, reference=reference)
    scene.gather(*PEOPLE, stake=STAKE)
    half_object(scene)
    words_are_disputed(scene)
    return scene


def begin(scene: Scene, **words: str) -> None:
    """Four show words, and an aggregator is chosen."""
    scene.open()
    scene.train(**(dict.fromkeys(PEOPLE, "good") | words))
    scene.draw()


def half_object(scene: Scene) -> None:
    """Half of the members are not enough."""
    begin(scene)
    scene.aggregate()
    scene.object("alice", "carol")
    scene.settle()


def most_object(scene: Scene) -> None:
    """Three of four are, also with the aggregator among them; then another one's stands."""
    begin(scene)
    posters = [scene.aggregate()]
    scene.object(*[owner for owner in PEOPLE if owner != posters[0]])
    posters.append(scene.aggregate())
    scene.object(*[owner for owner in PEOPLE if owner != posters[0]])
    posters.append(scene.aggregate())
    assert len(set(posters)) == 3
    scene.object(posters[0])
    scene.settle()


def too_many_come(scene: Scene) -> None:
    """As many join as may show their words; the next one finds the round full and stays free."""
    scene.open()
    scene.do("eve", "participant_register", roles=7)
    scene.do("eve", "stake_deposit", amount=scene.rules.seat)
    for owner in PEOPLE:
        scene.do(owner, "round_join")
    assert len(PEOPLE) == scene.rules.max_submissions
    refused(scene, Step("round_join", "A", "eve", scene.number))
    scene.advance()
    scene.share(*PEOPLE)
    for owner in PEOPLE:
        scene.do(owner, "round_reveal")
    scene.advance()
    scene.draw()
    scene.aggregate()
    scene.settle()


def refused(scene: Scene, step: Step) -> None:
    """It is refused, as the reference says."""
    assert not scene.driver.take(step)


def some_keep_silent(scene: Scene) -> None:
    """One joins and does not share, one shares and shows nothing; a demand falls with its target."""
    for sharers in (PEOPLE[:3], PEOPLE):
        scene.open()
        scene.join(*PEOPLE)
        scene.share(*sharers)
        for owner in PEOPLE[:3]:
            scene.do(owner, "round_reveal")
        scene.advance()
        last = last_seat("A", scene.here, "dave")
        scene.do("alice", "fault_no_reveal", "dave", last=last)
        scene.draw()
        a_demand_falls(scene)


def a_demand_falls(scene: Scene) -> None:
    """A chunk is demanded of one of three, and what was posted is turned down before it is shown."""
    scene.aggregate()
    moot = scene.demand("bob", place=1)
    scene.object("alice", "bob")
    scene.do(STRANGER, "challenge_expire", "bob", accused=f"A/{moot.accused}")
    scene.close(moot)
    scene.aggregate()
    scene.settle()


def words_are_disputed(scene: Scene) -> None:
    """Words as large as they can be, a last chunk that is shown, and a lie."""
    begin(scene, bob="lying", carol="wide")
    scene.aggregate()
    scene.object("dave")
    last = len(_tree_of(scene, "carol")) - 1
    honest = scene.claim("bob", "LyingNorm", "carol", last)
    scene.prove(honest)
    scene.resolve(honest)
    assert honest.verdict == "Acquitted"
    shown = scene.demand("bob", "alice", last)
    scene.answer(shown, "dave")
    scene.resolve(shown)
    lying = scene.claim("alice", "LyingNorm", "bob")
    scene.prove(lying)
    scene.resolve(lying)
    assert lying.verdict == "Convicted"
    scene.aggregate()
    scene.settle()


def words_are_copied(scene: Scene, first: str, second: str) -> None:
    """One shows another one's words after it, whoever joined before; nobody can claim a copy."""
    scene.open()
    for owner in PEOPLE:
        scene.do(owner, "round_join")
        # So that each joins in a slot of its own.
        scene.driver.pass_time(0, 1)
    scene.advance()
    scene.share(*PEOPLE)
    for owner, author in ((first, ""), (second, first), ("bob", ""), ("carol", "")):
        scene.do(owner, "round_reveal", author)
    scene.advance()
    scene.draw()
    claim = Step("challenge_open", "A", "bob", scene.number, word="CopiedUpdate")
    for accused in (first, second):
        refused(scene, replace(claim, target=accused))
    scene.aggregate()
    for accused in (first, second):
        refused(scene, replace(claim, target=accused))
    scene.settle()


def _tree_of(scene: Scene, owner: str) -> tuple[bytes, ...]:
    tree = scene.here.submissions[scene.number, owner].update.tree
    assert tree is not None
    return tuple(tree.chunks)


def nobody_posts_what_stands(scene: Scene) -> None:
    """Every aggregator is turned down in turn, until the round aborts; nobody pays."""
    begin(scene)
    before = {owner: person.slashed for owner, person in scene.here.people.items()}
    for _ in PEOPLE:
        scene.aggregate()
        scene.object(*PEOPLE[:3])
    scene.driver.reach(*scene.round.takeover)
    scene.do(STRANGER, "round_abort")
    assert before == {owner: person.slashed for owner, person in scene.here.people.items()}
