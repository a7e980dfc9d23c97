"""In which language a string of YAML is written, by the name of its key and by its content."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import Final

from autofix.readers import reader_of_name
from autofix.readers.names import is_annotations
from autofix.text.document import NotEditableError
from autofix.text.inner.holes import has_control, mask_holes
from autofix.text.inner.walk import Step, walk
from autofix.text.yaml import Node, lay_out_text, resolved

YAML: Final = "yaml"
JSON: Final = "json"
SHELL: Final = "shell"
HCL: Final = "hcl"
JAVASCRIPT: Final = "javascript"
# A template that leaves out or repeats parts of itself.
GO_TEMPLATE: Final = "helm"
JINJA: Final = "jinja"

# What may name a key of Linkerd's, or a value of Linkerd's own chart.
_WORDS: Final = ("linkerd", "ativeSidecar", "waitBeforeExitSeconds")
# Copies of objects that tools keep in annotations; each is written again by its tool.
_COPIES: Final = re.compile(r"last-applied|kapp\.k14s\.io/original|rio\.cattle\.io/applied")
# A text for people, even where it shows an example.
_PROSE: Final = re.compile(
    r"(?:descriptions?|summary|messages?|titles?|notes?|comments?|help|documentation|docs?|readme|changelog"
    r"|release_?notes|\$comment|markdown|body)\Z",
    re.IGNORECASE,
)
# Names of values, patches and manifests that tools take as text. Argo CD: values; k3s: valuesContent;
# Ansible: definition; Airflow: podTemplate; kustomize and Flux: patch, patchesStrategicMerge and the like.
_TEXTS: Final = frozenset(
    {
        *("values", "valuesContent", "valuesYaml", "podTemplate"),
        *("patch", "patches", "patchesStrategicMerge", "patchesJson6902"),
        *("definition", "config", "manifest", "manifests", "template", "overrides"),
    }
)
# Names of commands: GitHub, GitLab, Azure, CircleCI, Drone, Tekton, Taskfile, Ansible, Compose, cloud-init.
_COMMANDS: Final = frozenset(
    {
        *("run", "runcmd", "script", "scripts", "before_script", "after_script", "inlineScript", "exec"),
        *("bash", "sh", "shell", "cmd", "cmds", "command", "commands", "entrypoint", "args"),
        *("install", "before_install", "before_deploy", "deploy", "after_deploy", "after_success"),
        *("ansible.builtin.shell", "ansible.builtin.command", "steps", "pre", "post", "hooks"),
    }
)
# A list under one of these is one command, word by word; under the other names each item is a command.
_WORD_LISTS: Final = frozenset({"command", "args", "entrypoint", "exec", "cmd"})
_COMMAND: Final = re.compile(
    r"(?<![\w./-])(?:kubectl|oc|helm|helmfile|linkerd|skaffold|argo|tkn|kamel|flink|spark-submit|kustomize"
    r"|k3s|microk8s|yq|kn|argocd|flux|--set(?:-string)?|--annotations?)(?=[\s\"'\\;)=]|\Z)"
)
# A line, or a part of a pipe, that begins with a command.
_COMMAND_LINE: Final = re.compile(
    r"(?:^[ \t]*|[|;&][ \t]{0,8})(?:kubectl|oc|helm|linkerd)[ \t]", re.MULTILINE
)
# The word before a command as text: ``-c``, or with other options of a shell, such as ``-euxc``.
_TEXT_OPTION: Final = re.compile(r"-[a-zA-Z]{0,8}c\Z")
_SHELLS: Final = frozenset({"", "ash", "bash", "dash", "ksh", "sh", "zsh"})
_INTERPRETER: Final = re.compile(r"#![ \t]*(?P<path>\S+)(?:[ \t]+(?P<word>[^\s-]\S*))?")
_HCL: Final = re.compile(
    r"^(?:resource|module|locals|variable|data|provider)\b[^\n{=]{0,200}\{", re.MULTILINE
)
_KEY: Final = re.compile(
    r"linkerd\.io(?:~1[\w.-]+|/[\w.-]+(?P<quote>['\"]?)\)?[ \t]{0,20}:(?P<behind>[\s'\"{\[]?))"
)
_ESCAPED: Final = re.compile(r"linkerd\\{1,2}\.io/")


def is_interesting(text: str) -> bool:
    """Tell cheaply whether a string may hold something that the rules speak of."""
    return any(word in text for word in _WORDS)


def language_of(step: Step, text: str) -> str:
    """Tell in which language a string is written.

    Args:
        step: the string's place.
        text: the string.

    Returns:
        The name of the language; empty if it is no text of its own, such as a name, a value, or prose.
    """
    name = step.name
    if _COPIES.search(name) or _PROSE.match(name):
        return ""
    if language := _of_interpreter(text) or _of_file_name(name):
        return _with_actions(language, text)
    if _is_command(step, text):
        return _of_shell(step)
    if _HCL.search(text):
        return HCL
    return _of_structure(name, text) or (SHELL if _COMMAND_LINE.search(text) else "")


def _of_interpreter(text: str) -> str:
    """Read the first line of a script, such as ``#!/usr/bin/env python3``."""
    match = _INTERPRETER.match(text)
    if match is None:
        return ""
    name = match["path"].rpartition("/")[2]
    return _interpreted(match["word"] or "" if name == "env" else name)


def _interpreted(program: str) -> str:
    name = program.rpartition("/")[2].rstrip("0123456789.")
    return SHELL if name in _SHELLS else name


def _of_file_name(name: str) -> str:
    """Choose a language by the name of a file, as a ConfigMap has it for a key."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or "/" in name:
        return ""
    if suffix in ("yaml", "yml"):
        return YAML
    if suffix == "json":
        return JSON
    reader = reader_of_name(name)
    if reader is None:
        return SHELL if suffix and suffix in _SHELLS else ""
    return reader.languages[0]


def _is_command(step: Step, text: str) -> bool:
    if step.name == "source" and step.above is not None and step.above.name == "script":
        return True
    if step.name not in _COMMANDS or not _COMMAND.search(text):
        return False
    if not step.is_item or step.name not in _WORD_LISTS:
        return True
    return _is_behind_option(step) or "\n" in text.strip()


def _is_behind_option(step: Step) -> bool:
    """Tell whether an item of a list is the command behind ``-c``; the option may be in ``command``."""
    items = step.above.node.items if step.above is not None else []
    index = bisect_left(items, step.node.start, key=lambda item: item.start)
    before = items[max(0, index - 1) : index]
    if not before and step.name == "args" and (command := step.sibling("command")) is not None:
        before = command.items[-1:]
    return any(_TEXT_OPTION.match(str(resolved(item).value)) for item in before)


def _of_shell(step: Step) -> str:
    """Choose the language of a script: a step of GitHub or an Argo template says which program reads it."""
    shell = step.sibling("shell")
    program = shell.value if shell is not None and isinstance(shell.value, str) else ""
    action = step.above.sibling("uses") if step.above is not None else None
    if action is not None and "github-script" in str(action.value):
        return JAVASCRIPT
    command = step.sibling("command") if step.name == "source" else None
    if command is not None and command.items and isinstance(command.items[0].value, str):
        program = command.items[0].value
    return _interpreted(program.split()[0]) if program.strip() else SHELL


def _of_structure(name: str, text: str) -> str:
    """Tell whether a text reads as YAML or JSON with a key of Linkerd's in it."""
    is_named = name in _TEXTS or is_annotations(name)
    if not (_names_key(text) or (is_named and ":" in text)):
        return ""
    if has_control(text):
        return _with_actions(YAML, text)
    masked, _ = mask_holes(text, variables=True)
    if masked.lstrip().startswith(("{", "[")) and _is_json(masked):
        return JSON
    roots = [root for root in _roots(masked) if root.is_mapping or root.items]
    if roots and (is_named or any(map(_has_key, roots))):
        return YAML
    # Where a tool reads YAML the text is YAML, even if it is broken.
    return YAML if name in _TEXTS and "\n" in text.strip() else ""


def _with_actions(language: str, text: str) -> str:
    """Return the language of templates for YAML that leaves out or repeats parts of itself."""
    if language not in (YAML, JSON) or not has_control(text):
        return language
    return JINJA if "{%" in text else GO_TEMPLATE


def _names_key(text: str) -> bool:
    """Tell whether a text has a key of Linkerd's where YAML has a key, or in a path."""
    if _ESCAPED.search(text):
        return True
    return any(
        match["behind"] is None or match["quote"] or match["behind"] or match.end() == len(text)
        for match in _KEY.finditer(text)
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _roots(text: str) -> list[Node]:
    try:
        return lay_out_text(text)
    except NotEditableError:
        return []


def _has_key(root: Node) -> bool:
    """Tell whether a text names a key where YAML has one; in prose it is a word before a colon."""
    for step in walk(root):
        value = step.node.value
        if _is_key_word(step.name) or (isinstance(value, str) and _is_key_word(value)):
            return True
    return False


def _is_key_word(word: str) -> bool:
    return "linkerd" in word and not any(map(str.isspace, word.strip()))
