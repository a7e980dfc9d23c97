//go:build tools

// Package tools keeps kubeconform among the required modules.
package tools

import _ "github.com/yannh/kubeconform/cmd/kubeconform"
