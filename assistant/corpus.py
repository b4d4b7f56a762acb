"""The corpus on disk: documents with dated sections, sources, contacts and vectors' place.

Reads the format described in `corpus/README.md`. Knows no store and no model.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from . import chunking, dates
from .errors import InputError, UsageError
from .records import AUTHORITIES, LANGUAGES, Contact, Document, Phrasing, Section, Source

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n---[ \t]*\n", re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*(?:<!--[ \t]*\{([^}]*)\}[ \t]*-->)?[ \t]*$")
_ATTRIBUTE = re.compile(r"([a-z_]+)=(?:\"([^\"]*)\"|(\S+))")
KINDS = ("rule", "comparison", "history", "announced", "gap")
FIELDS = ("id", "title", "topic", "authority", "language", "reviewed")


@dataclass(frozen=True)
class Corpus:
    """All of it, in memory. `version` is a hash of everything an answer rests on."""

    root: Path
    files: dict[str, bytes]
    sources: dict[str, Source]
    contacts: tuple[dict[str, Any], ...]
    phrasings: tuple[Phrasing, ...] = ()
    about: dict[str, Any] = field(default_factory=dict)
    version: str = ""

    @cached_property
    def documents(self) -> dict[str, Document]:
        """By id. Parsed when first asked for: an index that is up to date holds them already.

        Raises InputError that names the file and the first fault in it.
        """
        return {id: parse(_text(data, f"{id}.md"), f"{id}.md", id) for id, data in self.files.items()}

    @property
    def known_until(self) -> str | None:
        """Until when the facts were checked, as an ISO date."""
        value = self.about.get("known_until")
        return str(value) if value else None

    @property
    def vectors(self) -> Path:
        """The file of vectors computed ahead."""
        return self.root / "vectors" / "vectors.npz"

    @cached_property
    def topics(self) -> dict[str, dict[str, str]]:
        """Topic → its name per language."""
        topics: dict[str, dict[str, str]] = self.about.get("topics", {})
        return topics

    def contacts_for(self, authorities: tuple[str, ...], topic: str, language: str) -> tuple[Contact, ...]:
        """Bodies for a topic and authorities; the most specific first."""
        found = []
        for entry in self.contacts:
            if topic and topic not in entry["topics"]:
                continue
            shared = [a for a in entry["authorities"] if not authorities or a in authorities]
            if shared:
                found.append((len(entry["topics"]), entry))
        found.sort(key=lambda pair: pair[0])
        return tuple(
            Contact(
                id=entry["id"],
                name=entry["name"],
                url=entry["url"],
                does=entry["does"].get(language, entry["does"]["en"]),
                authorities=tuple(entry["authorities"]),
                topics=tuple(entry["topics"]),
            )
            for _, entry in found
        )


def load(root: Path) -> Corpus:
    """Read the corpus at `root`, all but the texts of its documents. Raises InputError that names the file and the first fault in it."""
    if not root.is_dir():
        raise InputError(f"{root}: the corpus folder is missing; reinstall the package or set ASSISTANT_CORPUS")
    digest = hashlib.sha256()
    files: dict[str, bytes] = {}
    for path, id in paths(root):
        files[id] = path.read_bytes()
        digest.update(id.encode() + b"\0" + files[id] + b"\0")
    phrasings: list[Phrasing] = []
    for path in sorted(root.glob("*/questions.jsonl")):
        data = path.read_bytes()
        name = path.relative_to(root).as_posix()
        digest.update(name.encode() + b"\0" + data + b"\0")
        phrasings.extend(_phrasings(data, name))
    listed: dict[str, Any] = {}
    for name in ("sources", "contacts", "corpus"):
        path = root / f"{name}.yaml"
        data = path.read_bytes() if path.is_file() else b""
        digest.update(name.encode() + b"\0" + data + b"\0")
        try:
            listed[name] = yaml.load(data, Loader=_Loader)  # noqa: S506 - a safe loader in C
        except yaml.YAMLError as error:
            raise InputError(f"{path.name}: is not YAML ({_first_line(error)}); mend it") from error
        wanted = list if name == "contacts" else dict
        if listed[name] is not None and not isinstance(listed[name], wanted):
            raise InputError(f"{path.name}: holds a {type(listed[name]).__name__}, not a {wanted.__name__}; see corpus/README.md")
    return Corpus(
        root=root,
        files=files,
        sources={key: _source(key, value) for key, value in (listed["sources"] or {}).items()},
        contacts=tuple(listed["contacts"] or ()),
        phrasings=tuple(phrasings),
        about=listed["corpus"] or {},
        version=digest.hexdigest()[:12],
    )


def paths(root: Path) -> Iterator[tuple[Path, str]]:
    """The corpus files under `root` with the document ids that their places give."""
    for path in sorted(root.glob("*/*.md")):
        yield path, path.relative_to(root).with_suffix("").as_posix()


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8; save it as UTF-8") from error


def _phrasings(data: bytes, name: str) -> Iterator[Phrasing]:
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        try:
            row = json.loads(line)
            yield Phrasing(row["section"], row["language"], row["question"], tuple(row["answers"]), tuple(row.get("also", ())))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{name}:{number}: {type(error).__name__}: {error}; mend the line, see corpus/README.md") from error


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]


def _source(key: str, value: dict[str, Any]) -> Source:
    if not isinstance(value, dict) or not value.get("title") or not value.get("publisher"):
        raise InputError(f"sources.yaml: '{key}' lacks title or publisher; add them")
    languages = value.get("language") or ()
    return Source(
        id=key,
        title=value["title"],
        publisher=value["publisher"],
        url=value.get("url"),
        languages=tuple([languages] if isinstance(languages, str) else languages),
        date=str(value.get("date") or ""),
        reliability=value.get("reliability", "press"),
    )


def parse(raw: str, name: str, id: str) -> Document:
    """A corpus file as a document. Raises InputError with the file's name on any fault of form."""
    raw = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(raw)
    if not match:
        raise InputError(f"{name}: has no front matter; begin with '---' and the fields {' '.join(FIELDS)}")
    try:
        front = yaml.load(match.group(1), Loader=_Loader)  # noqa: S506 - a safe loader in C
    except yaml.YAMLError as error:
        raise InputError(f"{name}: front matter is not YAML ({_first_line(error)}); mend it") from error
    missing = [key for key in FIELDS if not (isinstance(front, dict) and front.get(key))]
    if missing:
        raise InputError(f"{name}: front matter lacks {', '.join(missing)}")
    for key, value, allowed in (
        ("id", front["id"], (id,)),
        ("authority", front["authority"], AUTHORITIES),
        ("language", front["language"], LANGUAGES),
    ):
        if value not in allowed:
            raise InputError(f"{name}: {key} is '{value}'; it must be {' or '.join(allowed)}")
    lines, attributes = [], []
    for line in raw[match.end() :].lstrip("\n").split("\n"):
        heading = _HEADING.match(line) if line.startswith("#") else None
        if heading:
            line = f"{heading.group(1)} {heading.group(2)}"
            attributes.append(_attributes(heading.group(3), name, heading.group(2)))
        lines.append(line)
    text = "\n".join(lines)
    plain = chunking.sections(text, "markdown")
    headed = iter(attributes)
    found: list[Section] = []
    for section in plain:
        given = next(headed) if section.heading else {}
        if not section.heading or (not given and len(section.sentences) <= 1):
            continue  # the title line, and nothing else, may go without attributes
        if "id" not in given:
            raise InputError(f"{name}: section '{section.heading}' has no id; add <!-- {{#id …}} --> to its heading")
        found.append(replace(section, **given))
    repeated = {s.id for s in found if sum(t.id == s.id for t in found) > 1}
    if repeated:
        raise InputError(f"{name}: section id '{min(repeated)}' occurs twice; ids are unique in a file")
    return Document(
        id=id,
        title=front["title"],
        text=text,
        language=front["language"],
        sections=tuple(found),
        topic=front["topic"],
        authority=front["authority"],
        reviewed=str(front["reviewed"]),
        origin="corpus",
        digest=hashlib.sha256(raw.encode()).hexdigest(),
    )


def _attributes(inside: str | None, name: str, heading: str) -> dict[str, Any]:
    if inside is None:
        return {}
    given: dict[str, Any] = {}
    id = re.search(r"#([a-z0-9][a-z0-9-]*)(?=\s|$)", inside)
    if id:
        given["id"] = id.group(1)
    for key, quoted, bare in _ATTRIBUTE.findall(inside):
        value = quoted or bare
        if key in ("valid_from", "valid_to"):
            try:
                given[key] = dates.parse(value)
            except UsageError as error:
                raise InputError(f"{name}: '{heading}': {key}={value} is no date; write YYYY-MM-DD") from error
        elif key == "kind":
            if value not in KINDS:
                raise InputError(f"{name}: '{heading}': kind={value} is unknown; use {', '.join(KINDS)}")
            given[key] = value
        elif key == "sources":
            given[key] = tuple(value.split())
        elif key in ("rule", "observed"):
            given[key] = value
        else:
            raise InputError(f"{name}: '{heading}': unknown attribute '{key}'")
    return given
