"""Settings become a chat model, or a sentence that says how to mend them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from knowledge.drafts import models
from knowledge.drafts.writing import Writer
from knowledge.errors import ChatModelError
from knowledge.settings import Settings


def settings(**fields: Any) -> Settings:
    return Settings(_env_file=None, **fields)  # type: ignore[call-arg]


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "CHAT_MODEL", "CHAT_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_a_name_without_provider_is_refused_with_an_example() -> None:
    with pytest.raises(ChatModelError, match=r"names no provider.*anthropic:"):
        models.open_chat("gpt-5", settings())


@pytest.mark.parametrize(
    ("name", "variable"),
    [("anthropic:claude-x", "ANTHROPIC_API_KEY"), ("openai:gpt-x", "OPENAI_API_KEY")],
)
def test_a_missing_key_is_named_with_its_line_for_the_env_file(name: str, variable: str) -> None:
    with pytest.raises(ChatModelError, match=rf"{variable} is not set.*\.env: {variable}=\.\.\."):
        models.open_chat(name, settings())


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ChatModelError, match=r'pip install "footnote-bot\[ollama\]"'):
        models.open_chat("ollama:llama3", settings())


def test_a_package_that_is_no_extra_of_ours_is_named_too() -> None:
    with pytest.raises(ChatModelError, match="pip install langchain-mistralai"):
        models.open_chat("mistralai:m", settings(chat_api_key="k"))


def test_clients_neither_retry_nor_wait_by_themselves() -> None:
    chat: Any = models.open_chat(
        "anthropic:claude-x", settings(anthropic_api_key="k", chat_timeout_seconds=7)
    )
    assert chat.max_retries == 0
    assert chat.default_request_timeout == 7
    spare: Any = models.open_chat("openai:gpt-x", settings(openai_api_key="k"))
    assert spare.max_retries == 0


def test_a_server_of_ones_own_needs_no_key() -> None:
    chat: Any = models.open_chat("openai:local", settings(chat_base_url="http://127.0.0.1:9/v1"))
    assert chat.openai_api_base == "http://127.0.0.1:9/v1"


def test_a_key_is_in_no_representation() -> None:
    shown = repr(settings(anthropic_api_key="sk-very-secret", chat_api_key="sk-very-secret"))
    assert "sk-very-secret" not in shown


def test_tracing_is_off_until_a_handler_is_named() -> None:
    assert models.callbacks(settings()) == []
    [handler] = models.callbacks(
        settings(chat_callback="langchain_core.callbacks:StdOutCallbackHandler")
    )
    assert type(handler).__name__ == "StdOutCallbackHandler"
    with pytest.raises(ChatModelError, match="CHAT_CALLBACK"):
        models.callbacks(settings(chat_callback="nowhere:Nothing"))


def test_checking_without_a_model_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ChatModelError, match="CHAT_MODEL is not set"):
        Writer(settings(home=tmp_path)).check()


def test_writing_is_imported_without_any_provider_or_langchain() -> None:
    program = (
        "import sys, knowledge.drafts.writing\n"
        "print([m for m in sys.modules if m.split('.')[0].startswith(('langchain', 'openai', 'anthropic', 'torch'))])"  # noqa: E501
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
