"""Answer -> messages for Discord. Pure: the same answer gives the same sheets.

Everything that comes from a question or a document is escaped; links are made from stored
addresses only. What does not fit on one message goes on on the next; nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.escaping import block_quote, domain, escape, masked_link, one_line
from bot.pages import Press, Sheet, paginate
from bot.words import date_in_words, say
from knowledge import Answer, Citation, Line, Mode, Outcome, Shown

QUESTION_LENGTH = 200
"""How much of a question a public answer repeats, in characters."""

_PAGE = re.compile(r"(?i)pages? \d")
_MARK = re.compile(r"^\s*\[\d+\]\s*")


def answer_sheets(
    answer: Answer,
    locale: str,
    key: str,
    *,
    public: bool,
    sample: bool = False,
    share: bool = False,
) -> list[Sheet]:
    """Render an answer that answers; buttons stand on the last message."""
    blocks = [header(answer, locale, public=public, sample=sample), *body(answer, locale)]
    presses = [
        Press("passages", key, say("button.passages", locale)),
        Press("report", key, say("button.report", locale)),
        Press("share", key, say("button.share", locale))
        if share
        else Press("follow", key, say("button.follow", locale)),
    ]
    return _sheets(blocks, presses)


def abstention_sheets(
    answer: Answer, locale: str, key: str, *, sample: bool = False
) -> list[Sheet]:
    """Render what the record does not answer, for the asker alone."""
    if answer.searched is not None and answer.searched.documents == 0:
        return [Sheet((say("answer.empty", locale),))]
    blocks = [header(answer, locale, public=True, sample=sample), *body(answer, locale)]
    presses = []
    if answer.outcome is not Outcome.UNCLEAR:
        presses.append(Press("gap", key, say("button.tell_moderators", locale)))
    if answer.related and answer.outcome is Outcome.NOT_FOUND:
        presses.append(Press("related", key, say("button.related", locale)))
    if answer.outcome is Outcome.UNCLEAR:
        for number, choice in enumerate(answer.choices[:5]):
            label = choice if len(choice) <= 80 else choice[:79] + "…"
            presses.append(Press("choice", f"{key}.{number}", label))
    return _sheets(blocks, presses)


def _sheets(blocks: Sequence[str], presses: Sequence[Press]) -> list[Sheet]:
    sheets = [Sheet(page) for page in paginate(blocks)]
    if presses:
        sheets[-1] = sheets[-1].with_rows(presses)
    return sheets


def growing_sheet(question: str, sentences: Sequence[Shown], locale: str) -> Sheet:
    """Render what has passed the checks of an answer that is still being written. No buttons."""
    model = one_line(sentences[-1].model or say("answer.a_model", locale), 60)
    head = f"**“{one_line(question, QUESTION_LENGTH)}”**"
    head += f"\n-# {say('answer.growing', locale, model=model)}"
    blocks = [head, *(_marked(escape(s.text), s.numbers) for s in sentences)]
    return Sheet(paginate(blocks)[0])


def header(answer: Answer, locale: str, *, public: bool, sample: bool = False) -> str:
    """The question, what was expanded, who wrote the words, how new the newest source is."""
    lines = []
    if public:
        lines.append(f"**“{one_line(answer.question, QUESTION_LENGTH)}”**")
    facts = [f"{one_line(a)} = {one_line(b, 80)}" for a, b in answer.expanded.items()]
    if answer.understood_as:
        said = one_line(answer.understood_as, QUESTION_LENGTH)
        facts.append(say("answer.understood_as", locale, question=said))
    if answer.outcome is Outcome.ANSWERED:
        if answer.mode is Mode.MODEL:
            model = one_line(answer.model or say("answer.a_model", locale), 60)
            facts.append(say("answer.by_model", locale, model=model))
        elif answer.model:
            facts.append(say("answer.quoted_after", locale, model=one_line(answer.model, 60)))
        else:
            facts.append(say("answer.quoted", locale))
        dates = [c.date for c in answer.citations if c.date]
        if dates:
            newest = date_in_words(max(dates), locale)
            facts.append(say("answer.newest", locale, date=newest))
    if sample:
        facts.append(say("answer.sample", locale))
    if facts:
        lines.append("-# " + " · ".join(facts))
    return "\n".join(lines)


def body(answer: Answer, locale: str) -> list[str]:
    """The answer's lines as blocks: quotations under whose words they are, then the sources."""
    blocks: list[str] = []
    sources: list[str] = []
    notes: list[str] = []
    cited: dict[int, Citation] = {}
    for citation in (*answer.citations, *answer.related):
        cited.setdefault(citation.number, citation)  # a source is linked at its first quotation
    for line in answer.lines:
        if line.role == "lead":
            blocks.append(f"**{one_line(line.text)}**")
        elif line.role == "quote":
            blocks.append(_marked(block_quote(line.text), line.numbers))
        elif line.role == "source":
            sources.append(source_line(line, cited, locale))
        elif line.role == "note":
            if not _is_expansion(line.text, answer):
                notes.append(one_line(line.text))
        else:
            blocks.append(_marked(escape(line.text), line.numbers))
    blocks = _join_leads(blocks)
    blocks += sources
    if answer.outcome is Outcome.ANSWERED:
        legal = say("answer.not_advice", locale)
        if not any(legal in note for note in notes):
            notes.append(legal)
        blocks.append("-# " + " · ".join(notes))
    else:
        blocks += notes if not blocks else [f"-# {note}" for note in notes]
    return blocks


def _join_leads(blocks: list[str]) -> list[str]:
    """Keep a lead-in and the quotation below it in one block, so that no page parts them."""
    joined: list[str] = []
    for block in blocks:
        if joined and joined[-1].startswith("**") and joined[-1].endswith("**"):
            joined[-1] += "\n" + block
        else:
            joined.append(block)
    return joined


def _marked(text: str, numbers: Sequence[int]) -> str:
    marks = "".join(f" [{n}]" for n in numbers if f"[{n}]" not in text[-16:])
    return text + marks


def _is_expansion(text: str, answer: Answer) -> bool:
    """Notes that the header already holds: what was expanded, how the question was understood."""
    stripped = text.strip().rstrip(".")
    if any(stripped == f"{a} = {b}" for a, b in answer.expanded.items()):
        return True
    return answer.understood_as is not None and answer.understood_as in text


def source_line(line: Line, cited: dict[int, Citation], locale: str) -> str:
    """One line for one source: number, title as a link, where it leads, what it is."""
    text = _MARK.sub("", line.text)
    citation = cited.get(line.numbers[0]) if line.numbers else None
    if citation is None:
        return one_line(text)
    given = "" if stored_link(citation) else " · " + say("passages.file", locale)
    return f"[{citation.number}] {titled(citation, locale)} · {one_line(text)}{given}"


def titled(citation: Citation, locale: str) -> str:
    """The title as a link to the sentence or page, its domain and place as text beside it."""
    address = stored_link(citation)
    host = domain(address)
    label = citation.title or host or citation.publisher or say("card.untitled", locale)
    page = citation.locator if _PAGE.match(citation.locator or "") else None
    place = ", ".join(p for p in (host, page) if p)
    return masked_link(label, address) + (f" ({one_line(place, 120)})" if place else "")


def stored_link(citation: Citation) -> str | None:
    """The link into the document, only where it leads to the document's own stored address."""
    if domain(citation.url) is None:
        return None
    link = citation.link
    return link if link and domain(link) == domain(citation.url) else citation.url


def mention_line(key: str, locale: str) -> Sheet:
    """The one public line for a mention that the record does not answer."""
    line = say("answer.not_in_record", locale)
    return Sheet((line,), ((Press("show", key, say("button.show_me", locale)),),))


def citation_text(citation: Citation, locale: str) -> str:
    """A citation to copy, as plain text: author or publisher, title, date, address, place."""
    parts = [
        citation.author or citation.publisher,
        f"“{citation.title}”" if citation.title else None,
        citation.publisher if citation.author and citation.publisher != citation.author else None,
        date_in_words(citation.date, locale),
        citation.locator,
        citation.url,
    ]
    return ", ".join(p for p in parts if p) + "."
