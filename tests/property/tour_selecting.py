"""A history on purpose under rules that select: every way to select wrongly, and what is right."""

from __future__ import annotations

from dataclasses import replace

from tests.property.reference import Reference
from tests.property.scenes import PEOPLE, SCORED, Scene
from tests.property.state import Dispute

KRUM = replace(SCORED, score=(0, 0), rule="multi_krum", keep=2, min_submissions=3)
WEIGHTED = replace(SCORED, score=(0, 0), rule="weighted", min_submissions=1)
STAKE = 40_000  # enough for one aggregate that falls after another

# Per word of a selection: what it is convicted of.
FAULTS = {
    "heavy": ("WrongWeights", 0, 0),
    "behind": ("WrongWeights", 0, 0),
    "none": ("WrongWeights", 0, 0),
    "off": ("WrongDistance", 0, 3),
    "self": ("WrongDistance", 3, 3),
    "stray": ("WrongDistance", 0, 31),
}


def tour_selecting(reference: type[Reference] = Reference) -> Scene:
    """Four rounds under Multi-Krum."""
    scene = Scene(KRUM, reference=reference)
    scene.gather(*PEOPLE, stake=STAKE)
    for words in (("heavy", "behind", "none"), ("off", "self", "stray")):
        begin(scene)
        for word in words:
            convict(scene, word, *FAULTS[word])
        stand(scene)
    third_round(scene)
    fourth_round(scene)
    return scene


def begin(scene: Scene, dave: str = "good") -> None:
    """Four updates are revealed, and an aggregator is chosen."""
    scene.open()
    scene.train(alice="good", bob="good", carol="good", dave=dave)
    scene.draw()


def convict(scene: Scene, chosen: str, kind: str, place: int = 0, other: int = 0) -> None:
    """An aggregate with a wrong selection falls."""
    scene.aggregate(chosen=chosen)
    claim = scene.claim("eve", kind, place=place, other=other)
    prove(scene, claim)
    assert claim.verdict == "Convicted", (chosen, claim)


def prove(scene: Scene, claim: Dispute) -> None:
    """Shows all evidence there is, and has it decided."""
    scene.prove(claim)
    if claim.kind == "WrongDistance" and claim.evidence == "Incomplete":
        scene.measure(claim)
    scene.resolve(claim)


def kept_in(scene: Scene) -> tuple[list[int], list[int]]:
    """Who counts in the posted selection, and who does not."""
    choice = scene.round.choice
    assert choice is not None
    kept = [at for at in range(scene.round.revealed) if choice.weights[at]]
    return kept, [at for at in range(scene.round.revealed) if at not in kept]


def stand(scene: Scene) -> None:
    """The right selection stands against whatever is claimed of it."""
    scene.aggregate()
    kept, passed = kept_in(scene)
    for kind, place, other in (
        ("WrongWeights", 0, 0),
        ("WrongSelection", kept[0], passed[0]),
        ("WrongSelection", passed[0], kept[0]),
        ("WrongDistance", 0, 3),
        ("WrongDistance", 1, 1),
        ("WrongDistance", 2, 31),
        ("WrongAggregate", 3, 0),
    ):
        claim = scene.claim("eve", kind, place=place, other=other)
        prove(scene, claim)
        assert claim.verdict == "Acquitted", claim
    scene.settle()


def third_round(scene: Scene) -> None:
    """A favourite is kept; chunks of selections are demanded, and withheld or shown."""
    begin(scene)
    scene.aggregate(chosen="favour")
    kept, passed = kept_in(scene)
    claim = scene.claim("eve", "WrongSelection", place=kept[-1], other=passed[0])
    late = scene.claim("bob", "WrongSelection", place=kept[0], other=passed[0])
    prove(scene, claim)
    assert claim.verdict == "Convicted"
    scene.expire(late)
    scene.aggregate(chosen="lost")
    hidden = scene.demand("eve", place=1, of_selection=True)
    scene.driver.reach(*hidden.deadline)
    scene.resolve(hidden)
    assert hidden.verdict == "Convicted"
    scene.aggregate()
    shown = scene.demand("eve", place=2, of_selection=True)
    scene.answer(shown, "dave")
    scene.resolve(shown)
    scene.settle()


def fourth_round(scene: Scene) -> None:
    """A copy falls, and whoever counts it nevertheless is at fault; so is who does not follow."""
    begin(scene, dave="copy alice")
    copied = scene.claim("eve", "CopiedUpdate", "dave")
    scene.resolve(copied)
    convict(scene, "fallen", "WrongWeights")
    scene.aggregate("wrong 70")
    wrong = scene.claim("eve", "WrongAggregate", place=70)
    prove(scene, wrong)
    assert wrong.verdict == "Convicted"
    scene.aggregate()
    nowhere = scene.claim("eve", "WrongDistance", place=0, other=3)
    prove(scene, nowhere)
    assert (nowhere.verdict, nowhere.entry) == ("Acquitted", nowhere.measured)
    scene.settle()


def tour_weighted(reference: type[Reference] = Reference) -> Scene:
    """A round whose weights are the aggregator's word: what follows from them can be proved."""
    scene = Scene(WEIGHTED, reference=reference)
    scene.gather(*PEOPLE, stake=STAKE)
    begin(scene)
    convict(scene, "none", "WrongAggregate", 3)
    convict(scene, "behind", "WrongWeights")
    scene.aggregate("wrong 70")
    wrong = scene.claim("eve", "WrongAggregate", place=70)
    prove(scene, wrong)
    assert wrong.verdict == "Convicted"
    scene.aggregate()
    for kind in ("WrongWeights", "WrongAggregate"):
        claim = scene.claim("eve", kind, place=0 if kind == "WrongWeights" else 3)
        prove(scene, claim)
        assert claim.verdict == "Acquitted"
    scene.settle()
    return scene
