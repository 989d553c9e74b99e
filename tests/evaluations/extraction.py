"""How much of an article is kept, and how little of the page around it.

    python tests/evaluations/extraction.py TRUTH [--snippets] [--worst N]

TRUTH has a page a line: `id`, `html` (a gzip file, relative to TRUTH's folder), `url`, and
`articleBody`; with --snippets instead `with` and `without`: strings that must and must not
survive. The body is scored as the article extraction benchmark publishes it: shingles of
four words, as a multiset; precision and recall are means over pages, F1 is made from the
means. Snippets: every string is one decision. trafilatura alone is scored beside us.
Prints JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trafilatura

from knowledge.errors import DocumentRefused
from knowledge.reading import cleaning
from knowledge.reading.loaders import html
from knowledge.reading.loaders.types import LoadOptions
from knowledge.reading.preparing import tidy

SHINGLE = 4
_WORD = re.compile(r"\w+")

Extract = Callable[[bytes, str], str]


def ours(page: bytes, url: str) -> str:
    try:
        loaded = cleaning.clean(tidy(html.load(page, LoadOptions(url=url))))
    except DocumentRefused:
        return ""
    return "\n\n".join(block.text for block in loaded.blocks)


def alone(page: bytes, url: str) -> str:
    return trafilatura.extract(page, include_comments=False) or ""


def plain(text: str) -> str:
    """A text without soft hyphens, on one line."""
    return " ".join(text.replace("\u00ad", "").split())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    count = max(1, len(words) - SHINGLE + 1)
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(count if words else 0))


def body_scores(gold: str, text: str) -> tuple[float, float]:
    """Precision and recall of one page."""
    wanted, given = shingles(gold), shingles(text)
    right = sum((wanted & given).values())
    precision = right / sum(given.values()) if given else 0.0
    return precision, right / sum(wanted.values()) if wanted else 1.0


def harmonic(precision: float, recall: float) -> float:
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def bodies(rows: list[dict[str, Any]], folder: Path, extract: Extract) -> dict[str, Any]:
    started = time.process_time()
    scores = {}
    for row in rows:
        page = gzip.decompress((folder / row["html"]).read_bytes())
        scores[row["id"]] = body_scores(row["articleBody"], extract(page, row["url"]))
    precision = sum(one for one, _ in scores.values()) / len(scores)
    recall = sum(one for _, one in scores.values()) / len(scores)
    return {
        "f1": round(harmonic(precision, recall), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "cpu_seconds_a_page": round((time.process_time() - started) / len(rows), 3),
        "pages": {name: [round(one, 3) for one in pair] for name, pair in scores.items()},
    }


def snippets(rows: list[dict[str, Any]], folder: Path, extract: Extract) -> dict[str, Any]:
    started = time.process_time()
    kept = lost = passed = 0
    pages: dict[str, Any] = {}
    for row in rows:
        page = gzip.decompress((folder / row["html"]).read_bytes())
        text = plain(extract(page, row["url"]))
        missing = [one for one in row["with"] if plain(one) not in text]
        extra = [one for one in row["without"] if plain(one) in text]
        kept += len(row["with"]) - len(missing)
        lost += len(missing)
        passed += len(extra)
        pages[row["id"]] = [missing, extra]
    return {
        "f1": round(2 * kept / (2 * kept + lost + passed), 4),
        "precision": round(kept / max(kept + passed, 1), 4),
        "recall": round(kept / max(kept + lost, 1), 4),
        "cpu_seconds_a_page": round((time.process_time() - started) / len(rows), 3),
        "pages": pages,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("truth", type=Path)
    parser.add_argument("--snippets", action="store_true", help="score keep and drop strings")
    parser.add_argument("--worst", type=int, default=0, help="name so many of our worst pages")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.truth.read_text("utf-8").splitlines() if line]
    score = snippets if options.snippets else bodies
    report: dict[str, Any] = {"pages": len(rows)}
    for name, extract in (("ours", ours), ("trafilatura alone", alone)):
        found = score(rows, options.truth.parent, extract)
        pages = found.pop("pages")
        report[name] = found
        if name == "ours" and options.worst:
            if options.snippets:
                ordered = sorted(pages.items(), key=lambda item: -sum(map(len, item[1])))
            else:
                ordered = sorted(pages.items(), key=lambda item: harmonic(*item[1]))
            report["worst"] = dict(ordered[: options.worst])
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
