"""What a child of the bot does: `python -m bot.child preview|add FOLDER`, a JSON request on stdin.

The same verbs as the command line's, over bytes that are kept between a preview and its *Add*, so
that what is indexed is what was shown. The folder holds the bytes and what is known of them.
Prints one JSON object: the result, or {"refused": sentence}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from knowledge import Entry, KnowledgeError, Record, Settings, Source

BYTES = "bytes"
FACTS = "facts.json"


def save(folder: Path, source: Source) -> None:
    """Keep a source's bytes and facts in a folder that exists."""
    facts = {
        "name": source.name,
        "url": source.url,
        "media_type": source.media_type,
        "etag": source.etag,
        "last_modified": source.last_modified,
    }
    (folder / BYTES).write_bytes(source.data)
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def load(folder: Path) -> Source:
    """Give back what `save` kept."""
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return Source((folder / BYTES).read_bytes(), **facts)


def work(verb: str, folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Do one verb and give its JSON."""
    library, given = request["library"], dict(request.get("given") or {})
    with Record.open(Settings(), wait_seconds=float(request.get("wait", 300))) as record:
        if verb == "preview":
            if request.get("url"):
                save(folder, record.keeping.fetch(request["url"]))
            return record.keeping.preview(load(folder), library=library, given=given).as_json()
        result = record.keeping.add(
            load(folder), library=library, given=given, actor=request["actor"]
        )
        return {
            "id": result.entry.id,
            "title": result.entry.particulars.title,
            "source": result.entry.source,
            "passages": result.entry.passages,
            "already": result.already,
            "older": _named(result.may_replace),
        }


def _named(entry: Entry | None) -> dict[str, str] | None:
    """A document by its id and title."""
    if entry is None:
        return None
    return {"id": entry.id, "title": entry.particulars.title or entry.source}


def main() -> int:
    """Run one request; a refusal is an answer, not a failure."""
    request = json.loads(sys.stdin.read())
    try:
        answer = work(sys.argv[1], Path(sys.argv[2]), request)
    except KnowledgeError as error:
        answer = {"refused": str(error)}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
