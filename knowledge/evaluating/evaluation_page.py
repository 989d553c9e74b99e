"""An evaluation as one HTML page: figures with their intervals, and every failure.

Self-contained: no script, nothing from elsewhere, and every word of a question, an
answer or a document is escaped.
"""

from __future__ import annotations

from html import escape

from knowledge.evaluating.evaluation import Judged, Report
from knowledge.evaluating.intervals import Share

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}
pre{white-space:pre-wrap;font:inherit;margin:0}.fault{color:#a00}svg{display:block}h3{margin:2rem 0 .3rem}
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}td,th{border-color:#444}.fault{color:#f88}}
"""  # noqa: E501

_TITLES = {
    "right": "Right, of all",
    "answerable_right": "Right, of answerable",
    "evidence_document": "Cites an evidence document",
    "evidence_quote": "Cites the evidence itself",
    "verbatim": "Quotations verbatim at their place",
    "citation_precision": "Citation precision",
    "citation_recall": "Citation recall",
    "absent_refused": "Absent matters refused",
    "false_refusals": "False refusals (less is better)",
    "premise_corrected": "False premises corrected",
}


def page(result: Report, title: str = "Evaluation") -> str:
    """Return the report as a complete HTML document."""
    failed = [j for j in result.judged if not j.right]
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>",
        '<meta name=viewport content="width=device-width"><meta http-equiv="Content-Security-Policy" '  # noqa: E501
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>",
        f"<p>{len(result.judged)} questions, {len(failed)} not right. Bars with 95 % intervals.</p>",  # noqa: E501
        "<table>",
        *(_row(_TITLES.get(name, name), share) for name, share in result.figures.items()),
        "</table><h2>Right by type</h2><table>",
        *(_row(kind, shares["right"]) for kind, shares in result.by_type.items()),
        "</table><h2>Not right</h2>" if failed else "</table>",
        *(_failure(judged) for judged in failed),
        "</html>",
    ]
    return "\n".join(parts)


def _row(name: str, share: Share) -> str:
    return (
        f"<tr><th>{escape(name)}</th><td>{share.value:.3f}</td><td>{share.low:.3f} to {share.high:.3f}"  # noqa: E501
        f"</td><td>{share.count}</td><td>{_bar(share)}</td></tr>"
    )


def _bar(share: Share) -> str:
    value, low, high = (round(200 * x, 1) for x in (share.value, share.low, share.high))
    return (
        '<svg width=204 height=16 viewBox="0 0 204 16" role=img aria-hidden=true>'
        '<rect x=2 y=4 width=200 height=8 fill="#ccc"/>'
        f'<rect x=2 y=4 width={value} height=8 fill="#4878a8"/>'
        f'<path d="M{low + 2} 8H{high + 2}M{low + 2} 4v8M{high + 2} 4v8" stroke="#222" fill=none />'
        "</svg>"
    )


def _failure(judged: Judged) -> str:
    wanted = "".join(f"<pre>{escape(quote)}</pre>" for quote in judged.wanted) or "(nothing)"
    faults = escape("; ".join(judged.faults))
    return (
        f"<h3>{escape(judged.id)}: {escape(judged.question)}</h3><p class=fault>{faults}</p>"
        "<table><tr><th>Answer</th><th>Evidence</th></tr>"
        f"<tr><td><pre>{escape(judged.text)}</pre></td><td>{wanted}</td></tr></table>"
    )
