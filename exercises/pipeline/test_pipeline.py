"""Checks of the lesson on the whole pipeline. Run them with `pytest exercises/pipeline`.

The tables are checked here by a few entries; all of them are looked at when the lesson is graded. A wrong entry is
explained with the reason that the course gives, never with the right one.
"""

import pytest
import torch
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe
from autograder.student import NotWritten

STAGES = ("tokenization", "embeddings", "transformer", "pretraining", "sft", "alignment", "lora", "quantization")
GRAPH = {
    "tokenization": (),
    "embeddings": ("tokenization",),
    "transformer": ("embeddings",),
    "pretraining": ("transformer",),
    "sft": ("pretraining",),
    "alignment": ("sft",),
    "lora": ("pretraining",),
    "quantization": ("pretraining",),
}


def one_of(rng, *choices):
    """One of the choices, each as likely."""
    return choices[int(torch.randint(len(choices), (), generator=rng))]


def shuffled(rng, items):
    """The items in a random order."""
    items = list(items)
    return [items[place] for place in torch.randperm(len(items), generator=rng)]


# --- the stages -----------------------------------------------------------------------------------------------------


@probe
def read_table(lesson):
    return {stage: dict(entry) for stage, entry in lesson.PIPELINE.items()}


def table_of(student):
    """The student's PIPELINE; as it stands in the stub, it is still to do."""
    table = student.run(read_table)
    if not any("adds" in entry or "cannot_provide" in entry for entry in table.values()):
        raise NotWritten("PIPELINE")
    return table


@exercise("PIPELINE")
def test_the_graph_is_as_it_was_given(student):
    table = table_of(student)
    graph = {stage: tuple(entry.get("depends_on", ())) for stage, entry in table.items()}
    if graph.get("lora") not in (None, GRAPH["lora"]):
        fail("LoRA adapts any trained model, a base model too; the graph says so and is to be left as it is.")
    if graph.get("alignment") not in (None, GRAPH["alignment"]):
        fail("Alignment refines replies, so it needs SFT; the graph says so and is to be left as it is.")
    expect_equal(
        graph,
        GRAPH,
        what="The graph of PIPELINE",
        mistakes={"Raw text is what the pipeline starts from, not a stage of it.": lambda: {"raw_text": (), **GRAPH}},
        advice="depends_on is given: only adds and cannot_provide are yours.",
    )


@exercise("PIPELINE")
@pytest.mark.parametrize("part", ["adds", "cannot_provide"])
def test_every_entry_is_used_once(student, part):
    entries = [entry.get(part) for entry in table_of(student).values()]
    if None in entries:
        fail(f"A stage has no {part} yet.", advice="Every stage of PIPELINE gets one.")
    if len(set(entries)) < len(entries):
        fail(f"Two stages have the same {part}; each belongs to one stage.", got=sorted(entries))


@exercise("PIPELINE")
def test_what_pretraining_adds(student):
    entry = table_of(student).get("pretraining", {})
    if entry.get("adds") != "knowledge":
        fail(
            "Pretraining is where knowledge comes from: the language and the facts enter the weights there.",
            expected="knowledge",
            got=entry.get("adds"),
        )
    if entry.get("cannot_provide") != "no_replies":
        fail(
            "A base model knows and doesn't answer: it goes on with whatever text it is given.",
            expected="no_replies",
            got=entry.get("cannot_provide"),
        )


@exercise("missing_prerequisites")
def test_what_alignment_is_missing(student):
    expect_equal(
        student.missing_prerequisites(["alignment", "pretraining"]),
        ["tokenization", "embeddings", "transformer", "sft"],
        what='missing_prerequisites(["alignment", "pretraining"])',
        mistakes={
            "It looks at direct needs only; what a stage needs has needs of its own.": ["transformer", "sft"],
            "It takes what a given stage builds on for granted.": ["sft"],
            "It counts given stages as missing.": ["tokenization", "embeddings", "transformer", "pretraining", "sft"],
            "The missing stages come in the wrong order.": ["sft", "transformer", "embeddings", "tokenization"],
        },
        advice="The order of STAGES is the order to give them in.",
    )


@exercise("missing_prerequisites")
def test_nothing_is_missing(student, rng):
    stages = shuffled(rng, STAGES[:4])
    got = [student.missing_prerequisites(stages + more) for more in ([], ["lora"], ["quantization"])]
    expect_equal(
        got,
        [[], [], []],
        what="The list for complete stages",
        mistakes={
            "LoRA adapts any trained model, a base model too: it doesn't need alignment.": [
                [],
                ["sft", "alignment"],
                [],
            ],
            "LoRA and quantization take any trained model, a base model too: they don't need alignment.": [
                [],
                ["sft", "alignment"],
                ["sft", "alignment"],
            ],
            "LoRA adapts any trained model, a base model too: it doesn't need SFT.": [[], ["sft"], []],
            "Any trained model can be quantized: it needs no adapter.": [[], [], ["lora"]],
        },
    )


@exercise("missing_prerequisites")
def test_an_unknown_stage_is_an_error(student):
    with expect_error("ValueError", what="missing_prerequisites with a stage that doesn't exist"):
        student.missing_prerequisites(["pretraining", "raw_text"])
    student.missing_prerequisites(["pretraining"])


@exercise("order_stages")
def test_the_examples_of_order(student):
    expect_equal(
        student.order_stages(["quantization", "lora", "pretraining"]),
        ["pretraining", "quantization", "lora"],
        what='order_stages(["quantization", "lora", "pretraining"])',
        mistakes={
            "It sorts by STAGES; stages that don't build on each other keep the order they were given in.": [
                "pretraining",
                "lora",
                "quantization",
            ],
            "It gives the stages back as they came.": ["quantization", "lora", "pretraining"],
            "It orders by the alphabet.": ["lora", "pretraining", "quantization"],
            "It adds stages that were not given.": [*STAGES[:4], "quantization", "lora"],
        },
    )
    expect_equal(
        student.order_stages(["alignment", "tokenization"]),
        ["tokenization", "alignment"],
        what='order_stages(["alignment", "tokenization"])',
        mistakes={
            "It looks at direct needs only; alignment builds on tokenization through others.": [
                "alignment",
                "tokenization",
            ],
            "It adds stages that were not given.": [
                "tokenization",
                "embeddings",
                "transformer",
                "pretraining",
                "sft",
                "alignment",
            ],
        },
    )


@exercise("order_stages")
def test_the_chain_comes_in_order(student, rng):
    stages = shuffled(rng, STAGES[:6])
    expect_equal(
        student.order_stages(stages),
        list(STAGES[:6]),
        what="The order of the first six stages",
        mistakes={
            "It gives the stages back as they came.": stages,
            "It puts a stage before what it builds on.": list(reversed(STAGES[:6])),
        },
    )


# --- what goes wrong ------------------------------------------------------------------------------------------------

EXPLAINED = {
    "continues_the_question": (
        "sft",
        "continues_documents",
        "A base model goes on with documents; nothing has shown it yet that a question is followed by an answer.",
    ),
    "needs_80_gb_to_answer": (
        "quantization",
        "too_many_bits",
        "Nothing has to be trained here: the weights are stored in more bits than an answer needs.",
    ),
    "never_stops": (
        "sft",
        "end_not_supervised",
        "A model learns to stop where the end token is among what it is trained on.",
    ),
}
MIXED_UP = {
    ("needs_80_gb_to_answer", "lora"): "LoRA makes training cheap; answering with its model takes what it took before.",
    ("never_stops", "alignment"): "Where an answer ends belongs to its form, and form is taught by demonstrations.",
}


@exercise("explain_failure")
@pytest.mark.parametrize("symptom", EXPLAINED)
def test_a_symptom(student, symptom):
    stage, cause, reason = EXPLAINED[symptom]
    got = student.explain_failure(symptom)
    if not isinstance(got, dict) or got.keys() != {"stage", "cause"}:
        fail("explain_failure must return a dict with stage and cause.", got=got)
    if got["stage"] != stage:
        fail(MIXED_UP.get((symptom, got["stage"]), reason), expected=stage, got=got["stage"])
    if got["cause"] != cause:
        fail(f"The stage is right, the cause isn't. {reason}", expected=cause, got=got["cause"])


@exercise("explain_failure")
def test_an_unknown_symptom_is_an_error(student):
    with expect_error("ValueError", what="explain_failure with a symptom that isn't in the list"):
        student.explain_failure("is_too_good")
    student.explain_failure("never_stops")


# --- names of models ------------------------------------------------------------------------------------------------


def card(family, version, parameters, stage="pretraining", bits=16, method=None, active=None):
    """What decode_model_name returns."""
    return {
        "family": family,
        "version": version,
        "parameters": parameters,
        "active_parameters": active,
        "stage": stage,
        "bits": bits,
        "method": method,
    }


@exercise("decode_model_name", points=2)
def test_the_name_of_the_course(student):
    right = card("llama", "3", 70_000_000_000, "alignment", 4, "gptq")
    expect_equal(
        student.decode_model_name("Llama 3 70B Instruct, 4-bit GPTQ"),
        right,
        what='decode_model_name("Llama 3 70B Instruct, 4-bit GPTQ")',
        mistakes={
            "The version is read as the size.": {**right, "parameters": 3_000_000_000},
            "The size is given in billions, not as a number of parameters.": {**right, "parameters": 70},
            "The quantization at the end of the name is ignored.": {**right, "bits": 16, "method": None},
            "The width in bits is ignored.": {**right, "bits": 16},
            "The version must be a text: 3.10 and 3.1 are two versions.": {**right, "version": 3},
            "An instruct model went through SFT and through alignment, which is the later stage.": {
                **right,
                "stage": "sft",
            },
            "The family must be in lower case.": {**right, "family": "Llama"},
        },
    )


@exercise("decode_model_name")
def test_a_base_model(student):
    right = card("qwen", "2.5", 500_000_000)
    expect_equal(
        student.decode_model_name("Qwen/Qwen2.5-0.5B"),
        right,
        what='decode_model_name("Qwen/Qwen2.5-0.5B")',
        mistakes={
            "Digits that end the family are its version.": {**right, "family": "qwen2.5", "version": None},
            "The publisher before the slash is no part of the name.": {**right, "family": "qwen/qwen"},
            "A size below one billion is cut to a whole number of billions.": {**right, "parameters": 0},
            "A name without a word for its stage is that of a base model.": {**right, "stage": "alignment"},
            "A model whose name says no width has 16 bits.": {**right, "bits": None},
        },
    )


@exercise("decode_model_name")
def test_a_file_of_a_mixture_of_experts(student):
    right = card("mixtral", "0.1", 56_000_000_000, "alignment", 4, "gguf")
    expect_equal(
        student.decode_model_name("mixtral-8x7b-instruct-v0.1.Q4_K_M.gguf"),
        right,
        what='decode_model_name("mixtral-8x7b-instruct-v0.1.Q4_K_M.gguf")',
        mistakes={
            "Eight experts of 7 billion are counted as one.": {**right, "parameters": 7_000_000_000},
            "Eight experts of 7 billion are counted as 8 billion.": {**right, "parameters": 8_000_000_000},
            "A word like Q4_K_M is a kind of GGUF and says its bits.": {**right, "bits": 16, "method": None},
            "A word like Q4_K_M means gguf, also where no other word says it.": {**right, "method": None},
            "The v before a version is no part of it.": {**right, "version": "v0.1"},
        },
    )


@exercise("weight_gigabytes")
def test_gigabytes_of_weights(student):
    whole, quarter = card("llama", "3", 70_000_000_000), card("llama", "3", 70_000_000_000, bits=4, method="gptq")
    expect_close(
        [student.weight_gigabytes(whole), student.weight_gigabytes(quarter)],
        [140.0, 35.0],
        what="weight_gigabytes",
        rtol=1e-9,
        mistakes={
            "It divides by 2**30; a gigabyte is 10**9 bytes here.": [140e9 / 2**30, 35e9 / 2**30],
            "It counts bits as if they were bytes.": [1120.0, 280.0],
            "The bits are not used: 16 are taken for every model.": [140.0, 140.0],
        },
    )


@exercise("weight_gigabytes")
def test_gigabytes_that_a_name_does_not_tell(student):
    for missing in ("parameters", "bits"):
        with expect_error("ValueError", what=f"weight_gigabytes without {missing}"):
            student.weight_gigabytes({**card("gpt", "2", 124_000_000), missing: None})
    student.weight_gigabytes(card("gpt", "2", 124_000_000))


# --- how much to change ---------------------------------------------------------------------------------------------


@probe
def fractions(lesson, settings, methods, num_classes, r, bare):
    model = builders.tiny_gpt2(3, **settings)
    if bare:
        model = model.transformer
    return {method: lesson.adaptation_fraction(model, method, num_classes, r) for method in methods}


@exercise("adaptation_fraction")
def test_the_spectrum_on_a_model(student, rng):
    width, layers, r, classes = one_of(rng, 16, 24), one_of(rng, 1, 2, 3), one_of(rng, 2, 3, 5), one_of(rng, 2, 3, 5)
    settings = {"width": width, "heads": 2, "layers": layers}
    model = builders.tiny_gpt2(3, **settings)
    total = sum(parameter.numel() for parameter in model.parameters())
    twice = total + model.lm_head.weight.numel()
    head, lora = (width + 1) * classes, layers * r * (width + 3 * width)
    right = {
        "none": 0.0,
        "classification_head": head / total,
        "lora": lora / total,
        "sft": 1.0,
        "alignment": 1.0,
        "full_finetuning": 1.0,
    }
    expect_close(
        student.run(fractions, settings, list(right), classes, r, False),
        right,
        what="adaptation_fraction",
        rtol=1e-6,
        atol=0.0,
        mistakes={
            "The output layer shares its weight with the embeddings; it is counted twice.": lambda: {
                **right,
                "classification_head": head / twice,
                "lora": lora / twice,
            },
            "The bias of the head is not counted.": lambda: {**right, "classification_head": width * classes / total},
            "What a head or a detour adds is counted among the model's own numbers.": lambda: {
                **right,
                "classification_head": head / (total + head),
                "lora": lora / (total + lora),
            },
            "A detour has r · (d_in + d_out) numbers; its two matrices are multiplied out.": lambda: {
                **right,
                "lora": layers * 3 * width * width / total,
            },
            "Detours are counted in one block only.": lambda: {**right, "lora": lora / layers / total},
            "c_attn is taken for a square layer; it puts out queries, keys and values.": lambda: {
                **right,
                "lora": layers * r * 2 * width / total,
            },
            "SFT trains every weight: it is another loss and other data, not fewer weights.": lambda: {
                **right,
                "sft": lora / total,
            },
            "It gives percent instead of a fraction.": lambda: {name: 100 * value for name, value in right.items()},
            "A width of 768 is built in.": lambda: {**right, "classification_head": 769 * classes / total},
            "Twelve blocks are built in.": lambda: {**right, "lora": 12 * lora / layers / total},
            "The rank is not used.": lambda: {**right, "lora": 8 * lora / r / total},
            "The number of classes is not used.": lambda: {**right, "classification_head": 2 * (width + 1) / total},
        },
    )


@exercise("adaptation_fraction")
def test_an_unknown_method_is_an_error(student):
    with expect_error("ValueError", what="adaptation_fraction with a method that doesn't exist"):
        student.run(fractions, {"width": 16, "heads": 2, "layers": 1}, ["prompting"], 2, 8, False)


def need(task, behaviour, start, data, parameters, memory_gb):
    """What choose_method is asked."""
    return {
        "task": task,
        "behaviour": behaviour,
        "start": start,
        "data": data,
        "parameters": parameters,
        "memory_gb": memory_gb,
    }


SEVEN = 7_000_000_000
TICKETS = need("classify", "form", "base", ("labels",), SEVEN, 24.0)
CHATBOT = need("assist", "judgment", "base", ("demonstrations", "preferences"), SEVEN, 640.0)
HOUSE = need("assist", "style", "instruct", ("demonstrations",), SEVEN, 8.0)


@exercise("choose_method")
@pytest.mark.parametrize(
    ("asked", "method", "reason", "sentence"),
    [
        (
            TICKETS,
            "classification_head",
            "features_suffice",
            "To put texts into classes, a head on the frozen model is enough: it is a feature extractor already.",
        ),
        (
            CHATBOT,
            "sft_and_alignment",
            "nothing_to_judge_yet",
            "A base model gives no replies that could be judged: first SFT, then alignment.",
        ),
        (
            {**CHATBOT, "memory_gb": 24.0},
            "lora",
            "only_the_weights_fit",
            "Where training all weights doesn't fit into memory and the weights do, a detour takes its place.",
        ),
        (
            HOUSE,
            "qlora",
            "only_4_bits_fit",
            "Weights that don't fit in 16 bits fit in 4, and the detour is trained beside them.",
        ),
    ],
    ids=["tickets", "chatbot", "chatbot_on_24_gb", "house_style"],
)
def test_an_example_of_need(student, asked, method, reason, sentence):
    got = student.choose_method(asked)
    if not isinstance(got, dict) or got.keys() != {"method", "reason"}:
        fail("choose_method must return a dict with method and reason.", got=got)
    if got != {"method": method, "reason": reason}:
        fail(sentence, expected={"method": method, "reason": reason}, got=got)


@exercise("choose_method")
def test_an_unknown_need_is_an_error(student):
    for part, value in (("task", "sing"), ("behaviour", "nicer"), ("start", "adapter"), ("data", ("photographs",))):
        with expect_error("ValueError", what=f"choose_method with an unknown {part}"):
            student.choose_method({**CHATBOT, part: value})
    student.choose_method(CHATBOT)


# --- the whole thing, rehearsed -------------------------------------------------------------------------------------
#
# A rehearsal gives run_pipeline tools that note down what they are given. Its model is tiny and learns nothing: every
# "training" stretches and shifts whatever the optimizer holds, by ten times its rate. That shows where each model comes
# from, and can be computed here: what is noted down comes from the student's process, where it could be made up.

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
def rehearse(lesson, width, layers, level, counts, steps, rates, skip, absent):
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
    report = lesson.run_pipeline(known, base, tuple(skip))
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
        counts = {"demonstrations": one_of(rng, 5, 7), "preferences": one_of(rng, 4, 5), "batch": one_of(rng, 2, 3)}
        counts["house_style"] = one_of(rng, 4, 5)
        self.counts, self.skip, self.absent = counts, skip, absent
        self.steps = {"sft": one_of(rng, 6, 9), "alignment": one_of(rng, 4, 6), "lora": one_of(rng, 3, 8)}
        self.rates = {stage: one_of(rng, *range(10, 40)) / 10_000 for stage in ("sft", "alignment", "lora")}
        self.layers = 1 if skip or absent else 2  # a model is copied again and again, and copying is what takes time
        self.width, self.level = one_of(rng, 4, 6), one_of(rng, *range(200, 400)) / 1000
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
