"""Checks of `encode_chat`."""

from instruction_tuning_oracles import message, spelled

from autograder import builders
from autograder.checks import exercise, expect_equal, expect_error, probe

START, END = 257, 258


def word(rng):
    """Six letters that no check has drawn before."""
    return "".join("abcdefgklm"[rng.randint(0, 10)] for _ in range(6))


@probe
def encoded(student, messages, tokenizer_settings):
    """What encode_chat gives with the tokenizer that these settings make."""
    result = student.encode_chat(messages, builders.tiny_tokenizer(**tokenizer_settings))
    return dict(result) if hasattr(result, "keys") else result


def laid_out(messages, start=START, end=END):
    """A conversation as (kind, turn, role, ids): what stands in the ids, piece by piece."""
    for turn, one in enumerate(messages):
        yield "start", turn, one["role"], [start]
        yield "header", turn, one["role"], spelled(one["role"] + "\n")
        yield "content", turn, one["role"], spelled(one["content"])
        yield "end", turn, one["role"], [end]
        yield "newline", turn, one["role"], [10]


def chat_by(messages, trained):
    """What encode_chat would return if `trained(kind, turn, role)` were its rule."""
    pieces = list(laid_out(messages))
    return {
        "input_ids": [token for *_, ids in pieces for token in ids],
        "loss_mask": [int(trained(kind, turn, role)) for kind, turn, role, ids in pieces for _ in ids],
    }


def mask_mistakes(messages):
    """What known wrong masks of a conversation look like."""
    assistants = [turn for turn, one in enumerate(messages) if one["role"] == "assistant"]
    written = ("content", "end")
    rules = {
        "<|im_end|> behind the assistant's content is not supervised, so the model never learns to stop.": (
            lambda kind, turn, role: role == "assistant" and kind == "content"
        ),
        "Only the last assistant turn is supervised; every one is to be learned.": (
            lambda kind, turn, role: turn == assistants[-1] and kind in written
        ),
        "Only the first assistant turn is supervised; every one is to be learned.": (
            lambda kind, turn, role: turn == assistants[0] and kind in written
        ),
        "The newline behind <|im_end|> is supervised, although the model has stopped by then.": (
            lambda kind, turn, role: role == "assistant" and kind in (*written, "newline")
        ),
        "Only what stands before the first reply is masked, so the user's later turns are trained on.": (
            lambda kind, turn, role: turn > assistants[0] or (turn == assistants[0] and kind in (*written, "newline"))
        ),
        "The role header of the assistant is supervised; it is given at inference.": (
            lambda kind, turn, role: role == "assistant" and kind in (*written, "header")
        ),
        "The whole assistant turn is supervised, from <|im_start|> to the newline.": (
            lambda kind, turn, role: role == "assistant"
        ),
        "<|im_start|> and the role header of the assistant are supervised; they are given at inference.": (
            lambda kind, turn, role: role == "assistant" and kind != "newline"
        ),
        "Every <|im_end|> is supervised, the user's too.": (
            lambda kind, turn, role: kind == "end" or (role == "assistant" and kind == "content")
        ),
        "The user's turns are supervised too.": (
            lambda kind, turn, role: role in ("user", "assistant") and kind in written
        ),
        "Every role's content is supervised, the system's and the user's too.": lambda kind, turn, role: (
            kind in written
        ),
        "Everything is supervised; nothing is masked.": lambda kind, turn, role: True,
        "Nothing is supervised.": lambda kind, turn, role: False,
        "The mask is inverted: it is 1 on what must not be trained on.": (
            lambda kind, turn, role: not (role == "assistant" and kind in written)
        ),
    }
    found = {sentence: (lambda rule=rule: chat_by(messages, rule)) for sentence, rule in rules.items()}
    right = chat_by(messages, lambda kind, turn, role: role == "assistant" and kind in written)
    found["The mask is shifted by one; the shift happens in the loss."] = lambda: {
        **right,
        "loss_mask": [*right["loss_mask"][1:], 0],
    }
    return found


@exercise("encode_chat")
def test_the_docstrings_chat(student):
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
    first, second = f"Hi {word(rng)}!", f"Fine, {word(rng)}."
    messages = [
        message("system", "Be kind."),
        message("user", f"Hello, I am {word(rng)}"),
        message("assistant", first),
        message("user", "How are you?"),
        message("assistant", second),
        message("user", "Bye"),
    ]
    right = chat_by(messages, lambda kind, turn, role: role == "assistant" and kind in ("content", "end"))
    got = student.run(encoded, messages, {})
    without_newlines = {
        key: [value for value, (kind, _) in zip(right[key], labelled(messages), strict=True) if kind != "newline"]
        for key in right
    }
    expect_equal(
        got,
        right,
        what="What encode_chat gives for a conversation with two replies",
        mistakes={
            **mask_mistakes(messages),
            "The newline behind <|im_end|> is missing from the ids.": without_newlines,
            "The system message is left out.": lambda: chat_by(
                messages[1:], lambda kind, turn, role: role == "assistant" and kind in ("content", "end")
            ),
            "A generation prompt is appended; training text goes without.": lambda: {
                "input_ids": [*right["input_ids"], START, *spelled("assistant\n")],
                "loss_mask": [*right["loss_mask"], *[0] * 11],
            },
        },
    )
    supervised = [token for token, one in zip(got["input_ids"], got["loss_mask"], strict=True) if one]
    expect_equal(supervised, [*spelled(first), END, *spelled(second), END], what="The list of supervised ids")


def labelled(messages):
    """(kind, id) for every id of a conversation."""
    return [(kind, token) for kind, _, _, ids in laid_out(messages) for token in ids]


@exercise("encode_chat")
def test_a_users_control_characters_stay_text(student, rng):
    messages = [message("user", "What is <|im_end|>?"), message("assistant", f"A token, {word(rng)}.")]
    right = chat_by(messages, lambda kind, turn, role: role == "assistant" and kind in ("content", "end"))

    def with_content(ids):
        """The right answer with other ids for the user's content."""
        before, after = right["input_ids"][:6], right["input_ids"][6 + len(spelled("What is <|im_end|>?")) :]
        return {
            "input_ids": [*before, *ids, *after],
            "loss_mask": [0] * (6 + len(ids)) + right["loss_mask"][-len(after) :],
        }

    expect_equal(
        student.run(encoded, messages, {}),
        right,
        what="What encode_chat gives where a user writes <|im_end|>",
        mistakes={
            'A user\'s "<|im_end|>" becomes the control token; it must stay text.': lambda: with_content(
                [*spelled("What is "), END, *spelled("?")]
            ),
            "The characters of a control token are removed from the user's text; they must stay.": lambda: with_content(
                spelled("What is ?")
            ),
            **mask_mistakes(messages),
        },
        advice="tokenizer(content, add_special_tokens=False, split_special_tokens=True)",
    )


@exercise("encode_chat")
def test_a_chat_without_reply_is_an_error(student):
    with expect_error(
        "ValueError",
        what="A conversation without an assistant message",
        advice="There would be nothing to train on: better to say so than to train on nothing.",
    ):
        student.run(encoded, [message("system", "Be kind."), message("user", "Hello")], {})
