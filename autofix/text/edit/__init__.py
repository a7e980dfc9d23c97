"""From a JSON Patch to edits of the text, and from them to the file."""
