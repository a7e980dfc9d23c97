def flag(mesh: bool) -> str:
    return f"linkerd.io/inject={'enabled' if mesh else 'disabled'}"
