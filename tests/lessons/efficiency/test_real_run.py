"""The lesson at a real size: `exercises/efficiency/real_run.py`, with the reference."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from autograder.scripts import CourseError

LESSON = "efficiency"


def test_the_script_runs_on_a_small_model(capsys, references, real_runs):
    script = real_runs(LESSON)
    found = script.run(references[LESSON], "small", steps=2)
    shape = script.SIZES["small"]
    block = 12 * shape["width"] ** 2 + 13 * shape["width"]
    tables = (shape["vocab"] + shape["positions"]) * shape["width"]
    assert found["numbers"] == tables + shape["layers"] * block + 2 * shape["width"]
    assert found["writing"]["same"] == 1
    for one in found["attention"]:
        tokens, heads, width = one["tokens"], shape["heads"], shape["width"] // shape["heads"]
        assert one["largest"] == {
            "all scores": heads * tokens**2,
            "your blocks": heads * tokens * script.BLOCK,
            "fused": heads * tokens * width,
        }
    losses = {arm: one["losses"] for arm, one in found["steps"].items()}
    assert losses["bf16"] == pytest.approx(losses["fp32"], abs=0.03) and losses["fp32"][-1] < losses["fp32"][0] - 0.02
    script.show(found)
    shown = capsys.readouterr().out
    assert "141,056 numbers" in shown and "100% of them the same" in shown and "a step in bf16" in shown


def test_what_was_written_down_came_from_the_script(capsys, repository, real_runs):
    written = json.loads((repository / "exercises/efficiency/measured/real_run.json").read_text(encoding="utf-8"))
    assert (written["backbone"], written["device"], written["writing"]["same"]) == ("small", "cpu", 1)
    real_runs(LESSON).show(written)
    assert "141,056 numbers" in capsys.readouterr().out


def test_another_architecture_is_refused_in_a_sentence(monkeypatch, real_runs):
    other = SimpleNamespace(config=SimpleNamespace(model_type="llama"))
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name, device: (other, None))
    with pytest.raises(CourseError, match="a llama has another architecture"):
        real_runs(LESSON).model_of("smollm2", "cpu")


@pytest.mark.gpu
def test_gpt2s_shape_on_a_gpu(references, real_runs):
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    found = real_runs(LESSON).run(references[LESSON], "none", device="cuda")
    # Unverified there: no GPU was lent where this was written, and seconds are only printed.
    assert found["numbers"] == 124_439_808
    for one in found["attention"]:
        assert one["peak"]["fused"] < one["peak"]["your blocks"]
        if "all scores" in one["peak"]:  # else the GPU has no room for them
            assert one["peak"]["your blocks"] < one["peak"]["all scores"]
    losses = {arm: one["losses"] for arm, one in found["steps"].items()}
    assert losses["bf16"] == pytest.approx(losses["fp32"], abs=0.1)
