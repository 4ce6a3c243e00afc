"""The measured comparisons and the crash tests: `make bench`, `make crash`, `python -m bench.killed_import`."""
