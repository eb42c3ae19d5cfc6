"""Checks of `run_pipeline`."""

import pytest
import torch
from torch import nn

from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe

RUN = ("pretraining", "sft", "alignment", "lora", "quantization")


CHATS = ["add_chat_tokens", "encode_chat", "collate_chats"]


TOOLS = {
    "pretraining": [],
    "sft": [*CHATS, "train_sft"],
    "alignment": [*CHATS, "dpo_step"],
    "lora": [*CHATS, "train_sft", "apply_lora"],
    "quantization": ["QuantizedLinear"],
}


@probe
def rehearse(student, width, layers, level, counts, steps, rates, skip, absent):
    import copy
    import types

    log, tracked, optimizers = [], [], []

    def track(items, description):
        tracked.append(list(items))
        return tracked[-1]

    def sum_of(model):
        return sum(parameter.detach().double().sum().item() for parameter in model.parameters())

    def dense(layer, d_in):
        with torch.no_grad():
            bias = layer(torch.zeros(1, d_in))
            return layer(torch.eye(d_in)) - bias, bias[0]

    def layers_of(model):
        width, found = model.config.hidden_size, []
        for block in model.transformer.h:
            for name, inputs in (("attn.c_attn", 1), ("attn.c_proj", 1), ("mlp.c_fc", 1), ("mlp.c_proj", 4)):
                found.append((block.get_submodule(name), inputs * width))
        return found

    class Layer(nn.Module):  # as GPT-2's Conv1D: x W + b, W (d_in, d_out)
        def __init__(self, d_in, d_out):
            super().__init__()
            self.weight = nn.Parameter(0.02 * torch.randn(d_in, d_out))
            self.bias = nn.Parameter(torch.zeros(d_out))

        def forward(self, x):
            return x @ self.weight + self.bias

    class Model(nn.Module):  # the skeleton of a GPT-2: what is looked at is which layers stand where
        def __init__(self, config):
            super().__init__()
            self.config = config
            width = config.hidden_size
            self.transformer = nn.Module()
            self.transformer.wte = nn.Embedding.from_pretrained(0.02 * torch.randn(50, width), freeze=False)
            self.transformer.h = nn.ModuleList()
            for _ in range(config.n_layer):
                block = nn.Module()
                block.attn, block.mlp = nn.Module(), nn.Module()
                block.attn.c_attn, block.attn.c_proj = Layer(width, 3 * width), Layer(width, width)
                block.mlp.c_fc, block.mlp.c_proj = Layer(width, 4 * width), Layer(4 * width, width)
                self.transformer.h.append(block)

    def note(tool, **facts):
        log.append({"tool": tool, **facts})

    class Tokenizer:
        pad_token_id = 3
        chat = False

    class Detour(nn.Module):
        def __init__(self, base):
            super().__init__()
            self.base = base
            shape = base.weight.shape if isinstance(base, Layer) else (1,)
            self.change = nn.Parameter(torch.zeros(shape))  # (d_in, d_out)

        def forward(self, x):
            return self.base(x) + (x @ self.change if self.change.ndim == 2 else 0)

    class QuantizedLinear(nn.Module):
        def __init__(self, linear, bits, block_size):
            super().__init__()
            self.linear = linear.requires_grad_(False)
            kind = type(linear).__name__
            weight, bias = (getattr(linear, name, None) for name in ("weight", "bias"))
            note("QuantizedLinear", kind=kind, bits=bits, block=block_size, weight=weight, bias=bias)

        def forward(self, x):
            return self.linear(x)

    def add_chat_tokens(model, tokenizer):
        note("add_chat_tokens", own_model=model is base.model, own_tokenizer=tokenizer is base.tokenizer)
        tokenizer.chat = True
        return 2

    def encode_chat(messages, tokenizer):
        note("encode_chat", chat=tokenizer.chat)
        text = "/".join(f"{message['role']}:{message['content']}" for message in messages)
        return {"input_ids": list(text.encode()), "loss_mask": [1] * len(text)}

    def collate_chats(examples, pad_id, max_length=None):
        note("collate_chats", pad_id=pad_id)
        return {"texts": [bytes(example["input_ids"]).decode() for example in examples]}

    def held_by(optimizer, model):
        held = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        own = {id(parameter): parameter for parameter in model.parameters()}
        trainable = {name for name, parameter in own.items() if parameter.requires_grad}
        with torch.no_grad():
            for parameter in held:
                parameter.mul_(1 + 10 * optimizer.param_groups[0]["lr"]).add_(10 * optimizer.param_groups[0]["lr"])
        if not any(optimizer is one for one in optimizers):
            optimizers.append(optimizer)
        return {
            "number": [optimizer is one for one in optimizers].index(True),
            "kind": type(optimizer).__name__,
            "rate": optimizer.param_groups[0]["lr"],
            "all": {id(parameter) for parameter in held} == set(own),
            "trainable": {id(parameter) for parameter in held} == trainable,
        }

    def train_sft(model, batches, optimizer, steps):
        facts = {"start": sum_of(model), "batches": [batch["texts"] for batch in batches], "steps": steps}
        note("train_sft", **facts, optimizer=held_by(optimizer, model))
        return [0.0] * steps

    def dpo_step(policy, reference, batch, optimizer, beta):
        note(
            "dpo_step",
            same=policy is reference or bool(set(policy.parameters()) & set(reference.parameters())),
            frozen=not any(parameter.requires_grad for parameter in reference.parameters()),
            reference=sum_of(reference),
            start=sum_of(policy),
            chosen=batch["chosen"]["texts"],
            rejected=batch["rejected"]["texts"],
            beta=beta,
            optimizer=held_by(optimizer, policy),
        )
        return {"loss": 0.0}

    def apply_lora(model, targets, r, alpha):
        note("apply_lora", targets=list(targets), r=r, alpha=alpha, start=sum_of(model))
        model.requires_grad_(False)
        names = [name for name, _ in model.named_modules() if name.endswith(tuple(targets))]
        for name in names:
            model.set_submodule(name, Detour(model.get_submodule(name)))
        return len(names)

    def gate(stage, before, after, tokenizer):
        note(
            "gate",
            stage=stage,
            before=sum_of(before),
            after=sum_of(after),
            same=before is after,
            from_base=before is base.model,
            to_base=after is base.model,
            training=after.training,
            tokenizer=tokenizer is base.tokenizer,
            config=type(after) is Model and vars(after.config) == vars(base.model.config),
            spread=after.transformer.wte.weight.std().item(),
            kinds=[type(layer).__name__ for layer, _ in layers_of(after)],
            dense=[dense(layer, d_in) for layer, d_in in layers_of(after)] if stage == "lora" else [],
        )
        return {"passed": stage != "lora", "figure": len(log)}

    def text(kind, place):
        return f"{kind} {place}"

    def talk(kind, place):
        return [{"role": "user", "content": text(kind, place)}, {"role": "assistant", "content": f"yes {place}"}]

    kit = (add_chat_tokens, encode_chat, collate_chats, train_sft, dpo_step, apply_lora, QuantizedLinear)
    tools = {tool.__name__: tool for tool in kit}
    pretrained = Model(types.SimpleNamespace(hidden_size=width, n_embd=width, n_layer=layers)).train()
    with torch.no_grad():
        for parameter in pretrained.parameters():
            parameter.add_(level - parameter.mean())
    base = types.SimpleNamespace(
        model=pretrained,
        tokenizer=Tokenizer(),
        demonstrations=[talk("demo", place) for place in range(counts["demonstrations"])],
        preferences=[
            {"prompt": text("which", place), "chosen": text("good", place), "rejected": text("bad", place)}
            for place in range(counts["preferences"])
        ],
        house_style=[talk("style", place) for place in range(counts["house_style"])],
        gate=gate,
        steps=steps,
        rates=rates,
        batch_size=counts["batch"],
        beta=0.25,
        targets=["attn.c_attn", "mlp.c_fc"],
        rank=2,
        alpha=6.0,
        bits=8,
        block_size=4,
        track=track,
    )
    start = {"sum": sum_of(base.model), "names": [name for name, _ in base.model.named_modules()]}
    everything = copy.deepcopy((base.demonstrations, base.preferences, base.house_style))
    known = types.SimpleNamespace(**{name: None if name in absent else tool for name, tool in tools.items()})
    report = student.run_pipeline(known, base, tuple(skip))
    kept = sum_of(base.model) == start["sum"] and not base.tokenizer.chat and base.model.training
    kept = kept and [name for name, _ in base.model.named_modules()] == start["names"]
    return {
        "log": log,
        "tracked": tracked,
        "start": start["sum"],
        "end": sum_of(report["model"]),
        "training": report["model"].training,
        "own_tokenizer": report["tokenizer"] is base.tokenizer,
        "stages": {stage: dict(entry) for stage, entry in report["stages"].items()},
        "kept": kept and everything == (base.demonstrations, base.preferences, base.house_style),
    }


class Rehearsal:
    """Run the rehearsal with sizes and weights of this seed; `seen` is what was noted down."""

    def __init__(self, student, rng, skip=(), absent=()):
        counts = {"demonstrations": rng.choice([5, 7]), "preferences": rng.choice([4, 5]), "batch": rng.choice([2, 3])}
        counts["house_style"] = rng.choice([4, 5])
        self.counts, self.skip, self.absent = counts, skip, absent
        self.steps = {"sft": rng.choice([6, 9]), "alignment": rng.choice([4, 6]), "lora": rng.choice([3, 8])}
        self.rates = {stage: rng.choice(range(10, 40)) / 10_000 for stage in ("sft", "alignment", "lora")}
        self.layers = 1 if skip or absent else 2  # a model is copied again and again, and copying is what takes time
        self.width, self.level = rng.choice([4, 6]), rng.choice(range(200, 400)) / 1000
        sizes = (self.width, self.layers, self.level)
        self.seen = student.run(rehearse, *sizes, counts, self.steps, self.rates, skip, absent)

    def expect_models(self, until):
        """Hold the sums of the models at the gates, up to that stage, against what the tools make of the base."""
        found, width = gates(self.seen), self.width
        number = 50 * width + self.layers * (12 * width**2 + 9 * width)
        detours = self.layers * 7 * width**2
        total = self.level * number
        for stage in RUN[: RUN.index(until) + 1]:
            got = [found[stage]["before"], found[stage]["after"]]
            if stage == "pretraining" and stage in self.skip:
                total = got[1]  # fresh weights, which nobody knows
                continue
            right = [total]
            if stage in self.rates and stage not in self.skip and not set(self.absent) & set(TOOLS[stage]):
                gain = 10 * self.rates[stage]
                for _ in range(self.steps[stage] if stage == "alignment" else 1):
                    total = total + gain * detours if stage == "lora" else total * (1 + gain) + gain * number
            what = "What the gates are given, compared with what the tools made of the base model,"
            expect_close(got, [*right, total], what=what, rtol=1e-5, atol=1e-4)


def noted(seen, tool):
    """What the calls of one tool noted down."""
    return [entry for entry in seen["log"] if entry["tool"] == tool]


def gates(seen):
    return {entry["stage"]: entry for entry in noted(seen, "gate")}


def batches_of(kind, count, size, answer="yes"):
    texts = [f"user:{kind} {place}/assistant:{answer} {place}" for place in range(count)]
    return [texts[start : start + size] for start in range(0, count, size)]


CLOSE = {"rtol": 0.0, "atol": 1e-4}  # sums of a thousand numbers in fp32; a training step moves them by 0.08 and more


def close(left, right):
    return abs(left - right) <= 1e-4


@exercise("run_pipeline", points=2)
def test_the_stages_come_in_order(student, rng):
    run = Rehearsal(student, rng)
    seen = run.seen
    expect_equal([entry["stage"] for entry in noted(seen, "gate")], list(RUN), what="The order of the gates")
    order = [entry["tool"] for entry in seen["log"] if entry["tool"] not in ("encode_chat", "collate_chats")]
    runs = [name for place, name in enumerate(order) if place == 0 or order[place - 1] != name]
    right = ["gate", "add_chat_tokens", "train_sft", "gate", "dpo_step", "gate", "apply_lora", "train_sft", "gate"]
    right += ["QuantizedLinear", "gate"]
    if [name for name in runs if name != "gate"] != [name for name in right if name != "gate"]:
        first = {name: runs.index(name) for name in set(runs)}
        if set(runs) != set(right):
            fail("Some stage is not run with its tool.", expected=right, got=runs)
        if first["QuantizedLinear"] < first["apply_lora"]:
            fail(
                "The model is quantized before its detours are trained; here the adapted model is quantized.", got=runs
            )
        if first["apply_lora"] < first["dpo_step"]:
            fail("The detours come before alignment; the order of RUN is another.", got=runs)
        if first["dpo_step"] < first["train_sft"]:
            fail("Preferences come before SFT, when there are no replies yet that could be judged.", got=runs)
        if first["add_chat_tokens"] > first["train_sft"]:
            fail("The chat tokens come after the training that needs them.", got=runs)
    expect_equal(runs, right, what="The order of the tools and the gates", advice="A gate follows each stage at once.")
    if not all(entry["chat"] for entry in noted(seen, "encode_chat")):
        fail("A conversation is encoded before the tokenizer has its chat tokens.")
    if seen["tracked"] != [list(RUN)]:
        fail(
            "The stages don't go through base.track, so nobody sees how far the pipeline is.",
            got=seen["tracked"],
            advice='for stage in base.track(RUN, "the pipeline")',
        )
    first = gates(seen)["pretraining"]
    if first["to_base"] and not first["from_base"]:
        fail("A gate is given its two models the wrong way round: first before, then after.")
    for stage, gate in gates(seen).items():
        if gate["training"]:
            fail("A gate is given a model in train mode.", got=stage)
    if seen["training"]:
        fail("The model is returned in train mode.")
    run.expect_models("sft")


@exercise("run_pipeline", points=2)
def test_the_base_stays_as_it_was(student, rng):
    run = Rehearsal(student, rng)
    seen = run.seen
    (added,) = noted(seen, "add_chat_tokens")
    if added["own_model"] or added["own_tokenizer"] or seen["own_tokenizer"]:
        fail("The base model or its tokenizer is changed in place; both are to be copied first.")
    if not seen["kept"]:
        fail("The base, its data or its mode is changed.")
    for stage, gate in gates(seen).items():
        if gate["tokenizer"]:
            fail("A gate is given the base's tokenizer, which knows no chat tokens.", got=stage)
    run.expect_models("sft")


@exercise("run_pipeline", points=2)
def test_sft_gets_the_demonstrations(student, rng):
    run = Rehearsal(student, rng)
    counts, steps, seen = run.counts, run.steps, run.seen
    trained = noted(seen, "train_sft")[0]
    size, count = counts["batch"], counts["demonstrations"]
    right = batches_of("demo", count, size)
    expect_equal(
        trained["batches"],
        right,
        what="What SFT is trained on",
        mistakes={
            "The last batch is dropped because it is smaller.": lambda: right[: count // size],
            "All examples are put into one batch.": lambda: [sum(right, [])],
            "Every example is a batch of its own.": lambda: [[text] for batch in right for text in batch],
            "SFT is given the house style, which is for LoRA.": lambda: batches_of(
                "style", counts["house_style"], size
            ),
        },
    )
    if {entry["pad_id"] for entry in noted(seen, "collate_chats")} != {3}:
        fail("Batches are padded with something else than the tokenizer's pad_token_id.")
    if trained["steps"] != steps["sft"]:
        fail("SFT takes another number of steps than base.steps says.", expected=steps["sft"], got=trained["steps"])
    if trained["optimizer"]["kind"] != "AdamW" or trained["optimizer"]["rate"] != run.rates["sft"]:
        fail("SFT is trained with another optimizer or rate than asked for.", got=trained["optimizer"])
    if not trained["optimizer"]["all"]:
        fail("SFT trains every weight; its optimizer holds others than the model's parameters.")
    run.expect_models("sft")


@exercise("run_pipeline", points=3)
def test_alignment_keeps_a_frozen_reference(student, rng):
    run = Rehearsal(student, rng)
    counts, steps, seen = run.counts, run.steps, run.seen
    taken, after_sft = noted(seen, "dpo_step"), gates(seen)["sft"]["after"]
    if len(taken) != steps["alignment"]:
        fail("Alignment takes another number of steps than base.steps says.", got=len(taken))
    if any(entry["same"] for entry in taken):
        fail("The reference is the policy itself, so it learns along and nothing is held.")
    if not all(close(entry["reference"], taken[0]["reference"]) for entry in taken):
        fail("The reference moves along with the policy; it is one copy, made before the first step.")
    if close(taken[0]["reference"], seen["start"]) and not close(seen["start"], after_sft):
        fail("The reference is the base model; it is to be the model that SFT has left.")
    expect_close(taken[0]["reference"], after_sft, what="The reference, compared with the model after SFT,", **CLOSE)
    expect_close(taken[0]["start"], after_sft, what="The policy, compared with the model after SFT,", **CLOSE)
    if not all(entry["frozen"] for entry in taken):
        fail("The reference is not frozen: its parameters require gradients.")
    if any(entry["beta"] != 0.25 for entry in taken):
        fail("dpo_step is not given base.beta.")
    if any(
        entry["optimizer"]["kind"] != "AdamW" or entry["optimizer"]["rate"] != run.rates["alignment"] for entry in taken
    ):
        fail("Alignment is trained with another optimizer or rate than asked for.", got=taken[0]["optimizer"])
    if not taken[0]["optimizer"]["all"]:
        fail("Alignment trains every weight; its optimizer holds others than the policy's parameters.")
    if len({entry["optimizer"]["number"] for entry in taken}) > 1:
        fail("Every step of alignment has a new optimizer, without Adam's memory; one serves the whole stage.")
    size, count = counts["batch"], counts["preferences"]
    chosen, rejected = (batches_of("which", count, size, answer) for answer in ("good", "bad"))
    got = [(entry["chosen"], entry["rejected"]) for entry in taken]
    right = [(chosen[step % len(chosen)], rejected[step % len(chosen)]) for step in range(len(taken))]
    expect_equal(
        got,
        right,
        what="What alignment is trained on",
        mistakes={
            "Chosen and rejected are swapped.": lambda: [(bad, good) for good, bad in right],
            "Both sides are the chosen replies.": lambda: [(good, good) for good, _ in right],
            "Every step is given the first batch.": lambda: right[:1] * len(right),
        },
    )
    run.expect_models("alignment")


@exercise("run_pipeline", points=3)
def test_lora_trains_detours_only(student, rng):
    run = Rehearsal(student, rng)
    counts, steps, seen = run.counts, run.steps, run.seen
    (applied,), gate = noted(seen, "apply_lora"), gates(seen)
    got = [applied["targets"], applied["r"], applied["alpha"]]
    expect_equal(got, [["attn.c_attn", "mlp.c_fc"], 2, 6.0], what="What apply_lora is given")
    if close(applied["start"], seen["start"]):
        fail("The detours are put into the base model; they belong into the aligned one.")
    expect_close(applied["start"], gate["alignment"]["after"], what="The model that gets detours", **CLOSE)
    trained = noted(seen, "train_sft")[1]
    if not trained["optimizer"]["trainable"]:
        fail("LoRA's optimizer holds frozen weights, or was made before there were detours.", got=trained["optimizer"])
    right = batches_of("style", counts["house_style"], counts["batch"])
    expect_equal(
        trained["batches"],
        right,
        what="What LoRA is trained on",
        mistakes={
            "The detours are trained on the demonstrations of SFT again.": lambda: batches_of(
                "demo", counts["demonstrations"], counts["batch"]
            )
        },
    )
    expect_equal(
        [trained["steps"], trained["optimizer"]["rate"]],
        [steps["lora"], run.rates["lora"]],
        what="Steps and rate of LoRA",
    )
    run.expect_models("lora")


@exercise("run_pipeline", points=3)
def test_the_adapted_model_is_quantized(student, rng):
    run = Rehearsal(student, rng)
    seen = run.seen
    made, adapted = noted(seen, "QuantizedLinear"), gates(seen)["lora"]["dense"]
    if len(made) != len(adapted):
        fail("Each of LAYERS in each block is quantized once.", expected=len(adapted), got=len(made))
    if any(entry["kind"] != "Linear" for entry in made):
        fail("QuantizedLinear takes an nn.Linear; it is given something else.", advice="as_linear makes one.")
    if any((entry["bits"], entry["block"]) != (8, 4) for entry in made):
        fail("QuantizedLinear is not given base.bits and base.block_size.")
    for entry, (weight, bias) in zip(made, adapted, strict=True):
        if entry["weight"].shape != weight.T.shape:
            fail(
                "A quantized layer has the wrong shape.",
                expected=tuple(weight.T.shape),
                got=tuple(entry["weight"].shape),
            )
        if not torch.allclose(entry["weight"], weight.T, atol=1e-4) or not torch.allclose(
            entry["bias"], bias, atol=1e-4
        ):
            fail(
                "A quantized layer doesn't compute what its layer computed; the detour belongs to it.",
                advice="as_linear takes the detour along.",
            )
    kinds = set(gates(seen)["quantization"]["kinds"])
    if kinds != {"QuantizedLinear"}:
        fail("The quantized layers don't stand in the model.", got=sorted(kinds))
    run.expect_models("quantization")


@exercise("run_pipeline", points=2)
def test_a_gate_sees_before_and_after(student, rng):
    run = Rehearsal(student, rng)
    seen = run.seen
    found = gates(seen)
    if not found["pretraining"]["from_base"]:
        fail("Before pretraining's gate stands the base model itself.")
    for earlier, stage in zip(RUN, RUN[1:], strict=False):
        if found[stage]["same"]:
            fail("A gate is given the same model twice, so it can't see what the stage changed.", got=stage)
        expect_close(
            found[stage]["before"],
            found[earlier]["after"],
            what="The model before a stage, compared with the one that the earlier stage left,",
            **CLOSE,
        )
    for stage in ("sft", "alignment", "lora"):
        if close(found[stage]["before"], found[stage]["after"]):
            fail("A gate is measured before its stage has run, or with the wrong model.", got=stage)
    figures = {stage: entry["gate"] for stage, entry in seen["stages"].items()}
    if [figure.get("passed") for figure in figures.values()] != [stage != "lora" for stage in RUN]:
        fail("The report doesn't hold what the gates said; a gate that fails is reported too.", got=figures)
    if {entry["state"] for entry in seen["stages"].values()} != {"run"}:
        fail("A stage that was run is reported as something else.", got=seen["stages"])
    run.expect_models("quantization")


@exercise("run_pipeline", points=2)
@pytest.mark.parametrize("stage", RUN)
def test_a_stage_is_skipped(student, rng, stage):
    run = Rehearsal(student, rng, skip=[stage])
    seen = run.seen
    states = {name: entry["state"] for name, entry in seen["stages"].items()}
    if states.get(stage) != "skipped":
        fail("A skipped stage is not reported as skipped.", got=states)
    if list(gates(seen)) != list(RUN):
        fail(
            "The gate of a skipped stage is not measured, and to see it fail is what skipping is for.",
            got=list(gates(seen)),
        )
    if any(state != "run" for name, state in states.items() if name != stage):
        fail("Skipping a stage skips others too.", got=states)
    gate = gates(seen)[stage]
    if stage == "pretraining":
        if close(gate["after"], seen["start"]):
            fail("Without pretraining the model starts from the base's weights; it has to start from random ones.")
        if not gate["config"] or not 0.01 < gate["spread"] < 0.03:
            fail("Without pretraining the model is not a fresh one of the same configuration.", got=gate["spread"])
        run.expect_models("sft")
        return
    tools = {"sft": ("train_sft", 1), "alignment": ("dpo_step", 0), "lora": ("apply_lora", 0)}
    name, calls = tools.get(stage, ("QuantizedLinear", 0))
    if len(noted(seen, name)) != calls:
        fail("A skipped stage is run all the same.", got=stage)
    if len(noted(seen, "add_chat_tokens")) != 1:
        fail("Chat tokens are added once, also where SFT is skipped: later stages need their ids.")
    expect_close(gate["after"], gate["before"], what="The model after a stage that was skipped", **CLOSE)
    run.expect_models(stage)


@exercise("run_pipeline", points=2)
@pytest.mark.parametrize("absent", ["encode_chat", "dpo_step", "apply_lora", "QuantizedLinear", "add_chat_tokens"])
def test_a_tool_is_missing(student, rng, absent):
    run = Rehearsal(student, rng, absent=[absent])
    seen = run.seen
    lacking = [stage for stage in RUN if absent in TOOLS[stage]]
    states = {stage: entry["state"] for stage, entry in seen["stages"].items()}
    right = {stage: "missing" if stage in lacking else "run" for stage in RUN}
    expect_equal(
        states,
        right,
        what="The states of the stages without one of the tools",
        mistakes={"Where a tool is missing, the whole pipeline stops.": {stage: "missing" for stage in RUN}},
    )
    expect_equal(
        {stage: entry["missing"] for stage, entry in seen["stages"].items()},
        {stage: [absent] if stage in lacking else [] for stage in RUN},
        what="What is reported as missing",
    )
    run.expect_models(lacking[0])


@exercise("run_pipeline")
def test_what_is_skipped_may_lack_a_tool(student, rng):
    run = Rehearsal(student, rng, skip=["lora"], absent=["apply_lora"])
    entry = run.seen["stages"]["lora"]
    if entry["state"] != "skipped":
        fail("A stage that is skipped and lacks a tool counts as skipped.", expected="skipped", got=entry["state"])
    if entry["missing"] != ["apply_lora"]:
        fail("Which tools are None is reported of a skipped stage too.", expected=["apply_lora"], got=entry["missing"])
    run.expect_models("lora")


@exercise("run_pipeline")
def test_what_can_not_be_skipped(student, rng):
    with expect_error("ValueError", what="run_pipeline that is to skip something that is no stage of RUN"):
        Rehearsal(student, rng, skip=["tokenization"])
    Rehearsal(student, rng).expect_models("pretraining")
