NAMESPACES = shop cart
mesh:
	@for ns in $(NAMESPACES); do \
		kubectl annotate ns $$ns linkerd.io/inject=enabled; \
	done
