"""A key in one of several branches: a switch between releases stays as it is."""

from __future__ import annotations

import pytest
from builders import ALPHA, GA, WRONG
from texts import argo_values, check, edits

from autofix.readers.plain.branches import branches
from autofix.readers.spans import is_inside

# Here the reader knows what both branches set.
KNOWN_BRANCHES = [
    ("a.sh", "x && kubectl annotate ns a {0}=true || kubectl annotate ns a {1}=true\n"),
    ("a.tf", 'annotations = var.x ? {{\n  "{0}" = "true"\n}} : {{\n  "{1}" = "true"\n}}\n'),
    ("a.tf", 'annotations = merge(var.x ? {{ "{0}" = "true" }} : {{\n  "{1}" = "true"\n}}, var.y)\n'),
    ("a.tf", 'annotations = (\n  var.x\n  ? {{ "{0}" = "true" }}\n  : {{ "{1}" = "true" }}\n)\n'),
    (
        "a.tf",
        'a "b" {{\n  count = var.x ? 1 : 0\n  c = {{ "{0}" = "true" }}\n}}\na "d" {{\n'
        '  c = {{ "{1}" = "true" }}\n  count = var.x ? 0 : 1\n}}\n',
    ),
    (
        "a.tf",
        'a "b" {{\n  count = local.x\n  c = {{ "{0}" = "true" }}\n}}\na "d" {{\n  count = local.y\n'
        '  c = {{ "{1}" = "true" }}\n}}\n',
    ),
]
SWITCHES = [
    *KNOWN_BRANCHES,
    ("a.tpl", "a:\n  {{{{- if .x }}}}\n  {0}: 'true'\n  {{{{- else }}}}\n  {1}: 'true'\n  {{{{- end }}}}\n"),
    ("a.tpl", "a:\n  {{{{ if .x }}}}{0}{{{{ else }}}}{1}{{{{ end }}}}: 'true'\n"),
    (
        "a.tpl",
        "{{{{- if .x }}}}\na: b\n{{{{- else if .y }}}}\n  {0}: 'true'\n{{{{- else }}}}\n"
        "  {1}: 'true'\n{{{{ end }}}}\n",
    ),
    ("a.tpl", "{{{{ with .x }}}}\n  {0}: 'true'\n{{{{ else }}}}\n  {1}: 'true'\n{{{{ end }}}}\n"),
    ("a.tpl", '{{{{ ternary "{0}" "{1}" .x }}}}: "true"\n'),
    ("a.tpl", "a:\n{{% if x %}}\n  {0}: 'true'\n{{% else %}}\n  {1}: 'true'\n{{% endif %}}\n"),
    ("a.tpl", "a:\n  {{{{ '{0}' if x else '{1}' }}}}: 'true'\n"),
    ("a.tpl", "a:\n<% if x %>\n  {0}: 'true'\n<% else %>\n  {1}: 'true'\n<% end %>\n"),
    ("a.tpl", "a:\n  <%= x ? '{0}' : '{1}' %>: 'true'\n"),
    ("a.tpl", "a:\n{{{{#x}}}}\n  {0}: 'true'\n{{{{/x}}}}\n{{{{^x}}}}\n  {1}: 'true'\n{{{{/x}}}}\n"),
    ("a.tpl", "a:\n{{{{#if x}}}}\n  {0}: 'true'\n{{{{else}}}}\n  {1}: 'true'\n{{{{/if}}}}\n"),
    ("a.tpl", "a:\n<#if x>\n  {0}: 'true'\n<#else>\n  {1}: 'true'\n</#if>\n"),
    ("a.sh", "if x; then\n  kubectl annotate ns a {0}=true\nelse\n  kubectl annotate ns a {1}=true\nfi\n"),
    ("a.sh", "if x\nthen\nkubectl annotate ns a {0}=true\nelse\nkubectl annotate ns b {1}=true\nfi\n"),
    ("a.sh", "if x; then key={0}; else key={1}; fi\n"),
    ("a.sh", "if x; then\n  a\nelif y; then\n  key={0}\nelse\n  key={1}\nfi\n"),
    ("a.sh", "case $v in\n  2.20) key={0} ;;\n  *) key={1} ;;\nesac\n"),
    ("a.tf", 'key = var.x ? "{0}" : "{1}"\n'),
    ("a.tf", 'x = <<EOT\n%{{ if x }}\n{0}: "true"\n%{{ else }}\n{1}: "true"\n%{{ endif }}\nEOT\n'),
    ("a.txt", "ifeq ($(x),1)\nkey := {0}\nelse\nkey := {1}\nendif\n"),
    ("a.md", "if x:\n    key = '{0}'\nelse:\n    key = '{1}'\n"),
    ("a.md", "if (x) {{\n  key = '{0}'\n}} else {{\n  key = '{1}'\n}}\n"),
    ("a.md", "key: if x then '{0}' else '{1}'\n"),
    ("values.yaml", "a:\n  #@ if x:\n  {0}: 'true'\n  #@ else:\n  {1}: 'true'\n  #@ end\n"),
    (
        "app.yaml",
        argo_values(
            "a:\n  {{{{ if .x }}}}\n  {0}: 'true'\n  {{{{ else }}}}\n  {1}: 'true'\n  {{{{ end }}}}\n"
        ),
    ),
]


@pytest.mark.parametrize(("name", "text"), SWITCHES)
@pytest.mark.parametrize(
    "keys",
    [
        (GA, ALPHA),
        (ALPHA, GA),
        (GA, WRONG),
        (WRONG, "linkerd.io/native-sidecar"),
        ("example.com/other", GA),
    ],
)
def test_alternatives_are_left_alone(name: str, text: str, keys: tuple[str, str]) -> None:
    assert edits(name, text.format(*keys)) == {}


@pytest.mark.parametrize(("name", "text"), SWITCHES)
def test_beside_another_key_a_wrong_one_is_edited_only_where_both_branches_are_known(
    name: str, text: str
) -> None:
    before = text.format(WRONG, "example.com/other")
    is_known = (name, text) in KNOWN_BRANCHES
    assert check(name, before).text == (before.replace(WRONG, ALPHA) if is_known else before)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tpl", f"a:\n  {{{{- if semverCompare \">=2.20\" .x }}}}\n  {GA}: 'true'\n  {{{{- end }}}}\n"),
        ("a.sh", f"if new; then\n  kubectl annotate ns a {GA}=true\nfi\n"),
        ("a.sh", f"new && kubectl annotate ns a {GA}=true\n"),
        ("a.sh", f"key={GA}\nif old; then key={ALPHA}; fi\nkubectl annotate ns a $key=true\n"),
        ("a.tf", f'keys = {{\n  new = "{GA}"\n\n\n  old = "{ALPHA}"\n}}\n'),
    ],
)
def test_a_key_that_some_release_reads_stays_where_a_condition_may_ask_for_the_release(
    name: str, text: str
) -> None:
    assert edits(name, text) == {}


@pytest.mark.parametrize(
    "text",
    [
        # The same key without and with a condition: the first counts where the condition is false.
        "a:\n  WRONG: {{ .v | quote }}\n  {{- if .x }}\n  WRONG: 'true'\n  {{- end }}\n",
        "a:\n  WRONG: 'false'\n  {{- with .x }}\n  WRONG: 'true'\n  {{- end }}\n",
        "a:\n  {{ if .x }}\n  WRONG: 'true'\n  {{ end }}\n  WRONG: 'true'\n",
        "a:\n  {% if x %}\n  WRONG: 'true'\n  {% endif %}\n  {% if y %}\n  WRONG: 'true'\n  {% endif %}\n",
        "kind: Pod\nmetadata:\n  annotations:\n    WRONG: 'on'\n{{- if .x }}\n    WRONG: 'on'\n{{- end }}\n",
        # A key that only a dead key replaces where the condition is false.
        "a:\n  {{- if .x }}\n  REAL: 'true'\n  {{- end }}\n  WRONG: 'true'\n",
        "a:\n  WRONG: 'true'\n  {{- with .x }}\n  REAL: 'true'\n  {{- end }}\n",
        "kind: Pod\nmetadata:\n  annotations:\n    {% if x %}\n    REAL: 'true'\n    {% endif %}\n"
        "    WRONG: 'true'\n",
    ],
)
@pytest.mark.parametrize(("release", "real"), [("2.17", ALPHA), ("2.20", GA)])
def test_a_key_beside_a_condition_does_not_go(text: str, release: str, real: str) -> None:
    text = text.replace("WRONG", WRONG).replace("REAL", real)
    for unsafe in (False, True):
        assert check("a.tpl", text, release=release, unsafe=unsafe).text == text


def test_a_key_in_a_condition_goes_beside_a_key_that_always_takes_effect() -> None:
    text = f"a:\n  {ALPHA}: 'true'\n  {{{{ if .x }}}}\n  {WRONG}: 'true'\n  {{{{ end }}}}\n"
    assert check("a.tpl", text).text == text.replace(f"  {WRONG}: 'true'\n", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tpl", "{{{{- if .x }}}}\na:\n  {}: 'true'\n{{{{- end }}}}\n"),
        (
            "a.tpl",
            "{{{{- if .x }}}}\na:\n  {}: 'true'\nb: {{{{ if .y }}}}c{{{{ else }}}}d{{{{ end }}}}\n"
            "{{{{- end }}}}\n",
        ),
        (
            "a.tpl",
            "{{{{- with .x }}}}\na:\n  {}: 'true'\n{{{{- end }}}}\n"
            "b: {{{{ if .y }}}}c{{{{ else }}}}d{{{{ end }}}}\n",
        ),
        ("a.tpl", "{{{{- if .y }}}}c{{{{ else }}}}d{{{{ end }}}}\na:\n  {}: 'true'\n"),
        ("a.tpl", "<% each do |x| %>\na:\n  {}: 'true'\n<% end %>\n"),
        ("a.sh", "if x; then\n  kubectl annotate ns a {}=true\nfi\nif y; then\n  b\nelse\n  c\nfi\n"),
        ("a.sh", "x || exit; cd y && kubectl annotate ns a {}=true; z || exit\n"),
        ("a.sh", "kubectl annotate ns a {}=true || exit\n"),
        ("a.sh", "for x in a b; do\n  kubectl annotate ns $x {}=true\ndone\n"),
        ("a.tf", 'a "b" {{\n  count = 1\n  c = {{ "{}" = "true" }}\n}}\n'),
        ("a.tf", 'a "b" {{\n  count = var.x ? 1 : 0\n}}\na "c" {{\n  d = {{ "{}" = "true" }}\n}}\n'),
        ("a.tf", 'b = var.x ? 1 : 0\nannotations = {{\n  "{}" = "true"\n}}\n'),
        ("a.md", "Use `{}: 'true'` now.\n"),
        ("values.yaml", "a:\n  #@ if x:\n  {}: 'true'\n  #@ end\n"),
    ],
)
def test_outside_of_alternatives_a_key_is_still_edited(name: str, text: str) -> None:
    assert check(name, text.format(WRONG)).text == text.format(ALPHA)


def test_a_value_is_mended_in_any_condition() -> None:
    text = f"{{{{ if .x }}}}\na:\n  {ALPHA}: {{}}\n{{{{ end }}}}\n"
    assert check("a.tpl", text.replace("{}", "enabled")).text == text.replace("{}", '"true"')


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("{{ if a }}x{{ end }}", "."),
        ("{{ if a }}x{{ else }}x{{ end }}x", "##."),
        ("x{{ if a }}{{ if b }}x{{ else }}x{{ end }}x{{ end }}", ".##."),
        ("{{ range a }}x{{ else }}x{{ end }}", "##"),
        ('{{ define "a" }}x{{ if b }}x{{ else }}x{{ end }}{{ end }}', ".##"),
        ("{{/* if */}}x{{ end }}", "."),
        ("x {{ else }} x", "##"),
        ("if a; then x; fi; x", ".."),
        ("if a; then x; else x; fi; x", "##."),
        ("case a in b) x;; esac; x", "#."),
        ("if you x\nplease\nx", ".."),
    ],
)
def test_where_alternatives_are(text: str, alternatives: str) -> None:
    spans, _ = branches(text)
    places = [place for place, character in enumerate(text) if character == "x"]
    assert "".join("#" if is_inside(place, spans) else "." for place in places) == alternatives
