"""What Linkerd calls its objects in a cluster, and what it writes on them.

Source: linkerd2 charts/linkerd-control-plane, templates/config.yaml and proxy-injector.yaml;
pkg/k8s/labels.go.
"""

from __future__ import annotations

from typing import Final

# The ConfigMap with the values of the chart.
CONFIG: Final = "linkerd-config"
# The Deployment and the MutatingWebhookConfiguration of the injector.
INJECTOR: Final = "linkerd-proxy-injector"
# The label that names a part of the control plane, and the annotation with the program that wrote an object.
COMPONENT: Final = "linkerd.io/control-plane-component"
CREATED_BY: Final = "linkerd.io/created-by"
