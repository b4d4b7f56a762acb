"""`python -m evals overhead`: what the language model's code costs an answer by selection.

One process with `ASSISTANT_LLM` set and one without, both answering by selection, take turns, question by question, in an order
drawn by seed, so that a busy machine slows both alike. Measured are processor and wall time of an answer and of the first import.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys

LIMIT = 1.05
QUESTIONS = (
    "What does the integration course cost in Flanders?",
    "Combien de temps dois-je vivre en Belgique pour devenir belge ?",
    "Is de inburgering verplicht in Brussel?",
    "Wie hoch ist die Geldbuße in Brüssel?",
    "When may an asylum seeker work?",
)
_WORKER = """
import sys, time, json
began = time.perf_counter()
from assistant.pipeline import Assistant
assistant = Assistant()
assert assistant.settings.engine == "selection"
assistant.prepare(); assistant.answer("What does the integration course cost in Flanders?")
print(json.dumps(time.perf_counter() - began), flush=True)
for line in sys.stdin:
    wall, spent = time.perf_counter(), time.process_time()
    assistant.answer(json.loads(line))
    print(json.dumps([time.perf_counter() - wall, time.process_time() - spent]), flush=True)
"""


def main(rounds: int = 12) -> int:
    """Print the ratios of medians, with a model set to without; 0 if processor time per answer is within the limit."""
    without = {k: v for k, v in os.environ.items() if not k.startswith("ASSISTANT_LLM")} | {"ASSISTANT_ENGINE": "selection"}
    workers = {name: _started(env) for name, env in (("without", without), ("with", without | {"ASSISTANT_LLM": "http://127.0.0.1:9/v1#none"}))}
    dice = random.Random(1)  # noqa: S311
    try:
        ready = {name: json.loads(_said(worker)) for name, worker in workers.items()}
        times: dict[str, list[list[float]]] = {name: [] for name in workers}
        for question in QUESTIONS * rounds:
            for name in dice.sample(sorted(workers), 2):
                times[name].append(json.loads(_said(workers[name], json.dumps(question))))
    finally:
        for worker in workers.values():
            worker.terminate()
    print(f"until the first answer: {ready['without']:.2f} s without, {ready['with']:.2f} s with a model set (the one after the other)")
    ratios = []
    for at, what in enumerate(("wall", "processor")):
        a, b = (statistics.median(t[at] for t in times[name]) * 1000 for name in ("without", "with"))
        ratios.append(b / a)
        print(f"an answer, {what} time, median of {len(times['with'])}: {a:.1f} ms without, {b:.1f} ms with; ratio {b / a:.3f} (at most {LIMIT})")
    return int(ratios[1] > LIMIT)


def _started(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _WORKER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _said(worker: subprocess.Popen[str], line: str = "") -> str:
    """The next line of a worker, after giving it one."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    if line:
        worker.stdin.write(line + "\n")
        worker.stdin.flush()
    return worker.stdout.readline()
