"""Export a sentence-transformers model once; run as a child process, as it needs torch.

    python -m knowledge.encoding.exporting --model MODEL --home FOLDER [--device cpu]

The last line of standard output is JSON: {"folder": ...} or {"error": ...}.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.encoding import states
from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.model_source import (
    ModelSource,
    file_sha256,
    locate,
    prompts,
    stamp,
    weights_sha256,
)
from knowledge.encoding.onnx_encoder import OnnxEncoder
from knowledge.errors import KnowledgeError, ModelMissing
from knowledge.unit import unit

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

# A passage never needs more: chunking cuts at this window, which is the bundled model's own.
MAX_TOKENS = 256
# Our own measurement: f32 exports reach 1.0000, int8 ones .95 and lose .012 Recall@10.
LEAST_COSINE = 0.9999
OPSET = 17
WEIGHTS = "model.bin"

PARITY_TEXTS = (
    "",
    "SEC",
    "What did the association tell the regulator?",
    "The Commission may, by rule, exempt any person, security or transaction.",
    "Rule 4.2.1(b): an Authorised Person must keep records for six years.",
    "Section 2(a)(1) — “security” means any note, stock, treasury stock…",
    "Tokenised shares settle on 1 March 2026 at 09:30 (CET); fees are 0.15 %.",
    "L’autorità ha chiesto alla società di rispondere entro trenta giorni.",
    "投资者保护 и защита инвесторов",
    "lower UPPER MiXeD https://example.org/a?b=c user@example.org 1,000,000",
    "A firm must tell its clients what it charges. " * 12,
    "Where a fund holds digital assets, its custodian must segregate them. " * 60,
)


def export(model: str, *, home: Path, device: str) -> Path:
    """Export a model to `home/models/<key>/` and return that folder.

    A folder that is already there is used again. Raises ModelMissing if the
    model cannot be found or loaded.
    """
    source = locate(model)
    # Only a hub name that an admin set may reach the network.
    os.environ["HF_HUB_OFFLINE"] = "0" if source.folder is None else "1"
    folder = source.folder or _download(source)
    sha256 = weights_sha256(source, folder)
    loaded = _load(folder, source.name, device)
    models = home / "models"
    models.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=models) as temporary:
        written = Path(temporary)
        card = _describe(source, loaded, sha256, written)
        card = _write_model(loaded, card, written)
        (written / "card.json").write_text(card.to_json())
        (written / "source.json").write_text(json.dumps(_origin(source, folder, written)))
        return _publish(written, models / card.key)


def _download(source: ModelSource) -> Path:
    from huggingface_hub import snapshot_download

    patterns = ["*.safetensors", "*.json", "*.txt", "*.model", "*/config.json"]
    try:
        return Path(snapshot_download(source.name, allow_patterns=patterns))
    except Exception as error:
        raise ModelMissing(
            f"{source.name}: the model could not be fetched from the hub. "
            "Check the name and the connection, or name a folder in EMBEDDING_MODEL."
        ) from error


def _load(folder: Path, name: str, device: str) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            # Eager attention is the form that torch's exporter can follow.
            model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
        ).eval()
    except Exception as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise ModelMissing(
            f"{name}: sentence-transformers could not load this model ({why}). "
            "Check EMBEDDING_MODEL."
        ) from error


def _describe(
    source: ModelSource, loaded: SentenceTransformer, sha256: str, written: Path
) -> ModelCard:
    """The card of a loaded model, with its tokenizer written out."""
    (written / "tokenizer.json").write_text(loaded.tokenizer.backend_tokenizer.to_str())
    max_tokens = min(MAX_TOKENS, loaded.max_seq_length or MAX_TOKENS)
    loaded.max_seq_length = max_tokens
    question, document = prompts(source.name, _configured(loaded))
    return ModelCard(
        name=source.name,
        sha256=sha256,
        tokenizer_sha256=file_sha256(written / "tokenizer.json"),
        dimensions=int(loaded.encode(["one"]).shape[1]),
        pooling=_pooling(loaded) or "other",
        max_tokens=max_tokens,
        question_prompt=question,
        document_prompt=document,
    )


def _configured(loaded: SentenceTransformer) -> dict[str, str]:
    return {name: prompt for name, prompt in (loaded.prompts or {}).items() if prompt}


def _pooling(loaded: SentenceTransformer) -> str | None:
    """mean or cls if the model is Transformer + pooling (+ Normalize), else None."""
    modules = list(loaded.children())
    names = [type(module).__name__ for module in modules]
    if names[:2] != ["Transformer", "Pooling"] or names[2:] not in ([], ["Normalize"]):
        return None
    pooling: Any = modules[1]
    config: dict[str, Any] = pooling.get_config_dict()
    mode = config.get("pooling_mode")
    return mode if mode in ("mean", "cls") and config.get("include_prompt", True) else None


def _write_model(loaded: SentenceTransformer, card: ModelCard, written: Path) -> ModelCard:
    """Write model.onnx and check it; the card returned says torch where that fails."""
    if card.pooling == "other":
        return replace(card, backend="torch", note="its layers are not transformer and pooling")
    try:
        _to_onnx(loaded, written / "model.onnx")
        least = _parity(loaded, card, written)
    except ImportError as error:
        raise ModelMissing(
            f"{card.name}: the model cannot be exported without the package {error.name}. "
            f"Install it: pip install {error.name}"
        ) from error
    except Exception as error:
        logger.debug("export failed", exc_info=True)
        least, reason = -1.0, f"it could not be exported ({type(error).__name__})"
    else:
        reason = f"the exported model differs (cosine {least:.5f})"
    if least >= LEAST_COSINE:
        encoder = OnnxEncoder(written, card)
        np.save(written / "projection.npy", states.fit(encoder, encoder.vocabulary()))
        return card
    for left in ("model.onnx", WEIGHTS):
        (written / left).unlink(missing_ok=True)
    shutil.rmtree(written / "raw", ignore_errors=True)
    return replace(card, backend="torch", note=reason)


def _to_onnx(loaded: SentenceTransformer, path: Path) -> None:
    """Write the transformer as a graph that returns the states of all word pieces."""
    import onnx  # the exporter needs it too, and fails late and darkly without
    import torch

    first: Any = loaded[0]
    transformer = first.auto_model.to("cpu").float().eval()
    sample = loaded.tokenizer(["one two three", "four"], padding=True, return_tensors="pt")
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in sample]

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer  # weights are found through the attribute

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            fed = dict(zip(names, inputs, strict=True))
            states: torch.Tensor = self.transformer(**fed, return_dict=True).last_hidden_state
            return states

    raw = path.parent / "raw" / path.name
    raw.parent.mkdir()
    axes = {0: "rows", 1: "pieces"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            States(),
            tuple(sample[name] for name in names),
            str(raw),
            input_names=names,
            output_names=["states"],
            dynamic_axes=dict.fromkeys([*names, "states"], axes),
            opset_version=OPSET,
            dynamo=False,
        )
    # Weights in a file of their own are mapped, not read: 84 MB less at their peak and half
    # the time to load (103 against 187 MB; our measurement, November 2026).
    onnx.save_model(
        onnx.load(str(raw)),
        str(path),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=WEIGHTS,
        size_threshold=1024,
    )
    shutil.rmtree(raw.parent)


def _parity(loaded: SentenceTransformer, card: ModelCard, written: Path) -> float:
    """The least cosine between sentence-transformers and the exported model."""
    encoder = OnnxEncoder(written, card)
    ours = encoder.embed_documents(PARITY_TEXTS)
    theirs = unit(loaded.encode(list(PARITY_TEXTS), prompt=card.document_prompt))
    questions = [encoder.embed_question(text) for text in PARITY_TEXTS[:3]]
    their_questions = unit(loaded.encode(list(PARITY_TEXTS[:3]), prompt=card.question_prompt))
    cosines: list[float] = (ours * theirs).sum(axis=1).tolist()
    cosines += [float(a @ b) for a, b in zip(questions, their_questions, strict=True)]
    return min(cosines)


def _origin(source: ModelSource, folder: Path, written: Path) -> dict[str, Any]:
    return {
        "name": source.name,
        "folder": str(folder),
        "stamp": stamp(source.folder) if source.folder else None,
        "files": {
            file.name: file_sha256(file) for file in sorted(written.iterdir()) if file.is_file()
        },
    }


def _publish(written: Path, target: Path) -> Path:
    """Move a finished folder into place; one that is there already only learns its source."""
    if target.exists():
        os.replace(written / "source.json", target / "source.json")
        return target
    # The temporary directory object still owns the old name, so its contents are moved.
    staged = Path(tempfile.mkdtemp(prefix=".ready-", dir=target.parent))
    for file in written.iterdir():
        os.replace(file, staged / file.name)
    try:
        os.rename(staged, target)
    except OSError:  # another process has just published the same model
        shutil.rmtree(staged)
        if not (target / "source.json").is_file():
            raise
    return target


def main() -> None:
    """Parse arguments, export, tell the folder or the error on the last line."""
    parser = argparse.ArgumentParser(prog="python -m knowledge.encoding.exporting")
    parser.add_argument("--model", required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    os.umask(0o077)
    try:
        told = {"folder": str(export(options.model, home=options.home, device=options.device))}
    except KnowledgeError as error:
        told = {"error": str(error)}
    sys.stdout.write("\n" + json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
