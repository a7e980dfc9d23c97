"""The network and the process: connections and their limits, fair turns, metrics, log, background tasks."""
