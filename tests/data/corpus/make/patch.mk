patch:
	kubectl patch ns shop -p '{"metadata":{"annotations":{"config.linkerd.io/opaque-ports":"9092"}}}'
