"""Checks of `decode_model_name`."""

from pipeline_oracles import card

from autograder.checks import exercise, expect_equal


@exercise("decode_model_name", points=2)
def test_decode_model_name_docstring_example(student):
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


@exercise("decode_model_name")
def test_a_width_that_tells_its_method(student):
    right = card("llama", "3.2", 1_000_000_000, bits=4, method="bnb")
    expect_equal(
        student.decode_model_name("Llama-3.2-1B-NF4"),
        right,
        what='decode_model_name("Llama-3.2-1B-NF4")',
        mistakes={
            "The word nf4 means bnb, also where no other word says it.": {**right, "method": None},
            "A word like nf4 says its bits.": {**right, "bits": None},
            "A word like nf4 is ignored; it says bits and method.": {**right, "bits": 16, "method": None},
        },
    )
