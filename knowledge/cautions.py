"""What a moderator should look at before a document answers."""

from __future__ import annotations

from knowledge import text
from knowledge.drafts import instructions
from knowledge.reports import MAX_WARNINGS
from knowledge.types import Draft


def found(draft: Draft) -> tuple[str, ...]:
    """What a moderator should look at: the parser's warnings, and sentences that give orders."""
    told = list(draft.warnings)
    orders = []
    for span in text.sentences(draft.text):
        sentence = " ".join(draft.text[span.start : span.end].split())
        if instructions.commands(sentence):
            orders.append(sentence)
    for sentence in orders[:MAX_WARNINGS]:
        told.append(f"This sentence reads like an instruction to an assistant: {sentence[:200]}")
    if len(orders) > MAX_WARNINGS:
        told.append(f"{len(orders) - MAX_WARNINGS} more sentences read like instructions.")
    hidden = sum(aside.reason == "hidden" for aside in draft.set_aside)
    if hidden:
        noun = "passage" if hidden == 1 else "passages"
        verb = "was" if hidden == 1 else "were"
        told.append(f"{hidden} {noun} hidden from readers {verb} set aside.")
    return tuple(dict.fromkeys(told))
