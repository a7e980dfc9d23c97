define POD
apiVersion: v1
kind: Pod
metadata:
  annotations: {linkerd.io/inject: enabled}
endef
export POD
apply:
	echo "$$POD" | kubectl apply -f -
