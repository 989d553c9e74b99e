"""A draft as it streams in, verified sentence by sentence, and the Answer made of what holds. Pure."""  # noqa: E501

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from knowledge.answers.citing import cite, source_line
from knowledge.answers.composing import MAX_TEXT, plain
from knowledge.answers.phrases import say
from knowledge.answers.speakers import own_speaker
from knowledge.drafts import prompts
from knowledge.drafts.checks import Similarity
from knowledge.drafts.claims import Context
from knowledge.drafts.evidence import Source, cited
from knowledge.drafts.markers import pieces, ready, strip
from knowledge.drafts.verification import Judged, Verdict, Verification, collect, judge
from knowledge.text import fold, stems
from knowledge.types import Answer, Citation, Document, Line, Mode, Outcome, Shown


class Sifter:
    """Takes a draft in pieces and lets through what holds. Lives for one draft."""

    def __init__(
        self,
        sources: Sequence[Source],
        question: str,
        glossary: Mapping[str, str],
        similarity: Similarity | None,
        locale: str,
        on_sentence: Callable[[Shown], None] | None = None,
    ) -> None:
        self.sources = tuple(sources)
        self.draft = ""
        self.missing: list[str] = []
        self.refused = False
        self._context = Context(self.sources, question, glossary)
        self._similarity = similarity
        self._locale = locale
        self._on_sentence = on_sentence
        self._rest = ""
        self._judged: list[Judged] = []
        self._shown = 0

    def feed(self, text: str) -> None:
        """Take the next piece of the draft; whole sentences are judged at once."""
        self.draft += text
        whole, self._rest = ready(self._rest + text)
        self._take(whole)

    def finish(self) -> None:
        """Judge what is left: the draft is complete."""
        whole, self._rest = self._rest, ""
        self._take(whole)

    @property
    def verification(self) -> Verification:
        """The verdicts so far."""
        return collect(self._judged)

    def sentences(self) -> list[Shown]:
        """Return what may be shown so far, in order."""
        verification = self.verification
        order = document_order(self.sources, verification)
        return [_shown(s, self.sources, order, self._locale) for s in verification.shown]

    def _take(self, text: str) -> None:
        for line in text.splitlines():
            bare = line.strip(" *_-#>")
            if fold(bare).startswith(fold(prompts.MISSING)):
                self._note_missing(bare[len(prompts.MISSING) :])
            elif fold(strip(bare)).strip(" .") == fold(prompts.REFUSAL).strip(" ."):
                self.refused = True
            else:
                self._judged += [judge(p, self._context, self._similarity) for p in pieces(line)]
        if self._on_sentence:
            found = self.sentences()
            for sentence in found[self._shown :]:
                self._on_sentence(sentence)
            self._shown = max(self._shown, len(found))

    def _note_missing(self, part: str) -> None:
        """Keep the part of the question that is not answered, if it is a part of the question."""
        plain_part = strip(part).strip(" .<>[]\"'“”")
        asked = set(stems(self._context.question))
        if plain_part and len(plain_part) <= 160 and set(stems(plain_part)) <= asked:
            self.missing.append(plain_part)


def document_order(sources: Sequence[Source], verification: Verification) -> dict[str, int]:
    """Return the number of each cited document: citations of one document share it."""
    order: dict[str, int] = {}
    for marker in verification.cited:
        order.setdefault(sources[marker.hit - 1].hit.entry.id, len(order) + 1)
    return order


def _shown(
    judged: Judged, sources: Sequence[Source], order: Mapping[str, int], locale: str
) -> Shown:
    ids = [sources[marker.hit - 1].hit.entry.id for marker in judged.markers]
    text = judged.text
    if judged.verdict is Verdict.MARKED:
        text = f"{text} ({say('not_literal', locale)})"
    return Shown(text, tuple(sorted({order[id] for id in ids})))


def compose(
    sifter: Sifter,
    quotes: Answer,
    documents: Mapping[str, Document],
    *,
    model: str,
    locale: str,
) -> Answer | None:
    """Return the answer made of the verified sentences, or None if there is none.

    `quotes` is the answer in quotations over the same hits: what it knows of the
    question stays. Sentences are left out from the end until the text has at most
    MAX_TEXT characters, and notes before sentences: what was composed of the beginning
    of a draft is the beginning of what is composed of the whole. Every citation is
    checked to be its document's very text.
    """
    verification = sifter.verification
    shown = sifter.sentences()
    while shown:
        kept = verification.shown[: len(shown)]
        found = collect(kept)
        order = document_order(sifter.sources, found)
        citations = _citations(found, sifter.sources, order, documents)
        lines = [Line("written", s.text, s.numbers) for s in shown]
        lines += _sources(citations, order, documents, locale)
        for part in sifter.missing[:2]:
            note = Line("note", say("not_in_record", locale, part=part))
            lines += [note] if len(_text([*lines, note])) <= MAX_TEXT else []
        text = _text(lines)
        if len(text) <= MAX_TEXT or len(shown) == 1:
            return replace(
                quotes,
                outcome=Outcome.ANSWERED,
                text=text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…",
                lines=tuple(lines),
                citations=citations,
                related=(),
                choices=(),
                premise=None,
                mode=Mode.MODEL,
                model=model,
                missing=tuple(dict.fromkeys([*quotes.missing, *sifter.missing])),
            )
        shown = shown[:-1]
    return None


def _citations(
    verification: Verification,
    sources: Sequence[Source],
    order: Mapping[str, int],
    documents: Mapping[str, Document],
) -> tuple[Citation, ...]:
    found: dict[tuple[str, int, int], Citation] = {}
    for marker in verification.cited:
        sentence = cited(sources, marker)
        entry = sources[marker.hit - 1].hit.entry
        if sentence is None:
            continue
        place = (entry.id, sentence.start, sentence.end)
        if place not in found:
            document = documents[entry.id]
            speaker = sentence.speaker or own_speaker(entry.particulars)
            found[place] = cite(
                document, sentence.start, sentence.end, number=order[entry.id], speaker=speaker
            )
    return tuple(sorted(found.values(), key=lambda c: (c.number, c.start)))


def _sources(
    citations: Sequence[Citation],
    order: Mapping[str, int],
    documents: Mapping[str, Document],
    locale: str,
) -> list[Line]:
    lines = []
    for id, number in order.items():
        places = {c.locator for c in citations if c.number == number}
        line = source_line(
            documents[id].entry.particulars,
            number,
            locator=places.pop() if len(places) == 1 else None,
            replaced_on=documents[id].entry.replaced_on,
            recognised=any(c.recognised for c in citations if c.number == number),
            excerpt=documents[id].entry.excerpt,
            locale=locale,
        )
        lines.append(Line("source", line, (number,)))
    return lines


def _text(lines: Sequence[Line]) -> str:
    dressed = [
        replace(line, text=f"{line.text} {''.join(f'[{n}]' for n in line.numbers)}")
        if line.role == "written"
        else line
        for line in lines
    ]
    return plain(dressed)


def with_note(quotes: Answer, note: str) -> Answer:
    """Return the answer in quotations with one more note, in its text too where it fits."""
    text = f"{quotes.text}\n{note}" if quotes.text else note
    return replace(
        quotes,
        text=text if len(text) <= MAX_TEXT else quotes.text,
        lines=(*quotes.lines, Line("note", note)),
    )


def names_only_from(rewritten: str, said: str) -> bool:
    """True if every name, number and content word of a rewritten question stands in what was said.

    One further content word is allowed: "does" may become "plan".
    """
    plain_question = strip(rewritten)
    known = set(stems(said))
    new = [stem for stem in stems(plain_question) if stem not in known]
    capitals = re.findall(r"(?<!^)\b[A-Z][\w&.-]*|\d[\d.,]*", plain_question)
    told = fold(said)
    return len(set(new)) <= 1 and all(fold(word).strip(".,") in told for word in capitals)
