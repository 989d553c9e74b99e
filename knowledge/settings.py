"""Settings of the library and the command line, read from the environment and `.env`.

Every field has a default, a description with its unit, and a line in `.env.example`.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
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
