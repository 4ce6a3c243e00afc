"""The public catalogue of tools: facts with their source and date, filters, comparison, what readers propose."""
