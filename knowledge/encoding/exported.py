"""Exported models in the data folder: `home/models/<key>/`, complete or not there at all.

card.json        the model's card
source.json      where it came from, and hashes of the files written here
tokenizer.json   for `tokenizers`
model.onnx       for onnxruntime (not for models that run on torch)
model.bin        its weights
projection.npy   what token states are stored through (the same)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.model_source import ModelSource, file_sha256, stamp
from knowledge.errors import ModelMissing

# Export takes about ten seconds; a large model from the hub an hour on a slow line.
EXPORT_TIMEOUT_SECONDS = 3600


def find(home: Path, source: ModelSource) -> tuple[Path, ModelCard] | None:
    """The exported folder and card of a model, if its source is still as it was exported."""
    mark = stamp(source.folder) if source.folder else None
    for folder in _folders(home):
        try:
            origin = json.loads((folder / "source.json").read_text())
            same = origin["name"] == source.name and origin["stamp"] == mark
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise unreadable(folder, error) from error
        if same:
            return folder, _card(folder)
    return None


def find_key(home: Path, key: str) -> tuple[Path, ModelCard] | None:
    """The exported folder and card of the model with that key."""
    folder = home / "models" / key
    return (folder, _card(folder)) if folder in _folders(home) else None


def damaged(home: Path) -> list[str]:
    """Names of exported files whose hash no longer holds, as "<key>/model.onnx"."""
    wrong = []
    for folder in _folders(home):
        hashes = json.loads((folder / "source.json").read_text())["files"]
        for name, digest in hashes.items():
            file = folder / name
            if not file.is_file() or file_sha256(file) != digest:
                wrong.append(f"{folder.name}/{name}")
    return wrong


def _folders(home: Path) -> list[Path]:
    models = home / "models"
    if not models.is_dir():
        return []
    return sorted(path.parent for path in models.glob("[0-9a-f]*/source.json"))


def _card(folder: Path) -> ModelCard:
    try:
        return ModelCard.from_json((folder / "card.json").read_text())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, error) from error


def unreadable(folder: Path, error: Exception) -> ModelMissing:
    """What to raise for an exported model that cannot be read any more."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    return ModelMissing(
        f"{folder}: the exported model is damaged ({said}). "
        "Have it exported again: footnote doctor --repair"
    )


def export(model: str, *, home: Path, device: str) -> tuple[Path, ModelCard]:
    """Export a model in a child process, so that torch never enters this one.

    Raises ModelMissing with the child's own sentence if it cannot be done.
    """
    command = [sys.executable, "-m", "knowledge.encoding.exporting"]
    command += ["--model", model, "--home", str(home.resolve()), "--device", device]
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=EXPORT_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelMissing(
            f"{model}: preparing the model took more than an hour. Try again, "
            "or name a smaller model in EMBEDDING_MODEL."
        ) from error
    try:
        told = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError) as error:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise ModelMissing(
            f"{model}: the model could not be prepared ({last[0][:200]}). "
            "Check that torch, sentence-transformers and onnx are installed, and try again."
        ) from error
    if "error" in told:
        raise ModelMissing(told["error"])
    folder = Path(told["folder"])
    return folder, _card(folder)


def _environment() -> dict[str, str]:
    """The child's environment: this package importable, nothing sent anywhere."""
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    return os.environ | {
        "PYTHONPATH": path,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
