"""Text to passages: whole sentences, within the window of the model, each with a locator."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.reading.drafting import PATH
from knowledge.text import paragraphs, sentences
from knowledge.types import Passage, Section

Count = Callable[[Sequence[str]], list[int]]

TARGET_TOKENS = 200
"""Word pieces a passage of a long section aims for. Long enough to hold a thought with what
it refers to, short enough that a vector stands for one thought; the model's window is 256."""
SMALL_TOKENS = 80
"""Sections below this many word pieces join their neighbours, and the locator says so."""
LOCATOR_CHARS = 80
"""Longest path of headings in a locator, in characters; longer ones lose their beginning."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """A stretch that is not cut unless it alone is too long: a sentence, as a rule."""

    start: int
    end: int
    tokens: int
    closes: bool
    """Whether a paragraph ends with it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Sections that are read as one: the same heading over several pages, or small neighbours."""

    sections: tuple[Section, ...]
    atoms: tuple[_Atom, ...]

    @property
    def tokens(self) -> int:
        return _tokens(self.atoms)


def chunk(
    text: str,
    sections: Sequence[Section],
    *,
    document_id: str,
    count_tokens: Count,
    max_tokens: int = 256,
) -> list[Passage]:
    """Split a document into passages of at most `max_tokens`, in the order of the text.

    `count_tokens` gives the number of word pieces of each text, special ones included.
    Every passage is a span of the text, `text[start:end]`, and starts and ends with a
    sentence unless that sentence alone is longer than the window. A passage never goes
    over a heading or a page without its locator saying so: "pages 3-4". Passages do not
    overlap and together hold every character but white space. The id depends on the
    document, the offsets and the text, so the same document gives the same ids.
    """
    passages = []
    starts = [section.start for section in sections]
    for run in _merged(_runs(text, sections, count_tokens, max_tokens)):
        for start, end in _packed(text, run.atoms, count_tokens, max_tokens):
            words = text[start:end]
            passages.append(
                Passage(
                    id=_id(document_id, start, end, words),
                    document_id=document_id,
                    start=start,
                    end=end,
                    text=words,
                    locator=_locate(sections, starts, start, end),
                )
            )
    return passages


def locate(sections: Sequence[Section], start: int, end: int) -> str | None:
    """Where `text[start:end]` stands, for a person: "page 3", "pages 3-4", "Sec. 203(b)",
    "Findings > Scope". None where nothing is known. Sections must be in order."""
    return _locate(sections, [section.start for section in sections], start, end)


def _locate(sections: Sequence[Section], starts: Sequence[int], start: int, end: int) -> str | None:
    first = bisect_right(starts, start) - 1
    last = bisect_left(starts, end)
    within = [s for s in sections[max(first, 0) : last] if s.end > start]
    parts = [part for part in (_places(within), _pages(within)) if part]
    return ", ".join(parts) or None


def _places(sections: Sequence[Section]) -> str | None:
    """The section numbers or, where there are none and no pages, the headings."""
    numbers = _distinct(section.number for section in sections)
    if numbers:
        return numbers[0] if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    if any(section.page for section in sections):
        return None
    paths = list(dict.fromkeys(path for section in sections if (path := _path(section))))
    # The heading above is already in the path of the one below.
    shown = [
        path
        for path in paths
        if not any(len(other) > len(path) and other[: len(path)] == path for other in paths)
    ]
    if not shown:
        return None
    shared = 0
    while all(len(path) > shared + 1 for path in shown) and (
        len({path[: shared + 1] for path in shown}) == 1
    ):
        shared += 1
    rest = _listed([_short(path[shared:]) for path in shown])
    return _short((*shown[0][:shared], rest))


def _short(path: Sequence[str]) -> str:
    """A path of headings, without its first ones where it is too long to be read at a glance."""
    for left in range(len(path)):
        shown = PATH.join(path[left:])
        if len(shown) <= LOCATOR_CHARS or left == len(path) - 1:
            return f"… > {shown}" if left else shown
    return ""


def _pages(sections: Sequence[Section]) -> str | None:
    pages = [section.page for section in sections if section.page]
    if not pages:
        return None
    first, last = min(pages), max(pages)
    return f"page {first}" if first == last else f"pages {first}-{last}"


def _listed(names: Sequence[str]) -> str:
    return "; ".join(names) if len(names) <= 2 else f"{names[0]} … {names[-1]}"


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _path(section: Section) -> tuple[str, ...]:
    return tuple(section.heading.split(PATH)) if section.heading else ()


# --- Structure: sections to runs of sentences ----------------------------------------------


def _runs(
    text: str, sections: Sequence[Section], count_tokens: Count, max_tokens: int
) -> list[_Run]:
    groups: list[list[Section]] = []
    for section in sections:
        last = groups[-1][-1] if groups else None
        goes_on = (
            last is not None
            and (last.heading, last.number) == (section.heading, section.number)
            and last.recognised == section.recognised
            and last.page != section.page
        )
        if goes_on:
            groups[-1].append(section)
        else:
            groups.append([section])
    spans = [list(_sentences(text, group[0].start, group[-1].end)) for group in groups]
    flat = [span for group in spans for span in group]
    counts = iter(count_tokens([text[start:end] for start, end, _ in flat]))
    runs = []
    for group, group_spans in zip(groups, spans, strict=True):
        atoms: list[_Atom] = []
        for start, end, closes in group_spans:
            tokens = next(counts)
            if tokens <= max_tokens:
                atoms.append(_Atom(start, end, tokens, closes))
            else:
                atoms.extend(_cut(text, start, end, count_tokens, max_tokens))
        if atoms:
            runs.append(_Run(tuple(group), tuple(atoms)))
    return runs


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Spans of sentences, list marks included; True where a paragraph ends with it."""
    for paragraph in paragraphs(text, start, end):
        begins = [span.start for span in sentences(text, paragraph.start, paragraph.end)]
        # What a sentence leaves out before it (a bullet, a bracket) stays with it here.
        edges = [paragraph.start, *begins[1:], paragraph.end]
        for index, (a, b) in enumerate(pairwise(edges)):
            yield a, a + len(text[a:b].rstrip()), index == len(edges) - 2


def _cut(text: str, start: int, end: int, count_tokens: Count, max_tokens: int) -> list[_Atom]:
    """A sentence, list or table longer than the window, cut at lines, then clauses, then words."""
    # Imported here: it takes half a second, and reading the record never needs it.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=["\n", "; ", ", ", " ", ""],
        keep_separator="end",
        chunk_size=max_tokens,
        chunk_overlap=0,
        length_function=lambda piece: count_tokens([piece])[0],
        strip_whitespace=True,
    )
    atoms = []
    cursor = start
    for piece in splitter.split_text(text[start:end]):
        at = text.index(piece, cursor, end)
        cursor = at + len(piece)
        atoms.append(_Atom(at, cursor, count_tokens([piece])[0], closes=False))
    atoms[-1] = _Atom(atoms[-1].start, atoms[-1].end, atoms[-1].tokens, closes=True)
    return atoms


def _merged(runs: Sequence[_Run]) -> Iterator[_Run]:
    """Small neighbours under one parent joined; a heading without a text joins what follows it."""
    waiting: _Run | None = None
    for run in runs:
        if waiting is None:
            waiting = run
            continue
        if _join(waiting, run):
            waiting = _Run(waiting.sections + run.sections, waiting.atoms + run.atoms)
        else:
            yield waiting
            waiting = run
    if waiting is not None:
        yield waiting


def _join(first: _Run, second: _Run) -> bool:
    if first.sections[-1].recognised != second.sections[0].recognised:
        return False
    above, below = _path(first.sections[-1]), _path(second.sections[0])
    leads_in = bool(above) and len(below) > len(above) and below[: len(above)] == above
    if leads_in and first.tokens <= SMALL_TOKENS // 2:
        return True  # a heading, alone or with a line, belongs to what it introduces
    small = first.tokens < SMALL_TOKENS or second.tokens < SMALL_TOKENS
    related = above[:-1] == below[:-1] or below[: len(above)] == above
    return small and related and first.tokens + second.tokens <= TARGET_TOKENS


# --- Sentences to passages -----------------------------------------------------------------


def _packed(
    text: str, atoms: Sequence[_Atom], count_tokens: Count, max_tokens: int
) -> Iterator[tuple[int, int]]:
    """Spans of consecutive atoms, about equal in length, preferring the ends of paragraphs."""
    left = _tokens(atoms)
    if left <= max_tokens and _fits(text, atoms, count_tokens, max_tokens):
        yield atoms[0].start, atoms[-1].end
        return
    groups: list[list[_Atom]] = [[]]
    size = 0
    for atom in atoms:
        aim = left / max(math.ceil(left / TARGET_TOKENS), 1)
        held = groups[-1]
        # Close at the border nearest to the aim, a little early where a paragraph ends.
        early = 0.75 if held and held[-1].closes else 1.0
        enough = size >= aim * early or size + atom.tokens / 2 > aim
        if held and (enough or size + atom.tokens > max_tokens):
            left -= size
            size = 0
            groups.append([])
        groups[-1].append(atom)
        size += atom.tokens
    for group in _rounded(groups, max_tokens):
        yield from _checked(text, group, count_tokens, max_tokens)


def _rounded(groups: Sequence[list[_Atom]], max_tokens: int) -> list[list[_Atom]]:
    """The groups, a remnant joined to its shorter neighbour where the window has room."""
    kept = [list(group) for group in groups]
    index = 0
    while index < len(kept) and len(kept) > 1:
        size = _tokens(kept[index])
        beside = [i for i in (index - 1, index + 1) if 0 <= i < len(kept)]
        nearest = min(beside, key=lambda i: _tokens(kept[i]))
        if size < SMALL_TOKENS and size + _tokens(kept[nearest]) <= max_tokens:
            low = min(index, nearest)
            kept[low : low + 2] = [kept[low] + kept[low + 1]]
            index = low
        else:
            index += 1
    return kept


def _tokens(atoms: Sequence[_Atom]) -> int:
    return sum(atom.tokens for atom in atoms)


def _checked(
    text: str, atoms: Sequence[_Atom], count_tokens: Count, max_tokens: int
) -> Iterator[tuple[int, int]]:
    """The span of the atoms, halved until it fits: a tokenizer may count more over a border."""
    if len(atoms) == 1 or _fits(text, atoms, count_tokens, max_tokens):
        yield atoms[0].start, atoms[-1].end
        return
    half = len(atoms) // 2
    yield from _checked(text, atoms[:half], count_tokens, max_tokens)
    yield from _checked(text, atoms[half:], count_tokens, max_tokens)


def _fits(text: str, atoms: Sequence[_Atom], count_tokens: Count, max_tokens: int) -> bool:
    return count_tokens([text[atoms[0].start : atoms[-1].end]])[0] <= max_tokens


def _id(document_id: str, start: int, end: int, text: str) -> str:
    """24 hexadecimal digits of a hash over document, offsets and text."""
    key = f"{document_id}\n{start}\n{end}\n{text}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24]
