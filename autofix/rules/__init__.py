"""The rules: one module each, whose docstring is its page for users; ``registry`` lists them."""
