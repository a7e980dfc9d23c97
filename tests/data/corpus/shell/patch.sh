kubectl -n shop patch deploy web -p '{"spec":{"template":{"metadata":{"annotations":{"config.linkerd.io/proxy-cpu-request":"10m"}}}}}'
