"""Connections from the first byte to the last: who is let in, for how long, and who is answered first."""
