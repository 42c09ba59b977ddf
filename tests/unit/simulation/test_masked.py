"""Masked rounds of a simulation: the open rounds' model, of a sum in which nobody sees an update."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning.codecs import TopK
from fedsol.learning.privacy import ExamplePrivacy
from fedsol.learning.privacy.secure_aggregation import MaskedUpdate, Plan, Rehearsal, Server
from fedsol.learning.strategies import FedMedian, FedProx, strategy
from fedsol.learning.update import Scheme
from fedsol.simulation import (
    Attackers,
    EmbeddedGovernor,
    Participation,
    Settings,
    masking,
    simulate,
)
from fedsol.simulation.gathering import ExactServer, quantised
from fedsol.simulation.masked_server import masked_server
from fedsol.simulation.masking import Masking
from fedsol.simulation.private import Privacy
from tests.unit.simulation.crowd import TEST, population, same, settings

EVERYBODY = Participation()
FICKLE = Participation(8, dropout=0.15, stragglers=0.4)
UNLIKELY = Participation(dropout=0.6)
SIZES = np.full(100, 50)
START = np.linspace(-0.1, 0.1, 42, dtype=np.float32)


def masked(**changes: object) -> Settings:
    """Ten clients under masks."""
    given = {"masking": Masking(), "weighted": False, "population": population(10), "seed": 2}
    return settings(**given | changes)


def in_the_open(**changes: object) -> Settings:
    return masked(**{"masking": None, "exact": True, **changes})


@dataclass(frozen=True)
class Mirror:
    """Sends the opposite of what the honest send, ten times."""

    def forge(self, honest: jax.Array, own: jax.Array, key: jax.Array) -> Any:
        return np.repeat(-10 * np.mean(np.asarray(honest), axis=0)[None], len(own), axis=0)


SAME = {
    "everybody": {"participation": EVERYBODY},
    "drop-outs and stragglers": {"participation": FICKLE},
    "words of 16 bits": {"participation": FICKLE, "scheme": Scheme(qmax=3_000)},
    "long updates are clipped": {
        "participation": FICKLE,
        "scheme": Scheme(update_bits=14, max_norm_squared=4_000_000),
    },
    "attackers are in the sum": {
        "participation": FICKLE,
        "attackers": Attackers((1, 4), Mirror()),
    },
    "a proximal term": {"participation": FICKLE, "strategy": FedProx(proximal_mu=0.5)},
    "samples hidden": {
        "participation": EVERYBODY,
        "privacy": Privacy(ExamplePrivacy(1.0, 0.5)),
    },
}


@pytest.mark.parametrize("name", SAME)
def test_the_model_is_that_of_the_same_rounds_in_the_open(name: str) -> None:
    hidden = simulate(masked(**SAME[name]), rounds=5)
    assert not any(one.lost for one in hidden.history)
    shown = simulate(in_the_open(**SAME[name]), rounds=5)
    assert hidden.values is not None
    assert same(hidden.values, shown.values)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[Server]:
    """The protocol's servers of all rounds."""
    made: list[Server] = []

    def kept(plan: Plan, channels: Any) -> Rehearsal:
        rehearsal = Rehearsal(plan, channels)
        made.append(rehearsal.server)
        return rehearsal

    monkeypatch.setattr(masking, "Rehearsal", kept)
    return made


def test_who_drops_out_or_is_late_has_shared_its_keys(servers: list[Server]) -> None:
    history = simulate(masked(participation=FICKLE), rounds=5).history
    assert sum(one.dropped for one in history) > 0 < sum(one.late for one in history)
    sizes = population(10).sizes(range(10))
    for number, server in enumerate(servers, 1):
        turnout = FICKLE.draw(sizes, 2, number)
        assert server.survivors == set(turnout.present)
        assert server.sharers == {*turnout.present, *turnout.dropped, *turnout.late}
    assert all(one.masking > 0 for one in history)


def test_who_masks_with_whom_follows_from_the_seed(servers: list[Server]) -> None:
    for seed in (1, 1, 2):
        simulate(masked(seed=seed), rounds=2)
    first, second, again, also, *others = [server.plan.round_id for server in servers]
    assert (first, second) == (again, also)
    assert len({first, second, *others}) == 4


def test_no_update_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[NDArray[np.uint32]] = []
    plain: list[NDArray[np.int16]] = []
    take, receive = ExactServer._quantised, Server.receive_masked

    def seen(server: Server, message: MaskedUpdate) -> None:
        words.append(np.frombuffer(message.words, np.uint32))
        receive(server, message)

    def written(*given: Any) -> NDArray[np.int16]:
        plain.append(take(*given))
        return plain[-1]

    monkeypatch.setattr(Server, "receive_masked", seen)
    monkeypatch.setattr(ExactServer, "_quantised", written)
    for one in (masked, in_the_open):
        simulate(one(participation=EVERYBODY), rounds=1)
    updates = np.concatenate(plain).astype(np.uint32)
    assert len(words) == len(updates) == 10
    # Of 420 words of 32 bits, none is as it was.
    assert not (np.stack(words)[:, None] == updates[None]).any()


@pytest.mark.parametrize("chosen", ["FedAvg", "FedAdam"])
def test_a_resumed_masked_simulation_ends_as_an_uninterrupted_one(
    tmp_path: Path, chosen: str
) -> None:
    crowd = masked(participation=FICKLE, strategy=strategy(chosen), masking=Masking(0.3, epoch=3))
    whole = simulate(crowd, rounds=5)
    simulate(crowd, rounds=2, folder=tmp_path)
    resumed = simulate(crowd, rounds=5, folder=tmp_path, resume=True)
    assert same(whole.values, resumed.values)
    assert [one.lost for one in whole.history] == [one.lost for one in resumed.history]


def test_a_round_with_too_few_left_changes_nothing_and_the_next_goes_on() -> None:
    history = simulate(masked(participation=UNLIKELY), rounds=8, test=TEST).history
    assert [one.lost for one in history] == [one.clients < 6 for one in history]
    for before, after in pairwise(history):
        assert (before.loss == after.loss) == after.lost
    assert {(before.lost, after.lost) for before, after in pairwise(history)} > {(True, False)}


def test_a_lost_round_leaves_the_servers_optimiser_as_it_was() -> None:
    server = masked_server(masked(strategy=strategy("FedAdam"), participation=EVERYBODY), START)
    kept, trained = server.kept(), np.stack([START + 0.1] * 3)
    server.begin(1, range(10))
    server.take(range(3), trained, np.ones(3, np.int64))
    server.finish(1)
    assert server.lost
    assert same(kept[0], server.values)
    assert all(map(same, kept[1], server.kept()[1]))


def test_what_optimises_on_the_server_goes_by_the_exact_mean() -> None:
    adam = strategy("FedAdam", eta=0.05)
    crowd = masked(participation=EVERYBODY, strategy=adam, masking=Masking(0.3))
    server = masked_server(crowd, START)
    start, state = server.vector(), server.state
    trained = (start + np.random.default_rng(0).normal(0, 0.1, (7, 42))).astype(np.float32)
    mean = quantised(server.values, trained, crowd.scheme).mean(0) / 2**16
    server.begin(1, range(10))
    server.take(range(7), trained, np.ones(7, np.int64))
    server.finish(1)
    expected, _ = adam.aggregate(state, start, mean[None].astype(np.float32), np.ones(1))
    np.testing.assert_allclose(server.vector(), expected, atol=2**-16)
    assert simulate(crowd, rounds=8, test=TEST).accuracy > 0.8


@pytest.mark.parametrize(("epoch", "made"), [(1, 7), (3, 3), (None, 1)])
def test_channel_keys_serve_an_epoch(
    epoch: int | None, made: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    new = masking.new_channels
    monkeypatch.setattr(masking, "new_channels", lambda who: calls.append(1) or new(who))
    simulate(masked(participation=Participation(5), masking=Masking(epoch=epoch)), rounds=7)
    assert len(calls) == made


@pytest.mark.parametrize(
    ("chances", "least", "most"),
    [
        (EVERYBODY, 0, 0),
        (Participation(dropout=0.1), 15, 25),
        (Participation(dropout=0.1, stragglers=0.5), 20, 35),
        (Participation(dropout=0.8), 49, 49),
    ],
)
def test_as_many_may_go_as_ever_do_or_as_can_be_borne(
    chances: Participation, least: int, most: int
) -> None:
    assert least <= Masking().borne(chances, SIZES, 0) <= most


def test_liars_and_drop_outs_take_neighbours() -> None:
    few, more, most = (Masking(0.1), Masking(0.3), Masking(0.3, corrupt=0.1))
    degrees = []
    for one in (few, more, most):
        degrees.append(one.plan(100, one.borne(EVERYBODY, SIZES, 0), 42, 32_767).degree)
    assert degrees == [18, 52, 82]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weighted": True}, "nobody can check how many samples"),
        ({"strategy": FedMedian()}, "FedMedian compares single updates"),
        ({"codec": TopK(0.2)}, "Codec top_k"),
        ({"participation": Participation(2)}, "tells each client the other's"),
        ({"masking": Masking(dropout=0.7)}, "cannot drop out"),
    ],
)
def test_what_masks_do_not_allow_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        simulate(masked(**changes), rounds=1)


def test_no_chain_governs_masked_rounds() -> None:
    with (
        EmbeddedGovernor() as governor,
        pytest.raises(ConfigError, match="masked rounds are not on a chain"),
    ):
        simulate(masked(), rounds=1, governor=governor)


@pytest.mark.parametrize("wrong", [{"dropout": 1.0}, {"corrupt": -0.1}, {"epoch": 0}])
def test_shares_and_epochs_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        Masking(**wrong)  # type: ignore[arg-type]
