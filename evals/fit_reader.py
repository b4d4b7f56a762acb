"""`python -m evals fit-reader --folder ../shared/omos-qa`: fit the upper layers of `assistant/reader.py`.

Needs PyTorch (`pip install torch`), which answering does not. The four upper layers start from the embedder's own
weights; the lower eight are not trained, and their states are worked out once per text. Binary cross-entropy over
sentences (marked ones weigh double) and over whole texts; AdamW with warm-up and linear decay. The schedule follows the
clock (`--minutes`), since two cores differ more than epochs do. `--onward` starts from the weights there are. Writes
`assistant/data/reader.npz` as int8, now and then while it runs and at the end.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant import e5, reader
from assistant.pipeline import Assistant

from .fit import auc
from .pairs import Corpus, Pair, of_omos

HEADS, WIDTH, LAYERS, BUDGET, RATE, WARM = 12, 384, 12, 3_200, 3e-4, 80
KEPT_EVERY = 400  # steps
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
        self.aln, self.oln = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))
        for norm, part in ((self.aln, "aln"), (self.oln, "oln")):
            norm.weight.data = torch.tensor(source.floats(f"{name}{part}.w"))
            norm.bias.data = torch.tensor(source.floats(f"{name}{part}.b"))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(batch, tokens, 384) → the same."""
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(x).view(batch, tokens, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        mixed = self.ao(mixed.transpose(1, 2).reshape(batch, tokens, WIDTH))
        x = self.aln(x + functional.dropout(mixed, 0.1, self.training))
        inner = self.fo(functional.gelu(self.fi(x)))
        out: torch.Tensor = self.oln(x + functional.dropout(inner, 0.1, self.training))
        return out


def _linear(weight: Floats, bias: Floats) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(bias)
    return layer


class Upper(nn.Module):
    """The trainable part: layers, the two sides' marks, matches, and the heads for sentences and whole texts."""

    def __init__(self, source: e5.Reader) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(source, number) for number in range(reader.SPLIT, LAYERS))
        self.kind = nn.Parameter(torch.zeros(2, WIDTH))
        self.match = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, WIDTH))
        self.sent = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Dropout(0.1), nn.Linear(WIDTH, 1))
        self.page = nn.Sequential(nn.Linear(3 * WIDTH, WIDTH), nn.Tanh(), nn.Dropout(0.1), nn.Linear(WIDTH, 1))

    def forward(self, x: Any, kind: Any, segment: Any, match: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Log odds of each text (batch,) and of each sentence (batch, sentences), and which sentences there are.

        x (batch, tokens, 384); kind (batch, tokens): 0 question, 1 text, -1 padding; segment: the sentence of a token or -1.
        """
        there = kind >= 0
        x = x + (self.kind[kind.clamp(min=0)] + self.match(match)) * there[..., None]
        mask = torch.zeros_like(x[..., 0]).masked_fill(~there, -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        hot = functional.one_hot(segment + 1, int(segment.max()) + 2)[..., 1:].to(x.dtype)
        count = hot.sum(1)
        means = (hot.transpose(1, 2) @ x) / count.clamp(min=1)[..., None]
        sentences = self.sent(means).squeeze(-1)
        weight = torch.softmax(sentences.masked_fill(count == 0, -1e9), 1)
        text = (kind == 1).to(x.dtype)[..., None]
        mean = (x * text).sum(1) / text.sum(1)
        page = self.page(torch.cat([x[:, 0], mean, (weight[..., None] * means).sum(1)], -1)).squeeze(-1)
        return page, sentences, count > 0


def collate(seen: Sequence[tuple[Floats, NDArray[Any], NDArray[np.int64]]], mean: Floats) -> list[torch.Tensor]:
    """Lower states of questions and texts, padded to one batch; in the order of `Upper.forward`."""
    size = max(len(q) + len(t) for q, t, _ in seen)
    x = np.zeros((len(seen), size, WIDTH), np.float32)
    kind, segment = np.full((2, len(seen), size), -1, np.int64)
    match = np.zeros((len(seen), size, 3), np.float32)
    for i, (question, text, segments) in enumerate(seen):
        first, last = len(question), len(question) + len(text)
        x[i, :first], x[i, first:last] = question, text
        kind[i, :first], kind[i, first:last] = 0, 1
        segment[i, first:last] = segments
        match[i, :last] = reader.matches(question, text, mean)
    return [torch.from_numpy(a) for a in (x, kind, segment, match)]


def loss(model: Upper, pairs: Sequence[Pair], lower: Lower) -> torch.Tensor:
    """Mean over pairs: twice that of the sentences (where they are marked) plus that of the text."""
    page, sentences, there = model(*collate([(lower.question(p.question), *lower.text(p.text)) for p in pairs], lower.mean))
    marks = torch.zeros_like(sentences)
    for i, pair in enumerate(pairs):
        if pair.marks is not None:
            marks[i, : len(pair.marks)] = torch.from_numpy(pair.marks)[: marks.shape[1]]
    marked = torch.tensor([[float(p.marks is not None)] for p in pairs])
    apart = functional.binary_cross_entropy_with_logits(sentences, marks, reduction="none") * there * (1 + marks) * marked
    whole = functional.binary_cross_entropy_with_logits(page, torch.tensor([float(p.answers) for p in pairs]), reduction="none")
    return (2 * apart.sum(1) / there.sum(1).clamp(min=1) + whole).mean()


class Lower:
    """The states that are not trained, each worked out once."""

    def __init__(self, encoder: e5.Encoder, mean: Floats) -> None:
        self.see = reader.Lower(encoder)
        self.mean = mean
        self.question = lru_cache(None)(self.see.question)
        self.text = lru_cache(None)(self.see.text)


def batches(pairs: Sequence[Pair], lower: Lower, rng: random.Random) -> list[list[Pair]]:
    """Pairs of like length together, at most BUDGET tokens with padding, in random order."""
    length = {id(p): len(lower.question(p.question)) + len(lower.text(p.text)[0]) for p in pairs}
    out: list[list[Pair]] = [[]]
    for pair in sorted(pairs, key=lambda p: length[id(p)] + rng.random() * 20):
        if out[-1] and (len(out[-1]) + 1) * max(length[id(pair)], *(length[id(p)] for p in out[-1][-1:])) > BUDGET:
            out.append([])
        out[-1].append(pair)
    rng.shuffle(out)
    return out


def weights(model: Upper, source: e5.Reader, mean: Floats) -> dict[str, NDArray[Any]]:
    """Int8 layers by the names of `reader.onnx`, and the rest in half precision."""
    state = {k: v.detach().numpy().astype(np.float32) for k, v in model.state_dict().items()}

    def reach(weight: Floats, bias: Floats) -> Floats:
        return np.maximum(3 * np.abs(weight) + np.abs(bias), 1e-3)

    last = f"l{reader.SPLIT - 1}.oln"
    before = reach(source.floats(f"{last}.w"), source.floats(f"{last}.b")) + np.abs(state["kind"]).max(axis=0) + 1
    out: dict[str, NDArray[Any]] = {"kind": state["kind"], "mean": mean}
    for i in range(LAYERS - reader.SPLIT):
        at, name = f"layers.{i}.", f"l{reader.SPLIT + i}."
        scale, shift = state[f"{at}aln.weight"], state[f"{at}aln.bias"]
        inner, bias = state[f"{at}fi.weight"], state[f"{at}fi.bias"]
        top = inner @ shift + bias + 5 * np.sqrt(inner**2 @ scale**2)
        for part, reaches in (("qkv", before), ("ao", None), ("fi", reach(scale, shift)), ("fo", np.maximum(top, 0.17))):
            out |= e5.quantised(name + part, state[f"{at}{part}.weight"], state[f"{at}{part}.bias"], reaches)
        for norm in ("aln", "oln"):
            out |= {f"{name}{norm}.w": state[f"{at}{norm}.weight"], f"{name}{norm}.b": state[f"{at}{norm}.bias"]}
        before = reach(state[f"{at}oln.weight"], state[f"{at}oln.bias"])
    return out | {k: v.astype(np.float16) for k, v in state.items() if k.split(".")[0] in ("match", "sent", "page")}


def restore(model: Upper, stored: Mapping[str, NDArray[Any]]) -> None:
    """The inverse of `weights`, but for what int8 lost."""
    state = {"kind": stored["kind"]} | {k: v for k, v in stored.items() if k.split(".")[0] in ("match", "sent", "page")}
    for i in range(LAYERS - reader.SPLIT):
        at, name = f"layers.{i}.", f"l{reader.SPLIT + i}."
        for part in ("qkv", "ao", "fi", "fo"):
            matrix = stored[f"{name}{part}.int8"].T * stored[f"{name}{part}.scale"][:, None]
            state[f"{at}{part}.weight"] = matrix * stored.get(f"{name}{part}.smooth", np.float32(1))
            state[f"{at}{part}.bias"] = stored[f"{name}{part}.bias"]
        for norm in ("aln", "oln"):
            state |= {f"{at}{norm}.weight": stored[f"{name}{norm}.w"], f"{at}{norm}.bias": stored[f"{name}{norm}.b"]}
    model.load_state_dict({k: torch.tensor(np.asarray(v, np.float32)) for k, v in state.items()})


def judge(model: Upper, pairs: Sequence[Pair], lower: Lower) -> str:
    """On pairs kept aside: the loss, the chance that an answering text is above another, and how often the first sentence is right."""
    model.eval()
    values, chances, answers, firsts = [], [], [], []
    with torch.no_grad():
        for batch in batches(pairs, lower, random.Random(0)):  # noqa: S311 - sampling, no secret
            values.append((len(batch), loss(model, batch, lower).item()))
            page, sentences, there = model(*collate([(lower.question(p.question), *lower.text(p.text)) for p in batch], lower.mean))
            best = sentences.masked_fill(~there, -1e9).argmax(1).tolist()
            for pair, chance, first in zip(batch, page.tolist(), best, strict=True):
                chances.append(chance)
                answers.append(pair.answers)
                if pair.marks is not None and pair.marks.any():
                    firsts.append(float(pair.marks[first]))
    model.train()
    mean = sum(n * value for n, value in values) / len(pairs)
    return f"kept aside: loss {mean:.3f}, AUC {auc(np.array(chances), np.array(answers)):.3f}, first sentence right {np.mean(firsts):.3f}"


def main(folder: Path, minutes: float, onward: bool = False, target: Path = reader.WEIGHTS) -> int:
    """Fit for so many minutes and write."""
    torch.manual_seed(0)
    rng = random.Random(0)  # noqa: S311 - sampling, no secret
    assistant = Assistant()
    assistant.prepare()
    source = e5.source()
    encoder = e5.Encoder()
    model = Upper(source)
    if onward:
        with np.load(reader.WEIGHTS) as stored:
            restore(model, dict(stored))
            mean = stored["mean"]
    else:
        see = reader.Lower(encoder)
        sample = rng.sample([p.text for p in assistant.library.current().passages], 200)
        mean = np.concatenate([see.text(reader.Text(text, ()))[0].astype(np.float32) for text in sample]).mean(axis=0)
    lower = Lower(encoder, mean)
    corpus = Corpus(assistant)
    aside = [*corpus.pairs(random.Random(0), kept=True)]  # noqa: S311 - sampling, no secret
    print(judge(model, aside, lower), flush=True)
    groups = [{"params": [p for n, p in model.named_parameters() if n.startswith("layers") is deep], "scale": scale}
              for deep, scale in ((True, 1), (False, 5))]  # fmt: skip
    optimiser = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01)
    began, steps, recent = time.monotonic(), 0, list[float]()
    while (spent := (time.monotonic() - began) / 60 / minutes) < 1:
        pairs = [*corpus.pairs(rng), *of_omos(folder, rng)]
        for batch in batches(pairs, lower, rng):
            spent = (time.monotonic() - began) / 60 / minutes
            if spent >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = RATE * group["scale"] * min(1, (steps + 1) / WARM) * max(0.03, 1 - spent)
            optimiser.zero_grad()
            value = loss(model, batch, lower)
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            steps += 1
            recent.append(value.item())
            if steps % 50 == 0:
                print(f"{spent:.0%} step {steps} loss {np.mean(recent):.3f}", flush=True)
                recent.clear()
            if steps % KEPT_EVERY == 0:
                np.savez(target, **weights(model, source, mean))  # type: ignore[arg-type]
                print(judge(model, aside, lower), flush=True)
    np.savez(target, **weights(model, source, mean))  # type: ignore[arg-type]
    print(f"{steps} steps; {judge(model, aside, lower)}; wrote {target.name}")
    return 0
