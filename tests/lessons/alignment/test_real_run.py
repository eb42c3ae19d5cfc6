"""DPO with real models: `exercises/alignment/real_run.py`, with the reference."""

import pytest

LESSON = "alignment"


@pytest.mark.slow
def test_the_script_runs_on_the_tiny_model(capsys, references, real_runs):
    settings = {"rate": 1e-3, "beta": 0.1, "pairs": 2, "test": 4, "device": "cpu", "most": 4}
    found = real_runs(LESSON).run(references[LESSON], "tiny", 4, **settings)
    assert found["trace"][0]["loss"] == pytest.approx(0.6931, abs=1e-4) and len(found["trace"]) == 4
    assert found["before"]["win_rate"] == 0.0  # policy and reference are equal: ties
    real_runs(LESSON).show(found)
    shown = capsys.readouterr().out
    assert "step 4 of 4: loss" in shown and "before: win rate 0.00" in shown and "after: win rate" in shown


@pytest.mark.gpu
@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["smollm2", "gpt2"])
def test_dpo_on_a_gpu(backbone, references, real_runs):
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    from autograder.backbone import BackboneError

    try:
        found = real_runs(LESSON).run(references[LESSON], backbone, 24, 2e-4, 0.1, 4, 16, "cuda")
    except BackboneError as error:
        pytest.skip(str(error))
    assert found["trace"][0]["loss"] == pytest.approx(0.6931, abs=1e-3)
    # Unverified: no machine with a GPU was at hand.
    assert found["after"]["win_rate"] > 0.9 and found["after"]["margin"] > 0.5, found["after"]
