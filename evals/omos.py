"""`python -m evals omos --folder ../shared/omos-qa`: OMoS-QA, real migrants' questions with answer sentences.

Data: digitalfabrik/integreat-qa-dataset (KONVENS 2024), CC BY 4.0; not part of this repository. Each page becomes
a document of an index of its own; a question is asked with `documents=[page]`, and the cited spans are mapped to the
page's lines. `--fit` refits the sentence model on the train split (English, German and French) and writes it.

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

from .fit import TARGET, newton

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


def gather(assistant: Assistant, data: Sequence[Row]) -> list[tuple[NDArray[Any], NDArray[Any], str, list[set[int]]]]:
    """Per question: sentence features, labels, page, and the line of each sentence."""
    out = []
    for row in data:
        question, asked = assistant.understand(Question(row["question"], documents=(page_id(row),)))
        found, vector = assistant.find(question, asked)
        scored = [selection.score_sentences(f, asked, vector, assistant.retriever()) for f in found[:6]]
        starts = [0]
        for line in row["context"].split("\n")[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        spans = [bisect_right(starts, x.start) - 1 for s in scored for x in s.sentences]
        labels = np.array([float(i in set(row["answers"])) for i in spans])
        out.append((selection.sentence_features(scored), labels, page_id(row), [{i} for i in spans]))
    return out


def fit(assistant: Assistant, data: Sequence[Row]) -> None:
    """Fit weights and the two thresholds, pages kept apart in five folds, and write them."""
    gathered = gather(assistant, data)
    folds = [hash_of(page) % 5 for _, _, page, _ in gathered]
    held: list[NDArray[Any]] = [np.zeros(0)] * len(gathered)
    for fold in range(5):
        theta = _theta([g for g, f in zip(gathered, folds, strict=True) if f != fold])
        for i, (x, _, _, _) in enumerate(gathered):
            if folds[i] == fold:
                held[i] = 1 / (1 + np.exp(-(theta[0] + x @ theta[1:])))
    gold = [bool(y.any()) for _, y, _, _ in gathered]
    best = (0.0, 0.0, 0.0)
    for threshold in np.arange(0.3, 0.95, 0.02):
        for answers in np.arange(0.3, 0.95, 0.02):
            ps, rs, refused, right = [], [], 0, 0
            for chance, (_, y, _, _), has in zip(held, gathered, gold, strict=True):
                top = chance.max()
                got = chance >= min(threshold, top) if top >= answers else np.zeros(len(y), bool)
                refused += not got.any()
                right += not got.any() and not has
                if has:
                    ps.append((got * y).sum() / got.sum() if got.any() else 1.0)
                    rs.append((got * y).sum() / y.sum())
            p, r = np.mean(ps), np.mean(rs)
            f, u = 2 * p * r / (p + r), 2 * right / max(refused + gold.count(False), 1)
            best = max(best, (f + 0.5 * u, threshold, answers))
    theta = _theta(gathered)
    model = {"bias": theta[0], **dict(zip(selection.SENTENCE_FEATURES, theta[1:], strict=True))}
    model |= {"threshold": best[1], "answers": best[2]}
    stored = json.loads(TARGET.read_text(encoding="utf-8"))
    stored["sentence"] = {k: round(float(v), 4) for k, v in model.items()}
    TARGET.write_text("{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in stored.items()) + "\n}\n", encoding="utf-8")
    print(stored["sentence"])


def _theta(gathered: Sequence[tuple[NDArray[Any], NDArray[Any], str, list[set[int]]]]) -> NDArray[Any]:
    x = np.concatenate([g[0] for g in gathered])
    y = np.concatenate([g[1] for g in gathered])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    theta = newton((x - mean) / scale, y)
    raw = theta[1:] / scale
    return np.array([theta[0] - (raw * mean).sum(), *raw])


def hash_of(text: str) -> int:
    """A hash that is the same in every process."""
    return sum((i + 1) * ord(c) for i, c in enumerate(text))


def main(folder: Path, languages: Sequence[str], refit: bool, index: Path | None) -> int:
    """Score the dev split of each language; with `refit`, fit on train first."""
    data = {language: rows(folder, "dev", language) for language in languages}
    train = [r for language in ("en", "de", "fr") for r in rows(folder, "train", language)] if refit else []
    assistant = prepare([*train, *(r for d in data.values() for r in d)], index)
    if refit:
        fit(assistant, train)
        selection.model.cache_clear()
    for language, dev in data.items():
        figures = score(assistant, dev)
        print(f"{language}: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()))
    return 0
