"""Checks of `format_alpaca`."""

from instruction_tuning_oracles import BLANK_IS_EMPTY, NO_END, alpaca, random_word, stripping_mistakes

from autograder.checks import AnyOf, StudentError, exercise, expect_equal, fail

# Two rows of tatsu-lab/alpaca; the texts are its column `text`.
WITH_INPUT = {
    "instruction": "Create a classification task by clustering the given list of items.",
    "input": "Apples, oranges, bananas, strawberries, pineapples",
    "output": "Class 1: Apples, Oranges\nClass 2: Bananas, Strawberries\nClass 3: Pineapples",
}


PROMPT_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\nCreate a classification task by clustering the given list of items.\n\n"
    "### Input:\nApples, oranges, bananas, strawberries, pineapples\n\n"
    "### Response:"
)


WITHOUT_INPUT = {"instruction": "What are the three primary colors?", "input": "", "output": "Red, blue, and yellow."}


PROMPT_WITHOUT_INPUT = (
    "Below is an instruction that describes a task. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\nWhat are the three primary colors?\n\n"
    "### Response:"
)


def random_example(rng):
    """An example with input, of texts that no check has drawn before."""
    return {
        "instruction": f"Write about {random_word(rng)}.",
        "input": f"{random_word(rng)}, {random_word(rng)}",
        "output": f"{random_word(rng)} is {random_word(rng)}.",
    }


@exercise("format_alpaca")
def test_alpaca_with_input(student, rng):
    drawn = random_example(rng)
    for example, prompt in (
        (WITH_INPUT, PROMPT_WITH_INPUT),
        (drawn, alpaca(drawn["instruction"], drawn["input"])),
    ):
        output = example["output"]
        expected = f"{prompt}\n{output}"
        expect_equal(
            student.format_alpaca(example),
            expected,
            what="The text with input",
            mistakes={
                "The input is left out.": expected.replace("### Input:\n" + example["input"] + "\n\n", ""),
                "The first sentence is the one for examples without input.": expected.replace(
                    ", paired with an input that provides further context", ""
                ),
                'The newline between "### Response:" and the output is missing.': prompt + output,
                'A space follows "### Response:".': f"{prompt} {output}",
                'An empty line stands between "### Response:" and the output; it is one newline.': (
                    f"{prompt}\n\n{output}"
                ),
                "The output ends in a newline of its own; the end token stands right behind it.": expected + "\n",
                'A space follows "### Response:", before the newline.': f"{prompt} \n{output}",
                "The parts are separated by one newline instead of an empty line.": expected.replace("\n\n", "\n"),
                "The two opening sentences are separated by a newline instead of a space.": expected.replace(
                    "context. Write", "context.\nWrite"
                ),
            },
        )


@exercise("format_alpaca")
def test_alpaca_without_input(student, rng):
    end = f"<|{random_word(rng)}|>"
    without_end = PROMPT_WITHOUT_INPUT + "\nRed, blue, and yellow."
    expected = without_end + end
    expect_equal(
        student.format_alpaca(WITHOUT_INPUT, end),
        expected,
        what="The text without input, with an end token",
        mistakes={
            'An empty "### Input:" part is kept.': expected.replace("### Response", "### Input:\n\n\n### Response"),
            "The first sentence speaks of an input, but there is none.": expected.replace(
                "a task. W", "a task, paired with an input that provides further context. W"
            ),
            'An empty "### Input:" part is kept, and the first sentence speaks of an input.': expected.replace(
                "a task. W", "a task, paired with an input that provides further context. W"
            ).replace("### Response", "### Input:\n\n\n### Response"),
            NO_END: without_end,
            "The end token is always the same, whatever end_token says.": without_end + "<|endoftext|>",
            "A newline or a space stands between the output and the end token.": AnyOf(
                f"{without_end}\n{end}", f"{without_end} {end}"
            ),
            'The newline between "### Response:" and the output is missing.': expected.replace(":\nRed", ":Red"),
        },
    )


@exercise("format_alpaca")
def test_alpaca_prompt_ends_with_response(student, rng):
    given = random_example(rng)
    alone = {**random_example(rng), "input": ""}
    for example, expected in (
        (WITH_INPUT, PROMPT_WITH_INPUT),
        (WITHOUT_INPUT, PROMPT_WITHOUT_INPUT),
        (given, alpaca(given["instruction"], given["input"])),
        (alone, alpaca(alone["instruction"])),
    ):
        expect_equal(
            student.format_alpaca(example, "<|endoftext|>", with_response=False),
            expected,
            what="The prompt alone",
            mistakes={
                'A space follows "### Response:".': expected + " ",
                'A newline follows "### Response:" in the prompt alone.': expected + "\n",
                'A space follows "### Response:", before the newline.': expected + " ",
                "The end token stands in the prompt, where nothing has been answered yet.": expected + "<|endoftext|>",
                "The response is in the prompt.": lambda e=example, p=expected: f"{p}\n{e['output']}<|endoftext|>",
            },
            advice='The last characters of a prompt are "### Response:".',
        )


@exercise("format_alpaca")
def test_alpaca_keeps_white_space_and_braces(student, rng):
    instruction, given, output = (
        f" Say {{input}}, {random_word(rng)}.\n",
        f" {random_word(rng)}\n",
        f"{random_word(rng)} \n",
    )
    try:
        text = student.format_alpaca({"instruction": instruction, "input": given, "output": output}, "</s>")
    except StudentError as error:
        fail("Curly braces in a text are taken for placeholders.", got=str(error))
    expect_equal(
        text,
        alpaca(instruction, given, output, "</s>"),
        what="The text of an example with white space around its texts",
        mistakes=stripping_mistakes(instruction, given, output, "</s>"),
        advice="Put the texts in once, with an f-string: what is in them is never looked at.",
    )
    blank = rng.choice([" ", "\n", " \n "])
    expect_equal(
        student.format_alpaca({"instruction": instruction, "input": blank, "output": output}, "</s>"),
        alpaca(instruction, blank, output, "</s>"),
        what="The text of an example whose input is white space",
        mistakes={BLANK_IS_EMPTY: alpaca(instruction, None, output, "</s>")},
    )


@exercise("format_alpaca")
def test_alpaca_does_without_what_it_need_not_have(student, rng):
    instruction, output = f"Say {random_word(rng)}.", f"{random_word(rng)}!"
    try:
        text = student.format_alpaca({"instruction": instruction, "output": output})
    except StudentError as error:
        fail("An example without the key input must be taken like one with an empty input.", got=str(error))
    expect_equal(text, alpaca(instruction, output=output), what="The text of an example without the key input")
    try:
        text = student.format_alpaca({"instruction": instruction, "input": ""}, with_response=False)
    except StudentError as error:
        fail("The prompt alone must do without an output.", got=str(error))
    expect_equal(text, alpaca(instruction), what="The prompt of an example without output")
