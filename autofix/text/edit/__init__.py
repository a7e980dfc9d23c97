"""Turns a JSON Patch into edits of a text, proves them, and writes the file."""
