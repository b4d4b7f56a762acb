"""The original pages behind our summaries: fetched when asked, kept outside the repository, ingested beside the corpus.

`assistant corpus fetch` reads pages that `sources.yaml` names. Each is kept in `ASSISTANT_HOME/originals` as its file and a
JSON beside it (address, days, hash, headers), and is document `originals/SOURCE` of the default index. Nothing is retrieved from
it but where a question names it; `seconding` cites it beside our summary. Knows no store and no screen.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import documents
from .corpus import Corpus
from .errors import InputError, UsageError
from .fetching import Fetcher, FetchError, Page
from .records import LANGUAGES, ORIGINALS, Document, Source

if TYPE_CHECKING:
    from .pipeline import Assistant

_NAME = re.compile(r"[A-Za-z0-9_][\w.-]{0,120}")
_KEPT = ("etag", "last-modified", "content-type", "content-length", "date")
Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one source: `state` is new, changed, unchanged or failed (`reason` says why).

    `sections` of the corpus rest on it (`topic/authority#id`); `appeared` and `vanished` count sentences since last time.
    """

    source: str
    url: str
    state: str
    sections: tuple[str, ...]
    authorities: tuple[str, ...]
    reason: str = ""
    appeared: int = 0
    vanished: int = 0


def resting(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """Source id → the sections that name it, once for all languages."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for document in corpus.documents.values():
        for section in document.sections:
            for source in section.sources:
                found[source][f"{document.group}#{section.id}"] = None
    return {source: tuple(sections) for source, sections in found.items()}


def chosen(corpus: Corpus, folder: Path, wanted: Sequence[str], all: bool, most: int | None) -> list[Source]:
    """The sources to read: those named, or all with an address, the longest unread first. Raises UsageError."""
    if not wanted and not all:
        raise UsageError("corpus fetch: name what to read: --source ID (see sources.yaml), or --all")
    if most is not None and most < 1:
        raise UsageError(f"--max {most}: must be at least 1")
    for id in wanted:
        if id not in corpus.sources:
            raise UsageError(f"--source {id}: is not in sources.yaml; correct it")
        if not corpus.sources[id].url:
            raise UsageError(f"--source {id}: has no address in sources.yaml; add one")
    sources = [corpus.sources[id] for id in dict.fromkeys(wanted)] if wanted else [s for s in corpus.sources.values() if s.url]
    return sorted(sources, key=lambda s: kept(folder, s.id).get("fetched", ""))[:most]


def kept(folder: Path, id: str) -> dict[str, Any]:
    """The record of a page that was fetched before; {} if there is none that can be used."""
    try:
        record = json.loads((folder / f"{id}.json").read_text(encoding="utf-8"))
        return record if isinstance(record, dict) and (folder / str(record.get("file"))).is_file() else {}
    except (OSError, ValueError):
        return {}


def fetch(assistant: Assistant, sources: Sequence[Source], fetcher: Fetcher, notice: Notice = lambda _: None) -> list[Fetched]:
    """Read the pages of `sources`, keep them and ingest them; what failed leaves what was there. Raises StoreError, OSError."""
    folder = assistant.settings.home / ORIGINALS
    folder.mkdir(parents=True, exist_ok=True)
    before = assistant.library.current().documents
    rests = resting(assistant.corpus)
    results, fresh = [], []
    for number, source in enumerate(sources, 1):
        notice(f"{number} of {len(sources)}: {source.id} {source.url}")
        sections = rests.get(source.id, ())
        authorities = tuple(dict.fromkeys(s.split("#")[0].rsplit("/", 1)[-1] for s in sections))
        result = Fetched(source.id, source.url or "", "failed", sections, authorities)
        old = before.get(f"{ORIGINALS}/{source.id}")
        record = kept(folder, source.id)
        try:
            if not _NAME.fullmatch(source.id):
                raise InputError(f"{source.id}: cannot be the name of a file; rename it in sources.yaml")
            page = fetcher.get(result.url, record.get("headers") if record.get("url") == result.url else None)
            if page is None:
                document = _document(source, record["file"], (folder / record["file"]).read_bytes())
            else:
                document = _document(source, f"{source.id}{page.ending}", page.data)
            now, then = _sentences(document), _sentences(old)
            state = "new" if old is None else "unchanged" if now == then else "changed"
            stamp = _now() if state == "changed" else record.get("changed")
            if page is None:
                _write(folder / f"{source.id}.json", _json({**record, "seen": _now(), "changed": stamp}))
            else:
                _keep(folder, source, page, authorities, document.language, stamp)
        except (FetchError, InputError) as error:
            copy = f"; our copy of {record['fetched'][:10]} stays" if record else ""
            results.append(replace(result, reason=f"{error}{copy}"))
            continue
        fresh.append(document)
        results.append(replace(result, state=state, appeared=len(now - then), vanished=len(then - now)))
    if fresh:
        report = assistant.update(fresh, progress=lambda what, done, total: notice(f"{what}: {done} of {total} passages"))
        clashes = {id.removeprefix(f"{ORIGINALS}/"): reason for id, reason in report.failed.items()}
        results = [replace(r, state="failed", reason=clashes[r.source]) if r.source in clashes else r for r in results]
    return results


def _document(source: Source, name: str, data: bytes) -> Document:
    """A page as a document whose citations name its source. Raises InputError if it holds nothing to read."""
    if not data:
        raise InputError(f"{source.url}: is empty; look whether the page has moved, and mend sources.yaml")
    document = documents.from_bytes(data, f"{ORIGINALS}/{source.id}", name, ORIGINALS)
    language = source.languages[0] if len(source.languages) == 1 and source.languages[0] in LANGUAGES else document.language
    sections = tuple(replace(s, sources=(source.id,)) for s in document.sections)
    return replace(document, title=source.title, language=language, sections=sections)


def _sentences(document: Document | None) -> set[str]:
    if document is None:
        return set()
    return {" ".join(document.text[x.start : x.end].split()) for s in document.sections for x in s.sentences}


def _keep(folder: Path, source: Source, page: Page, authorities: Sequence[str], language: str, changed: str | None) -> None:
    """File first, record last, each in one step: a crash leaves the old record with the old file."""
    digest = hashlib.sha256(page.data).hexdigest()
    name = f"{source.id}.{digest[:12]}{page.ending}"
    _write(folder / name, page.data)
    old = kept(folder, source.id).get("file")
    _write(folder / f"{source.id}.json", _json({
        "source": source.id, "url": source.url, "final_url": page.url, "fetched": _now(), "seen": _now(), "changed": changed,
        "sha256": digest, "file": name, "authorities": list(authorities), "language": language,
        "headers": {k: v for k, v in page.headers.items() if k in _KEPT},
    }))  # fmt: skip
    if old and old != name:
        (folder / old).unlink(missing_ok=True)


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with aside.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def run(assistant: Assistant, wanted: Sequence[str], all: bool, most: int | None, dry: bool, private: bool, as_json: bool, notice: Notice) -> int:
    """`assistant corpus fetch`: prints what became of each source; 1 if one failed."""
    if not assistant.settings.with_corpus:
        raise UsageError("corpus fetch: originals stand beside the corpus, in the default index; leave out --index and ASSISTANT_INDEX")
    folder = assistant.settings.home / ORIGINALS
    sources = chosen(assistant.corpus, folder, wanted, all, most)
    if dry:
        rests = resting(assistant.corpus)
        for s in sources:
            sections, day = rests.get(s.id, ()), kept(folder, s.id).get("fetched")
            row = {"source": s.id, "url": s.url, "fetched": day, "sections": sections}
            print(json.dumps(row, ensure_ascii=False) if as_json else f"{s.id}  {s.url}  {day or 'never read'}  {len(sections)} sections")
        return 0
    assistant.prepare(notice)
    results = fetch(assistant, sources, Fetcher(private=private), notice)
    for r in results:
        if as_json:
            print(json.dumps(asdict(r), ensure_ascii=False))
            continue
        if r.state == "failed":
            rest = f"; rests on it: {', '.join(r.sections)}" if r.sections else ""
            notice(f"assistant: {r.source}: {r.reason}{rest}")
            continue
        counts = f"  {r.appeared} sentences new, {r.vanished} gone; look at: {', '.join(r.sections) or 'no section'}" if r.state == "changed" else ""
        print(f"{r.state}: {ORIGINALS}/{r.source}{counts}")
    states = [r.state for r in results]
    if not as_json:
        print(", ".join(f"{states.count(s)} {s}" for s in ("new", "changed", "unchanged", "failed")))
    return 1 if "failed" in states else 0
