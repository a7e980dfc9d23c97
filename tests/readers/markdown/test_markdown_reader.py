"""What the reader of Markdown understands: its code blocks, wherever they stand."""

from __future__ import annotations

import pytest
from readings import KEY, reading, texts

YAML = f"annotations:\n  {KEY}: true\n"
COMMAND = f"kubectl annotate pod web {KEY}=true\n"


def indented(text: str, prefix: str) -> str:
    return "".join(prefix + line for line in text.splitlines(keepends=True))


CASES = {
    "a fence": (f"# T\n\n```yaml\n{YAML}```\n", [("yaml", YAML)]),
    "tildes and a title": (f'~~~yml title="values.yaml"\n{YAML}~~~\n', [("yml", YAML)]),
    "no language": (f"```\n{YAML}```\n\n```\n{COMMAND}```\n", [("yaml", YAML), ("sh", COMMAND)]),
    "neither YAML nor shell": (f"```\nthe key is {KEY}\n```\n", []),
    "in a list": (f"1. do\n\n   ```yaml\n{indented(YAML, '   ')}   ```\n", [("yaml", YAML)]),
    "in a quote": (f"> ```yaml\n{indented(YAML, '> ')}> ```\n", [("yaml", YAML)]),
    "in a list in a quote": (
        f"> - a\n>   ```bash\n{indented(COMMAND, '>   ')}>   ```\n",
        [("bash", COMMAND)],
    ),
    "in tags, as MDX has it": (
        f"<Tabs>\n  <Tab>\n    ```yaml\n{indented(YAML, '    ')}    ```\n  </Tab>\n</Tabs>\n",
        [("yaml", YAML)],
    ),
    "indented": (f"text\n\n{indented(YAML, '    ')}\ntext\n", [("yaml", YAML)]),
    "indented prose": (f"text\n\n    about {KEY}\n", []),
    "a session": (
        f"```console\n$ kubectl annotate pod web \\\n    {KEY}=true\npod/web annotated\n$ ls\n```\n",
        [("sh", f"kubectl annotate pod web \\\n    {KEY}=true\nls\n")],
    ),
    "a here-document in a session": (
        f"```sh\n$ kubectl apply -f - <<EOF\n{YAML}EOF\ndone\n```\n",
        [("sh", f"kubectl apply -f - <<EOF\n{YAML}EOF\n")],
    ),
    "attributes of Pandoc and Quarto": (
        f"```{{.yaml .annotate}}\n{YAML}```\n```{{python}}\nx = 1\n```\n",
        [("yaml", YAML), ("python", "x = 1\n")],
    ),
    "MyST": (f"```{{code-block}} yaml\n{YAML}```\n", [("yaml", YAML)]),
    "Hugo's highlight": (
        f'{{{{< highlight yaml "linenos=table" >}}}}\n{YAML}{{{{< /highlight >}}}}\n',
        [("yaml", YAML)],
    ),
    "Jekyll's highlight": (f"{{% highlight yaml %}}\n{YAML}{{% endhighlight %}}\n", [("yaml", YAML)]),
    "front matter": (f"---\n{YAML}---\n# T\n", [("yaml", YAML)]),
    "front matter of Hugo in TOML": (f'+++\na = "{KEY}"\n+++\n', [("toml", f'a = "{KEY}"\n')]),
    "carriage returns": (
        f"1. a\r\n\r\n   ```yaml\r\n   a:\r\n     {KEY}: true\r\n   ```\r\n\r\nend\r\n",
        [("yaml", f"a:\r\n  {KEY}: true\r\n")],
    ),
    "a fence without an end": (f"```yaml\n{YAML}", [("yaml", YAML)]),
    "a fence within a fence": (f"````md\n```yaml\n{YAML}```\n````\n", [("md", f"```yaml\n{YAML}```\n")]),
    "no line break at the end": (f"```yaml\n{KEY}: true", [("yaml", f"{KEY}: true")]),
    "a table and prose": (f"| `{KEY}` | true |\n\nSet {KEY}.\n", []),
}


@pytest.mark.parametrize("name", CASES)
def test_code_blocks(name: str) -> None:
    text, expected = CASES[name]
    assert texts("markdown", text) == expected


def test_the_rest_is_prose() -> None:
    assert reading("markdown", "text").is_prose


def test_a_diff_is_only_reported() -> None:
    [inner] = reading("markdown", f"```diff\n-{KEY}: true\n```\n").texts
    assert inner.language == "diff"
    assert inner.reason


def test_a_tab_that_is_partly_indentation_is_only_reported() -> None:
    [inner] = reading("markdown", f"- a\n\n  ```yaml\n\ta: b\n  {KEY}: true\n  ```\n").texts
    assert inner.reason
