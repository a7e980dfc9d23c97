"""Texts of other languages in shell scripts: here-documents, patches, printed and quoted texts, sessions."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from shell_readings import check, reported, rows

from autofix.readers.model import NOT_SET, NOT_UNDERSTOOD, Target
from autofix.readers.shell import read

WRONG = "config.linkerd.io/proxy-native-sidecar"
POD = f"metadata:\n  annotations:\n    {WRONG}: true\n"
JSON = f'{{"metadata":{{"annotations":{{"{WRONG}":"true"}}}}}}'
IN_DOUBLE = JSON.replace('"', '\\"')


class Inner(NamedTuple):
    """What a test expects of a text."""

    language: str
    text: str
    target: Target = Target.UNKNOWN
    namespace: str = ""
    reason: str = ""


def document(command: str, text: str = POD, word: str = "EOF") -> str:
    return f"{command} <<{word}\n{text}EOF\n"


SHELL = f"kubectl annotate ns shop {WRONG}=true"
TEXTS = {
    document("kubectl apply -f -"): Inner("yaml", POD),
    document("kubectl apply -n shop -f -"): Inner("yaml", POD, namespace="shop"),
    document("kubectl --namespace shop create -f -", word="'EOF'"): Inner("yaml", POD, namespace="shop"),
    document("kubectl delete -f -"): Inner("yaml", POD, reason=NOT_SET),
    document("helm upgrade web ./web -n shop -f -"): Inner("yaml", POD, namespace="shop"),
    document("helm upgrade web ./web --values -"): Inner("yaml", POD),
    document("helm upgrade l linkerd/linkerd-control-plane --values -"): Inner(
        "yaml", POD, Target.LINKERD_VALUES
    ),
    document("linkerd upgrade --values -"): Inner("yaml", POD, Target.LINKERD_VALUES),
    document("linkerd inject -"): Inner("yaml", POD),
    document("cat > values.yaml"): Inner("yaml", POD),
    document("cat > pod.json", f"{JSON}\n"): Inner("json", f"{JSON}\n"),
    document("kubectl apply -f -", f"{JSON}\n"): Inner("json", f"{JSON}\n"),
    document("cat > main.tf"): Inner("terraform", POD),
    document("tee deploy.sh", f"{SHELL}\n"): Inner("shell", f"{SHELL}\n"),
    document("ssh host", f"{SHELL}\n"): Inner("shell", f"{SHELL}\n"),
    document("sudo bash -s", f"{SHELL}\n"): Inner("shell", f"{SHELL}\n"),
    document("python3 -", f"x = '{WRONG}'\n"): Inner("python", f"x = '{WRONG}'\n"),
    f"cat <<EOF | kubectl apply -n shop -f -\n{POD}EOF\n": Inner("yaml", POD, namespace="shop"),
    f"cat <<EOF | envsubst | kubectl apply -n shop -f - && ls\n\n{POD}EOF\n": Inner(
        "yaml", f"\n{POD}", namespace="shop"
    ),
    f"cat <<EOF > values.yaml && ls\n{POD}EOF\n": Inner("yaml", POD),
    f"{{ cat <<EOF\n{POD}EOF\n}} | kubectl apply -n shop -f -\n": Inner("yaml", POD, namespace="shop"),
    f"x=$(cat <<EOF\n{POD}EOF\n)\n": Inner("yaml", POD),
    f"kubectl apply -f - <<-EOF\n\tmetadata:\n\t\tname: {WRONG}\n\tEOF\n": Inner(
        "yaml", f"metadata:\nname: {WRONG}\n"
    ),
    f"kubectl apply -f - <<EOF\nname: $NAME\n${{MORE}}\n{POD}EOF\n": Inner(
        "yaml", f"name: xxxxx\n#xxxxxx\n{POD}"
    ),
    f"kubectl apply -f - <<'EOF'\nname: $NAME\n{POD}EOF\n": Inner("yaml", f"name: $NAME\n{POD}"),
    f"kubectl apply -f - <<EOF\nprice: \\$5\n{POD}EOF\n": Inner("yaml", f"price: $5\n{POD}"),
    f"kubectl apply -f - <<EOF\nname: ✓ $NAME\n{POD}EOF\n": Inner("yaml", f"name: ✓ xxxxx\n{POD}"),
    f"kubectl apply -n shop -f - <<< '{JSON}'": Inner("json", JSON, namespace="shop"),
    f'kubectl apply -f - <<< "{IN_DOUBLE}" && ls': Inner("json", JSON),
    f"echo '{JSON}' | kubectl apply -n shop -f -": Inner("json", JSON, namespace="shop"),
    f'echo "{WRONG}: true" >> values.yaml': Inner("yaml", f"{WRONG}: true"),
    f"printf 'metadata:\\n  name: {WRONG}\\n' | kubectl apply -f -": Inner(
        "yaml", f"metadata:\n  name: {WRONG}\n"
    ),
    f'echo -e "a: $X\\n{WRONG}: $X" > x.yml': Inner("yaml", f"a: xx\n{WRONG}: xx"),
    f"kubectl patch ns shop -p '{JSON}'": Inner("json", JSON, Target.NAMESPACE, "shop"),
    f'kubectl patch deploy web -n shop --patch="{IN_DOUBLE}"': Inner("json", JSON, Target.WORKLOAD, "shop"),
    f"kubectl patch pod web --type merge --patch '{{metadata: {{{WRONG}: x}}}}'": Inner(
        "yaml", f"{{metadata: {{{WRONG}: x}}}}", Target.POD
    ),
    f'kubectl patch deploy web --type json -p \'[{{"op":"add","path":"/{WRONG}"}}]\'': Inner(
        "json", f'[{{"op":"add","path":"/{WRONG}"}}]', Target.WORKLOAD
    ),
    f"kubectl patch svc web -p $'{JSON}'": Inner("json", JSON, Target.OTHER),
    f"kubectl patch ns shop -p '{JSON.replace('true', chr(39) + chr(34) + '$X' + chr(34) + chr(39))}'": Inner(
        "json", JSON.replace("true", "11"), Target.NAMESPACE, "shop"
    ),
    f'kubectl patch ns shop -p "$(cat <<EOF\n{JSON}\nEOF\n)"': Inner(
        "json", f"{JSON}\n", Target.NAMESPACE, "shop"
    ),
    f"helm upgrade web ./web -n shop -f <(cat <<EOF\n{POD}EOF\n)": Inner("yaml", POD, namespace="shop"),
    f"kubectl get deploy -o name | xargs -I{{}} kubectl patch {{}} -p '{JSON}'": Inner("json", JSON),
    f"kubectl run web --image=x --overrides='{JSON}'": Inner("json", JSON, Target.POD),
    f"sh -c '{SHELL}'": Inner("shell", SHELL),
    f'bash -euc "{SHELL}"': Inner("shell", SHELL),
    f'kubectl exec web -- sh -c "{SHELL}"': Inner("shell", SHELL),
    f"docker run x /bin/sh -c '{SHELL}'": Inner("shell", SHELL),
    f"eval '{SHELL}'": Inner("shell", SHELL),
    f"ssh -t host '{SHELL}'": Inner("shell", SHELL),
    f"su -c '{SHELL}' root": Inner("shell", SHELL),
    f"retry 3 '{SHELL}'": Inner("shell", SHELL),
    f'bash -c "kubectl annotate ns $NS {WRONG}=\\"true\\""': Inner(
        "shell", f'kubectl annotate ns $NS {WRONG}="true"'
    ),
    f"$ {SHELL}\nnamespace/shop annotated {WRONG}\n": Inner("shell", f"{SHELL}\n"),
    f"me@host:~/x$ kubectl annotate ns shop \\\n>   {WRONG}=true\nok\n": Inner(
        "shell", f"kubectl annotate ns shop \\\n  {WRONG}=true\n"
    ),
    f"  $ kubectl apply -f - <<EOF\n  {WRONG}: x\nEOF\nok\n  $ ls\n": Inner(
        "shell", f"kubectl apply -f - <<EOF\n  {WRONG}: x\nEOF\nls\n"
    ),
}


@pytest.mark.parametrize("outer", TEXTS)
def test_a_text_inside_is_read_by_its_own_language(outer: str) -> None:
    reading = read(outer)
    check(outer, reading)
    [inner] = reading.texts
    assert Inner(inner.language, inner.text, inner.target, inner.namespace, inner.reason) == TEXTS[outer]
    assert reading.fragments == ()
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("outer", "escapes"),
    [
        (f"kubectl patch ns a -p '{JSON}'", (("'", "'\\''"),)),
        (f'kubectl patch ns a -p "{IN_DOUBLE}"', (("\\", "\\\\"), ('"', '\\"'), ("$", "\\$"), ("`", "\\`"))),
        (document("kubectl apply -f -"), (("\\", "\\\\"), ("$", "\\$"), ("`", "\\`"))),
        (document("kubectl apply -f -", word="'EOF'"), ()),
    ],
)
def test_a_text_inside_says_how_its_characters_are_written(
    outer: str, escapes: tuple[tuple[str, str], ...]
) -> None:
    [inner] = read(outer).texts
    assert inner.escapes == escapes


def test_a_text_in_quotes_of_several_kinds_is_not_edited() -> None:
    [inner] = read(f"""kubectl patch ns a -p '{{"metadata":'"{{{WRONG}: x}}"'}}'""").texts
    assert inner.reason == NOT_UNDERSTOOD


def test_holes_are_what_the_shell_fills_in() -> None:
    outer = f"kubectl apply -f - <<EOF\nname: $NAME\nat: $(date)\n{WRONG}: x\nEOF\n"
    [inner] = read(outer).texts
    runs = dict(inner.runs)
    assert [outer[start + runs[0] : end + runs[0]] for start, end in inner.holes] == ["$NAME", "$(date)"]


def test_commands_in_a_here_document_are_read() -> None:
    text = f"cat <<EOF\nlinkerd $(kubectl annotate ns shop {WRONG}=true)\nEOF\n"
    assert rows(read(text)) == [("NAMESPACE", WRONG, "true", "TEXT", True)]


def test_a_removed_patch_file_and_other_texts_are_no_texts_inside() -> None:
    assert read(f"kubectl patch ns a --patch-file {WRONG}.yaml").texts == ()
    assert read(f"echo '{WRONG}: true'").texts == ()


def test_a_prompt_within_a_script_makes_no_session() -> None:
    text = f"#!/bin/sh\n{SHELL}\ncat <<EOF\nUsage:\n  $ deploy linkerd\nEOF\n"
    assert rows(read(text)) == [("NAMESPACE", WRONG, "true", "TEXT", True)]
    later = f"ls\n$ {SHELL}\n"
    assert reported(read(later)) == [(WRONG, NOT_UNDERSTOOD)]
    check(later, read(later))
