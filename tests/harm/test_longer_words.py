"""A key that is part of a longer word or path: it is judged by itself, and the word stays as it is."""

from __future__ import annotations

import pytest
from builders import ALPHA, BETA, GA, WRONG
from texts import ESCAPED, RIGHT_ESCAPED, check, edits, withheld

from autofix.linkerd.annotations import domains
from autofix.linkerd.keys import key_within

LONGER = [
    ("values.yaml", "a:\n  driver.{}: 'yes'\n"),
    ("values.yaml", "a:\n  {}/driver: 'yes'\n"),
    ("values.yaml", "a:\n  {}.driver: 'yes'\n"),
    ("values.yaml", "a:\n  '{}{{{{ x }}}}': 'yes'\n"),
    ("a.sh", "flink run -Dkubernetes.pod.annotations.{}=yes x.jar\n"),
    ("a.sh", "run {}/driver=yes\n"),
    ("a.sh", "run {}.driver=yes\n"),
    ("a.sh", "run ${{PREFIX}}{}=yes\n"),
    ("a.sh", "run {}$SUFFIX=yes\n"),
    ("a.sh", "run {}-$SUFFIX=yes\n"),
    ("a.sh", "cat /etc/podinfo/{}\n"),
    ("a.sh", "curl 'https://x.example/?annotation={}'\n"),
    ("a.md", "mail me@{}\n"),
    ("a.tpl", "{{{{ .Values.prefix }}}}{}: 'yes'\n"),
    ("a.tpl", "{}{{{{ .Values.suffix }}}}: 'yes'\n"),
    ("a.tf", '"spark.kubernetes.driver.annotation.{}" = "yes"\n'),
]
# The prefix is known, so the key behind it is certain.
PREFIXED = [
    ("values.yaml", "a:\n  spark.kubernetes.executor.annotation.{}: 'yes'\n"),
    ("values.yaml", "a:\n  '+({})': 'yes'\n"),
    ("a.sh", "spark-submit --conf spark.kubernetes.driver.annotation.{}=yes \\\n  job.py\n"),
    ("a.properties", "spark.kubernetes.driver.annotation.{}=yes\n"),
    ("a.tpl", "spark.kubernetes.driver.annotation.{}: 'yes'\n"),
]


@pytest.mark.parametrize(("name", "text"), LONGER)
def test_a_longer_word_is_never_edited(name: str, text: str) -> None:
    for key in (WRONG, ALPHA, GA):
        assert edits(name, text.format(key)) == {}


@pytest.mark.parametrize(("name", "text"), PREFIXED)
def test_behind_a_known_prefix_the_key_is_edited_and_the_prefix_stays(name: str, text: str) -> None:
    for key in (WRONG, ALPHA, GA):
        assert check(name, text.format(key)).text == text.replace("yes", "true").format(ALPHA)


def test_what_stands_behind_a_variable_without_braces_belongs_to_its_name() -> None:
    for key in (WRONG, ALPHA, GA):
        assert edits("a.sh", f"run $PREFIX{key}=yes\n") == {}


@pytest.mark.parametrize(("name", "text"), [*LONGER, *PREFIXED])
def test_a_right_key_in_a_longer_word_is_no_finding(name: str, text: str) -> None:
    assert check(name, text.replace("yes", "true").format(ALPHA)).findings == ()


@pytest.mark.parametrize("unsafe", [False, True])
def test_a_prefix_with_the_escapes_of_helm_stays(unsafe: bool) -> None:
    text = f"helm upgrade a b --set conf.spark\\.driver\\.annotation\\.{ESCAPED}=true\n"
    checked = check("a.sh", text, unsafe=unsafe)
    assert checked.text == text
    assert "AFX101" in {finding.code for finding in checked.findings}


def test_prefixed_keys_do_not_run_into_each_other() -> None:
    names = [
        f"{prefix}{key}"
        for prefix in ("spark.kubernetes.driver.annotation.", "spark.kubernetes.executor.annotation.")
        for key in (WRONG, "linkerd.io/inject")
    ]
    text = "conf:\n" + "".join(f"  {name}: 'true'\n" for name in names)
    checked = check("values.yaml", text, unsafe=True)
    expected = text.replace(WRONG, ALPHA).replace("linkerd.io/inject: 'true'", "linkerd.io/inject: enabled")
    assert checked.text.replace("'enabled'", "enabled") == expected
    codes = [finding.code for finding in checked.findings if finding.code in ("AFX101", "AFX203")]
    assert sorted(codes) == ["AFX101", "AFX101", "AFX203", "AFX203"]


def test_keys_behind_unknown_prefixes_do_not_run_into_each_other() -> None:
    names = [f"spark.{part}.{key}" for part in ("driver", "executor") for key in (WRONG, "linkerd.io/inject")]
    text = "conf:\n" + "".join(f"  {name}: 'true'\n" for name in names)
    checked = check("values.yaml", text, unsafe=True)
    assert checked.text == text
    places = {
        (finding.code, text.count("\n", 0, place.start))
        for document in checked.checked
        for finding, place in (document.places or {}).items()
        if finding.withheld
    }
    assert places == {("AFX101", 1), ("AFX203", 2), ("AFX101", 3), ("AFX203", 4)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "kubectl annotate ns shop {}=true\n"),
        ("a.sh", "kubectl annotate ns shop '{}=true'\n"),
        ("a.sh", "kubectl annotate pods -l app=web {}=true -n shop\n"),
        ("a.sh", "tkn task start build --annotations={}=true\n"),
        ("a.sh", "run -Dkubernetes.annotations=linkerd.io/inject:enabled,{}:true\n"),
        ("a.md", "Use `{}: true`, (x).\n"),
        ("a.py", 'annotations["{}"] = "true"\n'),
        ("a.tf", 'a "b" {{\n  annotations = {{ "{}" = "true" }}\n}}\n'),
        ("a.tpl", "{{{{ x }}}}: {{{}: 'true'}}\n"),
        ("values.yaml", "podAnnotations:\n  {}: 'true'\n"),
        ("values.yaml", "podAnnotations:\n  {}: 'true'\n  spark.driver.linkerd.io/inject: enabled\n"),
    ],
)
def test_a_word_of_its_own_is_still_edited(name: str, text: str) -> None:
    assert check(name, text.format(WRONG)).text == text.format(ALPHA)


def test_a_step_of_a_path_that_helm_reads_is_a_word_of_its_own() -> None:
    for text in (
        "helm --set-string 'podAnnotations.{}=true'\n",
        'helm --set-string podAnnotations."{}"=true\n',
        'helm --set-string "podAnnotations.{}=true"\n',
    ):
        assert check("a.sh", text.format(ESCAPED)).text == text.format(RIGHT_ESCAPED)


def test_a_path_whose_backslashes_bash_removes_is_reported_with_the_reason() -> None:
    text = f"helm --set podAnnotations.{ESCAPED}=true\n"
    assert edits("a.sh", text) == {}
    assert any("Helm divides the path at each dot" in reason for reason in withheld(check("a.sh", text)))


@pytest.mark.parametrize(
    ("word", "key"),
    [
        (WRONG, WRONG),
        (f" {BETA} ", BETA),
        (f"spark.kubernetes.driver.annotation.{GA}", GA),
        (f"+({ALPHA})", ALPHA),
        ("annotation.linkerd.io/inject", "linkerd.io/inject"),
        ("config.linkerd.io/proxy.nativeSidecar", "config.linkerd.io/proxy.nativeSidecar"),
        ("config.stable.linkerd.io/a", "config.stable.linkerd.io/a"),
        ("config-alpha.linkerd.io/a{{ x }}", "config-alpha.linkerd.io/a"),
        ("a.linkerd.io/proxy\N{NON-BREAKING HYPHEN}native", "linkerd.io/proxy\N{NON-BREAKING HYPHEN}native"),
    ],
)
def test_the_key_within_a_word(word: str, key: str) -> None:
    assert key_within(word) == key


def test_every_domain_of_linkerds_is_known_to_the_last_word() -> None:
    for domain in domains():
        assert key_within(f"x.{domain}/a") == f"{domain}/a"
