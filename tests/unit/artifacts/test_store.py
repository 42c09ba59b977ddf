"""The artifact store: what is read has its hash, what is written is whole."""

import asyncio
import errno
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import stamina

from fedsol.artifacts import ArtifactStore, artifact_hash, local, urls
from fedsol.errors import (
    ArtifactCorrupt,
    ArtifactError,
    ArtifactMissing,
    ArtifactStoreFull,
    ConfigError,
)

DATA = b"an update" * 1000
DIGEST = artifact_hash(DATA)
NAME = DIGEST.hex()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture(params=["path", "file", "memory"])
def store(request: pytest.FixtureRequest, root: Path) -> ArtifactStore:
    urls = {
        "path": str(root),
        "file": root.as_uri(),
        "memory": f"memory://{secrets.token_hex(8)}",
    }
    return ArtifactStore(urls[request.param])


def file_of(root: Path, digest: bytes = DIGEST) -> Path:
    return root / digest.hex()[:2] / digest.hex()


def files_in(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_what_is_put_is_got(store: ArtifactStore) -> None:
    assert not await store.has(DIGEST)
    assert await store.put(DATA) == DIGEST
    assert await store.has(DIGEST)
    assert await store.get(DIGEST) == DATA


async def test_empty_bytes_are_an_artifact(store: ArtifactStore) -> None:
    digest = await store.put(b"")
    assert await store.get(digest) == b""


async def test_put_is_idempotent(store: ArtifactStore, root: Path) -> None:
    assert await store.put(DATA) == await store.put(DATA)
    assert len(files_in(root)) <= 1


async def test_missing(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactMissing, match=NAME):
        await store.get(DIGEST)


async def test_get_is_bounded(store: ArtifactStore) -> None:
    await store.put(DATA)
    assert await store.get(DIGEST, max_bytes=len(DATA)) == DATA
    with pytest.raises(ArtifactCorrupt, match="longer than"):
        await store.get(DIGEST, max_bytes=len(DATA) - 1)


async def test_get_reads_no_more_than_the_bound(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    keep = local.read_up_to
    monkeypatch.setattr(
        local, "read_up_to", lambda stream, limit: read.append(keep(stream, limit)) or read[-1]
    )
    file = file_of(root)
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        stream.truncate(1 << 40)  # a sparse terabyte under an innocent name
    with pytest.raises(ArtifactCorrupt, match="longer than"):
        await ArtifactStore(str(root)).get(DIGEST, max_bytes=1000)
    assert [len(part) for part in read] == [1001]


async def test_put_is_bounded_as_get_is(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fedsol.artifacts.store.MAX_ARTIFACT_BYTES", 10)
    with pytest.raises(ArtifactError, match="larger than"):
        await store.put(b"eleven byte")


@pytest.mark.parametrize("corruption", [b"", DATA[:-1], DATA + b"\0", b"\0" + DATA[1:]])
async def test_corrupt_bytes_are_refused_and_put_repairs_them(
    root: Path, corruption: bytes
) -> None:
    store = ArtifactStore(str(root))
    await store.put(DATA)
    file_of(root).write_bytes(corruption)
    with pytest.raises(ArtifactCorrupt, match=NAME):
        await store.get(DIGEST)
    await store.put(DATA)
    assert await store.get(DIGEST) == DATA


async def test_corrupt_memory_is_refused() -> None:
    store = ArtifactStore(f"memory://{secrets.token_hex(8)}")
    await store.put(DATA)
    backend = store._backend
    backend._filesystem.pipe_file(backend._target(f"{NAME[:2]}/{NAME}"), b"other")
    with pytest.raises(ArtifactCorrupt, match=NAME):
        await store.get(DIGEST)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
async def test_what_is_not_a_file_is_refused_without_waiting(root: Path, make) -> None:
    file = file_of(root)
    file.parent.mkdir(parents=True)
    make(file)
    store = ArtifactStore(str(root))
    assert not await store.has(DIGEST)
    with pytest.raises(ArtifactCorrupt, match="not a file"):
        await asyncio.wait_for(store.get(DIGEST), 5)


@pytest.mark.parametrize("digest", [b"", DIGEST[:31], DIGEST + b"\0"])
async def test_a_hash_has_32_bytes(store: ArtifactStore, digest: bytes) -> None:
    with pytest.raises(ConfigError, match="32 bytes"):
        await store.get(digest)
    with pytest.raises(ConfigError, match="32 bytes"):
        store.url_of(digest)


def test_url_of_names_the_artifact(root: Path) -> None:
    assert ArtifactStore(root.as_uri()).url_of(DIGEST) == f"{root.as_uri()}/{NAME[:2]}/{NAME}"


def test_credentials_are_never_shown() -> None:
    store = ArtifactStore("https://user:secret@example.org/artifacts/")
    assert "secret" not in repr(store) + store.url + store.url_of(DIGEST)
    assert store.url_of(DIGEST) == f"https://***@example.org/artifacts/{NAME[:2]}/{NAME}"


async def test_others_may_read_what_was_written(root: Path) -> None:
    before = os.umask(0o022)
    try:
        await ArtifactStore(str(root)).put(DATA)
    finally:
        os.umask(before)
    assert file_of(root).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
async def test_a_full_disk_leaves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    store = ArtifactStore(str(root))
    root.mkdir()
    keep = os.open

    def fail(*args, **kwargs):
        if call == "open" and not args[1] & os.O_CREAT:
            return keep(*args, **kwargs)
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(local.os, call, fail)
        with pytest.raises(ArtifactStoreFull):
            await store.put(DATA)
    assert files_in(root) == []
    assert await store.put(DATA) == DIGEST


def test_a_write_that_the_kernel_cuts_short_leaves_nothing(root: Path) -> None:
    """The same with no patched function: a file-size limit, in a process of its own."""
    script = f"""
import asyncio, resource
from fedsol.artifacts import ArtifactStore
from fedsol.errors import ArtifactStoreFull
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    asyncio.run(ArtifactStore({str(root)!r}).put(b"x" * 100_000))
except ArtifactStoreFull:
    print("full")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "full\n", done.stderr
    assert files_in(root) == []


def crash(root: Path, call: str) -> None:
    """Puts DATA in a process that dies, with no clean-up at all, inside os.``call``."""
    script = f"""
import asyncio, os
from fedsol.artifacts import ArtifactStore
os.{call} = lambda *args: os._exit(9)
asyncio.run(ArtifactStore({str(root)!r}).put({DATA!r}))
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == 9


@pytest.mark.parametrize("call", ["fsync", "replace"])
async def test_a_crash_before_the_rename_shows_no_artifact(root: Path, call: str) -> None:
    crash(root, call)
    store = ArtifactStore(str(root))
    assert not await store.has(DIGEST)
    with pytest.raises(ArtifactMissing):
        await store.get(DIGEST)
    assert await store.put(DATA) == DIGEST
    assert await store.get(DIGEST) == DATA


async def test_what_a_crash_left_is_removed_once_it_is_old(root: Path) -> None:
    crash(root, "replace")
    store = ArtifactStore(str(root))
    (left,) = files_in(root)
    file_of(root).unlink(missing_ok=True)
    os.utime(left, (0, 0))
    await store.put(DATA)
    assert files_in(root) == [file_of(root)]


async def test_a_young_temporary_file_is_another_writers(root: Path) -> None:
    crash(root, "replace")
    (left,) = files_in(root)
    await ArtifactStore(str(root)).put(DATA)
    assert left.exists()


def test_two_processes_write_the_same_artifact(root: Path) -> None:
    script = f"""
import asyncio, os
from fedsol.artifacts import ArtifactStore
store = ArtifactStore({str(root)!r})
for i in range(200):
    digest = asyncio.run(store.put(bytes([i]) * 200_000))
    assert asyncio.run(store.get(digest)) == bytes([i]) * 200_000
"""
    writers = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(files_in(root)) == 200


async def test_many_tasks_write_the_same_artifact(store: ArtifactStore, root: Path) -> None:
    assert set(await asyncio.gather(*(store.put(DATA) for _ in range(20)))) == {DIGEST}
    assert await store.get(DIGEST) == DATA
    assert len(files_in(root)) <= 1


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = ArtifactStore(str(tmp_path / "file"))
    with pytest.raises(ArtifactError, match="cannot write") as caught:
        await store.put(DATA)
    assert not isinstance(caught.value, ArtifactMissing | ArtifactCorrupt | ArtifactStoreFull)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "names no place"),
        ("file://", "names no place"),
        ("file://host/folder", "names a host"),
        ("ftp://host/folder", "cannot be kept at a ftp"),
        ("gibberish://host", "cannot be kept at a gibberish"),
        ("simplecache::s3://bucket", "cannot be kept"),
        ("https://host/folder?token=1", "cannot have a"),
        ("https://host:port/folder", "not a usable web address"),
    ],
)
def test_urls_that_name_no_store(url: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ArtifactStore(url)


@pytest.mark.parametrize(("protocol", "package"), [("s3", "fedsol[s3]"), ("gs", "fedsol[gcs]")])
def test_a_protocol_without_its_package(
    monkeypatch: pytest.MonkeyPatch, protocol: str, package: str
) -> None:
    def missing(url: str) -> None:
        raise ImportError(f"Install the package to access {url}")

    monkeypatch.setattr(urls, "url_to_fs", missing)
    with pytest.raises(ConfigError, match="not installed") as caught:
        ArtifactStore(f"{protocol}://bucket/folder")
    assert package in caught.value.hint


@pytest.fixture
def served(root: Path) -> Iterator[str]:
    root.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """A reader that hangs up once it has read enough is no error."""

    server = Server(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_http_reads_what_a_folder_serves(root: Path, served: str) -> None:
    data = secrets.token_bytes(300_000)
    digest = await ArtifactStore(str(root)).put(data)
    store = ArtifactStore(served)
    assert await store.has(digest)
    assert await store.get(digest) == data
    file_of(root, digest).write_bytes(data[::-1])
    with pytest.raises(ArtifactCorrupt):
        await store.get(digest)
    with pytest.raises(ArtifactCorrupt, match="longer than"):
        await store.get(digest, max_bytes=1000)


async def test_http_says_what_is_missing(served: str) -> None:
    store = ArtifactStore(served)
    assert not await store.has(DIGEST)
    with pytest.raises(ArtifactMissing):
        await store.get(DIGEST)


async def test_http_cannot_be_written(served: str) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        await ArtifactStore(served).put(DATA)


async def test_http_credentials_are_sent_and_not_quoted(
    served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def refuse(self: SimpleHTTPRequestHandler) -> None:
        seen.append(self.headers["authorization"])
        self.send_error(403)

    monkeypatch.setattr(SimpleHTTPRequestHandler, "do_GET", refuse)
    store = ArtifactStore(served.replace("://", "://user:secret@"))
    with stamina.set_testing(True), pytest.raises(ArtifactError, match="403") as caught:
        await store.get(DIGEST)
    assert "secret" not in str(caught.value)
    assert seen == ["Basic dXNlcjpzZWNyZXQ="]


@pytest.mark.parametrize("call", ["get", "has"])
async def test_a_server_that_cannot_be_asked_has_not_lost_anything(call: str) -> None:
    store = ArtifactStore("http://127.0.0.1:1")
    with stamina.set_testing(True), pytest.raises(ArtifactError, match="cannot") as caught:
        await getattr(store, call)(DIGEST)
    assert not isinstance(caught.value, ArtifactMissing | ArtifactCorrupt)


async def test_http_asks_again_after_a_failure(
    root: Path, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ArtifactStore(str(root)).put(DATA)
    answer, failures = SimpleHTTPRequestHandler.do_GET, [503, 502]

    def fail_twice(self: SimpleHTTPRequestHandler) -> None:
        if failures:
            self.send_error(failures.pop())
        else:
            answer(self)

    monkeypatch.setattr(SimpleHTTPRequestHandler, "do_GET", fail_twice)
    assert await ArtifactStore(served).get(DIGEST) == DATA
    assert failures == []
