"""Does the chosen quotation stand on the page that holds the evidence?

    python tests/evaluations/evidence.py --questions questions.jsonl [--limit N]

Questions as in FinanceBench: `question`, `company`, `evidence` [{"doc", "page", "page_text"}]. The
pages of all questions together are one record, a page a document with its company as
author; a question counts when the first quotation of its answer is in one of its pages.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from abstention import Reader
from follow_ups import ask
from retrieval import read

from knowledge.text import fold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    rows = read(options.questions)[: options.limit]
    with tempfile.TemporaryDirectory() as folder:
        passages = Path(folder) / "pages.jsonl"
        passages.write_text("\n".join(json.dumps(part) for row in rows for part in pieces(row)))
        reader = Reader(Path(folder) / "record", passages)
        outcomes: Counter[str] = Counter()
        held = shown = 0
        for row in rows:
            answer, _ = ask(reader, {"turns": [{"speaker": "user", "text": row["question"]}]})
            outcomes[str(answer.outcome)] += 1
            pages = [fold(e["page_text"]) for e in row["evidence"]]
            quotes = [c.quote for c in (*answer.citations, *answer.related)][:1]
            held += any(fold(q) in page for q in quotes for page in pages)
            shown += bool(answer.citations)
    print(f"{len(rows)} questions: {dict(outcomes)}")
    print(f"first quotation (answered or related) on an evidence page: {held / len(rows):.3f}")


def pieces(row: dict) -> list[dict[str, str]]:  # type: ignore[type-arg]
    """Cut pages into passages of some 900 characters at line ends."""
    found = []
    for evidence in row["evidence"]:
        lines, part = evidence["page_text"].split("\n"), ""
        name = f"{evidence['doc']} {evidence['page']}"
        for line in [*lines, None]:
            if line is None or len(part) + len(line) > 900:
                if part.strip():
                    found.append(
                        {
                            "id": f"{name} {len(found)}",
                            "doc": name,
                            "title": name.replace("_", " "),
                            "author": row["company"],
                            "text": part,
                        }
                    )
                part = ""
            part += f"{line or ''}\n"
    return found


if __name__ == "__main__":
    sys.exit(main())
