"""From text to documents, and back with edits that touch nothing else."""
