ifeq ($(MESH),on)
annotate:
	kubectl annotate ns shop linkerd.io/inject=enabled
else
annotate:
	kubectl annotate ns shop linkerd.io/inject-
endif
