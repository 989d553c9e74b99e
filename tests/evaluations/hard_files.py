"""Read the files of a set of hard cases and compare what comes of each with what should.

    python tests/evaluations/hard_files.py EXPECTATIONS [--id ID ...] [--show]

EXPECTATIONS is JSON Lines: {"id", "file" (relative to it), "category", "expected",
"must_contain": [...]}. `expected` is one of
    text                 the text contains every string of must_contain: word by word, or, as
                         formats without one reading order leave it open (cells before or
                         after paragraphs, headers, contents), all its words somewhere; the
                         second kind is listed. Columns must come word by word.
    refuse_password      refused with a sentence that speaks of encryption
    refuse_broken        refused as damaged
    no_text_layer        recognised and marked so where tesseract is installed, else refused
                         with the sentence that says what to install
    garbled              the unusable text layer is not taken for text
    text_or_refuse_type  text, or refused by the name of its type
    bounded, no_crash    text or a refusal, within the limits
Every case must end within 20 s and 500 MB; beside the time on the clock, which grows with what
else the machine does, stands the computing time. Prints JSON; exit status 1 if any case fails.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from knowledge.errors import DocumentRefused
from knowledge.reading import parsing
from knowledge.types import Draft

SECONDS = 20.0
PEAK_BYTES = 500_000_000
TYPES = ("type", "archive", "Word", "Office", "picture", "damaged", "encrypted")


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("expectations", type=Path)
    arguments.add_argument("--id", action="append", default=[], help="only these cases")
    arguments.add_argument("--show", action="store_true", help="print the case files too")
    chosen = arguments.parse_args()
    lines = chosen.expectations.read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    if chosen.id:
        cases = [case for case in cases if case["id"] in chosen.id]
    tesseract = shutil.which("tesseract") is not None
    results = [run(case, chosen.expectations.parent, tesseract) for case in cases]
    failed = [result for result in results if not result["passed"]]
    report: dict[str, Any] = {
        "cases": len(results),
        "passed": len(results) - len(failed),
        "seconds_max": max((result["seconds"] for result in results), default=0.0),
        "cpu_seconds_max": max((result["cpu_seconds"] for result in results), default=0.0),
        "peak_mb_max": max((result["peak_mb"] for result in results), default=0),
        "tesseract": tesseract,
        "skipped": [] if tesseract else ["the recognition of scans: tesseract is not installed"],
        "order_differs": [result["id"] for result in results if result["elsewhere"]],
        "failed": failed,
    }
    if chosen.show:
        report["results"] = results
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if failed else 0


def run(case: dict[str, Any], folder: Path, tesseract: bool) -> dict[str, Any]:
    path = folder / case["file"]
    costs: list[parsing.Cost] = []
    draft: Draft | None = None
    refusal = error = None
    started = time.monotonic()
    try:
        draft = parsing.parse(path.read_bytes(), name=path.name, report=costs.append)
    except DocumentRefused as refused:
        refusal = str(refused)
    except Exception as unexpected:  # the evaluation goes on and reports it
        error = f"{type(unexpected).__name__}: {unexpected}"
    seconds = time.monotonic() - started
    peak = max((cost.peak_bytes for cost in costs), default=0)
    problem = error or judge(case, draft, refusal, tesseract)
    if seconds > SECONDS:
        problem = f"took {seconds:.1f} s"
    if peak > PEAK_BYTES:
        problem = f"held {peak / 1e6:.0f} MB"
    return {
        "id": case["id"],
        "expected": case["expected"],
        "passed": problem is None,
        "problem": problem,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(max((cost.cpu_seconds for cost in costs), default=0.0), 2),
        "peak_mb": round(peak / 1e6),
        "refusal": refusal,
        "characters": len(draft.text) if draft else 0,
        "elsewhere": [part for part in case["must_contain"] if draft and not verbatim(draft, part)],
        "warnings": list(draft.warnings) if draft else [],
    }


def judge(
    case: dict[str, Any], draft: Draft | None, refusal: str | None, tesseract: bool
) -> str | None:
    """What is wrong with the outcome; None if nothing is."""
    expected = case["expected"]
    if refusal is not None and ("\n" in refusal or not refusal.strip()):
        return "the refusal is not one line"
    if draft is not None and not draft.text.strip():
        return "an empty document"
    if expected == "text":
        if draft is None:
            return f"refused: {refusal}"
        missing = [part for part in case["must_contain"] if not holds(draft, part, case)]
        return f"missing: {missing}" if missing else None
    if expected == "refuse_password":
        good = refusal is not None and ("encrypt" in refusal or "password" in refusal)
        return None if good else f"not refused for its encryption: {refusal}"
    if expected == "refuse_broken":
        good = refusal is not None and ("damaged" in refusal or "incomplete" in refusal)
        return None if good else f"not refused as damaged: {refusal}"
    if expected == "no_text_layer":
        if draft is not None:
            marked = tesseract and any(section.recognised for section in draft.sections)
            return None if marked else "text that is not marked as recognised"
        good = "tesseract" in (refusal or "") or (tesseract and "scan" in (refusal or ""))
        return None if good else f"the refusal does not say what to do: {refusal}"
    if expected == "garbled":
        recognised = draft is not None and all(section.recognised for section in draft.sections)
        return None if refusal is not None or recognised else "a garbled layer was taken for text"
    if expected == "text_or_refuse_type":
        good = draft is not None or any(word in (refusal or "") for word in TYPES)
        return None if good else f"the refusal names no type: {refusal}"
    return None


def holds(draft: Draft, part: str, case: dict[str, Any]) -> bool:
    if verbatim(draft, part):
        return True
    if case["category"] == "pdf_layout":
        return False
    shown = [draft.text, *(aside.text for aside in draft.set_aside if aside.reason != "hidden")]
    return not Counter(words(part)) - Counter(words(" ".join(shown)))


def verbatim(draft: Draft, part: str) -> bool:
    """Whether the words of the part stand one after the other, marks between them apart."""
    return f" {' '.join(words(part))} " in f" {' '.join(words(draft.text))} "


def words(text: str) -> list[str]:
    # Pictographs are left out: PDFium gives none for glyphs that are pictures.
    return re.findall(r"[^\W_]+", text)


if __name__ == "__main__":
    sys.exit(main())
