"""Names with settings are read, one inside another, and nothing else that Python would run."""

import re

import pytest

from fedsol.cli.calls import Call, parse_call
from fedsol.errors import ConfigError


def test_settings_are_read_as_numbers_words_and_truths() -> None:
    assert parse_call("FedAvg") == ("FedAvg", {})
    assert parse_call("FedAvg( )") == ("FedAvg", {})
    name, settings = parse_call(" Mixed( a = 1, b=-0.5,c=word , d=true, e=False, f='two words',) ")
    assert name == "Mixed"
    expected = {"a": 1, "b": -0.5, "c": "word", "d": True, "e": False, "f": "two words"}
    assert settings == expected
    assert [type(settings[key]) for key in expected] == [type(one) for one in expected.values()]


def test_calls_are_read_inside_of_calls() -> None:
    found = parse_call("Outer(a=Middle(b=Inner(c=1e-3),d=2), e=Other)", depth=3)
    middle = Call("Middle", {"b": Call("Inner", {"c": 0.001}), "d": 2})
    assert found == Call("Outer", {"a": middle, "e": "Other"})


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("", None, ""),
        ("  ", None, ""),
        ("A(b)", 3, "a setting has a name"),
        ("  A(b)", 5, "a setting has a name"),
        ("A(b=)", None, ""),
        ("A(1=2", None, ""),
        ("A B", None, "invalid syntax"),
        ("A(b=1", 2, "never closed"),
        ("A(b=1))", 7, "unmatched"),
        ("A(b=B(c=1)", 2, "never closed"),
        ("A(b=1, b=2)", 8, "a name of its own"),
        ("A(**b)", 3, "a name of its own"),
        ("A(b=1 + 1)", 5, "a number"),
        ("A(b=~1)", 5, "a number"),
        ("A(b=-word)", 6, "a number"),
        ("A(b=-True)", 6, "a number"),
        ("A(b=[1])", 5, "a number"),
        ("A(b=None)", 5, "a number"),
        ("A(b=1j)", 5, "a number"),
        ("A(b=b'1')", 5, "a number"),
        ("A(b=1e999)", 5, "too large"),
        ("A(b=-1e999)", 6, "too large"),
        ("A(b=9223372036854775808)", 5, "too large"),
        ("A(b=" + "9" * 900 + ")", 5, "too large"),
        ("A(b=1is 2)", None, ""),
        ("A(b=f'{exit()}')", 5, "a number"),
        ("A(b=lambda: 1)", 5, "a number"),
        ("os.system(a='true')", 1, "a name is wanted"),
        ("A(b=os.system(c=1))", 5, "a name is wanted"),
        ("A()()", 1, "a name is wanted"),
        ("3", 1, "a name is wanted"),
        ("A(b=\\\n1)", 6, "is of no name"),
        ("A(b='\0')", 6, "is of no name"),
        ("\uff21(b=1)", 1, "is of no name"),
        ("A(b=1)\u202e", 7, "is of no name"),
    ],
)
def test_what_is_no_name_with_settings_is_refused_at_its_place(
    text: str, place: int | None, why: str
) -> None:
    with pytest.raises(ConfigError, match=rf"cannot be read at character \d+: .*{why}") as found:
        parse_call(text, depth=3)
    said = re.search(r"at character (\d+)", str(found.value))
    assert said is not None
    assert place in (None, int(said[1]))


def nested(depth: int) -> str:
    return "A(b=" * depth + "1" + ")" * depth


def test_depth_is_bounded() -> None:
    assert parse_call(nested(3), depth=3).settings["b"].settings["b"] == Call("A", {"b": 1})
    with pytest.raises(ConfigError, match="at character 13: too many"):
        parse_call(nested(4), depth=3)
    with pytest.raises(ConfigError, match="at character 5: too many"):
        parse_call("A(b=B(c=1))")


@pytest.mark.parametrize(
    "text", [nested(150), "A(b=" + "(" * 450 + "1" + ")" * 450 + ")", "A(b=" + "-" * 900 + "1)"]
)
def test_what_is_too_deep_for_python_is_refused_as_well(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        parse_call(text, depth=8)


def test_length_is_bounded_and_not_repeated_in_full() -> None:
    assert parse_call(f"A(b='{'1' * 900}')").settings["b"] == "1" * 900
    with pytest.raises(ConfigError, match="longer than 1,000") as found:
        parse_call(f"A(b={'1' * 5_000})")
    assert len(str(found.value)) < 200
