"""From the name of a language model, as a user sets it, to one that replies: which class of LlamaIndex, which address, which key.

LlamaIndex's OpenAI class serves everything that speaks that protocol (Ollama, vLLM, llama.cpp, LM Studio, hosted ones); any other
class of an installed package is taken by its name. Connects to nothing but what was set.
"""

from __future__ import annotations

import importlib
import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import settings
from .errors import InputError, ModelReplyError, ModelUnknownError
from .llm import Chat, Line, scrubbed

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

OLLAMA, OPENAI = "http://localhost:11434/v1", "https://api.openai.com/v1"
CONNECT = 5.0  # seconds to find a server
CONTEXT = 4096  # tokens, where nothing else is known
FORMS = "ollama/NAME, http://HOST:PORT/v1, http://HOST:PORT/v1#NAME, openai/NAME or package.module.Class/NAME"


def open(model: settings.Model) -> Chat:
    """The model that a user set. Connects to nothing yet. Raises InputError if the name cannot be understood."""
    name = model.name
    if name.startswith("sk-"):
        raise InputError("ASSISTANT_LLM: holds a key; set that as ASSISTANT_LLM_KEY, and here the model, like openai/NAME")
    if name.startswith(("http://", "https://")):
        base, _, chosen = name.partition("#")
        return _server(base.rstrip("/"), chosen, model)
    kind, _, chosen = name.partition("/")
    if kind == "ollama" and chosen:
        # Thinking models would think for longer than a reader waits.
        return _server(OLLAMA, chosen, model, {"reasoning_effort": "none"})
    if kind == "openai" and chosen:
        if not model.key:
            raise InputError(f"ASSISTANT_LLM '{name}': needs a key; set ASSISTANT_LLM_KEY")
        return _server(OPENAI, chosen, model)
    if "." in kind and chosen:
        return _of_class(kind, chosen, model)
    raise InputError(f"ASSISTANT_LLM '{name}': is no model; write {FORMS}")


def _server(base: str, chosen: str, model: settings.Model, more: dict[str, Any] | None = None) -> Chat:
    if urlsplit(base).password:
        raise InputError("ASSISTANT_LLM: holds a password in its address; leave it out and set ASSISTANT_LLM_KEY")
    if not urlsplit(base).hostname:
        raise InputError(f"ASSISTANT_LLM '{base}': is no address; write http://HOST:PORT/v1")
    from .llm_server import Server  # here, so that loading it takes nothing of an answer's time

    where = f"{base}{f'#{chosen}' if chosen else ''}"
    named: list[str] = [chosen] if chosen else []

    def make(seconds: float, line: Line) -> LLM:
        client = _client(base, model.key, seconds, line)
        if not named:
            named.append(_first(client, base))
            made.name = named[0]
        return Server(
            model=named[0], api_base=base, api_key="unused", http_client=client, timeout=seconds, max_retries=0, temperature=0.0,
            window=made.context, additional_kwargs=more or {},
        )  # fmt: skip

    made = Chat(chosen or base, model.context or CONTEXT, make, where, model.key)
    return made


def _first(client: httpx.Client, base: str) -> str:
    """The first model that a server lists which is none for embedding."""
    answer = client.get(f"{base}/models")
    answer.raise_for_status()
    try:
        ids = [str(entry["id"]) for entry in answer.json()["data"]]
    except (ValueError, KeyError, TypeError):
        raise ModelReplyError(f"{base}/models: lists no models; check the address, it mostly ends in /v1") from None
    if not ids:
        raise ModelUnknownError(f"{base}: has no model; load one, or name it: {base}#NAME")
    return next((id for id in ids if "embed" not in id.lower()), ids[0])


def _client(base: str, key: str, seconds: float, line: Line) -> httpx.Client:
    """An HTTP client for one call. The key is in no object that prints itself, and goes to no other host."""
    import httpx

    host = urlsplit(base).hostname or ""

    def sign(request: httpx.Request) -> None:
        request.extensions["trace"] = line.seen
        if key and request.url.host == host:
            request.headers["Authorization"] = f"Bearer {key}"
        else:
            request.headers.pop("Authorization", None)

    def is_api(response: httpx.Response) -> None:
        if response.is_success and "html" in response.headers.get("content-type", ""):
            raise ModelReplyError(f"{base}: answers with a web page; check the address, it mostly ends in /v1")

    return httpx.Client(
        timeout=httpx.Timeout(seconds, connect=min(CONNECT, seconds)), verify=_certificates(), trust_env=not _near(host),
        event_hooks={"request": [sign], "response": [is_api]},
    )  # fmt: skip


@lru_cache(maxsize=1)
def _certificates() -> Any:
    import httpx

    return httpx.create_ssl_context()


def _near(host: str) -> bool:
    """Whether a host is this machine or in its network: no proxy stands between."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".lan", ".internal"))


def _of_class(path: str, chosen: str, model: settings.Model) -> Chat:
    """A LlamaIndex LLM class of an installed package."""
    module, _, name = path.rpartition(".")
    try:
        kind = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        package = module.replace(".", "-").replace("_", "-")
        raise InputError(f"ASSISTANT_LLM '{path}': is not installed; try 'pip install {package}'") from None
    except AttributeError:
        raise InputError(f"ASSISTANT_LLM '{path}': {module} has no {name}; check its name") from None
    from llama_index.core.llms import LLM

    if not (isinstance(kind, type) and issubclass(kind, LLM)):
        raise InputError(f"ASSISTANT_LLM '{path}': is no LLM class of LlamaIndex; name one")
    fields: dict[str, Any] = {"model": chosen, "api_key": model.key, "max_retries": 0, "timeout": model.timeout, "temperature": 0.0}
    fields["request_timeout"] = model.timeout
    given = {k: v for k, v in fields.items() if k in kind.model_fields and (k != "api_key" or v)}
    try:
        llm = kind(**given)
        window = int(llm.metadata.context_window)
    except Exception as error:
        raise InputError(f"ASSISTANT_LLM '{path}/{chosen}': {scrubbed(error, model.key)}; check the model's name and its key") from None
    return Chat(chosen, model.context or max(window, 256), lambda _seconds, _line: llm, f"{path}/{chosen}", model.key, plain=True)
