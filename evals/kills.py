"""Kills `assistant ingest` at random moments, and looks what is left: `python -m evals kills --times 100 --where folder`.

Two states of one folder of files, each ingested over the other in turn: texts changed, gone and new. A process that runs
the command is killed (SIGKILL) at a moment drawn evenly over the processor time that it needs, so that a busy machine moves no
moment. Then the index must hold the one
state or the other, wholly; the next run must complete, and what it leaves must equal an index of that state that nobody
disturbed: the same texts, passages and vectors, nothing twice, no build left over. The processes are forked from one that
has everything imported and nothing opened, so that moments fall on the work and not on Python's start. Needs Linux.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant import settings
from assistant.errors import AssistantError, InputError
from assistant.index import Index, Library
from assistant.pipeline import Assistant

PLACES = ("folder", "server")
ALIKE = 0.98  # cosine of two embeddings of one text: int8 sums differ with what else is in the batch
_SUBJECTS = ("The permit", "The course", "The appeal", "A copy of the deed", "The interview", "The language test")
_VERBS = ("costs {} euros", "takes {} days", "is free after {} months", "needs {} documents", "ends after {} weeks")


@dataclass
class Tally:
    """What was found: how often each stage was hit, and one line for each fault."""

    where: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def main(times: int, places: tuple[str, ...], files: int = 12, seed: int = 1) -> int:
    """Run and print what was found; 1 if anything was lost, doubled or mixed."""
    if times < 1:
        raise InputError(f"--times {times}: must be at least 1")
    bad = 0
    for place in places:
        began = time.monotonic()
        tally = run(times, place, files, seed)
        hit = ", ".join(f"{count} {stage}" for stage, count in tally.where.most_common())
        print(f"{place}: {times} kills ({hit}), {len(tally.faults)} faults, {time.monotonic() - began:.0f} s")
        for fault in tally.faults:
            print(f"  {fault}")
        bad += bool(tally.faults)
    return 1 if bad else 0


def run(times: int, place: str, files: int, seed: int) -> Tally:
    """The kills of one place: a `folder`, or a Chroma `server` that is started for it."""
    draw, tally = random.Random(seed), Tally()  # noqa: S311 - sampling, no secret
    with tempfile.TemporaryDirectory() as kept, _place(place, Path(kept)) as location:
        texts = [_write(Path(kept) / "texts", state, files, seed) for state in (0, 1)]
        whole = []
        for state in (0, 1):
            texts[state]()
            _ingest(Path(kept) / "texts", str(Path(kept) / f"undisturbed-{state}"))
            whole.append(_library(str(Path(kept) / f"undisturbed-{state}")).current())
        took = []
        for state in (0, 1, 0):
            texts[state]()
            took.append(_ingest(Path(kept) / "texts", location))
        del took[0]  # it built from nothing
        most = len(_left(location))
        reader = _library(location)
        old = 0
        for number in range(times):
            new = 1 - old
            texts[new]()
            stage = _kill(Path(kept) / "texts", location, draw.uniform(0, statistics.median(took[-5:])))
            time.sleep(1.05 if place == "server" else 0)  # a reader asks the server at most once a second
            for name, library in (("a reader that was there", reader), ("a new reader", _library(location))):
                seen = _state(library, whole)
                if seen not in (old, new):
                    tally.faults.append(f"kill {number}, {stage}: {name} sees {seen}")
            tally.where[f"{stage}, {'new' if seen == new else 'old'} index"] += 1
            try:
                took.append(_ingest(Path(kept) / "texts", location))
            except AssistantError as error:
                tally.faults.append(f"kill {number}, {stage}: the next run fails: {error}")
                continue
            seen = _state(_library(location), whole)
            if seen != new:
                tally.faults.append(f"kill {number}, {stage}: after the next run the index holds {seen}")
            if len(left := _left(location)) > most:
                tally.faults.append(f"kill {number}, {stage}: left over: {', '.join(left)}")
            old = new
    return tally


def _write(folder: Path, state: int, files: int, seed: int) -> Callable[[], None]:
    """What puts a state of the files into the folder: a third as in the other state, a third changed, a third its own."""
    draw = random.Random(seed)  # noqa: S311 - sampling, no secret
    texts = {}
    for number in range(files):
        kind, lines = number % 3, []
        for line in range(5):
            sentence = f"{draw.choice(_SUBJECTS)} of office {number} {draw.choice(_VERBS).format(draw.randint(2, 99))}."
            lines.append(sentence if kind == 0 or line < 4 else f"This is state {state} of letter {number}.")
        texts[f"letter-{number}{f'-{state}' if kind == 2 else ''}.txt"] = "\n".join(lines) + "\n"

    def put() -> None:
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            if path.name not in texts:
                path.unlink()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")

    return put


_FORK = multiprocessing.get_context("forkserver")
_FORK.set_forkserver_preload(["chromadb", "assistant.cli", "assistant.pipeline", "assistant.e5", "evals.kills"])


def _command(folder: str, location: str, said: str) -> None:
    """What a process runs: the command of the terminal; what it says goes to a file."""
    from assistant import cli

    with open(said, "w", encoding="utf-8") as out, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = cli.main(["ingest", folder, "--prune", "--index", location])
        print(time.process_time())
    os._exit(code)


def _start(folder: Path, location: str) -> tuple[multiprocessing.process.BaseProcess, Path]:
    said = folder.parent / "said.txt"
    process = _FORK.Process(target=_command, args=(str(folder), location, str(said)))
    process.start()
    return process, said


def _ingest(folder: Path, location: str) -> float:
    """Ingest undisturbed; the seconds of processor time it took. Raises InputError with what it said."""
    process, said = _start(folder, location)
    process.join()
    if process.exitcode != 0:
        raise InputError(f"exit code {process.exitcode}: {' '.join(said.read_text(encoding='utf-8').split())[-300:]}")
    return float(said.read_text(encoding="utf-8").split()[-1])


def _spent(pid: int) -> float:
    """Seconds of processor time of a process, of all its threads."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kill(folder: Path, location: str, after: float) -> str:
    """Start an ingest, kill it after so many seconds of processor time, and say how far it had come."""
    before = set(_left(location))
    process, _ = _start(folder, location)
    with contextlib.suppress(OSError):  # it has ended
        while process.pid and process.exitcode is None and _spent(process.pid) < after:
            time.sleep(0.002)
        if process.pid:
            os.kill(process.pid, signal.SIGKILL)
    process.join()
    if process.exitcode != -signal.SIGKILL:
        return "too late"
    return "while writing" if set(_left(location)) - before else "before writing"


def _library(location: str) -> Library:
    return Assistant(settings.load(location)).library


def _state(library: Library, whole: list[Index]) -> int | str:
    """Which of the undisturbed indexes this one equals, or what is wrong."""
    try:
        index = library.current()
    except AssistantError as error:
        return f"an error: {error}"
    wrong = [_differs(index, other) for other in whole]
    return wrong.index("") if "" in wrong else " / ".join(wrong)


def _differs(index: Index, other: Index) -> str:
    if {i: d.text for i, d in index.documents.items()} != {i: d.text for i, d in other.documents.items()}:
        return "other documents"
    if [p.id for p in index.passages] != [p.id for p in other.passages]:
        return "other passages"
    if len(index.by_id) != len(index.passages) or not np.array_equal(index.sentence_rows, other.sentence_rows):
        return "passages or sentences twice"
    near = min((index.vectors * other.vectors).sum(axis=1).min(), (index.sentence_units * other.sentence_units).sum(axis=1).min())
    return "" if near >= ALIKE else f"other vectors ({near:.2f})"


def _left(location: str) -> list[str]:
    """The builds that are there, finished or not."""
    if "://" not in location:
        folder = Path(location) / "builds"
        return sorted(os.listdir(folder)) if folder.is_dir() else []
    every = f"{location}/api/v2/tenants/default_tenant/databases/default_database/collections?limit=1000"
    with urllib.request.urlopen(every, timeout=60) as reply:  # noqa: S310
        names = [str(collection["name"]) for collection in json.load(reply)]
    return sorted({n.split("-", 1)[1] for n in names if n.startswith(("passages-", "view-"))})


@contextlib.contextmanager
def _place(name: str, folder: Path) -> Iterator[str]:
    if name == "folder":
        yield str(folder / "index")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder / "server"), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(  # noqa: S603
        program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "ANONYMIZED_TELEMETRY": "False"}
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1).close()
                break
            time.sleep(0.1)
        else:
            raise InputError("chroma run: does not answer within a minute; try it by hand")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()
