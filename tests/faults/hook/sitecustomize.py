"""Loaded by Python at start when this folder is in PYTHONPATH: only the fault tests put it there.

FOOTNOTE_FAULT_LOG   file that the name of each step is appended to
FOOTNOTE_FAULT_STEP  name of the step at which the process kills itself with SIGKILL
"""

import os
import signal

LOG = os.environ.get("FOOTNOTE_FAULT_LOG")
STEP = os.environ.get("FOOTNOTE_FAULT_STEP")

if LOG:
    from knowledge.storing import steps

    def step(name: str) -> None:
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(name + "\n")
        if name == STEP:
            os.kill(os.getpid(), signal.SIGKILL)

    steps.step = step
