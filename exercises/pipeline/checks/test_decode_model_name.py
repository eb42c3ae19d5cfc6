"""Checks of `decode_model_name`."""

from pipeline_oracles import Row, alone, answers_to, card, made_up_word

from autograder.checks import AnyOf, StudentError, exercise, expect_equal, expect_error


def expect_card(answer, right, what, mistakes=None, advice=""):
    """Compare one card; a version that is a number looks like one that is a text, so it is always told."""
    mistakes = dict(mistakes or {})
    if right["version"] is not None:
        number = {**right, "version": float(right["version"])}
        mistakes["The version must be a text: 3.10 and 3.1 are two versions."] = number
    expect_equal(answer, right, what=what, mistakes=mistakes, advice=advice)


def expect_cards(student, rng, rows):
    """Ask for the names of all rows in drawn order, and compare the cards in the order of the rows."""
    names = [row.question for row in rows]
    answers = answers_to(rng, student.decode_model_name, names)
    with alone(rng, student.decode_model_name, names, answers):
        for row, answer in zip(rows, answers, strict=True):
            if isinstance(answer, StudentError):
                raise answer
            named = f'decode_model_name("{row.question}")'
            expect_card(answer, row.right, named, row.mistakes)


def drawn(rng):
    """A family that there isn't, a version and a size in billions, so as to ask each example with others as well."""
    return made_up_word(rng), f"{rng.randint(4, 10)}.{rng.choice([1, 2, 10])}", rng.choice([13, 34, 65, 110])


@exercise("decode_model_name", points=2)
def test_decode_model_name_docstring_example(student, rng):
    names = []
    for family, version, size in (("llama", "3", 70), drawn(rng), drawn(rng)):
        right = card(family, version, size * 10**9, "alignment", 4, "gptq")
        number = float(version)
        mistakes = {
            "The version is read as the size.": {**right, "parameters": round(number * 10**9)},
            "The size is given in billions, not as a number of parameters.": {**right, "parameters": size},
            "The quantization at the end of the name is ignored.": {**right, "bits": 16, "method": None},
            "The width in bits is ignored.": {**right, "bits": 16},
            "The version must be a text: 3.10 and 3.1 are two versions.": {**right, "version": number},
            "An instruct or chat model went through SFT and through alignment, which is the later stage.": {
                **right,
                "stage": "sft",
            },
            "The family must be in lower case.": {**right, "family": family.title()},
        }
        names.append(Row(f"{family.title()} {version} {size}B Instruct, 4-bit GPTQ", right, mistakes))
    expect_cards(student, rng, names)


@exercise("decode_model_name")
def test_a_base_model(student, rng):
    names = []
    for family, version, _ in (("qwen", "2.5", 0), drawn(rng), drawn(rng)):
        millions = rng.choice([100, 300, 600]) if names else 500
        right = card(family, version, millions * 10**6)
        mistakes = {
            "Digits that end the family are its version.": {**right, "family": f"{family}{version}", "version": None},
            "The publisher before the slash is no part of the name.": {**right, "family": f"{family}/{family}"},
            "A size below one billion is cut to a whole number of billions.": {**right, "parameters": 0},
            "A name without a word for its stage is that of a base model.": {**right, "stage": "alignment"},
            "A model whose name says no width has 16 bits.": {**right, "bits": None},
        }
        title = family.title()
        names.append(Row(f"{title}/{title}{version}-{millions / 1000}B", right, mistakes))
    expect_cards(student, rng, names)


@exercise("decode_model_name")
def test_a_file_of_a_mixture_of_experts(student, rng):
    names = []
    for family, version, _ in (("mixtral", "0.1", 7), drawn(rng), drawn(rng)):
        size, bits = (rng.choice([3, 5, 13]), rng.choice([3, 5, 6])) if names else (7, 4)
        right = card(family, version, 8 * size * 10**9, "alignment", bits, "gguf")
        mistakes = {
            "Eight experts of 7 billion are counted as one.": {**right, "parameters": size * 10**9},
            "Eight experts of 7 billion are counted as 8 billion.": {**right, "parameters": 8_000_000_000},
            "A word like Q4_K_M is a kind of GGUF and says its bits.": {**right, "bits": 16, "method": None},
            "The quantization at the end of the name is ignored.": {**right, "bits": 16, "method": None},
            "A word like Q4_K_M means gguf, also where no other word says it.": {**right, "method": None},
            "The v before a version is no part of it.": {**right, "version": f"v{version}"},
            "Only a word like A3B says how many parameters are active; experts don't.": {
                **right,
                "active_parameters": size * 10**9,
            },
        }
        names.append(Row(f"{family}-8x{size}b-instruct-v{version}.Q{bits}_K_M.gguf", right, mistakes))
    expect_cards(student, rng, names)


@exercise("decode_model_name")
def test_a_width_that_tells_its_method(student, rng):
    names = []
    for family, version, size in (("llama", "3.2", 1), drawn(rng), drawn(rng)):
        right = card(family, version, size * 10**9, bits=4, method="bnb")
        mistakes = {
            "The word nf4 means bnb, also where no other word says it.": {**right, "method": None},
            "A word like nf4 says its bits.": {**right, "bits": None},
            "A word like nf4 is ignored; it says bits and method.": {**right, "bits": 16, "method": None},
            "The quantization at the end of the name is ignored.": {**right, "bits": 16, "method": None},
        }
        names.append(Row(f"{family.title()}-{version}-{size}B-NF4", right, mistakes))
    expect_cards(student, rng, names)


@exercise("decode_model_name", points=2)
def test_the_grammar_word_by_word(student, rng):
    family, size = rng.choice(["falcon", "pythia", "bloom"]), rng.choice([7, 13, 34])
    title, billions = family.title(), size * 10**9
    weights = card(family, "2.5", billions, bits=4)
    dated = card(family, None, None, "alignment")
    active = card(family, "3", 30_000_000_000, bits=None, method="gguf", active=3_000_000_000)
    working = card(family, "2", None, active=size * 10**9 + 7 * 10**8)
    gptq = card(family, "1.5", billions, bits=4, method="gptq")
    adapted = card(family, "2", billions, "lora")
    width = card(family, "2", billions, bits=8)
    for name, right, mistakes in (
        (
            f"Meta-{title}-2.5-{size}B-quantized.w4a8",
            weights,
            {
                "The maker in front of a family is taken for the family.": {**weights, "family": "meta"},
                "In a word like w4a16 the first number is the weights', the second the activations'.": {
                    **weights,
                    "bits": 8,
                },
                "The quantization at the end of the name is ignored.": {**weights, "bits": 16},
            },
        ),
        (
            f"{title}-2407-128k-instruct",
            dated,
            {
                "A number of four digits is a date, not a version.": {**dated, "version": "2407"},
                "A name that tells no size is given one: a length of context is not a size.": {
                    **dated,
                    "parameters": 128_000,
                },
                "An instruct or chat model went through SFT and through alignment, which is the later stage.": {
                    **dated,
                    "stage": "sft",
                },
            },
        ),
        (
            f"{title}3-30B-A3B-GGUF",
            active,
            {
                "The parameters that work on one token are taken for all of them.": {
                    **active,
                    "parameters": 3_000_000_000,
                },
                "GGUF is a kind of file; where the name says no width, it can be any.": AnyOf(
                    {**active, "bits": 4}, {**active, "bits": 16}
                ),
                "The quantization at the end of the name is ignored.": {**active, "bits": 16, "method": None},
            },
        ),
        (
            f"{title}2-MoE-A{size}.7B",
            working,
            {
                "The parameters that work on one token are taken for all of them.": AnyOf(
                    {**working, "parameters": working["active_parameters"]},
                    {**working, "parameters": working["active_parameters"], "active_parameters": None},
                ),
            },
        ),
        (
            f"{title}-1.5-{size}B-GPTQ",
            gptq,
            {
                "GPTQ and AWQ mean 4 bits where the name says no width.": {**gptq, "bits": 16},
                "The quantization at the end of the name is ignored.": {**gptq, "bits": 16, "method": None},
            },
        ),
        (
            f"{family}-2-{size}b-lora-chat",
            adapted,
            {
                "Of several words for a stage the last in the name counts, not the latest stage.": {
                    **adapted,
                    "stage": "alignment",
                },
            },
        ),
        (
            f"{title} 2 {size}B 8-bit",
            width,
            {
                'Any width is one word, "3 bit" and "8-bit" too.': {**width, "bits": 16},
                "The quantization at the end of the name is ignored.": {**width, "bits": 16},
            },
        ),
    ):
        expect_card(student.decode_model_name(name), right, f'decode_model_name("{name}")', mistakes)


@exercise("decode_model_name")
def test_a_maker_alone_is_an_error(student, rng):
    family, version, size = drawn(rng)
    legal = {
        f"Meta {family} {size}B": card(family, None, size * 10**9),
        f"{family}-{version}": card(family, version, None),
    }
    wordless = ["meta", "", f"{family}/"]
    answers = answers_to(rng, student.decode_model_name, [*wordless, *legal])
    for answer in answers[: len(wordless)]:
        with expect_error("ValueError", what="decode_model_name of a name without a word", explained=True):
            if isinstance(answer, StudentError):
                raise answer
    for answer, right in zip(answers[len(wordless) :], legal.values(), strict=True):
        if isinstance(answer, StudentError):
            raise answer
        expect_card(answer, right, "What is read in a name beside one without a word")


@exercise("decode_model_name")
def test_how_a_name_is_cut_into_words(student, rng):
    family, _, size = drawn(rng)
    plain, chat = card(family, None, size * 10**9), card(family, None, size * 10**9, "alignment")
    date = rng.randint(2301, 2513)
    hundredths = rng.choice([one for one in range(201, 999) if int(one / 100 * 1e9) < one * 10**7])
    names = {
        f"{family}-{size}B (Chat) [GPTQ]": (
            {**chat, "bits": 4, "method": "gptq"},
            {"Brackets cut a name into words too.": plain},
        ),
        f"{family}, {size}B, chat": (
            chat,
            {"Commas cut a name into words too.": {**chat, "family": f"{family},", "parameters": None}},
        ),
        f"{family}_{size}b-chat": (
            {**chat, "family": f"{family}_{size}b", "parameters": None},
            {
                "An underscore doesn't cut: what it joins is one word.": chat,
                "Only a whole word says a size; a number inside another word says nothing.": {
                    **chat,
                    "family": f"{family}_{size}b",
                },
            },
        ),
        f"{family}-super{size}b": (
            {**plain, "parameters": None},
            {"Only a whole word says a size; a number inside another word says nothing.": plain},
        ),
        f"{family}-super.{size}b": (
            {**plain, "parameters": None},
            {"A dot before a digit doesn't cut.": plain},
        ),
        f"lab/{family}s/{family}-{size}B-chat": (
            chat,
            {
                'All that stands before the last "/" goes, not only what stands before the first.': {
                    **chat,
                    "family": f"{family}s/{family}",
                },
                'What stands between two "/" is the publisher\'s as well.': {**chat, "family": f"{family}s"},
                "The publisher before the slash is no part of the name.": {**chat, "family": f"lab/{family}s/{family}"},
            },
        ),
        f"{family}-{hundredths / 100}B": (
            {**plain, "parameters": hundredths * 10**7},
            {
                "A size is cut to whole billions.": {**plain, "parameters": hundredths // 100 * 10**9},
                "A size is cut off where floats make it a little less; it has to be rounded.": (
                    {**plain, "parameters": int(hundredths / 100 * 1e9)}
                ),
            },
        ),
        f"{family}-{date}1-{size}B": (
            {**plain, "version": f"{date}1"},
            {"Only a number of exactly four digits is a date; others are versions.": plain},
        ),
        f"{family}-{date}-{size}B-{date}.1": (
            {**plain, "version": f"{date}.1"},
            {
                "Only a number of exactly four digits is a date; others are versions.": plain,
                "A number of four digits is a date, not a version.": {**plain, "version": f"{date}"},
            },
        ),
        f"{family}-{size}B.gguf": (
            plain,
            {
                "A .gguf at the end of a name goes before it is cut into words: it is none of them.": {
                    **plain,
                    "bits": None,
                    "method": "gguf",
                },
            },
        ),
    }
    for name, (right, mistakes) in names.items():
        what, got = "What is read in a made-up name", student.decode_model_name(name)
        expect_card(got, right, what, mistakes, advice=f"The name is {name!r}.")


@exercise("decode_model_name")
def test_words_for_a_stage_and_a_width(student, rng):
    family, _, size = drawn(rng)
    plain = card(family, None, size * 10**9)
    half, width = rng.choice(["F16", "fp16", "BF16"]), rng.choice([1, 2, 3])
    endings = {
        "RLHF": (
            {**plain, "stage": "alignment"},
            {"it, chat, instruct, dpo and rlhf all tell of an aligned model.": plain},
        ),
        **{
            word: ({**plain, "stage": "lora"}, {"lora, qlora and adapter all tell of an adapter.": plain})
            for word in ("QLoRA", "adapter")
        },
        "GPTQ-Int8": (
            {**plain, "bits": 8, "method": "gptq"},
            {
                "GPTQ and AWQ have the width that the name says; 4 only where it says none.": {
                    **plain,
                    "bits": 4,
                    "method": "gptq",
                },
            },
        ),
        "Int8-4bit": (
            {**plain, "bits": 8},
            {"Of several widths the first in the name counts.": {**plain, "bits": 4}},
        ),
        "bnb": (
            {**plain, "bits": None, "method": "bnb"},
            {
                "A name with bnb in it has some width, and doesn't say which.": {**plain, "bits": 4, "method": "bnb"},
                "A name with bnb in it is of a quantized model: it has not the 16 bits of others.": {
                    **plain,
                    "method": "bnb",
                },
            },
        ),
        f"GGUF-{half}": (
            {**plain, "method": "gguf"},
            {
                "f16, bf16 and fp16 say a width, that of a GGUF file too.": {
                    **plain,
                    "bits": None,
                    "method": "gguf",
                },
            },
        ),
        f"Q{width}_K": (
            {**plain, "bits": width, "method": "gguf"},
            {"A word like Q4_K_M means gguf, also where no other word says it.": {**plain, "bits": width}},
        ),
        f"IQ{width}_XS": (
            {**plain, "bits": width, "method": "gguf"},
            {"A word like IQ2_XS says its bits and means gguf.": AnyOf(plain, {**plain, "bits": width})},
        ),
        "8 bit": (
            {**plain, "bits": 8},
            {'Any width is one word, "3 bit" and "8-bit" too.': {**plain, "version": "8"}},
        ),
        "16 bit": (
            plain,
            {"A width of two digits is one word with its bit, too.": {**plain, "version": "16"}},
        ),
        "SFT": (
            {**plain, "stage": "sft"},
            {"The word sft tells of a model that was tuned on demonstrations.": plain},
        ),
    }
    for ending, (right, mistakes) in endings.items():
        name = f"{family}-{size}B-{ending}"
        what = "What is read in a name with another word at its end"
        expect_card(student.decode_model_name(name), right, what, mistakes, advice=f"The name is {name!r}.")
