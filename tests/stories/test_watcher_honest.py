"""Nobody cheats: the watcher looks at everything, sends nothing and pays nothing."""

from pathlib import Path

from tests.stories.watched import watched


async def test_an_honest_round_costs_the_watcher_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "cem") as hospitals:
        key = hospitals.keys["watcher"].pubkey()
        chain = hospitals.federation.chain
        before = (await chain.balance(key), len(await chain.history(key)))
        result = await hospitals.round()
        assert (result.settled, result.accepted) == (True, 3)
        assert await hospitals.gained() == 0
        assert (await chain.balance(key), len(await chain.history(key))) == before
        metrics = hospitals.watcher.metrics
        assert metrics.value("checks_total", what="update") == 3
        assert metrics.value("checks_total", what="aggregate") == 1
        assert metrics.value("last_round") == 1
        await hospitals.assert_right_model()
        await hospitals.assert_nothing_open()
