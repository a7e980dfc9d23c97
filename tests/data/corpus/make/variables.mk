MESH_KEY ?= linkerd.io/inject
MESH_VALUE ?= enabled
MESH := $(MESH_KEY)=$(MESH_VALUE)
