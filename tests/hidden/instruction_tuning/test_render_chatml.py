"""Hidden checks of `render_chatml`."""

from instruction_tuning_oracles import expect_named, message

from autograder.checks import exercise, expect_equal, expect_error


@exercise("render_chatml")
def test_chatml_contents_go_in_as_they_are(student):
    messages = [message("user", "  two spaces \n"), message("assistant", "{x} <|im_end|> %s"), message("user", "")]
    expected = (
        "<|im_start|>user\n  two spaces \n<|im_end|>\n"
        "<|im_start|>assistant\n{x} <|im_end|> %s<|im_end|>\n"
        "<|im_start|>user\n<|im_end|>\n"
    )
    expect_equal(
        student.render_chatml(messages),
        expected,
        what="The text of contents with white space, braces and nothing",
        mistakes={
            "Contents are stripped; they go in as they are.": expected.replace("  two spaces \n<", "two spaces<"),
            "A message with empty content is left out.": expected.removesuffix("<|im_start|>user\n<|im_end|>\n"),
            "Control characters are taken out of contents; rendering leaves text alone.": expected.replace(
                " <|im_end|> ", "  "
            ),
        },
    )


@exercise("render_chatml")
def test_chatml_adds_no_message(student):
    question = "<|im_start|>user\nHi<|im_end|>\n"
    default = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    expect_equal(
        student.render_chatml([message("user", "Hi")]),
        question,
        what="The text of one message",
        mistakes={"A system message is added that nobody wrote.": default + question},
    )
    expect_equal(
        student.render_chatml([]),
        "",
        what="The text of no messages",
        mistakes={"A system message is added that nobody wrote.": default},
    )
    later = [message("user", "Hi"), message("system", "Be brief."), message("user", "Well?")]
    expected = question + "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWell?<|im_end|>\n"
    expect_equal(
        student.render_chatml(later),
        expected,
        what="The text with a system message in the middle",
        mistakes={
            "System messages are moved to the front; each stays where it is.": (
                "<|im_start|>system\nBe brief.<|im_end|>\n" + question + "<|im_start|>user\nWell?<|im_end|>\n"
            ),
        },
    )
    expect_equal(
        student.render_chatml([message("user", "Hi"), message("assistant", "Ho")], add_generation_prompt=True),
        question + "<|im_start|>assistant\nHo<|im_end|>\n<|im_start|>assistant\n",
        what="The text with a generation prompt behind a reply",
        mistakes={
            "The generation prompt is left out behind a reply; it comes whenever it is asked for.": question
            + "<|im_start|>assistant\nHo<|im_end|>\n",
            "With a generation prompt the last reply is left open.": question + "<|im_start|>assistant\nHo",
        },
    )


@exercise("render_chatml")
def test_chatml_unknown_role(student):
    for role in ("human", "Assistant"):
        with (
            expect_error("ValueError", what="A role that isn't system, user or assistant"),
            expect_named(role, "The error about an unknown role does not name the role."),
        ):
            student.render_chatml([message("user", "Hi"), message(role, "Hello")])
