"""Hidden checks of `format_alpaca`."""

from autograder.checks import StudentError, exercise, expect_equal, fail


def alpaca(instruction, given=None, output=None, end=""):
    """The published text."""
    context = ", paired with an input that provides further context" if given else ""
    text = (
        f"Below is an instruction that describes a task{context}. "
        "Write a response that appropriately completes the request.\n\n### Instruction:\n" + instruction + "\n\n"
    )
    if given:
        text += "### Input:\n" + given + "\n\n"
    text += "### Response:"
    return text if output is None else text + "\n" + output + end


@exercise("format_alpaca")
def test_alpaca_texts_go_in_as_they_are(student):
    instruction, given, output = " Fill in {input} and {0}.\n", "  a {b} %s\n", "{output} \n"
    expected = alpaca(instruction, given, output, "</s>")
    try:
        result = student.format_alpaca({"instruction": instruction, "input": given, "output": output}, "</s>")
    except StudentError as error:
        fail("Curly braces in a text are taken for placeholders.", got=str(error))
    expect_equal(
        result,
        expected,
        what="The text of an example with white space and braces",
        mistakes={
            "The texts of the example are stripped; they go in as they are.": alpaca(
                instruction.strip(), given.strip(), output.strip(), "</s>"
            ),
            "The output is stripped; it goes in as it is.": alpaca(instruction, given, output.strip(), "</s>"),
            "The whole text is stripped.": alpaca(instruction, given, output.strip()) + "</s>",
            "Curly braces in a text are taken for placeholders.": alpaca(
                instruction.replace("{input}", given), given, output, "</s>"
            ),
        },
    )


@exercise("format_alpaca")
def test_alpaca_missing_keys(student):
    try:
        text = student.format_alpaca({"instruction": "Say hello.", "output": "Hello!"})
    except StudentError as error:
        fail("An example without the key input must be taken like one with an empty input.", got=str(error))
    expect_equal(text, alpaca("Say hello.", output="Hello!"), what="The text of an example without the key input")
    try:
        text = student.format_alpaca({"instruction": "Say hello.", "input": ""}, with_response=False)
    except StudentError as error:
        fail("The prompt alone must do without an output.", got=str(error))
    expect_equal(text, alpaca("Say hello."), what="The prompt of an example without output")


@exercise("format_alpaca")
def test_alpaca_prompt_begins_the_text(student, rng):
    for given in ("", f"{rng.randint(1, 99)} and {rng.randint(1, 99)}"):
        example = {"instruction": f"Add {rng.randint(1, 99)}.", "input": given, "output": str(rng.randint(1, 99))}
        prompt = student.format_alpaca(example, "<end>", with_response=False)
        text = student.format_alpaca(example, "<end>")
        if not text.startswith(prompt):
            fail("The prompt alone is not the beginning of the text with the response.")
        expect_equal(
            text.removeprefix(prompt),
            f"\n{example['output']}<end>",
            what="What follows the prompt",
            mistakes={
                "The end token stands in the prompt, where nothing has been answered yet.": f"\n{example['output']}",
                "The end token is missing behind the response.": f"\n{example['output']}",
                "The end token is always the same, whatever end_token says.": f"\n{example['output']}<|endoftext|>",
            },
        )
