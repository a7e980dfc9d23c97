"""Several worker processes behind one address: the supervisor that starts them, and their one admin port."""
