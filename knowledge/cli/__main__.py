"""`python -m knowledge.cli`, the same as `footnote`."""

from knowledge.cli import main

main()
