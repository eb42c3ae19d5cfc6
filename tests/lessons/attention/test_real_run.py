"""The lesson with real models: `exercises/attention/real_run.py`, with the reference."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import torch

from autograder.common.errors import CourseError

LESSON = "attention"


def test_your_functions_are_the_tiny_models_attention(capsys, references, real_runs) -> None:
    found = real_runs(LESSON).run(references[LESSON], "tiny", texts=2, tokens=24)
    assert len(found["layers"]) == 4 and json.dumps(found)
    for layer in found["layers"]:
        assert layer["off_weights"] < 1e-5 and layer["off_stream"] < 1e-5
        assert 0 < layer["narrowest"] < layer["widest"] < 3.18  # ln 24
        assert 0 < layer["first"] + layer["before"] + layer["itself"] < 1 and layer["written"] > 0.05
    real_runs(LESSON).show(found)
    shown = capsys.readouterr().out
    assert "tiny, 2 texts of 24 tokens" in shown and len(shown.splitlines()) == 3 + 4


def test_what_is_wrong_shows(references, real_runs) -> None:
    """Unscaled, the weights are others, and the stream too."""
    right = references[LESSON]

    def unscaled(q, k):
        return q @ k.mT

    def attend(q, k, v, mask=None):
        return right.attention_weights(unscaled(q, k), mask) @ v

    names = ("attention_weights", "write_to_stream", "attention_entropy")
    wrong = SimpleNamespace(attention_scores=unscaled, attend=attend, **{name: getattr(right, name) for name in names})
    (layer, *_) = real_runs(LESSON).run(wrong, "tiny", texts=2, tokens=24)["layers"]
    assert layer["off_weights"] > 0.1 and layer["off_stream"] > 0.01


def test_shares_are_of_what_they_say(references, real_runs) -> None:
    eye = torch.eye(6)[None, None]
    assert real_runs(LESSON).looks(references[LESSON], eye) == pytest.approx(
        {"narrowest": 0, "widest": 0, "first": 0, "before": 0, "itself": 1}
    )
    first, before = torch.zeros(6, 6), torch.eye(6).roll(1, dims=0)
    first[:, 0] = 1
    both = torch.stack([first, before])[None]  # one text, two heads
    looked = real_runs(LESSON).looks(references[LESSON], both)
    assert (looked["first"], looked["before"], looked["itself"]) == (0.5, 0.5, 0)


def test_what_can_not_be_is_said_in_a_sentence(references, real_runs, monkeypatch) -> None:
    with pytest.raises(CourseError, match="rows of 64 are wanted; ask for less"):
        real_runs(LESSON).run(references[LESSON], "tiny", texts=10**6)
    other = SimpleNamespace(config=SimpleNamespace(model_type="llama"))
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name, device: (other, None))
    with pytest.raises(CourseError, match="another is no GPT-2"):
        real_runs(LESSON).run(references[LESSON], "another")


@pytest.mark.network
@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_gpt2s_heads(device, references, real_runs) -> None:
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    from autograder.backbone import BackboneError

    try:
        found = real_runs(LESSON).run(references[LESSON], "gpt2", device=device)
    except BackboneError as error:
        pytest.skip(str(error))
    # Unverified gates: no machine that this was written on could load GPT-2 124M.
    assert len(found["layers"]) == 12
    assert all(layer["off_weights"] < 1e-3 and layer["off_stream"] < 1e-3 for layer in found["layers"])
