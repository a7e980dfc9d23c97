"""Plain scalars and keys, against what go.yaml.in/yaml/v2 and sigs.k8s.io/yaml answered when run."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autofix.kubernetes import scalars
from autofix.kubernetes.scalars import key_text, needs_quotes, resolve

NUMBER_LIKE = st.text("0123456789+-._eExXoObBaAfFinNyYtT:~=<", max_size=12)
ALMOST_NUMBERS = """
    . + - ._5 .5_ .5__0 .e5 1e 1e+ 0x 0b 0o 0b2 0o8 0xg 0x1p4 1.2.3 +-1 --1 -0b-1 0b--1 1/2 1a _1 10.0.0.1
    100m 1Gi +.nan .Infinity Infinity inf -inf 1e400 -1e400 .1e400 0xfffffffffffffffff 2001-1-1
"""


def same(left: object, right: object) -> bool:
    return type(left) is type(right) and (left == right or left != left)  # noqa: PLR0124  # NaN


def each(*rows: tuple[str, object]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("text", "value"), [pytest.param(text, value, id=text or "(empty)") for text, value in rows]
    )


@each(
    ("yes", True),
    ("no", False),
    ("on", True),
    ("off", False),
    ("y", True),
    ("n", False),
    ("Y", True),
    ("N", False),
    ("True", True),
    ("TRUE", True),
    ("true", True),
    ("t", "t"),
    ("1", 1),
    ("~", None),
    ("", None),
    ("2020-05-11T22:50:43Z", "2020-05-11T22:50:43Z"),
    ("1e3", 1000.0),
    ("0o14", 12),
    ("012", 10),
    ("1_000", 1000),
    (".inf", math.inf),
    ("0x1F", 31),
    ("12:30:45", "12:30:45"),
    ("1:30", "1:30"),
    ("=", "="),
    ("<<", "<<"),
    ("0b11", 3),
    ("+1", 1),
    (".5", 0.5),
    ("1.", 1.0),
    ("nan", "nan"),
    (".nan", math.nan),
    ("2020-05-11", "2020-05-11"),
)
def test_common_scalars(text: str, value: object) -> None:
    assert same(resolve(text), value)


@pytest.mark.parametrize("text", ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
def test_words_for_true(text: str) -> None:
    assert resolve(text) is True


@pytest.mark.parametrize("text", ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
def test_words_for_false(text: str) -> None:
    assert resolve(text) is False


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_words_for_null(text: str) -> None:
    assert resolve(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "yEs",
        "tRUE",
        "oN",
        "oFF",
        "nULL",
        "NaN",
        "nil",
        "none",
        "T",
        "f",
        "enabled",
        "éa",
        "\u00b2",
        "\u0661",
        "'no'",
    ],
)
def test_words_that_only_look_special_are_strings(text: str) -> None:
    assert resolve(text) == text


@each(
    ("0", 0),
    ("-0", 0),
    ("00", 0),
    ("0_7", 7),
    ("1__0_", 10),
    ("+_1", 1),
    ("-012", -10),
    ("0O17", 15),
    ("0B1", 1),
    ("0X1f", 31),
    ("+0x1F", 31),
    ("-0x1", -1),
    ("0x_1", 1),
    ("0_x1", 1),
    ("-0b1", -1),
    ("0b-1", -1),
    ("0b+1", 1),
    ("9223372036854775807", 2**63 - 1),
    ("+9223372036854775807", 2**63 - 1),
    ("-9223372036854775808", -(2**63)),
    ("18446744073709551615", 2**64 - 1),
    ("0xffffffffffffffff", 2**64 - 1),
    ("0" * 5000 + "7", 7),
)
def test_integers(text: str, value: int) -> None:
    assert same(resolve(text), value)


@each(
    ("08", 8.0),
    ("0_8", 8.0),
    ("+.5", 0.5),
    ("-.5", -0.5),
    (".5_0", 0.5),
    (".5e1", 5.0),
    ("0e0", 0.0),
    ("0.", 0.0),
    ("1_e5", 1e5),
    ("1e5_0", 1e50),
    ("1e-400", 0.0),
    ("+.INF", math.inf),
    ("-.Inf", -math.inf),
    (".NaN", math.nan),
    ("18446744073709551616", 2.0**64),
    ("+18446744073709551615", 2.0**64),
    ("-9223372036854775809", -(2.0**63)),
    ("07777777777777777777777777", 7777777777777777777777777.0),
)
def test_floats(text: str, value: float) -> None:
    assert same(resolve(text), value)


@pytest.mark.parametrize(
    "text",
    [
        *ALMOST_NUMBERS.split(),
        *["0b" + "1" * 65, "2001-12-14 21:59:43.10 -5", "1 2", "1\n", "\u0661\u0662", "1\u00b2"],
    ],
)
def test_what_only_resembles_a_number_is_a_string(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["1" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000], ids=lambda text: text[:3])
def test_thousands_of_digits_are_a_string_not_an_error(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    "text", ["true", "y", "Off", "~", "", "null", "1", "08", "1e3", ".5", ".inf", "0b1", "<<"]
)
def test_strings_that_need_quotes(text: str) -> None:
    assert needs_quotes(text)


@pytest.mark.parametrize(
    "text", ["enabled", "12:30", "2020-05-11", "=", "v1", "1.2.3", "a b", "tRUE", "100m"]
)
def test_strings_that_stay_plain(text: str) -> None:
    assert not needs_quotes(text)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        pytest.param(key, text, id=text)
        for key, text in [
            ("a", "a"),
            (True, "true"),
            (False, "false"),
            (None, "null"),
            (1, "1"),
            (2**64 - 1, "18446744073709551615"),
            (1.5, "1.5"),
            (-0.25, "-0.25"),
            (8.0, "8"),
            (123456.0, "123456"),
            (1e6, "1e+06"),
            (0.0001, "0.0001"),
            (1e-5, "1e-05"),
            (0.1, "0.1"),
            (16777217.5, "1.6777218e+07"),
            (1e300, ".inf"),
            (-1e300, "-.inf"),
            (math.nan, ".nan"),
        ]
    ],
)
def test_keys_become_strings(key: str | float | None, text: str) -> None:
    assert key_text(key) == text


@given(st.one_of(st.text(), NUMBER_LIKE))
@example("0b-")
@example("\u0664")
def test_a_string_is_always_the_text_itself(text: str) -> None:
    value = resolve(text)
    assert value == text if isinstance(value, str) else needs_quotes(text)


@given(st.integers(min_value=-(2**63), max_value=2**64 - 1))
def test_every_64_bit_integer_survives_being_written(number: int) -> None:
    assert same(resolve(str(number)), number)


@given(st.floats())
def test_every_float_has_a_key(number: float) -> None:
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[-+][0-9]{2})?|-?\.inf|\.nan", key_text(number))


def test_scalars_do_not_load_a_yaml_parser() -> None:
    code = "import sys, autofix.kubernetes.scalars; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.from_regex(r"[0-9_]{1,25}", fullmatch=True) | NUMBER_LIKE)
def test_what_is_told_at_a_glance_is_what_a_close_look_tells(text: str) -> None:
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(scalars, "_SURELY_FIT", 0)
        slow = resolve(text)
    assert same(resolve(text), slow)
