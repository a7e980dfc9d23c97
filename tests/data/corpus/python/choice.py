if MESH:
    annotations = {"linkerd.io/inject": "enabled"}
else:
    annotations = {"linkerd.io/inject": "disabled"}
