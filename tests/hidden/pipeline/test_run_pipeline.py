"""Hidden checks of `run_pipeline`."""

import pytest
import torch
from pipeline_oracles import TOOLS

from autograder import builders
from autograder.checks import Blocked, exercise, expect_close, fail, probe

# The tiny GPT-2 that each stage starts with.
SIZES = {"width": 16, "heads": 2, "layers": 1, "vocabulary": 257, "positions": 48}
FP32_BYTES_OF_BLOCKS = 4 * (12 * 16**2 + 13 * 16)


@probe
def run_one_stage(student, stage, seed, sizes, steps, rate):
    """Run one stage with the student's own functions; gives logits (1, 8, 20) at its gate, and sizes."""
    import copy
    import types

    tools, found = student.__tools__, {}

    @torch.no_grad()
    def logits_of(model):
        return model(torch.arange(1, 9)[None]).logits[..., :20]  # (1, 8, 20): without the chat tokens

    def gate(name, before, after, tokenizer):
        if name == stage:
            found["before"], found["after"] = logits_of(before), logits_of(after)
            blocks = after.transformer.h.state_dict().values()
            found["bytes"] = sum(tensor.numel() * tensor.element_size() for tensor in blocks)
            # Take the adapters away
            bare = copy.deepcopy(after)
            trainable = [parameter for parameter in bare.parameters() if parameter.requires_grad]
            found["share"] = sum(map(torch.numel, trainable)) / sum(map(torch.numel, bare.parameters()))
            with torch.no_grad():
                for parameter in trainable:
                    parameter.zero_()
            found["bare"] = logits_of(bare)
        return {"passed": True}

    chats = [[{"role": "user", "content": f"a{n}"}, {"role": "assistant", "content": f"{n}b"}] for n in range(3)]
    base = types.SimpleNamespace(
        model=builders.tiny_gpt2(seed, **sizes),
        tokenizer=builders.tiny_tokenizer(control_tokens=()),
        demonstrations=chats,
        preferences=[{"prompt": f"a{n}", "chosen": f"{n}b", "rejected": f"{n}c"} for n in range(3)],
        house_style=chats,
        gate=gate,
        steps={"sft": steps, "alignment": steps, "lora": steps},
        rates={"sft": rate, "alignment": rate, "lora": rate},
        batch_size=2,
        beta=0.3,
        targets=["attn.c_attn"],
        rank=2,
        alpha=6.0,
        bits=4,
        block_size=16,
        track=lambda items, description: items,
    )
    skip = [one for one in ("sft", "alignment", "lora", "quantization") if one != stage]
    whole = student.run_pipeline(tools, base, skip)
    report, found["returned"] = whole["stages"][stage], logits_of(whole["model"])
    return {"state": report["state"], "missing": list(report["missing"]), "unloaded": list(tools.problems), **found}


def block_on_missing(record, stage):
    """A stage that lacks a tool blocks the check: the function and the lesson that it is written in are named."""
    if missing := [name for name in TOOLS[stage] if name in record["missing"]]:
        homes = {name: TOOLS[stage][name] for name in missing}
        why = {home: ", whose file can't be loaded" for home in homes.values() if home in record["unloaded"]}
        raise Blocked(", ".join(f"{name} ({home}{why.get(home, '')})" for name, home in homes.items()))


@exercise("run_pipeline", points=2)
@pytest.mark.parametrize("stage", [stage for stage in TOOLS if TOOLS[stage]])
def test_your_own_parts(student, rng, stage):
    seed = rng.choice(range(3, 40))
    record = student.run(run_one_stage, stage, seed, SIZES, 2, 0.01)
    block_on_missing(record, stage)
    if record["state"] != "run":
        fail("A stage whose tools are all there is not run.", got=record["state"])
    # All other stages are skipped: what the stage begins with is the base, whose outputs are known here.
    with torch.no_grad():
        logits = builders.tiny_gpt2(seed, **SIZES)(torch.arange(1, 9)[None]).logits[..., :20]  # (1, 8, 20)
    what = "The output of the model that the stage begins with"
    expect_close(record["before"], logits, what=what, rtol=1e-4, atol=1e-4)
    # And all later ones: what comes back is what the stage has left.
    what = "The output of the model that is returned, compared with that of the last stage's,"
    expect_close(record["returned"], record["after"], what=what, rtol=1e-4, atol=1e-4)
    moved = (record["after"] - record["before"]).abs().max()
    if stage == "quantization":
        expect_quantized(record, moved)
        return
    if not moved > 1e-2:
        fail("With your own functions the stage leaves the model as it was.", got=float(moved))
    if stage == "lora":
        expect_frozen_base(record)


def expect_quantized(record, moved):
    # Logits of size 1 of a model with random weights; 4 bits move them by 0.02 to 0.1, another function by 0.5.
    if not 1e-4 < moved < 0.3:
        fail("With your own QuantizedLinear the model computes something else.", got=float(moved))
    if not record["bytes"] < 0.4 * FP32_BYTES_OF_BLOCKS:
        fail("With your own QuantizedLinear the blocks take as much memory as before.", got=record["bytes"])


def expect_frozen_base(record):
    if not record["share"] < 0.2:
        fail("With your own apply_lora far more is trained than the adapters.", got=record["share"])
    if not torch.allclose(record["bare"], record["before"], atol=1e-4):
        fail("With your own functions the base is not frozen beside the adapters.")
