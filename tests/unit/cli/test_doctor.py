"""``fedsol doctor``: every check passes, and each fails by itself with a hint."""

import time

import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain import Account, EmbeddedLedger
from fedsol.cli.checks import _program
from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.builds import build_path
from tests.unit.cli.conftest import Terminal, serving

LOADER = Pubkey.from_string("BPFLoaderUpgradeab1e11111111111111111111111")


def checks(terminal: Terminal, *, status: int, **instead: str | None) -> dict[str, dict]:
    """The doctor's findings by name."""
    done = terminal.run("doctor", "--json", **instead)
    assert done.status == status, done.out
    assert done.json["ok"] is (status == 0)
    return {one["name"].split()[0]: one for one in done.json["checks"]}


def failed(found: dict[str, dict]) -> set[str]:
    return {name for name, one in found.items() if not one["ok"]}


@pytest.fixture
def healthy(ledger: EmbeddedLedger, terminal: Terminal) -> Terminal:
    """The chain's clock is this machine's, near enough."""
    ledger.warp_to(unix_timestamp=time.time())
    return terminal


def test_a_healthy_machine(healthy: Terminal):
    found = checks(healthy, status=0)
    wanted = {"python", "packages", "key", "artifact", "endpoint", "program", "clock", "balance"}
    assert set(found) == wanted | {"federation"}
    assert "v0 build" in found["program"]["detail"]
    assert "jax" in found["packages"]["detail"]
    people = healthy.run("doctor")
    assert people.status == 0
    assert people.out.count("✓") == 9
    assert "✗" not in people.out


def test_nothing_is_left_in_the_store(healthy: Terminal, tmp_path):
    fresh = tmp_path / "fresh"
    assert checks(healthy, status=0, artifacts=str(fresh))["artifact"]["ok"]
    assert [file for file in fresh.rglob("*") if file.is_file()] == []


def test_an_endpoint_that_is_down(healthy: Terminal):
    found = checks(healthy, status=1, url="http://127.0.0.1:1")
    assert failed(found) == {"endpoint"}
    assert "program" not in found


def test_each_endpoint_is_tried(healthy: Terminal):
    done = healthy.run("doctor", "--json", url=f"http://127.0.0.1:1,{healthy.url}")
    assert done.status == 1
    ends = [one["ok"] for one in done.json["checks"] if one["name"].startswith("endpoint")]
    assert ends == [False, True]
    assert next(one for one in done.json["checks"] if one["name"] == "program")["ok"]


def test_endpoints_of_two_clusters(healthy: Terminal):
    with serving(EmbeddedLedger()) as other:
        done = healthy.run("doctor", "--json", url=f"{healthy.url},{other}")
    assert done.status == 1
    wrong = [one["detail"] for one in done.json["checks"] if not one["ok"]]
    assert len(wrong) == 1
    assert wrong[0].startswith("another cluster: genesis ")


def test_a_key_that_others_can_read(healthy: Terminal):
    (healthy.folder / "creator.json").chmod(0o644)
    found = checks(healthy, status=1)
    assert failed(found) == {"key"}
    assert "chmod 600" in found["key"]["hint"]


def test_a_key_that_is_not_there(healthy: Terminal):
    found = checks(healthy, status=1, keypair=str(healthy.folder / "nobody.json"))
    assert failed(found) == {"key", "balance"}
    assert "fedsol key new" in found["key"]["hint"]


def test_no_money(healthy: Terminal):
    healthy.address("pauper")
    assert failed(checks(healthy, status=1, keypair=str(healthy.folder / "pauper.json"))) == {
        "balance"
    }


def test_a_store_that_cannot_be_written(healthy: Terminal, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    found = checks(healthy, status=1, artifacts=str(tmp_path / "file"))
    assert failed(found) == {"artifact"}


def test_no_program_and_a_wrong_clock(healthy: Terminal):
    ledger = EmbeddedLedger(unix_timestamp=1_600_000_000)
    with serving(ledger) as other:
        found = checks(healthy, status=1, url=other, federation=None)
    assert failed(found) == {"program", "clock", "balance"}
    assert str(PROGRAM_ID) in found["program"]["detail"]
    assert "behind" in found["clock"]["detail"]


def test_no_such_federation(healthy: Terminal):
    found = checks(healthy, status=1, federation=str(Keypair().pubkey()))
    assert failed(found) == {"federation"}


class Upgradeable:
    """A cluster on which the program is deployed as clusters do it."""

    def __init__(self, elf: bytes) -> None:
        home = Keypair().pubkey()
        data = (3).to_bytes(4, "little") + bytes(41) + elf + bytes(10_000)
        self.accounts = {
            PROGRAM_ID: Account(PROGRAM_ID, 1, LOADER, b"\x02\0\0\0" + bytes(home), True),
            home: Account(home, 1, LOADER, data),
        }

    async def account(self, address: Pubkey) -> Account | None:
        return self.accounts.get(address)


@pytest.mark.parametrize("arch", ["v0", "v3"])
async def test_a_program_as_clusters_keep_it(arch):
    found = await _program(Upgradeable(build_path(arch).read_bytes()))
    assert found.ok
    assert arch in found.detail


async def test_another_program_at_the_address():
    found = await _program(Upgradeable(build_path("v0").read_bytes()[:-1000] + b"\x01"))
    assert not found.ok
    assert "another build" in found.detail
