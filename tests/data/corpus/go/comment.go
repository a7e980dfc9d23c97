// Package web sets linkerd.io/inject: enabled on its pods.
package web
