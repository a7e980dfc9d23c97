"""The running webhook: its application, its ports and what lives as long as they do."""
