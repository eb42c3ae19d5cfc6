"""Hidden checks of `choose_method`."""

import pytest
import torch

from autograder.checks import exercise, fail, probe

# Bytes for each parameter, between which something changes: 0.5, 2, 12 and 14.
MEMORIES = (0.4, 0.5, 1.9, 2.0, 11.9, 12.0, 13.9, 14.0)


KINDS = ("labels", "demonstrations", "preferences", "plain_text")


DATA = [tuple(kind for index, kind in enumerate(KINDS) if number >> index & 1) for number in range(16)]


@probe
def choices(student, kinds, starts, data, memories, order, sizes):
    """The answers to all combinations, in this order, the size of the model (in billions) given for each question."""
    asked = [(*kind, start, have, each) for kind in kinds for start in starts for have in data for each in memories]
    found = []
    for index, billions in zip(order.tolist(), sizes.tolist(), strict=True):
        task, behaviour, start, have, bytes_each = asked[index]
        need = {
            "task": task,
            "behaviour": behaviour,
            "start": start,
            "data": tuple(have),
            "parameters": billions * 10**9,
            "memory_gb": bytes_each * billions,
        }
        choice = student.choose_method(need)
        found.append(f"{choice['method']}, {choice['reason']}")
    return found


def within(memory, enough, method, reason):
    """What a method comes down to as memory gets scarce: itself, LoRA, QLoRA, a smaller model.

    memory: bytes for each parameter of the model; enough: what the method itself takes of them.
    """
    if memory >= enough:
        return f"{method}, {reason}"
    if memory >= 2:
        return "lora, only_the_weights_fit"
    return "qlora, only_4_bits_fit" if memory >= 0.5 else "smaller_model, nothing_fits"


def right_choice(task, behaviour, start, data, memory):
    """The answer, case by case."""
    if behaviour == "as_is":
        return "none, already_there"
    without = "get_data, no_such_data"
    if task == "classify":
        return "classification_head, features_suffice" if "labels" in data else without
    if behaviour == "style":
        return within(memory, 2, "lora", "refinement") if "demonstrations" in data else without
    if behaviour == "form":
        return within(memory, 12, "sft", "demonstrations_show_the_form") if "demonstrations" in data else without
    if behaviour == "new_language":
        if "plain_text" not in data:
            return without
        return "full_finetuning, not_a_refinement" if memory >= 12 else "smaller_model, nothing_fits"
    if start == "instruct":
        return within(memory, 14, "alignment", "preferences_carry_judgment") if "preferences" in data else without
    if "preferences" in data and "demonstrations" in data:
        return within(memory, 14, "sft_and_alignment", "nothing_to_judge_yet")
    return without


REASONS = {
    "already_there": "Where nothing has to change, nothing is to be trained.",
    "no_such_data": "Without the data that a method learns from there is nothing that it could learn.",
    "features_suffice": "For classes a head is enough: the model is a feature extractor already.",
    "refinement": "A style is a refinement: an adapter of low rank holds it even where all weights could be trained.",
    "demonstrations_show_the_form": "A form is shown by demonstrations; it takes no comparing of answers.",
    "preferences_carry_judgment": "An instruct model has its form already; what is wanted are preferences.",
    "nothing_to_judge_yet": "From a base model, alignment alone has nothing to judge: SFT has to come first.",
    "not_a_refinement": "A new language is no refinement: all weights have to move.",
    "only_the_weights_fit": "Where the weights fit into memory and training all of them doesn't, it takes an adapter.",
    "only_4_bits_fit": "Weights that don't fit in 16 bits may fit in 4, with an adapter beside them.",
    "nothing_fits": "What doesn't fit in any way calls for a smaller model.",
}


def sentence_of(right, got, behaviour, task, memory, start, data):
    """The lesson's reason, or a narrower one where the mistake shows."""
    method, reason = right.split(", ")
    picked = got.split(", ")[0]
    if picked == method:
        return f"Only the reason is wrong. {REASONS[reason]}"
    if reason == "nothing_fits" and behaviour == "new_language" and picked in ("lora", "qlora"):
        return "An adapter can't hold a new language: where all weights can't be trained, the model is too large."
    if reason == "only_the_weights_fit" and 12 <= memory < 14:
        return "Alignment keeps a frozen reference beside the model that it trains, which takes 2 bytes more."
    if reason == "refinement" and picked in ("sft", "lora"):
        return "A style is a refinement: an adapter does it, and all weights need not move."
    if reason == "nothing_to_judge_yet" and picked == "alignment":
        return "A base model gives no replies that could be judged: first SFT, then alignment."
    if reason == "no_such_data" and behaviour == "judgment" and start == "base" and "preferences" in data:
        return f"{REASONS[reason]} Or: A base model gives no replies that could be judged: first SFT, then alignment."
    if reason == "preferences_carry_judgment" and picked == "sft_and_alignment":
        return "An instruct model has been through SFT; it is not to be done again."
    if reason == "features_suffice" and picked in ("lora", "qlora", "smaller_model"):
        return "A frozen model with a head on it is not asked for memory here."
    if reason == "already_there" and task == "classify":
        return "The behaviour is asked before the task: what a model does already needs no head."
    if reason == "no_such_data" and behaviour == "judgment" and start == "base" and "demonstrations" in data:
        return "SFT and alignment take their own data each: demonstrations and preferences, both."
    if reason == "already_there" and picked == "get_data":
        return "What is there already needs no data."
    if picked == "get_data" and method != "get_data":
        return "The data that the method takes is there; what else there is does no harm."
    if memory in (0.5, 2.0, 12.0, 14.0) and picked != method:
        return f"{REASONS[reason]} What just fits, fits."
    return REASONS[reason]


CHAT, STARTS = ("continue", "assist"), ("base", "instruct")
# (tasks, behaviours) that are asked for together.
GROUPS = {
    "nothing_or_classes": [(CHAT, ["as_is"]), (["classify"], ["as_is", "form", "judgment", "style", "new_language"])],
    "form": [(CHAT, ["form"])],
    "judgment": [(CHAT, ["judgment"])],
    "style": [(CHAT, ["style"])],
    "new_language": [(CHAT, ["new_language"])],
}


@exercise("choose_method", points=3)
@pytest.mark.parametrize("group", GROUPS)
def test_every_need(student, rng, group):
    kinds = [(task, what) for tasks, whats in GROUPS[group] for task in tasks for what in whats]
    asked = [(*kind, start, data, memory) for kind in kinds for start in STARTS for data in DATA for memory in MEMORIES]
    order, sizes = torch.randperm(len(asked), generator=rng), rng.randint(1, 90, (len(asked),))
    answers = student.run(choices, kinds, STARTS, DATA, MEMORIES, order, sizes)
    answers = dict(zip(order.tolist(), answers, strict=True))
    got = [answers[index] for index in range(len(asked))]
    rights = [right_choice(*one) for one in asked]
    in_gib = [right_choice(*what, memory * 2**30 / 1e9) for *what, memory in asked]
    if got == in_gib != rights:
        fail("memory_gb counts 10**9 bytes; it is taken for GiB.")
    lacking = {
        answer for right, answer in zip(rights, got, strict=True) if right.startswith("get_data") and answer != right
    }
    if lacking == {"smaller_model, nothing_fits"}:
        fail("The data come before the memory: without them no model of any size will do.")
    for (task, behaviour, start, data, memory), right, answer in zip(asked, rights, got, strict=True):
        if answer != right:
            fail(
                sentence_of(right, answer, behaviour, task, memory, start, data),
                expected=f"{task}, {behaviour}, {start}, {data}, {memory} bytes a parameter: {right}",
                got=answer,
            )
