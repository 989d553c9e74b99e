"""What a model wrote, and what became of each sentence: for `--explain`, never for members."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.drafts.verification import Judged, Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """One attempt at a written answer. The draft may hold what did not survive."""

    model: str
    draft: str = ""
    sentences: tuple[Judged, ...] = ()
    failures: tuple[str, ...] = ()
    """What went wrong, in order; empty if all went well."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    retries: int = 0
    seconds: float = 0.0
    sources: tuple[str, ...] = field(default=())
    """The titles of the hits, by their number in markers."""

    def as_lines(self) -> list[str]:
        """Return it as plain text lines for the admin."""
        tokens = ""
        if self.input_tokens is not None:
            tokens = f", {self.input_tokens} + {self.output_tokens} tokens"
        lines = [f"model: {self.model}, {self.seconds:.1f} s{tokens}, retries: {self.retries}"]
        lines += [f"failed: {failure}" for failure in self.failures]
        lines += [f"hit {number}: {title}" for number, title in enumerate(self.sources, 1)]
        for sentence in self.sentences:
            lines.append(f"{sentence.verdict}: {' '.join(sentence.raw.split())}")
            for fault in sentence.faults:
                lines.append(
                    f"    {'hard' if fault.hard else 'soft'}, {fault.check}: {fault.reason}"
                )
        if self.sentences:
            kept = sum(s.verdict is not Verdict.DROPPED for s in self.sentences)
            lines.append(f"{kept} of {len(self.sentences)} sentences shown")
        return lines
