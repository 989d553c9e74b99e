"""One deed on a record in a process of its own: what the shim is preloaded into.

    python -m tests.faults.one_deed HOME add NUMBER | remove ID | reindex MODEL

Ends with status 0, or 1 and one line on standard error. A count of system calls
can only be repeated in a process that does nothing else.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from knowledge.errors import KnowledgeError
from tests.faults import record


def main(home: str, deed: str, what: str) -> int:
    try:
        if deed == "add":
            record.add(Path(home), record.text_of(int(what)))
        elif deed == "remove":
            record.remove(Path(home), what)
        else:
            record.reindex(Path(home), what)
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    status = main(*sys.argv[1:4])
    sys.stderr.flush()
    # Chroma's own threads would otherwise be waited for.
    sys.exit(status) if os.environ.get("SHIM_COUNT") else os._exit(status)
