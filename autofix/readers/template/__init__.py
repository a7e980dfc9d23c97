"""Templates that write YAML: the actions are masked, and YAML's readers read the rest.

Helm and Go templates, Jinja, ERB, Handlebars and Mustache, Terraform's templates, FreeMarker, ytt's comments
and ``${VARIABLE}``. Each is known by its own delimiters.
"""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = (
    *("helm", "gotmpl", "go-template", "gotemplate", "jinja", "jinja2", "erb", "mustache", "handlebars"),
    *("tftpl", "freemarker", "ytt", "envsubst"),
)
SUFFIXES: Final = (
    *(".tpl", ".gotmpl", ".tmpl", ".j2", ".jinja", ".jinja2", ".erb", ".epp", ".tftpl", ".tftmpl"),
    *(".mustache", ".hbs", ".handlebars", ".ftl"),
)
NAMES: Final = ()
# What YAML's readers stumble over, as a rule.
_MARKS: Final = ("{{", "{%", "<%", "%{", "${", "</#")


def read(text: str) -> TextReading:
    """Read a template as YAML with holes.

    Args:
        text: the template.

    Returns:
        One text for the template without its definitions, and one for each definition that holds text. The
        actions in them are masked; positions and line breaks stay what they are.
    """
    from autofix.readers.template.reading import read_template

    return read_template(text)


def is_template(text: str) -> bool:
    """Tell whether a text that is not YAML may be a template of YAML.

    Args:
        text: the text.
    """
    return any(mark in text for mark in _MARKS)


def has_marks(text: str) -> bool:
    """Tell whether a text, be it YAML or not, has parts that a program fills in or leaves out.

    Args:
        text: the text.
    """
    from autofix.readers.template import actions

    return actions.has_marks(text)
