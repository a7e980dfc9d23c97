"""``helm_release``: what its sets and values say of annotations."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hcl_reading import FragmentRow, KeyRow, fragment_rows, inner_of

from autofix.readers.hcl import read
from autofix.readers.model import LONGER_WORD, NOT_UNDERSTOOD, Branch, Delivery, Target

ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
IN_PATH = "config\\\\.alpha\\\\.linkerd\\\\.io/proxy-enable-native-sidecar"
TYPED = KeyRow(ALPHA, True, Delivery.TYPED, written=(IN_PATH, "true"))
STRING = KeyRow(ALPHA, "true", Delivery.TEXT, written=(IN_PATH, "true"))


def pods(*rows: KeyRow, namespace: str = "", branch: Branch = Branch.ALWAYS, reason: str = "") -> FragmentRow:
    return FragmentRow(Target.POD, "", namespace, "", rows, branch, reason)


def chart_values(*rows: KeyRow) -> FragmentRow:
    return FragmentRow(Target.LINKERD_VALUES, "", "linkerd", "", rows)


SETS = {
    "blocks with one parent are one mapping": (
        rf"""
        resource "helm_release" "ledger" {{
          namespace = "shop"
          set {{
            name  = "podAnnotations.{IN_PATH}"
            value = "true"
          }}
          set {{
            name  = "replicas"
            value = 2
          }}
          set_sensitive {{
            name  = "podAnnotations.linkerd\\.io/inject"
            value = "enabled"
            type  = "string"
          }}
          set {{
            name  = "migrate.podAnnotations.{IN_PATH}"
            value = true
          }}
          set {{
            name  = "podLabels.{IN_PATH}"
            value = var.on
          }}
        }}
        """,
        [
            pods(
                TYPED,
                KeyRow("linkerd.io/inject", "enabled", written=("linkerd\\\\.io/inject", "enabled")),
                namespace="shop",
            ),
            pods(TYPED, namespace="shop"),
            FragmentRow(
                Target.LABELS,
                "",
                "shop",
                "",
                (KeyRow(ALPHA, "var.on", Delivery.EXPRESSION, written=(IN_PATH, "var.on")),),
            ),
        ],
    ),
    "the type string": (
        f"""
        resource "helm_release" "ledger" {{
          set {{
            name  = "podAnnotations.{IN_PATH}"
            value = true
            type  = "string"
          }}
        }}
        """,
        [pods(STRING)],
    ),
    "the list of version 3": (
        f"""
        resource "helm_release" "ledger" {{
          set = [
            {{ name = "podAnnotations.{IN_PATH}", value = "true" }},
            {{ name = "jobs[0].podAnnotations.{IN_PATH}", value = "true", type = "literal" }},
          ]
        }}
        """,
        [pods(TYPED), pods(STRING)],
    ),
    "a removal": (
        f"""
        resource "helm_release" "ledger" {{
          set {{
            name  = "podAnnotations.{IN_PATH}"
            value = "null"
          }}
        }}
        """,
        [pods(KeyRow(ALPHA, None, Delivery.TYPED, False, (IN_PATH, "null")))],
    ),
    "annotations of Namespaces": (
        f"""
        resource "helm_release" "ledger" {{
          set {{
            name  = "namespaces[0].annotations.{IN_PATH}"
            value = "true"
          }}
        }}
        """,
        [FragmentRow(Target.NAMESPACE, "", "", "", (TYPED,))],
    ),
    "dots without backslashes": (
        f"""
        resource "helm_release" "ledger" {{
          set {{
            name  = "podAnnotations.{ALPHA}"
            value = "true"
          }}
        }}
        """,
        [
            pods(
                KeyRow(ALPHA, None, Delivery.EXPRESSION),
                reason='Helm begins a new level at each dot; write "\\\\." for each dot of the key by hand',
            )
        ],
    ),
    "a list as the value": (
        f"""
        resource "helm_release" "ledger" {{
          set_list {{
            name  = "podAnnotations.{IN_PATH}"
            value = ["true"]
          }}
        }}
        """,
        [pods(KeyRow(ALPHA, None, Delivery.EXPRESSION, written=(IN_PATH, None)), reason=NOT_UNDERSTOOD)],
    ),
    "a prefix that a program knows": (
        f"""
        resource "helm_release" "ledger" {{
          set {{
            name  = "${{var.part}}.podAnnotations.{IN_PATH}"
            value = "true"
          }}
        }}
        """,
        [
            FragmentRow(
                Target.UNKNOWN,
                "",
                "",
                "",
                (KeyRow(ALPHA, None, Delivery.WRITTEN, written=(IN_PATH, None)),),
                reason=LONGER_WORD,
            )
        ],
    ),
    "a map that a dynamic block repeats": (
        rf"""
        resource "helm_release" "ledger" {{
          dynamic "set" {{
            for_each = {{
              "podAnnotations.{IN_PATH}" = "true"
              "podAnnotations.linkerd\\.io/inject" = "enabled"
            }}
            content {{
              name  = set.key
              value = set.value
              type  = "string"
            }}
          }}
        }}
        """,
        [
            pods(
                STRING,
                KeyRow("linkerd.io/inject", "enabled", written=("linkerd\\\\.io/inject", "enabled")),
            )
        ],
    ),
    "alternative dynamic blocks": (
        f"""
        resource "helm_release" "ledger" {{
          dynamic "set" {{
            for_each = var.ga ? [1] : []
            content {{
              name  = "podAnnotations.{IN_PATH}"
              value = "true"
              type  = "string"
            }}
          }}
          dynamic "set" {{
            for_each = var.ga ? [] : [1]
            content {{
              name  = "podAnnotations.{IN_PATH}"
              value = "true"
              type  = "string"
            }}
          }}
        }}
        """,
        [pods(STRING, STRING, branch=Branch.ALTERNATIVE)],
    ),
    "a parameter of Argo CD": (
        f"""
        resource "argocd_application" "ledger" {{
          spec {{
            source {{
              helm {{
                parameter {{
                  name         = "podAnnotations.{IN_PATH}"
                  value        = "true"
                  force_string = true
                }}
              }}
            }}
          }}
        }}
        """,
        [pods(STRING)],
    ),
    "values of Linkerd's own chart": (
        r"""
        resource "helm_release" "linkerd" {
          name       = "linkerd"
          namespace  = "linkerd"
          repository = "https://helm.example"
          chart      = "charts/linkerd-control-plane"
          set {
            name  = "proxy.enableNativeSidecar"
            value = "true"
          }
          set {
            name  = "podAnnotations.linkerd\\.io/inject"
            value = "enabled"
          }
          values = [yamlencode({
            nativeSidecar = true
            proxy         = { waitBeforeExitSeconds = 5, cores = var.cores }
            podAnnotations = { "linkerd.io/inject" = "enabled" }
          })]
        }
        """,
        [
            chart_values(
                KeyRow(
                    "proxy.enableNativeSidecar",
                    True,
                    Delivery.TYPED,
                    written=("proxy.enableNativeSidecar", "true"),
                )
            ),
            pods(
                KeyRow(
                    "linkerd.io/inject",
                    "enabled",
                    Delivery.TYPED,
                    written=("linkerd\\\\.io/inject", "enabled"),
                ),
                namespace="linkerd",
            ),
            chart_values(
                KeyRow("nativeSidecar", True, Delivery.WRITTEN, written=("nativeSidecar", "true")),
                KeyRow(
                    "proxy.waitBeforeExitSeconds", 5, Delivery.WRITTEN, written=("waitBeforeExitSeconds", "5")
                ),
                KeyRow("proxy.cores", "var.cores", Delivery.EXPRESSION, written=("cores", "var.cores")),
            ),
            pods(KeyRow("linkerd.io/inject", "enabled", Delivery.WRITTEN), namespace="linkerd"),
        ],
    ),
    "Linkerd's chart inside another chart": (
        """
        resource "helm_release" "mesh" {
          namespace = "linkerd"
          set {
            name  = "linkerd-control-plane.proxy.nativeSidecar"
            value = true
          }
        }
        """,
        [
            chart_values(
                KeyRow("proxy.nativeSidecar", True, Delivery.TYPED, written=("proxy.nativeSidecar", "true"))
            )
        ],
    ),
    "a release as an argument of a module": (
        """
        module "addons" {
          helm_releases = {
            linkerd = {
              chart     = "linkerd-control-plane"
              namespace = "linkerd"
              set       = [{ name = "proxy.nativeSidecar", value = true }]
            }
          }
        }
        """,
        [
            chart_values(
                KeyRow("proxy.nativeSidecar", True, Delivery.TYPED, written=("proxy.nativeSidecar", "true"))
            )
        ],
    ),
    "values that become YAML": (
        """
        resource "helm_release" "ledger" {
          values = [yamlencode(merge(local.values, {
            podAnnotations = {
              "linkerd.io/inject" = "enabled"
              "config.alpha.linkerd.io/proxy-enable-native-sidecar" = true
              team = 7
            }
            service = { annotations = { "linkerd.io/inject" = "enabled" } }
          }))]
        }
        """,
        [
            pods(
                KeyRow("linkerd.io/inject", "enabled", Delivery.WRITTEN),
                KeyRow(ALPHA, True, Delivery.TYPED, written=(ALPHA, "true")),
                KeyRow("team", 7, Delivery.TYPED, written=("", "")),
            ),
            FragmentRow(
                Target.OTHER, "Service", "", "", (KeyRow("linkerd.io/inject", "enabled", Delivery.WRITTEN),)
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_the_sets_and_values_of_a_release(name: str) -> None:
    text, expected = SETS[name]
    assert fragment_rows(text) == expected


TO_STRING = {
    "a block": (
        'resource "helm_release" "a" {\n  set {\n    name  = "podAnnotations.linkerd\\\\.io/a"\n'
        '    value = "true"\n  }\n}\n',
        '    value = "true"\n    type  = "string"\n  }\n',
    ),
    "a block with Windows's line ends": (
        'resource "helm_release" "a" {\r\n  set {\r\n    name = "podAnnotations.linkerd\\\\.io/a"\r\n'
        '    value = "true"\r\n  }\r\n}\r\n',
        '    value = "true"\r\n    type  = "string"\r\n  }\r\n',
    ),
    "the type auto": (
        'resource "helm_release" "a" {\n  set {\n    name = "podAnnotations.linkerd\\\\.io/a"\n'
        '    type = "auto"\n    value = "true"\n  }\n}\n',
        '    type = "string"\n    value = "true"\n',
    ),
    "an object on one line": (
        'resource "helm_release" "a" {\n'
        '  set = [{ name = "podAnnotations.linkerd\\\\.io/a", value = "true" }]\n}\n',
        'value = "true", type = "string" }]',
    ),
    "an object on lines with commas": (
        'resource "helm_release" "a" {\n  set = [{\n    name = "podAnnotations.linkerd\\\\.io/a",\n'
        '    value = "true",\n  }]\n}\n',
        '    value = "true",\n    type  = "string",\n  }]',
    ),
    "an object on lines without commas": (
        'resource "helm_release" "a" {\n  set = [{\n    value = "true"\n'
        '    name = "podAnnotations.linkerd\\\\.io/a"\n  }]\n}\n',
        '    value = "true"\n    type  = "string"\n    name = ',
    ),
}


@pytest.mark.parametrize("name", TO_STRING)
def test_the_edit_that_makes_a_string_of_one_value(name: str) -> None:
    text, expected = TO_STRING[name]
    [fragment] = read(text).fragments
    [setting] = fragment.settings
    assert setting.to_string is not None
    (start, end), word = setting.to_string
    edited = text[:start] + word + text[end:]
    assert expected in edited
    [after] = read(edited).fragments
    assert after.settings[0].delivery is Delivery.TEXT
    assert after.settings[0].value == "true"


@pytest.mark.parametrize(
    "entry",
    [
        '  set {\n    name = "podAnnotations.linkerd\\\\.io/a"\n    value = "null"\n  }\n',
        '  dynamic "set" {\n    for_each = { "podAnnotations.linkerd\\\\.io/a" = "true" }\n'
        "    content {\n      name = set.key\n      value = set.value\n    }\n  }\n",
        '  set {\n    name = "proxy.nativeSidecar"\n    value = "true"\n  }\n',
    ],
)
def test_some_values_have_no_edit_of_their_own(entry: str) -> None:
    text = f'resource "helm_release" "linkerd" {{\n  chart = "linkerd-control-plane"\n{entry}}}\n'
    [fragment] = read(text).fragments
    assert fragment.settings[0].to_string is None


def test_a_document_of_values_has_the_namespace_of_its_release() -> None:
    inner = inner_of(
        """
        resource "helm_release" "ledger" {
          namespace = "shop"
          values = [
            <<-EOT
              podAnnotations:
                linkerd.io/inject: enabled
            EOT
            , file("more.yaml")
          ]
        }
        """
    )
    assert (inner.language, inner.namespace, inner.target) == ("yaml", "shop", Target.UNKNOWN)


@pytest.mark.parametrize(
    "chart",
    [
        "linkerd-control-plane",
        "linkerd2",
        "linkerd/linkerd-enterprise-control-plane",
        "./charts/linkerd-control-plane-2024.11.8.tgz",
        "${path.module}/linkerd-control-plane",
    ],
)
def test_a_document_of_values_of_linkerds_chart(chart: str) -> None:
    text = dedent(
        """
        resource "helm_release" "mesh" {
          chart = "CHART"
          values = [<<EOT
        proxy:
          nativeSidecar: true
        EOT
          ]
        }
        """
    ).replace("CHART", chart)
    assert inner_of(text).target is Target.LINKERD_VALUES


@pytest.mark.parametrize("chart", ["linkerd-viz", "linkerd-crds", "my-linkerd-control-plane-ui", "web"])
def test_other_charts_are_not_linkerds(chart: str) -> None:
    text = (
        f'resource "helm_release" "a" {{\n  chart = "{chart}"\n'
        '  set {\n    name = "proxy.nativeSidecar"\n    value = true\n  }\n}\n'
    )
    assert read(text).fragments == ()
