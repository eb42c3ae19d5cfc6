"""Checks of the lesson on instruction tuning. Run them with `pytest exercises/instruction_tuning`.

Templates are compared with published texts, written out here. Masks are compared as lists of supervised ids: the
tokenizer (`builders.tiny_tokenizer`) gives every byte its value as id, so that they can be written down. Its
<|endoftext|> is 256, <|im_start|> 257, <|im_end|> 258.
"""

import itertools

import torch
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe

# Losses and gradients of tiny models in fp32: numbers of size 3 from sums of 30 terms, rounded to 1e-6; mistakes move
# them by 1e-2.
FP32 = {"rtol": 1e-4, "atol": 1e-5}

START, END = 257, 258


def normal(rng, *shape):
    """Standard normal numbers."""
    return torch.randn(*shape, generator=rng)


def whole(rng, low, high):
    """A whole number from low to high - 1."""
    return int(torch.randint(low, high, (), generator=rng))


def spelled(text):
    """The ids of a text: its bytes."""
    return list(text.encode())


def word(rng):
    """Six letters that no check has drawn before."""
    return "".join("abcdefgklm"[whole(rng, 0, 10)] for _ in range(6))


def message(role, content):
    return {"role": role, "content": content}


# --- templates ------------------------------------------------------------------------------------------------------

# Two rows of tatsu-lab/alpaca; the texts are its column `text`.
WITH_INPUT = {
    "instruction": "Create a classification task by clustering the given list of items.",
    "input": "Apples, oranges, bananas, strawberries, pineapples",
    "output": "Class 1: Apples, Oranges\nClass 2: Bananas, Strawberries\nClass 3: Pineapples",
}
PROMPT_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\nCreate a classification task by clustering the given list of items.\n\n"
    "### Input:\nApples, oranges, bananas, strawberries, pineapples\n\n"
    "### Response:"
)
WITHOUT_INPUT = {"instruction": "What are the three primary colors?", "input": "", "output": "Red, blue, and yellow."}
PROMPT_WITHOUT_INPUT = (
    "Below is an instruction that describes a task. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\nWhat are the three primary colors?\n\n"
    "### Response:"
)


@exercise("format_alpaca")
def test_alpaca_with_input(student):
    right = PROMPT_WITH_INPUT + "\n" + WITH_INPUT["output"]
    expect_equal(
        student.format_alpaca(WITH_INPUT),
        right,
        what="The text with input",
        mistakes={
            "The input is left out.": right.replace("### Input:\n" + WITH_INPUT["input"] + "\n\n", ""),
            "The first sentence is the one for examples without input.": right.replace(
                ", paired with an input that provides further context", ""
            ),
            'The newline between "### Response:" and the output is missing.': PROMPT_WITH_INPUT + WITH_INPUT["output"],
            'A space follows "### Response:".': PROMPT_WITH_INPUT + " " + WITH_INPUT["output"],
            'An empty line stands between "### Response:" and the output; it is one newline.': (
                PROMPT_WITH_INPUT + "\n\n" + WITH_INPUT["output"]
            ),
            "The output ends in a newline of its own; the end token stands right behind it.": right + "\n",
            'A space follows "### Response:", before the newline.': PROMPT_WITH_INPUT + " \n" + WITH_INPUT["output"],
            "The parts are separated by one newline instead of an empty line.": right.replace("\n\n", "\n"),
            "The two opening sentences are separated by a newline instead of a space.": right.replace(
                "context. Write", "context.\nWrite"
            ),
        },
    )


@exercise("format_alpaca")
def test_alpaca_without_input(student):
    right = PROMPT_WITHOUT_INPUT + "\nRed, blue, and yellow.<|endoftext|>"
    expect_equal(
        student.format_alpaca(WITHOUT_INPUT, "<|endoftext|>"),
        right,
        what="The text without input, with an end token",
        mistakes={
            'An empty "### Input:" part is kept.': right.replace("### Response", "### Input:\n\n\n### Response"),
            "The first sentence speaks of an input, but there is none.": right.replace(
                "a task. W", "a task, paired with an input that provides further context. W"
            ),
            'An empty "### Input:" part is kept, and the first sentence speaks of an input.': right.replace(
                "a task. W", "a task, paired with an input that provides further context. W"
            ).replace("### Response", "### Input:\n\n\n### Response"),
            "The end token is missing behind the response.": right.removesuffix("<|endoftext|>"),
            "A newline or a space stands between the output and the end token.": right.replace("<|e", "\n<|e"),
            'The newline between "### Response:" and the output is missing.': right.replace(":\nRed", ":Red"),
        },
    )


@exercise("format_alpaca")
def test_alpaca_prompt_ends_with_response(student):
    for example, right in ((WITH_INPUT, PROMPT_WITH_INPUT), (WITHOUT_INPUT, PROMPT_WITHOUT_INPUT)):
        expect_equal(
            student.format_alpaca(example, "<|endoftext|>", with_response=False),
            right,
            what="The prompt alone",
            mistakes={
                'A space follows "### Response:".': right + " ",
                'A newline follows "### Response:" in the prompt alone.': right + "\n",
                'A space follows "### Response:", before the newline.': right + " ",
                "The end token stands in the prompt, where nothing has been answered yet.": right + "<|endoftext|>",
                "The response is in the prompt.": lambda e=example, p=right: f"{p}\n{e['output']}<|endoftext|>",
            },
            advice='The last characters of a prompt are "### Response:".',
        )


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
def test_chatml_generation_prompt(student):
    right = CHATML_TEXT + "<|im_start|>assistant\n"
    expect_equal(
        student.render_chatml(CHATML_MESSAGES, add_generation_prompt=True),
        right,
        what="The text with a generation prompt",
        mistakes={
            "The generation prompt is missing although it was asked for.": CHATML_TEXT,
            "The generation prompt lacks its newline, which the model saw behind every role in training.": (
                right.removesuffix("\n")
            ),
            "The generation prompt closes the turn that the model is to write.": right + "<|im_end|>\n",
            "The generation prompt lacks the role.": CHATML_TEXT + "<|im_start|>",
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
def test_llama3_as_published(student):
    header = "<|start_header_id|>assistant<|end_header_id|>\n\n"
    for wanted, right in ((True, LLAMA3_TEXT + header), (False, LLAMA3_TEXT)):
        expect_equal(
            student.render_llama3(LLAMA3_MESSAGES, add_generation_prompt=wanted),
            right,
            what="The published conversation",
            mistakes={
                "Two newlines follow a header; here is one.": right.replace("\n\n", "\n"),
                "The text does not begin with <|begin_of_text|>.": right.removeprefix("<|begin_of_text|>"),
                "<|begin_of_text|> stands before every message; it begins the text, once.": right.removeprefix(
                    "<|begin_of_text|>"
                ).replace("<|start_header_id|>", "<|begin_of_text|><|start_header_id|>"),
                "A newline stands between messages.": right.replace("<|eot_id|>", "<|eot_id|>\n"),
            },
        )


# --- chat tokens ----------------------------------------------------------------------------------------------------


@probe
def with_chat_tokens(lesson, seed, vocabulary):
    """Call add_chat_tokens on a tied model; what the tokenizer makes of the tokens, and the model's matrices."""
    import copy

    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=vocabulary, positions=16)
    model.config = model.transformer.config = copy.deepcopy(model.config)  # resizing writes into it
    tokenizer = builders.tiny_tokenizer(control_tokens=())
    added = lesson.add_chat_tokens(model, tokenizer)
    ids = [tokenizer(token, add_special_tokens=False)["input_ids"] for token in ("<|im_start|>", "<|im_end|>")]
    inputs, outputs = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    seen = {
        "added": added,
        "ids": ids,
        "shown": tokenizer.decode([*ids[0], 72, 105, *ids[1]], skip_special_tokens=True),
        "end": tokenizer.eos_token,
        "size": len(tokenizer),
        "inputs": inputs.detach().clone(),
        "outputs": outputs.detach().clone(),
        "logits": None,
    }
    if inputs.shape[0] >= len(tokenizer):
        seen["logits"] = model(torch.tensor([[72, 105, len(tokenizer) - 1]])).logits.shape[-1]
    with torch.no_grad():
        inputs[3] += 1.0
    seen["moved"] = (outputs[3] - seen["outputs"][3]).detach().clone()
    return seen


def old_rows(seed, vocabulary=257):
    """The embeddings (V, 16) that the probes' model starts with."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=vocabulary, positions=16)
    return model.transformer.wte.weight.detach()


@exercise("add_chat_tokens")
def test_the_tokenizer_knows_the_chat_tokens(student, rng):
    seed = whole(rng, 0, 10_000)
    seen = student.run(with_chat_tokens, seed, 257)
    expect_equal(
        seen["ids"],
        [[257], [258]],
        what="What the tokenizer makes of <|im_start|> and <|im_end|>",
        mistakes={
            "The tokenizer does not know the chat tokens: each falls apart into pieces.": [
                spelled("<|im_start|>"),
                spelled("<|im_end|>"),
            ],
            "The chat tokens are added in the wrong order, <|im_end|> first.": [[258], [257]],
        },
    )
    expect_equal(
        seen["shown"],
        "Hi",
        what="decode(..., skip_special_tokens=True) with the chat tokens in it",
        mistakes={"The chat tokens are not special: decoding can't leave them out.": "<|im_start|>Hi<|im_end|>"},
    )
    if seen["end"] != "<|endoftext|>":
        fail("The tokenizer's end-of-text token is another one now.", expected="<|endoftext|>", got=seen["end"])
    expect_equal(
        seen["added"],
        2,
        what="What add_chat_tokens returns, the number of new tokens,",
        mistakes={"It returns the size of the tokenizer, not the number of new tokens.": seen["size"]},
    )
    expect_equal(seen["inputs"][:257], old_rows(seed), what="The rows of the old tokens")


@exercise("add_chat_tokens")
def test_the_model_has_a_row_for_every_token(student, rng):
    seed = whole(rng, 0, 10_000)
    seen = student.run(with_chat_tokens, seed, 257)
    rows = (tuple(seen["inputs"].shape), tuple(seen["outputs"].shape))
    if rows[0] == (257, 16):
        fail(
            "The model's embeddings were not resized: the new ids have no row.",
            expected=((259, 16), (259, 16)),
            got=rows,
        )
    expect_equal(rows, ((259, 16), (259, 16)), what="The pair of shapes of input and output embeddings")
    expect_equal(seen["logits"], 259, what="The size of the vocabulary in the logits")
    expect_equal(seen["inputs"][:257], old_rows(seed), what="The rows of the old tokens")


@exercise("add_chat_tokens", points=2)
def test_new_rows_are_the_mean_of_the_old(student, rng):
    seed = whole(rng, 0, 10_000)
    seen = student.run(with_chat_tokens, seed, 257)
    old = old_rows(seed)
    mean = old.mean(dim=0)
    if seen["inputs"].shape[0] < 259:
        fail("The model's embeddings were not resized: the new ids have no row.")
    new = seen["inputs"][257:259]
    if not torch.equal(seen["inputs"][:257], old):
        fail("The rows of the old tokens have changed.", advice="Only the rows of the new tokens may be written.")
    expect_close(
        new,
        mean.expand(2, 16),
        what="The block of rows of the new tokens",
        mistakes={
            "The new rows start at zero.": lambda: torch.zeros(2, 16),
            "Only <|im_start|> starts as the mean; <|im_end|> has a row too.": lambda: torch.stack([mean, new[1]]),
            "Only <|im_end|> starts as the mean; <|im_start|> has a row too.": lambda: torch.stack([new[0], mean]),
            "The new rows are one number each, the mean over everything.": lambda: old.mean().expand(2, 16),
            "The new rows are the sum of the old ones, not their mean.": lambda: old.sum(dim=0).expand(2, 16),
            "The new rows are copies of the end-of-text token's.": lambda: old[256].expand(2, 16),
            "The new rows do not start as the mean of the old ones: they are random.": lambda: new,
        },
        rtol=1e-4,
        advice="Resizing fills new rows in a way of its own; overwrite them, under torch.no_grad().",
    )


@exercise("add_chat_tokens")
def test_a_tied_model_stays_tied(student, rng):
    seed = whole(rng, 0, 10_000)
    seen = student.run(with_chat_tokens, seed, 257)
    expect_close(
        seen["moved"],
        torch.ones(16),
        what="How far a row of the output layer moves with the same row of the input embeddings",
        mistakes={
            "Input and output embeddings no longer share one matrix: the tie is broken.": lambda: torch.zeros(16)
        },
    )
    expect_equal(seen["outputs"][:257], old_rows(seed), what="The rows of the old tokens in the output layer")


# --- masks ----------------------------------------------------------------------------------------------------------


def labels_by(ids, masked):
    """Labels (B, T) as a test of every position says: masked(row, position)."""
    labels = ids.clone()
    for row in range(ids.shape[0]):
        for position in range(ids.shape[1]):
            if masked(row, position):
                labels[row, position] = -100
    return labels


def prompt_mistakes(ids, lengths):
    """What known mistakes make of prompts of these lengths."""
    n, width = lengths.tolist(), ids.shape[1]
    return {
        "One token too many is masked: the first of the response.": lambda: labels_by(ids, lambda r, t: t <= n[r]),
        "One token too few is masked: the last of the prompt is trained on.": lambda: labels_by(
            ids, lambda r, t: t < n[r] - 1
        ),
        "The response is masked instead of the prompt.": lambda: labels_by(ids, lambda r, t: t >= n[r]),
        "Every row is masked as far as the first row's prompt.": lambda: labels_by(ids, lambda r, t: t < n[0]),
        "Every row is masked as far as the longest prompt.": lambda: labels_by(ids, lambda r, t: t < max(n)),
        "The whole row is masked.": lambda: torch.full_like(ids, -100),
        "Nothing is masked.": lambda: ids.clone(),
        "The labels are shifted; the shift happens in the loss.": lambda: torch.cat(
            [labels_by(ids, lambda r, t: t < n[r])[:, 1:], torch.full_like(ids[:, :1], -100)], dim=1
        ),
        "Masked labels are 0, which is a token; the loss leaves out -100.": lambda: labels_by(
            ids, lambda r, t: t < n[r]
        ).masked_fill(labels_by(ids, lambda r, t: t < n[r]) == -100, 0),
        "prompt_lengths is taken for the length of the response.": lambda: labels_by(
            ids, lambda r, t: t < width - n[r]
        ),
    }


@exercise("mask_prompt_labels")
def test_the_docstrings_prompts(student):
    ids, lengths = torch.tensor([[5, 6, 7, 8], [5, 6, 7, 8]]), torch.tensor([3, 1])
    expect_equal(
        student.mask_prompt_labels(ids, lengths),
        torch.tensor([[-100, -100, -100, 8], [-100, 6, 7, 8]]),
        what="The tensor of labels of the docstring's example",
        mistakes=prompt_mistakes(ids, lengths),
    )


@exercise("mask_prompt_labels")
def test_every_row_has_its_own_prompt(student, rng):
    ids = torch.randint(0, 50, (3, 9), generator=rng)
    lengths = torch.tensor([2, 7, 4])[torch.randperm(3, generator=rng)]
    expect_equal(
        student.mask_prompt_labels(ids, lengths),
        labels_by(ids, lambda row, position: position < int(lengths[row])),
        what="The tensor of labels",
        mistakes=prompt_mistakes(ids, lengths),
        advice="Compare torch.arange(T) with lengths[:, None].",
    )


# --- conversations as ids -------------------------------------------------------------------------------------------


@probe
def encoded(lesson, messages, tokenizer_settings):
    """What encode_chat gives with the tokenizer that these settings make."""
    result = lesson.encode_chat(messages, builders.tiny_tokenizer(**tokenizer_settings))
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


# --- batches --------------------------------------------------------------------------------------------------------


def example(ids, mask):
    return {"input_ids": list(ids), "loss_mask": list(mask)}


def batch_by(examples, pad_id, label=None, attended=None, pad_label=-100, left=False):
    """What collate_chats would return: label(id, supervised) and attended(id) are its rules."""
    label = label or (lambda token, one: token if one else -100)
    attended = attended or (lambda token, one: 1)
    longest = max(len(one["input_ids"]) for one in examples)
    batch = {"input_ids": [], "attention_mask": [], "labels": []}
    for one in examples:
        pairs = list(zip(one["input_ids"], one["loss_mask"], strict=True))
        for name, values, fill in (
            ("input_ids", [token for token, _ in pairs], pad_id),
            ("attention_mask", [int(attended(*pair)) for pair in pairs], 0),
            ("labels", [label(*pair) for pair in pairs], pad_label),
        ):
            padding = [fill] * (longest - len(values))
            batch[name].append(padding + values if left else values + padding)
    return {name: torch.tensor(rows) for name, rows in batch.items()}


def collate_mistakes(examples, pad_id):
    """What known mistakes make of a batch."""
    right = batch_by(examples, pad_id)
    return {
        "Every label that equals pad_id is -100, so the end token, which is also the padding, is wiped.": lambda: (
            batch_by(examples, pad_id, label=lambda token, one: token if one and token != pad_id else -100)
        ),
        "The attention mask is ids != pad_id, so an end token in the text is not attended to.": lambda: batch_by(
            examples, pad_id, attended=lambda token, one: token != pad_id
        ),
        "Attention mask and labels both take every pad_id for padding, the end token too.": lambda: batch_by(
            examples,
            pad_id,
            label=lambda token, one: token if one and token != pad_id else -100,
            attended=lambda token, one: token != pad_id,
        ),
        "Padding is on the left; here it is on the right.": lambda: batch_by(examples, pad_id, left=True),
        "Labels are filled up with pad_id, so the model is trained to write padding.": lambda: batch_by(
            examples, pad_id, pad_label=pad_id
        ),
        "Labels are filled up with 0, which is a token.": lambda: batch_by(examples, pad_id, pad_label=0),
        "loss_mask is not used: the labels hold the prompts too.": lambda: batch_by(
            examples, pad_id, label=lambda token, one: token
        ),
        "The loss mask is returned as attention mask; the prompt must be attended to.": lambda: batch_by(
            examples, pad_id, attended=lambda token, one: one
        ),
        "Masked labels are 0, which is a token; the loss leaves out -100.": lambda: batch_by(
            examples, pad_id, label=lambda token, one: token if one else 0
        ),
        "Padding is attended to: the attention mask is 1 everywhere.": lambda: {
            **right,
            "attention_mask": torch.ones_like(right["attention_mask"]),
        },
        "The labels are shifted; the shift happens in the loss.": lambda: {
            **right,
            "labels": torch.cat([right["labels"][:, 1:], torch.full_like(right["labels"][:, :1], -100)], dim=1),
        },
    }


@exercise("collate_chats")
def test_the_docstrings_batch(student):
    examples = [example([1, 2, 9], [0, 1, 1]), example([4, 5], [0, 1])]
    expect_equal(
        student.collate_chats(examples, 9),
        {
            "input_ids": torch.tensor([[1, 2, 9], [4, 5, 9]]),
            "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
            "labels": torch.tensor([[-100, 2, 9], [-100, 5, -100]]),
        },
        what="The docstring's batch",
        mistakes=collate_mistakes(examples, 9),
        advice="Padding follows from the lengths: the 9 of the first row is its end token, that of the second padding.",
    )


@exercise("collate_chats")
def test_ragged_lengths(student, rng):
    pad_id = whole(rng, 0, 5)
    examples = []
    for length in torch.randperm(5, generator=rng).add(4).tolist():
        ids = torch.randint(0, 12, (length,), generator=rng).tolist()
        first = whole(rng, 1, length - 2)
        examples.append(example([*ids[:-1], pad_id], [0] * first + [1, 0, *[1] * (length - first - 2)]))
    expect_equal(
        student.collate_chats(examples, pad_id),
        batch_by(examples, pad_id),
        what="The batch",
        mistakes=collate_mistakes(examples, pad_id),
    )


@exercise("collate_chats")
def test_a_reply_that_is_cut_away_is_an_error(student):
    kept = student.collate_chats([example([1, 2, 3], [0, 1, 1])], 0, 2)
    expect_equal(
        kept["input_ids"],
        torch.tensor([[1, 2]]),
        what="The tensor of ids of an example that is cut",
        mistakes={
            "max_length is not used.": torch.tensor([[1, 2, 3]]),
            "The beginning of an example is cut off instead of its end.": torch.tensor([[2, 3]]),
            "One id less than max_length is kept.": torch.tensor([[1]]),
        },
    )
    examples = [example([1, 2, 3], [0, 1, 1])] * 3 + [example([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 1, 1])]
    try:
        student.collate_chats(examples, 0, 5)
    except StudentError as error:
        if error.type != "ValueError":
            fail("A reply that max_length cuts away must be a ValueError.", expected="ValueError", got=str(error))
        if "3" not in error.message:
            fail(
                "The error about a reply cut away does not name the example by its place.",
                expected="a message with the example's place, 3",
                got=error.message,
            )
        return
    fail(
        "A reply is cut away whole by max_length, and nobody is told.",
        expected="ValueError",
        got="no error",
        advice="After cutting, an example whose mask has no 1 left teaches nothing.",
    )


# --- the loss -------------------------------------------------------------------------------------------------------


def token_losses(logits, labels):
    """-log p(label) where a label is given, 0 elsewhere, from logits and labels that stand side by side; double."""
    log_probs = logits.double() - logits.double().logsumexp(dim=-1, keepdim=True)
    return -log_probs.gather(-1, labels.clamp(min=0)[..., None])[..., 0] * (labels != -100)


def loss_mistakes(logits, labels):
    """What known mistakes make of the loss, as functions; the right one is mean(logits[:, :-1], labels[:, 1:])."""

    def mean(guesses, targets, count=None):
        total = token_losses(guesses, targets).sum()
        return (total / (count or max(int((targets != -100).sum()), 1))).float()

    guesses, targets = logits[:, :-1], labels[:, 1:]
    positions = targets.numel()
    return {
        "Logits and labels are not shifted: every position is asked for the token that it has just read.": lambda: mean(
            logits, labels
        ),
        "Logits and labels are shifted twice.": lambda: mean(logits[:, :-2], labels[:, 2:]),
        "They are shifted the wrong way: logits[:, 1:] against labels[:, :-1].": lambda: mean(
            logits[:, 1:], labels[:, :-1]
        ),
        "The mean is taken over all positions, also those that are not supervised.": lambda: mean(
            guesses, targets, positions
        ),
        "The mean is taken over all B·T tokens, also those that are not supervised.": lambda: mean(
            guesses, targets, labels.numel()
        ),
        "It is the sum over the supervised tokens, not their mean.": lambda: mean(guesses, targets, 1),
        "It is divided by the number of all supervised labels, the unused first one of a row too.": lambda: mean(
            guesses, targets, int((labels != -100).sum())
        ),
        "It is the mean of the rows' means; here every token counts the same.": lambda: (
            (token_losses(guesses, targets).sum(dim=1) / (targets != -100).sum(dim=1).clamp(min=1)).mean().float()
        ),
        "The sum over tokens is divided by the number of rows.": lambda: mean(guesses, targets, labels.shape[0]),
        "The sign is wrong: the loss falls when the model gets worse.": lambda: -mean(guesses, targets),
        "It is exp of the loss, the perplexity.": lambda: mean(guesses, targets).exp(),
        "Masked labels are counted as token 0.": lambda: mean(guesses, targets.clamp(min=0)),
    }


@exercise("sft_loss")
def test_the_docstrings_loss(student):
    logits = torch.tensor([[[0.0, 0.0], [0.0, 3.0], [5.0, 5.0]]])
    logits[0, 1, 1] = torch.tensor(3.0).log()
    labels = torch.tensor([[-100, 0, 1]])
    expect_close(
        student.sft_loss(logits, labels),
        torch.tensor(0.4904146),
        what="The loss of the docstring's example",
        mistakes=loss_mistakes(logits, labels),
        **FP32,
    )


def ragged_labels(rng, rows, length, vocabulary):
    """Labels (rows, length): prompts and paddings of different lengths are -100, and one token within a reply."""
    labels = torch.randint(0, vocabulary, (rows, length), generator=rng)
    for row in range(rows):
        labels[row, : whole(rng, 2, 4)] = -100
        if row:
            labels[row, length - row :] = -100
    labels[0, length - 2] = -100
    return labels


@exercise("sft_loss", points=2)
def test_the_mean_over_supervised_tokens(student, rng):
    logits, labels = 2 * normal(rng, 3, 8, 7), ragged_labels(rng, 3, 8, 7)
    targets = labels[:, 1:]
    expect_close(
        student.sft_loss(logits, labels),
        (token_losses(logits[:, :-1], targets).sum() / (targets != -100).sum()).float(),
        what="The loss",
        mistakes=loss_mistakes(logits, labels),
        advice="logits[:, t] guess labels[:, t + 1]; divide by the number of labels that aren't -100.",
        **FP32,
    )


@probe
def loss_and_gradient(lesson, logits, labels):
    """The loss and its gradient at the logits."""
    logits = logits.clone().requires_grad_(True)
    loss = lesson.sft_loss(logits, labels)
    if not (hasattr(loss, "requires_grad") and loss.requires_grad):
        return {"loss": loss, "gradient": None}
    loss.backward()
    return {"loss": loss.detach(), "gradient": logits.grad}


def loss_gradient(logits, labels):
    """Softmax minus one-hot at the supervised positions, over their number."""
    targets = labels[:, 1:]
    gradient = torch.zeros_like(logits)
    gradient[:, :-1] = logits[:, :-1].softmax(dim=-1) - F.one_hot(targets.clamp(min=0), logits.shape[-1])
    gradient[:, :-1][targets == -100] = 0.0
    return gradient / (targets != -100).sum()


@exercise("sft_loss")
def test_the_gradient_of_the_loss(student, rng):
    logits, labels = normal(rng, 3, 6, 5), ragged_labels(rng, 3, 6, 5)
    seen = student.run(loss_and_gradient, logits, labels)
    if seen["gradient"] is None:
        fail(
            "The loss has no graph, so nothing can be learned from it.",
            advice="Look for .item(), .detach(), .data, torch.no_grad() and float().",
        )
    expect_close(
        seen["gradient"],
        loss_gradient(logits, labels),
        what="The gradient at the logits",
        advice="At a supervised position it is (softmax - one-hot) / number of supervised tokens, elsewhere 0.",
        **FP32,
    )


@exercise("sft_loss")
def test_nothing_supervised_is_zero(student, rng):
    seen = student.run(loss_and_gradient, normal(rng, 2, 5, 4), torch.full((2, 5), -100))
    if seen["gradient"] is None and isinstance(seen["loss"], (int, float, torch.Tensor)) and float(seen["loss"]) == 0:
        fail("Where nothing is supervised the loss is a 0 without a graph, so backward() fails.")
    expect_close(
        seen["loss"],
        torch.tensor(0.0),
        what="The loss where nothing is supervised",
        mistakes={"The loss is NaN where nothing is supervised; it must be 0.": torch.tensor(float("nan"))},
        advice="The mean of no tokens is 0 / 0: divide by at least 1.",
    )
    expect_close(
        seen["gradient"], torch.zeros(2, 5, 4), what="The gradient where nothing is supervised", rtol=0.0, atol=0.0
    )


# --- training -------------------------------------------------------------------------------------------------------


def tiny(seed, dropout=0.0):
    """The model of the training checks, as their probes build it."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    return model


def training_batch(rng, rows, length, supervised):
    """A batch (rows, length) whose last `supervised` tokens of each row are labels, the last row padded by one."""
    ids = torch.randint(1, 29, (rows, length), generator=rng)
    labels, attended = ids.clone(), torch.ones_like(ids)
    labels[:, :-supervised] = -100
    ids[-1, -1], labels[-1, -1], attended[-1, -1] = 0, -100, 0
    return {"input_ids": ids, "attention_mask": attended, "labels": labels}


def loss_of(model, batch, labels=None):
    """The mean loss over supervised tokens."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    labels = batch["labels"] if labels is None else labels
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)


def supervised(batch):
    return int((batch["labels"][:, 1:] != -100).sum())


@probe
def accumulated(lesson, seed, pieces, start, dropout, train, lazily):
    """The gradients after accumulate_gradients, in one row; they start as the number `start` everywhere."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    model.train(train)
    if start is not None:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, start)
    returned = lesson.accumulate_gradients(model, iter(pieces) if lazily else pieces)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return {
        "returned": returned,
        "kind": type(returned).__name__,
        "gradient": torch.cat([gradient.flatten() for gradient in gradients]),
        "weights": torch.cat([parameter.detach().flatten() for parameter in model.parameters()]),
        "training": model.training,
    }


def gradient_of(model, weighted):
    """The gradient of the sum of weight · mean loss over (weight, batch), in one row, and that sum."""
    model.zero_grad()
    total = sum(weight * loss_of(model, batch) for weight, batch in weighted)
    total.backward()
    return torch.cat([parameter.grad.flatten() for parameter in model.parameters()]), float(total.detach())


@exercise("accumulate_gradients", points=2)
def test_accumulated_is_the_whole_batch(student, rng):
    seed = whole(rng, 0, 10_000)
    pieces = [training_batch(rng, 2, 9, 6), training_batch(rng, 1, 5, 2), training_batch(rng, 3, 6, 3)]
    model = tiny(seed)
    counts = [supervised(piece) for piece in pieces]  # 11, 1, 8
    right, loss = gradient_of(model, [(n / sum(counts), piece) for n, piece in zip(counts, pieces, strict=True)])

    def weighted(weights):
        return lambda: gradient_of(model, list(zip(weights, pieces, strict=True)))[0]

    rows = [len(piece["input_ids"]) for piece in pieces]
    sizes = [piece["input_ids"].numel() for piece in pieces]
    seen = student.run(accumulated, seed, pieces, None, 0.0, False, False)
    expect_close(
        seen["gradient"],
        right,
        what="The gradient",
        mistakes={
            "It is the mean of the pieces' means, so a piece counts the same whatever it holds.": (
                weighted([1 / 3] * 3)
            ),
            "The pieces' mean losses are added up without weights.": weighted([1.0] * 3),
            "The sum over tokens is not divided by their number.": weighted(counts),
            "Pieces are weighted by their rows, not by their supervised tokens.": weighted(
                [n / sum(rows) for n in rows]
            ),
            "Pieces are weighted by all their tokens, also those that are not supervised.": weighted(
                [n / sum(sizes) for n in sizes]
            ),
            "Only the last piece is left in the gradients.": weighted([0.0, 0.0, counts[2] / sum(counts)]),
            "Only the last piece counts.": weighted([0.0, 0.0, 1.0]),
            "No gradient reaches the model.": lambda: torch.zeros_like(right),
        },
        advice="Weigh each piece's mean by its supervised tokens over those of all pieces.",
        **FP32,
    )
    means = [float(loss_of(model, piece).detach()) for piece in pieces]
    expect_close(
        seen["returned"],
        loss,
        what="The loss that accumulate_gradients returns",
        mistakes={
            "The loss returned is the mean of the pieces' means; it is the mean over all tokens.": sum(means) / 3,
            "The loss returned is the sum of the pieces' means.": sum(means),
            "The loss returned is that of the last piece.": means[-1],
            "The loss returned is the sum over tokens.": loss * sum(counts),
        },
        **FP32,
    )
    if seen["kind"] != "float":
        fail("The loss that accumulate_gradients returns must be a plain float.", expected="float", got=seen["kind"])


@exercise("accumulate_gradients")
def test_gradients_are_added_to(student, rng):
    seed, pieces = whole(rng, 0, 10_000), [training_batch(rng, 2, 6, 3), training_batch(rng, 1, 5, 3)]
    counts = [supervised(piece) for piece in pieces]
    model = tiny(seed)
    right, _ = gradient_of(model, [(n / sum(counts), piece) for n, piece in zip(counts, pieces, strict=True)])
    seen = student.run(accumulated, seed, pieces, 0.5, 0.0, False, False)
    expect_close(
        seen["gradient"],
        right + 0.5,
        what="The gradient of a model that had gradients before",
        mistakes={"Gradients that were there before are zeroed; accumulating adds to them.": right},
        **FP32,
    )
    before = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    if not torch.equal(seen["weights"], before):
        fail("The weights have changed; accumulating computes gradients and no more.")
    if seen["training"]:
        fail("The model came in eval mode and is in train mode afterwards; its mode is the caller's business.")


@probe
def trained(lesson, seed, batches, steps, rate, dropout, stale):
    """Train a tiny model with plain SGD: the losses returned, its mode, and its weights in one row."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    if stale:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
    losses = lesson.train_sft(model, batches, optimizer, steps)
    weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    kinds = sorted({type(loss).__name__ for loss in losses}) if isinstance(losses, list) else []
    return {"losses": losses, "kinds": kinds, "training": model.training, "weights": weights}


RATE = 0.5


def train_by(seed, batches, steps, *, labels="labels", zero=True, dropout=0.0, train=True, cycle=True, after=False):
    """The losses of a training loop and the weights at its end, with switches for known mistakes."""
    model = tiny(seed, dropout).train(train)
    weights = list(model.parameters())
    losses, held = [], [torch.zeros_like(weight) for weight in weights]
    for step in range(steps):
        batch = batches[step % len(batches) if cycle else 0]
        loss = loss_of(model, batch, batch[labels])
        gradients = torch.autograd.grad(loss, weights)
        held = list(gradients) if zero else [old + new for old, new in zip(held, gradients, strict=True)]
        with torch.no_grad():
            for weight, gradient in zip(weights, held, strict=True):
                weight -= RATE * gradient
        losses.append(float((loss_of(model, batch, batch[labels]) if after else loss).detach()))
    return losses, torch.cat([weight.detach().flatten() for weight in weights])


@exercise("train_sft", points=2)
def test_losses_and_weights_of_three_steps(student, rng):
    seed = whole(rng, 0, 10_000)
    batches = [training_batch(rng, 2, 7, 3), training_batch(rng, 3, 5, 2)]
    seen = student.run(trained, seed, batches, 3, RATE, 0.0, 0.0)
    right, weights = train_by(seed, batches, 3)
    untrained = tiny(seed)
    expect_close(
        seen["losses"],
        right,
        what="The list of losses of three steps on two batches",
        mistakes={
            "Gradients are not zeroed, so every step drags the earlier ones along.": lambda: train_by(
                seed, batches, 3, zero=False
            )[0],
            "The loss is taken over the prompts too: labels are to be used, not input_ids.": lambda: train_by(
                seed, batches, 3, labels="input_ids"
            )[0],
            "It stops when the batches run out instead of starting over.": right[:2],
            "It takes steps for rounds through all batches.": lambda: train_by(seed, batches, 6)[0],
            "Only the first batch is trained on.": lambda: train_by(seed, batches, 3, cycle=False)[0],
            "The losses are measured after the update; they belong before it.": lambda: train_by(
                seed, batches, 3, after=True
            )[0],
            "The weights do not change between the steps.": lambda: [
                float(loss_of(untrained, batches[step % 2]).detach()) for step in range(3)
            ],
            "Only the last loss is returned, not one for every step.": right[-1],
            "Only the last loss is returned, not one for every step. ": right[-1:],
        },
        advice='Per step: forward, sft_loss with batch["labels"], zero_grad, backward, step, append the loss.',
        **FP32,
    )
    if seen["kinds"] != ["float"]:
        fail(
            "The losses must be plain floats; a tensor with a graph would keep every step in memory.",
            expected=["float"],
            got=seen["kinds"],
        )
    expect_close(seen["weights"], weights, what="The row of all weights after three steps", **FP32)


@exercise("train_sft")
def test_training_runs_in_train_mode(student, rng):
    # Dropout with p = 1 drops everything: in train mode the model sees no tokens at all, and nothing is left to chance.
    seed, batches = whole(rng, 0, 10_000), [training_batch(rng, 2, 6, 3)]
    seen = student.run(trained, seed, batches, 2, RATE, 1.0, 0.0)
    expect_close(
        seen["losses"],
        train_by(seed, batches, 2, dropout=1.0)[0],
        what="The list of losses with dropout",
        mistakes={
            "The model trains in eval mode, without its dropout.": lambda: train_by(
                seed, batches, 2, dropout=1.0, train=False
            )[0],
        },
        advice="model.train() before the first step.",
        **FP32,
    )
    assert seen["training"], "The model is not in train mode after training."


# --- asking ---------------------------------------------------------------------------------------------------------


@probe
def replies(lesson, seed, prompts, stop_ids, max_new_tokens, dropout, train):
    """What generate_reply gives for a model that says many different things, and the mode that it leaves."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    generator = torch.Generator().manual_seed(seed)
    model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
    with torch.no_grad():
        for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
            layer.weight.mul_(10.0)
    model.transformer.drop.p = dropout
    model.train(train)
    found = lesson.generate_reply(model, prompts, stop_ids, max_new_tokens)
    return {"replies": found, "training": model.training}


def until(said, stops):
    """What is left of replies when each ends with the first of the stop ids in it."""
    ends = (next((place for place, token in enumerate(reply) if token in stops), len(reply)) for reply in said)
    return [reply[: end + 1] for reply, end in zip(said, ends, strict=True)]


class Talk:
    """A model, two prompts and what it says next, greedily, each token with a clear lead over the runner-up.

    `stops` are two tokens: the first row says stops[0] at place `ends[0]`, the second says stops[1] at `ends[1]`, later
    than that; neither says them earlier.
    """

    def __init__(self, rng):
        while True:
            self.seed = whole(rng, 0, 100_000)
            self.model = self.talkative(self.seed)
            prompts = torch.randint(0, 29, (8, 4), generator=rng)
            said, lead = self.go_on(prompts, 6)
            clear = [row for row in range(8) if lead[row] > 1e-3]
            for first, second in itertools.permutations(clear, 2):
                for early, late in ((1, 3), (1, 4), (2, 4)):
                    stops = said[first][early], said[second][late]
                    others = said[first][: late + 1] + said[second][: late + 1]
                    if others.count(stops[0]) == others.count(stops[1]) == 1:
                        self.prompts, self.said = prompts[[first, second]], [said[first], said[second]]
                        self.stops, self.ends = list(stops), (early, late)
                        return

    @staticmethod
    def talkative(seed):
        """As the probe builds it: an output layer of its own and strong attention make it say different things."""
        model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
        generator = torch.Generator().manual_seed(seed)
        model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
        with torch.no_grad():
            for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
                layer.weight.mul_(10.0)
        return model

    @torch.no_grad()
    def go_on(self, ids, tokens):
        """What each row says in so many tokens, and the smallest distance of its winners to the runners-up."""
        length, lead = ids.shape[1], torch.full(ids.shape[:1], float("inf"))
        for _ in range(tokens):
            best = self.model(ids).logits[:, -1].topk(2, dim=-1)
            lead = torch.minimum(lead, best.values[:, 0] - best.values[:, 1])
            ids = torch.cat([ids, best.indices[:, :1]], dim=1)
        return ids[:, length:].tolist(), lead

    @torch.no_grad()
    def forgetting(self, tokens):
        """What the rows would say if every step saw the last token alone."""
        ids, said = self.prompts, []
        for _ in range(tokens):
            ids = self.model(ids).logits[:, -1:].argmax(dim=-1)
            said.append(ids)
        return torch.cat(said, dim=1).tolist()


@exercise("generate_reply")
def test_the_likeliest_tokens(student, rng):
    talk = Talk(rng)
    seen = student.run(replies, talk.seed, talk.prompts, [], 6, 0.0, False)
    expect_equal(
        seen["replies"],
        talk.said,
        what="The list of replies without stop ids",
        mistakes={
            "The prompt is returned with the reply.": lambda: [
                prompt + said for prompt, said in zip(talk.prompts.tolist(), talk.said, strict=True)
            ],
            "Only the first row is answered.": talk.said[:1],
            "Only the first row is answered, and its list is not in a list.": talk.said[0],
            "One token more than max_new_tokens is written.": lambda: talk.go_on(talk.prompts, 7)[0],
            "One token less than max_new_tokens is written.": [said[:-1] for said in talk.said],
            "The replies are a tensor, not a list of ids for every row.": torch.tensor(talk.said),
            "Every step sees the token before it and not the whole text so far.": lambda: talk.forgetting(6),
        },
        advice="At every step take the argmax of the logits at the last position and append it to the input.",
    )


@exercise("generate_reply", points=2)
def test_a_row_stops_on_any_stop_id(student, rng):
    talk = Talk(rng)
    (first, second), (early, late) = talk.said, talk.ends
    seen = student.run(replies, talk.seed, talk.prompts, talk.stops, 6, 0.0, False)
    expect_equal(
        seen["replies"],
        [first[: early + 1], second[: late + 1]],
        what="The list of replies with two stop ids",
        mistakes={
            "It does not stop on a stop id.": talk.said,
            "It stops on the first of the stop ids only.": until(talk.said, talk.stops[:1]),
            "It stops on the last of the stop ids only.": until(talk.said, talk.stops[1:]),
            "The stop id that ended a row is not in its reply.": [first[:early], second[:late]],
            "All rows stop as soon as one does.": [first[: early + 1], second[: early + 1]],
            "A row goes on after its stop id until all rows have stopped.": [first[: late + 1], second[: late + 1]],
            "It writes one token beyond the stop id.": [first[: early + 2], second[: late + 2]],
        },
        advice="Keep one list per row, and append to it only while its last id is no stop id.",
    )


@exercise("generate_reply")
def test_dropout_is_off_and_the_mode_restored(student, rng):
    talk = Talk(rng)
    seen = student.run(replies, talk.seed, talk.prompts, [], 4, 1.0, True)
    dropped = []
    if seen["replies"] != [said[:4] for said in talk.said]:
        talk.model.transformer.drop.p = 1.0
        dropped = talk.model.train() and talk.go_on(talk.prompts, 4)[0]
    expect_equal(
        seen["replies"],
        [said[:4] for said in talk.said],
        what="The list of replies of a model that was in train mode",
        mistakes={"Dropout is active while it answers: the model must be in eval mode.": dropped},
    )
    assert seen["training"], "The model was in train mode before, and is left in eval mode."
