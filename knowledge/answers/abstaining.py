"""When the record does not answer: names it does not hold, scores below the line, unclear words.

Thresholds: see ANSWERS_FROM and RELATED_FROM, calibrated by tests/evaluations/abstention.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from knowledge.answers.citing import frame
from knowledge.answers.glossary import Glossary, initials, learn
from knowledge.answers.questions import Understood
from knowledge.answers.sentences import Candidate
from knowledge.answers.speakers import stands_in
from knowledge.text import bag, fold, stems
from knowledge.types import Document, Hit, Outcome, Query

ANSWERS_FROM = 0.40
"""Least confidence of the best sentence for an answer: where unanswerable turns of mtRAG-UN's
first half are refused as they were at .36 without other words. On that half (AUROC .90) and on
300 questions of ObliQA's (paragraph absent: AUROC .68), November 2026: at .35 answerable kept
.86 / .97, absent refused .71 / .06; at .40 .82 / .96 and .82 / .09; at .45 .73 / .94 and
.82 / .16; at .50 .68 / .91 and .88 / .21.
A logistic combination with the late interaction of the best passage and its lead over the
others, fitted on one half of both sets, was tried and not kept: on the other half AUROC
.930 for .925 (mtRAG-UN), .700 for .666 (ObliQA, paragraph absent), but .815 for .833
(document absent) and .81 for .93 on 23 answerable and 31 absent questions over regulatory
letters, where near-copies leave no lead."""

RELATED_FROM = 0.20
"""Least confidence of the best sentence that is worth showing as possibly related."""

TOPIC_FROM = 0.33
"""Least share of what is asked, names and dates apart, near the best sentence ... Below it are as
many questions as were below .20 without other words (.39 on ObliQA, .31 on mtRAG-UN)."""

MEANING_FROM = 0.6
"""... or least cosine of the best sentence: a paraphrase shares few words."""

TOP = 5
"""Passages that must hold the question's names."""

_GENERIC = bag(
    """the a an of for and in on at to by u.s us inc corp ltd llc group holdings company co securities
    association commission commissioner chair chairman president staff senator representative mr ms mrs
    dr letter act rule order article section board department division committee"""  # noqa: E501
)


def unclear(query: Query, understood: Understood, hits: Sequence[Hit]) -> str | None:
    """Return the word to ask back about, or None when the question can be read one way.

    An acronym with several meanings is clear after all when the best passages hold one only.
    """
    if understood.unclear is None:
        return None
    if not understood.choices:
        return understood.unclear
    return None if len(_fitting(understood, hits)) == 1 else understood.unclear


def settle(understood: Understood, hits: Sequence[Hit]) -> Understood:
    """Return the question with an ambiguous acronym read as the best passages have it."""
    fitting = _fitting(understood, hits) if understood.choices else []
    if len(fitting) != 1 or understood.unclear is None:
        return understood
    long = fitting[0].rsplit(" (", 1)[0]
    return replace(understood, expanded={**understood.expanded, understood.unclear: long})


def _fitting(understood: Understood, hits: Sequence[Hit]) -> list[str]:
    text = " ".join(fold(f"{frame(hit.entry.particulars)} {hit.passage.text}") for hit in hits[:3])
    return [c for c in understood.choices if fold(c.rsplit(" (", 1)[0]) in text]


def absent(
    understood: Understood,
    hits: Sequence[Hit],
    glossary: Glossary,
    documents: Callable[[str], Document],
) -> tuple[str, ...]:
    """Return the names of the question that no top passage, title, author or publisher holds.

    A name is held when each of its own words is, up to inflection and a shared beginning
    ("Fed" in "Federal"), when a short or long form of it is, or when it stands as a whole
    elsewhere in one of these documents.
    """
    held: set[str] = set()
    phrases = []
    shorts: set[str] = set()
    for hit in hits[:TOP]:
        about = hit.entry.particulars
        shorts.update(
            fold(initials(x)) for x in (about.author, about.publisher, about.addressee) if x
        )
        phrases.append(fold(f"{frame(about)} {hit.passage.text}"))
        held.update(re.findall(r"[^\W_]+", phrases[-1]))
    held |= {s for s in shorts if len(s) > 1}
    whole = " ".join(phrases)
    # Words written small are a term ("return on assets" for ROA): its absence proves nothing.
    # So does that of a short form which the question itself explains.
    own = learn(understood.question)
    asked = [
        name
        for name in understood.names
        if name not in own and not (name.islower() and " " in name)
    ]
    left = [name for name in asked if not _held(name, understood, held, whole, glossary)]
    if not left:
        return ()
    ids = dict.fromkeys(hit.passage.document_id for hit in hits[:TOP])
    read = [documents(id) for id in ids]
    texts = [
        f"{d.entry.source} {d.entry.particulars.title} {d.entry.particulars.author}\n{d.text}"
        for d in read
    ]
    return tuple(n for n in left if not any(stands_in(n, text) for text in texts))


def _held(
    name: str, understood: Understood, words: set[str], whole: str, glossary: Glossary
) -> bool:
    forms = {name, *glossary.expansions(name), *glossary.shorts(name)}
    forms.update(short for short, long in understood.expanded.items() if long == name)
    for form in forms:
        plain = fold(form)
        if re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", whole):
            return True
        own = [w for w in re.findall(r"[^\W_]+", plain) if w not in _GENERIC]
        own = own or re.findall(r"[^\W_]+", plain)
        if all(_has(w, words) for w in own):
            return True
    return False


def _has(word: str, words: set[str]) -> bool:
    if word in words:
        return True
    stem = stems(word)
    if stem and any(stem == stems(w) for w in words if w[:3] == word[:3]):
        return True
    return len(word) >= 3 and not word.isdigit() and any(w.startswith(word) for w in words)


# What such a word asks for is said without the word itself.
_SAID_OTHERWISE = bag(
    """kind type sort way date day time year month number amount share percentage reason view
    position argument opinion claim point stance words role part step answer reply response
    thing else"""
)
_MATTER = re.compile(r"\bwhat ([a-z]{4,}) (?:does|do|did|has|have|is|are|was|were|will|would)\b")


def matter(understood: Understood) -> str | None:
    """Return the stem of the thing asked for by name ("what penalties does ... set"), or None."""
    found = _MATTER.search(fold(understood.question))
    if found is None or found.group(1) in _SAID_OTHERWISE or found.group(1)[:-1] in _SAID_OTHERWISE:
        return None
    return next(iter(stems(found.group(1))), None)


def _names_matter(understood: Understood, scored: Sequence[Candidate]) -> bool:
    """Say whether the documents to be quoted name the thing that is asked for."""
    wanted = matter(understood)
    if wanted is None:
        return True
    return any(
        wanted in stems(f"{c.document.entry.particulars.title}\n{c.document.text}")
        for c in scored[:3]
    )


def decide(
    understood: Understood,
    hits: Sequence[Hit],
    scored: Sequence[Candidate],
    absent_names: Sequence[str],
    missing: Sequence[str],
) -> Outcome:
    """Return answered, related or not found.

    A sentence whose document holds none of the question's names decides nothing: it is
    about something else, however alike.
    """
    if understood.names:
        scored = [c for c in scored if c.held > 0]
    best = max((c.confidence for c in scored[:3]), default=0.0)
    if not hits or best < RELATED_FROM or missing:
        return Outcome.NOT_FOUND
    if absent_names or best < ANSWERS_FROM:
        return Outcome.RELATED
    topic = max(c.topic for c in scored[:3])
    meaning = max(c.cosine for c in scored[:3])
    if topic < TOPIC_FROM and meaning < MEANING_FROM:
        return Outcome.RELATED
    if not _names_matter(understood, scored):
        return Outcome.RELATED
    return Outcome.ANSWERED
