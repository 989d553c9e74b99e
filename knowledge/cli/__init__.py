"""The `footnote` command: parse, run a verb of the record, print. One file a group of commands."""

from __future__ import annotations

import os
import sys

import typer

from knowledge.cli import adding, asking, caring, evaluating, keeping, models
from knowledge.cli.common import DEBUG, Misuse
from knowledge.errors import KnowledgeError
from knowledge.terminal import fail

# Typer carries a parser of its own and exports no name for the base of its usage errors.
ParserFault: type[Exception] = typer.BadParameter.__bases__[0]

INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 and the number of the signal, as shells have it."""

app = typer.Typer(
    name="footnote",
    help="Ask a curated record, and see where each word comes from.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (asking, adding, keeping, caring, evaluating, models):
    group.register(app)


def main() -> None:
    """Run the command line and exit: 0 done, 2 the command makes no sense, 1 refused later."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status; faults become one line on standard error."""
    try:
        result = app(args=arguments, prog_name="footnote", standalone_mode=False)
    except typer.Exit as stop:
        result = stop.exit_code
    except Misuse as error:
        fail(str(error))
        return 2
    except ParserFault as error:
        context = getattr(error, "ctx", None)
        hint = f" Try: {context.command_path} --help" if context else ""
        fail(f"{getattr(error, 'message', None) or error}{hint}")
        return 2
    except (typer.Abort, KeyboardInterrupt):
        result = INTERRUPTED
    except KnowledgeError as error:
        fail(str(error))
        return 1
    except BrokenPipeError:
        # The reader of our output has gone; say nothing to nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        fail(f"{error.filename or 'The data folder'}: {error.strerror or error}.")
        return 1
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        fail(
            f"Something went wrong inside Footnote ({type(error).__name__}). "
            f"Run the command again with {DEBUG}=1 to see where, and report it."
        )
        return 1
    status = result if isinstance(result, int) else 0
    if status == INTERRUPTED:  # typer, too, makes this of Ctrl-C
        fail("Stopped. What was done stays; the rest is untouched.")
    return status
