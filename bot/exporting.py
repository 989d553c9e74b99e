"""A server's reports and gaps as golden questions: what `footnote eval` reads.

Nothing of who sent them goes along. What a right answer must hold is left for the
moderator to write: a question without it counts as right as soon as it is answered.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from bot.kept import Report


def golden_lines(reports: Sequence[Report]) -> str:
    """Return one JSON object a line, the oldest first; a question asked often comes once.

    A reported answer and a gap both wait for a right answer, so `expected` is "answer";
    whoever knows that the matter is absent changes it to "abstain".
    """
    lines: dict[str, str] = {}
    for report in sorted(reports, key=lambda report: report.at):
        day = time.strftime("%Y-%m-%d", time.gmtime(report.at))
        row = {
            "id": f"{report.kind}-{report.id}",
            "type": report.kind,
            "question": report.question,
            "expected": "answer",
            "must_include": [],
            "evidence": [],
            "note": "; ".join(part for part in (day, report.reason, report.note) if part),
        }
        key = " ".join(report.question.casefold().split()).rstrip("?!. ")
        lines.setdefault(key, json.dumps(row, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines.values())
