"""Checks of `render_llama3`."""

from instruction_tuning_oracles import llama3, message, random_word

from autograder.checks import exercise, expect_equal, expect_error

# Meta's example in "Llama 3: model cards and prompt formats".
LLAMA3_MESSAGES = [
    message("system", "You are a helpful AI assistant for travel tips and recommendations"),
    message("user", "What is France's capital?"),
    message("assistant", "Bonjour! The capital of France is Paris!"),
    message("user", "What can I do there?"),
]


LLAMA3_TEXT = (
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n"
    "You are a helpful AI assistant for travel tips and recommendations<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\n"
    "What is France's capital?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n"
    "Bonjour! The capital of France is Paris!<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\n"
    "What can I do there?<|eot_id|>"
)


@exercise("render_llama3")
def test_llama3_as_published(student, rng):
    header = "<|start_header_id|>assistant<|end_header_id|>\n\n"
    drawn = message("assistant", random_word(rng))
    longer = LLAMA3_TEXT + llama3(**drawn).removeprefix("<|begin_of_text|>")
    for messages, wanted, expected in (
        (LLAMA3_MESSAGES, True, LLAMA3_TEXT + header),
        ([*LLAMA3_MESSAGES, drawn], False, longer),
    ):
        expect_equal(
            student.render_llama3(messages, add_generation_prompt=wanted),
            expected,
            what="The text of the published conversation",
            mistakes={
                "Two newlines follow a header; here is one.": expected.replace("\n\n", "\n"),
                "The text does not begin with <|begin_of_text|>.": expected.removeprefix("<|begin_of_text|>"),
                "<|begin_of_text|> stands before every message; it begins the text, once.": expected.removeprefix(
                    "<|begin_of_text|>"
                ).replace("<|start_header_id|>", "<|begin_of_text|><|start_header_id|>"),
                "A newline stands between messages.": expected.replace("<|eot_id|>", "<|eot_id|>\n"),
            },
        )


@exercise("render_llama3")
def test_llama3_contents_and_roles(student, rng):
    word = random_word(rng)
    expect_equal(
        student.render_llama3([message("user", f" {word}\n")]),
        llama3("user", word),
        what="The text of a message with white space around it",
        mistakes={"White space around a content is kept; this template strips it.": llama3("user", f" {word}\n")},
    )
    with expect_error("ValueError", what="A role that isn't system, user or assistant"):
        student.render_llama3([message("bot", word)])
