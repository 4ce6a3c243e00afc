"""One file that holds the whole database as it was at one instant, and which key it needs; and the way back."""
