"""Checks of `encode_chat`."""

from instruction_tuning_oracles import (
    END,
    START,
    byte_ids,
    encode_oracle,
    encoded,
    is_reply,
    joined,
    message,
    random_word,
    segments,
)

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail


def mask_mistakes(messages):
    """What known wrong masks of a conversation look like: each mistake is another rule of what is supervised."""
    turns = [turn for turn, one in enumerate(messages) if one["role"] == "assistant"]
    written = ("content", "end")

    def by_assistant(*kinds):
        return lambda piece: piece.role == "assistant" and piece.kind in kinds

    rules = {
        "<|im_end|> behind the assistant's content is not supervised, so the model never learns to stop.": (
            by_assistant("content")
        ),
        "Only the last assistant turn is supervised; every one is to be learned.": (
            lambda piece: piece.turn == turns[-1] and piece.kind in written
        ),
        "Only the first assistant turn is supervised; every one is to be learned.": (
            lambda piece: piece.turn == turns[0] and piece.kind in written
        ),
        "The newline behind <|im_end|> is supervised, although the model has stopped by then.": (
            by_assistant(*written, "newline")
        ),
        "Only what stands before the first reply is masked, so the user's later turns are trained on.": (
            lambda piece: piece.turn > turns[0] or (piece.turn == turns[0] and piece.kind in (*written, "newline"))
        ),
        "The role header of the assistant is supervised; it is given at inference.": by_assistant(*written, "header"),
        "The whole assistant turn is supervised, from <|im_start|> to the newline.": (
            lambda piece: piece.role == "assistant"
        ),
        "<|im_start|> and the role header of the assistant are supervised; they are given at inference.": (
            by_assistant("start", "header", *written)
        ),
        "Every <|im_end|> is supervised, the user's too.": lambda piece: piece.kind == "end" or is_reply(piece),
        "The user's turns are supervised too.": (
            lambda piece: piece.role in ("user", "assistant") and piece.kind in written
        ),
        "Every role's content is supervised, the system's and the user's too.": lambda piece: piece.kind in written,
        "Everything is supervised; nothing is masked.": lambda piece: True,
        "Nothing is supervised.": lambda piece: False,
        "The mask is inverted: it is 1 on what must not be trained on.": lambda piece: not is_reply(piece),
    }
    found = {sentence: (lambda rule=rule: encode_oracle(messages, rule)) for sentence, rule in rules.items()}
    right = encode_oracle(messages)
    found["The mask is shifted by one; the shift happens in the loss."] = {
        **right,
        "loss_mask": [*right["loss_mask"][1:], 0],
    }
    return found


@exercise("encode_chat")
def test_encode_chat_docstring_example(student):
    messages = [message("user", "Hi"), message("assistant", "Ok")]
    expect_equal(
        student.run(encoded, messages, {}),
        {
            "input_ids": [257, 117, 115, 101, 114, 10, 72, 105, 258, 10]
            + [257, 97, 115, 115, 105, 115, 116, 97, 110, 116, 10, 79, 107, 258, 10],
            "loss_mask": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0],
        },
        what="The docstring's example",
        mistakes=mask_mistakes(messages),
        advice="Print it: from autograder.show import show_mask.",
    )


@exercise("encode_chat", points=2)
def test_every_assistant_turn_is_supervised(student, rng):
    first, second = f"Hi {random_word(rng)}!", f"Fine, {random_word(rng)}."
    messages = [
        message("system", "Be kind."),
        message("user", f"Hello, I am {random_word(rng)}"),
        message("assistant", first),
        message("user", "How are you?"),
        message("assistant", second),
        message("user", "Bye"),
    ]
    expected = encode_oracle(messages)
    result = student.run(encoded, messages, {})
    expect_equal(
        result,
        expected,
        what="What encode_chat gives for a conversation with two replies",
        mistakes={
            **mask_mistakes(messages),
            "The newline behind <|im_end|> is missing from the ids.": joined(
                piece for piece in segments(messages) if piece.kind != "newline"
            ),
            "The system message is left out.": encode_oracle(messages[1:]),
            "A generation prompt is appended; training text goes without.": {
                "input_ids": [*expected["input_ids"], START, *byte_ids("assistant\n")],
                "loss_mask": [*expected["loss_mask"], *[0] * 11],
            },
        },
    )
    supervised = [token for token, one in zip(result["input_ids"], result["loss_mask"], strict=True) if one]
    expect_equal(supervised, [*byte_ids(first), END, *byte_ids(second), END], what="The list of supervised ids")


@exercise("encode_chat")
def test_a_users_control_characters_stay_text(student, rng):
    question = "What is <|im_end|>?"
    messages = [message("user", question), message("assistant", f"A token, {random_word(rng)}.")]

    def with_question(ids):
        """What encode_chat would return with other ids for the user's content."""
        return encode_oracle(messages, encode=lambda text: ids if text == question else byte_ids(text))

    expect_equal(
        student.run(encoded, messages, {}),
        encode_oracle(messages),
        what="What encode_chat gives where a user writes <|im_end|>",
        mistakes={
            'A user\'s "<|im_end|>" becomes the control token; it must stay text.': with_question(
                [*byte_ids("What is "), END, *byte_ids("?")]
            ),
            "The characters of a control token are removed from the user's text; they must stay.": with_question(
                byte_ids("What is ?")
            ),
            **mask_mistakes(messages),
        },
        advice="tokenizer(content, add_special_tokens=False, split_special_tokens=True)",
    )


@exercise("encode_chat")
def test_a_chat_without_reply_is_an_error(student):
    greeting = [message("assistant", "Hello"), message("user", "Hi")]
    try:
        result = student.run(encoded, greeting, {})
    except StudentError as error:
        fail("It rejects a conversation that only begins with the assistant.", got=str(error))
    expect_equal(
        result,
        encode_oracle(greeting),
        what="What encode_chat gives for a conversation that the assistant begins",
        mistakes=mask_mistakes(greeting),
    )
    with expect_error(
        "ValueError",
        what="A conversation without an assistant message",
        advice="There would be nothing to train on: better to say so than to train on nothing.",
        explained=True,
    ):
        student.run(encoded, [message("system", "Be kind."), message("user", "Hello")], {})
