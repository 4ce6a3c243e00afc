"""Files that people hand to the programme, or take from it: what they are, and what is kept of one."""
