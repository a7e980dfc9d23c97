"""What people really had, rebuilt: nothing that their files do today is broken by a fix."""

from __future__ import annotations

import pytest
from builders import ALPHA, BETA, GA, WRONG
from paths import DATA
from texts import RELEASES, check, edits, withheld

import autofix
from autofix.text.check import check_files
from autofix.text.file import read_file

HARM = DATA / "harm"


def text_of(name: str) -> str:
    return (HARM / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "removal/annotate-minus.sh",
        "removal/kustomization.yaml",
        "removal/migrate.sh",
        "removal/patch.yaml",
        "branches/template.yaml",
        "labels/label.sh",
        "labels/values.yaml",
    ],
)
def test_what_would_be_harm_is_never_edited(name: str) -> None:
    assert edits(name, text_of(name)) == {}


@pytest.mark.parametrize("name", ["prefix/submit.sh", "prefix/submit-one.sh", "prefix/values.yaml"])
def test_a_key_behind_a_prefix_is_judged_and_repaired_by_itself(name: str) -> None:
    text = text_of(name)
    checked = check(name, text)
    wrong = [finding for finding in checked.findings if finding.code == "AFX101"]
    assert len(wrong) == text.count(WRONG)
    assert checked.text == text.replace(WRONG, ALPHA)
    assert {finding.code for finding in check(name, checked.text).findings} <= {"AFX404"}


def test_a_label_in_a_template_is_moved_only_when_asked_for_and_the_selector_stays() -> None:
    text = text_of("labels/template.yaml")
    assert edits("template.yaml", text, unsafe=(False,)) == {}
    [finding] = [finding for finding in check("template.yaml", text).findings if finding.code == "AFX302"]
    assert finding.applicability == "unsafe"
    after = check("template.yaml", text, unsafe=True).text
    head, label = (
        '  selector:\n    matchLabels:\n      linkerd.io/native-sidecar: "true"\n',
        "      labels: {}\n",
    )
    assert head in after
    assert f'      annotations:\n        {ALPHA}: "true"\n{label}' in after


@pytest.mark.parametrize("name", ["annotate-minus.sh", "kustomization.yaml", "migrate.sh", "patch.yaml"])
def test_a_removal_is_no_finding(name: str) -> None:
    assert check(name, text_of(f"removal/{name}")).findings == ()


@pytest.mark.parametrize(
    "name", ["template.yaml", "argo-values.yaml", "annotate.sh", "namespace-helmrelease.yaml"]
)
@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("release", RELEASES)
def test_no_fix_makes_the_injector_deny_the_pod(name: str, release: str | None, unsafe: bool) -> None:
    text = text_of(f"wait/{name}")
    checked = check(name, text, release=release, unsafe=unsafe)
    if release == "2.20":
        # It denies no such pod.
        assert checked.text == text.replace(WRONG, GA)
    else:
        assert checked.text == text
        assert any("AFX402" in reason for reason in withheld(checked))


def test_quotes_in_a_value_of_helms_are_removed_only_when_asked_for() -> None:
    text = text_of("quotes/values.yaml")
    checked = check("values.yaml", text)
    assert checked.text == text
    [finding] = [finding for finding in checked.findings if finding.code == "AFX202"]
    assert finding.applicability == "unsafe"
    asked = check("values.yaml", text, unsafe=True)
    assert asked.text == text.replace("\"'true'\"", '"true"')
    assert [finding.applicability for finding in asked.findings if finding.code == "AFX202"] == ["unsafe"]


def test_quotes_in_a_value_of_an_object_are_removed() -> None:
    pod = f"apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {ALPHA}: \"'true'\"\n"
    assert check("pod.yaml", pod).text == pod.replace("\"'true'\"", '"true"')


@pytest.mark.parametrize("name", ["scdf.properties", "flink.sh", "camelk.sh"])
def test_values_in_lists_stay_bare(name: str) -> None:
    text = text_of(f"lists/{name}")
    wrong, right = (key.replace(".", "\\\\.") for key in (WRONG, ALPHA))
    assert check(name, text).text == text.replace(WRONG, ALPHA).replace(wrong, right)


@pytest.mark.parametrize("release", [*RELEASES, "2.15", "edge-25.10.2"])
def test_keys_for_several_releases_on_a_pod_stay(release: str | None) -> None:
    text = text_of("releases/pod.yaml")
    assert check("pod.yaml", text, release=release).text == text


def test_keys_for_other_releases_go_when_asked_for() -> None:
    after = check("pod.yaml", text_of("releases/pod.yaml"), release="2.20", unsafe=True).text
    assert GA in after
    assert ALPHA not in after
    assert BETA not in after


@pytest.mark.parametrize("release", RELEASES)
def test_a_template_for_several_releases_keeps_their_keys(release: str | None) -> None:
    text = text_of("releases/_linkerd.tpl")
    after = check("_linkerd.tpl", text, release=release).text
    [wrong] = [line for line in text.splitlines() if WRONG in line]
    key = {"2.19": BETA, "2.20": GA}.get(release or "", ALPHA)
    assert after == text.replace(wrong, wrong.replace(WRONG, key))


@pytest.mark.parametrize(("release", "key"), [("2.17", ALPHA), ("2.19", BETA), ("2.20", GA)])
def test_keys_of_other_releases_in_a_template_go_when_asked_for_and_its_switch_stays(
    release: str, key: str
) -> None:
    text = text_of("releases/_linkerd.tpl")
    head, both = text.split('{{- define "both" }}\n')
    after_head, after_both = check("_linkerd.tpl", text, release=release, unsafe=True).text.split(
        '{{- define "both" }}\n'
    )
    assert after_head == head.replace(WRONG, key)
    assert after_both == f'{key}: "true"\n{{{{- end }}}}\n'
    assert all(f'{name}: "true"\n' in both for name in (ALPHA, BETA, GA))


def test_the_files_together_are_left_alone_too() -> None:
    sources = sorted(path for path in DATA.glob("wait/*"))
    files = [read_file(path.read_bytes(), path.name) for path in sources]
    for checked in check_files(files, autofix.options(release="2.17", unsafe=True)):
        assert checked.text == checked.file.text
