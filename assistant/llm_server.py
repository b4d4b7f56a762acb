"""LlamaIndex's OpenAI class for servers of any model: theirs knows only OpenAI's own models by name. Knows nothing else."""

from __future__ import annotations

from typing import Any

from llama_index.core.llms import LLMMetadata
from llama_index.llms.openai import OpenAI


class Server(OpenAI):
    """A model of any name behind OpenAI's protocol; `window` is its context in tokens."""

    _window: int = 0

    def __init__(self, window: int, **options: Any) -> None:
        super().__init__(**options)
        self._window = window

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex asks of a model; its own table has no other names than OpenAI's."""
        return LLMMetadata(context_window=self._window, num_output=self.max_tokens or -1, is_chat_model=True, model_name=self.model)
