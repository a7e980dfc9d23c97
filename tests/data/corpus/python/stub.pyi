class Mesh:
    """Sets linkerd.io/inject."""

    key: str
