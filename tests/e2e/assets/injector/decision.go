package main

import (
	"errors"
	"strconv"
)

const (
	alpha = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
	beta  = "config.beta.linkerd.io/proxy-enable-native-sidecar"
	ga    = "config.linkerd.io/proxy-enable-native-sidecar"
	wait  = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"
	debug = "config.linkerd.io/enable-debug-sidecar"
	env   = "config.linkerd.io/proxy-additional-env"
	level = "config.linkerd.io/proxy-log-level"
)

// era is what differs between the releases: the keys read on a pod, the first one that is present deciding;
// the keys copied from the Namespace; and whether a wait before exit forbids a native sidecar.
type era struct {
	chain     []string
	inherited []string
	denies    bool
}

var eras = map[string]era{
	"edge-24.10.1": {[]string{alpha}, []string{alpha, wait, debug, level, inject}, true},
	"edge-25.10.7": {[]string{beta, alpha}, []string{beta, alpha, wait, debug, level, inject}, true},
	"edge-26.6.3":  {[]string{ga, beta, alpha}, []string{ga, alpha, wait, debug, env, level, inject}, false},
}

type annotations map[string]string

// values are those of Helm that decide, as linkerd-config has them.
type values struct {
	Proxy struct {
		NativeSidecar         bool   `json:"nativeSidecar"`
		WaitBeforeExitSeconds uint64 `json:"waitBeforeExitSeconds"`
	} `json:"proxy"`
	Identity struct {
		ServiceAccountTokenProjection bool `json:"serviceAccountTokenProjection"`
	} `json:"identity"`
}

var errConflict = errors.New("proxy.nativeSidecar and waitBeforeExitSeconds cannot be used simultaneously")

// copied returns the annotations that a pod inherits from its Namespace.
func copied(own, outer annotations, e era) annotations {
	all := annotations{}
	for _, key := range e.inherited {
		value, isThere := outer[key]
		if _, isOwn := own[key]; isThere && !isOwn {
			all[key] = value
		}
	}
	return all
}

// merged returns the pod's annotations with those that it inherits from its Namespace.
func merged(own, outer annotations, e era) annotations {
	all := copied(own, outer, e)
	for key, value := range own {
		all[key] = value
	}
	return all
}

// decide tells whether the proxy becomes a native sidecar.
func decide(all annotations, e era, helm values) (bool, error) {
	native, seconds := helm.Proxy.NativeSidecar, helm.Proxy.WaitBeforeExitSeconds
	for _, key := range e.chain {
		if text, ok := all[key]; ok {
			if value, err := strconv.ParseBool(text); err == nil {
				native = value
			}
			break
		}
	}
	if value, err := strconv.ParseUint(all[wait], 10, 64); err == nil {
		seconds = value
	}
	if native && seconds > 0 && e.denies {
		return native, errConflict
	}
	return native, nil
}
