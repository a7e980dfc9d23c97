"""Where a template chooses between alternatives."""

from __future__ import annotations

import pytest

from autofix.readers.spans import overlaps
from autofix.readers.template import read

# Each "x" outside of actions is "#" in one of several branches, "?" under a condition, and "." elsewhere.
PLACES = [
    ("x{{ if a }}x{{ end }}x", ".?."),
    ("{{ if a }}x{{ else }}x{{ end }}x", "##."),
    ("x{{ if a }}{{ if b }}x{{ else }}x{{ end }}x{{ end }}", ".##?"),
    ("{{ if a }}x{{ else if b }}x{{ else }}x{{ end }}", "###"),
    ("{{ range a }}x{{ else }}x{{ end }}", "##"),
    ("{{ range a }}x{{ end }}", "."),
    ("{{- with a -}}x{{- else with b -}}x{{- end -}}x", "##."),
    ("{{/* if */}}x{{ end }}", "."),
    ('{{ block "a" . }}x{{ end }}', "."),
    ("{{ if a }}x{{ end }}{{ if not a }}x{{ end }}{{ if b }}x{{ end }}", "##?"),
    ("{{ if (a) }}x{{ end }}{{ if not (a) }}x{{ end }}", "##"),
    ("{{ if not a }}x{{ end }}", "?"),
    ("x {{ else }} x", "##"),
    ("{{ if a }}x", "?"),
    ("{{ if a }}x{{ else }}x", "##"),
    ("{{ endpoint }}x{{ iffy }}x{{ elsewhere }}x{{ range(3) }}x", "...."),
    ("{% if a %}x{% elif b %}x{% endif %}x", "##."),
    ("{%- if a -%}x{%- endif -%}x{% for b in c %}x{% endfor %}", "?.."),
    ("{% for b in c %}x{% else %}x{% endfor %}", "##"),
    ("{% if a %}x{% endif %}{% if not a %}x{% endif %}", "##"),
    ("{% set a = 1 %}x{% set b %}x{% endset %}x", "..."),
    ("{{ if a }}x{% if b %}x{{ end }}x{% endif %}x", "???."),
    ("<% if a %>x<% else %>x<% end %>x", "##."),
    ("<% unless a %>x<% end %>x", "?."),
    ("<%- case a -%>x<%- when b -%>x<%- end -%>x", "##."),
    ("<% a.each do |b| %>x<% end %>x", ".."),
    ("<% if a { %>x<% } else { %>x<% } %>x", "##."),
    ("<% if a { %>x<% } elsif b { %>x<% } %>x", "##."),
    ("<% a.each |b| { %>x<% } %>x", ".."),
    ("<% if a then b end %>x", "."),
    ("%{ if a }x%{ else }x%{ endif }x", "##."),
    ("%{ if a ~}x%{ endif ~}x", "?."),
    ("%{ for a in b }x%{ endfor }x", ".."),
    ("curl -w %{http_code} x", "."),
    ("{{#a}}x{{/a}}x", "?."),
    ("{{#a}}x{{/a}}{{^a}}x{{/a}}x{{#b}}x{{/b}}", "##.?"),
    ("{{^a}}x{{/a}}", "#"),
    ("{{#if a}}x{{else}}x{{/if}}x", "##."),
    ("{{#if a}}x{{else if b}}x{{/if}}{{#each c}}x{{/each}}", "##."),
    ("{{#unless a}}x{{^}}x{{/unless}}x", "##."),
    ("{{#if a}}x{{/if}}{{#unless a}}x{{/unless}}", "##"),
    ("<#if a>x<#elseif b>x<#else>x</#if>x", "###."),
    ("<#if a>x</#if><#list b as c>x</#list>", "?."),
    ("#@ if a:\nx\n#@ else:\nx\n#@ end\nx", "##."),
    ("#@ if a:\nx\n#@ end\nx", "?."),
    ("#@ if/end a:\nx\n", "."),
]


@pytest.mark.parametrize(("text", "places"), PLACES)
def test_where_alternatives_are(text: str, places: str) -> None:
    [inner] = read(text).texts
    [(_, shift)] = inner.runs
    marks = []
    for place, character in enumerate(text):
        if character != "x" or text[place - 1 : place + 2] in ("exi", "axi"):
            continue
        span = place - shift, place - shift + 1
        if overlaps(*span, inner.alternatives):
            marks.append("#")
        else:
            marks.append("?" if overlaps(*span, inner.conditions) else ".")
    assert "".join(marks) == places


def test_branches_of_a_definition_count_from_its_start() -> None:
    text = '{{ define "a" }}x: y\n{{ if b }}c: d\n{{ else }}e: f\n{{ end }}{{ end }}'
    [inner] = read(text).texts
    [(start, end)] = inner.alternatives
    assert text[16 + start : 16 + end] == "{{ if b }}c: d\n{{ else }}e: f\n{{ end }}"
