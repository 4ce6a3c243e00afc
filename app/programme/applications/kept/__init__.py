"""What becomes of an application that is kept: its association's place and space, and who enters by which link."""
