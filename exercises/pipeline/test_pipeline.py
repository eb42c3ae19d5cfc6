"""Checks of the lesson on the whole pipeline. Run them with `pytest exercises/pipeline`.

The tables are checked here by a few entries; all of them are looked at when the lesson is graded. A wrong entry is
explained with the reason that the course gives, never with the right one.
"""

import pytest
import torch

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
