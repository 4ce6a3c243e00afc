"""What the programme has changed, for those who pay for it: figures of associations, never of persons."""
