"""What the doctor looks at, in the order in which things depend on each other."""

import hashlib
import os
import stat
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib import metadata

from solders.pubkey import Pubkey

import fedsol
from fedsol.artifacts import ArtifactStore
from fedsol.chain import Chain, display_url, load_keypair
from fedsol.chain.config import ChainConfig
from fedsol.cli.options import Options
from fedsol.cli.output import waiting
from fedsol.cli.people import FEES, SOL
from fedsol.cli.session import chain_config, pubkey
from fedsol.errors import ChainError, ConfigError, FedsolError
from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.builds import build_path
from fedsol.reading import read_federation

_PACKAGES = (
    "jax",
    "jaxlib",
    "optax",
    "numpy",
    "solders",
    "solana",
    "anchorpy",
    "cyclopts",
)
_SKEW_SECONDS = 120
_UPGRADEABLE = Pubkey.from_string("BPFLoaderUpgradeab1e11111111111111111111111")
_PROGRAM_HEADER = 4  # what kind of account it is; the program data's address follows
_PROGRAM_DATA_HEADER = 45  # kind 4, slot 8, authority 1 + 32


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


async def examine(options: Options) -> AsyncIterator[Finding]:
    """Every finding, as it is made; what depends on something that failed is left out."""
    yield _python()
    yield _packages()
    try:
        config = chain_config(options)
    except ConfigError as error:
        yield Finding("settings", False, str(error), error.hint)
        return
    yield _key_file(config)
    yield await _tried("artifact store", lambda: _store(options.artifacts_url))
    genesis: bytes | None = None
    good: list[str] = []
    for url in config.urls:
        finding, genesis = await _endpoint(url, genesis)
        good += [url] if finding.ok else []
        yield finding
    if not good:
        return
    async with await Chain.connect(good, rounds=2) as chain:
        yield await _tried("program", lambda: _program(chain))
        yield await _tried("clock", lambda: _clock(chain))
        yield await _tried("balance", lambda: _balance(chain, config))
        if options.federation:
            address = options.federation
            yield await _tried("federation", lambda: _federation(chain, address))


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Finding("python", fits, version, "Use Python 3.11, 3.12 or 3.13.")


def _packages() -> Finding:
    found, missing = [f"fedsol {fedsol.__version__}"], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    detail = f"missing: {', '.join(missing)}" if missing else ", ".join(found)
    return Finding("packages", not missing, detail, "Install fedsol again.")


def _key_file(config: ChainConfig) -> Finding:
    path = config.keypair_path
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            return Finding("key file", False, f"{path} is open to others", f"chmod 600 {path}")
        return Finding("key file", True, f"{path}: {load_keypair(path).pubkey()}")
    except OSError:
        return Finding("key file", False, f"{path} is not there", f"fedsol key new {path}")
    except ConfigError as error:
        return Finding("key file", False, str(error), error.hint)


async def _endpoint(url: str, genesis: bytes | None) -> tuple[Finding, bytes | None]:
    """Whether an endpoint answers, and is on the cluster of those before it."""
    from solders.hash import Hash

    name = f"endpoint {display_url(url)}"
    try:
        async with waiting(f"an answer from {display_url(url)}, at most ten seconds"):
            chain = await Chain.connect(url, rounds=1)
        async with chain:
            found = await chain.genesis_hash()
    except ChainError as error:
        return Finding(name, False, str(error), "Start it or correct --url."), genesis
    if genesis is not None and found != genesis:
        hint = "List only endpoints of one cluster."
        return Finding(name, False, f"another cluster: genesis {Hash(found)}", hint), genesis
    return Finding(name, True, f"genesis {Hash(found)}"), found


async def _program(chain: Chain) -> Finding:
    account = await chain.account(PROGRAM_ID)
    if account is None or not account.executable:
        hint = "Check --url; `fedsol localnet` serves a chain with the program."
        return Finding("program", False, f"there is no program at {PROGRAM_ID}", hint)
    data = account.data
    if account.owner == _UPGRADEABLE:
        home = Pubkey.from_bytes(data[_PROGRAM_HEADER : _PROGRAM_HEADER + 32])
        held = await chain.account(home)
        data = held.data[_PROGRAM_DATA_HEADER:] if held is not None else b""
    # Deployed accounts are longer than the build; the rest is zeros.
    digest = hashlib.sha256(data.rstrip(b"\0")).hexdigest()
    for arch in ("v0", "v3"):
        build = build_path(arch).read_bytes().rstrip(b"\0")
        if hashlib.sha256(build).hexdigest() == digest:
            return Finding("program", True, f"{PROGRAM_ID} is this package's {arch} build")
    hint = "Install the version of fedsol that the program was built from, or deploy this one's."
    return Finding("program", False, f"{PROGRAM_ID} is another build than this package's", hint)


async def _clock(chain: Chain) -> Finding:
    skew = (await chain.clock()).unix_timestamp - time.time()
    detail = f"the chain is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} this machine"
    hint = "Correct this machine's clock; deadlines are the chain's (a --fast localnet runs ahead)."
    return Finding("clock", abs(skew) <= _SKEW_SECONDS, detail, hint)


async def _balance(chain: Chain, config: ChainConfig) -> Finding:
    lamports = await chain.balance(load_keypair(config.keypair_path).pubkey())
    hint = "Send it some; on a local chain: `fedsol faucet`."
    return Finding("balance", lamports >= FEES, f"{lamports / SOL:.6f} SOL", hint)


async def _federation(chain: Chain, text: str) -> Finding:
    account, owner = await read_federation(chain, pubkey(text, "federation"))
    if owner != PROGRAM_ID:
        return Finding("federation", False, f"it belongs to another program: {owner}")
    detail = f"{account.name}: round {account.round}, {account.participants} participants"
    return Finding("federation", True, detail)


async def _store(url: str) -> Finding:
    """Writes a few bytes, reads them back and deletes them."""
    store = ArtifactStore(url)
    if url.startswith(("http://", "https://")):
        await store.has(bytes(32))
        return Finding("artifact store", True, f"{store.url} can be read (web stores only can)")
    probe = b"fedsol doctor " + os.urandom(16)
    digest = await store.put(probe)
    back = await store.get(digest)
    _delete(store.url_of(digest))
    good = back == probe
    return Finding("artifact store", good, f"{store.url}: written, read and deleted")


def _delete(url: str) -> None:
    from fsspec.core import url_to_fs

    filesystem, path = url_to_fs(os.path.expanduser(url))
    filesystem.rm(path)


async def _tried(name: str, look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await look()
    except FedsolError as error:
        return Finding(name, False, str(error), error.hint)
    except OSError as error:
        return Finding(name, False, str(error), "Check that it can be written.")
