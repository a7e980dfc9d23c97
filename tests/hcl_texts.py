"""Texts in HCL for property tests: releases with annotations in many styles, and damaged ones."""

from __future__ import annotations

from hypothesis import strategies as st

KEYS = st.sampled_from(["linkerd.io/inject", "config.alpha.linkerd.io/proxy-enable-native-sidecar", "a.b/ö“"])
STRINGS = st.text(st.sampled_from('ab"\\$%{}\n\t é“'), max_size=6)
BARE = st.sampled_from(["true", "false", "7", "-1.5", "null", "var.x", 'f("x")', "var.a ? 1 : 2", '"a${b}c"'])


def quoted(text: str) -> str:
    """Write a string as HCL does."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("${", "$${"), ("%{", "%%{")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


VALUES = st.one_of(STRINGS.map(quoted), BARE)
ENTRIES = st.lists(
    st.builds("{}{}{}".format, KEYS.map(quoted), st.sampled_from([" = ", "=", " : ", " /* c */ = "]), VALUES),
    min_size=1,
    max_size=4,
)
OBJECTS = st.builds(
    lambda entries, separator: f"{{\n{separator.join(entries)}\n}}",
    ENTRIES,
    st.sampled_from(["\n", ",\n    ", ", "]),
)
SETS = st.builds(
    lambda key, value, end: (
        f"  set {{{end}    name = {quoted('podAnnotations.' + key.replace('.', chr(92) + '.'))}"
        f"{end}    value = {value}{end}  }}{end}"
    ),
    KEYS,
    VALUES,
    st.sampled_from(["\n", "\r\n"]),
)
DOCUMENTS = st.builds(
    lambda lines, dash: (
        f"  values = [<<{dash}EOT\n" + "".join(f"    {line}\n" for line in lines) + "  EOT\n  ]\n"
    ),
    st.lists(
        st.sampled_from(
            [
                'linkerd.io/inject: "${var.x}"',
                "é: $${a} %%{b}",
                "%{ if x }",
                "%{ else }",
                "%{ endif }",
                "${indent(2, var.y)}",
                "",
                "a: b",
            ]
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["", "-"]),
)
BODIES = st.one_of(
    OBJECTS.map(lambda text: f"  pod_annotations = {text}\n"),
    OBJECTS.map(lambda text: f"  values = [yamlencode({{ podAnnotations = {text} }})]\n"),
    SETS,
    DOCUMENTS,
)
RESOURCES = st.lists(
    st.builds('resource "helm_release" "é" {{\n{}}}\n'.format, st.lists(BODIES, max_size=3).map("".join)),
    max_size=3,
).map("".join)


def damaged(text: str, data: st.DataObject) -> str:
    """Replace a few characters of a text."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 9)))
    new = data.draw(st.text(st.sampled_from('{}[]()"<-$%\\\n=,a\0\ufeffé\ud800'), max_size=4))
    return text[:start] + new + text[end:]
