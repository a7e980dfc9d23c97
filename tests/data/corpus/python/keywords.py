spec = dict(name="web", annotations=dict([("linkerd.io/inject", "enabled")]))
