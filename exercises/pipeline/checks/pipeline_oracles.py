"""What several checks of the lesson on the whole pipeline share. Run them with `pytest exercises/pipeline`.

The tables are checked here by a few entries; all of them are looked at when the lesson is graded. A wrong entry is
explained with the reason that the course gives, never with the right one."""

import math
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from autograder import builders
from autograder.checks import CheckFailure, NotWritten, StudentError, describe, expect_close, expect_error, fail, probe

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


def weights_row(of):
    """A card for weight_gigabytes, with the gigabytes of its weights and what known mistakes make of them."""
    n_bytes = of["parameters"] * of["bits"] / 8
    return Row(
        of,
        n_bytes / 10**9,
        {
            "It divides by 2**30; a gigabyte is 10**9 bytes here.": n_bytes / 2**30,
            "It counts bits as if they were bytes.": 8 * n_bytes / 10**9,
            "The bits are not used: 16 are taken for every model.": 2 * of["parameters"] / 10**9,
            "Only the active parameters are counted; all experts have to be there.": (
                (of["active_parameters"] or of["parameters"]) * of["bits"] / 8 / 10**9
            ),
            "The bits are rounded up to whole bytes.": of["parameters"] * math.ceil(of["bits"] / 8) / 10**9,
            "It rounds its result.": round(n_bytes / 10**9, 2),
            "It rounds to whole gigabytes.": round(n_bytes / 10**9),
        },
    )


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


# --- questions in drawn order ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A question, its right answer, and by sentence what known mistakes answer. With `unknown`, the right answer is
    a ValueError whose message holds that name; `called` says what such a call is, where it isn't as the others'."""

    question: Any
    right: Any = None
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    unknown: str | None = None
    called: str = ""


def answers_to(rng, ask, questions):
    """Ask in drawn order; gives the answers in the order of the questions, an error of the student's as one of them."""
    answers = [None] * len(questions)
    for index in rng.permutation(range(len(questions))):
        try:
            answers[index] = ask(questions[index])
        except StudentError as error:
            answers[index] = error
    return answers


KEPT = "The same question gets another answer later: something is kept from call to call."


@contextmanager
def alone(rng, ask, questions, answers):
    """Inside, these answers are looked at. If one is wrong, all is asked again: what then differs is the mistake."""
    try:
        yield
    except CheckFailure:
        for first, second in zip(answers, answers_to(rng, ask, questions), strict=True):
            if not isinstance(first, StudentError) and not isinstance(second, StudentError) and first != second:
                fail(KEPT)
        raise


def expect_rows(rng, ask, rows, what, *, unknown=("", ""), advice="", rtol=0.0):
    """Ask the questions of all rows in drawn order, and look at the answers in the order of the rows.

    unknown: what a call with an unknown name is called, and what is said of an error that doesn't hold the name.
    """
    questions = [row.question for row in rows]
    answers = answers_to(rng, ask, questions)
    with alone(rng, ask, questions, answers):
        for row, answer in zip(rows, answers, strict=True):
            if row.unknown is not None:
                with expect_named(unknown[1], row.unknown, row.called or unknown[0]):
                    if isinstance(answer, StudentError):
                        raise answer
            elif isinstance(answer, StudentError):
                raise answer
            else:
                asked = f"It was asked for {describe(row.question)}. {advice}".strip()
                expect_close(answer, row.right, what=what, mistakes=row.mistakes, advice=asked, rtol=rtol, atol=0.0)


def made_up_word(rng):
    """A word of three syllables that stands in none of the lists."""
    return "".join(rng.choice("bdfklmnprst") + rng.choice("aeou") for _ in range(3))


@probe
def missing_of_a_generator(student, stages):
    return student.missing_prerequisites(stage for stage in stages)


# --- the tables -----------------------------------------------------------------------------------------------------


@probe
def entries_of(student, questions):
    """What PIPELINE holds at each (stage, part); None where nothing has been written into it yet."""
    table = student.PIPELINE
    if not any("adds" in entry or "cannot_provide" in entry for entry in table.values()):
        return None
    return [table.get(stage, {}).get(part) for stage, part in questions]


def entries(student, rng, stages, parts, times=1):
    """(stage, part) → what the student's PIPELINE holds there, asked for in drawn order, so many times each."""
    asked = rng.permutation([(stage, part) for stage in stages for part in parts] * times)
    found = student.run(entries_of, asked)
    if found is None:
        raise NotWritten("PIPELINE")
    table = dict(zip(asked, found, strict=True))
    if any(table[place] != entry for place, entry in zip(asked, found, strict=True)):
        fail("PIPELINE holds something else each time that it is read.")
    return table


def said_of(reasons, name, got):
    """What is said of a wrong answer to a name, where it is one that is often given; `got` may be anything."""
    return next((said for (of, wrong), said in reasons.items() if of == name and wrong == got), None)


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
    (
        "adapter_misses_a_language",
        "pretraining",
    ): "The adapter was used for what it can't hold: a small rank holds a refinement, and no language.",
    ("two_bits_and_nonsense", "lora"): "Nothing was trained here: weights were rounded to four levels.",
    (
        "memory_grows_with_the_talk",
        "transformer",
    ): "The architecture is as it should be; what it caches can be stored in fewer bits.",
}


def expect_explained(student, rng, explanations, mixed_up):
    """Check explain_failure on these symptoms, each asked twice, in drawn order.

    explanations: symptom → stage, cause, the reason that the course gives. mixed_up: (symptom, the stage that was
    taken for it) → why that one isn't it.
    """
    symptoms = [*explanations, *explanations]
    for symptom, result in zip(symptoms, answers_to(rng, student.explain_failure, symptoms), strict=True):
        expect_explanation(symptom, result, explanations[symptom], mixed_up)


def expect_explanation(symptom, result, explanation, mixed_up):
    """Check what explain_failure gave for one symptom, or raise the error that it raised."""
    stage, cause, reason = explanation
    if isinstance(result, StudentError):
        raise result
    if not isinstance(result, dict) or result.keys() != {"stage", "cause"}:
        fail("explain_failure must return a dict with stage and cause.", got=result)
    if result["stage"] != stage:
        sentence = said_of(mixed_up, symptom, result["stage"]) or reason
        fail(sentence, expected=f"{symptom}: {stage}", got=result["stage"])
    if result["cause"] != cause:
        sentence = f"The stage is right, the cause isn't. {reason}"
        fail(sentence, expected=f"{symptom}: {cause}", got=result["cause"])


def gpt2_parameters(width, layers, vocabulary, positions):
    """Parameters of a GPT-2, counted by hand: embeddings, 12 D² + 13 D in a block, the final norm."""
    return (vocabulary + positions) * width + layers * (12 * width**2 + 13 * width) + 2 * width


@probe
def counted(student, settings, asked, level, frozen, bare):
    """adaptation_fraction of one model as often as it is asked, and what can be seen of the model afterwards.

    Its parameter number i holds level + i and the gradient level - i; where `frozen`, two of three are frozen. Every
    other module is in train mode, the model itself where `frozen`.
    """
    model = builders.tiny_gpt2(5, **settings)
    model = model.transformer if bare else model
    for index, parameter in enumerate(model.parameters()):
        parameter.data.fill_(level + index)
        parameter.grad = torch.full_like(parameter, level - index)
        parameter.requires_grad_(not frozen or index % 3 == 0)
    for index, module in enumerate(model.modules()):
        module.training = (index % 2 == 0) == frozen
    values = [student.adaptation_fraction(model, *one) for one in asked]
    parameters = list(model.parameters())
    return {
        "values": values,
        "weights": [one.detach().double().mean().item() for one in parameters],
        "gradients": [None if one.grad is None else one.grad.double().mean().item() for one in parameters],
        "trainable": [one.requires_grad for one in parameters],
        "training": [module.training for module in model.modules()],
    }


def expect_only_counted(student, rng, settings, asked, rights, *, bare=False, mistakes=None):
    """Ask for fractions of one model, in drawn order, nothing of it frozen and then much of it.

    asked: (method, num_classes, r), at most one of each method. mistakes: sentence → method → fraction.
    """
    n_parameters, level = 4 + 12 * settings["layers"], rng.randint(8, 400) / 8
    told = []
    for frozen in (False, True):
        order = rng.permutation(range(len(asked)))
        found = student.run(counted, settings, [asked[index] for index in order], level, frozen, bare)
        told.append({asked[index][0]: value for index, value in zip(order, found["values"], strict=True)})
        right = {
            "weights": [level + index for index in range(n_parameters)],
            "gradients": [level - index for index in range(n_parameters)],
            "trainable": [not frozen or index % 3 == 0 for index in range(n_parameters)],
            "training": [(index % 2 == 0) == frozen for index in range(len(found["training"]))],
        }
        if {part: found[part] for part in right} != right:
            fail("It changes the model that it only has to count.")
    if told[0] != told[1]:
        fail("It counts what is frozen at the moment; a method decides itself what it trains.", got=told)
    rights = {method: right for (method, _, _), right in zip(asked, rights, strict=True)}
    what = "adaptation_fraction of a GPT2Model" if bare else "adaptation_fraction"
    mistakes = {sentence: {**rights, **wrong} for sentence, wrong in (mistakes or {}).items()}
    expect_close(told[0], rights, what=what, rtol=1e-6, atol=0.0, mistakes=mistakes)
