module linkerd-autofix.io/tests/cluster/json-patch

go 1.24.0

// The library that the API server applies our patches with, as its go.mod pins it: Kubernetes 1.34 and 1.36.
require (
	gopkg.in/evanphx/json-patch.v4 v4.12.0
	linkerd-autofix.io/tests/cluster/json-patch-1.36 v0.0.0
)

require github.com/pkg/errors v0.9.1 // indirect

// A module cannot need two versions of another one, but the same under another name.
replace linkerd-autofix.io/tests/cluster/json-patch-1.36 v0.0.0 => gopkg.in/evanphx/json-patch.v4 v4.13.0
