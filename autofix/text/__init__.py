"""Reads texts as documents, and writes fixes back as edits that touch nothing else."""
