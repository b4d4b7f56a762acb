"""All settings, read from the environment in one place. Knows no framework.

| variable | meaning | default |
|---|---|---|
| ASSISTANT_INDEX | folder or URL of a Chroma server; such an index holds only what was ingested into it | the default index |
| ASSISTANT_HOME | where the default index is kept | the user's data folder |
| ASSISTANT_CORPUS | folder of the corpus | the one that was installed |
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. `index` is None for the default index, which also holds the shipped corpus."""

    home: Path
    corpus: Path
    index: str | None = None

    @property
    def location(self) -> str:
        """The folder or URL of the index in use."""
        return self.index or str(self.home / "index")

    @property
    def with_corpus(self) -> bool:
        """Whether the index holds the shipped corpus."""
        return self.index is None


def load(index: str | None = None) -> Settings:
    """Settings from the environment; `index` (an option) wins over ASSISTANT_INDEX."""
    env = os.environ
    home = Path(env["ASSISTANT_HOME"]) if env.get("ASSISTANT_HOME") else _data_folder()
    corpus = Path(env["ASSISTANT_CORPUS"]) if env.get("ASSISTANT_CORPUS") else _corpus_folder()
    return Settings(home=home, corpus=corpus, index=index or env.get("ASSISTANT_INDEX") or None)


def switch_telemetry_off() -> None:
    """Nothing phones home. Called when the package is imported, before any of these libraries.

    onnxruntime's Linux builds send events to Microsoft unless told not to (seen in 1.32); Chroma, Gradio and the
    hub's client have switches of their own.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def _corpus_folder() -> Path:
    installed = PACKAGE / "_corpus"
    return installed if installed.is_dir() else PACKAGE.parent / "corpus"


def _data_folder() -> Path:
    name = "belgian-integration-assistant"
    if os.environ.get("XDG_DATA_HOME"):
        return Path(os.environ["XDG_DATA_HOME"]) / name
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / name
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / name
    return Path.home() / ".local" / "share" / name
