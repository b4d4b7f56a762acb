"""The layers of `assistant/reader.py` in PyTorch, to be fitted: as arrays in, as arrays out. See `evals/fit_reader.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant import e5, reader

from .pairs import Pair

HEADS, WIDTH, LAYERS = 12, 384, 12
Floats = NDArray[np.float32]


class Layer(nn.Module):
    """One layer of the encoder, trainable."""

    def __init__(self, source: e5.Reader, number: int) -> None:
        super().__init__()
        name = f"l{number}."
        self.qkv = _linear(np.concatenate([source.matrix(f"{name}{p}.w", WIDTH) for p in "qkv"]),
                           np.concatenate([source.floats(f"{name}{p}.b") for p in "qkv"]))  # fmt: skip
        self.ao = _linear(source.matrix(f"{name}ao.w", WIDTH), source.floats(f"{name}ao.b"))
        self.fi = _linear(source.matrix(f"{name}fi.w", WIDTH), source.floats(f"{name}fi.b"))
        self.fo = _linear(source.matrix(f"{name}fo.w", 4 * WIDTH), source.floats(f"{name}fo.b"))
        self.aln, self.oln = (_norm(source, f"{name}{part}") for part in ("aln", "oln"))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(batch, tokens, 384) → the same."""
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(x).view(batch, tokens, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        mixed = self.ao(mixed.transpose(1, 2).reshape(batch, tokens, WIDTH))
        x = self.aln(x + functional.dropout(mixed, 0.1, self.training))
        inner = self.fo(functional.gelu(self.fi(x)))
        out: torch.Tensor = self.oln(x + functional.dropout(inner, 0.1, self.training))
        return out


def _linear(weight: Floats, bias: Floats) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(bias)
    return layer


def _norm(source: e5.Reader, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(WIDTH, eps=1e-12)
    norm.weight.data, norm.bias.data = torch.tensor(source.floats(f"{name}.w")), torch.tensor(source.floats(f"{name}.b"))
    return norm


class Model(nn.Module):
    """All layers (those below `reader.FIRST` frozen), the two sides' marks, matches, and the heads for sentences and whole texts."""

    def __init__(self, source: e5.Reader) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(source, number) for number in range(LAYERS))
        self.layers[: reader.FIRST].requires_grad_(False)
        self.kind = nn.Parameter(torch.zeros(2, WIDTH))
        self.match = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, WIDTH))
        self.sent = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Dropout(0.1), nn.Linear(WIDTH, 1))
        self.page = nn.Sequential(nn.Linear(3 * WIDTH, WIDTH), nn.Tanh(), nn.Dropout(0.1), nn.Linear(WIDTH, 1))
        self.mean = nn.Buffer(torch.zeros(WIDTH))  # of the states at `reader.SPLIT`

    def apart(self, x: torch.Tensor, there: torch.Tensor, first: int, last: int) -> torch.Tensor:
        """States before layer `first` → before layer `last`, of texts each by itself; `there` (batch, tokens) are no padding."""
        mask = torch.zeros(1).where(there, -1e9)[:, None, None, :]
        for layer in self.layers[first:last]:
            x = layer(x, mask)
        return x

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Log odds of each pair's text (pairs,) and of its sentences (pairs, sentences), and which sentences there are."""
        asked = self.apart(batch.questions, batch.asked, reader.FIRST, reader.SPLIT)
        text = self.apart(batch.texts, batch.written, reader.FIRST, reader.SPLIT)[batch.of]
        written, segment = batch.written[batch.of], batch.segment[batch.of]
        matches = self.matches(asked, batch.asked, text, written)
        x = torch.cat([asked + self.kind[0], text + self.kind[1]], 1) + self.match(matches)
        mask = torch.zeros(1).where(torch.cat([batch.asked, written], 1), -1e9)[:, None, None, :]
        for layer in self.layers[reader.SPLIT :]:
            x = layer(x, mask)
        first, seen = x[:, 0].float(), x[:, asked.shape[1] :].float()
        hot = functional.one_hot(segment + 1, int(segment.max()) + 2)[..., 1:].float()
        count = hot.sum(1)
        means = (hot.transpose(1, 2) @ seen) / count.clamp(min=1)[..., None]
        sentences = self.sent(means).squeeze(-1).float()
        weight = torch.softmax(sentences.masked_fill(count == 0, -1e9), 1)
        mean = (seen * written[..., None]).sum(1) / written.sum(1, keepdim=True)
        page = self.page(torch.cat([first, mean, (weight[..., None] * means).sum(1)], -1)).squeeze(-1)
        return page.float(), sentences, count > 0

    def matches(self, asked: torch.Tensor, there: torch.Tensor, text: torch.Tensor, written: torch.Tensor) -> torch.Tensor:
        """`reader.matches` of pairs, (pairs, tokens of both, 3)."""
        place = torch.arange(asked.shape[1])[None]
        words = there & (place >= reader.PREFIX) & (place < there.sum(1, keepdim=True) - 1)
        place = torch.arange(text.shape[1])[None]
        others = written & (place > 0) & (place < written.sum(1, keepdim=True) - 1)
        a, b = (functional.normalize(x.detach().float() - self.mean, dim=-1) for x in (asked, text))
        cosine = (a @ b.transpose(1, 2)).masked_fill(~(words[:, :, None] & others[:, None, :]), -1)
        out = []
        for best, own in ((cosine.amax(2), words), (cosine.amax(1), others)):
            level = (best * own).sum(1, keepdim=True) / own.sum(1, keepdim=True).clamp(min=1)
            out.append(torch.stack([best, best - level, (best > reader.EXACT).float()], -1))
        return torch.cat(out, 1).clamp(-1, 1) * 2


class Batch(NamedTuple):
    """Pairs of a question and a text; a text of several pairs stands here once.

    `questions` (pairs, tokens, 384) and `texts` (texts, tokens, 384) are states before layer `reader.FIRST`; `asked` and
    `written` say which tokens are no padding; `of` (pairs,) is each pair's text; `segment` (texts, tokens) the sentence of a token or -1.
    """

    questions: torch.Tensor
    asked: torch.Tensor
    texts: torch.Tensor
    written: torch.Tensor
    of: torch.Tensor
    segment: torch.Tensor


class States:
    """The states before the layers that are trained, each worked out once; half precision."""

    def __init__(self, model: Model, encoder: e5.Encoder) -> None:
        self._model, self._encoder, self._norm = model, encoder, _norm(e5.source(), "emb.ln")
        self._questions: dict[str, torch.Tensor] = {}
        self._texts: dict[reader.Text, tuple[torch.Tensor, torch.Tensor]] = {}

    def question(self, question: str) -> torch.Tensor:
        """(tokens, 384)."""
        if question not in self._questions:
            self._questions[question] = self._run(self._encoder.tokens(question, True, False).ids)
        return self._questions[question]

    def text(self, text: reader.Text) -> tuple[torch.Tensor, torch.Tensor]:
        """(tokens, 384), and the sentence of each token or -1."""
        if text not in self._texts:
            tokens = self._encoder.tokens(text.text, False, True)
            count = min(len(tokens.ids), self._encoder.content)
            owners = reader.segments(tokens.starts[:count], tokens.ends[:count], text.spans)
            self._texts[text] = self._run(tokens.ids), torch.from_numpy(owners)
        return self._texts[text]

    def batch(self, pairs: Sequence[Pair]) -> Batch:
        """The states of pairs, padded."""
        numbers = {text: n for n, text in enumerate(dict.fromkeys(p.text for p in pairs))}
        texts, segments = zip(*map(self.text, numbers), strict=True)
        return Batch(
            *_padded([self.question(p.question) for p in pairs]),
            *_padded(texts),
            torch.tensor([numbers[p.text] for p in pairs]),
            nn.utils.rnn.pad_sequence(list(segments), batch_first=True, padding_value=-1),
        )

    def _run(self, ids: NDArray[np.int64]) -> torch.Tensor:
        training = self._model.training
        self._model.eval()
        with torch.no_grad():
            x = self._norm(torch.from_numpy(self._encoder.inputs(ids[: self._encoder.content]))[None])
            x = self._model.apart(x, torch.ones(x.shape[:2], dtype=torch.bool), 0, reader.FIRST)
        self._model.train(training)
        half: torch.Tensor = x[0].half()
        return half


def _padded(rows: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    there = nn.utils.rnn.pad_sequence([torch.ones(len(r), dtype=torch.bool) for r in rows], batch_first=True)
    return nn.utils.rnn.pad_sequence(list(rows), batch_first=True).float(), there


def weights(model: Model, source: e5.Reader) -> dict[str, NDArray[Any]]:
    """Int8 layers by the names of `lower.onnx` and `reader.onnx`, and the rest in half precision."""
    state = {k: v.detach().numpy().astype(np.float32) for k, v in model.state_dict().items()}

    def reach(weight: Floats, bias: Floats) -> Floats:
        out: Floats = np.maximum(3 * np.abs(weight) + np.abs(bias), 1e-3)
        return out

    last = f"l{reader.FIRST - 1}.oln"
    before = reach(source.floats(f"{last}.w"), source.floats(f"{last}.b"))
    out: dict[str, NDArray[Any]] = {"kind": state["kind"], "mean": state["mean"]}
    for i in range(reader.FIRST, LAYERS):
        at, name = f"layers.{i}.", f"l{i}."
        scale, shift = state[f"{at}aln.weight"], state[f"{at}aln.bias"]
        inner, bias = state[f"{at}fi.weight"], state[f"{at}fi.bias"]
        top = inner @ shift + bias + 5 * np.sqrt(inner**2 @ scale**2)
        if i == reader.SPLIT:
            before = before + np.abs(state["kind"]).max(axis=0) + 1
        for part, reaches in (("qkv", before), ("ao", None), ("fi", reach(scale, shift)), ("fo", np.maximum(top, 0.17))):
            out |= e5.quantised(name + part, state[f"{at}{part}.weight"], state[f"{at}{part}.bias"], reaches)
        for norm in ("aln", "oln"):
            out |= {f"{name}{norm}.w": state[f"{at}{norm}.weight"], f"{name}{norm}.b": state[f"{at}{norm}.bias"]}
        before = reach(state[f"{at}oln.weight"], state[f"{at}oln.bias"])
    return out | {k: v.astype(np.float16) for k, v in state.items() if k.split(".")[0] in ("match", "sent", "page")}


def restore(model: Model, stored: Mapping[str, NDArray[Any]]) -> None:
    """The inverse of `weights`, but for what int8 lost."""
    state = {k: v for k, v in stored.items() if k.split(".")[0] in ("match", "sent", "page", "kind", "mean")}
    for i in range(reader.FIRST, LAYERS):
        at, name = f"layers.{i}.", f"l{i}."
        for part in ("qkv", "ao", "fi", "fo"):
            matrix = stored[f"{name}{part}.int8"].T * stored[f"{name}{part}.scale"][:, None]
            smooth = stored.get(f"{name}{part}.smooth", np.ones(1))
            state[f"{at}{part}.weight"] = matrix * smooth
            state[f"{at}{part}.bias"] = stored[f"{name}{part}.bias"]
        for norm in ("aln", "oln"):
            state |= {f"{at}{norm}.weight": stored[f"{name}{norm}.w"], f"{at}{norm}.bias": stored[f"{name}{norm}.b"]}
    model.load_state_dict({k: torch.tensor(np.asarray(v, np.float32)) for k, v in state.items()}, strict=False)
