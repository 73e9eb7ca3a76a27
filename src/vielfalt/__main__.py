"""``python -m vielfalt`` is the command line."""

from vielfalt.cli import main

main()
