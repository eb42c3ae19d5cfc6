"""The counts that are shown are those of the reference."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/lora/lora.py"))
pytestmark = pytest.mark.xdist_group("chromium")

C_FC = "GPT-2: mlp.c_fc, 768 × 3,072, in 12 blocks"


@pytest.mark.parametrize("rank", [1, 8, 192, 768])
def test_the_counts(opened, rank):
    one = opened("lora", "rank")
    one.set("matrix", C_FC)
    one.set("rank r", str(rank))
    count = REFERENCE["lora_parameter_count"](768, 3072, rank)
    assert one.numbers(r"Rank (\d+): A and B have ([\d,]+) numbers, W has ([\d,]+)") == [rank, count, 768 * 3072]
    everywhere, share = one.numbers(r"In all 12 places: ([\d,]+), ([\d.]+)% of the model")
    assert everywhere == 12 * count and share == pytest.approx(100 * 12 * count / 124_439_808, abs=0.006)
    assert ("fewer" in one.said) == (count < 768 * 3072)


def test_it_says_what_the_page_says(opened):
    page = (ROOT / "exercises/lora/README.md").read_text(encoding="utf-8")
    one = opened("lora", "rank")
    everywhere, share = one.numbers(r"In all 24 places: ([\d,]+), ([\d.]+)% of the model")
    assert f"{everywhere:,.0f} numbers, {share}% of GPT-2" in " ".join(page.split())
