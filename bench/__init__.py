"""The measured comparisons, and the crash test: what `make bench` and `make crash` run."""
