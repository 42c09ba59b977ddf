"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?(?:\[[^\]`]*\])?`")
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    for path, name in TEST.findall(document.read_text()):
        source = ROOT / path
        assert source.is_file(), f"{document.name} names {path}"
        assert not name or f"def {name}(" in source.read_text(), f"{document.name}: {path}::{name}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_threat_model_names_every_attack_and_a_test_for_each() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()
    for number in range(1, 23):
        row = next(line for line in text.splitlines() if line.startswith(f"| G{number:02} |"))
        assert TEST.search(row), f"G{number:02} names no test"
