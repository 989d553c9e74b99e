"""Who may import whom: data flows one way through the house."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("knowledge/**/*.py"), *ROOT.glob("bot/**/*.py")])
PURE = {"knowledge/types.py", "knowledge/errors.py", "knowledge/encoding/model_card.py"}
"""Modules of the standard library (and each other) alone."""

OWNERS = {
    "chromadb": {"knowledge/storing/vectors.py"},
    "tantivy": {"knowledge/searching/words.py"},
    "discord": {"bot/"},
    "httpx": {"knowledge/web/connecting.py"},
    "httpcore": {"knowledge/web/connecting.py"},
    "torch": {"knowledge/encoding/exporting.py", "knowledge/encoding/torch_encoder.py"},
    "sentence_transformers": {
        "knowledge/encoding/exporting.py",
        "knowledge/encoding/torch_encoder.py",
    },
    "sqlite3": {"knowledge/", "bot/"},
}
"""Which files may know a library; a folder ends with a slash."""


BELOW: dict[str, set[str]] = {
    "reading": set(),
    "web": set(),
    "encoding": set(),
    "storing": {"encoding"},
    "answers": set(),
    "searching": {"encoding", "storing", "answers"},
    "drafts": {"answers"},
    "evaluating": set(),
}
"""Which rooms a room may use; the faces and the wiring in `knowledge/` itself may use all."""


def imports(path: Path) -> set[str]:
    """Every dotted module name that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide where things are"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_imports_only_what_its_place_allows(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    found = imports(path)
    if place.startswith("knowledge/"):
        assert not {name for name in found if name.split(".")[0] == "bot"}
    else:
        inner = {name for name in found if name.startswith("knowledge.") and name.count(".") > 1}
        assert not inner, "the bot imports knowledge's public names only"
    for library, owners in OWNERS.items():
        if any(name.split(".")[0] == library for name in found):
            assert any(
                place == owner or (owner[-1] == "/" and place.startswith(owner)) for owner in owners
            ), f"{place} imports {library}"
    if place in PURE:
        assert all(name.split(".")[0] in sys.stdlib_module_names for name in found)
    room = place.split("/")[1]
    if room in BELOW:
        rooms = {name.split(".")[1] for name in found if name.startswith("knowledge.")}
        assert rooms & set(BELOW) <= BELOW[room] | {room}, f"{place} looks upstream"


def test_the_bot_asks_for_public_names_only() -> None:
    import knowledge

    public = set(knowledge.__all__)
    for path in ROOT.glob("bot/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("knowledge"):
                assert node.module == "knowledge", f"{path} imports from {node.module}"
                assert {alias.name for alias in node.names} <= public, path
