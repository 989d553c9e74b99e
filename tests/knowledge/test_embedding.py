"""The real model, exported once for the session through the product's own child process."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoding import exported, model_source
from knowledge.encoding.embedding import (
    Encoder,
    Encoders,
    open_encoder,
    open_recorded,
)
from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.model_source import locate, prompts
from knowledge.encoding.onnx_encoder import BATCH_TOKENS, _batches
from knowledge.errors import ModelMissing
from knowledge.settings import DEFAULT_MODEL

TEXTS = [
    "The custodian must segregate client assets.",
    "A letter.",
    "Brokers have to keep the property of their customers apart. " * 40,
    "",
]


def test_vectors_are_unit_vectors_in_the_order_of_the_texts(encoder: Encoder) -> None:
    matrix = encoder.embed_documents(TEXTS)

    assert matrix.shape == (4, 384)
    assert matrix.dtype == np.float32
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)
    for row, text in zip(matrix, TEXTS, strict=True):
        assert row @ encoder.embed_documents([text])[0] > 0.99999


def test_questions_and_documents_share_one_space(encoder: Encoder) -> None:
    question = encoder.embed_question("Who keeps customers' assets apart?")
    apart, letter = encoder.embed_documents([TEXTS[0], "The weather was fine in Rome."])

    assert question @ apart > question @ letter + 0.2


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.embed_documents([]).shape == (0, 384)
    assert encoder.count_tokens([]) == []


def test_tokens_of_a_whole_text_are_counted_beyond_the_window(encoder: Encoder) -> None:
    short, long = encoder.count_tokens(["one two three", "word " * 1000])

    assert short == 5  # with the two special ones
    assert long == 1002


def test_text_beyond_the_window_does_not_change_the_vector(encoder: Encoder) -> None:
    head = "asset " * 254

    whole, cut = encoder.embed_documents([head + "something else entirely", head])

    assert whole @ cut > 0.99999


def test_readings_carry_the_states_of_their_own_pieces_only(encoder: Encoder) -> None:
    reading = encoder.read_question("Who wrote it?")

    assert reading.states.shape == (4, 384)
    assert len(reading.pieces) == 4
    assert ["Who wrote it?"[a:b] for a, b in reading.offsets] == ["Who", "wrote", "it", "?"]
    assert {r.position for r in encoder.read_documents(TEXTS)} == {0, 1, 2, 3}


def test_batches_stay_within_their_size_and_lose_nothing() -> None:
    lengths = [3, 250, 256, 256, 12, 90] * 20
    order = sorted(range(len(lengths)), key=lengths.__getitem__)

    batches = list(_batches(order, lengths))

    assert [position for batch in batches for position in batch] == order
    assert all(
        len(batch) * max(lengths[position] for position in batch) <= BATCH_TOKENS
        for batch in batches
    )


def test_a_long_text_to_encode_takes_little_memory_beyond_the_model(model_home: Path) -> None:
    code = (
        "import resource; from pathlib import Path;"
        "from knowledge.encoding.embedding import open_encoder;"
        f"e = open_encoder({DEFAULT_MODEL!r}, home=Path({str(model_home)!r}));"
        "e.embed_question('a');"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "before = peak(); e.embed_documents(['asset ' * 300] * 16);"
        "print((peak() - before) // (1024 if sys.platform != 'darwin' else 1024 ** 2))"
    )

    done = subprocess.run(
        [sys.executable, "-c", "import sys; " + code], capture_output=True, text=True, check=True
    )

    # 81 MB; in one batch they took 344 MB (our measurement, November 2026).
    assert int(done.stdout) < 150


def test_whoever_embeds_never_imports_torch(model_home: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from knowledge.encoding.embedding import open_encoder;"
        f"e = open_encoder({DEFAULT_MODEL!r}, home=Path({str(model_home)!r}));"
        "e.embed_documents(['a', 'b']); e.embed_question('c'); e.count_tokens(['d']);"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_exported_model_is_found_again_and_its_damage_too(
    encoder: Encoder, model_home: Path, tmp_path: Path
) -> None:
    folder, card = exported.find(model_home, locate(DEFAULT_MODEL)) or (None, None)
    assert card == encoder.card
    assert folder == model_home / "models" / encoder.card.key
    assert exported.damaged(model_home) == []

    copy = tmp_path / "models" / encoder.card.key
    copy.mkdir(parents=True)
    for name in ("card.json", "source.json", "tokenizer.json"):
        (copy / name).write_bytes((folder / name).read_bytes())
    (copy / "tokenizer.json").write_text("{}")

    assert exported.damaged(tmp_path) == [
        f"{copy.name}/model.bin",
        f"{copy.name}/model.onnx",
        f"{copy.name}/projection.npy",
        f"{copy.name}/tokenizer.json",
    ]


def test_only_the_exported_files_are_left_behind(model_home: Path) -> None:
    names = sorted(path.name for path in (model_home / "models").rglob("*") if path.is_file())

    assert names == [
        "card.json",
        "model.bin",
        "model.onnx",
        "projection.npy",
        "source.json",
        "tokenizer.json",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (model_home / "models").rglob("*"))


def test_a_model_that_is_not_genuine_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    source = model_source.ModelSource(DEFAULT_MODEL, tmp_path)

    with pytest.raises(ModelMissing, match="not the genuine one"):
        model_source.weights_sha256(source, tmp_path)


def test_pickled_weights_are_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")

    with pytest.raises(ModelMissing, match=r"no \.safetensors file"):
        open_encoder(str(folder), home=tmp_path / "home")


@pytest.mark.parametrize("name", ["no-such-model", "./missing", "/no/such/folder"])
def test_a_name_that_is_no_model_is_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="EMBEDDING_MODEL"):
        open_encoder(name, home=tmp_path)


def test_a_recorded_model_that_is_gone_names_the_command(encoder: Encoder, tmp_path: Path) -> None:
    gone = replace(encoder.card, name="/no/such/folder", sha256="0" * 64)

    with pytest.raises(ModelMissing, match="footnote reindex"):
        open_recorded(gone, home=tmp_path)


def test_a_recorded_model_answers_whatever_the_setting_says(
    encoder: Encoder, model_home: Path
) -> None:
    renamed = replace(encoder.card, name="/moved/away")

    encoders = Encoders(model_home)

    assert encoders.of_card(renamed).card.key == encoder.card.key
    assert encoders.of_card(renamed) is encoders.of_card(encoder.card)
    assert encoders.encode(encoder.card, "Who?").vector @ encoder.embed_question("Who?") > 0.99999


def test_a_card_survives_json_and_ignores_fields_of_the_future(encoder: Encoder) -> None:
    text = json.dumps(json.loads(encoder.card.to_json()) | {"colour": "blue"})

    assert ModelCard.from_json(text) == encoder.card


def test_the_key_changes_with_all_that_changes_vectors_and_nothing_else(encoder: Encoder) -> None:
    card = encoder.card

    assert replace(card, name="other", backend="torch", note="why").key == card.key
    assert replace(card, question_prompt="query: ").key != card.key
    assert replace(card, pooling="cls").key != card.key


@pytest.mark.parametrize(
    ("name", "configured", "expected"),
    [
        ("intfloat/multilingual-e5-small", {}, ("query: ", "passage: ")),
        (
            "/models/bge-small-en-v1.5",
            {"query": "", "document": ""},
            ("Represent this sentence for searching relevant passages: ", ""),
        ),
        ("any/model", {"query": "q: "}, ("q: ", "")),
        (DEFAULT_MODEL, {"query": "", "document": ""}, ("", "")),
    ],
)
def test_prompts_are_the_models_own_then_the_known_ones(
    name: str, configured: dict[str, str], expected: tuple[str, str]
) -> None:
    assert prompts(name, configured) == expected


def test_a_model_that_cannot_be_exported_runs_on_torch_with_its_prompts_and_says_so(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "max-pooling"
    source = locate(DEFAULT_MODEL).folder
    assert source is not None
    shutil.copytree(source, folder, copy_function=os.symlink)
    for name, changed in {
        "1_Pooling/config.json": {"word_embedding_dimension": 384, "pooling_mode_max_tokens": True},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "document": ""}},
    }.items():
        (folder / name).unlink()
        (folder / name).write_text(json.dumps(changed))
    code = (
        "from pathlib import Path; from knowledge.encoding.embedding import open_encoder;"
        f"e = open_encoder({str(folder)!r}, home=Path({str(tmp_path / 'home')!r}));"
        "same = e.embed_question('Who?') @ e.embed_documents(['query: Who?'])[0];"
        "print(e.card.backend, e.card.pooling, e.card.question_prompt, round(float(same), 4))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "torch other query:  1.0", done.stderr
    assert "runs on torch: its layers are not transformer and pooling" in done.stderr


@pytest.mark.parametrize(
    "name", ["model.onnx", "tokenizer.json", "card.json", "source.json", "projection.npy"]
)
def test_an_exported_file_that_cannot_be_read_is_said_in_a_sentence(
    name: str, model_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(model_home / "models", tmp_path / "models", copy_function=os.symlink)
    (file,) = tmp_path.glob(f"models/*/{name}")
    file.unlink()
    file.write_bytes(b"no model\n" * 9)

    with pytest.raises(ModelMissing, match=r"damaged .*doctor --repair"):
        open_encoder(DEFAULT_MODEL, home=tmp_path)
