"""Reading a live cluster, and changing it where that is asked for."""
