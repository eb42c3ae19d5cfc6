"""Checks of `render_chatml`."""

from instruction_tuning_oracles import (
    PARTS_OF_ROLES,
    chatml,
    content_mistakes,
    expect_unknown_role,
    message,
    order_mistakes,
    random_word,
)

from autograder.checks import exercise, expect_equal, fail

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


def random_conversation(rng):
    """Four messages of texts that no check has drawn before, in the order of roles of the published ones."""
    return [message(one["role"], f"{random_word(rng)} {random_word(rng)}!") for one in CHATML_MESSAGES]


@exercise("render_chatml")
def test_chatml_as_published(student, rng):
    drawn = random_conversation(rng)
    for messages, text in ((CHATML_MESSAGES, CHATML_TEXT), (drawn, chatml(drawn))):
        system = messages[0]["content"]
        expect_equal(
            student.render_chatml(messages),
            text,
            what="The text of four messages",
            mistakes={
                "The newline after <|im_end|> is missing.": text.replace("<|im_end|>\n", "<|im_end|>"),
                "The newline after the last <|im_end|> is missing.": text.rstrip("\n"),
                "The generation prompt stands in a text that was asked for without it.": text
                + "<|im_start|>assistant\n",
                "A space stands behind the role instead of a newline.": "".join(
                    f"<|im_start|>{m['role']} {m['content']}<|im_end|>\n" for m in messages
                ),
                "The system message is merged into the user's instead of having a turn of its own.": text.replace(
                    f"system\n{system}<|im_end|>\n<|im_start|>user\n", f"user\n{system}\n\n"
                ),
                "The system message is left out.": text.replace(f"<|im_start|>system\n{system}<|im_end|>\n", ""),
                "A newline stands between the content and <|im_end|>.": text.replace("<|im_end|>", "\n<|im_end|>"),
                "An end-of-text token closes the text; the template has none.": text + "<|endoftext|>",
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
def test_chatml_a_turn_only_appends(student, rng):
    messages = random_conversation(rng)
    texts = [student.render_chatml(messages[:count]) for count in range(1, 5)]
    for shorter, longer in zip(texts, texts[1:], strict=False):
        if not longer.startswith(shorter):
            fail(
                "A further message changes the text of those before it; it must only append.",
                expected=f"a text that begins with {shorter!r}",
                got=longer,
            )
    expected = [chatml(messages[:count]) for count in range(1, 5)]
    expect_equal(texts, expected, what="The list of texts of one, two, three and four messages")


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
    expect_unknown_role(student, rng, random_word(rng))
    expect_unknown_role(student, rng, rng.choice(PARTS_OF_ROLES), what="A part of a known role")
    expect_unknown_role(student, rng, rng.choice(["User", "Assistant", "SYSTEM"]), what="A role in capitals")
