"""Every third-party module we use imports, whatever the installer said."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def third_party() -> list[str]:
    """The top-level names of all foreign modules that the two packages import."""
    names: set[str] = set()
    for path in [*ROOT.glob("knowledge/**/*.py"), *ROOT.glob("bot/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return sorted(names - set(sys.stdlib_module_names) - {"knowledge", "bot"})


@pytest.mark.parametrize("name", [*third_party(), "lxml_html_clean", "onnx"])
def test_it_imports(name: str) -> None:
    importlib.import_module(name)


def test_help_needs_neither_chroma_nor_onnxruntime_nor_torch() -> None:
    code = (
        "import sys; from knowledge.cli import run; run(['--help']); "
        "print(sorted({'chromadb', 'onnxruntime', 'torch', 'trafilatura'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"
