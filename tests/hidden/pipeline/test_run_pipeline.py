"""Hidden checks of `run_pipeline`."""

import pytest
import torch

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe
from autograder.student import Blocked

# What each stage is run with, and the lesson that it is written in.
PARTS = {
    "sft": {
        "add_chat_tokens": "instruction_tuning",
        "encode_chat": "instruction_tuning",
        "collate_chats": "instruction_tuning",
        "train_sft": "instruction_tuning",
    },
    "alignment": {
        "add_chat_tokens": "instruction_tuning",
        "encode_chat": "instruction_tuning",
        "collate_chats": "instruction_tuning",
        "dpo_step": "alignment",
    },
    "lora": {
        "add_chat_tokens": "instruction_tuning",
        "encode_chat": "instruction_tuning",
        "collate_chats": "instruction_tuning",
        "train_sft": "instruction_tuning",
        "apply_lora": "lora",
    },
    "quantization": {"QuantizedLinear": "quantization"},
}


@probe
def own_parts(student, stage, seed, steps, rate):
    import copy
    import types

    tools = student.__tools__
    found = {}
    talks = [[{"role": "user", "content": f"a{n}"}, {"role": "assistant", "content": f"{n}b"}] for n in range(3)]

    def gate(name, before, after, tokenizer):
        if name != stage:
            return {"passed": True}
        ids = torch.arange(1, 9)[None]
        with torch.no_grad():
            found["before"], found["after"] = before(ids).logits[..., :20], after(ids).logits[..., :20]
            bare = copy.deepcopy(after)
            trainable = [parameter for parameter in bare.parameters() if parameter.requires_grad]
            found["share"] = sum(map(torch.numel, trainable)) / sum(map(torch.numel, bare.parameters()))
            for parameter in trainable:
                parameter.zero_()
            found["bare"] = bare(ids).logits[..., :20]
        blocks = after.transformer.h.state_dict().values()
        found["bytes"] = sum(tensor.numel() * tensor.element_size() for tensor in blocks)
        return {"passed": True}

    base = types.SimpleNamespace(
        model=builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=257, positions=48),
        tokenizer=builders.tiny_tokenizer(control_tokens=()),
        demonstrations=talks,
        preferences=[{"prompt": f"a{n}", "chosen": f"{n}b", "rejected": f"{n}c"} for n in range(3)],
        house_style=talks,
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
    report = student.run_pipeline(tools, base, skip)["stages"][stage]
    return {"state": report["state"], "missing": list(report["missing"]), "unloaded": list(tools.problems), **found}


@exercise("run_pipeline", points=2)
@pytest.mark.parametrize("stage", PARTS)
def test_your_own_parts(student, rng, stage):
    seed = rng.choice(range(3, 40))
    seen = student.run(own_parts, stage, seed, 2, 0.01)
    if missing := [name for name in PARTS[stage] if name in seen["missing"]]:
        homes = {name: PARTS[stage][name] for name in missing}
        why = {home: ", whose file can't be loaded" for home in homes.values() if home in seen["unloaded"]}
        raise Blocked(", ".join(f"{name} ({home}{why.get(home, '')})" for name, home in homes.items()))
    if seen["state"] != "run":
        fail("A stage whose tools are all there is not run.", got=seen["state"])
    # All other stages are skipped: what the stage begins with is the base, whose outputs are known here.
    base = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=257, positions=48)
    with torch.no_grad():
        right = base(torch.arange(1, 9)[None]).logits[..., :20]
    expect_close(seen["before"], right, what="The output of the model that the stage begins with", rtol=1e-4, atol=1e-4)
    moved = (seen["after"] - seen["before"]).abs().max()
    if stage == "quantization":
        # Logits of size 1 of a model with random weights; 4 bits move them by 0.02 to 0.1, another function by 0.5.
        if not 1e-4 < moved < 0.3:
            fail("With your own QuantizedLinear the model computes something else.", got=float(moved))
        whole = 4 * (12 * 16**2 + 13 * 16)
        if not seen["bytes"] < 0.4 * whole:
            fail("With your own QuantizedLinear the blocks take as much memory as before.", got=seen["bytes"])
        return
    if not moved > 1e-2:
        fail("With your own functions the stage leaves the model as it was.", got=float(moved))
    if stage == "lora":
        if not seen["share"] < 0.2:
            fail("With your own apply_lora far more is trained than the detours.", got=seen["share"])
        if not torch.allclose(seen["bare"], seen["before"], atol=1e-4):
            fail("With your own functions the base is not frozen beside the detours.")
