def is_meshed(annotations):
    return annotations.get("linkerd.io/inject") == "enabled"
