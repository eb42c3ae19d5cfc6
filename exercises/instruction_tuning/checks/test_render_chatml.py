"""Checks of `render_chatml`."""

from instruction_tuning_oracles import (
    chatml,
    content_mistakes,
    expect_named,
    message,
    order_mistakes,
    random_word,
)

from autograder.checks import exercise, expect_equal, expect_error, fail

# The conversation of OpenAI's chatml.md.
CHATML_MESSAGES = [
    message(
        "system",
        "You are ChatGPT, a large language model trained by OpenAI. Answer as concisely as possible.\n"
        "Knowledge cutoff: 2021-09-01\nCurrent date: 2023-03-01",
    ),
    message("user", "How are you"),
    message("assistant", "I am doing well!"),
    message("user", "How are you now?"),
]


CHATML_TEXT = """<|im_start|>system
You are ChatGPT, a large language model trained by OpenAI. Answer as concisely as possible.
Knowledge cutoff: 2021-09-01
Current date: 2023-03-01<|im_end|>
<|im_start|>user
How are you<|im_end|>
<|im_start|>assistant
I am doing well!<|im_end|>
<|im_start|>user
How are you now?<|im_end|>
"""


@exercise("render_chatml")
def test_chatml_as_published(student):
    system = CHATML_MESSAGES[0]["content"]
    expect_equal(
        student.render_chatml(CHATML_MESSAGES),
        CHATML_TEXT,
        what="The published conversation",
        mistakes={
            "The newline after <|im_end|> is missing.": CHATML_TEXT.replace("<|im_end|>\n", "<|im_end|>"),
            "The newline after the last <|im_end|> is missing.": CHATML_TEXT.rstrip("\n"),
            "The generation prompt stands in a text that was asked for without it.": CHATML_TEXT
            + "<|im_start|>assistant\n",
            "A space stands behind the role instead of a newline.": lambda: "".join(
                f"<|im_start|>{m['role']} {m['content']}<|im_end|>\n" for m in CHATML_MESSAGES
            ),
            "The system message is merged into the user's instead of having a turn of its own.": CHATML_TEXT.replace(
                f"system\n{system}<|im_end|>\n<|im_start|>user\n", f"user\n{system}\n\n"
            ),
            "The system message is left out.": CHATML_TEXT.replace(f"<|im_start|>system\n{system}<|im_end|>\n", ""),
            "A newline stands between the content and <|im_end|>.": CHATML_TEXT.replace("<|im_end|>", "\n<|im_end|>"),
            "An end-of-text token closes the text; the template has none.": CHATML_TEXT + "<|endoftext|>",
        },
        advice="Every message, whatever its role: <|im_start|>, role, newline, content, <|im_end|>, newline.",
    )


@exercise("render_chatml")
def test_chatml_generation_prompt(student, rng):
    expected = CHATML_TEXT + "<|im_start|>assistant\n"
    expect_equal(
        student.render_chatml(CHATML_MESSAGES, add_generation_prompt=True),
        expected,
        what="The text with a generation prompt",
        mistakes={
            "The generation prompt is missing although it was asked for.": CHATML_TEXT,
            "The generation prompt lacks its newline, which the model saw behind every role in training.": (
                expected.removesuffix("\n")
            ),
            "The generation prompt closes the turn that the model is to write.": expected + "<|im_end|>\n",
            "The generation prompt lacks the role.": CHATML_TEXT + "<|im_start|>",
        },
    )
    answered = [message("user", "Hi"), message("assistant", random_word(rng))]
    expect_equal(
        student.render_chatml(answered, add_generation_prompt=True),
        chatml(answered) + "<|im_start|>assistant\n",
        what="The text with a generation prompt behind a reply",
        mistakes={
            "The generation prompt is left out behind a reply; it comes whenever it is asked for.": chatml(answered),
            "With a generation prompt the last reply is left open.": chatml(answered).removesuffix("<|im_end|>\n"),
        },
    )


@exercise("render_chatml")
def test_chatml_a_turn_only_appends(student):
    texts = [student.render_chatml(CHATML_MESSAGES[:count]) for count in range(1, 5)]
    for shorter, longer in zip(texts, texts[1:], strict=False):
        if not longer.startswith(shorter):
            fail(
                "A further message changes the text of those before it; it must only append.",
                expected=f"a text that begins with {shorter!r}",
                got=longer,
            )


@exercise("render_chatml")
def test_chatml_contents_are_left_alone(student, rng):
    messages = [
        message("user", f"  {random_word(rng)}\n"),
        message("assistant", f"It is <|im_end|>, {random_word(rng)}."),
        message("user", ""),
    ]
    expect_equal(
        student.render_chatml(messages),
        chatml(messages),
        what="The text of contents with white space, control characters and nothing",
        mistakes=content_mistakes(messages),
    )


@exercise("render_chatml")
def test_chatml_messages_stay_where_they_are(student, rng):
    messages = [message("user", f"Hi, {random_word(rng)}"), message("system", "Be brief."), message("user", "Well?")]
    expect_equal(
        student.render_chatml(messages),
        chatml(messages),
        what="The text with a system message in the middle",
        mistakes=order_mistakes(messages),
    )


@exercise("render_chatml")
def test_chatml_a_role_that_nobody_knows(student, rng):
    with (
        expect_error("ValueError", what="A role that isn't system, user or assistant"),
        expect_named("bot", "The error about an unknown role does not name the role."),
    ):
        student.render_chatml([message("bot", random_word(rng))])
