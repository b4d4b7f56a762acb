"""`python -m evals fit`: the weights in `assistant/data/answerable.json` for questions to the corpus.

`section`: does a section answer? `question`: is the question answered at all, by the best of the read sections beside the
others? `choice`: which of its sentences does a short answer quote? `purpose`: is a question of
the field at all? Logistic models, fitted on the development cases and on the questions kept from the reader
(`held`), so that what the reader says is weighed by texts it was not fitted on. The thresholds let the share ANSWERED or
AT_ALL of the answerable development cases pass in cross-validation by topic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import answerability, reading, selection
from assistant.embedding import Vectors
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.retrieval import Found, Retriever
from assistant.understanding import Understood

from . import cases as case_files
from .measures import folded, holds

TARGET = Path(answerability.__file__).with_name("data") / "answerable.json"
# Sets that are near-copies of one another, or are not about whether the corpus answers.
LEFT_OUT = ("contrast", "conversations", "injections")
AGAINST = ("behind", "detail", "year", "abroad", "unknown", "missed", "history", "announced", "comparison", "local")
FREE = ("spoken", "gap", "regions", "length", "bias")
PENALTY = 2.0
SHRINK = 50.0  # for the many features of a whole question
ANSWERED = 0.94
AT_ALL = 0.96  # the same of whole questions: there key facts and F of refusal are both above what the sections alone give
WEIGHT = 3  # of a case beside a question kept from the reader: cases are of those whom the questions stand for
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """A question's read sections: features, which answer (nan: unknown), and the sentences of those that do.

    `plain` are the log odds that the form of the question adds to each.
    """

    table: Floats
    answers: Floats
    choices: tuple[tuple[Floats, Floats], ...]
    answerable: bool
    topic: str
    case: bool
    kind: str = ""
    dense: float = 0.0
    plain: Floats = field(default_factory=lambda: np.zeros(0))


def main(only: str = "") -> int:
    """Fit and write all models, or `only` one."""
    seen = [*_of_cases(), *_of_phrasings()]
    stored = json.loads(TARGET.read_text(encoding="utf-8"))
    inside = np.array([s.kind != "outside" for s in seen if s.case], dtype=float)
    fits: dict[str, Callable[[], dict[str, float]]] = {
        "section": lambda: fit_section(seen),
        "question": lambda: fit_question(seen, stored["section"]),
        "choice": lambda: fit_choice(seen),
        "purpose": lambda: fit_purpose(np.array([[s.dense] for s in seen if s.case]), inside),
    }
    for name in [only] if only else list(fits):
        stored[name] = fits[name]()
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in stored.items())
    TARGET.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    return 0


def held(section: str) -> bool:
    """Whether the questions of a section are kept from the reader: `fit` weighs what the reader says by them."""
    return int(hashlib.md5(section.encode(), usedforsecurity=False).hexdigest(), 16) % 12 == 0


def fit_section(seen: list[Seen]) -> dict[str, float]:
    """Weights of `answerability.NAMES`, bias and threshold; prints what cross-validation says."""
    topics = sorted({s.topic for s in seen})
    best = np.zeros(len(seen))
    for topic in topics:
        theta = _section_weights([s for s in seen if s.topic != topic])
        for i, s in enumerate(seen):
            if s.topic == topic:
                best[i] = predict(theta, s.table).max() if len(s.table) else 0.0
    for name, chosen in (("cases", [s.case for s in seen]), ("held questions", [not s.case for s in seen])):
        of = np.array(chosen)
        y = np.array([s.answerable for s in seen])
        print(f"{name}: {of.sum()}, {(of & y).sum()} answerable; cross-validated AUC {auc(best[of], y[of]):.3f}")
    y = np.array([s.answerable and s.case for s in seen])
    n = np.array([not s.answerable and s.case for s in seen])
    for share in (0.8, 0.85, 0.9, ANSWERED, 0.95):
        at = float(np.quantile(best[y], 1 - share))
        print(f"threshold {at:.3f}: answers {share:.2f} of the answerable, refuses {(best[n] < at).mean():.3f} of the unanswerable")
    theta = _section_weights(seen)
    named = dict(zip(answerability.NAMES, map(float, theta[1:]), strict=True))
    out = {"bias": float(theta[0]), **named, "threshold": float(np.quantile(best[y], 1 - ANSWERED))}
    return {key: round(value, 4) for key, value in out.items()}


def _section_weights(seen: list[Seen]) -> Floats:
    seen = [s for s in seen for _ in range(WEIGHT if s.case else 1)]
    table = np.concatenate([s.table for s in seen])
    y = np.concatenate([s.answers for s in seen])
    known = ~np.isnan(y)
    return signed(table[known], y[known], answerability.NAMES)


def fit_question(seen: list[Seen], section: dict[str, float]) -> dict[str, float]:
    """Weights of `answerability.QUESTION` over sections weighed by `section`, bias and threshold; prints what cross-validation says.

    In cross-validation the log odds of a question's sections come from weights fitted without its topic, too.
    """
    seen = [s for s in seen if len(s.table)]
    y = np.array([s.answerable for s in seen])
    weight = np.array([float(WEIGHT if s.case else 1) for s in seen])
    score = np.zeros(len(seen))
    for topic in sorted({s.topic for s in seen}):
        own = np.array([s.topic == topic for s in seen])
        x = _question_table(seen, _section_weights([s for s in seen if s.topic != topic]))
        score[own] = predict(scaled(x[~own], y[~own], weight[~own]), x[own])
    case = np.array([s.case for s in seen])
    for name, of in (("cases", case), ("held questions", ~case)):
        print(f"answered at all, {name}: {of.sum()}, {(of & y).sum()} answerable; cross-validated AUC {auc(score[of], y[of]):.3f}")
    for share in (0.9, 0.94, AT_ALL, 0.97):
        at = float(np.quantile(score[y & case], 1 - share))
        print(f"threshold {at:.3f}: answers {share:.2f} of the answerable, refuses {(score[~y & case] < at).mean():.3f} of the unanswerable")
    weights = np.array([section["bias"], *(section[name] for name in answerability.NAMES)])
    theta = scaled(_question_table(seen, weights), y, weight)
    named = dict(zip(answerability.QUESTION, map(float, theta[1:]), strict=True))
    out = {"bias": float(theta[0]), **named, "threshold": float(np.quantile(score[y & case], 1 - AT_ALL))}
    return {key: round(value, 4) for key, value in out.items()}


def _question_table(seen: list[Seen], theta: Floats) -> Floats:
    return np.array([answerability.question_features(s.table, theta[0] + s.table @ theta[1:] + s.plain) for s in seen])


def scaled(x: Floats, y: NDArray[np.bool_], weight: Floats) -> Floats:
    """`newton` on standardised columns with weighted rows; weights of the raw columns, bias first."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    theta = newton((x - mean) / scale, y.astype(float), balanced=False, weight=weight, penalty=SHRINK)
    out: Floats = np.concatenate([[0.0], theta[1:] / scale])
    out[0] = theta[0] - (out[1:] * mean).sum()
    return out


def fit_choice(seen: list[Seen]) -> dict[str, float]:
    """Weights of `selection.CHOICE` and bias, over the sentences of sections that answer."""
    pairs = [(table, y) for s in seen for table, y in s.choices if y.any()]
    theta = signed(np.concatenate([t for t, _ in pairs]), np.concatenate([y for _, y in pairs]), selection.CHOICE)
    first = np.mean([y[int(np.argmax(predict(theta, t)))] for t, y in pairs])
    reader = np.mean([y[int(np.argmax(t[:, 0]))] for t, y in pairs])
    print(f"choice: {len(pairs)} sections; the likeliest sentence answers in {first:.3f}, by the reader alone in {reader:.3f}")
    out = {"bias": float(theta[0]), **dict(zip(selection.CHOICE, map(float, theta[1:]), strict=True))}
    return {key: round(value, 4) for key, value in out.items()}


def fit_purpose(x: Floats, inside: Floats) -> dict[str, float]:
    """Inside the field or not, by the best cosine alone."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    weights = newton((x - mean) / scale, inside, balanced=True)
    raw = weights[1:] / scale
    return {"bias": round(float(weights[0] - (raw * mean).sum()), 4), "dense": round(float(raw[0]), 4), "threshold": 0.08}


def _of_cases() -> Iterator[Seen]:
    assistant = Assistant()
    assistant.prepare()
    retriever = assistant.retriever()
    for case in case_files.load():
        if case.split != "dev" or case.set in LEFT_OUT or case.type in ("prediction", "instruction") or case.question.documents:
            continue
        question, asked = assistant.understand(case.question)
        read, vector = _read(assistant, retriever, question, asked)
        keys = [f"{f.document.group}#{f.section.id}" for f in read]
        answers = np.array([float(key in case.gold) for key in keys])
        choices = []
        for f, key in zip(read, keys, strict=True):
            if key in case.gold:
                scored = selection.score_sentences(f, asked, vector, retriever)
                texts = [folded(f.document.text[s.start : s.end]) for s in scored.sentences]
                marks = [float(any(n.vital and any(holds(t, form) for form in n.any) for n in case.nuggets)) for t in texts]
                choices.append((_choice(f, scored, asked), np.array(marks)))
        table = answerability.features(asked, read, retriever)
        dense = max((f.dense for f in read), default=0.0)
        plain = answerability.plain(asked, read)
        yield Seen(table, answers, tuple(choices), not case.refusable, case.topic, True, case.type, dense, plain)


def _of_phrasings() -> Iterator[Seen]:
    """The questions kept from the reader, each found without itself among the questions of its section."""
    assistant = Assistant()
    assistant.prepare()
    everything = assistant.phrasings
    assert everything is not None
    phrasings = assistant.corpus.phrasings
    kept = np.array([not held(p.section) for p in phrasings])
    folds = np.array([sum(map(ord, p.question)) % 3 for p in phrasings])
    for fold in range(3):
        index = assistant.library.current()
        retriever = Retriever(index, everything.only(kept | (folds != fold)).and_(assistant.headings(index)))
        for phrasing, own, away in zip(phrasings, folds, kept, strict=True):
            if away or own != fold:
                continue
            question, asked = assistant.understand(Question(phrasing.question))
            read, vector = _read(assistant, retriever, question, asked)
            good = {phrasing.section, *phrasing.also} if phrasing.answers else set()
            rule = next((f.section.rule for f in read if f"{f.document.group}#{f.section.id}" == phrasing.section), "")
            answers, choices = [], []
            for f in read:
                key = f"{f.document.group}#{f.section.id}"
                unsure = key not in good and bool(rule) and f.section.rule == rule
                answers.append(np.nan if unsure else float(key in good))
                if key == phrasing.section and phrasing.answers:
                    scored = selection.score_sentences(f, asked, vector, retriever)
                    marks = np.array([float(i in phrasing.answers) for i in range(len(scored.sentences))])
                    choices.append((_choice(f, scored, asked), marks))
            table = answerability.features(asked, read, retriever)
            topic = phrasing.section.split("/")[0]
            plain = answerability.plain(asked, read)
            yield Seen(table, np.array(answers, dtype=float), tuple(choices), bool(phrasing.answers), topic, False, plain=plain)


def _read(assistant: Assistant, retriever: Retriever, question: Question, asked: Understood) -> tuple[list[Found], Vectors]:
    found, vector = assistant.retrieve(question, asked, retriever=retriever)
    return [f for f in reading.read(assistant.reader, asked, vector, found, retriever) if f.relevance is not None], vector


def _choice(found: Found, scored: selection.Scored, asked: Understood) -> Floats:
    texts = [found.document.text[s.start : s.end] for s in scored.sentences]
    table = selection.choice_features(np.array(scored.odds), np.array(scored.cosines), np.array(scored.overlaps), texts, asked)
    finite: Floats = np.nan_to_num(table, neginf=-9.0)
    return finite


def auc(scores: Floats, y: NDArray[np.bool_]) -> float:
    """The chance that an answerable question scores above an unanswerable one (Mann–Whitney)."""
    ranks = np.empty(len(y))
    ranks[np.argsort(scores)] = np.arange(1, len(y) + 1)
    n = int(y.sum())
    return float((ranks[y].sum() - n * (n + 1) / 2) / max(n * (len(y) - n), 1))


def signed(x: Floats, y: Floats, names: tuple[str, ...]) -> Floats:
    """`newton` on standardised columns, leaving out whatever comes out against its sense; weights of the raw columns."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - mean) / scale
    kept = [k for k in range(x.shape[1]) if x[:, k].std() > 1e-9]
    while True:
        theta = newton(z[:, kept], y, balanced=False)
        wrong = [k for k, w in zip(kept, theta[1:], strict=True) if names[k] not in FREE and w * (-1 if names[k] in AGAINST else 1) < 0]
        if not wrong:
            break
        kept = [k for k in kept if k not in wrong]
    out: Floats = np.zeros(x.shape[1] + 1)
    out[[k + 1 for k in kept]] = theta[1:] / scale[kept]
    out[0] = theta[0] - (out[1:] * mean).sum()
    return out


def newton(
    x: Floats, y: Floats, balanced: bool = True, steps: int = 50, weight: Floats | None = None, penalty: float = PENALTY
) -> Floats:
    """Weights (bias first) of an L2-penalised logistic regression; classes weigh the same if `balanced`."""
    design = np.hstack([np.ones((len(x), 1)), x])
    if weight is None:
        weight = np.where(y == 1, 0.5 / max(y.mean(), 1e-9), 0.5 / max(1 - y.mean(), 1e-9)) if balanced else np.ones(len(y))
    shrink = np.eye(design.shape[1]) * penalty
    shrink[0, 0] = 1e-6
    theta: Floats = np.zeros(design.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        gradient = design.T @ (weight * (y - p)) - shrink @ theta
        hessian = (design * (weight * p * (1 - p))[:, None]).T @ design + shrink
        theta = theta + np.linalg.solve(hessian, gradient)
    return theta


def predict(theta: Floats, x: Floats) -> Floats:
    """Probabilities."""
    out: Floats = 1 / (1 + np.exp(-np.clip(theta[0] + x @ theta[1:], -30, 30)))
    return out
