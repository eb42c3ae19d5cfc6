"""Hidden checks of `decode_model_name`."""

import pytest
from pipeline_hidden_oracles import answers_for
from pipeline_oracles import answers_to, card, made_up_word

from autograder.checks import AnyOf, StudentError, exercise, expect_equal, expect_error, fail

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


FIELDS = ("family", "version", "parameters", "active_parameters", "stage", "bits", "method")


def published_cards():
    """The names of NAMES, each with its card."""
    cards = {}
    for line in NAMES.strip().splitlines():
        name, *texts = (part.strip() for part in line.split("|"))
        card = {field: None if text == "-" else text for field, text in zip(FIELDS, texts, strict=True)}
        for field, unit in (("parameters", 1_000_000), ("active_parameters", 1_000_000), ("bits", 1)):
            card[field] = card[field] and int(card[field]) * unit
        cards[name] = card
    return cards


PUBLISHED = published_cards()


def file_of(name):
    """A name without its publisher, in lower case."""
    return name.lower().rpartition("/")[2]


# What went wrong with one field of one published name, in a sentence without either value.


def family_mistake(name, expected, result):
    if isinstance(result, str) and result != result.lower():
        return "The family must be in lower case."
    if result == "meta":
        return "The maker in front of a family is taken for the family."
    if isinstance(result, str) and "/" in result:
        return "The publisher before the slash is no part of the name."
    return "Digits that end the family are its version." if result and expected in result else "The family is wrong."


def version_mistake(name, expected, result):
    if isinstance(result, (int, float)):
        return "The version must be a text: 3.10 and 3.1 are two versions."
    if isinstance(result, str) and len(result) == 4 and result.isdigit():
        return "A number of four digits is a date, not a version."
    if isinstance(result, str) and result.startswith("v"):
        return "The v before a version is no part of it."
    if expected and result and result in file_of(name):
        return "Of several versions the first counts: the others are of something else in the name."
    return "The version is not found." if expected else "A name without a version is given one."


def parameters_mistake(name, expected, result):
    is_number = isinstance(result, (int, float))
    if is_number and f"a{result / 1e9:g}b" in file_of(name):
        return "The parameters that work on one token are taken for all of them."
    if expected is None:
        return "A name that tells no size is given one: a length of context is not a size."
    if "x" in file_of(name).split("b")[0] and result in (expected // 8, 8 * 10**9):
        return "A mixture of eight experts is counted as one of them."
    if is_number and result in (expected // 10**3, expected * 10**3, expected // 10**6, expected / 10**9):
        return "A size in millions or billions is not turned into a number of parameters."
    version = PUBLISHED[name]["version"]
    if version and is_number and result == round(float(version) * 1e9):
        return "The version is read as the size."
    if is_number and result == expected // 10**9 * 10**9:
        return "A size is cut to whole billions."
    return "The size is not found." if result is None else "The size is wrong."


def active_parameters_mistake(name, expected, result):
    if expected:
        return "The size after an A is that of the parameters that work on one token."
    return "Only a name that tells its active parameters has any."


def stage_mistake(name, expected, result):
    if expected == "alignment" and result == "sft":
        return "An instruct or chat model went through SFT and through alignment, which is the later stage."
    return {
        "sft": "A name with SFT in it stops at that stage.",
        "lora": "A name with LoRA in it is that of an adapter.",
        "pretraining": "A name without a word for its stage is that of a base model.",
        "alignment": "it, chat, instruct, dpo and rlhf all tell of an aligned model.",
    }[expected]


def bits_mistake(name, expected, result):
    words = file_of(name)
    if expected is None:
        return "GGUF is a kind of file; where the name says no width, it can be any."
    if result is not None and f"w{expected}a{result}" in words:
        return "In a word like w4a16 the first number is the weights', the second the activations'."
    if result == 4 and ("gptq" in words or "awq" in words):
        return "GPTQ and AWQ have the width that the name says; 4 only where it says none."
    if expected == 4 and ("gptq" in words or "awq" in words) and "int" not in words:
        return "GPTQ and AWQ mean 4 bits where the name says no width."
    if expected < 16 and result in (None, 16):
        return "The width at the end of the name is ignored."
    return "A model whose name says no width has 16 bits." if expected == 16 else "The width is wrong."


def method_mistake(name, expected, result):
    if expected == "gguf" and result is None:
        if "iq" in file_of(name):
            return "A word like IQ2_XS says its bits and means gguf."
        return "A word like Q4_K_M means gguf, also where no other word says it."
    if expected is None and name.lower().endswith(".gguf"):
        return "A .gguf at the end of a name goes before it is cut into words: it is none of them."
    if expected is None:
        return "A width alone names no method of quantization."
    return "The method of quantization is not found."


MISTAKES = {
    "family": family_mistake,
    "version": version_mistake,
    "parameters": parameters_mistake,
    "active_parameters": active_parameters_mistake,
    "stage": stage_mistake,
    "bits": bits_mistake,
    "method": method_mistake,
}


def is_right(field, expected, result):
    """Equal, and of the same type; a number of parameters may be a float."""
    of_type = expected is None or isinstance(result, type(expected))
    return result == expected and (of_type or (field.endswith("parameters") and isinstance(result, float)))


@exercise("decode_model_name")
@pytest.mark.parametrize("field", FIELDS)
def test_published_names(student, rng, field):
    names = rng.permutation(PUBLISHED)
    cards = dict(zip(names, student.run(answers_for, "decode_model_name", names), strict=True))
    for name, expected in PUBLISHED.items():
        result = cards[name]
        if not isinstance(result, dict) or set(result) != set(FIELDS):
            fail("decode_model_name must return a dict with the seven keys of ModelCard.", got=result)
        if not is_right(field, expected[field], result[field]):
            sentence = MISTAKES[field](name, expected[field], result[field])
            fail(sentence, expected=f"{name}: {expected[field]}", got=result[field])


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


STAGE_WORDS = ["", "SFT", "Instruct", "it", "LoRA", "Chat"]


def made_up(rng, index):
    """A name put together from the grammar, and its card; thirty in a row hold every width and every stage."""
    family = made_up_word(rng)
    version = f"{rng.choice([1, 2, 4, 6])}.{rng.choice([2, 5, 10])}"
    size, unit = rng.choice([13, 34, 65, 110]), rng.choice(["B", "m"])
    words = {"stage": STAGE_WORDS[index % len(STAGE_WORDS)], "date": rng.choice(["", "2405"])}
    width, bits, method = WIDTHS[index % len(WIDTHS)]
    glued = rng.choice([True, False])
    separator = rng.choice(["-", " ", ", "])
    parts = [f"{family.title()}{version}" if glued else f"{family.upper()}{separator}v{version}", f"{size}{unit}"]
    parts += [words["stage"], words["date"], "preview", width]
    stage = {"": "pretraining", "SFT": "sft", "LoRA": "lora"}.get(words["stage"], "alignment")
    parameters = size * (10**9 if unit == "B" else 10**6)
    card = dict(zip(FIELDS, (family, version, parameters, None, stage, bits, method), strict=True))
    return rng.choice(["", "some-lab/"]) + separator.join(filter(None, parts)), card


@exercise("decode_model_name", points=2)
def test_made_up_names(student, rng):
    made = [made_up(rng, index) for index in range(40)]
    cards = student.run(answers_for, "decode_model_name", [name for name, _ in made])
    for (name, right), got in zip(made, cards, strict=True):
        misread = [field for field in FIELDS if not isinstance(got, dict) or got.get(field) != right[field]]
        if got != right:
            sentence = 'Any width is one word, "3 bit" and "8-bit" too.'
            if name.endswith("AWQ 8-bit") and misread == ["bits"]:
                always = "GPTQ and AWQ have the width that the name says; 4 only where it says none."
                fail(f"{always} Or: {sentence}", expected=f"{name}: {right}", got=got)
            if name.endswith(("3 bit", "8-bit")) and set(misread) <= {"bits", "version"}:
                fail(sentence, expected=f"{name}: {right}", got=got)
            fail(
                "Names that follow the grammar and were never published are not read. "
                + f"What is read wrongly: {', '.join(misread)}.",
                expected=f"{name}: {right}",
                got=got,
            )


# Two words for a stage, and the later one of the two.
TWO_STAGES = (
    ("DPO", "SFT", "alignment"),
    ("LoRA", "Instruct", "lora"),
    ("SFT", "chat", "alignment"),
    ("Instruct", "Base", "alignment"),
    ("adapter", "SFT", "lora"),
    ("Base", "SFT", "sft"),
)
TOLD_BY = {"DPO": "alignment", "Instruct": "alignment", "chat": "alignment", "LoRA": "lora", "adapter": "lora"}
TOLD_BY |= {"SFT": "sft", "Base": "pretraining"}


@exercise("decode_model_name")
def test_the_latest_stage_counts(student, rng):
    asked = rng.permutation([pair for one, two, stage in TWO_STAGES for pair in ((one, two, stage), (two, one, stage))])
    names = [f"{made_up_word(rng)}-3-8B-{first}-{second}" for first, second, _ in asked]
    cards = student.run(answers_for, "decode_model_name", names)
    expect_equal(
        [card["stage"] if isinstance(card, dict) and "stage" in card else None for card in cards],
        [stage for _, _, stage in asked],
        what="The stage of a name with two words for it",
        mistakes={
            # "Base" is a word that says pretraining, or says nothing.
            "Of several words for a stage the last in the name counts, not the latest stage.": AnyOf(
                [TOLD_BY[second] for _, second, _ in asked],
                [TOLD_BY[first if second == "Base" else second] for first, second, _ in asked],
            ),
            "Of several words for a stage the first in the name counts, not the latest stage.": AnyOf(
                [TOLD_BY[first] for first, _, _ in asked],
                [TOLD_BY[second if first == "Base" else first] for first, second, _ in asked],
            ),
        },
    )


@exercise("decode_model_name", points=4)
def test_a_name_without_a_word_is_an_error(student, rng):
    """Nothing but separators is left, behind a publisher or the maker or not; each beside a name with a word."""
    separators = ["".join(rng.choice(" -") for _ in range(rng.choice([1, 2, 3]))) for _ in range(3)]
    wordless = ["", "meta", "meta-llama/", " - ", separators[0], f"lab/{separators[1]}", f"{separators[2]}Meta "]
    rights = {}
    for size in rng.permutation(range(1, 90))[:4]:
        family = made_up_word(rng)
        rights[f"{family}-{size}B"] = card(family, None, size * 10**9)
    answers = answers_to(rng, student.decode_model_name, [*wordless, *rights])
    for answer in answers[: len(wordless)]:
        with expect_error("ValueError", what="decode_model_name of a name without a word", explained=True):
            if isinstance(answer, StudentError):
                raise answer
    for answer, right in zip(answers[len(wordless) :], rights.values(), strict=True):
        if isinstance(answer, StudentError):
            raise answer
        expect_equal(answer, right, what="What is read in a name beside one without a word")
