"""`python -m evals`: answer the cases, score them, and say where it went wrong.

    python -m evals                     the development split of all sets
    python -m evals --split test        the split that tuning never sees
    python -m evals --set core --worst 20
    python -m evals --compare stock     the stock LlamaIndex + Chroma pipeline beside it (also: bm25)
    python -m evals --set injections --engine llm      with the language model that ASSISTANT_LLM names
    python -m evals --run evals/runs/…  score stored answers again
    python -m evals --fast --judge 60   the model that ASSISTANT_LLM names judges 60 citations beside our judgement without one
    python -m evals --fast --gate       the part that CI runs; exit code 1 if it is worse than evals/baseline.json
    python -m evals omos --folder ../shared/omos-qa      the external set OMoS-QA
    python -m evals chat --seconds 180  how fast the chat is, and with 25 people at once (needs chromium)
    python -m evals bench --help        ingest, start, answers, memory and disk up to 100,000 passages, beside stock
    python -m evals kills --times 100   kill an ingest at random moments, and look what is left; --where folder or server
    python -m evals verify              does verification catch what was changed in a claim, and let pass what is true
    python -m evals dialogue            follow-ups answered as if asked in full; attacks that change nothing (--engine llm: with the model)
    python -m evals overhead            what a language model that is set costs an answer by selection
    python -m evals fit                 refit the weights of sections, whole questions and sentences (development split, held questions)
    python -m evals fit-reader --folder ../shared/omos-qa --minutes 60     refit the reader (needs torch)

The report goes to standard output, and as report.md and report.html into the folder of the run.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant import settings
from assistant.errors import AssistantError, InputError
from assistant.pipeline import Assistant

from . import cases as case_files
from . import gate, page, report, results, runs
from .cases import Case

RIVALS = ("stock", "bm25")
# One development case in so many belongs to the fast part, by a hash of its id.
FAST = 4


def main(argv: list[str] | None = None) -> int:
    """Run; 0 if every case got an answer and the gate (if asked for) holds, 1 otherwise."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["bench"]:
        from . import bench

        try:
            return bench.main(arguments[1:])
        except AssistantError as error:
            print(f"evals: {error}", file=sys.stderr)
            return error.exit_code
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    actions = ("run", "fit", "fit-reader", "omos", "verify", "dialogue", "overhead", "chat", "bench", "kills")
    parser.add_argument("action", nargs="?", choices=actions, default="run")
    parser.add_argument("--split", choices=("dev", "test", "all"), help="default: dev, or that of the stored run")
    parser.add_argument("--fast", action="store_true", help="a fixed part of the development split, and its contrast cells")
    parser.add_argument("--set", action="append", default=[], metavar="NAME", help="only these files of evals/cases")
    parser.add_argument("--engine", choices=settings.ENGINES, default="selection", help="what answers; llm needs ASSISTANT_LLM")
    parser.add_argument("--compare", action="append", default=[], choices=RIVALS, help="answer with this, too, and compare")
    parser.add_argument("--worst", type=int, default=10, metavar="N", help="how many wrong answers to print")
    parser.add_argument("--run", type=Path, metavar="FOLDER", help="score the answers of this run instead of answering")
    parser.add_argument("--judge", type=int, default=0, metavar="N", help="let the model of ASSISTANT_LLM judge N citations; changes no figure")
    parser.add_argument("--gate", action="store_true", help="exit code 1 if the run is worse than evals/baseline.json")
    parser.add_argument("--write-baseline", action="store_true", help="keep the run as the baseline of its split")
    parser.add_argument("--folder", type=Path, help="omos, fit-reader: the folder of OMoS-QA")
    parser.add_argument("--minutes", type=float, default=60, help="fit-reader: how long to fit")
    parser.add_argument("--seconds", type=float, default=180, help="chat: how long 25 people ask")
    parser.add_argument("--times", type=int, default=100, metavar="N", help="kills: how many in each place")
    parser.add_argument("--where", choices=("folder", "server"), help="kills: only there")
    parser.add_argument("--onward", action="store_true", help="fit-reader: go on from the weights there are")
    parser.add_argument("--only", choices=("section", "question", "choice", "purpose"), default="", help="fit: only this model")
    parser.add_argument("--language", action="append", default=[], metavar="L", help="omos: only these (en de fr ar uk)")
    parser.add_argument("--fit", action="store_true", help="omos: refit the models for a user's documents on the dev split first")
    parser.add_argument("--index", type=Path, help="omos: keep the index of the pages here")
    options = parser.parse_args(arguments)
    if options.action == "fit":
        from . import fit

        return fit.main(options.only)
    if options.action in ("verify", "dialogue", "overhead"):
        from . import dialogue, overhead, verify

        if options.action == "overhead":
            return overhead.main()
        return verify.main() if options.action == "verify" else dialogue.main(options.split or "dev", options.engine)
    if options.action in ("omos", "fit-reader") and options.folder is None:
        parser.error(f"{options.action} needs --folder")
    if options.set and (options.gate or options.write_baseline):
        parser.error("the gate and its baseline are of whole splits; leave --set out")
    if options.fast and options.split not in (None, "dev"):
        parser.error("--fast is a part of the development split; leave --split out")
    try:
        if options.action == "chat":
            from . import chat

            return chat.main(options.seconds)
        if options.action == "kills":
            from . import kills

            return kills.main(options.times, (options.where,) if options.where else kills.PLACES)
        if options.action == "fit-reader":
            from . import fit_reader

            return fit_reader.main(options.folder, options.minutes, options.onward)
        if options.action == "omos":
            from . import omos

            return omos.main(options.folder, options.language or ["en", "de", "fr"], options.fit, options.index)
        return run(options)
    except AssistantError as error:
        print(f"evals: {error}", file=sys.stderr)
        return error.exit_code


def run(options: argparse.Namespace) -> int:
    """Answer (or read a run), score, report, judge."""
    stored = runs.load(options.run) if options.run else None
    scope = "fast" if options.fast else options.split or (stored.about["scope"] if stored else "dev")
    sets = options.set or (stored.about["options"]["sets"] if stored else [])
    if sets and (options.gate or options.write_baseline):
        raise InputError(f"--run {options.run}: holds the sets {', '.join(sets)} only; the gate and its baseline are of whole splits")
    chosen = chosen_cases(scope, sets)
    done = results.collect(stored or _record(chosen, scope, options), chosen, scope)
    print(report.markdown(done, options.worst))
    if used := done.run.about.get("model"):
        print(f"\nlanguage model: {', '.join(f'{name} {value}' for name, value in used.items())}")
    judged = _judged(done, options.judge)
    if judged:
        print(f"\n{judged}")
    (done.run.folder / "report.md").write_text("\n".join((report.markdown(done, max(options.worst, 30)), judged)), encoding="utf-8")
    (done.run.folder / "report.html").write_text(page.html(done), encoding="utf-8")
    print(f"report: {done.run.folder / 'report.html'}", file=sys.stderr)
    if options.write_baseline:
        gate.write(done)
    worse = gate.check(done, gate.read(scope)) if options.gate else []
    for line in worse:
        print(f"gate: {line}")
    if options.gate and not worse:
        print(f"gate: the {scope} part is not worse than its baseline")
    return 1 if done.errors or worse else 0


def _judged(done: results.Results, most: int) -> str:
    if not most:
        return ""
    from assistant import models

    from . import judge

    kept = settings.load(engine="auto").model
    model, seconds = (models.open(kept), kept.timeout) if kept else (None, 0.0)
    return judge.section(done.run, done.cases, most, model, seconds)


def chosen_cases(scope: str, names: Sequence[str] = ()) -> list[Case]:
    """The cases of a scope: fast, dev, test or all."""
    cases = case_files.load(names=names)
    if scope == "fast":
        return [c for c in cases if c.split == "dev" and (c.cell or hashlib.sha256(c.id.encode()).digest()[0] % FAST == 0)]
    return [c for c in cases if scope in ("all", c.split)]


def _record(chosen: Sequence[Case], scope: str, options: argparse.Namespace) -> runs.Run:
    assistant = Assistant(settings.load(engine=options.engine))
    _ = assistant.model  # a missing or misspelt one is said before anything is answered
    assistant.prepare(lambda line: print(line, file=sys.stderr))
    kept = {"sets": options.set, "engine": options.engine, "compare": options.compare}
    return runs.record(assistant, lambda: _rivals(assistant, options.compare), chosen, scope, kept)


def _rivals(assistant: Assistant, names: Sequence[str]) -> list[runs.System]:
    if not names:
        return []
    from . import stock

    return [stock.Stock(assistant, runs.FOLDER / "cache") if name == "stock" else stock.Words(assistant) for name in names]


if __name__ == "__main__":
    sys.exit(main())
