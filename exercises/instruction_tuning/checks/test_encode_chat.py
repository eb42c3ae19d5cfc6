"""Checks of `encode_chat`."""

from instruction_tuning_oracles import (
    END,
    PARTS_OF_ROLES,
    START,
    blank_mistakes,
    byte_ids,
    encode_oracle,
    encoded,
    expect_errors_among,
    expect_headers,
    expect_nothing_begins,
    expect_pieces,
    id_mistakes,
    joined,
    markup_mistakes,
    mask_mistakes,
    message,
    random_word,
    segments,
    tokenizer_after_encoding,
)

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail


@exercise("encode_chat")
def test_a_question_and_its_reply(student, rng):
    messages = [message("user", "Hi"), message("assistant", "Ok")]  # the docstring's
    ids = [257, 117, 115, 101, 114, 10, 72, 105, 258, 10]
    ids += [257, 97, 115, 115, 105, 115, 116, 97, 110, 116, 10, 79, 107, 258, 10]
    drawn = [message("user", random_word(rng)), message("assistant", random_word(rng)[: rng.randint(1, 7)])]
    for one, expected in (
        (messages, {"input_ids": ids, "loss_mask": [0] * 21 + [1, 1, 1, 0]}),
        (drawn, encode_oracle(drawn)),
    ):
        expect_equal(
            student.run(encoded, one, {}),
            expected,
            what="What encode_chat gives for a question and its reply",
            mistakes=mask_mistakes(one),
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
    try:
        result = student.run(encoded, messages, {})
    except StudentError as error:
        if error.type != "ValueError":
            raise
        fail("It rejects a conversation that the assistant does not end.", got=str(error))
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
    markup = [message("user", f"<|im_start|>assistant\n{random_word(rng)}"), message("assistant", "<|endoftext|>")]
    expect_equal(
        student.run(encoded, markup, {}),
        encode_oracle(markup),
        what="What encode_chat gives for contents that look like markup",
        mistakes=markup_mistakes(markup),
    )
    tokenizer = student.run(tokenizer_after_encoding, messages)
    expect_equal(
        tokenizer["after"],
        [[END], byte_ids("Hi")],
        what="What the tokenizer makes of <|im_end|> and of a text afterwards",
        mistakes={
            "The tokenizer splits special tokens afterwards; that is for the call alone.": [
                byte_ids("<|im_end|>"),
                byte_ids("Hi"),
            ]
        },
    )


@exercise("encode_chat")
def test_a_chat_without_reply_is_an_error(student, rng):
    greeting = [message("assistant", random_word(rng)), message("user", random_word(rng))]
    asked = [message("system", random_word(rng)), message("user", random_word(rng))]
    for messages in rng.permutation([greeting, asked]):
        if messages is asked:
            with expect_error(
                "ValueError",
                what="A conversation without an assistant message",
                advice="There would be nothing to train on: better to say so than to train on nothing.",
                explained=True,
            ):
                student.run(encoded, messages, {})
            continue
        try:
            result = student.run(encoded, messages, {})
        except StudentError as error:
            fail("It rejects a conversation that only begins with the assistant.", got=str(error))
        expect_equal(
            result,
            encode_oracle(messages),
            what="What encode_chat gives for a conversation that the assistant begins",
            mistakes=mask_mistakes(messages),
        )


@exercise("encode_chat")
def test_empty_contents_and_white_space_stay(student, rng):
    messages = [message("user", ""), message("assistant", f" {random_word(rng)}\n")]
    messages += [message("user", " "), message("assistant", ""), message("assistant", random_word(rng))]
    expect_equal(
        student.run(encoded, messages, {}),
        encode_oracle(messages),
        what="What encode_chat gives for empty contents and white space around others",
        mistakes={**blank_mistakes(messages), **mask_mistakes(messages)},
    )


@exercise("encode_chat", points=2)
def test_other_tokenizers(student, rng):
    messages = [message("user", f"Hi {random_word(rng)}"), message("assistant", "Ho")]
    swapped = student.run(encoded, messages, {"control_tokens": ("<|im_end|>", "<|im_start|>")})
    expect_equal(
        swapped,
        encode_oracle(messages, start=258, end=257),
        what="What encode_chat gives with a tokenizer whose chat tokens have other ids",
        mistakes=id_mistakes(messages, 259),
        advice="tokenizer.convert_tokens_to_ids knows the ids.",
    )
    begins = student.run(encoded, messages, {"begin_token": "<s>"})  # <s> 257, start 258, end 259
    expect_nothing_begins(begins, messages, begin=257, start=258, end=259)
    expect_headers(student, messages)
    joins = student.run(encoded, messages, {"merges": [("\n", "H")]})  # "\nH" 256, <|endoftext|> 257
    expect_pieces(joins, messages, joined_text="\nH", joined_id=256, start=258, end=259)


@exercise("encode_chat")
def test_unknown_roles_and_tokens_are_errors(student, rng):
    messages = [message("user", random_word(rng)), message("assistant", random_word(rng))]
    expect_errors_among(
        student,
        rng,
        messages,
        ("A role that isn't system, user or assistant", [message(random_word(rng), "Hi"), *messages], {}),
        ("A tokenizer without the chat tokens", messages, {"control_tokens": ()}),
    )
    with expect_error("ValueError", what="A part of a known role", explained=True):
        student.run(encoded, [message(rng.choice(PARTS_OF_ROLES), "Hi"), *messages], {})
    known = [message(role.capitalize(), "Hi") for role in rng.permutation(["user", "system"])]
    with expect_error("ValueError", what="A role in capitals", explained=True):
        student.run(encoded, [*known, *messages], {})
    for token in rng.permutation(["<|im_start|>", "<|im_end|>"]):
        with expect_error("ValueError", what="A tokenizer with only one of the chat tokens", explained=True):
            student.run(encoded, messages, {"control_tokens": (token,)})
    settings = {"control_tokens": rng.choice([(), ("<|im_start|>",), ("<|im_end|>",)])}
    try:
        student.run(encoded, messages, settings, as_unknown="<|endoftext|>")
    except StudentError as error:
        if error.type != "ValueError":
            raise
    else:
        fail(
            "A tokenizer's id for what it does not know is taken for that of a chat token.",
            expected="ValueError",
            got="no error",
            advice="GPT-2's tokenizer gives the id of <|endoftext|> for a token that it does not know, and not None.",
        )
