"""The command line: `assistant ask|search|batch|ingest|show|corpus|doctor`. Results on stdout, the rest on stderr.

Exit codes: 0 done; 1 failed, with one line that says why and what to do; 2 used wrongly.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import __version__, dates, records, settings
from .errors import AssistantError, InputError, UsageError
from .records import Answer, Question, Turn

EXAMPLES = """examples:
  assistant ask "What does the integration course cost in Flanders?"
  assistant ask "Combien de temps dois-je vivre en Belgique pour devenir belge ?" --json
  assistant ask "Hoeveel kost het traject?" --region brussels --as-of 2023-01-01
  assistant search "MIPEX health" --k 5
  assistant batch questions.jsonl > answers.jsonl
  assistant ingest letters/ --index my-index
  assistant ask "When must I appeal?" --index my-index --document decision
  assistant show civic-integration/wallonia.fr
  assistant corpus check
  assistant doctor

A language model writes the answers, each sentence checked, if ASSISTANT_LLM names one: ollama/qwen3:4b,
http://HOST:8080/v1, openai/NAME with ASSISTANT_LLM_KEY, or package.module.Class/NAME of LlamaIndex.
"""


_ENGINE = "how answers are made: sentences of the texts, a language model, or (auto) the model if one is set and answers; default: auto"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"{message}; see '{self.prog} --help'")


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    everywhere = _Parser(add_help=False)
    everywhere.add_argument(
        "--index", metavar="PLACE", default=argparse.SUPPRESS, help="folder or Chroma server URL of the index to use"
    )
    asking = _Parser(add_help=False)
    asking.add_argument("--language", metavar="L", choices=records.LANGUAGES, help="language of the answer: en fr nl de")
    asking.add_argument("--region", metavar="R", action="append", default=[], choices=records.REGIONS,
                        help=f"where the person lives, may be repeated: {' '.join(records.REGIONS)}")  # fmt: skip
    asking.add_argument("--as-of", metavar="DATE", help="answer as the rules stood on this day (YYYY-MM-DD)")
    asking.add_argument("--document", metavar="ID", action="append", default=[], help="look only in this document; may be repeated")
    asking.add_argument("--json", action="store_true", help="print JSON instead of text")

    main = _Parser(
        prog="assistant",
        description="Cited answers about Belgian integration rules, from texts on this machine.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[everywhere],
    )
    main.add_argument("--version", action="version", version=f"assistant {__version__}")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    ask = commands.add_parser("ask", parents=[everywhere, asking], help="answer a question")
    ask.add_argument("question")
    ask.add_argument("--length", choices=("short", "full"), help="short: what was asked; full: every sentence that answers")
    ask.add_argument("--engine", choices=settings.ENGINES, help=_ENGINE)
    search = commands.add_parser("search", parents=[everywhere, asking], help="ranked passages, no answer")
    search.add_argument("question")
    search.add_argument("--k", type=int, default=10, help="how many passages (1 to 100, default 10)")
    batch = commands.add_parser("batch", parents=[everywhere], help="answer a file of questions (JSON Lines)")
    batch.add_argument("file", help="lines {id, question, history, language, regions, as_of, documents, length}; - for stdin")
    batch.add_argument("--search", action="store_true", help="ranked passages instead of answers")
    batch.add_argument("--k", type=int, default=10, help="with --search: how many passages")
    batch.add_argument("--engine", choices=settings.ENGINES, help=_ENGINE)
    ingest = commands.add_parser("ingest", parents=[everywhere], help="add or update files and folders")
    ingest.add_argument("paths", nargs="*", metavar="PATH")
    ingest.add_argument("--prune", action="store_true", help="remove documents that came from PATH and are gone from it")
    ingest.add_argument("--rebuild", action="store_true", help="embed everything in the index again")
    ingest.add_argument("--json", action="store_true", help="print the report as JSON")
    show = commands.add_parser("show", parents=[everywhere], help="print the text that offsets refer to")
    show.add_argument("document")
    corpus = commands.add_parser("corpus", parents=[everywhere], help="check, list or vectorise the shipped corpus; fetch the originals behind it")
    corpus.add_argument("action", choices=("check", "list", "vectors", "fetch"))
    corpus.add_argument("--source", metavar="ID", action="append", default=[], help="fetch: this source of sources.yaml; may be repeated")
    corpus.add_argument("--all", action="store_true", help="fetch: every source with an address, the longest unread first")
    corpus.add_argument("--max", metavar="N", type=int, help="fetch: at most so many")
    corpus.add_argument("--dry-run", action="store_true", help="fetch: list what would be read, and read nothing")
    corpus.add_argument("--allow-private", action="store_true", help="fetch: also from addresses inside the network")
    corpus.add_argument("--json", action="store_true", help="print JSON instead of text")
    commands.add_parser("doctor", parents=[everywhere], help="try the index, the embedder and the language model; say what to mend")
    return main


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        options = parser().parse_args(argv)
        return int(_COMMANDS[options.command](options))
    except AssistantError as error:
        _note(f"assistant: {error}")
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        _note("assistant: interrupted; nothing was changed, and an ingest goes on from here when it is run again")
        return 1
    except OSError as error:
        _note(f"assistant: {error.filename or 'input/output'}: {error.strerror}; check the path, its rights and the disk")
        return 1


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _assistant(options: argparse.Namespace) -> Any:
    from .pipeline import Assistant

    return Assistant(settings.load(getattr(options, "index", None), getattr(options, "engine", None)))


def _question(options: argparse.Namespace) -> Question:
    return Question(
        text=options.question,
        language=options.language,
        regions=tuple(options.region),
        as_of=dates.parse(options.as_of, "--as-of") if options.as_of else None,
        documents=tuple(options.document),
        length=getattr(options, "length", None),
    )


def _k(value: int) -> int:
    if not 1 <= value <= 100:
        raise UsageError(f"--k {value}: must be from 1 to 100")
    return value


def _ask(options: argparse.Namespace) -> int:
    question = _question(options)
    assistant = _assistant(options)
    _ = assistant.model  # a wrong setting is said before anything is loaded
    assistant.prepare(_note)
    answer = assistant.answer(question)
    print(_dump(answer.to_json()) if options.json else as_text(answer))
    return 0


def _search(options: argparse.Namespace) -> int:
    question, k = _question(options), _k(options.k)
    assistant = _assistant(options)
    assistant.prepare(_note)
    results = assistant.search(question, k)
    if options.json:
        print(_dump({"id": question.id, "results": results}))
    else:
        for r in results:
            print(f"{r['rank']:>2}. {r['document']}#{r['section']} [{r['start']}:{r['end']}] {r['score']:.2f}")
            print("    " + " ".join(r["text"].split())[:300])
    return 0


def as_text(answer: Answer) -> str:
    """An answer for a terminal: the text, its numbered sources, and who to turn to."""
    from . import messages

    lines = [answer.answer, *(["", answer.note] if answer.note else [])]
    if answer.citations:
        lines.append("")
    for c in answer.citations:
        since = f", {c.valid_from} –" if c.valid_from else ""
        until = f" {c.valid_to}" if c.valid_to else ""
        day = (c.fetched or c.changed or answer.as_of).isoformat()
        whose = messages.say("page_of" if c.original else "summary_of", answer.language, date=day)
        changed = f" ({messages.say('page_changed', answer.language, date=day)})" if c.changed else ""
        origin = f"{whose} {c.publisher}: {c.title} <{c.url}>{changed}" if c.title else "…"
        place = f"{c.document}#{c.section}"
        lines.append(f"[{c.number}] {place}{since}{until} · {origin}" if c.authority else f"[{c.number}] {place} [{c.start}:{c.end}]")
    if answer.contacts:
        lines += ["", messages.say("contacts", answer.language)]
        lines += [f"- {c.name}: {c.does} <{c.url}>" for c in answer.contacts]
    return "\n".join(lines)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_FIELDS = ("id", "question", "history", "language", "regions", "as_of", "documents", "length")


def question_of(row: Any) -> Question:
    """A question from a batch line. Raises UsageError that names the field."""
    if not isinstance(row, dict):
        raise UsageError("line: is no JSON object; write {\"id\": …, \"question\": …}")
    text = row.get("question")
    if not isinstance(text, str):
        raise UsageError("question: is missing or no text; add it")
    for field in ("regions", "documents"):
        value = row.get(field) or []
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise UsageError(f"{field}: is no list of texts; write [\"…\"]")
    turns = row.get("history") or []
    if not isinstance(turns, list):
        raise UsageError("history: is no list; write [{\"role\": \"user\", \"content\": \"…\"}]")
    history = []
    for turn in turns:
        role, content = (turn.get("role"), turn.get("content")) if isinstance(turn, dict) else (None, None)
        if role not in ("user", "assistant") or not isinstance(content, str):
            raise UsageError("history: a turn needs role (user or assistant) and content (text)")
        history.append(Turn(role, content))
    as_of = row.get("as_of")
    return Question(
        text=text,
        id="" if row.get("id") is None else str(row["id"]),
        language=row.get("language"),
        regions=tuple(row.get("regions") or ()),
        as_of=dates.parse(str(as_of), "as_of") if as_of else None,
        documents=tuple(row.get("documents") or ()),
        length=row.get("length"),
        history=tuple(history),
    )


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from getattr(sys.stdin, "buffer", None) or (line.encode() for line in sys.stdin)
        return
    try:
        with open(name, "rb") as file:
            for number, line in enumerate(file):
                yield line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror}); check the path") from error


def _batch(options: argparse.Namespace) -> int:
    k = _k(options.k)
    assistant = _assistant(options)
    _ = assistant.model
    assistant.prepare(_note)
    failed = 0
    for number, line in enumerate(_lines(options.file), 1):
        if not line.strip():
            continue
        row: Any = None
        try:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise UsageError(f"line {number}: is no JSON ({_brief(error)}); mend it") from None
            question = question_of(row)
            if options.search:
                result: dict[str, Any] = {"id": question.id, "results": assistant.search(question, k)}
            else:
                result = assistant.answer(question).to_json()
        except AssistantError as error:
            failed += 1
            id = row.get("id") if isinstance(row, dict) else None
            result = {"id": id if id is None else str(id), "error": str(error)}
        print(_dump(result), flush=True)
    if failed:
        _note(f"assistant: {failed} of the lines of {options.file} failed; each has its reason in 'error'")
    return 1 if failed else 0


def _ingest(options: argparse.Namespace) -> int:
    from . import documents
    from .records import Document

    if not options.paths and not options.rebuild:
        raise UsageError("ingest: needs a PATH (or --rebuild); see 'assistant ingest --help'")
    assistant = _assistant(options)
    if assistant.settings.with_corpus:
        assistant.prepare(_note)
    roots = [Path(p) for p in options.paths]
    origins = {str(root.resolve()): root for root in roots}
    listed = [(path, id, str(root.resolve())) for root in roots for path, id in documents.files(root)]
    present = {(id, origin) for _, id, origin in listed}

    def read() -> Iterator[Document | tuple[str, str]]:
        for path, id, origin in listed:
            try:
                yield documents.read(path, id, origin)
            except InputError as error:
                yield id, str(error)

    def gone(document: Document) -> bool:
        return bool(options.prune) and document.origin in origins and (document.id, document.origin) not in present

    shown, began = -1, time.monotonic()

    def progress(what: str, done: int, total: int) -> None:
        nonlocal shown
        if total and done * 20 // total != shown:
            shown = done * 20 // total
            rate = done / max(time.monotonic() - began, 1e-3)
            left = f", {rate:.1f} a second, about {(total - done) / rate / 60:.0f} min left" if done and total - done > 60 * rate else ""
            _note(f"{what}: {done} of {total} passages{left}")

    if not listed and not options.rebuild and not options.prune:
        raise InputError(f"{', '.join(options.paths)}: holds no file that can be read ({', '.join(sorted(documents.READERS))})")
    report = assistant.update(read(), remove=gone if options.prune else None, rebuild=options.rebuild, progress=progress)
    if options.json:
        print(_dump({name: getattr(report, name) for name in report.__dataclass_fields__}))
    else:
        for name in ("added", "changed", "removed"):
            for id in getattr(report, name):
                print(f"{name}: {id}")
        print(
            f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed, "
            f"{len(report.unchanged)} unchanged, {len(report.failed)} failed; {report.passages} passages, "
            f"{report.embedded} embedded"
        )
    for reason in report.failed.values():
        _note(f"assistant: {reason}")
    return 1 if report.failed else 0


def _show(options: argparse.Namespace) -> int:
    text = _assistant(options).document(options.document).text
    sys.stdout.write(text)
    sys.stdout.flush()
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from . import doctor

    bad = 0
    for check in doctor.checks(_assistant(options)):
        print(f"{'✓' if check.good else '✗'} {check.name}: {check.said}", flush=True)
        bad += not check.good
    return 1 if bad else 0


def _corpus(options: argparse.Namespace) -> int:
    from . import corpus_check

    if options.action == "fetch":
        from . import originals

        return originals.run(
            _assistant(options), options.source, options.all, options.max, options.dry_run, options.allow_private, options.json, _note
        )
    if options.source or options.all or options.max is not None or options.dry_run or options.allow_private:
        raise UsageError(f"corpus {options.action}: takes no --source, --all, --max, --dry-run or --allow-private; they belong to 'corpus fetch'")
    return corpus_check.run(settings.load().corpus, options.action, options.json, _note)


_COMMANDS = {"ask": _ask, "search": _search, "batch": _batch, "ingest": _ingest, "show": _show, "corpus": _corpus, "doctor": _doctor}

if __name__ == "__main__":
    sys.exit(main())
