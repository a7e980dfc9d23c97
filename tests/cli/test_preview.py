"""``autofix preview``: formats, streams, exit codes, inputs."""

from __future__ import annotations

import json
from collections.abc import Sequence

import jsonpatch
import pytest
import yaml
from command_line import Run, Write

from autofix.report import FILE_FORMATS

ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
GA = "config.linkerd.io/proxy-enable-native-sidecar"
WRONG = "config.linkerd.io/proxy-native-sidecar"


def job(key: str = WRONG, value: str = '"true"', name: str = "migrate", namespace: str = "shop") -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
  namespace: {namespace}
spec:
  template:
    metadata:
      annotations:
        {key}: {value}
    spec:
      containers:
      - name: main
        image: busybox:1
"""


def namespace(key: str = WRONG, value: str = '"true"', name: str = "shop") -> str:
    return f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n  annotations:\n    {key}: {value}\n"


def test_patch_can_apply_the_diff(run: Run, write: Write) -> None:
    write("a.yaml", f"kind: Pod\napiVersion: v1\nmetadata:\n  annotations: # why\n    {WRONG}: yes  # end")
    ended = run("preview", "-t", "2.17", "a.yaml")
    assert ended.code == 1
    assert (
        ended.out
        == f"""\
--- a.yaml
+++ a.yaml
@@ -2,4 +2,4 @@
 apiVersion: v1
 metadata:
   annotations: # why
-    {WRONG}: yes  # end
\\ No newline at end of file
+    {ALPHA}: "true"  # end
\\ No newline at end of file
"""
    )


def test_nothing_is_written(run: Run, write: Write) -> None:
    path = write("job.yaml", job())
    run("preview", "-t", "2.17", "job.yaml")
    assert path.read_text() == job()


@pytest.mark.parametrize("output", FILE_FORMATS)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(job(ALPHA), 0, id="right"),
        pytest.param("", 0, id="empty"),
        pytest.param(job(), 1, id="to be fixed"),
        pytest.param(job(value='"maybe"'), 1, id="not to be fixed"),
        pytest.param("a: b: c\n", 2, id="no YAML"),
        pytest.param(job() + "---\n{{ template }}\n", 1, id="a template"),
        pytest.param("{{- if .Values.a }}\nb: c\n{{- end }}\n", 0, id="a template without a key"),
        pytest.param("apiVersion: v1\nkind: Pod\nmetadata: text\n", 2, id="malformed metadata"),
    ],
)
def test_exit_codes_are_the_same_for_every_format(
    run: Run, write: Write, output: str, text: str, code: int
) -> None:
    write("in.yaml", text)
    assert run("preview", "-t", "2.17", "-o", output, "in.yaml").code == code


def test_findings_for_information_do_not_fail(run: Run, write: Write) -> None:
    write("job.yaml", job(GA))
    ended = run("preview", "-t", "edge-30.1.1", "-o", "text", "job.yaml")
    assert ended.code == 0
    assert "AFX405" in ended.out


def test_text_has_one_line_with_the_position_for_each_finding(run: Run, write: Write) -> None:
    write("a/job.yaml", "# a comment\n" + job())
    ended = run("preview", "-t", "2.19", "-o", "text", "a")
    first = ended.out.splitlines()[0]
    assert first.startswith(
        f"a/job.yaml:11:9: AFX101 [*] Job shop/migrate: no release of Linkerd reads {WRONG}"
    )


def test_text_says_why_a_fix_is_withheld(run: Run, write: Write) -> None:
    write("job.yaml", job())
    ended = run("preview", "-t", "2.17", "--wait-before-exit-seconds", "5", "-o", "text", "job.yaml")
    assert "(not fixed: AFX402: Linkerd would deny the pod" in ended.out


def test_jsonpatch_has_one_patch_on_each_line_that_applies(run: Run, write: Write) -> None:
    text = f"{job()}---\n{job(ALPHA)}"
    write("jobs.yaml", text)
    ended = run("preview", "-t", "2.17", "-o", "jsonpatch", "jobs.yaml")
    patches = [json.loads(line) for line in ended.out.splitlines()]
    objects = list(yaml.safe_load_all(text))
    assert patches[1] == []
    fixed = jsonpatch.apply_patch(objects[0], patches[0])
    assert fixed["spec"]["template"]["metadata"]["annotations"] == {ALPHA: "true"}


def test_json_holds_everything(run: Run, write: Write) -> None:
    write("job.yaml", job())
    write("bad.yaml", "a: b: c\n")
    ended = run("preview", "-t", "2.17", "-o", "json", "job.yaml", "bad.yaml")
    report = json.loads(ended.out)
    [document] = report["documents"]
    [item] = document["objects"]
    finding = item["findings"][0]
    assert (document["file"], document["line"], item["kind"], item["name"]) == (
        "job.yaml",
        1,
        "Job",
        "migrate",
    )
    assert (finding["code"], finding["severity"], finding["applicability"]) == ("AFX101", "error", "safe")
    home = "/spec/template/metadata/annotations"
    assert finding["pointer"] == f"{home}/{WRONG.replace('/', '~1')}"
    assert finding["edits"] == [
        {"pointer": home, "key": WRONG, "value": None},
        {"pointer": home, "key": ALPHA, "value": "true"},
    ]
    assert [op["op"] for op in document["patch"]] == ["remove", "add"]
    assert report["errors"][0].startswith("bad.yaml:1:")


def test_standard_input_is_read_for_a_dash(run: Run) -> None:
    ended = run("preview", "-t", "2.17", "-o", "text", "-", stdin=job().encode())
    assert ended.code == 1
    assert ended.out.startswith("<stdin>:10:9: AFX101")


def test_json_from_kubectl_is_read(run: Run) -> None:
    items = {"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(job()), yaml.safe_load(job(ALPHA))]}
    ended = run("preview", "-t", "2.17", "-o", "jsonpatch", "-", stdin=json.dumps(items).encode())
    [patch] = [json.loads(line) for line in ended.out.splitlines()]
    assert [op["path"].split("/")[1:3] for op in patch] == [["items", "0"], ["items", "0"]]


def test_a_namespace_in_the_same_input_is_context(run: Run, write: Write) -> None:
    # The Namespace's key is repaired first; a pod that opts out must not be overruled by it then.
    write("1-job.yaml", job(ALPHA, '"false"'))
    write("2-namespace.yaml", namespace())
    ended = run("preview", "-t", "2.20", "-o", "text", ".")
    assert "2-namespace.yaml:6:5: AFX101 [*] Namespace shop" in ended.out
    assert "1-job.yaml:10:9: AFX103 [*] Job shop/migrate" in ended.out
    other = run("preview", "-t", "2.20", "-o", "text", "1-job.yaml")
    assert "AFX103" not in other.out


@pytest.mark.parametrize(
    ("value", "code"),
    [("true", 1), ("yes", 1), ("y", 1), ("on", 1), ('"y"', 1), ('"true"', 0), ("!!str true", 0)],
)
def test_scalars_are_read_as_kubernetes_reads_them(run: Run, value: str, code: int) -> None:
    ended = run("preview", "-t", "2.17", "-o", "text", "-", stdin=job(ALPHA, value).encode())
    assert ended.code == code
    if value in ("true", "yes", "y", "on"):
        assert "AFX201" in ended.out


def test_helm_values_are_read_as_annotations_of_pods(run: Run, write: Write) -> None:
    write("values.yaml", f'podAnnotations:\n  {WRONG}: "true"\nimage: app\n')
    ended = run("preview", "-t", "2.17", "-o", "text", ".")
    assert ended.code == 1
    assert ended.out.startswith(f"values.yaml:2:3: AFX101 [*] no release of Linkerd reads {WRONG}")


def test_explain_skips_documents_without_an_object_and_says_so(run: Run, write: Write) -> None:
    write("values.yaml", "image: app\n")
    assert "skipped 1 document without a Kubernetes object" in run("explain", "-t", "2.17", ".").err


def test_an_unreadable_input_is_reported_and_the_others_are_shown(run: Run, write: Write) -> None:
    write("a.yaml", "kind: a: b\n")
    write("b.yaml", job())
    ended = run("preview", "-t", "2.17", "a.yaml", "absent.yaml", "b.yaml")
    assert ended.code == 2
    assert "error: a.yaml:1:" in ended.err
    assert "error: absent.yaml: no such file" in ended.err
    assert ALPHA in ended.out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["preview", "-t", "nonsense"], "not a Linkerd release: 'nonsense'; write it as edge-24.10.1, 2.16"),
        (["preview", "--kubernetes", "new"], "not a Kubernetes version: 'new'"),
        (["preview", "--select", "AFX9"], "no rule has the code 'AFX9'"),
        (["preview", "--wait-before-exit-seconds", "-1"], "-1"),
        (["preview", "-o", "xml"], "invalid choice: 'xml'"),
        (
            ["rules", "AFX999"],
            "no rule and no check of doctor is called 'AFX999'; `autofix rules` lists them",
        ),
        ([], "COMMAND"),
    ],
)
def test_a_wrong_argument_is_an_error(run: Run, argv: Sequence[str], message: str) -> None:
    ended = run(*argv)
    assert ended.code == 2
    assert ended.out == ""
    assert message in ended.err


def test_the_environment_sets_what_flags_do_not(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("job.yaml", job())
    monkeypatch.setenv("AUTOFIX_LINKERD", "2.20")
    assert GA in run("preview", "job.yaml").out
    assert ALPHA in run("preview", "-t", "2.17", "job.yaml").out
    monkeypatch.setenv("AUTOFIX_NATIVE_SIDECAR_DEFAULT", "maybe")
    assert run("preview", "job.yaml").code == 2


def test_unsafe_fixes_are_shown_when_asked_for(run: Run, write: Write) -> None:
    write("job.yaml", job("linkerd.io/inject", '"true"'))
    assert run("preview", "-t", "2.17", "job.yaml").out == ""
    ended = run("preview", "-t", "2.17", "job.yaml")
    assert "1 more can be fixed with --unsafe-fixes" in ended.err
    shown = run("preview", "-t", "2.17", "--unsafe-fixes", "job.yaml").out
    assert '+        linkerd.io/inject: "enabled"' in shown


def test_select_and_ignore_choose_rules(run: Run, write: Write) -> None:
    write("job.yaml", job(value="true"))
    selected = run("preview", "-t", "2.17", "-o", "text", "--select", "AFX2", "job.yaml")
    first, second = selected.out.splitlines()
    assert first.split()[1] == "AFX201"
    # The line of the file itself.
    assert second == f"    {WRONG}: true"
    ignored = run("preview", "-t", "2.17", "-o", "text", "--ignore", "AFX1,AFX4", "job.yaml")
    assert ignored.out == selected.out


def test_quiet_says_errors_only(run: Run, write: Write) -> None:
    write("job.yaml", job())
    assert run("preview", "-q", "-t", "2.17", "job.yaml").err == ""


def test_a_template_is_read_as_the_objects_that_it_makes(run: Run, write: Write) -> None:
    write("job.yaml", "{{- if .Values.mesh }}\n" + job() + "{{- end }}\n")
    ended = run("preview", "-t", "2.17", "-o", "text", "job.yaml")
    named = f"job.yaml:11:9: AFX101 [*] Job shop/migrate: no release of Linkerd reads {WRONG}"
    assert ended.out.startswith(named)
    assert "plain text" not in ended.err
    assert run("preview", "-t", "2.17", "-o", "jsonpatch", "job.yaml").out == ""


def test_a_file_of_no_known_language_is_read_as_plain_text_and_a_message_says_so(
    run: Run, write: Write
) -> None:
    write("notes.txt", f"{WRONG}: 'true'\n")
    ended = run("preview", "-t", "2.17", "-o", "text", "notes.txt")
    assert ended.out.startswith(f"notes.txt:1:1: AFX101 [*] no release of Linkerd reads {WRONG}")
    assert "read as plain text, for keys and the values right behind them: notes.txt" in ended.err
    assert run("preview", "-t", "2.17", "-o", "jsonpatch", "notes.txt").out == ""


def test_a_known_bug_of_the_release_is_reported_once(run: Run, write: Write) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(name, job())
    ended = run("preview", "-t", "2.17", "-o", "text", ".")
    assert ended.out.count("AFX101") == 2
    positions = [line.partition(": ")[0] for line in ended.out.splitlines() if "AFX404" in line]
    assert positions == ["a.yaml:10:9"] * 3
