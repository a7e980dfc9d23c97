"""A run over a folder says what it has not read, and what it has read it has read whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import ALPHA, WRONG
from command_line import Run, Write

KEY = f"{WRONG}: 'true'\n"
RIGHT = f"{ALPHA}: 'true'\n"
ESCAPED = WRONG.replace(".", r"\.")
# A file of another kind, and the pattern that takes it.
KINDS = {
    "main.tf": (f'annotations = {{ "{WRONG}" = "true" }}\n', "'*.tf'"),
    "install.sh": (f"helm upgrade x y --set-string 'podAnnotations.{ESCAPED}=true'\n", "'*.sh'"),
    "dag.py": (f'annotations={{"{WRONG}": "true"}}\n', "'*.py'"),
    "Makefile": (f"deploy:\n\tkubectl annotate ns x {WRONG}=true\n", "Makefile"),
    "job.yaml.j2": (f"    {KEY}", "'*.j2'"),
    "patch.md": (f"`/metadata/annotations/{WRONG.replace('/', '~1')}`\n", "'*.md'"),
    "spark.conf": (f"spark.kubernetes.driver.annotation.{WRONG}=true\n", "'*.conf'"),
    "Pod.java": ('.addToAnnotations("linkerd.io/inject", "enabled")\n', "'*.java'"),
    "ignore.cue": ('"linkerd-autofix.io/ignore": "all"\n', "'*.cue'"),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("command", ["preview", "fix"])
def test_a_file_of_another_kind_is_named_with_the_flag_that_reads_it(
    run: Run, write: Write, command: str, name: str
) -> None:
    text, pattern = KINDS[name]
    path = write(f"sub/{name}", text)
    ended = run(command, "-t", "2.17", ".")
    message = f"1 file of another kind names Linkerd's keys (sub/{name}): read it with --include {pattern}"
    assert f"autofix: {message}\n" in ended.err
    assert (ended.code, path.read_text()) == (0, text)
    assert "another kind" not in run(command, "-q", "-t", "2.17", ".").err
    included = run(command, "-t", "2.17", "--include", pattern.strip("'"), ".")
    assert "another kind" not in included.err
    assert "in 0 files" not in included.err


def test_several_kinds_are_counted_once_each(run: Run, write: Write) -> None:
    for name, (text, _) in KINDS.items():
        write(name, text)
        write(f"again/{name}", text)
    write("values.yaml", f"podAnnotations:\n  {KEY}")
    ended = run("preview", "-t", "2.17", ".")
    assert "18 files of other kinds name Linkerd's keys (Makefile, Pod.java, dag.py and 15 more)" in ended.err
    assert "read them with --include Makefile --include '*.java'" in ended.err
    assert ended.err.partition("read them with")[2].partition("\n")[0].endswith(" and 4 more")
    assert "in 1 file, 1 with a safe fix" in ended.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # Addresses, and words of others.
        ("README.md", "See https://linkerd.io/2.17/features and https://helm.linkerd.io/stable\n"),
        (
            "install.sh",
            "curl -sL run.linkerd.io/install | sh\nhelm repo add linkerd https://helm.linkerd.io/edge\n",
        ),
        ("a.py", "mail a@linkerd.io/x, my-linkerd.io/a, docs.linkerd.io/a, github.com/linkerd/linkerd2\n"),
        ("a.go", "// native sidecars of Istio: enableNativeSidecars\n"),
        # No texts, and files that are not the project's own.
        ("a.out", f"\0{KEY}"),
        ("node_modules/a.js", KEY),
        ("vendor/a.go", KEY),
        (".terraform/a.tf", KEY),
        ("ignored/a.tf", KEY),
        ("excluded/a.tf", KEY),
        # A key behind the first megabyte.
        ("a.log", "x" * 2**20 + KEY),
        ("empty.tf", ""),
    ],
)
def test_nothing_is_said_of_a_file_without_a_key(run: Run, write: Write, name: str, text: str) -> None:
    write(".git/HEAD", "")
    write(".gitignore", "ignored/\n")
    write(name, text)
    ended = run("preview", "-t", "2.17", "--exclude", "excluded", ".")
    assert (ended.code, ended.err) == (0, "autofix: 0 findings in 0 files, 0 with a safe fix\n")


def test_a_file_of_another_kind_that_cannot_be_opened_is_passed_over(
    run: Run, write: Write, tmp_path: Path
) -> None:
    write("a.yaml", "a: 1\n")
    (tmp_path / "b.tf").symlink_to("missing")
    assert run("preview", "-t", "2.17", ".").code == 0


def test_explain_does_not_speak_of_other_kinds(run: Run, write: Write) -> None:
    write("main.tf", KINDS["main.tf"][0])
    assert run("explain", "-t", "2.17", ".").err == ""


UNRELATED = {
    "tsconfig.json": '{\n  // c\n  "a": 1\n}\n',
    "broken.yaml": "a: b: c\n",
    "latin.yml": b"a: \xe9\n".decode("latin-1"),
    "deep.json": "[" * 3000,
}


@pytest.mark.parametrize("name", UNRELATED)
def test_an_unrelated_file_does_not_stop_explain(run: Run, write: Write, tmp_path: Path, name: str) -> None:
    write("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n")
    (tmp_path / name).write_bytes(UNRELATED[name].encode("latin-1"))
    ended = run("explain", "-t", "2.17", ".")
    assert ended.code == 0
    assert ended.out.startswith("pod.yaml:1: Pod p: ordinary container")
    assert (
        f"skipped 1 unreadable file without a Kubernetes object or a key of Linkerd's: {name}\n" in ended.err
    )
    assert run("explain", "-q", "-t", "2.17", ".").err == ""
    for command in ("preview", "fix"):
        assert run(command, "-t", "2.17", ".").code == 0
    for command in ("explain", "preview", "fix"):
        ended = run(command, "-t", "2.17", name)
        assert ended.code == 2
        assert f"autofix: error: {name}" in ended.err


@pytest.mark.parametrize(
    "text",
    ["apiVersion: v1\nkind: Pod\nmetadata: {\n", f"a: [\n{KEY}", f"{{ // c\n  '{WRONG}': true\n}}\n"],
    ids=["object", "key", "JSON with a comment"],
)
def test_a_related_file_that_cannot_be_read_is_an_error(run: Run, write: Write, text: str) -> None:
    write("a.yaml", text)
    ended = run("explain", "-t", "2.17", ".")
    assert ended.code == 2
    assert "autofix: error: a.yaml:" in ended.err


@pytest.mark.parametrize("command", ["preview", "fix"])
def test_a_summary_does_not_count_what_was_not_read(run: Run, write: Write, command: str) -> None:
    write("a.yaml", f"a: [\n{KEY}")
    write("b.yaml", f"b:\n  {RIGHT}")
    for paths, number in ((["."], "1 path"), ([".", "c.yaml"], "2 paths"), (["c.yaml"], "1 path")):
        ended = run(command, "-t", "2.17", "--ignore", "AFX404", *paths)
        assert ended.code == 2
        assert ended.err.endswith(f"; {number} not read\n")
    assert "not read" not in run(command, "-t", "2.17", "b.yaml").err


@pytest.mark.parametrize("name", ["Jenkinsfile", "a.rb", "Dockerfile", "notes", "a.properties", "b.yaml.bak"])
def test_a_named_file_of_any_kind_is_no_wrong_yaml(run: Run, write: Write, name: str) -> None:
    write(name, f"sh 'kubectl annotate ns x {WRONG}=true' {{\n  a: b: c\n")
    ended = run("preview", "-t", "2.17", "-o", "text", name)
    assert ended.code == 1
    assert f"{name}:1:" in ended.out
    assert "not YAML" not in ended.err


MAYBE = "linkerd.io/native-sidecar: maybe"
FILLER = "".join(f"f{number}: 1\n" for number in range(9))
TWO_KEYS = f"a:\n  linkerd.io/native-sidecar: 'true'\n  {KEY}"
# A fix adds lines: the key moves from a workload to its pods.
MOVED = (
    f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n  annotations:\n    {ALPHA}: 'true'\n"
    "spec:\n  template:\n    spec: {}\n"
)


@pytest.mark.parametrize(
    "documents",
    [
        [TWO_KEYS, FILLER, f"b:\n  {MAYBE}\n"],
        [TWO_KEYS, FILLER, f"b:\n  {MAYBE}\n", FILLER, TWO_KEYS, FILLER, f"c:\n  {MAYBE}\n"],
        [MOVED, FILLER, f"b:\n  {MAYBE}\n"],
        [f"b:\n  {MAYBE}\n", FILLER, TWO_KEYS],
        [f"a:\n  {WRONG}: |\n    true\n", FILLER, f"b:\n  {MAYBE}\n", FILLER, f"c: {{{MAYBE}}}\n"],
    ],
    ids=["one key less", "twice", "a key moves", "below", "a block becomes a line"],
)
def test_what_is_left_is_said_with_its_line_in_the_new_file(
    run: Run, write: Write, documents: list[str]
) -> None:
    path = write("x.yaml", "---\n".join(documents))
    before = path.read_text()
    left = run("fix", "-t", "2.17", "--unsafe-fixes", "--ignore", "AFX404", ".").out.splitlines()[::2]
    lines = path.read_text().splitlines()
    assert path.read_text() != before
    numbers = [int(line.split(":")[1]) for line in left if "AFX204" in line]
    assert numbers == [number for number, line in enumerate(lines, start=1) if MAYBE in line]


def block(depth: int) -> str:
    return "".join(f"{'  ' * level}a:\n" for level in range(depth)) + "  " * depth + KEY


def template(depth: int) -> str:
    pod = f"metadata: {{annotations: {{{KEY.strip()}}}}}\n", "spec: {containers: []}\n"
    levels = "".join(f"{'  ' * level}a:\n" for level in range(1, depth))
    inner = "".join("  " * depth + line for line in pod)
    return f"apiVersion: example.com/v1\nkind: Deep\nmetadata: {{name: x}}\nspec:\n{levels}{inner}"


DEEP = {
    "block.yaml": block,
    "flow.yaml": lambda depth: "{a: " * depth + f"{{{KEY.strip()}}}" + "}" * depth + "\n",
    "lists.yaml": lambda depth: "[" * depth + f"{{{KEY.strip()}}}" + "]" * depth + "\n",
    "object.json": lambda depth: '{"a":' * depth + json.dumps({WRONG: "true"}) + "}" * depth + "\n",
    "template.yaml": template,
}


@pytest.mark.parametrize("depth", [65, 200, 280])
@pytest.mark.parametrize("name", DEEP)
def test_a_key_is_found_however_deep_it_stands(run: Run, write: Write, name: str, depth: int) -> None:
    path = write(name, DEEP[name](depth))
    assert run("fix", "-t", "2.17", name).code == 0
    assert path.read_text() == DEEP[name](depth).replace(WRONG, ALPHA)


@pytest.mark.parametrize("name", DEEP)
def test_what_is_too_deep_to_be_fixed_is_reported(run: Run, write: Write, name: str) -> None:
    path = write(name, DEEP[name](900))
    ended = run("fix", "-t", "2.17", name)
    assert ended.code == 2
    assert "nested too deeply; change it by hand" in ended.err
    assert "AFX101" in ended.out
    assert path.read_text() == DEEP[name](900)


@pytest.mark.parametrize("depth", [1001, 20_000])
@pytest.mark.parametrize(
    "name", [name for name in DEEP if name.partition(".")[0] not in ("block", "template")]
)
@pytest.mark.parametrize("command", ["preview", "fix", "explain"])
def test_what_is_too_deep_to_be_read_is_an_error(
    run: Run, write: Write, command: str, name: str, depth: int
) -> None:
    write(name, DEEP[name](depth))
    for path in (name, "."):
        ended = run(command, "-t", "2.17", path)
        assert ended.code == 2
        assert "nested more than 1000 deep" in ended.err


ASKING = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop, annotations: {linkerd.io/inject: enabled}}
"""
SILENT_JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: shop}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: a, image: b}]}
"""


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        ({"a-job.yaml": SILENT_JOB, "namespace.yaml": ASKING}, ["a-job.yaml:5"]),
        ({"all.yaml": f"{ASKING}---\n{SILENT_JOB}"}, ["all.yaml:9"]),
        ({"all.yaml": f"{SILENT_JOB}---\n{ASKING}"}, ["all.yaml:5"]),
        ({"job.yaml": SILENT_JOB}, []),
        ({"job.yaml": SILENT_JOB, "namespace.yaml": ASKING.replace("enabled", "disabled")}, []),
        ({"job.yaml": SILENT_JOB.replace("shop", "other"), "namespace.yaml": ASKING}, []),
    ],
)
def test_a_job_without_a_word_of_linkerd_counts_where_its_namespace_asks_for_proxies(
    run: Run, write: Write, files: dict[str, str], lines: list[str]
) -> None:
    for name, text in files.items():
        write(name, text)
    ended = run("preview", "-q", "-t", "2.19", "-o", "text", ".")
    found = [line.rpartition(": AFX603")[0] for line in ended.out.splitlines() if "AFX603" in line]
    assert [place.rpartition(":")[0] for place in found] == lines
    assert ended.code == int(bool(lines))
    # Nobody knows without a release, and then a folder costs what it did.
    assert run("preview", "-q", "-o", "text", ".").out == ""
    run("fix", "-q", "-t", "2.19", "--unsafe-fixes", ".")
    assert run("preview", "-q", "-t", "2.19", "-o", "text", ".").code == 0
