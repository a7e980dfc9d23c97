linkerd check --pre && linkerd install --crds | kubectl apply -f -
linkerd install --set proxy.logLevel=warn | kubectl apply -f -
linkerd inject deploy.yml | kubectl apply -f -
