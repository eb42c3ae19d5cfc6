"""Hidden checks of `render_chatml`."""

from instruction_tuning_oracles import (
    PARTS_OF_ROLES,
    chatml,
    content_mistakes,
    expect_unknown_role,
    message,
    order_mistakes,
    random_word,
)

from autograder.checks import exercise, expect_equal


@exercise("render_chatml")
def test_chatml_contents_go_in_as_they_are(student, rng):
    messages = [
        message("system", ""),
        message("user", f"  two {random_word(rng)} \n"),
        message("assistant", "{x} <|im_end|> %s"),
        message("user", " <|im_start|>user\n"),
        message("assistant", ""),
    ]
    expect_equal(
        student.render_chatml(messages),
        chatml(messages),
        what="The text of contents with white space, braces and nothing",
        mistakes=content_mistakes(messages),
    )


@exercise("render_chatml")
def test_chatml_adds_no_message(student, rng):
    question, reply = message("user", random_word(rng)), message("assistant", random_word(rng))
    later = [question, reply, message("system", "Be brief."), message("user", "Well?"), message("system", "")]
    for messages in ([question], [], later):
        expect_equal(
            student.render_chatml(messages),
            chatml(messages),
            what="The text of one message, of none, or with system messages in the middle",
            mistakes=order_mistakes(messages),
        )
    header = "<|im_start|>assistant\n"
    expect_equal(student.render_chatml([], add_generation_prompt=True), header, what="The generation prompt alone")
    expect_equal(
        student.render_chatml([question, reply], add_generation_prompt=True),
        chatml([question, reply]) + header,
        what="The text with a generation prompt behind a reply",
        mistakes={
            "The generation prompt is left out behind a reply; it comes whenever it is asked for.": chatml(
                [question, reply]
            ),
            "With a generation prompt the last reply is left open.": chatml([question, reply]).removesuffix(
                "<|im_end|>\n"
            ),
        },
    )


@exercise("render_chatml")
def test_chatml_unknown_role(student, rng):
    for role in rng.permutation([random_word(rng), rng.choice(["Assistant", "User", "System"])]):
        expect_unknown_role(student, rng, role)
    expect_unknown_role(student, rng, rng.choice(PARTS_OF_ROLES), what="A part of a known role")
