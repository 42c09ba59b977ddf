"""Every pair of promises that cannot hold at once is refused, and says why; what can hold is not."""

from dataclasses import replace

import pytest

from fedsol.learning.codecs import codec
from fedsol.learning.privacy import (
    Arrangement,
    Budget,
    ClientPrivacy,
    ExamplePrivacy,
    Incompatible,
    Mode,
    Proof,
    check,
)
from fedsol.learning.strategies import STRATEGIES
from fedsol.learning.update import Scheme

OPEN = Arrangement(Mode.OPEN, 10)
MASKED = Arrangement(Mode.MASKED, 10)
ENCLAVE = Arrangement(Mode.ENCLAVE, 10, verifier="DCAP")
NARROW = Scheme(qmax=2_000, max_norm_squared=10_000_000)
BUDGET = Budget(3, 1e-5)


def robust(name):
    return STRATEGIES[name]()


REFUSED = {
    "masked median": (replace(MASKED, strategy=robust("FedMedian")), "FedMedian compares"),
    "masked trimmed mean": (
        replace(MASKED, strategy=robust("FedTrimmedAvg")),
        "FedTrimmedAvg compares",
    ),
    "masked Krum": (replace(MASKED, strategy=robust("Krum")), "Krum compares"),
    "masked crowd on chain": (
        replace(MASKED, governed=True, clients=257),
        "at most 256 masked updates",
    ),
    "copied update of masked rounds on chain": (
        replace(MASKED, governed=True, proofs=frozenset({Proof.COPIED_UPDATE})),
        "A copied update cannot be proven in masked",
    ),
    "lying norm of masked rounds on chain": (
        replace(MASKED, governed=True, proofs=frozenset({Proof.LYING_NORM})),
        "A lying norm cannot be proven in masked",
    ),
    "wrong aggregate of masked rounds on chain": (
        replace(MASKED, governed=True, proofs=frozenset({Proof.WRONG_AGGREGATE})),
        "A wrong aggregate cannot be proven in masked",
    ),
    "enclave's rounds on chain": (
        replace(ENCLAVE, governed=True),
        "settles no round in enclave mode",
    ),
    "masked scores": (replace(MASKED, scored=True), "cannot score single updates"),
    "masked top-k": (replace(MASKED, codec=codec("top_k")), "Codec top_k"),
    "masked pair": (replace(MASKED, clients=2), "tells each client the other's"),
    "masked overflow": (replace(MASKED, max_weight=2**47), "overflow a masked sum"),
    "masked server noise": (
        replace(MASKED, scheme=NARROW, privacy=ClientPrivacy(1, 1), noise_by="server"),
        "sum without noise",
    ),
    "masked noise without room": (
        replace(MASKED, privacy=ClientPrivacy(1, 1)),
        "do not fit 16 bits",
    ),
    "unverified enclave": (replace(ENCLAVE, verifier=None), "quotes nobody verifies"),
    "enclave scores": (replace(ENCLAVE, scored=True), "cannot score single updates in enclave"),
    "open client noise": (
        replace(OPEN, privacy=ClientPrivacy(1, 1)),
        "every single update is public",
    ),
    "weighted client noise": (
        replace(ENCLAVE, privacy=ClientPrivacy(1, 1), max_weight=5),
        "equal weights",
    ),
    "robust client noise": (
        replace(ENCLAVE, privacy=ClientPrivacy(1, 1), strategy=robust("FedMedian")),
        "FedMedian is not bounded",
    ),
    "claim without mechanism": (replace(OPEN, budget=BUDGET), "nothing is clipped"),
    "claim without noise": (
        replace(OPEN, budget=BUDGET, privacy=ExamplePrivacy(1, 0)),
        "clipping without noise",
    ),
}
REFUSED |= {
    f"{wanted.mode} proof of a {proof}": (
        replace(wanted, proofs=frozenset({proof})),
        f"A {proof} cannot be proven in {wanted.mode}",
    )
    for wanted in (MASKED, ENCLAVE)
    for proof in Proof
}
ALLOWED = {
    "open with everything that looks": replace(
        OPEN,
        strategy=robust("Krum"),
        codec=codec("top_k"),
        governed=True,
        scored=True,
        proofs=frozenset(Proof),
        privacy=ExamplePrivacy(1, 1),
        budget=BUDGET,
    ),
    "masked mean with the clients' noise": replace(
        MASKED, scheme=NARROW, privacy=ClientPrivacy(1, 1), budget=BUDGET
    ),
    "masked on chain, with what can be proven of masked updates there": replace(
        MASKED,
        clients=256,
        governed=True,
        proofs=frozenset({Proof.WITHHELD_BYTES}),
    ),
    "masked server optimiser": replace(MASKED, strategy=robust("FedAdam"), max_weight=1_000),
    "enclave with a robust rule": replace(ENCLAVE, strategy=robust("MultiKrum")),
    "enclave with its own noise": replace(
        ENCLAVE, privacy=ClientPrivacy(1, 1), noise_by="server", budget=BUDGET
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_hold_is_refused_for_that_reason_alone(name):
    wanted, why = REFUSED[name]
    with pytest.raises(Incompatible) as found:
        check(wanted)
    assert len(found.value.reasons) == 1
    assert why in found.value.reasons[0]


@pytest.mark.parametrize("name", ALLOWED)
def test_what_can_hold_passes(name):
    check(ALLOWED[name])


def test_every_reason_is_told_at_once():
    wanted = replace(MASKED, scored=True, strategy=robust("Krum"), proofs=frozenset(Proof))
    with pytest.raises(Incompatible) as found:
        check(wanted)
    assert len(found.value.reasons) == 6
