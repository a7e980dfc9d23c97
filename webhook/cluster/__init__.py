"""What the webhook learns from its cluster, by kubernetes_asyncio and never while a review waits."""
