"""How far associations have come, and who has gone quiet: reads, and writes nothing."""
