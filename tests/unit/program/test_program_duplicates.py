"""`dup`, which lets an account be written twice, stands only where a type occurs once."""

import re
from collections import Counter
from pathlib import Path

import pytest

INSTRUCTIONS = Path(__file__).parents[3] / "programs/fedsol/src/instructions"
# The constraints and the type of an account of ours; token accounts are not written back.
ACCOUNT = re.compile(
    r"#\[account\(((?:[^\[\]]|\[[^\]]*\])*)\)\]\s*pub \w+: "
    r"(?:Option<)?(?:Box<)?Account<'info, (?:Box<)?(\w+)>"
)


@pytest.mark.parametrize("path", sorted(INSTRUCTIONS.glob("*_*.rs")), ids=lambda path: path.stem)
def test_only_what_cannot_be_the_same_account_may_be(path: Path) -> None:
    found = [
        (re.findall(r"\b(mut|init|dup)\b", one), kind)
        for one, kind in ACCOUNT.findall(path.read_text())
    ]
    written = Counter(kind for words, kind in found if "mut" in words or "init" in words)
    allowed = {kind for words, kind in found if "dup" in words}
    assert all(written[kind] == 1 for kind in allowed), path.name


def test_it_is_found_where_it_stands() -> None:
    text = "".join(path.read_text() for path in INSTRUCTIONS.glob("*_*.rs"))
    allowed = sum("dup" in re.findall(r"\bdup\b", one) for one, _ in ACCOUNT.findall(text))
    (both,) = re.findall(r"dup, constraint = reward_to", text)
    assert allowed + len([both]) == len(re.findall(r"\bdup\b", text)) > 50
