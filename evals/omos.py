"""`python -m evals omos --folder ../shared/omos-qa`: OMoS-QA, real migrants' questions with answer sentences.

Data: digitalfabrik/integreat-qa-dataset (KONVENS 2024), CC BY 4.0; not part of this repository. Each page becomes
a document of an index of its own; a question is asked with `documents=[page]`, and the cited spans are mapped to the
page's lines. `--fit` fits the models for a user's documents on the dev split, since the reader has seen train, prints
cross-validated figures (pages kept apart) and writes the weights: the plain figures after it are then of what it was fitted on.

Protocol (as in the data's README): for questions with an answer, precision and recall of the returned line
indices per question (an empty answer has precision 1 and recall 0), averaged, F their harmonic mean;
for questions without, precision, recall and F of returning nothing.
"""

from __future__ import annotations

import json
import tempfile
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import documents, selection, settings
from assistant.errors import InputError
from assistant.pipeline import Assistant
from assistant.records import Question

from .fit import TARGET, auc, newton

Row = dict[str, Any]


def rows(folder: Path, split: str, language: str) -> list[Row]:
    """The questions of one file."""
    path = folder / f"{split}_{language}.jsonl"
    if not path.is_file():
        raise InputError(f"{path}: no such file; give the folder of OMoS-QA with --folder")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def page_id(row: Row) -> str:
    """The document id of a question's page."""
    return f"{row['language']}/{row['city']}-{row['pageId']}"


def prepare(data: Sequence[Row], index: Path | None) -> Assistant:
    """An assistant whose index holds the pages of these questions."""
    place = index or Path(tempfile.mkdtemp(prefix="omos-"))
    base = settings.load()
    assistant = Assistant(settings.Settings(home=base.home, corpus=base.corpus, index=str(place)))
    pages = {page_id(r): r["context"] for r in data}
    made = (
        documents.build(documents.Shown(text, "plain"), id, id, text.encode(), origin="omos") for id, text in pages.items()
    )
    assistant.update(made, progress=lambda what, done, total: print(f"{what} {done}/{total}", end="\r", flush=True))
    assistant.prepare()
    return assistant


def lines_of(answer: Any, text: str) -> set[int]:
    """The line indices that an answer's citations touch."""
    starts = [0]
    for line in text.split("\n")[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    found: set[int] = set()
    for c in answer.citations:
        found |= set(range(bisect_right(starts, c.start) - 1, bisect_right(starts, c.end - 1)))
    return found


def score(assistant: Assistant, data: Sequence[Row]) -> dict[str, float]:
    """The measures of the protocol, in percent."""
    precision, recall = [], []
    refused = right = empty = 0
    for row in data:
        answer = assistant.answer(Question(row["question"], documents=(page_id(row),)))
        got, gold = lines_of(answer, row["context"]), set(row["answers"])
        refused += not got
        empty += not gold
        right += not got and not gold
        if gold:
            precision.append(len(got & gold) / len(got) if got else 1.0)
            recall.append(len(got & gold) / len(gold))
    p, r = float(np.mean(precision)), float(np.mean(recall))
    up, ur = right / max(refused, 1), right / max(empty, 1)
    return {
        "sentence P": 100 * p, "sentence R": 100 * r, "sentence F": 100 * 2 * p * r / (p + r),
        "unanswerable P": 100 * up, "unanswerable R": 100 * ur, "unanswerable F": 100 * 2 * up * ur / max(up + ur, 1e-9),
    }  # fmt: skip


def gather(assistant: Assistant, data: Sequence[Row]) -> list[tuple[NDArray[Any], NDArray[Any], str, list[selection.Scored]]]:
    """Per question: sentence features, labels, page, and what was scored."""
    out = []
    for row in data:
        question, asked = assistant.understand(Question(row["question"], documents=(page_id(row),)))
        found, vector = assistant.find(question, asked)
        scored = [selection.score_sentences(f, asked, vector, assistant.retriever()) for f in found if f.relevance is not None]
        starts = [0]
        for line in row["context"].split("\n")[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        spans = [bisect_right(starts, x.start) - 1 for s in scored for x in s.sentences]
        labels = np.array([float(i in set(row["answers"])) for i in spans])
        out.append((selection.sentence_features(scored), labels, f"{row['city']}-{row['pageId']}", scored))
    return out


def fit(assistant: Assistant, data: Sequence[Row]) -> None:
    """Fit both models and their thresholds on what the reader has not seen, pages kept apart in five folds, and write them."""
    gathered = gather(assistant, data)
    folds = np.array([hash_of(page) % 5 for _, _, page, _ in gathered])
    gold = np.array([bool(y.any()) for _, y, _, _ in gathered])
    held: list[NDArray[Any]] = [np.zeros(0)] * len(gathered)
    sure = np.zeros(len(gathered))
    for fold in range(5):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        sentence, page = _models([gathered[i] for i in inside], gold[inside])
        for i in outside:
            held[i] = selection.logistic(sentence, selection.SENTENCE, gathered[i][0])
            sure[i] = selection.logistic(page, selection.PAGE, selection.page_features(gathered[i][3], held[i])[None])[0]
    grid = [(threshold, answers) for threshold in np.arange(0.14, 0.6, 0.02) for answers in np.arange(0.4, 0.95, 0.02)]
    figures = {at: _figures(held, gathered, sure, gold, *at) for at in grid}
    best = max(grid, key=lambda at: figures[at][0] + 0.5 * figures[at][1])
    languages = np.array([row["language"] for row in data])
    for language in dict.fromkeys(languages):
        of = np.flatnonzero(languages == language)
        f, u = _figures([held[i] for i in of], [gathered[i] for i in of], sure[of], gold[of], *best)
        print(f"{language}: cross-validated sentence F {100 * f:.1f}, unanswerable F {100 * u:.1f}, AUC {auc(sure[of], gold[of]):.3f}")
    sentence, page = _models(gathered, gold)
    stored = json.loads(TARGET.read_text(encoding="utf-8"))
    stored["sentence"] = {k: round(float(v), 4) for k, v in {**sentence, "threshold": best[0]}.items()}
    stored["page"] = {k: round(float(v), 4) for k, v in {**page, "threshold": best[1]}.items()}
    TARGET.write_text("{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in stored.items()) + "\n}\n", encoding="utf-8")


def _figures(held: Any, gathered: Any, sure: Any, gold: Any, threshold: float, answers: float) -> tuple[float, float]:
    ps, rs, refused, right = [], [], 0, 0
    for chance, (_, y, _, _), has, page in zip(held, gathered, gold, sure, strict=True):
        got = chance >= min(threshold, chance.max()) if page >= answers else np.zeros(len(y), bool)
        refused += not got.any()
        right += not got.any() and not has
        if has:
            ps.append((got * y).sum() / got.sum() if got.any() else 1.0)
            rs.append((got * y).sum() / y.sum())
    p, r = float(np.mean(ps)), float(np.mean(rs))
    return 2 * p * r / max(p + r, 1e-9), 2 * right / max(refused + int((~gold).sum()), 1)


def _models(gathered: Any, gold: Any) -> tuple[dict[str, float], dict[str, float]]:
    sentence = _weights(np.concatenate([g[0] for g in gathered]), np.concatenate([g[1] for g in gathered]), selection.SENTENCE)
    chances = [selection.logistic(sentence, selection.SENTENCE, g[0]) for g in gathered]
    pages = np.array([selection.page_features(g[3], c) for g, c in zip(gathered, chances, strict=True)])
    return sentence, _weights(pages, gold.astype(float), selection.PAGE)


def _weights(x: NDArray[Any], y: NDArray[Any], names: Sequence[str]) -> dict[str, float]:
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    theta = newton((x - mean) / scale, y)
    raw = theta[1:] / scale
    return {"bias": float(theta[0] - (raw * mean).sum()), **dict(zip(names, map(float, raw), strict=True))}


def hash_of(text: str) -> int:
    """A hash that is the same in every process."""
    return sum((i + 1) * ord(c) for i, c in enumerate(text))


def main(folder: Path, languages: Sequence[str], refit: bool, index: Path | None) -> int:
    """Score the dev split of each language; with `refit`, fit on it first, with cross-validated figures."""
    data = {language: rows(folder, "dev", language) for language in languages}
    assistant = prepare([r for d in data.values() for r in d], index)
    if refit:
        fit(assistant, [r for d in data.values() for r in d])
        selection.model.cache_clear()
    for language, dev in data.items():
        figures = score(assistant, dev)
        print(f"{language}: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()))
    return 0
