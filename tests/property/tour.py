"""A history on purpose: every rule of scoring, disputes and slashes at least once, and then the end."""

from __future__ import annotations

from tests.property.moves_scoring import last_seat
from tests.property.reference import Reference
from tests.property.scenes import PEOPLE, Scene
from tests.property.updates import plant_amplitude


def tour(reference: type[Reference] = Reference) -> Scene:
    """Three rounds of a scored federation, up to the end of the third."""
    scene = Scene(reference=reference)
    scene.gather(*PEOPLE, stake=20_002)
    first_round(scene)
    second_round(scene)
    third_round(scene)
    return scene


def first_round(scene: Scene) -> None:
    """An honest round with a silent trainer; alice and bob are armed from here on."""
    for owner in ("alice", "bob"):
        scene.do(owner, "audit_arm", word="s1")
    scene.open()
    scene.train(silent=("dave",), alice="good", bob="good", carol="good")
    scene.evaluate(alice="fair", bob="fair", carol="fair", dave="lazy")
    scene.do("eve", "fault_no_reveal", "dave", last=last_seat("A", scene.here, "dave"))
    scene.tally()
    scene.aggregate()
    scene.settle()


def second_round(scene: Scene) -> None:
    """alice plants, bob says that he did, dave lies, and whoever aggregates first is wrong."""
    loud = plant_amplitude(scene.rules)
    scene.open()
    scene.train(alice="plant s1", bob="good", carol="good", dave="lying")
    scene.evaluate(silent=("bob",), carol="fair", dave="lazy")
    for owner in ("alice", "bob"):
        scene.do(owner, "audit_reveal", word="s1", amount=loud)
    spared = scene.claim("eve", "FalsePlant", "alice")
    scene.prove(spared)
    scene.resolve(spared)
    scene.tally()
    pretended = scene.claim("carol", "FalsePlant", "bob", 1)
    scene.prove(pretended)
    scene.resolve(pretended)
    lying = scene.claim("eve", "LyingNorm", "dave")
    scene.prove(lying)
    scene.resolve(lying)
    scene.aggregate("wrong 70")
    wrong = scene.claim("eve", "WrongAggregate", place=70)
    late = scene.claim("bob", "WrongAggregate", place=70)
    scene.prove(wrong)
    scene.resolve(wrong)
    scene.expire(late)
    scene.aggregate()
    scene.settle()


def third_round(scene: Scene) -> None:
    """carol copies, alice withholds, bob is asked for everything, and somebody claims at random."""
    scene.open()
    scene.train(bob="good", alice="lost", carol="copy bob")
    scene.evaluate(bob="wild", alice="fair")
    scene.tally()
    withheld = scene.demand("eve", "alice")
    shown = scene.demand("eve", "bob", 1)
    scene.answer(shown, "dave")
    scene.resolve(shown)
    scene.driver.reach(*withheld.deadline)
    scene.resolve(withheld)
    scene.aggregate()
    copied = scene.claim("dave", "CopiedUpdate", "carol")
    scene.resolve(copied)
    scene.aggregate()
    frivolous = scene.claim("dave", "WrongAggregate", place=3)
    asked = scene.demand("eve", place=1)
    scene.answer(asked)
    scene.resolve(asked)
    scene.expire(frivolous)
    scene.settle()
