"""The lesson with real models: `exercises/quantization/real_run.py`, with the reference."""

import importlib.util

import pytest

from autograder.common.errors import CourseError

LESSON = "quantization"
SMALL = {"batch": 8, "rank": 8, "rate": 1e-3}


@pytest.mark.slow
@pytest.mark.parametrize(("method", "share"), [("lora", 1.1), ("qlora", 0.24)])
def test_the_script_runs_on_the_tiny_model(method, share, references, real_runs):
    found = real_runs(LESSON).run(
        references[LESSON], method, backbone="tiny", data="tiny", steps=4, test=20, device="cpu", **SMALL
    )
    assert found["bytes"] < share * found["bytes before"]
    assert found["perplexity adapted"] < 1.05 * found["perplexity"]
    sides = 128 + 3 * 128, 128 + 128, 128 + 4 * 128, 4 * 128 + 128
    assert found["trained"] == 4 * 8 * sum(sides)


@pytest.mark.slow
def test_bitsandbytes_layers_start_as_yours_and_learn(references, real_runs):
    """Loaded in 4 bits through transformers; their adapters draw other numbers, so only the first loss is the same."""
    pytest.importorskip("bitsandbytes")
    found = {}
    for method in ("qlora", "bnb"):
        found[method] = real_runs(LESSON).run(
            references[LESSON], method, backbone="tiny", data="tiny", steps=12, test=20, device="cpu", **SMALL
        )
    ours, theirs = found.values()
    assert theirs["perplexity adapted"] == pytest.approx(ours["perplexity adapted"], rel=1e-5)
    assert theirs["perplexity adapted"] != theirs["perplexity"]
    assert theirs["losses"][0] == pytest.approx(ours["losses"][0], rel=1e-5), "every B is zero"
    assert all(one["losses"][-1] < 0.9 * one["losses"][0] for one in found.values())
    assert theirs["bytes"] == pytest.approx(ours["bytes"], rel=0.02) and theirs["trained"] == ours["trained"]


def test_bitsandbytes_that_is_missing_is_said_in_a_sentence(references, real_runs, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "bitsandbytes" else find(name))
    with pytest.raises(CourseError, match="--method bnb needs bitsandbytes: pip install"):
        real_runs(LESSON).loaded_in_4bit(references[LESSON], None, "cpu")


@pytest.mark.gpu
@pytest.mark.parametrize("method", ["lora", "qlora", "bnb"])
def test_the_script_runs_on_a_gpu(method, references, real_runs):
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    found = real_runs(LESSON).run(
        references[LESSON], method, backbone="tiny", data="tiny", steps=30, test=100, device="cuda", **SMALL
    )
    assert found["perplexity adapted"] < 1.05 * found["perplexity"]


@pytest.mark.gpu
@pytest.mark.network
def test_gpt2_on_sst2(references, real_runs):
    """Unverified: no machine that this was written on could load GPT-2 124M. A linear model on words gets about 0.80 on
    SST-2; the gate leaves room below that."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("datasets")
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    from autograder.backbone import BackboneError

    try:
        found = real_runs(LESSON).run(
            references[LESSON], "qlora", backbone="gpt2", data="hub", steps=500, test=400, device="cuda", **SMALL
        )
    except BackboneError as error:
        pytest.skip(str(error))
    assert found["bytes"] < 0.2 * found["bytes before"]
    assert found["accuracy"] > 0.75, found
