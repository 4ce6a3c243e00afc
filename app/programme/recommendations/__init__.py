"""From an association's diagnostic to the tools of the catalogue: proposed, accepted, started, deployed."""
