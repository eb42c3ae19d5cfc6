"""LoRA beside PEFT on real models: `exercises/lora/real_run.py`, with the reference."""

from types import SimpleNamespace

import pytest
import torch

from autograder.common.errors import CourseError

LESSON = "lora"
SMALL = {"data": "tiny", "steps": 12, "rows": 8, "test": 16}


def test_both_learn_the_same(capsys, references, real_runs):
    found = real_runs(LESSON).run(references[LESSON], "tiny", **SMALL)
    assert found["largest gap"] < 1e-4 and len(found["loss"]["yours"]) == len(found["loss"]["PEFT"]) == 12
    assert found["loss"]["yours"][-1] < 0.75 * found["loss"]["yours"][0]  # 0.65
    assert found["loss after"]["yours"] < 0.75 * found["loss before"]
    assert found["trained"] == dict.fromkeys(("yours", "PEFT"), 4 * 8 * (128 + 3 * 128))
    assert found["saved"] == dict.fromkeys(("yours", "PEFT"), 4 * found["trained"]["yours"])
    # What is held is what memory_estimate says, but for Adam's counters of steps, 4 bytes a tensor.
    for sizes in found["held"].values():
        assert sum(sizes.values()) - found["estimate"]["total"] == 4 * 8
    assert max(found["merged"].values()) < 1e-3
    real_runs(LESSON).show(found)
    shown = capsys.readouterr().out
    assert "step 10: loss" in shown and "differ by" in shown and "16,384 trained, 65,536 bytes to save" in shown


def wrong(lesson, **changes):
    return SimpleNamespace(**(vars(lesson) | changes))


def test_a_scale_left_out_shows(references, real_runs):
    """alpha = r where another alpha is asked for."""
    lesson = wrong(
        references[LESSON],
        apply_lora=lambda model, targets, r, alpha: references[LESSON].apply_lora(model, targets, r, r),
    )
    found = real_runs(LESSON).run(lesson, "tiny", **SMALL)
    assert found["loss"]["yours"][0] == pytest.approx(found["loss"]["PEFT"][0], abs=1e-5), "at the start B is zero"
    assert found["largest gap"] > 0.01 and found["merged"]["both"] > 0.1


def test_a_merge_that_does_nothing_shows(references, real_runs, monkeypatch):
    """The layer goes without its detour, and its weight is what it was."""

    def merge(self):
        self.merged = True

    monkeypatch.setattr(references[LESSON].LoRALinear, "merge", merge)
    found = real_runs(LESSON).run(references[LESSON], "tiny", **SMALL)
    assert found["largest gap"] < 1e-4 and found["merged"]["yours"] > 0.1 and found["merged"]["both"] > 0.1


def test_adapters_may_lie_transposed(references, real_runs):
    """Names and layout of the trained tensors are free."""
    yours = torch.nn.Module()
    yours.layer = torch.nn.Module()
    yours.layer.up = torch.nn.Parameter(torch.zeros(2, 6))  # B, transposed
    yours.layer.down = torch.nn.Parameter(torch.randn(5, 2))  # A, transposed
    theirs, one = torch.nn.Module(), torch.nn.Module()
    one.lora_A = torch.nn.ModuleDict({"default": torch.nn.Linear(5, 2, bias=False)})
    one.lora_B = torch.nn.ModuleDict({"default": torch.nn.Linear(2, 6, bias=False)})
    theirs.base_model, theirs.base_model.model = torch.nn.Module(), torch.nn.Module()
    theirs.base_model.model.layer = one
    real_runs(LESSON).start_alike(yours, theirs)
    assert torch.equal(one.lora_A["default"].weight, yours.layer.down.T)
    assert torch.equal(one.lora_B["default"].weight, yours.layer.up.T)
    yours.layer.more = torch.nn.Parameter(torch.zeros(1))
    with pytest.raises(CourseError, match="trains 3 tensors in layer, not the two"):
        real_runs(LESSON).start_alike(yours, theirs)


def test_what_can_not_be_is_said_in_a_sentence(references, real_runs, monkeypatch):
    with pytest.raises(CourseError, match="this run knows the layers of a GPT-2 or a Llama"):
        other = SimpleNamespace(config=SimpleNamespace(model_type="bloom"))
        monkeypatch.setattr("autograder.backbone.load_backbone", lambda name, device: (other, None))
        real_runs(LESSON).run(references[LESSON], "another", "tiny")


@pytest.mark.gpu
@pytest.mark.parametrize("backbone", ["tiny", "smollm2", "gpt2"])
def test_both_learn_the_same_on_a_gpu(backbone, references, real_runs):
    """Unverified: no machine that this was written on had a GPU."""
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    from autograder.backbone import BackboneError

    try:
        found = real_runs(LESSON).run(references[LESSON], backbone, **SMALL, device="cuda")
    except BackboneError as error:
        pytest.skip(str(error))
    assert found["largest gap"] < 1e-2 and found["loss after"]["yours"] < found["loss before"]
    assert max(found["peak"]["yours"]) > 0
