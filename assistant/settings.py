"""All settings, read in one place: from the environment, and for the language model also from a file. Knows no framework.

| variable | meaning | default |
|---|---|---|
| ASSISTANT_INDEX | folder or URL of a Chroma server; such an index holds only what was ingested into it | the default index |
| ASSISTANT_HOME | where the default index is kept | the user's data folder |
| ASSISTANT_CORPUS | folder of the corpus | the one that was installed |
| ASSISTANT_ENGINE | `selection`, `llm` or `auto`: the model if one is set and answers, else selection | auto |
| ASSISTANT_LLM | the language model: `ollama/NAME`, `http://HOST:PORT/v1[#NAME]`, `openai/NAME`, `package.Class/NAME` (LlamaIndex) | none |
| ASSISTANT_LLM_KEY | its key | none |
| ASSISTANT_LLM_TIMEOUT | seconds that it has for a whole answer | 30 |
| ASSISTANT_LLM_CONTEXT | tokens that it can read and write together | 4096, or what it says |
| ASSISTANT_CONFIG | a TOML file with `engine`, `llm`, `llm_key`, `llm_timeout`, `llm_context` | assistant.toml in the user's config folder |

The environment wins over the file.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import InputError

PACKAGE = Path(__file__).resolve().parent
NAME = "belgian-integration-assistant"
ENGINES = ("selection", "llm", "auto")
TIMEOUT = 30.0
_IN_FILE = ("engine", "llm", "llm_key", "llm_timeout", "llm_context")


@dataclass(frozen=True, slots=True)
class Model:
    """A language model that the user set: how it is named, its key (in no repr), seconds for an answer, tokens of context."""

    name: str
    key: str = field(default="", repr=False)
    timeout: float = TIMEOUT
    context: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. `index` is None for the default index, which also holds the shipped corpus."""

    home: Path
    corpus: Path
    index: str | None = None
    engine: str = "auto"
    model: Model | None = None

    @property
    def location(self) -> str:
        """The folder or URL of the index in use."""
        return self.index or str(self.home / "index")

    @property
    def with_corpus(self) -> bool:
        """Whether the index holds the shipped corpus."""
        return self.index is None

    def written_by(self) -> Model | None:
        """The language model that answers; None where that is done by selection. Raises InputError if one is asked for and none is set."""
        if self.engine == "llm" and self.model is None:
            raise InputError("engine 'llm': no language model is set; set ASSISTANT_LLM, for example to ollama/qwen3:4b, or use --engine selection")
        return None if self.engine == "selection" else self.model


def load(index: str | None = None, engine: str | None = None) -> Settings:
    """Settings from the environment and the file; the options `index` and `engine` win over both.

    Raises InputError if a value or the file cannot be used.
    """
    env = os.environ
    values = _values(env)
    engine = engine or values.get("engine") or "auto"
    if engine not in ENGINES:
        raise InputError(f"ASSISTANT_ENGINE '{engine}': is no engine; use {', '.join(ENGINES)}")
    corpus = Path(env["ASSISTANT_CORPUS"]) if env.get("ASSISTANT_CORPUS") else _corpus_folder()
    return Settings(home=home(), corpus=corpus, index=index or env.get("ASSISTANT_INDEX") or None, engine=engine, model=_model(values))


def home() -> Path:
    """The folder in which things are kept: ASSISTANT_HOME, or the user's data folder."""
    return Path(os.environ["ASSISTANT_HOME"]) if os.environ.get("ASSISTANT_HOME") else _data_folder()


def _values(env: Mapping[str, str]) -> dict[str, str]:
    """What is set of `_IN_FILE`, as text."""
    given = Path(env["ASSISTANT_CONFIG"]) if env.get("ASSISTANT_CONFIG") else None
    path = given or _config_folder() / "assistant.toml"
    found: dict[str, Any] = {}
    try:
        if given or path.is_file():
            found = {k.lower().removeprefix("assistant_"): v for k, v in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path in ASSISTANT_CONFIG") from error
    except ValueError as error:
        # The parser may quote the line, which may hold the key.
        raise InputError(f"{path}: is no TOML ({type(error).__name__}); write lines like llm = \"ollama/qwen3:4b\"") from None
    for key, value in found.items():
        if key not in _IN_FILE or isinstance(value, (dict, list)):
            raise InputError(f"{path}: '{key}' is no setting; use {', '.join(_IN_FILE)}")
    return {k: env.get(f"ASSISTANT_{k.upper()}") or str(found.get(k, "")) for k in _IN_FILE}


def _model(values: Mapping[str, str]) -> Model | None:
    if not values["llm"].strip():
        return None
    seconds = _number("ASSISTANT_LLM_TIMEOUT", values["llm_timeout"], 1, 600) or TIMEOUT
    context = _number("ASSISTANT_LLM_CONTEXT", values["llm_context"], 256, 10_000_000)
    return Model(values["llm"].strip(), values["llm_key"].strip(), seconds, int(context) if context else None)


def _number(name: str, value: str, least: int, most: int) -> float | None:
    """A number, None if none is given. Raises InputError if it is none or out of bounds."""
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise InputError(f"{name} '{value}': is no number from {least} to {most}; correct it")
    return number


def switch_telemetry_off() -> None:
    """Nothing phones home. Called when the package is imported, before any of these libraries.

    onnxruntime's Linux builds send events to Microsoft unless told not to (seen in 1.32); Chroma, Gradio and the
    hub's client have switches of their own.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def keep_threads_few() -> None:
    """One thread for NumPy's matrix products, unless the user set a number. Called before NumPy is imported.

    Ours are small and already spread over threads: OpenBLAS's own wait in busy loops (86 against 32 ms of processor time a text read).
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))


def _corpus_folder() -> Path:
    installed = PACKAGE / "_corpus"
    return installed if installed.is_dir() else PACKAGE.parent / "corpus"


def _data_folder() -> Path:
    if os.environ.get("XDG_DATA_HOME"):
        return Path(os.environ["XDG_DATA_HOME"]) / NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / NAME
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / NAME
    return Path.home() / ".local" / "share" / NAME


def _config_folder() -> Path:
    """Where a user keeps settings; beside the index where ASSISTANT_HOME names a place."""
    if os.environ.get("ASSISTANT_HOME"):
        return Path(os.environ["ASSISTANT_HOME"])
    if sys.platform == "darwin" or os.name == "nt":
        return _data_folder()
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / NAME
