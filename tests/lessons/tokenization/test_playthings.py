"""The boxes after so many merges, held against the reference that encodes the same text with as many."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/tokenization/tokenization.py"))
pytestmark = pytest.mark.xdist_group("chromium")

TEXT = runpy.run_path(str(ROOT / "exercises/tokenization/play/merging.py"))["TEXT"]


@pytest.mark.parametrize("merges", [0, 1, 7, 40])
def test_the_boxes_are_the_tokens(opened, merges):
    one = opened("tokenization", "merging")
    one.set("merges", str(merges))
    vocab, learned = REFERENCE["train_bpe"](TEXT, 256 + merges)
    ids = REFERENCE["encode_text"](TEXT, vocab, learned)
    texts, _ = one.tokens
    assert [text.replace("␣", " ") for text in texts] == [vocab[token].decode() for token in ids]
    assert one.numbers(r"(\d+) bytes are (\d+) tokens") == [len(TEXT), len(ids)]


def test_the_buttons_go_one_merge_on_and_one_back(opened):
    one = opened("tokenization", "merging")
    one.section.get_by_role("button", name="Merge the next pair").press("Enter")
    first = one.said
    assert first.startswith("Merge 1 joins “h” and “e”")
    one.section.get_by_role("button", name="Merge the next pair").press("Enter")
    assert one.said.startswith("Merge 2 joins ")
    one.section.get_by_role("button", name="One back").press("Enter")
    assert one.said == first
