"""Settings of the Discord bot, read from the environment and `.env` beside the library's own."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class BotSettings(BaseSettings):
    """What the person who runs the bot may set. Names of the variables are the aliases."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True
    )

    token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="DISCORD_TOKEN",
        description="The bot's token from Discord's developer portal. Never shown or logged.",
    )
    questions_per_member: int = Field(
        default=6,
        ge=1,
        validation_alias="QUESTIONS_PER_MEMBER",
        description="Questions one member may ask in 10 minutes.",
    )
    questions_per_channel: int = Field(
        default=30,
        ge=1,
        validation_alias="QUESTIONS_PER_CHANNEL",
        description="Questions that may be asked in one channel in 10 minutes.",
    )
    reports_per_member: int = Field(
        default=3,
        ge=1,
        validation_alias="REPORTS_PER_MEMBER",
        description="Reports one member may send in a day.",
    )
    workers: int = Field(
        default=2,
        ge=1,
        le=16,
        validation_alias="BOT_WORKERS",
        description="Questions answered at the same time, in threads.",
    )
    queue: int = Field(
        default=60,
        ge=1,
        validation_alias="BOT_QUEUE",
        description="Questions that may wait for their turn; more are refused in words.",
    )
    answer_seconds: float = Field(
        default=60.0,
        gt=0,
        validation_alias="BOT_ANSWER_SECONDS",
        description="Longest time a question may take, waiting included, in seconds.",
    )
    change_seconds: float = Field(
        default=840.0,
        gt=0,
        validation_alias="BOT_CHANGE_SECONDS",
        description="Time after which a change to the record is reported elsewhere, in seconds.",
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        validation_alias="BOT_LOG_LEVEL",
        description="How much is logged: DEBUG, INFO, WARNING or ERROR. Never questions or tokens.",
    )
