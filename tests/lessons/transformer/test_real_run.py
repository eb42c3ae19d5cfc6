"""The lesson with real models: `exercises/transformer/real_run.py`, with the reference."""

import pytest

from autograder.backbone import BackboneError
from autograder.common.errors import CourseError

LESSON = "transformer"


def test_the_script_runs_on_the_tiny_model(capsys, references, real_runs):
    found = real_runs(LESSON).run(references[LESSON], "tiny", rows=2)
    assert found["parameters"] == found["in the file"] == 1_088_256
    assert found["apart"] < 1e-4 and found["same choice"] == 1.0 and found["leaks"] == 0
    assert found["without"]["0 network"] > 2 * found["loss"] and len(found["without"]) == 8
    real_runs(LESSON).show(found)
    shown = capsys.readouterr().out
    assert "1,088,256 parameters by your count" in shown and shown.count("  block ") == 8


def test_a_leak_is_found(monkeypatch, references, real_runs):
    lesson = references[LESSON]

    def both_ways(queries, keys=None):
        return ~lesson_mask(queries, keys) | True

    lesson_mask = lesson.causal_mask
    monkeypatch.setattr(lesson, "causal_mask", both_ways)
    found = real_runs(LESSON).run(lesson, "tiny", rows=1)
    assert found["leaks"] == 8 * 7 // 2 and found["apart"] > 1


def test_another_family_is_refused_in_a_sentence(monkeypatch, references, real_runs):
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(vocab_size=8, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2)
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda *_: (LlamaForCausalLM(config), None))
    with pytest.raises(CourseError, match="smollm2 is a llama; this run takes a GPT-2"):
        real_runs(LESSON).run(references[LESSON], "smollm2")


@pytest.mark.network
@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_gpt2(device, references, real_runs):
    torch = pytest.importorskip("torch")
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    try:
        found = real_runs(LESSON).run(references[LESSON], "gpt2", device=device)
    except BackboneError as error:
        pytest.skip(str(error))
    # Unverified gates: no machine that this was written on could load GPT-2 124M.
    assert found["parameters"] == found["in the file"] == 124_439_808
    assert found["same choice"] > 0.99 and found["leaks"] == 0
