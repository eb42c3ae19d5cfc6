"""The lesson with real models: `exercises/language_modeling/real_run.py`, with the reference."""

import pytest

LESSON = "language_modeling"


def test_the_script_runs_on_the_tiny_model(capsys, references, real_runs):
    found = real_runs(LESSON).run(references[LESSON], "tiny", prompts=12, new=6)
    figures = list(found["temperatures"].values())
    assert [one["on_top"] for one in figures] == [1.0] * len(figures)
    assert figures[0]["drawn"] > figures[-1]["drawn"] and figures[0]["entropy"] < figures[-1]["entropy"]
    real_runs(LESSON).show(found)
    shown = capsys.readouterr().out
    assert shown.count("at temperature") == 3 and "tiny, 12 prompts" in shown


@pytest.mark.network
@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_gpt2_on_200_prompts(device, references, real_runs):
    torch = pytest.importorskip("torch")
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    from autograder.backbone import BackboneError

    try:
        found = real_runs(LESSON).run(references[LESSON], "gpt2", device=device)
    except BackboneError as error:
        pytest.skip(str(error))
    # Unverified gates: no machine that this was written on could load GPT-2 124M.
    figures = list(found["temperatures"].values())
    assert all(one["on_top"] == 1.0 for one in figures)
    assert [one["entropy"] for one in figures] == sorted(one["entropy"] for one in figures)
