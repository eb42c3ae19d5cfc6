"""Checks of `run_pipeline`: the student's function in a rehearsal (`pipeline_rehearsal`), and what was written down."""

import pytest
import torch
from pipeline_oracles import STAGES, TOOLS, answers_to, expect_named, made_up_word
from pipeline_rehearsal import RUN, TOL_SUM, Rehearsal
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, StudentError, exercise, expect_close, expect_equal, fail, probe

# --- the order ------------------------------------------------------------------------------------------------------

CALLS = ["gate", "add_chat_tokens", "train_sft", "gate", "dpo_step", "gate", "apply_lora", "train_sft", "gate"]
CALLS += ["QuantizedLinear", "gate"]
OUT_OF_ORDER = (  # a tool, the one that should have come before it, and what it means that it didn't
    (
        "QuantizedLinear",
        "apply_lora",
        "The model is quantized before its adapters are trained; here the adapted model is quantized.",
    ),
    ("apply_lora", "dpo_step", "The adapters come before alignment; the order of RUN is another."),
    ("dpo_step", "train_sft", "Preferences come before SFT, when there are no replies yet that could be judged."),
    ("train_sft", "add_chat_tokens", "The chat tokens come after the training that needs them."),
)


def calls_in_order(run):
    """The tools and gates in the order of their calls, one called several times in a row once."""
    names = [entry["tool"] for entry in run.log if entry["tool"] not in ("encode_chat", "collate_chats")]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def expect_order(result):
    """The tools must come in the order of CALLS, with a gate after each stage."""
    if [name for name in result if name != "gate"] != [name for name in CALLS if name != "gate"]:
        if set(result) != set(CALLS):
            fail("Some stage is not run with its tool.", expected=CALLS, got=result)
        for early, late, sentence in OUT_OF_ORDER:
            if result.index(early) < result.index(late):
                fail(sentence, got=result)
    advice = "A gate follows each stage at once."
    expect_equal(result, CALLS, what="The order of the tools and the gates", advice=advice)


def expect_before_and_after(run):
    """A gate must be given the model before its stage first: the base, at the first gate."""
    first = run.gates["pretraining"]
    if first["to_base"] and not first["from_base"]:
        fail("A gate is given its two models the wrong way round: first before, then after.")


def expect_last_model(run):
    """The model of the report must be the one that the last stage has left, in eval mode."""
    last = run.gates["quantization"]
    if run.record["kinds"] != last["kinds"] or not is_close(run.record["sum"], last["after"]):
        fail("The model that is returned isn't the one that the last stage has left.", got=run.record["kinds"])
    if run.record["training"]:
        fail("The model is returned in train mode.")


@exercise("run_pipeline", points=2)
def test_the_stages_come_in_order(student, rng):
    run = Rehearsal(student, rng)
    expect_equal([entry["stage"] for entry in run.calls("gate")], list(RUN), what="The order of the gates")
    expect_order(calls_in_order(run))
    if not all(entry["chat"] for entry in run.calls("encode_chat")):
        fail("A conversation is encoded before the tokenizer has its chat tokens.")
    if run.record["tracked"] != [list(RUN)]:
        fail(
            "The stages don't go through base.track, so nobody sees how far the pipeline is.",
            got=run.record["tracked"],
            advice='for stage in base.track(RUN, "the pipeline")',
        )
    expect_before_and_after(run)
    for stage, gate in run.gates.items():
        if gate["training"]:
            fail("A gate is given a model in train mode.", got=stage)
    expect_last_model(run)
    run.expect_models("sft")


@exercise("run_pipeline", points=2)
def test_the_base_stays_as_it_was(student, rng):
    run = Rehearsal(student, rng)
    (added,) = run.calls("add_chat_tokens")
    if added["own_model"] or added["own_tokenizer"] or run.record["own_tokenizer"]:
        fail("The base model or its tokenizer is changed in place; both are to be copied first.")
    if not run.record["kept"]:
        fail("The base, its data or its mode is changed.", advice="Nor does it lose a gradient, or get frozen.")
    for stage, gate in run.gates.items():
        if gate["tokenizer"]:
            fail("A gate is given the base's tokenizer, which knows no chat tokens.", got=stage)
        if stage != "pretraining" and not gate["chat"]:
            fail("A gate after the chat tokens were added is given a tokenizer that doesn't know them.", got=stage)
    if not run.record["chat"]:
        fail("The tokenizer that is returned doesn't know the chat tokens.")
    run.expect_models("sft")


# --- the stages -----------------------------------------------------------------------------------------------------


DROPPED = "The last batch is dropped because it is smaller."
NAMES = {"sft": "SFT", "alignment": "Alignment", "lora": "LoRA"}


def is_adamw(optimizer):
    return optimizer["kind"] == "AdamW"


def expect_rate(run, optimizer, stage):
    """The optimizer must have the learning rate of its stage."""
    expect_equal(
        optimizer["rate"],
        run.rates[stage],
        what=f"The learning rate of {stage}",
        mistakes={
            f"{NAMES[stage]} is trained at the rate of another stage; base.rates has one for each.": AnyOf(
                *(rate for other, rate in run.rates.items() if other != stage)
            ),
            f"{NAMES[stage]} is trained at AdamW's own learning rate, not at that of base.rates.": 1e-3,
        },
    )


@exercise("run_pipeline", points=2)
def test_sft_gets_the_demonstrations(student, rng):
    run = Rehearsal(student, rng)
    trained = run.calls("train_sft")[0]
    if trained["optimizer"]["outdated"]:
        run.expect_models("sft")  # says so
    batches, complete = run.batches("demo", "demonstrations"), run.counts["demonstrations"] // run.counts["batch"]
    expect_equal(
        trained["batches"],
        batches,
        what="What SFT is trained on",
        mistakes={
            DROPPED: lambda: batches[:complete],
            "All examples are put into one batch.": lambda: [sum(batches, [])],
            "Every example is a batch of its own.": lambda: [[text] for batch in batches for text in batch],
            "SFT is given the house style, which is for LoRA.": lambda: run.batches("style", "house_style"),
        },
    )
    if {entry["pad_id"] for entry in run.calls("collate_chats")} != {run.settings["pad_token_id"]}:
        fail("Batches are padded with something else than the tokenizer's pad_token_id.")
    if trained["steps"] != run.steps["sft"]:
        steps = run.steps["sft"]
        fail("SFT takes another number of steps than base.steps says.", expected=steps, got=trained["steps"])
    if not is_adamw(trained["optimizer"]):
        fail("SFT is trained with another optimizer than AdamW.", got=trained["optimizer"])
    expect_rate(run, trained["optimizer"], "sft")
    if not trained["optimizer"]["all"]:
        fail("SFT trains every weight; its optimizer holds others than the model's parameters.")
    run.expect_models("sft")


def expect_reference(run):
    """DPO's reference must be one frozen copy of the model after SFT, which is where the policy begins."""
    steps, after_sft = run.calls("dpo_step"), run.gates["sft"]["after"]
    reference, policy = steps[0]["reference"], steps[0]["start"]
    if any(step["same"] for step in steps):
        fail("The reference is the policy itself, so it learns along and nothing is held.")
    if not all(is_close(step["reference"], reference) for step in steps):
        fail("The reference moves along with the policy; it is one copy, made before the first step.")
    if is_close(reference, run.start) and not is_close(run.start, after_sft):
        fail("The reference is the base model; it is to be the model that SFT has left.")
    expect_close(reference, after_sft, what="The reference, compared with the model after SFT,", **TOL_SUM)
    expect_close(policy, after_sft, what="The policy, compared with the model after SFT,", **TOL_SUM)
    if not all(step["frozen"] for step in steps):
        fail("The reference is not frozen: its parameters require gradients.")


def expect_one_optimizer(run):
    """All steps of DPO must share an AdamW over all parameters of the policy."""
    optimizers = [step["optimizer"] for step in run.calls("dpo_step")]
    if not all(map(is_adamw, optimizers)):
        fail("Alignment is trained with another optimizer than AdamW.", got=optimizers[0])
    for optimizer in optimizers:
        expect_rate(run, optimizer, "alignment")
    if not optimizers[0]["all"]:
        fail("Alignment trains every weight; its optimizer holds others than the policy's parameters.")
    if len({optimizer["number"] for optimizer in optimizers}) > 1:
        fail("Every step of alignment has a new optimizer, without Adam's memory; one serves the whole stage.")


def is_close(left, right):
    return abs(left - right) <= TOL_SUM["atol"]


@exercise("run_pipeline", points=3)
def test_alignment_keeps_a_frozen_reference(student, rng):
    run = Rehearsal(student, rng)
    steps = run.calls("dpo_step")
    if len(steps) != run.steps["alignment"]:
        fail("Alignment takes another number of steps than base.steps says.", got=len(steps))
    expect_reference(run)
    if any(step["beta"] != run.settings["beta"] for step in steps):
        fail("dpo_step is not given base.beta.")
    expect_one_optimizer(run)
    chosen, rejected = (run.batches("which", "preferences", answer) for answer in ("good", "bad"))
    pairs = [(chosen[step % len(chosen)], rejected[step % len(chosen)]) for step in range(len(steps))]
    expect_equal(
        [(step["chosen"], step["rejected"]) for step in steps],
        pairs,
        what="What alignment is trained on",
        mistakes={
            "Chosen and rejected are swapped.": lambda: [(bad, good) for good, bad in pairs],
            "Both sides are the chosen replies.": lambda: [(good, good) for good, _ in pairs],
            "Every step is given the first batch.": lambda: pairs[:1] * len(pairs),
            "Once all batches had their turn, it goes on with the last one; the first comes next.": (
                lambda: [pairs[min(step, len(chosen) - 1)] for step in range(len(steps))]
            ),
            DROPPED: lambda: [pairs[step % (len(chosen) - 1)] for step in range(len(steps))],
        },
    )
    run.expect_models("alignment")


@exercise("run_pipeline", points=3)
def test_lora_trains_adapters_only(student, rng):
    run = Rehearsal(student, rng)
    (applied,) = run.calls("apply_lora")
    given = [applied["targets"], applied["r"], applied["alpha"]]
    asked = [["attn.c_attn", "mlp.c_fc"], run.settings["rank"], run.settings["alpha"]]
    expect_equal(given, asked, what="What apply_lora is given")
    if is_close(applied["start"], run.start):
        fail("The adapters are put into the base model; they belong into the aligned one.")
    expect_close(applied["start"], run.gates["alignment"]["after"], what="The model that gets adapters", **TOL_SUM)
    trained = run.calls("train_sft")[1]
    if not trained["optimizer"]["trainable"]:
        fail("LoRA's optimizer holds frozen weights, or was made before there were adapters.", got=trained["optimizer"])
    again = "The adapters are trained on the demonstrations of SFT again."
    batches = run.batches("style", "house_style")
    expect_equal(
        trained["batches"],
        batches,
        what="What LoRA is trained on",
        mistakes={
            again: lambda: run.batches("demo", "demonstrations"),
            DROPPED: batches[:-1],
            "All examples are put into one batch.": lambda: [sum(batches, [])],
        },
    )
    expect_equal(
        trained["steps"],
        run.steps["lora"],
        what="The number of LoRA's steps",
        mistakes={
            "LoRA takes as many steps as SFT; base.steps has a number for each.": run.steps["sft"],
            "LoRA takes as many steps as there are batches, not as many as base.steps says.": len(batches),
        },
    )
    if not is_adamw(trained["optimizer"]):
        fail("LoRA is trained with another optimizer than AdamW.", got=trained["optimizer"])
    expect_rate(run, trained["optimizer"], "lora")
    run.expect_models("lora")


@exercise("run_pipeline", points=3)
def test_the_adapted_model_is_quantized(student, rng):
    run = Rehearsal(student, rng, double=True, shown=True)
    expect_before_and_after(run)
    names = calls_in_order(run)
    if "apply_lora" in names and "QuantizedLinear" in names[: names.index("apply_lora")]:
        fail(OUT_OF_ORDER[0][2], got=names)
    made, adapted = run.calls("QuantizedLinear"), run.gates["lora"]["dense"]
    if len(made) != len(adapted):
        fail("Each of LAYERS in each block is quantized once.", expected=len(adapted), got=len(made))
    if any(entry["kind"] != "Linear" for entry in made):
        fail("QuantizedLinear takes an nn.Linear; it is given something else.", advice="as_linear makes one.")
    asked = run.settings["bits"], run.settings["block_size"]
    if any((entry["bits"], entry["block"]) != asked for entry in made):
        fail("QuantizedLinear is not given base.bits and base.block_size.")
    for entry, (weight, bias) in zip(made, adapted, strict=True):  # (d_in, d_out), (d_out,)
        expect_layer(entry, weight.T, bias)
    kinds = set(run.gates["quantization"]["kinds"])
    if kinds != {"QuantizedLinear"}:
        fail("The quantized layers don't stand in the model.", got=sorted(kinds))
    run.expect_models("quantization")
    expect_given(student, rng.randn(5, 3).double(), rng.randn(5).double())


@probe
def linear_of(student, weight, bias, training):
    """What the given as_linear makes of a layer (d_in → d_out) of which the weight is frozen, and of one elsewhere."""
    if not hasattr(student, "as_linear"):  # whoever needs none may have thrown it away
        return None
    layer = builders.linear(weight, bias).train(training)
    layer.weight.requires_grad_(False)
    layer.bias.grad = torch.ones_like(bias)
    linear = student.as_linear(layer, weight.shape[1])
    kept = [layer.training, layer.weight.requires_grad, layer.bias.requires_grad, layer.bias.grad is not None]
    elsewhere = student.as_linear(nn.Linear(4, 2, device="meta"), 4)
    return linear.weight.detach(), linear.bias.detach(), kept, str(elsewhere.weight.device)


def expect_given(student, weight, bias):
    """The experiments build on as_linear, of any layer (d_in → d_out) on any device, so it must be as it was given."""
    advice = "as_linear is given: leave it as it is."
    for training in (True, False):
        found = student.run(linear_of, weight, bias, training)
        if found is None:
            return
        expect_close(found[:2], (weight, bias), what="What as_linear makes of a layer", advice=advice, **TOL_SUM)
        if found[2] != [training, False, True, True]:
            fail("as_linear changes the layer that it only has to read.", got=found[2], advice=advice)
        expect_equal(found[3], "meta", what="The device of what as_linear makes", advice=advice)


def expect_layer(result, weight, bias):
    """What QuantizedLinear is given must hold the weight (d_out, d_in) and bias (d_out,) of the adapted layer."""
    if {result["weight"].dtype, result["bias"].dtype} != {weight.dtype}:
        sentence = "A layer is quantized from another dtype than its own; a new nn.Linear is float32."
        fail(sentence, expected=str(weight.dtype), got=str(result["weight"].dtype))
    if result["weight"].shape != weight.shape:
        shape = tuple(result["weight"].shape)
        fail("A quantized layer has the wrong shape.", expected=tuple(weight.shape), got=shape)
    if not all(torch.allclose(*pair, atol=1e-4) for pair in ((result["weight"], weight), (result["bias"], bias))):
        fail(
            "A quantized layer doesn't compute what its layer computed; the adapter belongs to it.",
            advice="as_linear takes the adapter along.",
        )


@exercise("run_pipeline", points=2)
def test_a_gate_sees_before_and_after(student, rng):
    run = Rehearsal(student, rng)
    gates = run.gates
    if not gates["pretraining"]["from_base"]:
        fail("Before pretraining's gate stands the base model itself.")
    for stage in RUN[1:]:
        if gates[stage]["same"]:
            fail("A gate is given the same model twice, so it can't see what the stage changed.", got=stage)
    before_sft, after_sft = gates["sft"]["models_chat"]
    if before_sft:
        fail("The model before SFT has the chat tokens already; before is the model as the stage found it.")
    if not after_sft:
        fail("The model that SFT leaves was never given to add_chat_tokens.")
    what = "The model before a stage, compared with the one that the earlier stage left,"
    for earlier, stage in zip(RUN, RUN[1:], strict=False):
        expect_close(gates[stage]["before"], gates[earlier]["after"], what=what, **TOL_SUM)
    for stage in ("sft", "alignment", "lora"):
        if is_close(gates[stage]["before"], gates[stage]["after"]):
            fail("A gate is measured before its stage has run, or with the wrong model.", got=stage)
    said = {stage: entry["gate"] for stage, entry in run.stages.items()}
    if said != run.said:
        fail("The report doesn't hold what the gates said; a gate that fails is reported too.", got=said)
    if set(run.states().values()) != {"run"}:
        fail("A stage that was run is reported as something else.", got=run.stages)
    run.expect_models("quantization")


# --- stages that are not run ----------------------------------------------------------------------------------------

# The tool that shows whether a stage was run, and how often it is called without that stage.
CALLS_WITHOUT = {
    "sft": ("train_sft", 1),  # LoRA calls it too
    "alignment": ("dpo_step", 0),
    "lora": ("apply_lora", 0),
    "quantization": ("QuantizedLinear", 0),
}


def expect_fresh_model(run):
    """Without pretraining, a random model of the same class and configuration must go through the other stages."""
    expect_before_and_after(run)
    gate = run.gates["pretraining"]
    if is_close(gate["after"], run.start):
        fail("Without pretraining the model starts from the base's weights; it has to start from random ones.")
    if not gate["config"] or not 0.01 < gate["spread"] < 0.03:
        fail("Without pretraining the model is not a fresh one of the same configuration.", got=gate["spread"])
    if not run.record["config_kept"]:
        fail("The fresh model shares the configuration of the base's, which its chat tokens then change.")
    run.expect_models("sft")


@exercise("run_pipeline", points=2)
@pytest.mark.parametrize("stage", RUN)
def test_a_stage_is_skipped(student, rng, stage):
    run = Rehearsal(student, rng, skip=[stage])
    states = run.states()
    if states.get(stage) != "skipped":
        fail("A skipped stage is not reported as skipped.", got=states)
    if list(run.gates) != list(RUN):
        sentence = "The gate of a skipped stage is not measured, and to see it fail is what skipping is for."
        fail(sentence, got=list(run.gates))
    if any(state != "run" for name, state in states.items() if name != stage):
        fail("Skipping a stage skips others too.", got=states)
    if stage == "pretraining":
        expect_fresh_model(run)
        return
    tool, calls = CALLS_WITHOUT[stage]
    if len(run.calls(tool)) != calls:
        fail("A skipped stage is run all the same.", got=stage)
    if len(run.calls("add_chat_tokens")) != 1:
        fail("Chat tokens are added once, also where SFT is skipped: later stages need their ids.")
    gate = run.gates[stage]
    expect_close(gate["after"], gate["before"], what="The model after a stage that was skipped", **TOL_SUM)
    run.expect_models(stage)


@exercise("run_pipeline", points=2)
@pytest.mark.parametrize("absent", ["encode_chat", "dpo_step", "apply_lora", "QuantizedLinear", "add_chat_tokens"])
def test_a_tool_is_missing(student, rng, absent):
    run = Rehearsal(student, rng, absent=[absent])
    lacking = [stage for stage in RUN if absent in TOOLS[stage]]
    expect_equal(
        run.states(),
        {stage: "missing" if stage in lacking else "run" for stage in RUN},
        what="The states of the stages without one of the tools",
        mistakes={"Where a tool is missing, the whole pipeline stops.": {stage: "missing" for stage in RUN}},
    )
    expect_equal(
        {stage: entry["missing"] for stage, entry in run.stages.items()},
        {stage: [absent] if stage in lacking else [] for stage in RUN},
        what="What is reported as missing",
    )
    run.expect_models(lacking[0])


@exercise("run_pipeline")
def test_what_is_skipped_may_lack_a_tool(student, rng):
    run = Rehearsal(student, rng, skip=["lora"], absent=["apply_lora"])
    entry = run.stages["lora"]
    if entry["state"] != "skipped":
        fail("A stage that is skipped and lacks a tool counts as skipped.", expected="skipped", got=entry["state"])
    if entry["missing"] != ["apply_lora"]:
        fail("Which tools are None is reported of a skipped stage too.", expected=["apply_lora"], got=entry["missing"])
    run.expect_models("lora")


@exercise("run_pipeline")
def test_skipping_an_unknown_stage_is_an_error(student, rng):
    names = [rng.choice(STAGES[:3]), made_up_word(rng), made_up_word(rng)]
    illegal = [([names[0]], names[0]), ([names[1], "sft"], names[1]), (["sft", names[2]], names[2]), (["SFT"], "SFT")]
    runs = answers_to(rng, lambda skip: Rehearsal(student, rng, skip=skip), [[], *(skip for skip, _ in illegal)])
    what = "run_pipeline that is to skip something that is no stage of RUN"
    for (_, name), run in zip(illegal, runs[1:], strict=True):
        with expect_named("The error doesn't name what is no stage of RUN.", name, what):
            if isinstance(run, StudentError):
                raise run
    if isinstance(runs[0], StudentError):
        raise runs[0]
    runs[0].expect_models("pretraining")
