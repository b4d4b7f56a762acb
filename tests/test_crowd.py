"""Two writers and ten readers at once, each a process of its own, on a folder and on a Chroma server."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEmbedder, text_document
from test_server import server, url

from assistant.building import passage_input, sentence_inputs
from assistant.errors import StoreError
from assistant.index import Index, Library
from assistant.records import Document
from assistant.store import KEPT_BUILDS, backend

__all__ = ["server", "url"]

READERS, SECONDS = 10, 2.0
LETTERS = ("address", "deadline", "fee", "office")


def version(writer: int, number: int) -> list[Document]:
    """One state of all letters; each names it."""
    return [text_document(id, f"The {id} of state {writer}.{number}. It has {number} pages.") for id in LETTERS]


def state(index: Index) -> str:
    """The state that an index holds, if all of it is of one."""
    found = {d.text.split(". ")[0].split()[-1] for d in index.documents.values()}
    assert len(found) == 1
    assert sorted(index.documents) == sorted(LETTERS)
    embedder = FakeEmbedder()
    for row, passage in enumerate(index.passages):
        assert index.documents[passage.document].text[passage.start : passage.end] == passage.text
        assert index.vectors[row] @ embedder.embed([passage_input(passage)])[0] > 0.999
        rows = index.sentence_units[index.sentence_rows[row] : index.sentence_rows[row + 1]]
        assert (rows * embedder.embed(sentence_inputs(passage))).sum(axis=1).min() > 0.99
    return found.pop()


def write(location: str, writer: int, stop: Event, said: Any) -> None:
    """Update as often as it goes; says what was written, and each line that it was told instead."""
    library, number = Library(backend(location), FakeEmbedder()), 0
    while not stop.is_set():
        number += 1
        try:
            library.update(version(writer, number))
            said.put(("wrote", f"{writer}.{number}"))
        except StoreError as error:
            said.put(("told", str(error)))
            time.sleep(0.02)
        except BaseException as error:
            said.put(("fault", f"writer: {error!r}"))


def read(location: str, stop: Event, said: Any) -> None:
    """Look as often as it goes; says each state that was seen."""
    library, seen = Library(backend(location), FakeEmbedder()), ""
    while not stop.is_set():
        try:
            now = state(library.current())
            if now != seen:
                said.put(("saw", now))
            seen = now
        except BaseException as error:
            said.put(("fault", f"reader: {error!r}"))
            return
        time.sleep(0.02)


@pytest.fixture(scope="module")
def forks() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["chromadb", "test_crowd"])
    return context


def _writers(heard: dict[str, list[str]]) -> set[str]:
    return {w.split(".")[0] for w in heard["wrote"]}


@pytest.mark.parametrize("where", ["folder", pytest.param("server", marks=pytest.mark.slow)])
def test_readers_see_one_state_or_another_and_the_second_writer_is_told(
    where: str, tmp_path: Path, request: pytest.FixtureRequest, forks: Any
) -> None:
    location = str(tmp_path / "index") if where == "folder" else request.getfixturevalue("url")
    Library(backend(location), FakeEmbedder()).update(version(0, 0))
    stop, said = forks.Event(), forks.Queue()
    crowd = [forks.Process(target=write, args=(location, n, stop, said)) for n in (1, 2)]
    crowd += [forks.Process(target=read, args=(location, stop, said)) for _ in range(READERS)]
    for process in crowd:
        process.start()
    heard: dict[str, list[str]] = {"wrote": [], "told": [], "saw": [], "fault": []}
    until = time.monotonic() + 60
    ends = None
    while any(p.is_alive() for p in crowd):
        if ends is None and len(heard["saw"]) >= READERS and len(heard["wrote"]) >= 4 and len(_writers(heard)) == 2 and heard["told"]:
            ends = time.monotonic() + SECONDS
        if time.monotonic() > min(ends or until, until):
            stop.set()
        while not said.empty():
            what, words = said.get()
            heard[what].append(words)
        time.sleep(0.02)
    while not said.empty():
        what, words = said.get()
        heard[what].append(words)
    assert heard["fault"] == []
    assert {p.exitcode for p in crowd} == {0}
    assert heard["told"] != []
    assert [line for line in heard["told"] if "is writing this index" not in line or "try again" not in line or "\n" in line] == []
    assert _writers(heard) == {"1", "2"}
    assert set(heard["saw"]) <= {"0.0", *heard["wrote"]}
    assert len(set(heard["saw"])) > 2
    index = Library(backend(location), FakeEmbedder()).current()
    assert state(index) in heard["wrote"]
    assert len(index.passages) == len(LETTERS)
    if where == "folder":
        assert len(list((tmp_path / "index" / "builds").iterdir())) <= KEPT_BUILDS + 1  # a reader may look at one that is being dropped
