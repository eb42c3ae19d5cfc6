"""The whole pipeline, from raw text to a model that runs on your own machine: what each stage adds, what goes wrong
without it, how to read a model's name, and which method a need calls for. Then your own functions, put together.

Nothing in this file is a new method. Everything that you may answer with is printed here: stages, gains, gaps,
symptoms, causes, methods, reasons, and the grammar of names. There is nothing to guess. No function changes what it is
given, and no answer depends on earlier calls.

Not in this file: the methods themselves, which you wrote in the other lessons. `run_pipeline` gets them as `tools`.
"""

from __future__ import annotations

import copy  # noqa: F401  (for run_pipeline)
import re  # noqa: F401  (for decode_model_name)
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from torch import nn
    from transformers import GPT2LMHeadModel, PreTrainedTokenizerBase


# --- the stages -----------------------------------------------------------------------------------------------------

STAGES = ("tokenization", "embeddings", "transformer", "pretraining", "sft", "alignment", "lora", "quantization")
# The order in which a model that you download went through them. Raw text is what all of it starts from, not a stage.

GAINS = {
    "token_ids": "text has become whole numbers out of a fixed vocabulary",
    "vectors": "each id has become a vector that holds which token it is and where it stands",
    "predictions": "every position reads what stands before it and puts out scores for the next token",
    "knowledge": "the scores are right: the language, and what the texts say about the world, is in the weights",
    "format": "an instruction is followed by an answer, and the answer ends",
    "judgment": "of the answers that could be given, those that people prefer have become likelier",
    "specialization": "one domain or one house's style, for few parameters more (0.24% of GPT-2's)",
    "accessibility": "it fits and runs on hardware that people have",
}

GAPS = {
    "no_nearness": "its numbers are only names: 17 is no nearer to 18 than to 900",
    "no_context": "what it gives for a token is the same whatever the other tokens are",
    "random_weights": "the vessel is there and empty: without training, what it puts out is noise",
    "no_replies": "it goes on with a text; a question is as likely followed by another question",
    "no_quality_signal": "nothing tells it which of two well-formed answers is better, true or harmless",
    "no_new_knowledge": "it learns what people prefer, which is not what is true, and no fact that it did not hold",
    "no_radical_change": "a change of low rank refines what the model can do; a new language is beyond it",
    "no_better_answers": "what it does never makes an answer better; at best it is hardly worse",
}


class Stage(TypedDict):
    adds: str  # one of GAINS
    cannot_provide: str  # one of GAPS: the limit of this stage, which a later one lifts or which stays
    depends_on: tuple[str, ...]  # the stages that have to come directly before; the graph is given


# The exercise PIPELINE: give each stage its `adds` and its `cannot_provide`. Every gain and every gap belongs to
# exactly one stage. Leave the graph as it is: SFT needs pretraining, alignment needs SFT; LoRA and quantization need
# any trained model, and pretraining is the first stage that leaves one.
PIPELINE: dict[str, Stage] = {
    "tokenization": Stage(
        ### BEGIN SOLUTION
        adds="token_ids",
        cannot_provide="no_nearness",
        ### END SOLUTION
        depends_on=(),
    ),
    "embeddings": Stage(
        ### BEGIN SOLUTION
        adds="vectors",
        cannot_provide="no_context",
        ### END SOLUTION
        depends_on=("tokenization",),
    ),
    "transformer": Stage(
        ### BEGIN SOLUTION
        adds="predictions",
        cannot_provide="random_weights",
        ### END SOLUTION
        depends_on=("embeddings",),
    ),
    "pretraining": Stage(
        ### BEGIN SOLUTION
        adds="knowledge",
        cannot_provide="no_replies",
        ### END SOLUTION
        depends_on=("transformer",),
    ),
    "sft": Stage(
        ### BEGIN SOLUTION
        adds="format",
        cannot_provide="no_quality_signal",
        ### END SOLUTION
        depends_on=("pretraining",),
    ),
    "alignment": Stage(
        ### BEGIN SOLUTION
        adds="judgment",
        cannot_provide="no_new_knowledge",
        ### END SOLUTION
        depends_on=("sft",),
    ),
    "lora": Stage(
        ### BEGIN SOLUTION
        adds="specialization",
        cannot_provide="no_radical_change",
        ### END SOLUTION
        depends_on=("pretraining",),
    ),
    "quantization": Stage(
        ### BEGIN SOLUTION
        adds="accessibility",
        cannot_provide="no_better_answers",
        ### END SOLUTION
        depends_on=("pretraining",),
    ),
}


def missing_prerequisites(stages: Iterable[str]) -> list[str]:
    """The stages that some of these build on, directly or through others, and that are not among them.

    Args:
        stages: names of `STAGES`, in any order.

    Returns:
        the missing ones, each once, in the order of `STAGES`. A stage that is among them is taken as done only
        itself: what it was built on has to be there too.

    Raises:
        ValueError: a name that isn't a stage; the message names it.

    Examples:
        missing_prerequisites(["alignment", "pretraining"]) is ["tokenization", "embeddings", "transformer", "sft"]
        missing_prerequisites(["tokenization", "embeddings", "transformer", "pretraining", "quantization"]) is []
    """
    ### BEGIN SOLUTION
    given = set(stages)
    _check_stages(given)
    needed = {need for stage in given for need in _all_needs(stage)}
    return [stage for stage in STAGES if stage in needed - given]
    ### END SOLUTION


def order_stages(stages: Iterable[str]) -> list[str]:
    """Some stages, put into an order in which each comes after everything that it builds on.

    The graph decides, not the order of `STAGES`: stages that don't build on each other, directly or through
    others, stay in the order in which they were given. So: of the stages not placed yet, always place the first given
    one of which everything that it builds on, as far as it is among `stages`, is placed.

    Args:
        stages: names of `STAGES`, in any order; not necessarily all that they need. One given twice counts once.

    Returns:
        the same stages, ordered.

    Raises:
        ValueError: a name that isn't a stage; the message names it.

    Example: order_stages(["quantization", "lora", "pretraining"]) is ["pretraining", "quantization", "lora"], which is
    QLoRA: the adapters are trained beside weights that have 4 bits already. order_stages(["alignment", "tokenization"])
    is ["tokenization", "alignment"], though neither depends on the other directly.
    """
    ### BEGIN SOLUTION
    waiting = list(dict.fromkeys(stages))  # each once, in the order given
    _check_stages(waiting)
    ordered: list[str] = []
    while waiting:
        ready = next(stage for stage in waiting if not _all_needs(stage) & set(waiting))
        waiting.remove(ready)
        ordered.append(ready)
    return ordered
    ### END SOLUTION


### BEGIN SOLUTION
def _all_needs(stage: str) -> set[str]:
    """Everything that a stage builds on, directly or through others."""
    needs = PIPELINE[stage]["depends_on"]
    return set(needs).union(*(_all_needs(need) for need in needs))


def _check_stages(stages: Iterable[str]) -> None:
    """Raises ValueError for a name that isn't a stage."""
    if unknown := [stage for stage in stages if stage not in PIPELINE]:
        raise ValueError(f"there is no stage {unknown[0]!r}: use names of STAGES")


### END SOLUTION
# --- what goes wrong ------------------------------------------------------------------------------------------------

SYMPTOMS = {
    "counts_letters_wrong": "Asked how many times r occurs in strawberry, it says two.",
    "noise_with_another_tokenizer": "With the tokenizer of another model, a good model puts out nonsense.",
    "order_makes_no_difference": '"Dog bites man" and "man bites dog" get the same vectors, in another order.',
    "peeks_at_the_next_token": "Its training loss falls to almost nothing, and what it generates is nonsense.",
    "fluent_in_form_empty_in_fact": "It was tuned on 10,000 dialogues from random weights: polite form, no fact right.",
    "loss_near_log_of_the_vocabulary": "Its loss is ln(50,257) = 10.8 on any text.",
    "unaware_of_last_week": "It knows nothing of what happened after a certain date.",
    "continues_the_question": 'Asked "What is the capital of France?", it continues the question as an essay.',
    "answers_with_questions": "Asked one question, it puts out three more of the same kind.",
    "prefers_without_replies": "Preference training on a base model compared two continuations; there are no replies.",
    "never_stops": "It answers rightly, and then goes on: it writes the user's next turn as well.",
    "writes_the_users_part": "It was tuned on whole dialogues, and its replies sound like users asking.",
    "good_in_one_template_only": "It answers in its own chat template and rambles in another one.",
    "copies_careless_replies": "Its replies are curt and full of typing errors, like many in its instruction data.",
    "confidently_wrong": "It states with the same confidence what is right and what is wrong.",
    "helps_with_phishing": "Asked to help with a phishing mail, it follows the instruction perfectly.",
    "agrees_with_anything": "Told a false statement, it agrees with the user: raters had liked to be agreed with.",
    "only_exclamation_marks": 'The reward rises and rises, and every reply ends in "!!!!!!!!!!!!".',
    "refuses_harmless_requests": '"I can\'t help with that", it says to a question about killing a process.',
    "training_needs_84_gb": "The 14 GB of its weights fit on the GPU; finetuning it asks for 84.",
    "sounds_like_everybody": "It answers well, but not in the words and the style of your house.",
    "update_counted_twice": "After its adapter was merged, it overdoes everything that the adapter had taught.",
    "adapter_misses_a_language": "With an adapter of rank 4 it stays far behind on a language that it never saw.",
    "needs_80_gb_to_answer": "It is good in every way, but answering needs 80 GB; your laptop has 16.",
    "two_bits_and_nonsense": "It fits anywhere now, at 2 bits a weight, and talks nonsense.",
    "one_weight_spoils_all": "With one scale for a whole matrix, 4 bits make nearly every weight of it zero.",
    "memory_grows_with_the_talk": "The weights fit; in a long conversation memory runs out all the same.",
}

CAUSES = {
    "sees_pieces": "the model is given ids of word pieces, never the letters in them",
    "ids_of_another_table": "an id means something only to a model that was trained with the same vocabulary",
    "no_positions": "nothing in the input says where a token stands",
    "no_causal_mask": "positions could read the token that they were to predict",
    "nothing_learned": "the weights are as random as they were drawn: nothing was learned from text",
    "no_knowledge_to_format": "format was taught where there was no knowledge to put into it",
    "text_ends_there": "what it knows comes from the text that it read, and that text ends somewhere",
    "continues_documents": "it learned to go on with documents, and was never shown that an answer follows",
    "nothing_to_judge": "judgment refines replies, and there were none yet",
    "end_not_supervised": "the end token was masked in the labels",
    "prompt_supervised": "the prompts were not masked in the labels",
    "another_template": "the form was learned together with its template",
    "imitates_its_examples": "demonstrations are imitated, with all that is wrong with them",
    "no_signal_of_quality": "no one ever compared two of its answers: form is all that it was taught",
    "preferred_is_not_true": "it was given what people prefer, and that is not what is true",
    "reward_hacked": "the reward is a stand-in, and nothing held the policy near its reference",
    "pushed_too_far": "the preference for safe answers was pushed so far that useful ones went",
    "optimizer_for_every_weight": "every trained weight drags a gradient and two Adam numbers along",
    "not_adapted": "nobody has adapted it to this domain; a small refinement would do",
    "merged_and_still_running": "the update is in the weight and the adapter still adds it",
    "not_a_refinement": "what has to change is more than a low rank can hold",
    "too_many_bits": "every weight is stored in 16 bits, more than an answer needs",
    "too_few_bits": "four levels a weight are fewer than the weights need",
    "outlier_sets_the_scale": "one outlier sets the scale that all the others share",
    "cache_in_16_bits": "keys and values of every token are kept, in 16 bits",
}


class Explanation(TypedDict):
    stage: str  # one of STAGES: the one that is missing or went wrong
    cause: str  # one of CAUSES


def explain_failure(symptom: str) -> Explanation:
    """Which stage is missing or went wrong, and why.

    Args:
        symptom: a key of `SYMPTOMS`. Read its sentence: each describes one failure with one cause.

    Returns:
        `stage`: where to go and fix it. Where a stage was left out, that one. Preference training on a base model, for
            example, is fixed by the stage that was skipped. Where a stage was used for what it can't do, that one.
        `cause`: a key of `CAUSES`. Each belongs to one stage, and most to one symptom (two of them to two).

    Raises:
        ValueError: a symptom that isn't in the list; the message names it.

    Examples:
        explain_failure("continues_the_question") is {"stage": "sft", "cause": "continues_documents"}
        explain_failure("needs_80_gb_to_answer") is {"stage": "quantization", "cause": "too_many_bits"}
    """
    ### BEGIN SOLUTION
    if symptom not in _EXPLANATIONS:
        raise ValueError(f"there is no symptom {symptom!r}: use a key of SYMPTOMS")
    stage, cause = _EXPLANATIONS[symptom]
    return Explanation(stage=stage, cause=cause)
    ### END SOLUTION


### BEGIN SOLUTION
_EXPLANATIONS = {
    "counts_letters_wrong": ("tokenization", "sees_pieces"),
    "noise_with_another_tokenizer": ("tokenization", "ids_of_another_table"),
    "order_makes_no_difference": ("embeddings", "no_positions"),
    "peeks_at_the_next_token": ("transformer", "no_causal_mask"),
    "fluent_in_form_empty_in_fact": ("pretraining", "no_knowledge_to_format"),
    "loss_near_log_of_the_vocabulary": ("pretraining", "nothing_learned"),
    "unaware_of_last_week": ("pretraining", "text_ends_there"),
    "continues_the_question": ("sft", "continues_documents"),
    "answers_with_questions": ("sft", "continues_documents"),
    "prefers_without_replies": ("sft", "nothing_to_judge"),
    "never_stops": ("sft", "end_not_supervised"),
    "writes_the_users_part": ("sft", "prompt_supervised"),
    "good_in_one_template_only": ("sft", "another_template"),
    "copies_careless_replies": ("sft", "imitates_its_examples"),
    "confidently_wrong": ("alignment", "no_signal_of_quality"),
    "helps_with_phishing": ("alignment", "no_signal_of_quality"),
    "agrees_with_anything": ("alignment", "preferred_is_not_true"),
    "only_exclamation_marks": ("alignment", "reward_hacked"),
    "refuses_harmless_requests": ("alignment", "pushed_too_far"),
    "training_needs_84_gb": ("lora", "optimizer_for_every_weight"),
    "sounds_like_everybody": ("lora", "not_adapted"),
    "update_counted_twice": ("lora", "merged_and_still_running"),
    "adapter_misses_a_language": ("lora", "not_a_refinement"),
    "needs_80_gb_to_answer": ("quantization", "too_many_bits"),
    "two_bits_and_nonsense": ("quantization", "too_few_bits"),
    "one_weight_spoils_all": ("quantization", "outlier_sets_the_scale"),
    "memory_grows_with_the_talk": ("quantization", "cache_in_16_bits"),
}


### END SOLUTION
# --- reading a model's name -----------------------------------------------------------------------------------------


class ModelCard(TypedDict):
    family: str  # in lower case, without version
    version: str | None  # as text: "3", "3.1"
    parameters: int | None  # all of them
    active_parameters: int | None  # that work on one token, where the name says so
    stage: str  # the last stage of training that the name tells: "pretraining", "sft", "alignment" or "lora"
    bits: int | None  # of a stored weight
    method: str | None  # how it was quantized: "gptq", "awq", "gguf", "bnb"


def decode_model_name(name: str) -> ModelCard:
    """What the name of a published model says.

    The grammar. Capitals make no difference. First, whatever stands before the last "/" goes (who published it), and
    a ".gguf" at the end, which says nothing. "4 bit" and "4-bit" become one word, "4bit", and so any whole number.
    Then the name is cut into words at spaces, commas, hyphens, round and square brackets, and at a dot before a letter
    ("Instruct.Q4_K_M"; not "3.1"). An underscore doesn't cut. No name has two sizes, two methods, or a
    Q without an underscore behind its number.

    family    The first word; "meta" in front of it is the maker and goes. Digits and dots that end the family are its
              version: "Qwen2.5" is qwen 2.5, "gpt2" is gpt 2.
    version   Else the first word that is a number, perhaps with dots: "3.1". A v before it is no part of it: "v0.1"
              is version "0.1". A word of exactly four digits is a date ("2407") and no version. None where there is
              none.
    size      "70B", "1.5b", "135M" (billions, millions): parameters. "8x7B" is eight experts of 7 billion, so 56
              billion: as the name says it; the experts share their attention, so it is somewhat less. "A3B" says
              that 3 billion work on one token, and says it of `active_parameters` only. "4k" and "128K" are lengths
              of context, not sizes. None where the name has no size.
    stage     "sft": sft. "instruct", "chat", "it", "dpo", "rlhf": alignment (an instruct model went through SFT and
              alignment). "lora", "qlora", "adapter": lora. "base", "pt", or none of these words: pretraining. Of
              several, the latest stage counts, whatever their order.
    bits      The first word that says a width: "4bit", "int4", "fp8", "f16" or "bf16" or "fp16", "nf4", "w4a16"
              (weights in 4 bits, activations in 16: the weights count), "Q4_K_M", "Q8_0", "IQ2_XS" (the number
              behind the Q).
              Without one: 4 for gptq and awq, which hardly ever have another; None for gguf and bnb, where
              it may be anything; 16 when no method is named either.
    method    "gptq", "awq", "gguf", "bnb" where it is a word. A word like "Q4_K_M" or "Q8_0" or "IQ2_XS" means gguf,
              "nf4" means bnb, also where no word says it. None otherwise.

    Any other word says nothing ("hf", "preview", "deduped", "mini").

    Returns:
        a `ModelCard`, all seven keys.

    Raises:
        ValueError: no word is left ("", "meta", "/").

    Example: "Llama 3 70B Instruct, 4-bit GPTQ" is {"family": "llama", "version": "3", "parameters": 70_000_000_000,
    "active_parameters": None, "stage": "alignment", "bits": 4, "method": "gptq"}. "Qwen/Qwen2.5-0.5B" is qwen, 2.5,
    500_000_000, None, pretraining, 16, None.
    """
    ### BEGIN SOLUTION
    # Cut into words
    text = name.rpartition("/")[2].strip().lower().removesuffix(".gguf")
    text = re.sub(r"(\d)[ -]bit\b", r"\1bit", text)
    words = [word for word in re.split(r"[\s,()\[\]-]+|\.(?=[a-z])", text) if word]
    if words[:1] == ["meta"]:
        del words[0]
    if not words:
        raise ValueError(f"{name!r} names no model: pass a name such as 'Llama 3 70B Instruct'")
    # Read
    family, version = re.fullmatch(r"(.*?)([\d.]*)", words[0]).groups()
    card = ModelCard(
        family=family,
        version=version or None,
        parameters=None,
        active_parameters=None,
        stage="pretraining",
        bits=None,
        method=None,
    )
    for word in words[1:]:
        _read_word(card, word)
    # Fill in what is implied
    if card["bits"] is None:
        card["bits"] = {"gptq": 4, "awq": 4, None: 16}.get(card["method"])
    return card
    ### END SOLUTION


### BEGIN SOLUTION
_STAGE_WORDS = {
    "sft": "sft",
    **dict.fromkeys(("instruct", "chat", "it", "dpo", "rlhf"), "alignment"),
    **dict.fromkeys(("lora", "qlora", "adapter"), "lora"),
}
_WIDTH = re.compile(r"(?P<gguf>i?q)(\d+)(?:_\w+)?|(\d+)bit|int(\d+)|b?fp?(\d+)|(?P<bnb>nf)(\d+)|w(\d+)a\d+")


def _read_word(card: ModelCard, word: str) -> None:
    """Write what one word of a name says into its card."""
    if word in ("gptq", "awq", "gguf", "bnb"):
        card["method"] = word
    elif word in _STAGE_WORDS:
        card["stage"] = max(card["stage"], _STAGE_WORDS[word], key=STAGES.index)
    elif size := re.fullmatch(r"(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])", word):
        experts, number, unit = size.groups()
        card["parameters"] = int(experts or 1) * round(float(number) * {"b": 1e9, "m": 1e6}[unit])
    elif active := re.fullmatch(r"a(\d+(?:\.\d+)?)b", word):
        card["active_parameters"] = round(float(active[1]) * 1e9)
    elif version := re.fullmatch(r"v?(\d+(?:\.\d+)*)", word):
        if card["version"] is None and not re.fullmatch(r"\d{4}", word):
            card["version"] = version[1]
    elif width := _WIDTH.fullmatch(word):
        if card["bits"] is None:
            card["bits"] = int(next(number for number in width.groups() if number and number.isdecimal()))
        implied = next((method for method, found in width.groupdict().items() if found), None)
        card["method"] = card["method"] or implied


### END SOLUTION
def weight_gigabytes(card: Mapping[str, Any]) -> float:
    """Decimal gigabytes that the weights of a model take: all its parameters, `bits` bits each; 1 GB is 10**9 bytes.

    A rule of thumb: scales, activations and the key/value cache come on top, and some kinds mix widths (Q4_K_M comes to
    4.84 bits a weight, so llama-2-13b-chat.Q4_K_M.gguf is 7.87 GB and not 6.5). Of a mixture of experts all parameters
    have to be there, not only those that work on one token.

    Args:
        card: as `decode_model_name` gives it; `parameters` and `bits` count.

    Raises:
        ValueError: the card doesn't say its parameters or its bits (None); the message says which.

    Example: 70 billion parameters take 140.0 at 16 bits and 35.0 at 4.
    """
    ### BEGIN SOLUTION
    for part in ("parameters", "bits"):
        if card[part] is None:
            raise ValueError(f"the name does not say its {part}: look them up and put them into the card")
    return card["parameters"] * card["bits"] / 8 / 1e9
    ### END SOLUTION


# --- how much to change ---------------------------------------------------------------------------------------------

SPECTRUM = ("none", "classification_head", "lora", "sft", "alignment", "full_finetuning")
# The course tells the methods in this order, by how much of the model they change.


def adaptation_fraction(model: nn.Module, method: str, num_classes: int = 2, r: int = 8) -> float:
    """How many parameters a method trains, as a fraction of those that the model has. Counted on the model itself.

    Args:
        model: a GPT-2 (`GPT2Model` or `GPT2LMHeadModel`) of any size; D is `model.config.hidden_size`. It is left
            exactly as it is, and it doesn't matter which of its parameters are frozen at the moment.
        method: one of `SPECTRUM`.
            "none": nothing is trained.
            "classification_head": a new linear layer from D to `num_classes`, with bias; the model is frozen.
            "lora": an adapter of rank `r` beside `attn.c_attn` in every block: r · (d_in + d_out) parameters each;
                the model is frozen.
            "sft", "alignment", "full_finetuning": every parameter of the model.
        num_classes, r: for the two methods that use them.

    Returns:
        trained parameters / parameters of the model. A tensor that two layers share (GPT-2 ties its output layer to its
        embeddings) is counted once, buffers are no parameters, and what is added is in the numerator only.

    Raises:
        ValueError: a method that isn't in `SPECTRUM`; the message names it.

    Example: GPT-2 (124,439,808 parameters, D = 768, 12 blocks): a head of two classes is 1,538 / 124,439,808 =
    0.0000124; LoRA at r = 8 is 12 · 8 · (768 + 2,304) = 294,912 of them, 0.00237.
    """
    ### BEGIN SOLUTION
    if method not in SPECTRUM:
        raise ValueError(f"there is no method {method!r}: use one of SPECTRUM")
    total = sum(parameter.numel() for parameter in model.parameters())  # gives a shared tensor once
    if method == "none":
        return 0.0
    if method == "classification_head":
        return (model.config.hidden_size + 1) * num_classes / total
    if method == "lora":
        weights = [layer.weight for name, layer in model.named_modules() if f".{name}".endswith(".attn.c_attn")]
        return sum(r * sum(weight.shape) for weight in weights) / total
    return 1.0
    ### END SOLUTION


TASKS = {
    "continue": "go on with a text",
    "classify": "put a text into one of a few classes",
    "assist": "answer what a user asks",
}
BEHAVIOURS = {
    "as_is": "what the model does already",
    "form": "answers in the form of examples that are shown",
    "judgment": "helpful, harmless and honest: of two answers, the one that people prefer",
    "style": "what it does already, in the style and the words of one house",
    "new_language": "a language or a notation that its pretraining never met",
}
DATA = {
    "labels": "texts, each with its class",
    "demonstrations": "requests, each with a good answer",
    "preferences": "requests, each with two answers, one of them preferred",
    "plain_text": "plain text, much of it",
}
METHODS = (
    *SPECTRUM[:3],
    "qlora",
    "sft",
    "alignment",
    "sft_and_alignment",
    "full_finetuning",
    "get_data",
    "smaller_model",
)
REASONS = {
    "already_there": "nothing has to change",
    "no_such_data": "a method without its data is not a method",
    "features_suffice": "a pretrained transformer is a feature extractor; a head on top of it is enough",
    "refinement": "style is a refinement, and a refinement is of low rank",
    "demonstrations_show_the_form": "format is taught by showing it",
    "preferences_carry_judgment": "which answer is better is taught by comparing answers",
    "nothing_to_judge_yet": "a base model has no replies to judge: first the form, then the judgment",
    "not_a_refinement": "no adapter holds what has to change here",
    "only_the_weights_fit": "the weights fit into memory, training all of them does not",
    "only_4_bits_fit": "the weights fit into memory in 4 bits only",
    "nothing_fits": "not even 4 bits fit, or all weights would have to change and training them does not fit",
}


class Need(TypedDict):
    task: str  # one of TASKS
    behaviour: str  # one of BEHAVIOURS
    start: str  # what you start from: "base" or "instruct"
    data: tuple[str, ...]  # which of DATA you have
    parameters: int  # of the model
    memory_gb: float  # of your GPU, in GB of 10**9 bytes


class Choice(TypedDict):
    method: str  # one of METHODS
    reason: str  # one of REASONS


def choose_method(need: Need) -> Choice:
    """How much to change: the smallest answer that does it. Asked in this order; the first that fits decides.

    1. The behaviour is as_is: "none", already_there. (Whatever the data and the memory.)
    2. What the need calls for. Without its data: "get_data", no_such_data.
         task classify, any behaviour      "classification_head", features_suffice    labels
         style                             "lora", refinement                         demonstrations
         form                              "sft", demonstrations_show_the_form        demonstrations
         judgment, from an instruct model  "alignment", preferences_carry_judgment    preferences
         judgment, from a base model       "sft_and_alignment", nothing_to_judge_yet  demonstrations
                                                                                     and preferences
         new_language                      "full_finetuning", not_a_refinement        plain_text
    3. Does it fit into memory? Bytes for each parameter of the model, adapters and activations not counted:
         2       a frozen model, and so LoRA
         0.5     a frozen model in 4 bits, and so QLoRA
         12      all weights trained: bf16 weights and gradients, Adam's two fp32 numbers
         14      the same with alignment's frozen reference model beside it, 2 bytes more; so "alignment" and
                 "sft_and_alignment". (With an adapter, the model without it is the reference.)
       What just fits, fits. A head is not asked. Where training all weights doesn't fit, an adapter takes its place:
       "lora" with only_the_weights_fit. Where not even the 2 bytes fit, "qlora" with only_4_bits_fit; so for style too.
       Where not even 0.5 fits: "smaller_model", nothing_fits. For a new language no adapter will do: where the 12 don't
       fit, it is "smaller_model", nothing_fits, at once.

    Raises:
        ValueError: a task, behaviour, start or kind of data that isn't in the lists above, whether or not the answer
            depends on it; the message names it.

    Examples, 7 billion parameters:
        support tickets in 5 classes: classify, form, base, ("labels",), 24 GB: classification_head, features_suffice
        a general chatbot from a base model: assist, judgment, demonstrations and preferences, 640 GB:
            sft_and_alignment, nothing_to_judge_yet; with 24 GB: lora, only_the_weights_fit (98 GB don't fit, 14 do)
        the style of your house, from an instruct model, on a GPU of 8 GB: qlora, only_4_bits_fit (14 don't fit, 3.5 do)
    """
    ### BEGIN SOLUTION
    for part, allowed in (("task", TASKS), ("behaviour", BEHAVIOURS), ("start", ("base", "instruct"))):
        if need[part] not in allowed:
            raise ValueError(f"{part} {need[part]!r} is unknown: use one of {', '.join(allowed)}")
    if unknown := set(need["data"]) - set(DATA):
        raise ValueError(f"data {min(unknown)!r} is unknown: use {', '.join(DATA)}")

    # 1. Nothing to change
    if need["behaviour"] == "as_is":
        return Choice(method="none", reason="already_there")
    # 2. What the need calls for, and its data
    asked = "classify" if need["task"] == "classify" else need["behaviour"]
    if asked == "judgment":
        asked = f"judgment from {need['start']}"
    method, reason, data = _CALLED_FOR[asked]
    if not data <= set(need["data"]):
        return Choice(method="get_data", reason="no_such_data")
    if method == "classification_head":
        return Choice(method=method, reason=reason)

    # 3. Memory
    def fits(bytes_a_parameter: float) -> bool:
        return need["parameters"] * bytes_a_parameter <= need["memory_gb"] * 1e9

    everything = 14 if "alignment" in method else 12  # bytes for each parameter, where all are trained
    if method != "lora" and fits(everything):
        return Choice(method=method, reason=reason)
    if method == "full_finetuning":
        return Choice(method="smaller_model", reason="nothing_fits")
    if fits(2):
        return Choice(method="lora", reason=reason if method == "lora" else "only_the_weights_fit")
    if fits(0.5):
        return Choice(method="qlora", reason="only_4_bits_fit")
    return Choice(method="smaller_model", reason="nothing_fits")
    ### END SOLUTION


### BEGIN SOLUTION
_CALLED_FOR = {  # what is asked → method, reason, the data that the method takes
    "classify": ("classification_head", "features_suffice", {"labels"}),
    "style": ("lora", "refinement", {"demonstrations"}),
    "form": ("sft", "demonstrations_show_the_form", {"demonstrations"}),
    "judgment from instruct": ("alignment", "preferences_carry_judgment", {"preferences"}),
    "judgment from base": ("sft_and_alignment", "nothing_to_judge_yet", {"demonstrations", "preferences"}),
    "new_language": ("full_finetuning", "not_a_refinement", {"plain_text"}),
}


### END SOLUTION
# --- your own functions, put together -------------------------------------------------------------------------------

RUN = ("pretraining", "sft", "alignment", "lora", "quantization")
# The stages that run_pipeline goes through. The first three of STAGES are in the base model already, and so is the work
# of pretraining: it is "run" by starting from the base model.

_CHATS = dict.fromkeys(("add_chat_tokens", "encode_chat", "collate_chats"), "instruction_tuning")
TOOLS: dict[str, dict[str, str]] = {  # what each stage is run with, and the lesson that you wrote it in
    "pretraining": {},
    "sft": {**_CHATS, "train_sft": "instruction_tuning"},
    "alignment": {**_CHATS, "dpo_step": "alignment"},
    "lora": {**_CHATS, "train_sft": "instruction_tuning", "apply_lora": "lora"},
    "quantization": {"QuantizedLinear": "quantization"},
}

LAYERS = {"attn.c_attn": 1, "attn.c_proj": 1, "mlp.c_fc": 1, "mlp.c_proj": 4}
# The linear layers in each block of a GPT-2, and the d_in of each, as a multiple of the model's width.

Conversation = Sequence[Mapping[str, str]]  # messages of `role` and `content`, as in the lesson on instruction tuning


@dataclass
class Base:
    """What run_pipeline starts from: a pretrained model, data for each stage, settings, and the gates."""

    model: GPT2LMHeadModel
    tokenizer: PreTrainedTokenizerBase  # pads with its pad_token_id
    demonstrations: Sequence[Conversation]  # for sft
    preferences: Sequence[Mapping[str, str]]  # for alignment: `prompt`, `chosen`, `rejected`, each a text
    house_style: Sequence[Conversation]  # for lora
    gate: Callable[[str, Any, Any, Any], dict[str, Any]]
    # gate(stage, before, after, tokenizer) measures what a stage was to bring, in figures, and says whether it `passed`
    steps: Mapping[str, int]  # by stage: sft, alignment, lora
    rates: Mapping[str, float]  # learning rates, by stage
    batch_size: int
    beta: float  # of DPO
    targets: Sequence[str]  # the layers that get an adapter
    rank: int
    alpha: float
    bits: int  # of the quantized weights
    block_size: int
    track: Callable[[Iterable[Any], str], Iterable[Any]] = lambda items, description: items  # a progress bar


class StageReport(TypedDict):
    state: str  # "run", "skipped" or "missing"
    missing: list[str]  # the tools that it lacks: names of TOOLS[stage], in that order
    gate: dict[str, Any]  # what the gate said


class Report(TypedDict):
    model: nn.Module
    tokenizer: Any
    stages: dict[str, StageReport]  # for each of RUN


def as_linear(layer: nn.Module, d_in: int) -> nn.Linear:
    """An `nn.Linear` that computes what `layer` computes, whatever is inside (given; use it for quantization).

    Any layer that computes x W + b will do: a Conv1D, and your LoRALinear, merged or not. Zeros give b, the rows of the
    identity give W. Dtype and device are the layer's, and the layer stays as it is.
    """
    import torch

    like = next(layer.parameters())
    with torch.no_grad():
        bias = layer(torch.zeros(1, d_in, dtype=like.dtype, device=like.device))[0]  # (d_out,)
        weight = layer(torch.eye(d_in, dtype=like.dtype, device=like.device)) - bias  # (d_in, d_out)
        linear = torch.nn.Linear(*weight.shape, dtype=like.dtype, device=like.device)
        linear.weight.copy_(weight.T)
        linear.bias.copy_(bias)
    return linear


### BEGIN SOLUTION
def _collated(tools: Any, base: Base, tokenizer: Any, conversations: Iterable[Conversation]) -> list[dict[str, Any]]:
    """The conversations, encoded, in batches."""
    encoded = [tools.encode_chat(messages, tokenizer) for messages in conversations]
    size = base.batch_size
    parts = [encoded[start : start + size] for start in range(0, len(encoded), size)]
    return [tools.collate_chats(part, tokenizer.pad_token_id) for part in parts]


def _train(
    tools: Any, base: Base, model: Any, tokenizer: Any, stage: str, conversations: Iterable[Conversation]
) -> None:
    """What sft and lora share: train on conversations whatever is trainable."""
    import torch

    batches = _collated(tools, base, tokenizer, conversations)
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trainable, lr=base.rates[stage])
    tools.train_sft(model, batches, optimizer, base.steps[stage])


def _tune(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    """SFT."""
    _train(tools, base, model, tokenizer, "sft", base.demonstrations)


def _align(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    """DPO."""
    import torch

    # Freeze the reference
    reference = copy.deepcopy(model).requires_grad_(False)
    # Make batches of pairs
    sides = {
        side: _collated(
            tools,
            base,
            tokenizer,
            [
                [{"role": "user", "content": pair["prompt"]}, {"role": "assistant", "content": pair[side]}]
                for pair in base.preferences
            ],
        )
        for side in ("chosen", "rejected")
    }
    batches = [dict(zip(sides, both, strict=True)) for both in zip(*sides.values(), strict=True)]
    # Train
    optimizer = torch.optim.AdamW(model.parameters(), lr=base.rates["alignment"])
    for step in range(base.steps["alignment"]):
        tools.dpo_step(model, reference, batches[step % len(batches)], optimizer, base.beta)


def _adapt(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    """LoRA."""
    tools.apply_lora(model, base.targets, base.rank, base.alpha)
    _train(tools, base, model, tokenizer, "lora", base.house_style)


def _quantize(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    """Few bits for each linear layer, its adapter merged in by `as_linear`."""
    for block in model.transformer.h:
        for name, widths in LAYERS.items():
            linear = as_linear(block.get_submodule(name), widths * model.config.hidden_size)  # (d_in → d_out)
            block.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))


### END SOLUTION
def run_pipeline(tools: Any, base: Base, skip: Collection[str] = ()) -> Report:
    """Take a pretrained model through SFT, DPO, LoRA and 4 bits with your own functions, and measure each stage's gate.

    `tools.encode_chat` is your `encode_chat`, and so for every name in `TOOLS`; a function that isn't written is None.
    `base` and what it holds stay as they are: work on deep copies of its model and its tokenizer.

    The stages of `RUN` come in this order, `for stage in base.track(RUN, "the pipeline")`. Each is run unless it is in
    `skip` ("skipped", whatever its tools) or some of its tools are None ("missing"). Which ones are None is reported in
    any case. A stage that isn't run leaves the model as it is, and the pipeline goes on. After each stage, run or not,
    its gate is measured: `base.gate(stage, before, after, tokenizer)`, where `before` is a copy of the model as it was
    when the stage's turn came (in whatever mode), `after` the model as it is then, in eval mode, and `tokenizer` your
    copy.

    pretraining   Nothing to do: the copy of base.model is its result, and here `before` is base.model. Where it is
                  skipped, the model is one of the same class with fresh random weights and a copy of the configuration:
                  `type(base.model)(copy.deepcopy(base.model.config))`.
    sft           First, and even where sft is skipped: `add_chat_tokens(model, tokenizer)`, unless that is None; the
                  stages after it need the ids. Then the conversations of base.demonstrations, encoded, in batches (see
                  below); an AdamW over all parameters of the model with base.rates["sft"];
                  `train_sft(model, batches, optimizer, base.steps["sft"])`.
    alignment     A frozen copy of the model as it is now is the reference. Each preference becomes two conversations,
                  prompt and chosen, prompt and rejected (user, then assistant); a batch for dpo_step is
                  {"chosen": ..., "rejected": ...}, each side collated. An AdamW over all parameters of the model with
                  base.rates["alignment"]; base.steps["alignment"] times
                  `dpo_step(model, reference, batch, optimizer, base.beta)`, the batches in turn, and from the first
                  again when there are fewer.
    lora          `apply_lora(model, base.targets, base.rank, base.alpha)`; then as sft, with base.house_style,
                  base.rates["lora"] and base.steps["lora"], and an optimizer over the trainable parameters only.
    quantization  In every block of the model (model.transformer.h), each of `LAYERS` is replaced by
                  `QuantizedLinear(linear, base.bits, base.block_size)`, where `linear` computes what the layer
                  computes, adapter included, in the layer's dtype: see `as_linear`. Embeddings, norms and the output
                  layer stay as they are.

    A batch: base.batch_size examples in the order of the data, the last batch perhaps smaller, none dropped; through
    `encode_chat(messages, tokenizer)` and `collate_chats(examples, tokenizer.pad_token_id)`.

    Returns:
        the model after the last stage, in eval mode; the tokenizer; and for each stage of `RUN` its `StageReport`.

    Raises:
        ValueError: `skip` names something that is no stage of `RUN`; the message names it.
    """
    ### BEGIN SOLUTION
    if unknown := [stage for stage in skip if stage not in RUN]:
        raise ValueError(f"{unknown[0]!r} can't be skipped: use names of RUN")
    # Start from the base, or from random weights
    model, tokenizer = copy.deepcopy(base.model), copy.deepcopy(base.tokenizer)
    if "pretraining" in skip:
        model = type(model)(model.config)
    runners = {"sft": _tune, "alignment": _align, "lora": _adapt, "quantization": _quantize}
    stages: dict[str, StageReport] = {}
    for stage in base.track(RUN, "the pipeline"):
        before = base.model if stage == "pretraining" else copy.deepcopy(model)
        if stage == "sft" and tools.add_chat_tokens is not None:
            tools.add_chat_tokens(model, tokenizer)
        # Run
        missing = [name for name in TOOLS[stage] if getattr(tools, name) is None]
        state = "skipped" if stage in skip else "missing" if missing else "run"
        if state == "run" and stage in runners:
            runners[stage](tools, base, model, tokenizer)
        # Measure
        model.eval()
        stages[stage] = StageReport(state=state, missing=missing, gate=base.gate(stage, before, model, tokenizer))
    return Report(model=model, tokenizer=tokenizer, stages=stages)
    ### END SOLUTION
