"""From an object to findings and a patch."""
