linkerd: ; linkerd install | kubectl apply -f - && linkerd check
