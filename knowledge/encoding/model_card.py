"""What makes the vectors of one embedding model what they are. Standard library only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The identity of an embedding model: stored with every generation built with it."""

    name: str
    """As the setting names it: the bundled one, a folder or a hub name."""
    sha256: str
    """Of the weights (safetensors); several files: of their hashes in the order of their names."""
    tokenizer_sha256: str
    """Of tokenizer.json as written beside the exported model."""
    dimensions: int
    pooling: str
    """mean | cls | other: how token states become one vector; "other" runs on torch only."""
    max_tokens: int
    """Word pieces of a text that are read, special ones and the prompt included."""
    question_prompt: str = ""
    """Put before every question, as in "query: "."""
    document_prompt: str = ""
    """Put before every passage, as in "passage: "."""
    backend: str = "onnx"
    """onnx | torch. Both give the same vectors (cosine >= .9999), so the key leaves it out."""
    note: str = ""
    """Why the backend is torch; empty for onnx."""

    @property
    def key(self) -> str:
        """Sixteen hex digits over all that changes a vector; name and backend do not."""
        parts = (
            self.sha256,
            self.tokenizer_sha256,
            self.dimensions,
            self.pooling,
            self.max_tokens,
            self.question_prompt,
            self.document_prompt,
        )
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """The card that `to_json` wrote. Fields of a later version are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})
