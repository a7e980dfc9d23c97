"""What Linkerd calls its objects in a cluster.

Source: linkerd2 charts/linkerd-control-plane, templates/config.yaml and proxy-injector.yaml.
"""

from __future__ import annotations

from typing import Final

# The ConfigMap with the values of the chart.
CONFIG: Final = "linkerd-config"
# The Deployment and the MutatingWebhookConfiguration of the injector.
INJECTOR: Final = "linkerd-proxy-injector"
