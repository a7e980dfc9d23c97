"""Commands for a live cluster: they read it, and change it only when a user asks for that."""
