"""Settings to a chat model. Providers' packages are extras, imported when one is used.

Our own retry, deadline and accounts stand around the model (`transport`), so its
client does neither: the providers' own sleep as long as `retry-after` says, hours too.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knowledge.errors import ChatModelError
from knowledge.settings import Settings

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.language_models import BaseChatModel

EXTRAS = ("anthropic", "openai", "ollama")
"""Providers for which `pip install footnote-bot[...]` brings the package."""

OLLAMA_WINDOW = 8192
"""Tokens of context: ollama's own default cuts a prompt of ours without saying so."""

_KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}
_PACKAGES = {"google_genai": "langchain-google-genai", "mistralai": "langchain-mistralai"}


def split(name: str) -> tuple[str, str]:
    """Return provider and model of "anthropic:claude-...".

    Raises ChatModelError if there is no provider in it.
    """
    provider, found, model = name.strip().partition(":")
    if not found or not provider or not model:
        raise ChatModelError(
            f"CHAT_MODEL is “{name}”, which names no provider. Write it as provider:model, "
            "for example anthropic:claude-sonnet-4-5 or ollama:llama3.1."
        )
    return provider.lower().replace("-", "_"), model


def open_chat(name: str, settings: Settings) -> BaseChatModel:
    """Return the chat model of a name like "anthropic:claude-...", with nothing asked of it yet.

    Raises ChatModelError, with the command that mends it, if its package or key is missing.
    """
    provider, model = split(name)
    _installed(provider)
    options = _options(provider, settings)
    from langchain.chat_models import init_chat_model

    try:
        chat: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        raise ChatModelError(_no_package(provider)) from error
    except Exception:
        # A client's own message may repeat what it was given, keys included: not chained.
        raise ChatModelError(
            f"{provider}:{model} cannot be set up. Check CHAT_MODEL, CHAT_BASE_URL and the "
            f"provider's key ({_KEYS.get(provider, 'CHAT_API_KEY')}) in .env, then run: "
            "footnote models check"
        ) from None
    return chat


def _installed(provider: str) -> None:
    if importlib.util.find_spec(f"langchain_{provider}") is None and provider in EXTRAS:
        raise ChatModelError(_no_package(provider))


def _no_package(provider: str) -> str:
    if provider in EXTRAS:
        command = f'pip install "footnote-bot[{provider}]"'
    else:
        command = (
            f"pip install {_PACKAGES.get(provider, 'langchain-' + provider.replace('_', '-'))}"
        )
    return f"CHAT_MODEL asks for {provider}, whose package is not installed. Install it: {command}"


def _options(provider: str, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if settings.chat_temperature is not None:
        options["temperature"] = settings.chat_temperature
    if settings.chat_base_url:
        options["base_url"] = settings.chat_base_url
    if provider == "ollama":
        # Its client knows neither retries nor keys; num_predict is its limit of output.
        return options | {
            "num_predict": settings.chat_max_output_tokens,
            "num_ctx": OLLAMA_WINDOW,
            "client_kwargs": {"timeout": settings.chat_timeout_seconds},
        }
    key = _key(provider, settings)
    if key:
        options["api_key"] = key
    if provider == "openai":
        options |= {"stream_usage": True, "use_responses_api": False}
    return options | {
        "max_tokens": settings.chat_max_output_tokens,
        "timeout": settings.chat_timeout_seconds,
        "max_retries": 0,
    }


def _key(provider: str, settings: Settings) -> str | None:
    own = {"anthropic": settings.anthropic_api_key, "openai": settings.openai_api_key}
    key = own.get(provider) or settings.chat_api_key
    if key is not None and key.get_secret_value().strip():
        return key.get_secret_value().strip()
    variable = _KEYS.get(provider)
    if variable is None:
        return None  # its package reads the variable it knows
    if os.environ.get(variable):
        return os.environ[variable]
    if settings.chat_base_url:
        return "none"  # a server of one's own asks for none; the client insists on a value
    raise ChatModelError(
        f"{variable} is not set, so CHAT_MODEL’s provider {provider} cannot be asked. "
        f"Put the key into .env: {variable}=..."
    )


def callbacks(settings: Settings) -> list[BaseCallbackHandler]:
    """Return the tracer of CHAT_CALLBACK, if there is one.

    Raises ChatModelError if it names no callback handler that can be imported.
    """
    if not settings.chat_callback:
        return []
    from langchain_core.callbacks import BaseCallbackHandler

    module, _, name = settings.chat_callback.partition(":")
    try:
        handler = getattr(importlib.import_module(module), name)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ChatModelError(
            f"CHAT_CALLBACK is “{settings.chat_callback}”, which cannot be imported and made. "
            "Write it as module:Name of a LangChain callback handler, or leave it empty."
        ) from error
    if not isinstance(handler, BaseCallbackHandler):
        raise ChatModelError(
            f"CHAT_CALLBACK: {name} is no LangChain callback handler. Derive it from "
            "langchain_core.callbacks.BaseCallbackHandler, or leave the setting empty."
        )
    return [handler]


def stop_reason(metadata: Mapping[str, Any]) -> str | None:
    """Return why a model stopped, in lower case, from what any provider says; None if it says nothing."""  # noqa: E501
    for field in ("stop_reason", "finish_reason", "done_reason"):
        value = metadata.get(field)
        if isinstance(value, str) and value:
            return value.lower()
    return None


GOOD_STOPS = frozenset(["stop", "end_turn", "stop_sequence", "complete", "eos", "eos_token", "finish"])  # fmt: skip  # noqa: E501
"""The stop reasons of a whole answer, as anthropic, openai, ollama and others call them."""
