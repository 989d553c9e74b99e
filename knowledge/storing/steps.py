"""Names for the moments between two writes, so that tests can stop a process at each.

`step` does nothing. The fault tests replace it in the child processes they
start (tests/faults), never in production; so callers write `steps.step(...)`
and not `from .steps import step`.
"""

from __future__ import annotations


def step(name: str) -> None:
    """Mark the moment `name`, as "add:vectors-written". Does nothing."""
