"""Hidden checks of the lesson on the whole pipeline: every stage, symptom and need, and names of published models.

What is right stands here as data, entry by entry, or is worked out in another way than by the rules of the stub.
Feedback shows the sentences only: each gives the reason that the course gives. None repeats a visible check.
"""

import pytest
import torch

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe
from autograder.student import Blocked, NotWritten

STAGES = ("tokenization", "embeddings", "transformer", "pretraining", "sft", "alignment", "lora", "quantization")


def one_of(rng, *choices):
    """One of the choices, each as likely."""
    return choices[int(torch.randint(len(choices), (), generator=rng))]


def shuffled(rng, items):
    """The items in a random order."""
    items = list(items)
    return [items[place] for place in torch.randperm(len(items), generator=rng)]


# --- the stages -----------------------------------------------------------------------------------------------------

ADDS = {
    "tokenization": ("token_ids", "Tokenization turns text into whole numbers, and that is all it does."),
    "embeddings": ("vectors", "An embedding makes a vector of an id: which token it is, and where it stands."),
    "transformer": ("predictions", "The transformer reads what stands before and scores what comes next."),
    "sft": ("format", "SFT teaches format, not knowledge: that an answer follows, and that it ends."),
    "alignment": ("judgment", "SFT gives a model its voice; alignment gives it judgment."),
    "lora": ("specialization", "A detour of a few percent makes a specialist of a model that is there already."),
    "quantization": ("accessibility", "Fewer bits change where a model can run, not what it can do."),
}
WRONG_ADDS = {
    ("transformer", "knowledge"): "The architecture is the vessel; the weights that pretraining fills it with are the "
    "knowledge.",
    ("sft", "knowledge"): "SFT teaches format, not knowledge: what it answers with was in the weights before.",
    ("sft", "judgment"): "Demonstrations show a form; which of two answers is better, they don't say.",
    ("alignment", "knowledge"): "Alignment adds no knowledge: it is told what people prefer, not what is true.",
    ("alignment", "format"): "That answers follow and end is SFT's; alignment chooses among such answers.",
    ("lora", "accessibility"): "An adapter makes training cheap; the adapted model is as large as before.",
    ("quantization", "specialization"): "Quantization teaches nothing: the same model is stored in fewer bits.",
}
CANNOT = {
    "tokenization": ("no_nearness", "An id is only a name: ids that lie side by side have nothing in common."),
    "embeddings": ("no_context", "An embedding looks at one token and its place; it never sees the neighbours."),
    "transformer": ("random_weights", "An architecture that was never trained puts out noise."),
    "sft": ("no_quality_signal", "SFT copies demonstrations; nothing in it compares two answers."),
    "alignment": ("no_new_knowledge", "What people prefer is not what is true: alignment brings no new facts."),
    "lora": ("no_radical_change", "What LoRA can't give is a radical change: its update has a low rank."),
    "quantization": ("no_better_answers", "Rounding weights never makes an answer better."),
}
WRONG_CANNOT = {
    (
        "sft",
        "no_replies",
    ): "That answers follow is just what SFT gives; what it lacks is a measure of how good they are.",
    ("alignment", "no_quality_signal"): "A signal of quality is just what alignment gives; knowledge it can't give.",
}


@probe
def read_table(lesson):
    return {stage: dict(entry) for stage, entry in lesson.PIPELINE.items()}


def entry_of(student, stage):
    """One entry of the student's PIPELINE; as it stands in the stub, the table is still to do."""
    table = student.run(read_table)
    if not any("adds" in entry or "cannot_provide" in entry for entry in table.values()):
        raise NotWritten("PIPELINE")
    return table.get(stage, {})


@exercise("PIPELINE")
@pytest.mark.parametrize("stage", ADDS)
def test_what_a_stage_adds(student, stage):
    right, reason = ADDS[stage]
    got = entry_of(student, stage).get("adds")
    if got != right:
        fail(WRONG_ADDS.get((stage, got), reason), expected=right, got=got)


@exercise("PIPELINE")
@pytest.mark.parametrize("stage", CANNOT)
def test_what_a_stage_cannot_provide(student, stage):
    right, reason = CANNOT[stage]
    got = entry_of(student, stage).get("cannot_provide")
    if got != right:
        fail(WRONG_CANNOT.get((stage, got), reason), expected=right, got=got)


# What each stage builds on, written out whole.
BUILDS_ON = {
    "tokenization": "",
    "embeddings": "tokenization",
    "transformer": "tokenization embeddings",
    "pretraining": "tokenization embeddings transformer",
    "sft": "tokenization embeddings transformer pretraining",
    "alignment": "tokenization embeddings transformer pretraining sft",
    "lora": "tokenization embeddings transformer pretraining",
    "quantization": "tokenization embeddings transformer pretraining",
}
BUILDS_ON = {stage: needs.split() for stage, needs in BUILDS_ON.items()}


@probe
def answers_for(lesson, function, questions):
    return [getattr(lesson, function)(question) for question in questions]


def subsets():
    """Every set of stages, 256 of them, in the order of the pipeline."""
    return [[stage for place, stage in enumerate(STAGES) if number >> place & 1] for number in range(256)]


def missing(stages, needs):
    """What of the needs is not there, in order."""
    wanted = {need for stage in stages for need in needs[stage]}
    return [stage for stage in STAGES if stage in wanted and stage not in stages]


@exercise("missing_prerequisites", points=2)
def test_every_set_of_stages(student):
    questions = subsets()
    direct = {stage: needs[-1:] for stage, needs in BUILDS_ON.items()}
    chain = {stage: list(STAGES[:place]) for place, stage in enumerate(STAGES)}
    over_aligned = {**BUILDS_ON, "lora": BUILDS_ON["alignment"] + ["alignment"]}
    expect_equal(
        student.run(answers_for, "missing_prerequisites", questions),
        [missing(stages, BUILDS_ON) for stages in questions],
        what="The list of missing stages",
        mistakes={
            "It looks at direct needs only; what a stage needs has needs of its own.": lambda: [
                missing(stages, direct) for stages in questions
            ],
            "It takes the pipeline for a chain; a stage doesn't need everything that stands before it in the list.": (
                lambda: [missing(stages, chain) for stages in questions]
            ),
            "LoRA adapts any trained model, a base model too: it doesn't need alignment.": lambda: [
                missing(stages, over_aligned) for stages in questions
            ],
        },
    )


@exercise("missing_prerequisites")
def test_order_and_repeats_do_not_matter(student, rng):
    stages = shuffled(rng, ["alignment", "quantization", "lora", "alignment", "transformer"])
    expect_equal(
        student.missing_prerequisites(stages),
        ["tokenization", "embeddings", "pretraining", "sft"],
        what="The list of missing stages for stages in any order",
        mistakes={
            "A stage that is missing for two others is listed twice.": lambda: [
                "tokenization",
                "embeddings",
                "pretraining",
                "pretraining",
                "pretraining",
                "sft",
            ]
        },
    )


def placed(stages, needs):
    """An order by removing, again and again, the first stage that waits for no other."""
    waiting, order = list(dict.fromkeys(stages)), []
    while waiting:
        free = [stage for stage in waiting if not set(needs[stage]) & set(waiting)]
        order.append(free[0])
        waiting.remove(free[0])
    return order


def breadth_first(stages):
    """All stages that wait for nothing at once, then the next ones."""
    waiting, order = list(dict.fromkeys(stages)), []
    while waiting:
        free = [stage for stage in waiting if not set(BUILDS_ON[stage]) & set(waiting)]
        order += free
        waiting = [stage for stage in waiting if stage not in free]
    return order


def depth_first(stages):
    """The order of somebody who takes each given stage in turn, with all that it builds on before it."""
    order = []
    for stage in stages:
        order += [one for one in [*BUILDS_ON[stage], stage] if one in stages and one not in order]
    return order


@exercise("order_stages", points=2)
def test_orders_of_many_sets(student, rng):
    questions = [shuffled(rng, stages) for stages in shuffled(rng, subsets()[1:])[:100]]
    questions += [["lora", "quantization", "sft", "alignment", "pretraining"]]
    direct = {stage: needs[-1:] for stage, needs in BUILDS_ON.items()}
    got = student.run(answers_for, "order_stages", questions)
    expect_equal(
        got,
        [placed(stages, BUILDS_ON) for stages in questions],
        what="The order of some stages",
        mistakes={
            "It sorts by STAGES; stages that don't build on each other keep the order they were given in.": lambda: [
                sorted(stages, key=STAGES.index) for stages in questions
            ],
            "It looks at direct needs only; a stage that isn't given still passes its needs on.": lambda: [
                placed(stages, direct) for stages in questions
            ],
            "It places all stages that are free at once; the first given one is to be looked for anew each time.": (
                lambda: [breadth_first(stages) for stages in questions]
            ),
            "It puts what a stage builds on right before it, instead of the first given stage that is free.": lambda: [
                depth_first(stages) for stages in questions
            ],
            "It sorts by how much a stage builds on; stages that don't build on each other keep their order.": lambda: [
                sorted(stages, key=lambda stage: len(BUILDS_ON[stage])) for stages in questions
            ],
            "LoRA is made to wait for alignment; it adapts any trained model, a base model too.": lambda: [
                placed(stages, {**BUILDS_ON, "lora": BUILDS_ON["alignment"] + ["alignment"]}) for stages in questions
            ],
        },
    )


@exercise("order_stages")
def test_a_stage_given_twice_counts_once(student, rng):
    stages = shuffled(rng, ["sft", "pretraining", "alignment"])
    expect_equal(
        [student.order_stages(stages + stages), student.order_stages([])],
        [["pretraining", "sft", "alignment"], []],
        what="The order of stages given twice",
        mistakes={
            "A stage given twice is placed twice.": lambda: [
                [stage for stage in ("pretraining", "sft", "alignment") for _ in range(2)],
                [],
            ]
        },
    )


@probe
def missing_of_a_generator(lesson, stages):
    return lesson.missing_prerequisites(stage for stage in stages)


@exercise("missing_prerequisites")
def test_stages_from_a_generator(student):
    expect_equal(
        student.run(missing_of_a_generator, ["sft", "transformer"]),
        ["tokenization", "embeddings", "pretraining"],
        what="The list of missing stages for stages from a generator",
        mistakes={"The stages are read twice, but a generator gives them once.": []},
    )


@exercise("order_stages")
def test_an_unknown_stage_cannot_be_ordered(student):
    with expect_error("ValueError", what="order_stages with a stage that doesn't exist"):
        student.order_stages(["pretraining", "distillation"])
    student.order_stages(["pretraining"])


# --- what goes wrong ------------------------------------------------------------------------------------------------

SYMPTOMS = {
    "counts_letters_wrong": (
        "tokenization",
        "sees_pieces",
        "A model never sees letters: what it reads are ids, and an id stands for a whole piece of a word.",
    ),
    "noise_with_another_tokenizer": (
        "tokenization",
        "ids_of_another_table",
        "The table is part of the model: another table gives the same text other ids.",
    ),
    "order_makes_no_difference": (
        "embeddings",
        "no_positions",
        "Attention is a weighted average, and an average has no order: the place has to be in the vector.",
    ),
    "peeks_at_the_next_token": (
        "transformer",
        "no_causal_mask",
        "Whoever can read the answer learns to copy it, and at generation there is nothing to copy.",
    ),
    "fluent_in_form_empty_in_fact": (
        "pretraining",
        "no_knowledge_to_format",
        "Dialogues teach a form; what is to be said in it has to be in the weights before.",
    ),
    "loss_near_log_of_the_vocabulary": (
        "pretraining",
        "nothing_learned",
        "A loss of the logarithm of the vocabulary is that of guessing: no text has taught these weights anything.",
    ),
    "unaware_of_last_week": (
        "pretraining",
        "text_ends_there",
        "Facts come from the text that a model was pretrained on, and that was collected up to some day.",
    ),
    "answers_with_questions": (
        "sft",
        "continues_documents",
        "Where a document holds one question, it often holds more: nothing has shown it yet that an answer follows.",
    ),
    "prefers_without_replies": (
        "sft",
        "nothing_to_judge",
        "Comparing two continuations says nothing about answers: they have to be there before they can be judged.",
    ),
    "writes_the_users_part": (
        "sft",
        "prompt_supervised",
        "Whatever is supervised is imitated: with the user's part in the labels, the user's part is learned.",
    ),
    "good_in_one_template_only": (
        "sft",
        "another_template",
        "A model answers in the template that it was shown answers in; another one is just text to it.",
    ),
    "copies_careless_replies": (
        "sft",
        "imitates_its_examples",
        "A model imitates the demonstrations that it is given, the careless ones too.",
    ),
    "confidently_wrong": (
        "alignment",
        "no_signal_of_quality",
        "Demonstrations teach how an answer sounds; that a right one is better than a wrong one, nobody has told it.",
    ),
    "helps_with_phishing": (
        "alignment",
        "no_signal_of_quality",
        "It follows instructions, as it was taught to; that some are better refused takes somebody who compares.",
    ),
    "agrees_with_anything": (
        "alignment",
        "preferred_is_not_true",
        "It learned what it was rewarded for: raters liked agreement, so agreement is what they got.",
    ),
    "only_exclamation_marks": (
        "alignment",
        "reward_hacked",
        "A reward model can be deceived; only a penalty for leaving the reference keeps a policy from doing so.",
    ),
    "refuses_harmless_requests": (
        "alignment",
        "pushed_too_far",
        "More of it is not always better: pressed for safety too hard, a model refuses whatever looks dangerous.",
    ),
    "training_needs_84_gb": (
        "lora",
        "optimizer_for_every_weight",
        "Weights are a sixth of what finetuning takes; the rest comes with every weight that is trained.",
    ),
    "sounds_like_everybody": (
        "lora",
        "not_adapted",
        "A house's style is a small refinement of a good model, and small refinements have a cheap way of their own.",
    ),
    "update_counted_twice": (
        "lora",
        "merged_and_still_running",
        "After merging, the update is in the weight; what still runs beside it adds it once more.",
    ),
    "adapter_misses_a_language": (
        "lora",
        "not_a_refinement",
        "A small rank holds a refinement; a language never met is a revolution.",
    ),
    "two_bits_and_nonsense": (
        "quantization",
        "too_few_bits",
        "Every bit less halves the levels a weight can take, and at some point they are too few.",
    ),
    "one_weight_spoils_all": (
        "quantization",
        "outlier_sets_the_scale",
        "The scale is set by the largest weight: where one is far larger than the rest, the rest is rounded to zero.",
    ),
    "memory_grows_with_the_talk": (
        "quantization",
        "cache_in_16_bits",
        "It isn't the weights that grow: every token leaves a key and a value in every layer.",
    ),
}
MIXED_UP = {
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
    ): "It takes no new model to change a style: a few percent of the numbers do.",
    ("two_bits_and_nonsense", "lora"): "Nothing was trained here: weights were rounded to four levels.",
    (
        "memory_grows_with_the_talk",
        "transformer",
    ): "The architecture is as it should be; what it caches can be stored in fewer bits.",
}


@exercise("explain_failure")
@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_every_symptom(student, symptom):
    stage, cause, reason = SYMPTOMS[symptom]
    got = student.explain_failure(symptom)
    if not isinstance(got, dict) or got.keys() != {"stage", "cause"}:
        fail("explain_failure must return a dict with stage and cause.", got=got)
    if got["stage"] != stage:
        fail(MIXED_UP.get((symptom, got["stage"]), reason), expected=stage, got=got["stage"])
    if got["cause"] != cause:
        fail(f"The stage is right, the cause isn't. {reason}", expected=cause, got=got["cause"])


# --- names of models ------------------------------------------------------------------------------------------------

# As they stand on the hub, or as files of the repositories there:
# name | family | version | parameters in millions | active in millions | stage | bits | method
NAMES = """
meta-llama/Meta-Llama-3-8B                        | llama | 3 | 8000 | - | pretraining | 16 | -
meta-llama/Meta-Llama-3-70B-Instruct              | llama | 3 | 70000 | - | alignment | 16 | -
meta-llama/Llama-2-7b-hf                          | llama | 2 | 7000 | - | pretraining | 16 | -
meta-llama/Llama-2-13b-chat-hf                    | llama | 2 | 13000 | - | alignment | 16 | -
meta-llama/Llama-2-70b-chat                       | llama | 2 | 70000 | - | alignment | 16 | -
meta-llama/Llama-3.1-8B                           | llama | 3.1 | 8000 | - | pretraining | 16 | -
meta-llama/Llama-3.1-405B-Instruct-FP8            | llama | 3.1 | 405000 | - | alignment | 8 | -
meta-llama/Llama-3.2-1B                           | llama | 3.2 | 1000 | - | pretraining | 16 | -
meta-llama/Llama-3.2-3B-Instruct                  | llama | 3.2 | 3000 | - | alignment | 16 | -
meta-llama/Llama-3.3-70B-Instruct                 | llama | 3.3 | 70000 | - | alignment | 16 | -
meta-llama/CodeLlama-34b-Instruct-hf              | codellama | - | 34000 | - | alignment | 16 | -
codellama/CodeLlama-7b-Python-hf                  | codellama | - | 7000 | - | pretraining | 16 | -
mistralai/Mistral-7B-v0.1                         | mistral | 0.1 | 7000 | - | pretraining | 16 | -
mistralai/Mistral-7B-Instruct-v0.3                | mistral | 0.3 | 7000 | - | alignment | 16 | -
mistralai/Mixtral-8x7B-v0.1                       | mixtral | 0.1 | 56000 | - | pretraining | 16 | -
mistralai/Mixtral-8x22B-Instruct-v0.1             | mixtral | 0.1 | 176000 | - | alignment | 16 | -
mistralai/Mistral-Nemo-Base-2407                  | mistral | - | - | - | pretraining | 16 | -
mistralai/Mistral-Nemo-Instruct-2407              | mistral | - | - | - | alignment | 16 | -
mistralai/Ministral-8B-Instruct-2410              | ministral | - | 8000 | - | alignment | 16 | -
mistralai/Mistral-Small-24B-Base-2501             | mistral | - | 24000 | - | pretraining | 16 | -
Qwen/Qwen2.5-1.5B                                 | qwen | 2.5 | 1500 | - | pretraining | 16 | -
Qwen/Qwen2.5-72B-Instruct                         | qwen | 2.5 | 72000 | - | alignment | 16 | -
Qwen/Qwen2.5-7B-Instruct-AWQ                      | qwen | 2.5 | 7000 | - | alignment | 4 | awq
Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8                | qwen | 2.5 | 7000 | - | alignment | 8 | gptq
Qwen/Qwen2.5-0.5B-Instruct-GPTQ-Int4              | qwen | 2.5 | 500 | - | alignment | 4 | gptq
Qwen/Qwen2.5-3B-Instruct-GGUF                     | qwen | 2.5 | 3000 | - | alignment | - | gguf
Qwen/Qwen-7B-Chat-Int4                            | qwen | - | 7000 | - | alignment | 4 | -
Qwen/Qwen1.5-110B-Chat                            | qwen | 1.5 | 110000 | - | alignment | 16 | -
Qwen/Qwen1.5-MoE-A2.7B                            | qwen | 1.5 | - | 2700 | pretraining | 16 | -
Qwen/Qwen1.5-MoE-A2.7B-Chat-GPTQ-Int4             | qwen | 1.5 | - | 2700 | alignment | 4 | gptq
Qwen/Qwen2-57B-A14B-Instruct                      | qwen | 2 | 57000 | 14000 | alignment | 16 | -
Qwen/Qwen3-30B-A3B                                | qwen | 3 | 30000 | 3000 | pretraining | 16 | -
Qwen/Qwen3-30B-A3B-Instruct-2507                  | qwen | 3 | 30000 | 3000 | alignment | 16 | -
Qwen/Qwen3-235B-A22B-Instruct-2507-FP8            | qwen | 3 | 235000 | 22000 | alignment | 8 | -
Qwen/Qwen3-8B-Base                                | qwen | 3 | 8000 | - | pretraining | 16 | -
google/gemma-7b                                   | gemma | - | 7000 | - | pretraining | 16 | -
google/gemma-2b-it                                | gemma | - | 2000 | - | alignment | 16 | -
google/gemma-2-9b-it                              | gemma | 2 | 9000 | - | alignment | 16 | -
google/gemma-2-27b                                | gemma | 2 | 27000 | - | pretraining | 16 | -
google/gemma-3-4b-pt                              | gemma | 3 | 4000 | - | pretraining | 16 | -
google/gemma-3-27b-it-qat-q4_0-gguf               | gemma | 3 | 27000 | - | alignment | 4 | gguf
openai-community/gpt2                             | gpt | 2 | - | - | pretraining | 16 | -
openai-community/gpt2-xl                          | gpt | 2 | - | - | pretraining | 16 | -
HuggingFaceTB/SmolLM2-135M                        | smollm | 2 | 135 | - | pretraining | 16 | -
HuggingFaceTB/SmolLM2-360M-Instruct               | smollm | 2 | 360 | - | alignment | 16 | -
HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF          | smollm | 2 | 1700 | - | alignment | - | gguf
HuggingFaceTB/SmolLM3-3B-Base                     | smollm | 3 | 3000 | - | pretraining | 16 | -
EleutherAI/pythia-160m-deduped                    | pythia | - | 160 | - | pretraining | 16 | -
EleutherAI/pythia-1.4b                            | pythia | - | 1400 | - | pretraining | 16 | -
facebook/opt-125m                                 | opt | - | 125 | - | pretraining | 16 | -
facebook/opt-6.7b                                 | opt | - | 6700 | - | pretraining | 16 | -
bigscience/bloom-560m                             | bloom | - | 560 | - | pretraining | 16 | -
tiiuae/falcon-40b-instruct                        | falcon | - | 40000 | - | alignment | 16 | -
tiiuae/falcon-180B-chat                           | falcon | - | 180000 | - | alignment | 16 | -
01-ai/Yi-1.5-9B-Chat-16K                          | yi | 1.5 | 9000 | - | alignment | 16 | -
microsoft/phi-2                                   | phi | 2 | - | - | pretraining | 16 | -
microsoft/Phi-3-mini-4k-instruct                  | phi | 3 | - | - | alignment | 16 | -
microsoft/Phi-3-medium-128k-instruct              | phi | 3 | - | - | alignment | 16 | -
microsoft/Phi-3.5-MoE-instruct                    | phi | 3.5 | - | - | alignment | 16 | -
TinyLlama/TinyLlama-1.1B-Chat-v1.0                | tinyllama | 1.0 | 1100 | - | alignment | 16 | -
allenai/OLMo-2-1124-7B                            | olmo | 2 | 7000 | - | pretraining | 16 | -
allenai/OLMo-2-1124-7B-SFT                        | olmo | 2 | 7000 | - | sft | 16 | -
allenai/OLMo-2-1124-13B-DPO                       | olmo | 2 | 13000 | - | alignment | 16 | -
allenai/OLMo-7B-0724-hf                           | olmo | - | 7000 | - | pretraining | 16 | -
allenai/Llama-3.1-Tulu-3-8B-SFT                   | llama | 3.1 | 8000 | - | sft | 16 | -
allenai/Llama-3.1-Tulu-3-70B-DPO                  | llama | 3.1 | 70000 | - | alignment | 16 | -
allenai/tulu-2-dpo-70b                            | tulu | 2 | 70000 | - | alignment | 16 | -
ibm-granite/granite-3.1-8b-instruct               | granite | 3.1 | 8000 | - | alignment | 16 | -
deepseek-ai/DeepSeek-V3-Base                      | deepseek | 3 | - | - | pretraining | 16 | -
deepseek-ai/DeepSeek-V2-Lite-Chat                 | deepseek | 2 | - | - | alignment | 16 | -
tloen/alpaca-lora-7b                              | alpaca | - | 7000 | - | lora | 16 | -
TheBloke/Llama-2-7B-Chat-GPTQ                     | llama | 2 | 7000 | - | alignment | 4 | gptq
TheBloke/Llama-2-13B-chat-AWQ                     | llama | 2 | 13000 | - | alignment | 4 | awq
TheBloke/Llama-2-70B-Chat-GGUF                    | llama | 2 | 70000 | - | alignment | - | gguf
mistral-7b-instruct-v0.2.Q4_K_M.gguf | mistral | 0.2 | 7000 | - | alignment | 4 | gguf
mistral-7b-v0.1.Q8_0.gguf | mistral | 0.1 | 7000 | - | pretraining | 8 | gguf
mixtral-8x7b-v0.1.Q2_K.gguf | mixtral | 0.1 | 56000 | - | pretraining | 2 | gguf
TheBloke/Mixtral-8x7B-Instruct-v0.1-GPTQ          | mixtral | 0.1 | 56000 | - | alignment | 4 | gptq
TheBloke/falcon-7b-instruct-GPTQ                  | falcon | - | 7000 | - | alignment | 4 | gptq
Meta-Llama-3.1-8B-Instruct-Q5_K_S.gguf | llama | 3.1 | 8000 | - | alignment | 5 | gguf
Meta-Llama-3.1-8B-Instruct-IQ2_M.gguf | llama | 3.1 | 8000 | - | alignment | 2 | gguf
Llama-3.2-1B-Instruct-f16.gguf | llama | 3.2 | 1000 | - | alignment | 16 | -
Qwen2.5-72B-Instruct-Q6_K.gguf | qwen | 2.5 | 72000 | - | alignment | 6 | gguf
unsloth/llama-3-8b-bnb-4bit                       | llama | 3 | 8000 | - | pretraining | 4 | bnb
unsloth/mistral-7b-instruct-v0.2-bnb-4bit         | mistral | 0.2 | 7000 | - | alignment | 4 | bnb
unsloth/Meta-Llama-3.1-70B-Instruct-bnb-4bit      | llama | 3.1 | 70000 | - | alignment | 4 | bnb
mlx-community/Llama-3.2-3B-Instruct-4bit          | llama | 3.2 | 3000 | - | alignment | 4 | -
mlx-community/Qwen2.5-7B-Instruct-8bit            | qwen | 2.5 | 7000 | - | alignment | 8 | -
hugging-quants/Meta-Llama-3.1-8B-Instruct-AWQ-INT4 | llama | 3.1 | 8000 | - | alignment | 4 | awq
hugging-quants/Meta-Llama-3.1-8B-Instruct-BNB-NF4 | llama | 3.1 | 8000 | - | alignment | 4 | bnb
neuralmagic/Meta-Llama-3.1-8B-Instruct-quantized.w4a16 | llama | 3.1 | 8000 | - | alignment | 4 | -
neuralmagic/Meta-Llama-3.1-70B-Instruct-quantized.w8a8 | llama | 3.1 | 70000 | - | alignment | 8 | -
"""


def names_with(field):
    """Every name and what is right for one field."""
    place = ("family", "version", "parameters", "active_parameters", "stage", "bits", "method").index(field)
    found = {}
    for line in NAMES.strip().splitlines():
        name, *values = (part.strip() for part in line.split("|"))
        value = values[place]
        if field in ("parameters", "active_parameters"):
            found[name] = None if value == "-" else int(value) * 1_000_000
        elif field == "bits":
            found[name] = None if value == "-" else int(value)
        else:
            found[name] = None if value == "-" else value
    return found


def sentence_for(field, name, right, got):
    """What went wrong with one field of one name, without either value."""
    lower = name.lower().rpartition("/")[2]
    if field == "family":
        if isinstance(got, str) and got != got.lower():
            return "The family must be in lower case."
        if got == "meta":
            return "The maker in front of a family is taken for the family."
        if isinstance(got, str) and "/" in got:
            return "The publisher before the slash is no part of the name."
        return "Digits that end the family are its version." if got and right in got else "The family is wrong."
    if field == "version":
        if isinstance(got, (int, float)):
            return "The version must be a text: 3.10 and 3.1 are two versions."
        if isinstance(got, str) and len(got) == 4 and got.isdigit():
            return "A number of four digits is a date, not a version."
        if isinstance(got, str) and got.startswith("v"):
            return "The v before a version is no part of it."
        if right and got and got in lower:
            return "Of several versions the first counts: the others are of something else in the name."
        return "The version is not found." if right else "A name without a version is given one."
    if field == "parameters":
        if isinstance(got, (int, float)) and f"a{got / 1e9:g}b" in lower:
            return "The parameters that work on one token are taken for all of them."
        if right is None:
            return "A name that tells no size is given one: a length of context is not a size."
        if "x" in lower.split("b")[0] and got in (right // 8, 8 * 10**9):
            return "A mixture of eight experts is counted as one of them."
        if isinstance(got, (int, float)) and got in (right // 10**3, right * 10**3, right // 10**6, right / 10**9):
            return "A size in millions or billions is not turned into a number of parameters."
        version = names_with("version")[name]
        if version and isinstance(got, (int, float)) and got == round(float(version) * 1e9):
            return "The version is read as the size."
        if isinstance(got, (int, float)) and got == right // 10**9 * 10**9:
            return "A size is cut to whole billions."
        return "The size is not found." if got is None else "The size is wrong."
    if field == "active_parameters":
        return (
            "The size after an A is that of the parameters that work on one token."
            if right
            else ("Only a name that tells its active parameters has any.")
        )
    if field == "stage":
        if right == "alignment" and got == "sft":
            return "An instruct or chat model went through SFT and through alignment, which is the later stage."
        if right == "sft":
            return "A name with SFT in it stops at that stage."
        if right == "lora":
            return "A name with LoRA in it is that of an adapter."
        if right == "pretraining":
            return "A name without a word for its stage is that of a base model."
        return "it, chat, instruct, dpo and rlhf all tell of an aligned model."
    if field == "bits":
        if right is None:
            return "GGUF is a kind of file; where the name says no width, it can be any."
        if got is not None and f"w{right}a{got}" in lower:
            return "In a word like w4a16 the first number is the weights', the second the activations'."
        if right == 4 and ("gptq" in lower or "awq" in lower) and "int" not in lower:
            return "GPTQ and AWQ mean 4 bits where the name says no width."
        if right < 16 and got in (None, 16):
            return "The width at the end of the name is ignored."
        return "A model whose name says no width has 16 bits." if right == 16 else "The width is wrong."
    if right == "gguf" and got is None:
        return "A word like Q4_K_M means gguf, also where no other word says it."
    if right is None:
        return "A width alone names no method of quantization."
    return "The method of quantization is not found."


FIELDS = ("family", "version", "parameters", "active_parameters", "stage", "bits", "method")


@exercise("decode_model_name")
@pytest.mark.parametrize("field", FIELDS)
def test_published_names(student, field):
    right = names_with(field)
    cards = student.run(answers_for, "decode_model_name", list(right))
    for (name, expected), got in zip(right.items(), cards, strict=True):
        if not isinstance(got, dict) or set(got) != set(FIELDS):
            fail("decode_model_name must return a dict with the seven keys of ModelCard.", got=got)
        same = got[field] == expected and (expected is None or isinstance(got[field], type(expected)))
        if not same and not (field.endswith("parameters") and isinstance(got[field], float) and got[field] == expected):
            fail(sentence_for(field, name, expected, got[field]), expected=f"{name}: {expected}", got=got[field])


WIDTHS = [
    ("", 16, None),
    ("GPTQ", 4, "gptq"),
    ("AWQ 8-bit", 8, "awq"),
    ("bnb-8bit", 8, "bnb"),
    ("Q3_K_L", 3, "gguf"),
    ("NF4", 4, "bnb"),
    ("3 bit", 3, None),
    ("GGUF", None, "gguf"),
    ("w8a16", 8, None),
    ("bf16", 16, None),
]


def made_up(rng):
    """A name put together from the grammar, and its card."""
    family = "".join(one_of(rng, *"bdfklmnprst") + one_of(rng, *"aeou") for _ in range(3))
    version = f"{one_of(rng, 1, 2, 4, 6)}.{one_of(rng, 2, 5, 10)}"
    size, unit = one_of(rng, 13, 34, 65, 110), one_of(rng, "B", "m")
    words = {"stage": one_of(rng, "", "SFT", "Instruct", "it", "LoRA", "Chat"), "date": one_of(rng, "", "2405")}
    width, bits, method = one_of(rng, *WIDTHS)
    glued = one_of(rng, True, False)
    separator = one_of(rng, "-", " ", ", ")
    parts = [f"{family.title()}{version}" if glued else f"{family.upper()}{separator}v{version}", f"{size}{unit}"]
    parts += [words["stage"], words["date"], "preview", width]
    stage = {"": "pretraining", "SFT": "sft", "LoRA": "lora"}.get(words["stage"], "alignment")
    parameters = size * (10**9 if unit == "B" else 10**6)
    card = dict(zip(FIELDS, (family, version, parameters, None, stage, bits, method), strict=True))
    return one_of(rng, "", "some-lab/") + separator.join(filter(None, parts)), card


@exercise("decode_model_name", points=2)
def test_names_that_nobody_has_seen(student, rng):
    made = [made_up(rng) for _ in range(40)]
    cards = student.run(answers_for, "decode_model_name", [name for name, _ in made])
    for (name, right), got in zip(made, cards, strict=True):
        misread = [field for field in FIELDS if not isinstance(got, dict) or got.get(field) != right[field]]
        if got != right:
            if name.endswith(("3 bit", "8-bit")) and set(misread) <= {"bits", "version"}:
                fail('Any width is one word, "3 bit" and "8-bit" too.', expected=f"{name}: {right}", got=got)
            fail(
                "Names that follow the grammar and were never published are not read. "
                + f"What is read wrongly: {', '.join(misread)}.",
                expected=f"{name}: {right}",
                got=got,
            )


@exercise("decode_model_name")
def test_the_latest_stage_counts(student):
    names = ["Llama-3-8B-DPO-SFT", "Llama-3-8B-LoRA-Instruct", "Llama-3-8B-SFT-chat", "Llama-3-8B-Instruct-Base"]
    stages = [card["stage"] for card in student.run(answers_for, "decode_model_name", names)]
    expect_equal(
        stages,
        ["alignment", "lora", "alignment", "alignment"],
        what="The stage of a name with two words for it",
        mistakes={
            "Of several words for a stage the last in the name counts, not the latest stage.": [
                "sft",
                "alignment",
                "alignment",
                "pretraining",
            ],
            "Of several words for a stage the first in the name counts, not the latest stage.": [
                "alignment",
                "lora",
                "sft",
                "alignment",
            ],
        },
    )


@exercise("decode_model_name")
@pytest.mark.parametrize("name", ["", "meta", "meta-llama/", " - "], ids=["empty", "maker", "slash", "hyphen"])
def test_no_name_at_all(student, name):
    with expect_error("ValueError", what="decode_model_name of a name without a word"):
        student.decode_model_name(name)
    student.decode_model_name("gpt2")


@exercise("weight_gigabytes")
def test_experts_all_have_to_be_there(student):
    moe = {"family": "qwen", "version": "3", "parameters": 30_000_000_000, "active_parameters": 3_000_000_000}
    moe |= {"stage": "alignment", "bits": 16, "method": None}
    odd = {**moe, "parameters": 1_500_000_000, "active_parameters": None, "bits": 3}
    expect_close(
        [student.weight_gigabytes(moe), student.weight_gigabytes(odd)],
        [60.0, 0.5625],
        what="The gigabytes of a mixture of experts",
        rtol=1e-9,
        mistakes={
            "Only the active parameters are counted; all experts have to be there.": [6.0, 0.5625],
            "It rounds its result.": [60.0, 0.56],
            "It rounds to whole gigabytes.": [60, 1],
        },
    )


# --- how much to change ---------------------------------------------------------------------------------------------


@probe
def fraction_of(lesson, settings, method, classes, r, frozen, bare):
    model = builders.tiny_gpt2(5, **settings)
    model = model.transformer if bare else model
    for place, parameter in enumerate(model.parameters()):
        if frozen and place % 3:
            parameter.requires_grad_(False)
    before = [(name, parameter.requires_grad, parameter.clone()) for name, parameter in model.named_parameters()]
    modules = [name for name, _ in model.named_modules()]
    mode = model.training
    value = lesson.adaptation_fraction(model, method, classes, r)
    after = [(name, parameter.requires_grad, parameter) for name, parameter in model.named_parameters()]
    same = len(before) == len(after) and all(
        one[:2] == two[:2] and torch.equal(one[2], two[2]) for one, two in zip(before, after, strict=True)
    )
    return value, same and modules == [name for name, _ in model.named_modules()] and mode == model.training


def shape_of(rng):
    width = one_of(rng, 12, 18, 24)
    return {"width": width, "heads": 3, "layers": one_of(rng, 1, 2), "vocabulary": one_of(rng, 29, 41)}


def numbers_of(settings):
    """Parameters of a GPT-2, counted by hand: embeddings, 12 D² + 13 D a block, final norm."""
    width = settings["width"]
    return (settings["vocabulary"] + 32) * width + settings["layers"] * (12 * width**2 + 13 * width) + 2 * width


@exercise("adaptation_fraction")
@pytest.mark.parametrize("method", ["classification_head", "lora", "sft", "full_finetuning"])
def test_what_is_frozen_now_does_not_matter(student, rng, method):
    settings = shape_of(rng)
    total, width, layers = numbers_of(settings), settings["width"], settings["layers"]
    trained = {"classification_head": 4 * (width + 1), "lora": layers * 3 * 4 * width}.get(method, total)
    got = [student.run(fraction_of, settings, method, 4, 3, frozen, False) for frozen in (False, True)]
    if not all(same for _, same in got):
        fail("It changes the model that it only has to count.")
    values = [value for value, _ in got]
    if values[0] != values[1]:
        fail("It counts what is frozen at the moment; a method decides itself what it trains.", got=values)
    expect_close(
        values[0],
        trained / total,
        what="adaptation_fraction",
        rtol=1e-6,
        atol=0.0,
        mistakes={
            "The number of classes is not used.": 2 * (width + 1) / total,
            "The rank is not used.": layers * 8 * 4 * width / total,
            "A width of 768 is built in.": 4 * 769 / total,
            "Twelve blocks are built in.": 12 * 3 * 4 * width / total,
            "Detours are counted beside attn.c_proj too.": layers * 3 * (4 + 2) * width / total,
        },
    )


@exercise("adaptation_fraction")
def test_a_model_without_its_output_layer(student, rng):
    settings = shape_of(rng)
    total, width = numbers_of(settings), settings["width"]
    got = [
        student.run(fraction_of, settings, method, 2, 2, False, True)[0] for method in ("lora", "classification_head")
    ]
    expect_close(
        got,
        [settings["layers"] * 2 * 4 * width / total, 2 * (width + 1) / total],
        what="adaptation_fraction of a GPT2Model",
        rtol=1e-6,
        atol=0.0,
    )


# Bytes for each parameter, between which something changes: 0.5, 2, 12 and 14.
MEMORIES = (0.4, 0.5, 1.9, 2.0, 11.9, 12.0, 13.9, 14.0)
KINDS = ("labels", "demonstrations", "preferences", "plain_text")
DATA = [tuple(kind for place, kind in enumerate(KINDS) if number >> place & 1) for number in range(16)]
SIZE = 3_000_000_000


@probe
def choices(lesson, behaviours, tasks, starts, data, memories, parameters):
    found = []
    for behaviour in behaviours:
        for task in tasks:
            for start in starts:
                for kinds in data:
                    for bytes_each in memories:
                        need = {
                            "task": task,
                            "behaviour": behaviour,
                            "start": start,
                            "data": tuple(kinds),
                            "parameters": parameters,
                            "memory_gb": bytes_each * parameters / 1e9,
                        }
                        choice = lesson.choose_method(need)
                        found.append(f"{choice['method']}, {choice['reason']}")
    return found


def detour(memory, enough, whole, reason, falls="only_the_weights_fit"):
    """What a method comes down to when memory gets scarce: itself, a detour, one on 4 bits, nothing."""
    if memory >= enough:
        return f"{whole}, {reason}"
    if memory >= 2:
        return f"lora, {falls}"
    return "qlora, only_4_bits_fit" if memory >= 0.5 else "smaller_model, nothing_fits"


def right_choice(behaviour, task, start, data, memory):
    """The answer, case by case."""
    if behaviour == "as_is":
        return "none, already_there"
    without = "get_data, no_such_data"
    if task == "classify":
        return "classification_head, features_suffice" if "labels" in data else without
    if behaviour == "style":
        return detour(memory, 2, "lora", "refinement") if "demonstrations" in data else without
    if behaviour == "form":
        return detour(memory, 12, "sft", "demonstrations_show_the_form") if "demonstrations" in data else without
    if behaviour == "new_language":
        if "plain_text" not in data:
            return without
        return "full_finetuning, not_a_refinement" if memory >= 12 else "smaller_model, nothing_fits"
    if start == "instruct":
        return detour(memory, 14, "alignment", "preferences_carry_judgment") if "preferences" in data else without
    if "preferences" in data and "demonstrations" in data:
        return detour(memory, 14, "sft_and_alignment", "nothing_to_judge_yet")
    return without


REASONS = {
    "already_there": "Where nothing has to change, nothing is to be trained.",
    "no_such_data": "Without the data that a method learns from there is nothing that it could learn.",
    "features_suffice": "For classes a head is enough: the model is a feature extractor already.",
    "refinement": "A style is a refinement, and a detour of low rank holds it even where all weights could be trained.",
    "demonstrations_show_the_form": "A form is shown by demonstrations; it takes no comparing of answers.",
    "preferences_carry_judgment": "An instruct model has its form already; what is wanted are preferences.",
    "nothing_to_judge_yet": "From a base model, alignment alone has nothing to judge: SFT has to come first.",
    "not_a_refinement": "A new language is no refinement: all weights have to move.",
    "only_the_weights_fit": "Where the weights fit into memory and training all of them doesn't, it is a detour.",
    "only_4_bits_fit": "Weights that don't fit in 16 bits may fit in 4, with a detour beside them.",
    "nothing_fits": "What doesn't fit in any way calls for a smaller model.",
}


def sentence_of(right, got, behaviour, task, memory):
    """The lesson's reason, or a narrower one where the mistake shows."""
    method, reason = right.split(", ")
    picked = got.split(", ")[0]
    if reason == "nothing_fits" and behaviour == "new_language" and picked in ("lora", "qlora"):
        return "A detour can't hold a new language: where all weights can't be trained, the model is too large."
    if reason == "only_the_weights_fit" and 12 <= memory < 14:
        return "Alignment keeps a frozen reference beside the model that it trains, which takes 2 bytes more."
    if reason == "refinement" and picked in ("sft", "lora"):
        return "A style is a refinement: a detour does it, and all weights need not move."
    if reason == "nothing_to_judge_yet" and picked == "alignment":
        return "A base model gives no replies that could be judged: first SFT, then alignment."
    if reason == "preferences_carry_judgment" and picked == "sft_and_alignment":
        return "An instruct model has been through SFT; it is not to be done again."
    if reason == "features_suffice" and picked in ("lora", "qlora", "smaller_model"):
        return "A frozen model with a head on it is not asked for memory here."
    if reason == "already_there" and picked == "get_data":
        return "What is there already needs no data."
    if picked == "get_data" and method != "get_data":
        return "The data that the method takes is there; what else there is does no harm."
    if memory in (0.5, 2.0, 12.0, 14.0) and picked != method:
        return f"{REASONS[reason]} What just fits, fits."
    return REASONS[reason]


@exercise("choose_method")
@pytest.mark.parametrize("behaviour", ["as_is", "form", "judgment", "style", "new_language"])
@pytest.mark.parametrize("task", ["continue", "classify", "assist"])
def test_every_need(student, task, behaviour):
    starts = ("base", "instruct")
    got = student.run(choices, [behaviour], [task], starts, DATA, MEMORIES, SIZE)
    asked = [(start, data, memory) for start in starts for data in DATA for memory in MEMORIES]
    rights = [right_choice(behaviour, task, *one) for one in asked]
    in_gib = [right_choice(behaviour, task, start, data, memory * 2**30 / 1e9) for start, data, memory in asked]
    if got == in_gib != rights:
        fail("memory_gb counts 10**9 bytes; it is taken for GiB.")
    for (start, data, memory), right, answer in zip(asked, rights, got, strict=True):
        if answer != right:
            fail(
                sentence_of(right, answer, behaviour, task, memory),
                expected=f"{task}, {behaviour}, {start}, {data}, {memory} bytes a parameter: {right}",
                got=answer,
            )


# --- the student's own parts ----------------------------------------------------------------------------------------

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
def own_parts(lesson, stage, seed, steps, rate):
    import copy
    import types

    tools = lesson.__tools__
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
    report = lesson.run_pipeline(tools, base, skip)["stages"][stage]
    return {"state": report["state"], "missing": list(report["missing"]), "unloaded": list(tools.problems), **found}


@exercise("run_pipeline", points=2)
@pytest.mark.parametrize("stage", PARTS)
def test_your_own_parts(student, rng, stage):
    seed = one_of(rng, *range(3, 40))
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
