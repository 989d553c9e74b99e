"""Settings of the library and the command line, read from the environment and `.env`.

Every field has a default, a description with its unit, and a line in `.env.example`.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_MODEL = "all-MiniLM-L6-v2"


class Settings(BaseSettings):
    """What an admin may set. Names of the environment variables are the aliases."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True
    )

    home: Path = Field(
        default_factory=lambda: user_data_path("footnote", appauthor=False),
        validation_alias="FOOTNOTE_HOME",
        description="Data folder: record, indexes, originals, exported model.",
    )
    library: str = Field(
        "shared",
        validation_alias="FOOTNOTE_LIBRARY",
        description="Library that commands use when none is named.",
    )

    # --- Embedding ---
    embedding_model: str = Field(
        DEFAULT_MODEL,
        validation_alias="EMBEDDING_MODEL",
        description="Embedding model: the bundled one, a folder, or a hub name (downloads it).",
    )
    embedding_device: str = Field(
        "cpu",
        validation_alias="EMBEDDING_DEVICE",
        description="Device for models that run on torch: cpu, cuda, mps. Exported models use cpu.",
    )

    # --- Fetching ---
    fetch_ports: str = Field(
        "80,443,8080,8443",
        validation_alias="FETCH_PORTS",
        description="Ports that pages may be fetched from, with commas between them.",
    )
    fetch_allowed_hosts: str = Field(
        "",
        validation_alias="FETCH_ALLOWED_HOSTS",
        description="Hosts of a local network that pages may be fetched from: names, or name:port, "
        "with commas between them. Everything else must be on the public web.",
    )

    # --- Language model ---
    chat_model: str = Field(
        "",
        validation_alias="CHAT_MODEL",
        description="Language model as provider:model (anthropic:..., openai:..., ollama:...); "
        "empty: quotations only. It receives questions and passages.",
    )
    chat_fallback_model: str = Field(
        "",
        validation_alias="CHAT_FALLBACK_MODEL",
        description="Second model, as provider:model, asked when the first fails.",
    )
    chat_base_url: str = Field(
        "",
        validation_alias="CHAT_BASE_URL",
        description="Address of a server that speaks the provider's protocol.",
    )
    chat_api_key: SecretStr | None = Field(
        None,
        validation_alias="CHAT_API_KEY",
        description="Key for CHAT_MODEL's provider, where its own variable is not set.",
    )
    anthropic_api_key: SecretStr | None = Field(
        None, validation_alias="ANTHROPIC_API_KEY", description="Key for anthropic: models."
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="Key for openai: models."
    )
    chat_temperature: float | None = Field(
        None,
        validation_alias="CHAT_TEMPERATURE",
        ge=0,
        le=2,
        description="Temperature, 0 to 2; empty: the provider's own (some models accept no other).",
    )
    chat_max_output_tokens: int = Field(
        800,
        validation_alias="CHAT_MAX_OUTPUT_TOKENS",
        ge=50,
        le=8000,
        description="Most tokens of an answer.",
    )
    chat_timeout_seconds: float = Field(
        30.0,
        validation_alias="CHAT_TIMEOUT_SECONDS",
        gt=0,
        le=600,
        description="Seconds for a model answer in all, retries included; then quotations.",
    )
    chat_concurrency: int = Field(
        4,
        validation_alias="CHAT_CONCURRENCY",
        ge=1,
        le=64,
        description="Model calls at a time; further ones wait.",
    )
    chat_daily_answers: int = Field(
        200,
        validation_alias="CHAT_DAILY_ANSWERS",
        ge=0,
        description="Model answers a day in all; then quotations. 0: no limit.",
    )
    chat_member_daily_answers: int = Field(
        10,
        validation_alias="CHAT_MEMBER_DAILY_ANSWERS",
        ge=0,
        description="Model answers a member and day; then quotations. 0: no limit.",
    )
    chat_daily_tokens: int = Field(
        0,
        validation_alias="CHAT_DAILY_TOKENS",
        ge=0,
        description="Tokens a day in all, input and output together. 0: no limit.",
    )
    chat_member_daily_tokens: int = Field(
        0,
        validation_alias="CHAT_MEMBER_DAILY_TOKENS",
        ge=0,
        description="Tokens a member and day. 0: no limit.",
    )
    chat_price_input: float = Field(
        0.0,
        validation_alias="CHAT_PRICE_INPUT",
        ge=0,
        description="Price of a million input tokens; 0: unknown, no money is counted.",
    )
    chat_price_output: float = Field(
        0.0,
        validation_alias="CHAT_PRICE_OUTPUT",
        ge=0,
        description="Price of a million output tokens; 0: unknown.",
    )
    chat_daily_cost: float = Field(
        0.0,
        validation_alias="CHAT_DAILY_COST",
        ge=0,
        description="Most money a day, in the prices' currency; needs the prices. 0: no limit.",
    )
    chat_callback: str = Field(
        "",
        validation_alias="CHAT_CALLBACK",
        description="Tracing: module:name of a LangChain callback handler class. Off when empty: "
        "a tracer may send questions elsewhere.",
    )
