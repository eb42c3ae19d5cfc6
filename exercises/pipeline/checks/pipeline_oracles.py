"""What several checks of the lesson on the whole pipeline share. Run them with `pytest exercises/pipeline`.

The tables are checked here by a few entries; all of them are looked at when the lesson is graded. A wrong entry is
explained with the reason that the course gives, never with the right one."""

from contextlib import contextmanager

import torch

from autograder import builders
from autograder.checks import NotWritten, StudentError, expect_error, fail, probe

STAGES = ("tokenization", "embeddings", "transformer", "pretraining", "sft", "alignment", "lora", "quantization")

CHAT_TOOLS = dict.fromkeys(("add_chat_tokens", "encode_chat", "collate_chats"), "instruction_tuning")
TOOLS = {  # what each stage of run_pipeline is run with, and the lesson that it is written in
    "pretraining": {},
    "sft": {**CHAT_TOOLS, "train_sft": "instruction_tuning"},
    "alignment": {**CHAT_TOOLS, "dpo_step": "alignment"},
    "lora": {**CHAT_TOOLS, "train_sft": "instruction_tuning", "apply_lora": "lora"},
    "quantization": {"QuantizedLinear": "quantization"},
}


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


@contextmanager
def expect_named(sentence, name, what):
    """The student's code must raise ValueError inside the block, and its message must hold the name; else the sentence.

    How the message puts it, and in which case, is the student's.
    """
    with expect_error("ValueError", what=what):
        try:
            yield
        except StudentError as error:
            if error.type == "ValueError" and name.lower() not in error.message.lower():
                fail(sentence, expected=name, got=error.message or "no message")
            raise


@probe
def missing_of_a_generator(student, stages):
    return student.missing_prerequisites(stage for stage in stages)


@probe
def read_table(student):
    return {stage: dict(entry) for stage, entry in student.PIPELINE.items()}


def table_of(student):
    """The student's PIPELINE; as it stands in the stub, it is still to do."""
    table = student.run(read_table)
    if not any("adds" in entry or "cannot_provide" in entry for entry in table.values()):
        raise NotWritten("PIPELINE")
    return table


# What an author of a table may have taken for what a stage adds, and why it isn't.
WRONG_ADDS = {
    (
        "pretraining",
        "format",
    ): "Pretraining is where knowledge comes from: the language and the facts enter the weights there.",
    ("transformer", "knowledge"): "The architecture is the vessel; the weights that pretraining fills it with are the "
    "knowledge.",
    ("sft", "knowledge"): "SFT teaches format, not knowledge: what it answers with was in the weights before.",
    ("sft", "judgment"): "Demonstrations show a form; which of two answers is better, they don't say.",
    ("alignment", "knowledge"): "Alignment adds no knowledge: it is told what people prefer, not what is true.",
    ("alignment", "format"): "That answers follow and end is SFT's; alignment chooses among such answers.",
    ("lora", "accessibility"): "An adapter makes training cheap; the adapted model is as large as before.",
    ("quantization", "specialization"): "Quantization teaches nothing: the same model is stored in fewer bits.",
}


# A symptom, a stage that is often taken for it, and why that one isn't it.
MIXED_UP = {
    ("needs_80_gb_to_answer", "lora"): "LoRA makes training cheap; answering with its model takes what it took before.",
    ("never_stops", "alignment"): "Where an answer ends belongs to its form, and form is taught by demonstrations.",
    (
        "fluent_in_form_empty_in_fact",
        "sft",
    ): "SFT did its work, the form is right; there was no knowledge for it to format.",
    ("unaware_of_last_week", "alignment"): "Alignment teaches no facts: what a model knows, it knows from pretraining.",
    (
        "prefers_without_replies",
        "alignment",
    ): "Preference training was there; what was skipped is what gives it replies.",
    ("confidently_wrong", "sft"): "Its form is right, and form is all that SFT gives; what is missing is a signal of "
    "quality.",
    (
        "confidently_wrong",
        "pretraining",
    ): "It may know better; nobody has told it that a right answer is the better one.",
    ("helps_with_phishing", "sft"): "Following instructions is what SFT teaches; which ones to follow is judgment.",
    ("agrees_with_anything", "sft"): "Nobody showed it to agree: agreement was preferred, and so it was reinforced.",
    (
        "training_needs_84_gb",
        "quantization",
    ): "The weights fit; what doesn't fit are gradients and Adam's state, and those come with trained weights.",
    (
        "sounds_like_everybody",
        "pretraining",
    ): "It takes no new model to change a style: well under one percent of the numbers do.",
    ("two_bits_and_nonsense", "lora"): "Nothing was trained here: weights were rounded to four levels.",
    (
        "memory_grows_with_the_talk",
        "transformer",
    ): "The architecture is as it should be; what it caches can be stored in fewer bits.",
}


def expect_explained(student, symptom, explanations, mixed_up):
    """Check explain_failure on one symptom.

    explanations: symptom → stage, cause, the reason that the course gives. mixed_up: (symptom, the stage that was
    taken for it) → why that one isn't it.
    """
    stage, cause, reason = explanations[symptom]
    result = student.explain_failure(symptom)
    if not isinstance(result, dict) or result.keys() != {"stage", "cause"}:
        fail("explain_failure must return a dict with stage and cause.", got=result)
    if result["stage"] != stage:
        fail(mixed_up.get((symptom, result["stage"]), reason), expected=stage, got=result["stage"])
    if result["cause"] != cause:
        fail(f"The stage is right, the cause isn't. {reason}", expected=cause, got=result["cause"])


def gpt2_parameters(width, layers, vocabulary, positions):
    """Parameters of a GPT-2, counted by hand: embeddings, 12 D² + 13 D in a block, the final norm."""
    return (vocabulary + positions) * width + layers * (12 * width**2 + 13 * width) + 2 * width


@probe
def fraction_of(student, settings, method, classes, r, frozen, bare):
    model = builders.tiny_gpt2(5, **settings)
    model = model.transformer if bare else model
    for index, parameter in enumerate(model.parameters()):
        if frozen and index % 3:
            parameter.requires_grad_(False)
        parameter.grad = torch.full_like(parameter, index + 1.0)
    for index, module in enumerate(model.modules()):
        module.training = (index % 2 == 0) == frozen  # both modes in one model, and each at its top once

    def state():
        flags = [(name, parameter.requires_grad) for name, parameter in model.named_parameters()]
        modes = [(name, module.training) for name, module in model.named_modules()]
        tensors = [tensor for parameter in model.parameters() for tensor in (parameter.detach(), parameter.grad)]
        return flags, modes, [tensor.clone() for tensor in tensors if tensor is not None]

    before = state()
    value = student.adaptation_fraction(model, method, classes, r)
    after = state()
    same = before[:2] == after[:2] and len(before[2]) == len(after[2])
    return value, same and all(torch.equal(*pair) for pair in zip(before[2], after[2], strict=True))


def expect_only_counted(found):
    """The fractions that the probe above found of one model, nothing of it frozen and then much of it."""
    if not all(same for _, same in found):
        fail("It changes the model that it only has to count.")
    values = [value for value, _ in found]
    if values[0] != values[1]:
        fail("It counts what is frozen at the moment; a method decides itself what it trains.", got=values)
    return values
