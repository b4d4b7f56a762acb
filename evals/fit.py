"""`python -m evals fit`: the logistic model that says whether the texts answer at all.

Fitted on the development split only, by Newton's method with an L2 penalty; the threshold lets the
share ANSWERED of the answerable pass in leave-one-topic-out cross-validation. Writes
`assistant/data/answerable.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import answerability, selection
from assistant.pipeline import Assistant

from . import cases as case_files

TARGET = Path(answerability.__file__).with_name("data") / "answerable.json"
NAMES = (
    "dense", "heading", "sentence", "lexical", "coverage", "section", "title", "wanted",
    "figures", "detail", "year", "abroad", "score", "unknown", "spoken",
)  # fmt: skip
AGAINST = ("detail", "year", "abroad", "unknown")
FREE = ("spoken",)
PENALTY = 1.0
# The share of answerable questions that must not be refused; the threshold follows from it.
ANSWERED = 0.85
Floats = NDArray[np.float64]


def main() -> int:
    """Fit and write."""
    rows, labels, topics, kinds = gather()
    x, y = np.array(rows), np.array(labels, dtype=float)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - mean) / scale
    held = np.zeros(len(y))
    for topic in sorted(set(topics)):
        out = np.array([t == topic for t in topics])
        held[out] = predict(signed(z[~out], y[~out]), z[out])
    best = round(float(np.quantile(held[y == 1], 1 - ANSWERED)), 3)
    order = np.argsort(held)
    ranks = np.empty(len(y))
    ranks[order] = np.arange(1, len(y) + 1)
    auc = (ranks[y == 1].sum() - (y == 1).sum() * ((y == 1).sum() + 1) / 2) / ((y == 1).sum() * (y == 0).sum())
    print(f"{len(y)} cases, {int(y.sum())} answerable; cross-validated AUC {auc:.3f}")
    print(f"threshold {best:.2f}: answers {((held >= best) & (y == 1)).sum() / (y == 1).sum():.3f} of the answerable, "
          f"refuses {((held < best) & (y == 0)).sum() / (y == 0).sum():.3f} of the unanswerable")  # fmt: skip
    weights = signed(z, y)
    raw = weights[1:] / scale
    model = {"bias": float(weights[0] - (raw * mean).sum()), **dict(zip(NAMES, map(float, raw), strict=True)), "threshold": best}
    model = {key: round(value, 4) for key, value in model.items()}
    stored = json.loads(TARGET.read_text(encoding="utf-8"))
    stored["corpus"] = model
    outside = np.array([k == "outside" for k in kinds])
    purpose = fit_purpose(x[:, :1], outside)
    stored["purpose"] = purpose
    print("corpus", model, "\npurpose", purpose)
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in stored.items())
    TARGET.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    return 0


def fit_purpose(x: Floats, outside: NDArray[np.bool_]) -> dict[str, float]:
    """Inside the field or not, by the best cosine alone."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    weights = newton((x - mean) / scale, (~outside).astype(float), balanced=True)
    raw = weights[1:] / scale
    return {"bias": round(float(weights[0] - (raw * mean).sum()), 4), "dense": round(float(raw[0]), 4), "threshold": 0.2}


def gather() -> tuple[list[list[float]], list[bool], list[str], list[str]]:
    """Features, labels (is answerable), topics and types of the development cases."""
    assistant = Assistant()
    assistant.prepare()
    retriever = assistant.retriever()
    rows, labels, topics, kinds = [], [], [], []
    for case in case_files.load():
        if case.split != "dev" or case.type in ("prediction", "instruction"):
            continue
        question, asked = assistant.understand(case.question)
        found, vector = assistant.find(question, asked)
        if not found or (case.refusable and found[0].section.kind == "gap"):
            continue  # refused by the gap itself
        scored = [selection.score_sentences(f, asked, vector, retriever) for f in found[:6]]
        values = answerability.features(asked, found, scored, retriever)
        rows.append([values[name] for name in NAMES])
        labels.append(not case.refusable)
        topics.append(case.topic)
        kinds.append(case.type)
    return rows, labels, topics, kinds


def signed(x: Floats, y: Floats) -> Floats:
    """`newton`, leaving out whatever feature comes out against its sense: more overlap must not speak for refusing."""
    kept = list(range(x.shape[1]))
    while True:
        theta = newton(x[:, kept], y)
        wrong = [k for k, w in zip(kept, theta[1:], strict=True) if w * (-1 if NAMES[k] in AGAINST else 1) < 0 and NAMES[k] not in FREE]
        if not wrong:
            break
        kept = [k for k in kept if k not in wrong]
    out: Floats = np.zeros(x.shape[1] + 1)
    out[0] = theta[0]
    out[[k + 1 for k in kept]] = theta[1:]
    return out


def newton(x: Floats, y: Floats, balanced: bool = True, steps: int = 50) -> Floats:
    """Weights (bias first) of an L2-penalised logistic regression; classes weigh the same if `balanced`."""
    design = np.hstack([np.ones((len(x), 1)), x])
    weight = np.where(y == 1, 0.5 / max(y.mean(), 1e-9), 0.5 / max(1 - y.mean(), 1e-9)) if balanced else np.ones(len(y))
    penalty = np.eye(design.shape[1]) * PENALTY
    penalty[0, 0] = 1e-6
    theta: Floats = np.zeros(design.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-design @ theta))
        gradient = design.T @ (weight * (y - p)) - penalty @ theta
        hessian = (design * (weight * p * (1 - p))[:, None]).T @ design + penalty
        theta = theta + np.linalg.solve(hessian, gradient)
    return theta


def predict(theta: Floats, x: Floats) -> Floats:
    """Probabilities."""
    out: Floats = 1 / (1 + np.exp(-(theta[0] + x @ theta[1:])))
    return out
