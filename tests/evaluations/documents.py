"""Real documents read with everything we have: is the text whole, are the particulars true?

    python tests/evaluations/documents.py MANIFEST

MANIFEST has a document a line: `doc_id`, `file`, `text` (reference text), `title`, `org`,
`date`, `type`; paths relative to its folder. Text recall counts the reference's words that
were read, each as often as it is there: those that are indexed and those set aside with a
reason, which are shown on demand and not lost (a reference has page heads, line numbers,
hidden words and teasers too). `indexed` counts those that are indexed alone. Metadata is
scored on what the document states: an organisation or a date that neither text nor metadata
knows is left out, and so are documents that cannot be read. Names are compared without legal
suffixes, tickers and articles; any of several listed authors counts. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from knowledge.errors import DocumentRefused
from knowledge.reading import cleaning, loaders, metadata, written_dates
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.reading.organisations import parts
from knowledge.reading.preparing import tidy
from knowledge.types import Kind, Particulars

KINDS = {
    "letter_summary": Kind.SUMMARY,
    "staff_statement_summary": Kind.SUMMARY,
    "sec_staff_letter": Kind.LETTER,
    "company_response": Kind.LETTER,
    "speech_annotated": Kind.SPEECH,
    "bill": Kind.BILL,
    "federal_register": Kind.RULE,
    "executive_order": Kind.RULE,
    "news_page": Kind.ARTICLE,
}
SUFFIXES = frozenset(
    {"inc", "corp", "corporation", "co", "company", "llc", "ltd", "limited", "plc", "the", "us"}
    | {"u", "s", "of", "and", "for", "united", "states"}
)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def recall(reference: str, text: str) -> float:
    """The share of the reference's words that the text holds, each as often as it is there."""
    wanted, held = Counter(words(reference)), Counter(words(text))
    return sum((wanted & held).values()) / max(sum(wanted.values()), 1)


def name_words(name: str) -> set[str]:
    return {word for word in words(name) if word not in SUFFIXES}


def is_ticker(name: str) -> bool:
    """Whether a name is a stock exchange's sign for a company: a few capitals."""
    return bool(re.fullmatch(r"[A-Z]{1,5}", name))


def same_name(gold: str, given: str | None) -> bool:
    """Whether a name is the gold's, or one of the names that the gold lists."""
    if not given:
        return False
    own = name_words(given)
    if is_ticker(gold):
        return any(word.startswith(gold.casefold()) for word in own)
    for name in [gold, *parts(gold), *re.split(r",\s+|\s+and\s+", gold)]:
        wanted = name_words(name)
        if wanted and (wanted <= own or (own and own <= wanted)):
            return True
    return False


def read(path: Path) -> tuple[Loaded, Particulars, float]:
    started = time.process_time()
    loaded = loaders.load(path.read_bytes(), LoadOptions(name=path.name))
    loaded = cleaning.clean(tidy(loaded))
    particulars = metadata.read(loaded, name=path.name, url=None)
    return loaded, particulars, time.process_time() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--verbose", action="store_true", help="print every document")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.manifest.read_text("utf-8").splitlines() if line]
    folder = options.manifest.parent
    recalls: dict[str, float] = {}
    indexed: dict[str, float] = {}
    wrong: dict[str, list[Any]] = {"date": [], "organisation": [], "kind": []}
    left_out: dict[str, list[str]] = {"unread": [], "date": [], "organisation": []}
    counted: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    for row in rows:
        name = row["doc_id"]
        try:
            loaded, about, seconds[name] = read(folder / row["file"])
        except DocumentRefused as refusal:
            left_out["unread"].append(f"{name}: {refusal}")
            continue
        text = "\n".join(block.text for block in loaded.blocks)
        whole = "\n".join([text, *(part.text for part in loaded.set_aside)])
        if row["text"]:
            reference = (folder / row["text"]).read_text("utf-8")
            recalls[name] = recall(reference, whole)
            indexed[name] = recall(reference, text)
        if options.verbose:
            print(name, round(recalls.get(name, 0), 3), about, file=sys.stderr)
        counted["kind"] += 1
        kind = KINDS.get(row["type"], Kind.OTHER)
        if about.kind is not kind:
            wrong["kind"].append([name, kind, about.kind])
        if row["date"] is None or not _states_date(row["date"], whole, about):
            left_out["date"].append(name)
        else:
            counted["date"] += 1
            if not (about.date or "").startswith(row["date"]):
                wrong["date"].append([name, row["date"], about.date])
        known = f"{whole} {about.publisher} {about.author}"
        given = (about.author, about.publisher)
        right = any(same_name(row["org"], name) for name in given)
        if not right and not _holds(row["org"], known):
            left_out["organisation"].append(name)
        else:
            counted["organisation"] += 1
            if not right:
                wrong["organisation"].append([name, row["org"], *given])
    lowest = {
        kind: {name: round(value, 3) for name, value in sorted(found.items(), key=_second)[:6]}
        for kind, found in (("recall", recalls), ("indexed", indexed))
    }
    report = {
        "documents": len(rows),
        **{
            f"{kind}_{name}": round(figure(sorted(found.values())), 4)
            for kind, found in (("recall", recalls), ("indexed", indexed))
            for name, figure in (("median", statistics.median), ("p10", _tenth))
        },
        "lowest": lowest,
        **{
            field: round(1 - len(wrong[field]) / max(counted[field], 1), 4)
            for field in ("date", "organisation", "kind")
        },
        "counted": dict(counted),
        "wrong": wrong,
        "left_out": {
            "unread": left_out["unread"],
            "date: null, or stated nowhere in the document": left_out["date"],
            "organisation: missing from text and metadata": left_out["organisation"],
        },
        "cpu_seconds": round(sum(seconds.values()), 1),
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


def _second(item: tuple[str, float]) -> float:
    return item[1]


def _tenth(ordered: list[float]) -> float:
    """The 10th percentile of values in order."""
    return ordered[int(0.1 * len(ordered))]


def _holds(organisation: str, text: str) -> bool:
    """Whether a text names the organisation, or one of several."""
    held = set(words(text))
    if is_ticker(organisation):
        return any(word.startswith(organisation.casefold()) for word in held)
    names = [organisation, *re.split(r",\s+|\s+and\s+", organisation)]
    return any(name_words(name) and name_words(name) <= held for name in names)


def _states_date(date: str, text: str, about: Particulars) -> bool:
    if (about.date or "").startswith(date):
        return True
    return any(found.date.startswith(date) for found in written_dates.find(text))


if __name__ == "__main__":
    sys.exit(main())
