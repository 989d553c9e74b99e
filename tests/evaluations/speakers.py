"""Whose words: the label of every sentence that holds a statement with a known speaker.

    python tests/evaluations/speakers.py --statements S.jsonl --documents D.jsonl --root DATA

Statements: `doc_id`, `quote`, `speakers`, `directness` (verbatim, reported,
own_document, unnamed). Documents: `doc_id`, `source` (a text file under the root, or
`file.jsonl#id` with `articleBody`), `org`, `type`, `date`. A label is wrong when it names
someone as the speaker of quoted words who is not; the publisher's report of what
somebody said is the publisher's sentence. No name is never wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from knowledge.answers.speakers import Status, same_name, voices
from knowledge.types import Document, Entry, Kind, Particulars

KINDS = {"news": Kind.ARTICLE, "news_page": Kind.ARTICLE}


def document(row: dict[str, Any], root: Path) -> Document:
    place, _, wanted = row["source"].partition("#")
    text = (root / place).read_text(encoding="utf-8")
    if wanted:
        rows = map(json.loads, text.splitlines())
        text = next(r["articleBody"] for r in rows if r["id"] == wanted)
    sort = row["type"]
    kind = KINDS.get(sort) or (
        Kind.SUMMARY if "summary" in sort else Kind.LETTER if "letter" in sort else Kind.OTHER
    )
    article = kind is Kind.ARTICLE
    about = Particulars(
        row["title"], row["org"] if article else None, None if article else row["org"],
        date=row["date"], kind=kind,
    )  # fmt: skip
    return Document(Entry(row["doc_id"], "x", about, place, 1, ""), text, ())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("statements", "documents", "root"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    documents = {
        row["doc_id"]: document(row, options.root)
        for row in map(json.loads, options.documents.read_text(encoding="utf-8").splitlines())
    }
    counts: Counter[tuple[str, str]] = Counter()
    wrong = 0
    for line in options.statements.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        one = documents[row["doc_id"]]
        pattern = r"\s+".join(re.escape(word) for word in row["quote"].split())
        found = re.search(pattern, one.text)
        if found is None:
            counts[row["directness"], "not in the text"] += 1
            continue
        for voice in voices(one, found.start(), found.end())[:1]:
            counts[row["directness"], str(voice.status)] += 1
            named = voice.speaker if voice.status is Status.QUOTED else None
            if voice.status is Status.OWN and row["directness"] == "own_document":
                named = voice.speaker
            if named and not any(same_name(named, speaker) for speaker in row["speakers"]):
                wrong += 1
                print(f"{row['id']}: {named}, not {row['speaker']}")
    for (directness, status), count in sorted(counts.items()):
        print(f"{directness:<14} {status:<16} {count}")
    print(f"wrong speakers: {wrong}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
