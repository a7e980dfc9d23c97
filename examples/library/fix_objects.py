"""The library: findings, a fix and its patch for one object, and the decision of Linkerd's injector."""

import autofix

RELEASE = "2.17"
namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
pod = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "report",
        "namespace": "shop",
        "annotations": {"config.linkerd.io/proxy-native-sidecar": "true"},
    },
}

# Only look.
for finding in autofix.check(pod, release=RELEASE):
    print(f"{finding.code} {finding.pointer}: {finding.message}")

# Repair one object. The object that you pass stays as it is.
result = autofix.fix(pod, release=RELEASE)
print(result.object["metadata"]["annotations"])
print(result.patch)

# Objects that belong together, such as a Namespace and its pods.
results = autofix.fix_all([namespace, pod], autofix.options(release=RELEASE))
print([len(result.findings) for result in results])

# What the injector does with the annotations of a pod and of its Namespace.
for annotations in (pod["metadata"]["annotations"], result.object["metadata"]["annotations"]):
    decision = autofix.decide(annotations, {}, release=RELEASE)
    print("native sidecar" if decision.native else "ordinary container")
