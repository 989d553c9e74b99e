"""Who holds what on which topic: asked of each organisation, answered in its own words or not.

    python tests/evaluations/positions.py --positions P.jsonl --home FOLDER [--library NAME]

A line has `organisation`, `topic`, `has_statement`, and where it has one `doc_id` (the name of
the document's file without ending) and `quote`. A record that holds the documents lies in the
folder. Where there is no statement, nothing may be given to the organisation: the answer is an
abstention, or quotes nobody as that organisation.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from knowledge import Record, Settings
from knowledge.answers.speakers import same_name
from knowledge.text import fold
from knowledge.types import Answer, Outcome, Query


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--positions", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--library", default="evaluation")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.positions.read_text("utf-8").splitlines() if line]
    held = said = silent = wrong = 0
    with Record.open(Settings(home=options.home), create=False) as record:  # type: ignore[call-arg]
        for row in rows:
            question = f"What does {row['organisation']} say about {row['topic']}?"
            answer = record.ask(Query(question, (options.library,)))
            own = given_to(row["organisation"], answer) or reports(row["quote"], answer)
            if row["has_statement"]:
                held += 1
                said += own
            else:
                silent += 1
                wrong += own
            fine = own == row["has_statement"]
            print(f"{row['id']} {answer.outcome} {'right' if fine else 'WRONG'}: {question}")
    print(
        f"statements found: {said} of {held}; given to a silent organisation: {wrong} of {silent}"
    )
    return 0


def given_to(organisation: str, answer: Answer) -> bool:
    """Say whether an answer quotes words as an organisation's, or a summary of its document."""
    return answer.outcome is Outcome.ANSWERED and any(
        same_name(organisation, citation.speaker or citation.author or "")
        for citation in answer.citations
    )


def reports(quote: str | None, answer: Answer) -> bool:
    """Say whether an answer quotes another's report of the statement."""
    wanted = fold(quote or "")
    return bool(wanted) and any(
        wanted in fold(citation.quote) or fold(citation.quote) in wanted
        for citation in answer.citations
    )


if __name__ == "__main__":
    sys.exit(main())
