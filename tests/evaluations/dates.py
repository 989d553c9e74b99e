"""Relative dates in annotated sentences: resolved as a reader would, or left alone?

    python tests/evaluations/dates.py TRUTH

TRUTH has a sentence a line: `sentence`, `expression`, `anchor_date`, `resolved` (null: it must
stay undated) and perhaps `resolved_alt`. A sentence is right if one of its dates is the
expected one, or if it has none and none is expected. Expressions that are full dates already
are no business of ours and left out. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from knowledge.reading import dates, written_dates


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("truth", type=Path)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.truth.read_text("utf-8").splitlines() if line]
    left_out = [row["expression"] for row in rows if written_dates.only(row["expression"])]
    wrong = []
    for row in rows:
        if row["expression"] in left_out:
            continue
        expected = {row["resolved"], *(row.get("resolved_alt") or ())} - {None}
        found = {one.date for one in dates.mentions(row["sentence"], row["anchor_date"])}
        if not (found & expected if expected else not found):
            wrong.append([row["sentence"], sorted(expected), sorted(found)])
    scored = len(rows) - len(left_out)
    report = {
        "sentences": scored,
        "right": scored - len(wrong),
        "wrong": wrong,
        "left_out": left_out,
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
