"""Hidden checks of `format_alpaca`."""

from instruction_tuning_oracles import BLANK_IS_EMPTY, NO_END, alpaca, random_word, stripping_mistakes

from autograder.checks import StudentError, exercise, expect_equal, fail


@exercise("format_alpaca")
def test_alpaca_texts_go_in_as_they_are(student, rng):
    instruction, given = " Fill in {input} and {0}.\n", f"  {random_word(rng)} {{b}} %s\n"
    output = f"{{output}} {random_word(rng)} \n"
    expected = alpaca(instruction, given, output, "</s>")
    try:
        result = student.format_alpaca({"instruction": instruction, "input": given, "output": output}, "</s>")
    except StudentError as error:
        fail("Curly braces in a text are taken for placeholders.", got=str(error))
    expect_equal(
        result,
        expected,
        what="The text of an example with white space and braces",
        mistakes=stripping_mistakes(instruction, given, output, "</s>"),
    )
    blank = rng.choice([" ", "\n", " \n "])
    expect_equal(
        student.format_alpaca({"instruction": instruction, "input": blank, "output": output}, "</s>"),
        alpaca(instruction, blank, output, "</s>"),
        what="The text of an example whose input is white space",
        mistakes={BLANK_IS_EMPTY: alpaca(instruction, None, output, "</s>")},
    )


@exercise("format_alpaca")
def test_alpaca_missing_keys(student, rng):
    instruction, given = f"Say {random_word(rng)}.", random_word(rng)
    try:
        text = student.format_alpaca({"instruction": instruction, "output": ""}, given)
    except StudentError as error:
        fail("An example without the key input must be taken like one with an empty input.", got=str(error))
    expect_equal(
        text, alpaca(instruction, output="", end=given), what="The text of an example without input and an empty output"
    )
    for example in ({"instruction": instruction}, {"instruction": instruction, "input": given}):
        try:
            text = student.format_alpaca(example, "</s>", with_response=False)
        except StudentError as error:
            if "input" not in example and "'input'" in error.message:
                fail("An example without the key input must be taken like one with an empty input.", got=str(error))
            fail("The prompt alone must do without an output.", got=str(error))
        expect_equal(
            text,
            alpaca(**{"given" if key == "input" else key: value for key, value in example.items()}),
            what="The prompt of an example that lacks keys",
        )


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
                NO_END: f"\n{example['output']}",
                "The end token is always the same, whatever end_token says.": f"\n{example['output']}<|endoftext|>",
            },
        )
