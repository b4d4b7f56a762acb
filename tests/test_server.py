"""An index on a Chroma server: a real one, started here."""

from __future__ import annotations

import http.server
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import chromadb
import pytest
from conftest import FakeEmbedder, text_document

from assistant import settings
from assistant.errors import ServiceError, StoreError, UsageError
from assistant.index import Library
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.store import KEPT_BUILDS, backend

Run = Callable[..., tuple[int, str, str]]
LETTER = text_document("letter", "The appeal against the decision must be sent within thirty days.\nThe office is in Namur.\n")
PERMIT = text_document("permit", "The permit costs forty euros.\nThe permit is valid for five years.\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """`chroma run`, a program of the package chromadb, once it answers."""
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    log = (folder.parent / f"{folder.name}.log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "ANONYMIZED_TELEMETRY": "False"})
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1).close()
            return process
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    process.kill()
    pytest.fail(f"'chroma run' does not start: {Path(log.name).read_text()[-300:]}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    process = start(tmp_path_factory.mktemp("server") / "data", port)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture
def url(server: str) -> str:
    """The server, emptied."""
    client = chromadb.HttpClient(host="127.0.0.1", port=int(server.rsplit(":", 1)[1]))
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    return server


def on(url: str) -> Library:
    return Library(backend(url), FakeEmbedder())


def test_a_server_and_a_folder_give_the_same_answer(url: str, assistant: Assistant, tmp_path: Path) -> None:
    where = assistant.settings
    question = Question("How many days are there to appeal against the decision?")
    answers = []
    for place in (url, str(tmp_path / "index")):
        one = Assistant(settings.Settings(where.home, where.corpus, place), assistant.embedder)
        one.update([LETTER, PERMIT])
        answers.append(replace(one.answer(question), timings_ms={}))
    assert answers[0] == answers[1]
    assert answers[0].status == "answered"
    assert "thirty days" in answers[0].answer


def test_files_ingested_from_the_command_line_are_shown_again(url: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "letter.txt").write_text(LETTER.text)
    assert run("ingest", str(tmp_path / "letter.txt"), "--index", url)[0] == 0
    assert run("show", "letter", "--index", url) == (0, LETTER.text, "")


def test_another_library_sees_an_update_without_a_restart(url: str) -> None:
    writer, reader = on(url), on(url)
    writer.update([LETTER])
    assert list(reader.current().documents) == ["letter"]
    writer.update([PERMIT])
    time.sleep(1.1)  # a reader asks the server at most once a second
    assert list(reader.current().documents) == ["letter", "permit"]
    assert list(writer.current().documents) == ["letter", "permit"]


def test_another_machine_fetches_the_view_and_searches_on_the_server(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.view.EXACT", 1)
    monkeypatch.setattr("assistant.store_server._CHUNK", 100)
    here = on(url)
    here.update([LETTER, PERMIT])
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    there = on(url).current()
    assert dict(there.documents) == {"letter": LETTER, "permit": PERMIT}
    assert not there.exact
    vector = FakeEmbedder().embed([LETTER.text])[0]
    rows, cosines = there.near(vector, 2)
    assert set(rows.tolist()) == {0, 1}
    assert there.vectors_of([0]) @ vector == pytest.approx(cosines[rows.tolist().index(0)], abs=1e-5)
    assert here.current().vectors_of([1]) == pytest.approx(there.vectors_of([1]))


def test_unchanged_documents_are_not_embedded_again(url: str) -> None:
    on(url).update([LETTER, PERMIT])
    embedder = FakeEmbedder()
    report = Library(backend(url), embedder).update([LETTER, replace(PERMIT, text=PERMIT.text.replace("forty", "fifty"))])
    assert (report.unchanged, report.changed) == (["letter"], ["permit"])
    assert not [text for text in embedder.embedded if "appeal" in text]


def test_a_second_writer_is_told_so(url: str) -> None:
    first, second = on(url), on(url)
    first.update([LETTER])
    with first.backend.lock(), pytest.raises(StoreError, match=r"is writing this index since .* try again"):
        second.update([PERMIT])
    second.update([PERMIT])
    assert list(first.current().documents) == ["letter", "permit"]


def test_the_lock_of_a_writer_that_died_goes_stale(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on(url).update([LETTER])
    abandoned = on(url).backend.lock()
    abandoned.__enter__()
    monkeypatch.setattr("assistant.lock.STALE_SECONDS", -1)
    library = on(url)
    library.update([PERMIT])
    assert list(library.current().documents) == ["letter", "permit"]


def test_a_writer_that_beats_is_not_taken_for_dead(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.lock.BEAT_SECONDS", 0.2)
    monkeypatch.setattr("assistant.lock.STALE_SECONDS", 2)
    on(url).update([LETTER])
    with on(url).backend.lock():
        time.sleep(3.5)
        with pytest.raises(StoreError, match=r"is writing this index since \d+ s; try again"):
            on(url).update([PERMIT])


def test_a_writer_that_lost_its_lock_swaps_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on(url).update([LETTER])
    late, old = on(url), on(url).current().build
    with late.backend.lock():
        monkeypatch.setattr("assistant.lock.STALE_SECONDS", -1)
        on(url).update([PERMIT])
        with pytest.raises(StoreError, match="another process took over the writing"):
            late.backend.swap({"build": old, "fingerprint": {}})
    assert list(on(url).current().documents) == ["letter", "permit"]


def test_an_update_that_breaks_midway_leaves_the_old_index_serving(url: str) -> None:
    class Failing(FakeEmbedder):
        def embed(self, texts: object, *, query: bool = False) -> object:  # type: ignore[override]
            raise RuntimeError("out of memory")

    on(url).update([LETTER])
    with pytest.raises(StoreError, match="nothing was changed"):
        Library(backend(url), Failing()).update([PERMIT])
    library = on(url)
    assert list(library.current().documents) == ["letter"]
    library.update([PERMIT])
    assert list(library.current().documents) == ["letter", "permit"]


def test_old_builds_are_removed(url: str) -> None:
    library = on(url)
    for number in range(KEPT_BUILDS + 2):
        library.update([text_document("letter", f"Version {number}.")])
    names = [c.name for c in library.backend.client("").list_collections()]
    assert len([name for name in names if name.startswith("passages-")]) == KEPT_BUILDS
    assert len([name for name in names if name.startswith("view-")]) == KEPT_BUILDS


def test_a_server_without_an_index_says_how_to_build_one(url: str) -> None:
    with pytest.raises(StoreError, match=f"there is no index yet; run 'assistant ingest PATH --index {url}'"):
        on(url).current()


def test_a_server_that_is_down_is_a_service_error_for_readers_and_writers() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    for use in (lambda: on(nowhere).current(), lambda: on(nowhere).update([LETTER])):
        with pytest.raises(ServiceError, match=r"does not answer .*; start it or check the address") as caught:
            use()
        assert nowhere in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_server_that_stops_is_a_service_error_and_serves_again_once_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path / "data", port)
    try:
        library = on(f"http://127.0.0.1:{port}")
        library.update([LETTER])
        assert list(library.current().documents) == ["letter"]
        process.kill()
        process.wait()
        time.sleep(1.1)
        for use in (library.current, lambda: library.update([PERMIT])):
            with pytest.raises(ServiceError):
                use()
        process = start(tmp_path / "data", port)
        assert list(library.current().documents) == ["letter"]
        library.update([PERMIT])
        assert list(library.current().documents) == ["letter", "permit"]
    finally:
        process.kill()
        process.wait()


def test_a_web_server_that_is_no_chroma_server_is_a_service_error() -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        with pytest.raises(ServiceError):
            on(f"http://127.0.0.1:{other.server_port}").current()
    finally:
        other.shutdown()
        other.server_close()


@pytest.mark.parametrize(
    "wrong",
    [
        "http://",
        "ftp://localhost:8000",
        "http://host:99999",
        "http://user:secret@host:8000",
        "http://host:8000/path",
        "http://a b",
    ],
)
def test_a_wrong_address_is_a_usage_error(wrong: str) -> None:
    with pytest.raises(UsageError, match="write http://host:port"):
        backend(wrong)
