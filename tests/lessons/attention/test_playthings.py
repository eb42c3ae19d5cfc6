"""The weights that are shown are those that the model itself attends with."""

import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/attention/attention.py"))
pytestmark = pytest.mark.xdist_group("chromium")

SENTENCE = runpy.run_path(str(ROOT / "exercises/attention/play/heads.py"))["SENTENCE"]


@pytest.mark.parametrize(("block", "head", "token"), [(1, 1, 12), (2, 3, 9), (4, 4, 5)])
def test_the_weights_are_the_models(opened, block, head, token):
    from autograder.backbone import load_backbone

    model, tokenizer = load_backbone("tiny")
    model.set_attn_implementation("eager")
    ids = tokenizer(SENTENCE)["input_ids"]
    with torch.no_grad():
        looks = model(torch.tensor([ids]), output_attentions=True).attentions[block - 1][0, head - 1, token]
    one = opened("attention", "heads")
    one.set("head", f"block {block}, head {head}")
    one.control("token").fill(str(token))
    best, share, entropy = one.numbers(r"looks at “[^”]*” \(token (\d+)\) ([\d.]+)%.*Entropy ([\d.]+) nats")
    assert best - 1 == looks.argmax() and share / 100 == pytest.approx(looks.max().item(), abs=0.0051)
    assert entropy == pytest.approx(REFERENCE["attention_entropy"](looks).item(), abs=0.006)
