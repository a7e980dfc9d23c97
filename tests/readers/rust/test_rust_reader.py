"""What the reader of rust understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "inserts": (
        "fn f() {\n"
        f'    annotations.insert("{INJECT}".to_string(), "enabled".to_string());\n'
        f'    annotations.insert("{KEY}".into(), "true".into());\n'
        f'    annotations.remove("{ALPHA}");\n'
        "}\n",
        ["UNKNOWN INJECT=enabled KEY=true -ALPHA"],
    ),
    "tuples in a list": (
        f'fn f() {{\n    let labels = BTreeMap::from([("{KEY}".to_string(), String::from("true"))]);\n}}\n',
        ["LABELS KEY=true"],
    ),
    "a macro": (
        "fn f() {\n"
        f'    let x = json!({{"metadata": {{"annotations": {{"{KEY}": true, "{ALPHA}": '
        f'null, "{INJECT}": f(x)}}}}}});\n'
        "}\n",
        ["UNKNOWN KEY=true! -ALPHA INJECT=?"],
    ),
    "a Namespace": (
        "fn f() {\n"
        "    let n = Namespace { metadata: ObjectMeta { annotations: "
        f'Some(BTreeMap::from([("{KEY}".into(), "true".into())])), '
        "..Default::default() }, ..Default::default() };\n"
        "}\n",
        ["NAMESPACE KEY=true"],
    ),
    "lookups and constants": (
        f'const KEY: &str = "{KEY}";\n'
        "fn f() {\n"
        f'    if m.contains_key("{KEY}") {{}}\n'
        f'    m.get("{KEY}");\n'
        "}\n",
        ["UNKNOWN report KEY=?", "UNKNOWN report KEY=?", "UNKNOWN report KEY=?"],
    ),
    "a match": (
        "fn f() {\n"
        "    match v {\n"
        f'        1 => m.insert("{KEY}", "true"),\n'
        f'        _ => m.insert("{ALPHA}", "true"),\n'
        "    };\n"
        "}\n",
        ["UNKNOWN alternative KEY=true", "UNKNOWN alternative ALPHA=true"],
    ),
    "an if without an alternative": (
        f'fn f() {{\n    if native {{\n        m.insert("{KEY}", "true");\n    }}\n}}\n',
        ["UNKNOWN conditional KEY=true"],
    ),
    "arrows and tuples in macros": (
        "fn f() {\n"
        f'    let a = btreemap! {{ "{KEY}".to_string() => "true".to_string() }};\n'
        f'    let v = vec![("{KEY}", "true")];\n'
        "}\n",
        ["UNKNOWN KEY=true", "UNKNOWN KEY=true"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("rust", text) == expected


def test_a_raw_string_is_read_again() -> None:
    text = f'fn f() {{ let y = r#"\nannotations:\n  {KEY}: true\n"#; }}\n'
    assert texts("rust", text) == [("yaml", f"\nannotations:\n  {KEY}: true\n")]


def test_raw_strings_without_an_end_take_little_work() -> None:
    text = 'r#"' * 100_000 + KEY + INJECT + ALPHA
    assert reading("rust", text).unread == ((0, len(text)),)
