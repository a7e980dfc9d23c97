"""Values in text: quotes are put only where YAML would read a boolean, and taken away only when asked for."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG
from texts import RELEASES, argo_values, check

ESCAPED = ALPHA.replace(".", "\\.")
POINTER = ALPHA.replace("/", "~1")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Without a blank, or in a list, it is no mapping of YAML's.
        ("podAnnotations=a:b,{}:true", "podAnnotations=a:b,{}:true"),
        ("podAnnotations=a:b,{}:yes", "podAnnotations=a:b,{}:true"),
        ("podAnnotations={}:off,a:b", "podAnnotations={}:false,a:b"),
        ('podAnnotations: "a:b,{}:true"', 'podAnnotations: "a:b,{}:true"'),
        ("podAnnotations=a: b, {}: true", "podAnnotations=a: b, {}: true"),
        ("podAnnotations=\\\n  a: b,\\\n  {}: true", "podAnnotations=\\\n  a: b,\\\n  {}: true"),
        ("kustomize edit add annotation a:b,{}:true", "kustomize edit add annotation a:b,{}:true"),
        ("{}:true", "{}:true"),
        # Here it is.
        ("{}: true", '{}: "true"'),
        ("- {}: yes", '- {}: "true"'),
        ("a: {{{}: on}}", 'a: {{{}: "true"}}'),
        ('{{"{}":true}}', '{{"{}":"true"}}'),
        ("'{}':true", "'{}':\"true\""),
        # In quotes it is a string already.
        ("{}:'yes'", "{}:'true'"),
    ],
)
def test_quotes_are_put_only_where_yaml_would_read_a_boolean(before: str, after: str) -> None:
    assert check("a.txt", before.format(WRONG) + "\n").text == after.format(ALPHA) + "\n"


@pytest.mark.parametrize("separator", [":", ": "])
def test_a_right_key_in_a_list_is_no_finding(separator: str) -> None:
    assert check("a.txt", f"podAnnotations=a{separator}b,{ALPHA}{separator}true\n").findings == ()


QUOTED = ["\"'true'\"", "'\"true\"'", "'''true'''", "\"'yes'\"", "\"' true '\""]


@pytest.mark.parametrize("value", QUOTED)
@pytest.mark.parametrize("key", [ALPHA, WRONG, "config.linkerd.io/enable-debug-sidecar"])
@pytest.mark.parametrize("release", RELEASES)
def test_quotes_in_a_value_stay_unless_asked_for(value: str, key: str, release: str | None) -> None:
    text = f"podAnnotations:\n  linkerd.io/inject: enabled\n  {key}: {value}\n"
    checked = check("values.yaml", text, release=release)
    assert checked.text == text
    assert not [finding for finding in checked.findings if finding.applicability == "safe"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.yaml", argo_values(f"podAnnotations:\n  {ALPHA}: \"'true'\"\n")),
        ("values.yaml.gotmpl", f"podAnnotations:\n  {ALPHA}: \"'true'\"\n"),
        ("a.sh", f"helm upgrade a b --set-string \"podAnnotations.{ESCAPED}='true'\"\n"),
    ],
)
def test_quotes_in_a_value_in_text_stay_too(name: str, text: str) -> None:
    assert check(name, text).text == text


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "patch.yaml",
            f"- op: add\n  path: /metadata/annotations/{POINTER}\n  value: \"'true'\"\n",
            f'- op: add\n  path: /metadata/annotations/{POINTER}\n  value: "true"\n',
        ),
        ("a.sh", f"kubectl annotate ns a {ALPHA}=\"'true'\"\n", f'kubectl annotate ns a {ALPHA}="true"\n'),
        ("a.sh", f"kubectl annotate ns a \"{ALPHA}='true'\"\n", f'kubectl annotate ns a "{ALPHA}=true"\n'),
    ],
)
def test_quotes_in_a_value_that_reaches_an_object_as_it_stands_go(name: str, before: str, after: str) -> None:
    assert check(name, before).text == after


def test_quotes_that_belong_to_another_value_change_nothing() -> None:
    text = "podAnnotations:\n  config.linkerd.io/proxy-log-level: '\"info\"'\n  {}: yes\n"
    assert check("values.yaml", text.format(WRONG)).text == text.format(ALPHA).replace("yes", '"true"')
