"""Shell and HCL of 1 MB beside tree-sitter's own parse of the same text, in one process."""

from __future__ import annotations

from typing import Final

import tree_sitter_bash
import tree_sitter_hcl
from tree_sitter import Language, Parser

from autofix.engine.options import Options, options
from autofix.text.check import check_files
from autofix.text.file import read_file
from bench.figure import Figure, Goal
from bench.measure import calls, interleaved

_MEGA: Final = 2**20
_ROUNDS: Final = 3
_GOAL: Final = Goal(6, "who previews scripts and Terraform before each commit")
_OTHER: Final = {
    "shell": """\
echo "step {number}" >&2
if [ -n "${{TARGET:-}}" ] && ! grep -q "$TARGET" targets.txt; then
  curl --silent --fail "https://example.test/$TARGET/{number}.tar.gz" | tar -xz -C "$WORK"
fi
for name in alpha beta gamma; do
  docker build --tag "registry.test/$name:{number}" --file "$name/Dockerfile" . || exit 1
done
prepare_{number}() {{
  local folder="$1"
  mkdir -p "$folder" && cp -r src/. "$folder"
}}
""",
    "hcl": """\
resource "aws_instance" "server_{number}" {{
  ami           = data.aws_ami.ubuntu.id
  instance_type = var.sizes["server_{number}"]
  count         = var.enabled ? 1 : 0
  tags = {{
    Name = "server-{number}"
    team = "core"
  }}
}}
""",
}
_OURS: Final = {
    "shell": """\
kubectl annotate namespace "shop-{number}" linkerd.io/inject=enabled --overwrite
helm upgrade --install app-{number} ./chart --set replicas=2 \\
  --set-string 'podAnnotations.config\\.linkerd\\.io/proxy-cpu-request=100m'
""",
    "hcl": """\
resource "kubernetes_deployment" "app_{number}" {{
  metadata {{
    name = "app-{number}"
  }}
  spec {{
    template {{
      metadata {{
        annotations = {{
          "config.linkerd.io/proxy-cpu-request" = "100m"
        }}
      }}
    }}
  }}
}}
""",
}
_GRAMMARS: Final = {"shell": tree_sitter_bash.language, "hcl": tree_sitter_hcl.language}
_SUFFIXES: Final = {"shell": "sh", "hcl": "tf"}
# Of how many parts one names Linkerd's keys.
_ONE_IN: Final = 20


def measure() -> list[Figure]:
    """Measure texts of 1 MB in which one part of 20 names Linkerd's keys."""
    run = options(release="2.17")
    return [_figure(language, run) for language in _GRAMMARS]


def _figure(language: str, run: Options) -> Figure:
    data = _text(language).encode()
    parser = Parser(Language(_GRAMMARS[language]()))
    name = f"a.{_SUFFIXES[language]}"
    rounds = interleaved(
        {
            "autofix": calls(lambda: check_files([read_file(data, name)], run), 1),
            "tree-sitter": calls(lambda: parser.parse(data), 1),
        },
        _ROUNDS,
    )
    ours, other = (f"{rounds.cpu(one) * 1000:.0f} ms" for one in ("autofix", "tree-sitter"))
    what = f"{language}, 1 MB, 1 part of {_ONE_IN} with Linkerd's keys"
    ratio = rounds.ratio("autofix", "tree-sitter")
    return Figure(what, ratio, "x", "tree-sitter's own parse", _GOAL, detail=f"{ours} to {other}")


def _text(language: str) -> str:
    parts: list[str] = []
    size = number = 0
    while size < _MEGA:
        source = (_OTHER, _OURS)[number % _ONE_IN == 0][language]
        parts.append(source.format(number=number))
        size += len(parts[-1])
        number += 1
    return "".join(parts)
