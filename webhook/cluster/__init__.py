"""Tasks that talk to the API server. They run beside the reviews, and no review waits for them."""
