"""Several worker processes behind one address, and the supervisor that starts them."""
