"""`assistant corpus check|list|vectors`: is the corpus sound, what does it cover, are its vectors fresh?

Errors make the check fail; warnings that `corpus.yaml` explains under `explained` are shown as a table.
Knows no store.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from . import chunking, corpus, embedding
from .building import passage_input, sentence_inputs
from .corpus_report import coverage, coverage_table, markdown, readability, readability_table, sourcing, sourcing_table
from .errors import InputError
from .records import AUTHORITIES, LANGUAGES, Document, Section
from .verification import figures

_POINTERS = {
    "en": re.compile(r"^(?:it|they|this|these|those|such|he|she)\b", re.IGNORECASE),
    "fr": re.compile(r"^(?:il|elle|ils|elles|celui-ci|celle-ci|ceux-ci|cela|ce dernier)\b(?! (?:n['’]|y a|faut|est|existe))", re.I),
    "nl": re.compile(r"^(?:hij|zij|ze|deze|dit|dat)\b(?! (?:is|zijn)\b)", re.IGNORECASE),
    "de": re.compile(r"^(?:er|sie|dies|diese|dieser|dieses)\b", re.IGNORECASE),
}
LONG_SENTENCE_WORDS = 50
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(slots=True)
class Findings:
    """Errors and warnings, one line each."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check(loaded: corpus.Corpus) -> Findings:
    """All findings on a loaded corpus."""
    found = Findings()
    groups: dict[str, dict[str, Document]] = defaultdict(dict)
    for document in loaded.documents.values():
        groups[document.group][document.language] = document
        _check_document(document, loaded, found)
        _check_links(f"{document.id}.md", document.text, loaded, found)
    for group, versions in groups.items():
        _check_parallel(group, versions, found)
        _check_sources(versions.get("en") or next(iter(versions.values())), loaded, found)
    _check_rules(loaded, found)
    _check_phrasings(loaded, found)
    readme = loaded.root / "README.md"
    if readme.is_file():
        _check_links("README.md", readme.read_text(encoding="utf-8"), loaded, found)
    cited = {id for d in loaded.documents.values() for s in d.sections for id in s.sources}
    for id, source in loaded.sources.items():
        if id not in cited:
            found.warnings.append(f"sources.yaml: '{id}' is never cited")
        if source.url and not re.match(r"https?://", source.url):
            found.errors.append(f"sources.yaml: '{id}': url '{source.url}' is no web address")
    topics = set(loaded.topics)
    for document in loaded.documents.values():
        if document.topic not in topics:
            found.errors.append(f"{document.id}: topic '{document.topic}' is not listed in corpus.yaml")
    seen: Counter[str] = Counter()
    for entry in loaded.contacts:
        seen[entry.get("id", "")] += 1
        lacking = [k for k in ("id", "name", "url", "authorities", "topics", "does") if not entry.get(k)]
        if lacking:
            found.errors.append(f"contacts.yaml: '{entry.get('id')}' lacks {', '.join(lacking)}")
            continue
        for name, allowed in (("authorities", set(AUTHORITIES)), ("topics", topics)):
            for value in set(entry[name]) - allowed:
                found.errors.append(f"contacts.yaml: '{entry['id']}': unknown {name} '{value}'")
        if set(entry["does"]) != set(LANGUAGES):
            found.errors.append(f"contacts.yaml: '{entry['id']}': 'does' is not in all of {' '.join(LANGUAGES)}")
    found.errors += [f"contacts.yaml: id '{id}' occurs {n} times" for id, n in seen.items() if n > 1]
    return found


def _check_document(document: Document, loaded: corpus.Corpus, found: Findings) -> None:
    try:
        date.fromisoformat(document.reviewed)
    except ValueError:
        found.errors.append(f"{document.id}: reviewed '{document.reviewed}' is no date (YYYY-MM-DD)")
    if f"{document.topic}/{document.authority}.{document.language}" != document.id:
        found.errors.append(f"{document.id}: topic, authority and language do not agree with the file's place")
    for section in document.sections:
        where = f"{document.id}#{section.id}"
        body = [s for s in section.sentences if not s.heading]
        if not body:
            found.errors.append(f"{where}: has no sentence")
        if not section.sources:
            found.errors.append(f"{where}: names no source")
        for id in section.sources:
            if id not in loaded.sources:
                found.errors.append(f"{where}: source '{id}' is not in sources.yaml")
        if section.valid_from and section.valid_to and section.valid_from >= section.valid_to:
            found.errors.append(f"{where}: valid_from is not before valid_to")
        for sentence in body:
            text = document.text[sentence.start : sentence.end]
            if _POINTERS[document.language].match(text):
                found.warnings.append(f"{where}: does not stand alone: “{text[:60]}…”")
            if len(text.split()) > LONG_SENTENCE_WORDS and not text.startswith("|"):
                found.warnings.append(f"{where}: sentence of {len(text.split())} words: “{text[:60]}…”")


def _check_sources(document: Document, loaded: corpus.Corpus, found: Findings) -> None:
    """Once for all languages: parallel sections must name the same sources."""
    for section in document.sections:
        reliability = {loaded.sources[id].reliability for id in section.sources if id in loaded.sources}
        if section.kind != "gap" and reliability and not reliability & {"official", "expert"}:
            found.warnings.append(f"{document.group}#{section.id}: has no official or expert source")


def _check_links(name: str, text: str, loaded: corpus.Corpus, found: Findings) -> None:
    """Links to files must lead to a file, and to a section that it has if they name one."""
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, id = target.partition("#")
        path = (loaded.root / name).parent / place if place else loaded.root / name
        if not path.exists():
            found.errors.append(f"{name}: dead link '{target}': there is no such file")
        elif id and path.suffix == ".md":
            document = loaded.documents.get(path.resolve().relative_to(loaded.root.resolve()).with_suffix("").as_posix())
            if document and id not in {s.id for s in document.sections}:
                found.errors.append(f"{name}: dead link '{target}': there is no section '{id}'")


def _check_parallel(group: str, versions: dict[str, Document], found: Findings) -> None:
    missing = [language for language in LANGUAGES if language not in versions]
    if missing:
        found.errors.append(f"{group}: missing in {', '.join(missing)}")
    model = versions.get("en") or next(iter(versions.values()))
    order = [s.id for s in model.sections]
    for _language, document in versions.items():
        ids = [s.id for s in document.sections]
        if ids != order:
            odd = sorted(set(ids) ^ set(order)) or ["another order"]
            found.errors.append(f"{document.id}: sections differ from {model.id}: {', '.join(odd)}")
        sections = {s.id: s for s in document.sections}
        for section in model.sections:
            other = sections.get(section.id)
            if other is not None and other is not section:
                _check_pair(model, section, document, other, found)


def _check_pair(model: Document, one: Section, document: Document, two: Section, found: Findings) -> None:
    where = f"{document.id}#{two.id}"
    for name in ("rule", "kind", "observed", "valid_from", "valid_to", "sources"):
        if getattr(one, name) != getattr(two, name):
            found.errors.append(f"{where}: {name} is {getattr(two, name)!r}, in {model.language} {getattr(one, name)!r}")
    if len(one.sentences) != len(two.sentences):
        found.errors.append(f"{where}: {len(two.sentences) - 1} sentences, in {model.language} {len(one.sentences) - 1}")
        return
    for a, b in zip(one.sentences, two.sentences, strict=True):
        first, second = model.text[a.start : a.end], document.text[b.start : b.end]
        if figures(first) != figures(second):
            left = dict(figures(first) - figures(second))
            right = dict(figures(second) - figures(first))
            found.errors.append(f"{where}: figures differ: {list(left)} in {model.language}, {list(right)} here: “{second[:70]}…”")
        if _months(first) != _months(second):
            found.errors.append(f"{where}: months differ from {model.language}: “{second[:70]}…”")


_MONTH_WORDS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_MONTH_NUMBER = {word.lower(): n for words in _MONTH_WORDS.values() for n, word in enumerate(words.split(), 1)}
_BEFORE_YEAR = re.compile(r"(?<=\d[\s\u00a0.])\s?(\w+)(?=[\s\u00a0]\d{4})|(\w+)(?=[\s\u00a0]\d{4}\b)")


def _months(text: str) -> Counter[int]:
    """The months that stand before a year, by number."""
    words = (a or b for a, b in _BEFORE_YEAR.findall(text))
    return Counter(_MONTH_NUMBER[w.lower()] for w in words if w.lower() in _MONTH_NUMBER)


def _check_rules(loaded: corpus.Corpus, found: Findings) -> None:
    """Versions of one rule of one authority must not overlap in time."""
    chains: dict[tuple[str, str], list[Section]] = defaultdict(list)
    for document in loaded.documents.values():
        if document.language == "en":
            for section in document.sections:
                if section.rule and section.kind == "rule":
                    chains[document.id, section.rule].append(section)
    for (id, rule), sections in chains.items():
        dated = [s for s in sections if s.valid_from or s.valid_to]
        for i, a in enumerate(dated):
            for b in dated[i + 1 :]:
                if max(a.valid_from or date.min, b.valid_from or date.min) < min(a.valid_to or date.max, b.valid_to or date.max):
                    found.warnings.append(f"{id}: rule '{rule}': #{a.id} and #{b.id} hold at the same time")


def _check_phrasings(loaded: corpus.Corpus, found: Findings) -> None:
    """Questions belong to a section that exists and name sentences that it has."""
    sentences = {
        f"{d.group}#{s.id}": sum(not x.heading for x in s.sentences) for d in loaded.documents.values() for s in d.sections
    }
    for phrasing in loaded.phrasings:
        if phrasing.section not in sentences:
            found.errors.append(f"questions: '{phrasing.question}': there is no section {phrasing.section}; name another or remove it")
        elif any(not 0 <= a < sentences[phrasing.section] for a in phrasing.answers):
            found.errors.append(f"questions: '{phrasing.question}': {phrasing.section} has no sentence {max(phrasing.answers)}")


def inputs(loaded: corpus.Corpus) -> Iterator[tuple[str, bool]]:
    """Every text of the corpus that is embedded, and whether it is embedded as a question."""
    for document in loaded.documents.values():
        for passage in chunking.passages(document):
            for text in (passage_input(passage), *sentence_inputs(passage)):
                yield text, False
        yield from ((section.heading, True) for section in document.sections)
    for phrasing in loaded.phrasings:
        yield phrasing.question, True


def stale_vectors(loaded: corpus.Corpus, model: str) -> int:
    """How many texts of the corpus have no vector computed ahead."""
    table = embedding.load_table(loaded.vectors)
    return sum(embedding.key(model, text, query) not in table for text, query in set(inputs(loaded)))


def run(root: Path, action: str, as_json: bool, note: Callable[[str], None]) -> int:
    """One `assistant corpus` command; returns the exit code."""
    if action == "check":
        return _run_check(root, as_json)
    loaded = corpus.load(root)
    if action == "vectors":
        model = embedding.E5()
        total, fresh = embedding.save_table(loaded.vectors, model, inputs(loaded), lambda d, n: note(f"{d} of {n} texts"))
        print(f"{total} vectors, {fresh} computed anew")
        return 0
    if as_json:
        print(json.dumps({"version": loaded.version, "coverage": coverage(loaded), "documents": _listing(loaded)}, ensure_ascii=False))
        return 0
    for row in _listing(loaded):
        print(f"{row['id']:<55} {row['sections']:>3} sections  reviewed {row['reviewed']}  {row['title']}")
    print(f"\ncorpus {loaded.version}, facts known until {loaded.known_until}; sections per language:\n\n{coverage_table(loaded)}")
    return 0


def _listing(loaded: corpus.Corpus) -> list[dict[str, Any]]:
    return [
        {"id": d.id, "title": d.title, "sections": len(d.sections), "reviewed": d.reviewed} for d in loaded.documents.values()
    ]


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason in `corpus.yaml` and how many warnings its pattern covers."""

    pattern: str
    reason: str
    warnings: int


def explain(found: Findings, reasons: dict[str, str]) -> list[Explained]:
    """Take the explained warnings out of `found` (the first pattern that fits counts); a pattern without use is a warning."""
    table, rest = [], found.warnings
    for pattern, reason in reasons.items():
        kept = [w for w in rest if not re.search(pattern, w)]
        table.append(Explained(pattern, reason, len(rest) - len(kept)))
        rest = kept
    found.warnings = rest + [f"corpus.yaml: explained '{e.pattern}' fits no warning; remove it" for e in table if not e.warnings]
    return table


def _run_check(root: Path, as_json: bool) -> int:
    faults = []
    if root.is_dir():
        for path, id in corpus.paths(root):
            try:
                corpus.parse(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix(), id)
            except (InputError, UnicodeDecodeError) as error:
                faults.append(str(error))
    if faults:
        return _print_findings(Findings(errors=faults), [], None, as_json)
    loaded = corpus.load(root)
    found = check(loaded)
    if stale := stale_vectors(loaded, embedding.E5.name):
        found.errors.append(f"vectors: {stale} texts have no vector; run 'assistant corpus vectors'")
    return _print_findings(found, explain(found, loaded.about.get("explained") or {}), loaded, as_json)


def _print_findings(found: Findings, explained: list[Explained], loaded: corpus.Corpus | None, as_json: bool) -> int:
    if as_json:
        report: dict[str, Any] = asdict(found) | {"explained": [asdict(e) for e in explained]}
        if loaded:
            report["sourcing"] = asdict(sourcing(loaded))
            report["readability"] = {language: asdict(figures) for language, figures in readability(loaded).items()}
            report["coverage"] = coverage(loaded)
        print(json.dumps(report, ensure_ascii=False))
        return 1 if found.errors else 0
    if loaded:
        print(f"sections per language:\n\n{coverage_table(loaded)}\n")
        print(f"sources (--json lists the sections):\n\n{sourcing_table(sourcing(loaded))}\n")
        print(f"readability:\n\n{readability_table(readability(loaded))}\n")
    if explained:
        rows = [[f"`{e.pattern}`".replace("|", "\\|"), str(e.warnings), e.reason] for e in explained]
        print(f"explained warnings:\n\n{markdown(['pattern', 'warnings', 'reason'], rows)}\n")
    for line in found.errors:
        print(f"error: {line}")
    for line in found.warnings:
        print(f"warning: {line}")
    print(f"{len(found.errors)} errors, {len(found.warnings)} warnings, {sum(e.warnings for e in explained)} explained warnings")
    return 1 if found.errors else 0
