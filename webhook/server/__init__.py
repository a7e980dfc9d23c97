"""The running webhook: its handlers, its two ports, and the tasks beside them."""
