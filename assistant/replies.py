"""What a model wrote → claims with the ids they cite, however well it kept the form.

Objects one a line, an array, `{"claims": […]}`, inside code fences or after thoughts; failing those, prose with `[s3]`.
Knows nothing of models and passages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import sentences
from .errors import ModelReplyError

# A reply longer than this never ends.
MOST = 8_000
_TEXT = ("claim", "text", "sentence", "statement", "answer")
_IDS = ("cites", "cite", "citations", "sources", "ids", "source")
_ID = re.compile(r"(?<![\w])[sS]?(\d{1,3})(?![\w])")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THINKING = re.compile(r"<think(?:ing)?>(?:(?!</think).)*$", re.DOTALL | re.IGNORECASE)
_BROKEN = re.compile(r"""["'](?:claim|text|sentence)["']\s*:\s*(["'])(.*?)(?<!\\)\1\s*[,}]""", re.DOTALL)
_MARKER = re.compile(r"\s*[\[(]\s*(?:[sS]\d{1,3}|\d{1,2})(?:\s*[,;]\s*[sS]?\d{1,3})*\s*[\])]")
_LEAD = re.compile(r"^\s*(?:[-*•]|\d+[.)]|#+)\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """One claim as the model wrote it, with the ids ("s3") that it names, and the same in English if it was asked for."""

    text: str
    cites: tuple[str, ...]
    english: str = ""


def schema(ids: list[str], rendered: bool = False) -> dict[str, Any]:
    """The JSON schema of a whole reply, for models that can be held to one; `rendered` if each claim also comes in English."""
    fields: dict[str, Any] = {"claim": {"type": "string"}} | ({"english": {"type": "string"}} if rendered else {})
    fields["cites"] = {"type": "array", "items": {"type": "string", "enum": ids}}
    claim = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    return {"type": "object", "properties": {"claims": {"type": "array", "items": claim}}, "required": ["claims"], "additionalProperties": False}


def spoken(text: str) -> str:
    """A reply, or what there is of it, without its thoughts."""
    return _THINKING.sub("", _THOUGHT.sub("", text))


class Reading:
    """Reads a reply as it comes: `feed` gives the claims that are complete, `finish` what is left."""

    def __init__(self) -> None:
        self.text = ""
        self._at = 0
        self._found = 0

    def feed(self, piece: str) -> Iterator[Said]:
        """Raises ModelReplyError if the reply does not end."""
        self.text += piece
        if len(self.text) > MOST:
            raise ModelReplyError("the model's reply does not end; set another model")
        if "}" in piece:
            yield from self._objects()

    def finish(self) -> Iterator[Said]:
        """What was not in objects. Raises ModelReplyError if nothing can be read as claims."""
        yield from self._objects()
        if self._found:
            return
        text = spoken(self.text)
        if not text.strip():
            raise ModelReplyError("the model's reply is empty; set another model")
        if re.search(r"<!doctype|<html|<body", text, re.IGNORECASE):
            raise ModelReplyError("the model's reply is a web page; check the address in ASSISTANT_LLM")
        if "{" in text and re.search(r"[\"'](?:claim|cites)[\"']", text):
            yield from self._broken(text)
        elif not re.match(r"\s*[\[{]", text):
            yield from _prose(text)
        elif not re.fullmatch(r'\s*(?:\[\s*\]|\{\s*(?:"claims"\s*:\s*\[\s*\]\s*)?\})\s*', text):
            raise ModelReplyError("the model's reply is not what was asked for; set a larger model")

    def _objects(self) -> Iterator[Said]:
        self.text = _THOUGHT.sub("", self.text) if self._at == 0 else self.text
        if _THINKING.search(self.text[self._at :]):
            return
        at = self.text.find("{", self._at)
        while at >= 0:
            try:
                value, end = json.JSONDecoder().raw_decode(self.text, at)
            except ValueError:
                at = self.text.find("{", at + 1)  # broken, or one that holds others and is not complete yet
                continue
            said = list(_claims(value))
            if said:
                self._found += len(said)
                yield from said
                self._at = end
            at = self.text.find("{", end)

    def _broken(self, text: str) -> Iterator[Said]:
        """Objects with quotes or commas where JSON has none."""
        parts = list(_BROKEN.finditer(text))
        if not parts:
            raise ModelReplyError("the model's reply is not what was asked for; set a larger model")
        for part, following in zip(parts, [*parts[1:], None], strict=True):
            rest = text[part.end(2) : following.start() if following else len(text)]
            yield Said(part.group(2).strip(), _ids(re.findall(r"[sS]\d{1,3}", rest)))


def _claims(value: Any) -> Iterator[Said]:
    if isinstance(value, list):
        for one in value:
            yield from _claims(one)
    elif isinstance(value, dict):
        text = next((value[k] for k in _TEXT if isinstance(value.get(k), str)), None)
        if text is not None:
            if text.strip():
                english = value.get("english")
                ids = _ids(next((value[k] for k in _IDS if k in value), []))
                yield Said(" ".join(text.split()), ids, english if isinstance(english, str) else "")
        else:
            for one in value.values():
                if isinstance(one, (list, dict)):
                    yield from _claims(one)


def _ids(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(f"s{int(n)}" for one in listed for n in _ID.findall(str(one))))


def _prose(text: str) -> Iterator[Said]:
    """Sentences with the markers in or behind them."""
    for line in re.sub(r"```\w*", "", text).splitlines():
        line = _LEAD.sub("", line).strip()
        if not line:
            continue
        # A marker behind the full stop belongs to the sentence before it.
        line = re.sub(rf"([.!?])({_MARKER.pattern}(?:{_MARKER.pattern})*)", r"\2\1", line)
        for start, end in sentences.spans(line):
            sentence = line[start:end]
            cites = [m.group() for m in _MARKER.finditer(sentence)]
            bare = " ".join(_MARKER.sub("", sentence).split())
            if len(bare) > 1:
                yield Said(bare, _ids(cites))
