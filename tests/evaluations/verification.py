"""How much of what a model may get wrong does verification catch, and how much does it drop in vain?

    python -m tests.evaluations.verification REGDOCS_TEXT_FOLDER MANIFEST [--vectors] [--part tuning|apart]
        [--overhead]

MANIFEST: one JSON object a line with doc_id, title, org, date, type (documents with
`text`). Faithful sentences are taken from the documents as they stand and reworded by
templates; corruptions are made of both. Documents are split in two by their series
(letters of one company, versions of one bill stay together): limits were set on the
part "tuning", the figures that count come from the part "apart". --overhead measures instead
what verification costs for answers of ten sentences, verbatim and reworded in turn.
"""  # noqa: E501

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.drafts import names
from knowledge.drafts.checks import Similarity
from knowledge.drafts.evidence import Source, gather
from knowledge.drafts.markers import Marker
from knowledge.drafts.verification import Verdict, verify
from knowledge.drafts.writing import by_vectors
from knowledge.encoding.embedding import open_encoder
from knowledge.settings import DEFAULT_MODEL
from knowledge.text import sentences
from knowledge.types import Entry, Hit, Kind, Particulars, Passage
from tests.evaluations import corruptions
from tests.evaluations.corruptions import CORRUPTIONS, Item, Material, plain, usable
from tests.evaluations.rewording import paraphrase

VERBATIM, PARAPHRASES, SENTENCES_A_HIT = 300, 200, 7
ANSWER_SENTENCES, OVERHEAD_DRAFTS = 10, 15
TARGETS = {
    "foreign name": 1.0, "name from the same text": 0.9, "number": 0.99, "date": 0.99, "money": 0.99,  # noqa: E501
    "negation": 0.9, "invented quotation": 1.0, "one word changed in a quotation": 1.0,
    "wrong document": 0.99, "swapped speaker and addressee": 0.8,
}  # fmt: skip


def read(folder: Path, manifest: Path) -> list[Material]:
    """Return the documents of a manifest as material, those without text left out."""
    found = []
    for line in manifest.read_text("utf-8").splitlines():
        row = json.loads(line)
        path = folder / f"{row['doc_id']}.txt"
        if path.exists() and row.get("org"):
            found.append(_material(row, path.read_text("utf-8")))
    return found


def _material(row: dict[str, str], text: str) -> Material:
    author, addressee, kind = row["org"], None, Kind.OTHER
    if row["type"] in ("letter_summary",):
        addressee, kind = "U.S. Securities and Exchange Commission", Kind.LETTER
    elif row["type"] == "company_response":
        addressee, kind = "SEC Division of Corporation Finance", Kind.LETTER
    elif row["type"] == "sec_staff_letter":
        company = re.search(r"letter to (\w+)", row["title"])
        addressee, kind = company.group(1) if company else None, Kind.LETTER
    particulars = Particulars(row["title"], None, author, addressee, row["date"], kind=kind)
    entry = Entry(row["doc_id"], "shared", particulars, "", 0, "")
    spans = sentences(text)
    hits = []
    for at in range(0, len(spans), SENTENCES_A_HIT):
        group = spans[at : at + SENTENCES_A_HIT]
        start, end = group[0].start, group[-1].end
        passage = Passage(f"{row['doc_id']}:{start}", row["doc_id"], start, end, text[start:end])
        hits.append(Hit(passage, entry, 1.0, 0.5))
    series = re.match(r"(?:sec-letter-\w+|clarity|cbsr|ctf|fr|uslm|court)", row["doc_id"])
    group_name = series.group(0) if series else row["doc_id"]
    if group_name == "ctf":
        group_name = "ctf " + author.split(",")[-1].strip().split()[0]
    said = Counter(
        n.text
        for s in hits
        for n in names.names(s.passage.text)
        if len(n.text) > 3 and not n.opening
    )
    listed = tuple(
        n
        for n, _ in said.most_common(60)
        if "\n" not in n and (" " in n or not names._ordinary(n, ()))
    )
    return Material(row["doc_id"], group_name, author, addressee, gather(hits, {}), listed)


def split(materials: Sequence[Material]) -> dict[str, list[Material]]:
    """Split documents by series into two parts of about equal size."""
    groups: dict[str, list[Material]] = defaultdict(list)
    for material in materials:
        groups[material.group].append(material)
    parts: dict[str, list[Material]] = {"tuning": [], "apart": []}
    for place, name in enumerate(sorted(groups)):
        parts["tuning" if place % 2 else "apart"] += groups[name]
    return parts


def faithful(materials: Sequence[Material], dice: random.Random) -> Iterable[tuple[Item, Material]]:
    """Yield verbatim sentences without end, each document in turn, half of them as quotations."""
    pools = [(m, [(h, n) for h, s in enumerate(m.sources) for n, x in enumerate(s.sentences) if usable(x)]) for m in materials]  # fmt: skip  # noqa: E501
    pools = [(m, dice.sample(p, len(p))) for m, p in pools if p]
    while pools:
        for material, pool in list(pools):
            if not pool:
                pools.remove((material, pool))
                continue
            hit, number = pool.pop()
            sources, place = surrounded(material, hit, materials, dice)
            text = plain(material.sources[hit].sentences[number])
            item = Item("verbatim", text, sources, Marker(place, number + 1), corruptions.ask(text), text)  # fmt: skip  # noqa: E501
            if dice.random() < 0.5:
                item = corruptions.framed(item, material.author, material.addressee, dice)
            yield item, material


def surrounded(material: Material, hit: int, materials: Sequence[Material], dice: random.Random) -> tuple[tuple[Source, ...], int]:  # fmt: skip  # noqa: E501
    """Return a hit among six: two more of its document, three of others; and its number."""
    same = [s for place, s in enumerate(material.sources) if place != hit]
    others = [s for m in materials if m.doc_id != material.doc_id for s in m.sources]
    shown = [material.sources[hit], *dice.sample(same, min(2, len(same))), *dice.sample(others, min(3, len(others)))]  # fmt: skip  # noqa: E501
    dice.shuffle(shown)
    return tuple(shown), shown.index(material.sources[hit]) + 1


def items(materials: Sequence[Material], seed: int) -> list[Item]:
    """Return faithful sentences of both sorts, and every corruption that can be made of them."""
    dice = random.Random(seed)
    found: list[Item] = []
    counts: Counter[str] = Counter()
    for item, material in faithful(materials, dice):
        others = [m for m in materials if m.group != material.group]
        bases = []
        if counts["verbatim"] < VERBATIM:
            bases.append(item)
        if counts["paraphrase"] < PARAPHRASES:
            said = paraphrase(item.sentence, material.author, material.addressee, dice)
            if said:
                bases.append(Item("paraphrase", said, *_rest(item)))
        if not bases and min(counts.values()) >= PARAPHRASES:
            break
        for base in bases:
            counts[base.kind] += 1
            found.append(base)
            made = (corrupt(base, material, others, dice) for corrupt in CORRUPTIONS)
            found += [bad for bad in made if bad]
    return found


def _rest(item: Item) -> tuple[tuple[Source, ...], Marker, str, str]:
    return item.sources, item.marker, item.question, item.sentence


def measure(
    found: Sequence[Item], similarity: Similarity | None
) -> list[tuple[Item, Verdict, str]]:
    """Return each item with its verdict and the first reason."""
    results = []
    for item in found:
        draft = f"{item.draft} [{item.marker.hit}.{item.marker.sentence}]"
        judged = verify(draft, item.sources, item.question, similarity=similarity).sentences
        verdicts = {s.verdict for s in judged}
        worst = Verdict.DROPPED if Verdict.DROPPED in verdicts else Verdict.MARKED if Verdict.MARKED in verdicts else Verdict.KEPT  # fmt: skip  # noqa: E501
        reasons = [f"{f.check}: {f.reason}" for s in judged for f in s.faults if f.hard or worst is Verdict.MARKED]  # fmt: skip  # noqa: E501
        results.append((item, worst, reasons[0] if reasons else ""))
    return results


def table(results: Sequence[tuple[Item, Verdict, str]]) -> None:
    """Print per kind how many were dropped, marked and kept."""
    rows: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for item, verdict, _ in results:
        rows[item.kind][verdict] += 1
    print(f"{'kind':34}{'n':>6}{'dropped':>9}{'marked':>8}{'kept':>7}   target")
    for kind, counts in rows.items():
        total = sum(counts.values())
        shares = [counts[v] / total for v in (Verdict.DROPPED, Verdict.MARKED, Verdict.KEPT)]
        target = {"verbatim": "dropped = 0", "paraphrase": "dropped <= 2 %"}.get(kind) or (
            f"dropped >= {TARGETS[kind]:.0%}" if kind in TARGETS else "reported"
        )
        print(f"{kind:34}{total:6}{shares[0]:9.1%}{shares[1]:8.1%}{shares[2]:7.1%}   {target}")


def overhead(materials: Sequence[Material], similarity: Similarity | None, seed: int) -> None:
    """Print the CPU milliseconds of verifying drafts of ten sentences over six hits."""
    dice = random.Random(seed)
    spent = []
    for item, material in faithful(materials, dice):
        lines = []
        for hit, source in enumerate(item.sources, 1):
            for number, sentence in enumerate(source.sentences, 1):
                if usable(sentence):
                    said = plain(sentence)
                    if len(lines) % 2:
                        said = paraphrase(said, material.author, material.addressee, dice) or said  # fmt: skip  # noqa: E501
                    lines.append(f"{said} [{hit}.{number}]")
        if len(lines) < ANSWER_SENTENCES:
            continue
        started = time.process_time()
        verify("\n".join(lines[:ANSWER_SENTENCES]), item.sources, item.question, similarity=similarity)  # fmt: skip  # noqa: E501
        spent.append(1000 * (time.process_time() - started))
        if len(spent) == OVERHEAD_DRAFTS:
            break
    spent.sort()
    print(f"{len(spent)} drafts of {ANSWER_SENTENCES} sentences: median {spent[len(spent) // 2]:.0f} ms CPU, most {spent[-1]:.0f}")  # fmt: skip  # noqa: E501


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip  # noqa: E501
    parser.add_argument("folder", type=Path)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--part", choices=("tuning", "apart"), default="apart")
    parser.add_argument("--vectors", action="store_true", help="ask the embedding model as well")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--misses", type=int, default=0, help="print so many misses of each kind (tuning part only)")  # fmt: skip  # noqa: E501
    parser.add_argument("--overhead", action="store_true", help="measure what it costs instead")
    options = parser.parse_args()
    parts = split(read(options.folder, options.manifest))
    similarity = with_model() if options.vectors else None
    if options.overhead:
        overhead(parts[options.part], similarity, options.seed)
        return
    found = items(parts[options.part], options.seed)
    started = time.process_time()
    results = measure(found, similarity)
    spent = time.process_time() - started
    print(f"{options.part}: {len(parts[options.part])} documents, {len(found)} sentences, {1000 * spent / len(found):.1f} ms CPU each")  # fmt: skip  # noqa: E501
    table(results)
    if options.part == "tuning":
        _misses(results, options.misses)


def _misses(results: Sequence[tuple[Item, Verdict, str]], most: int) -> None:
    shown: Counter[str] = Counter()
    for item, verdict, reason in results:
        faithful_kind = item.kind in ("verbatim", "paraphrase")
        wrong = (verdict is Verdict.DROPPED) if faithful_kind else (verdict is not Verdict.DROPPED)
        if wrong and shown[item.kind] < most:
            shown[item.kind] += 1
            print(f"\n[{item.kind}] {verdict} {reason}\n  draft : {item.draft}\n  source: {' '.join(corruptions.cited_text(item).split())}")  # fmt: skip  # noqa: E501


def with_model() -> Similarity:
    """Return cosines by the bundled embedding model."""
    return by_vectors(open_encoder(DEFAULT_MODEL, home=Path(tempfile.mkdtemp())).embed_documents)


if __name__ == "__main__":
    main()
