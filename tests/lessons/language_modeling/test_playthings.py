"""What the sliders say of temperature and top-p, held against the reference on the same guesses."""

import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/language_modeling/language_modeling.py"))
pytestmark = pytest.mark.xdist_group("chromium")


@pytest.fixture(scope="module")
def logits():
    from autograder.backbone import load_backbone

    model, tokenizer = load_backbone("tiny")
    with torch.no_grad():
        return model(torch.tensor([tokenizer("Leo has four")["input_ids"]])).logits[0, -1]


@pytest.mark.parametrize(
    ("temperature", "p"),
    [("1.0", "1.00"), ("0.5", "0.90"), ("1.0", "0.50"), ("2.5", "0.80"), ("0.0", "0.75"), ("3.0", "0.00")],
)
def test_what_can_be_drawn_and_how_likely_it_is(opened, logits, temperature, p):
    one = opened("language_modeling", "drawing")
    one.set("temperature", temperature)
    one.set("top-p", p)
    probs = REFERENCE["temper"](logits, float(temperature))
    left = REFERENCE["keep_top_p"](probs.log(), float(p)).softmax(dim=0)
    kept, likeliest, others = one.numbers(r"tokens ([\d,]+) can be drawn.* with ([\d.]+)%; .* have ([\d.]+)% together")
    assert kept == (left > 0).sum()
    assert likeliest / 100 == pytest.approx(left.max().item(), abs=0.0051)
    assert others / 100 == pytest.approx(1 - left.topk(10).values.sum().item(), abs=0.0051)
    bars = [float(box.get_attribute("width")) for box in one.section.locator("rect[style*=color-mix]").all()]
    widths = torch.tensor(bars[:10]) / 215
    shown = left[logits.topk(10).indices]
    torch.testing.assert_close(widths, shown, atol=2e-3, rtol=0)
