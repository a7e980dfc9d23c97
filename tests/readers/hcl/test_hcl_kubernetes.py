"""Resources of the Kubernetes providers: whose annotations they set, and what becomes of the values."""

from __future__ import annotations

import pytest
from hcl_reading import FragmentRow, KeyRow, fragment_rows, inner_of, short_rows

from autofix.readers.model import NOT_SET, NOT_UNDERSTOOD, Branch, Delivery, Target

BETA = "config.beta.linkerd.io/proxy-enable-native-sidecar"
INJECT = KeyRow("linkerd.io/inject", "enabled")
OWNERS = {
    "a Namespace": (
        """
        resource "kubernetes_namespace" "shop" {
          metadata {
            name = "shop"
            annotations = {
              "linkerd.io/inject"                                  = "enabled"
              "config.beta.linkerd.io/proxy-enable-native-sidecar" = "false"
            }
          }
        }
        """,
        [FragmentRow(Target.NAMESPACE, "Namespace", "shop", "shop", (INJECT, KeyRow(BETA, "false")))],
    ),
    "a Namespace whose name a program knows": (
        """
        resource "kubernetes_namespace_v1" "all" {
          for_each = toset(var.names)
          metadata {
            name        = each.value
            annotations = { "linkerd.io/inject" = "enabled" }
          }
        }
        """,
        [FragmentRow(Target.NAMESPACE, "Namespace", "", "", (INJECT,))],
    ),
    "a Deployment and its pods, in a Namespace of the same file": (
        """
        resource "kubernetes_namespace" "shop" {
          metadata { name = "shop" }
        }
        resource "kubernetes_deployment_v1" "web" {
          metadata {
            name        = "web"
            namespace   = kubernetes_namespace.shop.metadata[0].name
            annotations = { "linkerd.io/inject" : "enabled" }
            labels      = { "linkerd.io/inject" : "enabled" }
          }
          spec {
            selector { match_labels = { "linkerd.io/inject" = "enabled" } }
            template {
              metadata {
                annotations = { "linkerd.io/inject" = "enabled" }
              }
            }
          }
        }
        """,
        [
            FragmentRow(Target.WORKLOAD, "Deployment", "shop", "web", (INJECT,)),
            FragmentRow(Target.LABELS, "Deployment", "shop", "web", (INJECT,)),
            FragmentRow(Target.LABELS, "Deployment", "shop", "web", (INJECT,)),
            FragmentRow(Target.POD, "", "shop", "", (INJECT,)),
        ],
    ),
    "a CronJob, its jobs and their pods": (
        """
        resource "kubernetes_cron_job_v1" "night" {
          metadata { annotations = { "linkerd.io/inject" = "enabled" } }
          spec {
            job_template {
              metadata { annotations = { "linkerd.io/inject" = "enabled" } }
              spec {
                template {
                  metadata { annotations = { "linkerd.io/inject" = "enabled" } }
                }
              }
            }
          }
        }
        """,
        [
            FragmentRow(Target.WORKLOAD, "CronJob", "", "", (INJECT,)),
            FragmentRow(Target.WORKLOAD, "Job", "", "", (INJECT,)),
            FragmentRow(Target.POD, "", "", "", (INJECT,)),
        ],
    ),
    "a claim of a StatefulSet": (
        """
        resource "kubernetes_stateful_set" "db" {
          spec {
            volume_claim_template {
              metadata { annotations = { "linkerd.io/inject" = "enabled" } }
            }
          }
        }
        """,
        [FragmentRow(Target.OTHER, "PersistentVolumeClaim", "", "", (INJECT,))],
    ),
    "a Service": (
        """
        resource "kubernetes_service" "web" {
          metadata { annotations = { "linkerd.io/inject" = "enabled" } }
        }
        """,
        [FragmentRow(Target.OTHER, "Service", "", "", (INJECT,))],
    ),
    "a lone pod": (
        """
        resource "kubernetes_pod" "web" {
          metadata {
            name        = "web"
            namespace   = "shop"
            annotations = { "linkerd.io/inject" = "enabled" }
          }
        }
        """,
        [FragmentRow(Target.POD, "Pod", "shop", "web", (INJECT,))],
    ),
    "annotations of an object that something else makes": (
        """
        resource "kubernetes_annotations" "ns" {
          api_version = "v1"
          kind        = "Namespace"
          metadata { name = "shop" }
          annotations = { "linkerd.io/inject" = "enabled" }
        }
        resource "kubernetes_annotations" "web" {
          api_version = "apps/v1"
          kind        = "Deployment"
          metadata {
            name      = "web"
            namespace = "shop"
          }
          annotations          = { "linkerd.io/inject" = "enabled" }
          template_annotations = { "linkerd.io/inject" = "enabled" }
        }
        resource "kubernetes_annotations" "any" {
          kind        = var.kind
          annotations = { "linkerd.io/inject" = "enabled" }
        }
        resource "kubernetes_labels" "ns" {
          kind   = "Namespace"
          labels = { "linkerd.io/inject" = "enabled" }
        }
        """,
        [
            FragmentRow(Target.NAMESPACE, "Namespace", "shop", "shop", (INJECT,)),
            FragmentRow(Target.WORKLOAD, "Deployment", "shop", "web", (INJECT,)),
            FragmentRow(Target.POD, "", "shop", "", (INJECT,)),
            FragmentRow(Target.UNKNOWN, "", "", "", (INJECT,)),
            FragmentRow(Target.LABELS, "Namespace", "", "", (INJECT,)),
        ],
    ),
    "a manifest of a built-in kind: the schema makes strings": (
        """
        resource "kubernetes_manifest" "web" {
          manifest = {
            apiVersion = "apps/v1"
            kind       = "Deployment"
            metadata   = { name = "web", namespace = "shop", annotations = { "linkerd.io/inject" = true } }
            spec = {
              template = { metadata = { annotations = { "linkerd.io/inject" = false, team = 7 } } }
            }
          }
        }
        """,
        [
            FragmentRow(Target.WORKLOAD, "Deployment", "shop", "web", (KeyRow("linkerd.io/inject", "true"),)),
            FragmentRow(
                Target.POD, "", "shop", "", (KeyRow("linkerd.io/inject", "false"), KeyRow("team", "7"))
            ),
        ],
    ),
    "a manifest of a custom resource: types may stay": (
        """
        resource "kubernetes_manifest" "web" {
          manifest = {
            "apiVersion" = "argoproj.io/v1alpha1"
            "kind"       = "Rollout"
            "metadata"   = { "name" = "web", "annotations" = { "linkerd.io/inject" = true } }
            "spec" = {
              "template" = { "metadata" = { "annotations" = { "linkerd.io/inject" = true } } }
            }
          }
        }
        """,
        [
            FragmentRow(Target.OTHER, "Rollout", "", "web", (KeyRow("linkerd.io/inject", "true"),)),
            FragmentRow(
                Target.POD,
                "",
                "",
                "",
                (KeyRow("linkerd.io/inject", True, Delivery.WRITTEN, written=("linkerd.io/inject", "true")),),
            ),
        ],
    ),
    "a manifest that becomes YAML": (
        """
        resource "kubectl_manifest" "web" {
          yaml_body = yamlencode({
            apiVersion = "v1"
            kind       = "Pod"
            metadata   = { annotations = { "linkerd.io/inject" = "enabled" } }
          })
        }
        """,
        [
            FragmentRow(
                Target.POD,
                "Pod",
                "",
                "",
                (KeyRow("linkerd.io/inject", "enabled", Delivery.WRITTEN),),
            )
        ],
    ),
    "managed metadata of Argo CD": (
        """
        resource "argocd_application" "web" {
          metadata { annotations = { "linkerd.io/inject" = "enabled" } }
          spec {
            sync_policy {
              managed_namespace_metadata { annotations = { "linkerd.io/inject" = "enabled" } }
            }
          }
        }
        """,
        [
            FragmentRow(Target.OTHER, "Application", "", "", (INJECT,)),
            FragmentRow(Target.NAMESPACE, "", "", "", (INJECT,)),
        ],
    ),
    "a Namespace of another provider": (
        """
        resource "rancher2_namespace" "shop" {
          annotations = { "linkerd.io/inject" = "enabled" }
        }
        """,
        [FragmentRow(Target.NAMESPACE, "", "", "", (INJECT,))],
    ),
    "data of a ConfigMap": (
        """
        resource "kubernetes_config_map" "web" {
          data = { "linkerd.io/inject" = "enabled" }
        }
        """,
        [FragmentRow(Target.UNKNOWN, "", "", "", (INJECT,), reason=NOT_UNDERSTOOD)],
    ),
    "a data source": (
        """
        data "kubernetes_namespace" "shop" {
          metadata { annotations = { "linkerd.io/inject" = "enabled" } }
        }
        """,
        [FragmentRow(Target.UNKNOWN, "", "", "", (INJECT,), reason=NOT_SET)],
    ),
}


@pytest.mark.parametrize("name", OWNERS)
def test_the_owner_of_annotations(name: str) -> None:
    text, expected = OWNERS[name]
    assert fragment_rows(text) == expected


VALUES = {
    '"true"': KeyRow(BETA, "true"),
    "true": KeyRow(BETA, "true"),
    "false": KeyRow(BETA, "false"),
    "1": KeyRow(BETA, "1"),
    "-0.5": KeyRow(BETA, "-0.5"),
    '""': KeyRow(BETA, ""),
    '("true")': KeyRow(BETA, "true"),
    '"a\\"b\\u0041$${c}"': KeyRow(BETA, 'a"bA${c}', written=(BETA, 'a\\"b\\u0041$${c}')),
    "null": KeyRow(BETA, None, Delivery.WRITTEN, False, (BETA, "null")),
    "var.on": KeyRow(BETA, "var.on", Delivery.EXPRESSION),
    "local.on[0]": KeyRow(BETA, "local.on[0]", Delivery.EXPRESSION),
    '"${var.on}"': KeyRow(BETA, '"${var.on}"', Delivery.EXPRESSION),
    'var.on ? "true" : "false"': KeyRow(BETA, 'var.on ? "true" : "false"', Delivery.EXPRESSION),
    "tostring(true)": KeyRow(BETA, "true"),
    'tostring( "true" )': KeyRow(BETA, "true"),
    "tostring(var.on)": KeyRow(BETA, "tostring(var.on)", Delivery.EXPRESSION),
    'tobool("true")': KeyRow(BETA, 'tobool("true")', Delivery.EXPRESSION),
    "<<E\ntrue\nE\n": KeyRow(BETA, "<<E\ntrue\nE", Delivery.EXPRESSION),
}


@pytest.mark.parametrize("value", VALUES)
def test_a_value_in_a_map_of_strings(value: str) -> None:
    text = f'resource "kubernetes_pod" "a" {{\nmetadata {{\nannotations = {{ "{BETA}" = {value} }}\n}}\n}}\n'
    assert fragment_rows(text) == [FragmentRow(Target.POD, "Pod", "", "", (VALUES[value],))]


COUNTS = {
    "opposite conditions": (("var.ga ? 1 : 0", "var.ga ? 0 : 1"), [Branch.ALTERNATIVE] * 2),
    "a negation": (("var.ga ? 1 : 0", "!var.ga ? 1 : 0"), [Branch.ALTERNATIVE] * 2),
    "different values of one variable": (
        ('var.era == "ga" ? 1 : 0', 'var.era == "beta" ? 1 : 0'),
        [Branch.ALTERNATIVE] * 2,
    ),
    "the same condition": (("var.on ? 1 : 0", "var.on ?  1 : 0"), [Branch.CONDITIONAL] * 2),
    "unrelated conditions": (("var.a ? 1 : 0", "var.b ? 1 : 0"), [Branch.CONDITIONAL] * 2),
    "one condition": (("1", "var.b ? 1 : 0"), [Branch.ALWAYS, Branch.CONDITIONAL]),
    "a number of copies": (("3", "length(var.names)"), [Branch.ALWAYS, Branch.CONDITIONAL]),
}


@pytest.mark.parametrize("name", COUNTS)
def test_count_says_whether_a_resource_exists(name: str) -> None:
    counts, branches = COUNTS[name]
    text = "".join(
        f'resource "kubernetes_namespace" "a{number}" {{\n  count = {count}\n'
        f'  metadata {{ annotations = {{ "{BETA}" = "true" }} }}\n}}\n'
        for number, count in enumerate(counts)
    )
    assert [row[3] for row in short_rows(text)] == branches


@pytest.mark.parametrize(
    ("for_each", "branch"),
    [
        ('toset(["a", "b"])', Branch.ALWAYS),
        ("var.names", Branch.ALWAYS),
        ('var.on ? ["a"] : []', Branch.CONDITIONAL),
        ("{ for key, value in var.names : key => value if value.on }", Branch.CONDITIONAL),
    ],
)
def test_for_each_may_be_a_condition(for_each: str, branch: Branch) -> None:
    text = (
        f'resource "kubernetes_namespace" "a" {{\n  for_each = {for_each}\n'
        f'  metadata {{ annotations = {{ "{BETA}" = "true" }} }}\n}}\n'
    )
    assert [row[3] for row in short_rows(text)] == [branch]


def test_yaml_in_a_manifest_is_a_text_of_its_own() -> None:
    inner = inner_of(
        """
        resource "kubernetes_manifest" "web" {
          manifest = yamldecode(<<-YAML
            metadata:
              annotations:
                linkerd.io/inject: enabled
          YAML
          )
        }
        """
    )
    assert inner.language == "yaml"
    assert inner.text == "metadata:\n  annotations:\n    linkerd.io/inject: enabled\n"
