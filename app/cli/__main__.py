"""`python -m app.cli` is `tambour`."""

from app.cli.main import main

main(prog_name="tambour")
