"""A key that is part of a longer word or path: it is judged by itself, and the word stays as it is."""

from __future__ import annotations

import pytest
from builders import ALPHA, BETA, GA, WRONG
from texts import ESCAPED, RIGHT_ESCAPED, check, edits

from autofix.linkerd.annotations import domains
from autofix.linkerd.keys import key_within

LONGER = [
    ("values.yaml", "a:\n  spark.kubernetes.executor.annotation.{}: 'yes'\n"),
    ("values.yaml", "a:\n  driver.{}: 'yes'\n"),
    ("values.yaml", "a:\n  {}/driver: 'yes'\n"),
    ("values.yaml", "a:\n  {}.driver: 'yes'\n"),
    ("values.yaml", "a:\n  '+({})': 'yes'\n"),
    ("values.yaml", "a:\n  '{}{{{{ x }}}}': 'yes'\n"),
    ("a.sh", "flink run -Dkubernetes.pod.annotations.{}=yes x.jar\n"),
    ("a.sh", "spark-submit --conf spark.kubernetes.driver.annotation.{}=yes \\\n  job.py\n"),
    ("a.sh", "run {}/driver=yes\n"),
    ("a.sh", "run {}.driver=yes\n"),
    ("a.sh", "run ${{PREFIX}}{}=yes\n"),
    ("a.sh", "run $PREFIX{}=yes\n"),
    ("a.sh", "run {}$SUFFIX=yes\n"),
    ("a.sh", "run {}-$SUFFIX=yes\n"),
    ("a.sh", "cat /etc/podinfo/{}\n"),
    ("a.sh", "curl 'https://x.example/?annotation={}'\n"),
    ("a.md", "mail me@{}\n"),
    ("a.tpl", "{{{{ .Values.prefix }}}}{}: 'yes'\n"),
    ("a.tpl", "{}{{{{ .Values.suffix }}}}: 'yes'\n"),
    ("a.tf", '"spark.kubernetes.driver.annotation.{}" = "yes"\n'),
    ("a.properties", "spark.kubernetes.driver.annotation.{}=yes\n"),
    ("a.tpl", "spark.kubernetes.driver.annotation.{}: 'yes'\n"),
]


@pytest.mark.parametrize(("name", "text"), LONGER)
def test_a_longer_word_is_never_edited(name: str, text: str) -> None:
    for key in (WRONG, ALPHA, GA):
        assert edits(name, text.format(key)) == {}


@pytest.mark.parametrize(("name", "text"), LONGER)
def test_a_right_key_in_a_longer_word_is_no_finding(name: str, text: str) -> None:
    assert check(name, text.replace("yes", "true").format(ALPHA)).findings == ()


@pytest.mark.parametrize("unsafe", [False, True])
def test_a_prefix_with_the_escapes_of_helm_stays(unsafe: bool) -> None:
    text = f"helm upgrade a b --set conf.spark\\.driver\\.annotation\\.{ESCAPED}=true\n"
    checked = check("a.sh", text, unsafe=unsafe)
    assert checked.text == text
    assert "AFX101" in {finding.code for finding in checked.findings}


def test_prefixed_keys_do_not_run_into_each_other() -> None:
    names = [f"spark.{part}.{key}" for part in ("driver", "executor") for key in (WRONG, "linkerd.io/inject")]
    text = "conf:\n" + "".join(f"  {name}: 'true'\n" for name in names)
    checked = check("values.yaml", text, unsafe=True)
    assert checked.text == text
    places = [(finding.code, finding.path[-1]) for finding in checked.findings if finding.withheld]
    assert places == [("AFX101", names[0]), ("AFX203", names[1]), ("AFX101", names[2]), ("AFX203", names[3])]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "kubectl annotate ns shop {}=true\n"),
        ("a.sh", "kubectl annotate ns shop '{}=true'\n"),
        ("a.sh", "kubectl annotate pods -l app=web {}=true -n shop\n"),
        ("a.sh", "tkn task start build --annotations={}=true\n"),
        ("a.sh", "run -Dkubernetes.annotations=linkerd.io/inject:enabled,{}:true\n"),
        (
            "a.md",
            "Use `{}`, **{}**, <b>{}</b>.\n".replace("{}", "{0}", 1).replace("**{}**, <b>{}</b>", "(x)"),
        ),
        ("a.tf", 'annotations["{}"] = "true"\n'),
        ("a.tpl", "{{{{ x }}}}: {{{}: 'true'}}\n"),
        ("values.yaml", "podAnnotations:\n  {}: 'true'\n"),
        ("values.yaml", "podAnnotations:\n  {}: 'true'\n  spark.driver.linkerd.io/inject: enabled\n"),
    ],
)
def test_a_word_of_its_own_is_still_edited(name: str, text: str) -> None:
    assert check(name, text.format(WRONG)).text == text.format(ALPHA)


def test_a_step_of_a_path_that_helm_reads_is_a_word_of_its_own() -> None:
    for text in ("helm --set podAnnotations.{}=true\n", 'helm --set podAnnotations."{}"=true\n'):
        assert check("a.sh", text.format(ESCAPED)).text == text.format(RIGHT_ESCAPED)


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
