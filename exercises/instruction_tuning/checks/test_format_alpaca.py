"""Checks of `format_alpaca`."""

from autograder.checks import exercise, expect_equal

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


@exercise("format_alpaca")
def test_alpaca_with_input(student):
    expected = PROMPT_WITH_INPUT + "\n" + WITH_INPUT["output"]
    expect_equal(
        student.format_alpaca(WITH_INPUT),
        expected,
        what="The text with input",
        mistakes={
            "The input is left out.": expected.replace("### Input:\n" + WITH_INPUT["input"] + "\n\n", ""),
            "The first sentence is the one for examples without input.": expected.replace(
                ", paired with an input that provides further context", ""
            ),
            'The newline between "### Response:" and the output is missing.': PROMPT_WITH_INPUT + WITH_INPUT["output"],
            'A space follows "### Response:".': PROMPT_WITH_INPUT + " " + WITH_INPUT["output"],
            'An empty line stands between "### Response:" and the output; it is one newline.': (
                PROMPT_WITH_INPUT + "\n\n" + WITH_INPUT["output"]
            ),
            "The output ends in a newline of its own; the end token stands expected behind it.": expected + "\n",
            'A space follows "### Response:", before the newline.': PROMPT_WITH_INPUT + " \n" + WITH_INPUT["output"],
            "The parts are separated by one newline instead of an empty line.": expected.replace("\n\n", "\n"),
            "The two opening sentences are separated by a newline instead of a space.": expected.replace(
                "context. Write", "context.\nWrite"
            ),
        },
    )


@exercise("format_alpaca")
def test_alpaca_without_input(student):
    expected = PROMPT_WITHOUT_INPUT + "\nRed, blue, and yellow.<|endoftext|>"
    expect_equal(
        student.format_alpaca(WITHOUT_INPUT, "<|endoftext|>"),
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
            "The end token is missing behind the response.": expected.removesuffix("<|endoftext|>"),
            "A newline or a space stands between the output and the end token.": expected.replace("<|e", "\n<|e"),
            'The newline between "### Response:" and the output is missing.': expected.replace(":\nRed", ":Red"),
        },
    )


@exercise("format_alpaca")
def test_alpaca_prompt_ends_with_response(student):
    for example, expected in ((WITH_INPUT, PROMPT_WITH_INPUT), (WITHOUT_INPUT, PROMPT_WITHOUT_INPUT)):
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
