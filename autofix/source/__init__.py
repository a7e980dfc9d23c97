"""From files and standard input to the values that Kubernetes would read in them."""
