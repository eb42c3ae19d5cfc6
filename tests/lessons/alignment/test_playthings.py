"""The objective and its gradient, held against the formula of the docstring and against which side is flat."""

import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/alignment/alignment.py"))
pytestmark = pytest.mark.xdist_group("chromium")


@pytest.mark.parametrize("clip", [0.1, 0.2, 0.3])
@pytest.mark.parametrize(("advantage", "shown"), [(1.0, "+1: it turned out well"), (-1.0, "-1: it turned out badly")])
def test_the_objective_and_its_gradient(opened, clip, advantage, shown):
    one = opened("alignment", "clip")
    one.set("advantage", shown)
    one.set("clip", str(clip))
    for ratio in (0.5, 0.84, 1.0, 1.14, 1.5):
        one.set("ratio", f"{ratio:.2f}")
        objective, slope = one.numbers(r"objective is ([-\d.]+), its gradient with respect to log p is ([-\d.]+):")
        logp = torch.tensor([[ratio]]).log()
        loss = REFERENCE["ppo_clip_loss"](
            logp, torch.zeros(1, 1), torch.full((1, 1), advantage), torch.ones(1, 1), clip
        )
        assert objective == pytest.approx(-loss.item(), abs=0.006)
        flat = ratio > 1 + clip if advantage > 0 else ratio < 1 - clip
        assert slope == (0 if flat else pytest.approx(advantage * ratio, abs=0.006))
        assert ("it pays no longer" in one.said) == flat
