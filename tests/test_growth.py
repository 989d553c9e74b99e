"""The chart of how a record's figures grow."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "docs" / "growth.py"
FIGURES = ("cold ask CPU s", "answer CPU p95 ms", "warm MB", "disk MB")


def test_a_chart_holds_each_figure_of_both_systems_and_its_date(tmp_path: Path) -> None:
    first = {1000: {"ours": dict.fromkeys(FIGURES, 2.0), "tutorial": {"warm MB": 600.0}}}
    second = {10000: {"ours": dict.fromkeys(FIGURES, 4.25)}}
    for name, results in (("a.json", first), ("b.json", second)):
        (tmp_path / name).write_text(json.dumps(results))
    output = tmp_path / "growth.svg"

    subprocess.run(
        [sys.executable, str(SCRIPT), "2026-11-24", str(output), "a.json", "b.json"],
        check=True,
        cwd=tmp_path,
    )

    ElementTree.parse(output)
    drawn = output.read_text(encoding="utf-8")
    assert drawn.count("<polyline") == 5
    assert len(re.findall(r">4\.25<", drawn)) == 4
    assert ">600<" in drawn
    assert ">10k<" in drawn
    assert "2026-11-24" in drawn
