"""The Belgian Integration Assistant: cited answers about Belgian integration rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import settings as _settings

_settings.switch_telemetry_off()
_settings.keep_threads_few()

__version__ = "0.2.0"
__all__ = ["answer", "query_engine", "stream"]

if TYPE_CHECKING:
    from .pipeline import answer, query_engine, stream


def __getattr__(name: str) -> Any:
    if name in __all__:
        from . import pipeline

        return getattr(pipeline, name)
    raise AttributeError(name)
