"""Draw how a record's figures grow: the --json files of tests/benchmarks/run.py -> SVG.

    python docs/growth.py 2026-11-24 OUTPUT.svg RESULTS.json...

Both axes of each chart are logarithmic, so that a straight line that rises as much as it
goes to the right is growth in proportion. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

CHARTS = {
    "cold ask CPU s": "cold question, s of CPU",
    "answer CPU p95 ms": "warm answer, 95th percentile, ms of CPU",
    "warm MB": "memory, MB",
    "disk MB": "disk, MB",
}
"""The figures of a results file that are drawn, and what they are called."""
COLOURS = {"ours": "#1f6f8b", "tutorial": "#b5651d"}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 210, 52, 58, 34, 34
STYLE = "text{font:12px sans-serif;fill:#333}.title{font-weight:600}.tick{fill:#777;font-size:11px}"

Results = dict[int, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values of one axis to pixels, logarithmically."""

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """Where a value stands, in pixels."""
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + part * (self.stop - self.start)


def read(paths: list[Path]) -> Results:
    """All sizes of several results files; a later file wins."""
    found: Results = {}
    for path in paths:
        for size, systems in json.loads(path.read_text()).items():
            found.setdefault(int(size), {}).update(systems)
    return found


def chart(results: Results, figure: str, title: str) -> str:
    """One figure of both systems over the sizes."""
    lines = {
        system: [(size, found[system][figure]) for size, found in sorted(results.items())
                 if figure in found.get(system, {})]
        for system in COLOURS
    }  # fmt: skip
    values = [value for line in lines.values() for _, value in line]
    across = Scale(min(results) / 1.3, max(results) * 1.3, LEFT, WIDTH - RIGHT)
    up = Scale(min(values) / 1.6, max(values) * 1.6, HEIGHT - BOTTOM, TOP)
    drawn = [f'<text class="title" x="{LEFT}" y="18">{title}</text>']
    drawn += [
        f'<text class="tick" text-anchor="middle" x="{across.at(size):.1f}" '
        f'y="{HEIGHT - 12}">{short(size)}</text>'
        for size in sorted(results)
    ]
    drawn.append(
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#bbb"/>'
    )
    for system, line in lines.items():
        if not line:
            continue
        places = [(across.at(size), up.at(value), value) for size, value in line]
        others = [dict(other) for name, other in lines.items() if name != system]
        # Of two lines the lower one has its figures below.
        below = sum(value < other.get(size, 0) for size, value in line for other in others)
        shift = 15 if below > len(line) / 2 else -7
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
        colour = COLOURS[system]
        drawn.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        drawn += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
            f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{y + shift:.1f}">'
            f"{float(f'{value:.3g}'):,g}</text>"
            for x, y, value in places
        ]
        x, y, _ = places[-1]
        drawn.append(f'<text style="fill:{colour}" x="{x + 8:.1f}" y="{y + 4:.1f}">{system}</text>')
    return "\n".join(drawn)


def short(size: int) -> str:
    """A number of passages as an axis has room for it: "10k"."""
    return f"{size // 1000}k" if size >= 1000 and not size % 1000 else f"{size:,}"


def page(results: Results, date: str) -> str:
    """All charts, two in a row, with the date under them."""
    parts = []
    for number, (figure, title) in enumerate(CHARTS.items()):
        x, y = number % 2 * WIDTH, number // 2 * HEIGHT
        parts.append(f'<g transform="translate({x} {y})">\n{chart(results, figure, title)}\n</g>')
    height = (len(CHARTS) + 1) // 2 * HEIGHT + 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {height}" '
        f'width="{2 * WIDTH}" height="{height}">\n<style>{STYLE}</style>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n"
        f'<text class="tick" x="{LEFT}" y="{height - 8}">passages in the record; '
        f"tests/benchmarks/run.py, {date}, two cores</text>\n</svg>\n"
    )


def main() -> None:
    """Parse arguments, read, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("date", help="of the measurement, YYYY-MM-DD")
    parser.add_argument("output", type=Path)
    parser.add_argument("results", type=Path, nargs="+")
    options = parser.parse_args()
    options.output.write_text(page(read(options.results), options.date), encoding="utf-8")


if __name__ == "__main__":
    main()
