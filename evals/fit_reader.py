"""`python -m evals fit-reader --folder ../shared/omos-qa`: fit the layers of `assistant/reader.py` that are its own.

Needs PyTorch (`pip install torch`), which answering does not. These layers start from the embedder's weights, or with
`--onward` from the reader's; the layers below them are not trained, and their states are worked out once per text.
Binary cross-entropy over sentences (marked ones weigh double) and over whole texts; AdamW with warm-up and linear
decay, half the rate for layers that see question and text apart. Products are in bfloat16 where the processor is faster
with it. The schedule follows the clock (`--minutes`), since two cores differ more than epochs do. Writes
`assistant/data/reader.npz` as int8, now and then while it runs and at the end.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from assistant import e5, reader
from assistant.pipeline import Assistant
from assistant.reader import Text

from .fit import auc
from .pairs import Corpus, Pair, of_omos
from .reader_model import WIDTH, Model, States, restore, weights

BUDGET, TOGETHER, RATE, WARM = 6_400, 4, 2e-4, 80
APART, NEW = 0.5, 2.0  # rates of the layers that see one side, and of what the embedder does not have, beside RATE
KEPT_EVERY = 600  # steps


def loss(model: Model, pairs: Sequence[Pair], states: States) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Mean over pairs: twice that of the sentences (where they are marked) plus that of the text. And the log odds of both."""
    with torch.autocast("cpu", torch.bfloat16, enabled=_coarse()):
        page, sentences, there = model(states.batch(pairs))
    marks = torch.zeros_like(sentences)
    for i, pair in enumerate(pairs):
        if pair.marks is not None:
            marks[i, : len(pair.marks)] = torch.from_numpy(pair.marks)[: marks.shape[1]]
    marked = torch.tensor([[float(p.marks is not None)] for p in pairs])
    apart = functional.binary_cross_entropy_with_logits(sentences, marks, reduction="none") * there * (1 + marks) * marked
    whole = functional.binary_cross_entropy_with_logits(page, torch.tensor([float(p.answers) for p in pairs]), reduction="none")
    return (2 * apart.sum(1) / there.sum(1).clamp(min=1) + whole).mean(), page, sentences.masked_fill(~there, -1e9)


@lru_cache(maxsize=1)
def _coarse() -> bool:
    """Whether this processor is faster with bfloat16: four times with AVX-512's instructions for it, else far slower."""
    times = []
    for kind in (torch.bfloat16, torch.float32):
        a, b = torch.ones(512, WIDTH, dtype=kind), torch.ones(WIDTH, 512, dtype=kind)
        a @ b
        began = time.perf_counter()
        for _ in range(5):
            a @ b
        times.append(time.perf_counter() - began)
    return times[0] < times[1]


def batches(pairs: Sequence[Pair], states: States, rng: random.Random) -> list[list[Pair]]:
    """In random order, batches of at most BUDGET tokens with padding, of texts alike in length; a text with up to TOGETHER of its questions."""
    of: dict[Text, list[Pair]] = {}
    for pair in rng.sample(pairs, len(pairs)):
        of.setdefault(pair.text, []).append(pair)
    groups = [own[i : i + TOGETHER] for own in of.values() for i in range(0, len(own), TOGETHER)]
    size = {text: len(states.text(text)[0]) for text in of}
    out: list[list[Pair]] = [[]]
    asked = 0
    for group in sorted(groups, key=lambda g: size[g[0].text] + rng.random() * 20):
        longest = max(len(states.question(p.question)) for p in group)
        tokens = max(asked, longest) + max(size[p.text] for p in (group[0], *out[-1][-1:]))
        if out[-1] and (len(out[-1]) + len(group)) * tokens > BUDGET:
            out.append([])
            asked = 0
        out[-1] += group
        asked = max(asked, longest)
    rng.shuffle(out)
    return out


def judge(model: Model, pairs: Sequence[Pair], states: States) -> str:
    """On pairs kept aside: the loss, the chance that an answering text is above another, and how often the first sentence is right."""
    model.eval()
    values, chances, answers, firsts = [], [], [], []
    for batch in batches(pairs, states, random.Random(0)):  # noqa: S311 - sampling, no secret
        with torch.no_grad():
            value, page, sentences = loss(model, batch, states)
        values.append(len(batch) * value.item())
        for pair, chance, first in zip(batch, page.tolist(), sentences.argmax(1).tolist(), strict=True):
            chances.append(chance)
            answers.append(pair.answers)
            if pair.marks is not None and pair.marks.any():
                firsts.append(float(pair.marks[first]))
    model.train()
    right = auc(np.array(chances), np.array(answers))
    return f"kept aside: loss {sum(values) / len(pairs):.3f}, AUC {right:.3f}, first sentence right {np.mean(firsts):.3f}"


def main(folder: Path, minutes: float, onward: bool = False, target: Path = reader.WEIGHTS) -> int:
    """Fit for so many minutes and write."""
    torch.manual_seed(0)
    rng = random.Random(0)  # noqa: S311 - sampling, no secret
    assistant = Assistant()
    assistant.prepare()
    source = e5.source()
    model = Model(source)
    states = States(model, e5.Encoder())
    if onward:
        with np.load(reader.WEIGHTS) as stored:
            restore(model, dict(stored))
    else:
        _centre(model, states, rng.sample([p.text for p in assistant.library.current().passages], 200))
    corpus = Corpus(assistant)
    aside = [*corpus.pairs(random.Random(0), kept=True)]  # noqa: S311 - sampling, no secret
    print(judge(model, aside, states), flush=True)
    optimiser, scales = _optimiser(model)
    began, steps, recent = time.monotonic(), 0, list[float]()
    while (time.monotonic() - began) / 60 < minutes:
        for batch in batches([*corpus.pairs(rng), *of_omos(folder, rng)], states, rng):
            spent = (time.monotonic() - began) / 60 / minutes
            if spent >= 1:
                break
            for group, scale in zip(optimiser.param_groups, scales, strict=True):
                group["lr"] = RATE * scale * min(1, (steps + 1) / WARM) * max(0.03, 1 - spent)
            optimiser.zero_grad()
            value = loss(model, batch, states)[0]
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            steps += 1
            recent.append(value.item())
            if steps % 50 == 0:
                print(f"{spent:.0%} step {steps} loss {np.mean(recent):.3f}", flush=True)
                recent.clear()
            if steps % KEPT_EVERY == 0:
                np.savez(target, **weights(model, source))  # type: ignore[arg-type]
                print(judge(model, aside, states), flush=True)
    np.savez(target, **weights(model, source))  # type: ignore[arg-type]
    print(f"{steps} steps; {judge(model, aside, states)}; wrote {target.name}")
    return 0


def _centre(model: Model, states: States, texts: Sequence[str]) -> None:
    below = [states.text(reader.Text(text, ()))[0][None].float() for text in texts]
    with torch.no_grad():
        seen = [model.apart(x, torch.ones(x.shape[:2], dtype=torch.bool), reader.FIRST, reader.SPLIT)[0] for x in below]
        model.mean.copy_(torch.cat(seen).mean(0))


def _optimiser(model: Model) -> tuple[torch.optim.AdamW, list[float]]:
    """And how fast each of its groups learns, beside RATE."""
    groups: dict[float, list[nn.Parameter]] = {APART: [], 1.0: [], NEW: []}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            deep = name.startswith("layers.")
            groups[(APART if int(name.split(".")[1]) < reader.SPLIT else 1.0) if deep else NEW].append(parameter)
    return torch.optim.AdamW([{"params": p} for p in groups.values()], lr=RATE, weight_decay=0.01), list(groups)
