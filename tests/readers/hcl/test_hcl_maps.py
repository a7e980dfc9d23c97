"""Maps whose use the text does not say: locals, variables, arguments of modules, Terragrunt's inputs."""

from __future__ import annotations

import pytest
from hcl_reading import FragmentRow, KeyRow, fragment_rows, short_rows

from autofix.readers.hcl import read
from autofix.readers.model import LONGER_WORD, NOT_SET, NOT_UNDERSTOOD, Branch, Delivery, Target

GA = "config.linkerd.io/proxy-enable-native-sidecar"
ON = KeyRow(GA, "true")


def pods(*rows: KeyRow, branch: Branch = Branch.ALWAYS, reason: str = "") -> FragmentRow:
    return FragmentRow(Target.POD, "", "", "", rows, branch, reason)


def unknown(*rows: KeyRow, branch: Branch = Branch.ALWAYS, reason: str = "") -> FragmentRow:
    return FragmentRow(Target.UNKNOWN, "", "", "", rows, branch, reason)


TARGETS = {
    'locals {\n  pod_annotations = { "KEY" = "true" }\n}': Target.POD,
    'locals {\n  annotations = { pod = { "KEY" = "true" } }\n}': Target.POD,
    'locals {\n  mesh = { "KEY" = "true" }\n}': Target.UNKNOWN,
    'locals {\n  common_labels = { "KEY" = "true" }\n}': Target.LABELS,
    'locals {\n  annotations = { labels = { "KEY" = "true" } }\n}': Target.LABELS,
    'locals {\n  ns_annotations = { "KEY" = "true" }\n}': Target.NAMESPACE,
    'locals {\n  namespaces = { shop = { annotations = { "KEY" = "true" } } }\n}': Target.NAMESPACE,
    'locals {\n  namespaces = [{ name = "a", pod_annotations = { "KEY" = "true" } }]\n}': Target.POD,
    'locals {\n  namespaces = { a = { apps = { annotations = { "KEY" = "true" } } } }\n}': Target.UNKNOWN,
    'locals {\n  pods = { a = { annotations = { "KEY" = "true" } } }\n}': Target.POD,
    'locals {\n  n_annotations = { "KEY" = "true" }\n}': Target.UNKNOWN,
    'variable "namespace_annotations" {\n  default = { "KEY" = "true" }\n}': Target.NAMESPACE,
    'variable "selector" {\n  default = { "KEY" = "true" }\n}': Target.LABELS,
    'variable "apps" {\n  default = { web = { annotations = { "KEY" = "true" } } }\n}': Target.UNKNOWN,
    'module "web" {\n  podAnnotations = { "KEY" = "true" }\n}': Target.POD,
    'module "web" {\n  service = { annotations = { "KEY" = "true" } }\n}': Target.OTHER,
    'module "web" {\n  service_annotations = { "KEY" = "true" }\n}': Target.UNKNOWN,
    'output "pod_annotations" {\n  value = { "KEY" = "true" }\n}': Target.POD,
    'annotations = { "KEY" = "true" }': Target.UNKNOWN,
    'inputs = {\n  namespace = { annotations = { "KEY" = "true" } }\n}': Target.NAMESPACE,
    'job "web" {\n  group "web" {\n    pod_annotations = { "KEY" = "true" }\n  }\n}': Target.POD,
}


@pytest.mark.parametrize("text", TARGETS)
def test_the_names_around_a_map_say_whose_it_is(text: str) -> None:
    delivery = Delivery.WRITTEN if "podAnnotations" in text else Delivery.TEXT
    assert short_rows(text.replace("KEY", GA)) == [(TARGETS[text], GA, delivery, Branch.ALWAYS, "")]


MAPS = {
    "a colon, commas and comments": (
        """
        pod_annotations = {
          // config.linkerd.io/old
          "linkerd.io/inject" : "enabled", # config.linkerd.io/older
          "config.linkerd.io/proxy-enable-native-sidecar" /* here */ = /* too */ "true", team = "web",
        }
        """,
        [pods(KeyRow("linkerd.io/inject", "enabled"), ON, KeyRow("team", "web"))],
    ),
    "a key in parentheses": (
        'pod_annotations = { ("config.linkerd.io/proxy-enable-native-sidecar") = "true" }',
        [pods(ON)],
    ),
    "a key that a program knows": (
        'pod_annotations = { (var.key) = "true", "config.linkerd.io/proxy-enable-native-sidecar" = "true" }',
        [pods(ON)],
    ),
    "a key of which a program knows a part": (
        'pod_annotations = { "${local.prefix}.linkerd.io/proxy-native-sidecar" = "true" }',
        [unknown(KeyRow("linkerd.io/proxy-native-sidecar", None, Delivery.WRITTEN), reason=LONGER_WORD)],
    ),
    "prefixes of Spark": (
        """
        spark_conf = {
          "spark.kubernetes.driver.annotation.config.linkerd.io/proxy-enable-native-sidecar"   = "true"
          "spark.kubernetes.executor.annotation.config.linkerd.io/proxy-enable-native-sidecar" = true
          "spark.kubernetes.executor.label.config.linkerd.io/proxy-enable-native-sidecar"      = true
        }
        """,
        [pods(ON), pods(ON), FragmentRow(Target.LABELS, "", "", "", (ON,))],
    ),
    "another prefix": (
        'conf = { "my.own.prefix.config.linkerd.io/proxy-enable-native-sidecar" = "true" }',
        [unknown(ON, reason=LONGER_WORD)],
    ),
    "merged objects stand beside each other": (
        """
        pod_annotations = merge(local.base, { "linkerd.io/inject" = "enabled" }, {
          "config.linkerd.io/proxy-enable-native-sidecar" = "true"
        })
        """,
        [pods(KeyRow("linkerd.io/inject", "enabled"), ON)],
    ),
    "an object under a condition": (
        """
        pod_annotations = merge(
          { "linkerd.io/inject" = "enabled" },
          var.on ? { "config.linkerd.io/proxy-enable-native-sidecar" = "true" } : {},
        )
        """,
        [
            pods(KeyRow("linkerd.io/inject", "enabled")),
            pods(ON, branch=Branch.CONDITIONAL),
        ],
    ),
    "a choice between two objects": (
        """
        pod_annotations = var.ga ? { "config.linkerd.io/proxy-enable-native-sidecar" = "true" } : {
          "linkerd.io/inject" = "enabled"
        }
        """,
        [
            pods(ON, branch=Branch.ALTERNATIVE),
            pods(KeyRow("linkerd.io/inject", "enabled"), branch=Branch.ALTERNATIVE),
        ],
    ),
    "values in the style of Helm's charts": (
        """
        locals {
          values = { podAnnotations = { "config.linkerd.io/proxy-enable-native-sidecar" = true } }
        }
        """,
        [pods(KeyRow(GA, True, Delivery.TYPED, written=(GA, "true")))],
    ),
    "pairs of a key and a value": (
        """
        locals {
          pod_annotations = [{ key = "config.linkerd.io/proxy-enable-native-sidecar", value = true }]
        }
        """,
        [pods(ON)],
    ),
    "a path of Helm's as a key": (
        r"""
        locals {
          sets = { "podAnnotations.config\\.linkerd\\.io/proxy-enable-native-sidecar" = "true" }
        }
        """,
        [pods(KeyRow(GA, "true", written=("config\\\\.linkerd\\\\.io/proxy-enable-native-sidecar", "true")))],
    ),
    "a removal": (
        'pod_annotations = { "config.linkerd.io/proxy-enable-native-sidecar" = null }',
        [pods(KeyRow(GA, None, Delivery.WRITTEN, False, (GA, "null")))],
    ),
    "objects in a list that a program makes": (
        """
        apps = [for name in var.names : {
          pod_annotations = { "config.linkerd.io/proxy-enable-native-sidecar" = "true" }
        } if name != ""]
        """,
        [pods(ON, branch=Branch.CONDITIONAL)],
    ),
    "a map inside a function of the user's own": (
        'pod_annotations = provider::mine::f({ "config.linkerd.io/proxy-enable-native-sidecar" = "true" })',
        [pods(ON, reason=NOT_UNDERSTOOD)],
    ),
    "letters that are not ASCII": (
        'größe = "ü“"\n'
        'pod_annotations = { "ä/ö" = "é", "config.linkerd.io/proxy-enable-native-sidecar" = "true" }',
        [pods(KeyRow("ä/ö", "é"), ON)],
    ),
    "a byte order mark": (
        '\ufeffpod_annotations = { "config.linkerd.io/proxy-enable-native-sidecar" = "true" }',
        [pods(ON)],
    ),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_map(name: str) -> None:
    text, expected = MAPS[name]
    assert fragment_rows(text) == expected


ASKED = {
    'a = var.annotations["KEY"]': NOT_SET,
    'a = lookup(var.annotations, "KEY", "false")': NOT_SET,
    'a = contains(keys(var.annotations), "KEY")': NOT_SET,
    'a = { for key, value in var.all : key => value if key != "KEY" }': NOT_SET,
    'resource "kubernetes_pod" "a" {\n  lifecycle {\n'
    '    ignore_changes = [metadata[0].annotations["KEY"]]\n  }\n}': NOT_SET,
    'provider "kubernetes" {\n  ignore_annotations = ["KEY"]\n}': NOT_SET,
    'a = ["KEY"]': NOT_UNDERSTOOD,
    'a = "KEY=true"': NOT_UNDERSTOOD,
    'a = zipmap(["KEY"], ["true"])': NOT_UNDERSTOOD,
    'a = { for name in var.all : "KEY" => "true" }': NOT_UNDERSTOOD,
    'a = "x ${var.y} KEY"': NOT_UNDERSTOOD,
}


@pytest.mark.parametrize("text", ASKED)
def test_a_key_that_is_not_set_is_never_edited(text: str) -> None:
    [(target, key, _, _, reason)] = short_rows(text.replace("KEY", GA))
    assert (target, key, reason) == (Target.UNKNOWN, GA, ASKED[text])


@pytest.mark.parametrize(
    "text",
    [
        '# "KEY" = "true"\na = 1\n',
        '/* a = { "KEY" = "true" } */\n',
        'variable "a" {\n  description = "Sets KEY"\n}\n',
        'resource "linkerd" "linkerd" {\n  linkerd = linkerd.linkerd\n}\n',
        'locals {\n  linkerd_version = "2.19"\n  linkerd = { version = "linkerd.io" }\n}\n',
        "",
    ],
)
def test_comments_and_prose_are_not_read(text: str) -> None:
    reading = read(text.replace("KEY", GA))
    assert (reading.fragments, reading.texts, reading.unread) == ((), (), ())


def test_what_the_grammar_cannot_read_is_said() -> None:
    broken = f'locals {{\n  a = {{ "{GA}" = "true" \n}}\n'
    good = f'pod_annotations = {{ "{GA}" = "true" }}\n'
    text = good + broken
    reading = read(text)
    assert reading.fragments[0].reason == ""
    assert [fragment.reason for fragment in reading.fragments[1:]] == [NOT_UNDERSTOOD]


def test_text_that_is_no_hcl_is_unread() -> None:
    text = f"this is {GA} = prose: not, HCL;\n"
    reading = read(text)
    assert reading.fragments == ()
    assert any(GA in text[start:end] for start, end in reading.unread)


def test_nesting_deeper_than_people_write_is_not_read() -> None:
    text = "a = " + "[" * 100 + f'{{ "{GA}" = "true" }}' + "]" * 100 + "\n"
    reading = read(text)
    assert reading.fragments == ()
    [(start, end)] = reading.unread
    assert GA in text[start:end]


USES = {
    "a Namespace": (
        'resource "kubernetes_namespace" "a" {\n'
        '  metadata {\n    name = "shop"\n    annotations = local.mesh\n  }\n}\n',
        FragmentRow(Target.NAMESPACE, "Namespace", "shop", "shop", (ON,)),
    ),
    "pods, merged with other annotations": (
        'resource "kubernetes_job" "a" {\n  spec {\n    template {\n      metadata {\n'
        "        annotations = merge(var.more, local.mesh)\n      }\n    }\n  }\n}\n",
        pods(ON),
    ),
    "labels": (
        'resource "kubernetes_pod" "a" {\n  metadata {\n    labels = local.mesh\n  }\n}\n',
        FragmentRow(Target.LABELS, "Pod", "", "", (ON,)),
    ),
    "pods and a Namespace": (
        'resource "kubernetes_namespace" "a" {\n  metadata {\n    annotations = local.mesh\n  }\n}\n'
        "pod_annotations = local.mesh\n",
        unknown(ON),
    ),
    "another value": ("pod_annotations = local.mesh_of_others\n", unknown(ON)),
    "a part of the value": ("pod_annotations = local.mesh.inner\n", unknown(ON)),
    "values of a chart, in which a boolean stays one": (
        'resource "helm_release" "a" {\n  values = [yamlencode({ podAnnotations = local.mesh })]\n}\n',
        pods(KeyRow(GA, True, Delivery.TYPED, written=(GA, "true"))),
    ),
}


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize("is_first", [True, False])
def test_the_use_of_a_local_value_says_whose_it_is(name: str, is_first: bool) -> None:
    use, expected = USES[name]
    local = f'locals {{\n  mesh = {{ "{GA}" = true }}\n}}\n'
    assert fragment_rows(local + use if is_first else use + local) == [expected]
