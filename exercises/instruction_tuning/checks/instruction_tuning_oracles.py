"""What the checks of this lesson share: tolerances, conversations and their ids, tiny models, and oracles.

Templates are compared with published texts, written out in the check files. Masks are compared as lists of supervised
ids: the tokenizer (`builders.tiny_tokenizer`) gives every byte its value as id, so that they can be written down. Its
<|endoftext|> is 256, <|im_start|> 257, <|im_end|> 258.

An oracle that knows mistakes has named parts; a mistake replaces one of them.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector

from autograder import builders
from autograder.checks import AnyOf, StudentError, expect_close, expect_equal, expect_error, fail, probe

# Losses and gradients of tiny models in fp32: numbers of size 3 from sums of 30 terms, rounded to 1e-6; mistakes move
# them by 1e-2.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-5}
IGNORE_INDEX = -100
RATE = 0.5  # of SGD; a power of 2, so that the update itself rounds nothing
START, END, NEWLINE = 257, 258, 10  # ids of <|im_start|>, <|im_end|> and "\n"


@contextmanager
def expect_named(name, sentence):
    """Inside expect_error: the message of the student's ValueError holds this name."""
    try:
        yield
    except StudentError as error:
        if error.type == "ValueError" and name not in error.message:
            fail(sentence, expected=f"a message with {name}", got=error.message)
        raise


# --- conversations, their ids and labels ----------------------------------------------------------------------------


def message(role, content):
    """One message of a conversation."""
    return {"role": role, "content": content}


def byte_ids(text):
    """The ids of a text under `builders.tiny_tokenizer`: its bytes."""
    return list(text.encode())


def random_word(rng):
    """Six letters that no check has drawn before."""
    return "".join("abcdefgklm"[rng.randint(0, 10)] for _ in range(6))


def alpaca(instruction, given=None, output=None, end=""):
    """The published text of an example; without an output its prompt alone."""
    context = ", paired with an input that provides further context" if given else ""
    text = (
        f"Below is an instruction that describes a task{context}. "
        "Write a response that appropriately completes the request.\n\n### Instruction:\n" + instruction + "\n\n"
    )
    if given:
        text += "### Input:\n" + given + "\n\n"
    text += "### Response:"
    return text if output is None else text + "\n" + output + end


NO_END = "The end token is missing behind the response."
BLANK_IS_EMPTY = "An input of nothing but white space is taken for none; only a missing or an empty one is."


def stripping_mistakes(instruction, given, output, end):
    """What known mistakes make of an example with white space around its texts, and an {input} in it."""
    return {
        "The texts of the example are stripped; they go in as they are.": alpaca(
            instruction.strip(), given.strip(), output.strip(), end
        ),
        "The instruction is stripped; it goes in as it is.": alpaca(instruction.strip(), given, output, end),
        "The input is stripped; it goes in as it is.": alpaca(instruction, given.strip(), output, end),
        "The output is stripped; it goes in as it is.": alpaca(instruction, given, output.strip(), end),
        "The whole text is stripped.": alpaca(instruction, given, output.strip()) + end,
        "Curly braces in a text are taken for placeholders.": alpaca(
            instruction.replace("{input}", given), given, output, end
        ),
        NO_END: alpaca(instruction, given, output),
    }


def chatml(messages):
    """A conversation as text in ChatML."""
    return "".join(f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n" for one in messages)


PARTS_OF_ROLES = ["use", "ser", "sys", "stem", "assist", "ant"]


def expect_unknown_role(student, rng, role, what="A role that isn't system, user or assistant"):
    """This role behind a known one is a ValueError that names it; known roles alone are not."""
    known = [message(one, random_word(rng)) for one in ("user", "assistant", "system")]
    for messages in rng.permutation([known, [*known[:1], message(role, random_word(rng))]]):
        if messages is known:
            expect_equal(student.render_chatml(known), chatml(known), what="The text of messages of the three roles")
            continue
        with (
            expect_error("ValueError", what=what),
            expect_named(role, "The error about an unknown role does not name the role."),
        ):
            student.render_chatml(messages)


def llama3(role, content):
    """A conversation of one message as text in the template of Llama 3, its content as it is."""
    return f"<|begin_of_text|><|start_header_id|>{role}<|end_header_id|>\n\n{content}<|eot_id|>"


def content_mistakes(messages):
    """What known mistakes make of the contents of a conversation in ChatML."""

    def changed(change):
        return chatml([message(one["role"], change(one["content"])) for one in messages])

    return {
        "Contents are stripped; they go in as they are.": changed(str.strip),
        "A message with empty content is left out.": chatml([one for one in messages if one["content"]]),
        "Control characters are taken out of contents; rendering leaves text alone.": changed(
            lambda text: text.replace("<|im_end|>", "")
        ),
    }


def order_mistakes(messages):
    """What known mistakes make of a conversation in ChatML that does not begin with its system message."""
    return {
        "A system message is added that nobody wrote.": chatml(
            [message("system", "You are a helpful assistant."), *messages]
        ),
        "System messages are moved to the front; each stays where it is.": chatml(
            sorted(messages, key=lambda one: one["role"] != "system")
        ),
    }


@probe
def encoded(student, messages, tokenizer_settings, as_unknown=None):
    """What encode_chat gives with the tokenizer that these settings make.

    `as_unknown`: the token whose id the tokenizer gives for one that it does not know; without it there is None.
    """
    tokenizer = builders.tiny_tokenizer(**tokenizer_settings)
    if as_unknown is not None:
        tokenizer.unk_token = as_unknown
    result = student.encode_chat(messages, tokenizer)
    return dict(result) if hasattr(result, "keys") else result


@probe
def tokenizer_after_encoding(student, messages):
    """What the tokenizer makes of <|im_end|> and of "Hi" before encode_chat and afterwards, with no argument."""
    tokenizer = builders.tiny_tokenizer()
    before = [tokenizer(text)["input_ids"] for text in ("<|im_end|>", "Hi")]
    student.encode_chat(messages, tokenizer)
    return {"before": before, "after": [tokenizer(text)["input_ids"] for text in ("<|im_end|>", "Hi")]}


class Segment(NamedTuple):
    """A piece of an encoded conversation."""

    kind: str  # "start", "header", "content", "end" or "newline"
    turn: int  # the index of its message
    role: str
    ids: list[int]


def segments(messages, start=START, end=END, encode=byte_ids, header=byte_ids) -> Iterator[Segment]:
    """A conversation in ChatML, piece by piece; `encode` gives the ids of a content, `header` of a role's line."""
    for turn, one in enumerate(messages):
        role = one["role"]
        yield Segment("start", turn, role, [start])
        yield Segment("header", turn, role, header(f"{role}\n"))
        yield Segment("content", turn, role, encode(one["content"]))
        yield Segment("end", turn, role, [end])
        yield Segment("newline", turn, role, [NEWLINE])


def is_reply(segment: Segment) -> bool:
    """The right rule of supervision: the content of every assistant turn and the <|im_end|> behind it."""
    return segment.role == "assistant" and segment.kind in ("content", "end")


def encode_oracle(messages, is_supervised=is_reply, **settings):
    """What encode_chat returns: the ids of all segments, and 1 for each id of a supervised one."""
    return joined(segments(messages, **settings), is_supervised)


def joined(pieces: Iterable[Segment], is_supervised=is_reply):
    """Segments one behind the other, as encode_chat returns them."""
    pieces = list(pieces)
    return {
        "input_ids": [token for piece in pieces for token in piece.ids],
        "loss_mask": [int(is_supervised(piece)) for piece in pieces for _ in piece.ids],
    }


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
    found["The mask is found by searching the text for markers, which a user can write too."] = {
        **right,
        "loss_mask": searched_mask(segments(messages)),
    }
    return found


def searched_mask(pieces):
    """1 from each text "<|im_start|>assistant" and a newline to the next "<|im_end|>", whoever wrote them."""
    shown = {"start": "<|im_start|>", "end": "<|im_end|>"}
    tokens = [shown.get(piece.kind, chr(token)) for piece in pieces for token in piece.ids]  # ASCII
    text, mask, inside = "", [], False
    for token in tokens:
        mask.append(int(inside))
        text += token
        inside = text.endswith("<|im_start|>assistant\n") or (inside and not text.endswith("<|im_end|>"))
    return mask


def ids_with_control_tokens(tokens):
    """An `encode` for the oracle that takes these texts (text → id) for control tokens wherever they stand."""

    def encode_content(text):
        ids = []
        while text:
            token = next((token for token in tokens if text.startswith(token)), None)
            ids += byte_ids(text[0]) if token is None else [tokens[token]]
            text = text[1:] if token is None else text.removeprefix(token)
        return ids

    return encode_content


END_OF_TEXT = {"<|endoftext|>": 256}
ALL_SPECIAL = {"<|im_start|>": START, "<|im_end|>": END, **END_OF_TEXT}


def markup_mistakes(messages):
    """What known mistakes make of contents that look like markup."""
    return {
        "A content's control characters become control tokens; contents are data.": encode_oracle(
            messages, encode=ids_with_control_tokens(ALL_SPECIAL)
        ),
        'A content\'s "<|endoftext|>" becomes the end-of-text token; contents are data.': encode_oracle(
            messages, encode=ids_with_control_tokens(END_OF_TEXT)
        ),
        **mask_mistakes(messages),
    }


def blank_mistakes(messages):
    """What known mistakes make of empty contents and of white space around others."""
    stripped = [message(one["role"], one["content"].strip()) for one in messages]
    return {
        "Contents are stripped; they go in as they are.": encode_oracle(stripped),
        "Messages with empty content are left out.": encode_oracle([one for one in messages if one["content"]]),
        "The <|im_end|> behind an empty content is not supervised, so the model never learns to say nothing.": (
            encode_oracle(messages, lambda piece: is_reply(piece) and messages[piece.turn]["content"] != "")
        ),
        "Messages with blank content are left out.": encode_oracle([one for one in messages if one["content"].strip()]),
    }


def id_mistakes(messages, size):
    """What known mistakes make of the control tokens with a tokenizer of this size."""
    return {
        "The ids of the control tokens are written into the code; they differ between tokenizers.": (
            encode_oracle(messages)
        ),
        "The ids of the control tokens are guessed from the size of the tokenizer.": encode_oracle(
            messages, start=size - 2, end=size - 1
        ),
    }


def expect_nothing_begins(result, messages, begin, start, end):
    """What encode_chat gives with a tokenizer that puts the id `begin` before every text, and these control tokens."""
    known = result["input_ids"] == encode_oracle(messages)["input_ids"]  # with the ids of another tokenizer
    begins = 0 if known else result["input_ids"].count(begin)
    if begins > 1:
        fail("The tokenizer's beginning-of-text token stands before every piece of text.")
    if begins == 1:
        fail("The tokenizer's beginning-of-text token is put in front; nothing is added to the messages.")
    expect_equal(
        result,
        encode_oracle(messages, start=start, end=end),
        what="What encode_chat gives with a tokenizer that begins every text",
        mistakes=id_mistakes(messages, max(start, end) + 1),
    )


def expect_pieces(result, messages, joined_text, joined_id, start, end):
    """What encode_chat gives with a tokenizer that makes one id of this text, a newline and a letter, within a text."""
    newline, letter = joined_text
    right, over, cut = encode_oracle(messages, start=start, end=end), [], []
    for piece in segments(messages, start=start, end=end):
        if piece.kind == "content" and piece.ids[:1] == byte_ids(letter):
            cut += piece.ids[1:]  # what the header's own ids leave of the joined text
            over[-1:] = [joined_id, *piece.ids[1:]]
        else:
            cut += piece.ids
            over += piece.ids
    if result["input_ids"] in (over, cut):
        fail("Header and content are encoded as one text, so that the tokenizer joins characters across their border.")
    expect_equal(
        result,
        right,
        what="What encode_chat gives with a tokenizer that joins characters",
        mistakes=id_mistakes(messages, max(start, end) + 1),
    )


def expect_headers(student, messages):
    """What encode_chat gives with a tokenizer that makes one id of the "r" of a user's role and the newline behind."""
    settings = {"merges": [("r", "\n")]}  # "r\n" 256, <|endoftext|> 257, <|im_start|> 258, <|im_end|> 259
    expect_equal(
        student.run(encoded, messages, settings),
        encode_oracle(
            messages,
            start=258,
            end=259,
            header=lambda text: [256 if one == 0 else one for one in byte_ids(text.replace("r\n", "\0"))],
        ),
        what="What encode_chat gives with a tokenizer that joins a role's last letter and the newline",
        mistakes={
            "A role and its newline are encoded as two texts; they are one.": encode_oracle(
                messages, start=258, end=259
            )
        },
    )


def expect_errors_among(student, rng, known, *wrong):
    """Each of these (what, messages, tokenizer settings) is a ValueError that says why; `known` is encoded as ever."""
    for what, messages, settings in rng.permutation([("", known, {}), *wrong]):
        if not what:
            expect_equal(
                student.run(encoded, messages, settings),
                encode_oracle(messages),
                what="What encode_chat gives for roles and tokens that are known",
                mistakes=mask_mistakes(messages),
            )
            continue
        with expect_error("ValueError", what=what, explained=True):
            student.run(encoded, messages, settings)


def example(ids, mask):
    """One encoded conversation, as collate_chats takes it."""
    return {"input_ids": list(ids), "loss_mask": list(mask)}


PADDED_TO_UNCUT = "Padding goes to the length that the longest example had before cutting."
PADDED_TO_MAX = "Rows are padded to max_length instead of the longest example."


@dataclass(frozen=True)
class CollateOracle:
    """`collate_chats` without max_length, in parts."""

    attention: Callable = lambda token, supervised, pad_id: 1
    label: Callable = lambda token, supervised, pad_id: token if supervised else IGNORE_INDEX
    pad_attention: int = 0
    pad_label: Callable = lambda pad_id: IGNORE_INDEX
    pad: Callable = lambda row, padding: row + padding
    shift: Callable = lambda labels: labels

    def run(self, examples, pad_id):
        """input_ids, attention_mask and labels, each (B, T), T being the length of the longest example."""
        longest = max(len(one["input_ids"]) for one in examples)
        batch = {"input_ids": [], "attention_mask": [], "labels": []}
        for one in examples:
            tokens = [(*pair, pad_id) for pair in zip(one["input_ids"], one["loss_mask"], strict=True)]
            missing = longest - len(tokens)
            # What stands in the row
            ids = [token for token, *_ in tokens]
            attention_mask = [int(self.attention(*token)) for token in tokens]
            labels = [self.label(*token) for token in tokens]
            # What fills it up
            batch["input_ids"].append(self.pad(ids, [pad_id] * missing))
            batch["attention_mask"].append(self.pad(attention_mask, [self.pad_attention] * missing))
            batch["labels"].append(self.shift(self.pad(labels, [self.pad_label(pad_id)] * missing)))
        return {name: torch.tensor(rows) for name, rows in batch.items()}


def expect_it_is_named(student, examples, index):
    """The example of this index has nothing supervised, which is an error that names it."""
    try:
        student.collate_chats(examples, 0)
    except StudentError as error:
        if error.type == "ValueError" and str(index) in error.message:
            return
        if error.type == "ValueError":
            fail("The error about an example with nothing supervised does not name it by its index.", got=str(error))
        fail("An example with nothing supervised must be a ValueError.", got=str(error))
    if index:
        fail("An example with nothing supervised raises no error; what it can't teach must not go unsaid.")
    fail("A first example with nothing supervised raises no error, though a later one does.")


def expect_each_is_named(student, rng, examples, nothing):
    """`nothing`, which has nothing supervised, is named behind and before the examples; alone they make their batch."""
    calls = [([*examples, nothing], len(examples)), ([nothing, *examples], 0)]
    calls.insert(rng.randint(0, 3), (examples, None))
    for group, index in calls:
        if index is None:
            batch = CollateOracle().run(group, 0)
            expect_equal(student.collate_chats(group, 0), batch, what="The batch of examples that all teach something")
        else:
            expect_it_is_named(student, group, index)


def labels_oracle(ids, lengths):
    """What mask_prompt_labels returns, (B, T): -100 at the positions t < lengths[row], the id elsewhere."""
    labels = ids.clone()
    for row, length in enumerate(lengths.tolist()):
        labels[row, :length] = IGNORE_INDEX
    return labels


def masked_by_value(ids, lengths):
    """Labels where every id is masked that occurs in its row's prompt."""
    labels = ids.clone()
    for row, length in enumerate(lengths.tolist()):
        labels[row][torch.isin(ids[row], ids[row, :length])] = IGNORE_INDEX
    return labels


def edge_mistakes(ids, lengths):
    """What known mistakes make of prompts that are empty or as long as their row."""
    full = lengths >= ids.shape[1]  # (B,)
    return {
        "A row that is all prompt is not masked at all.": torch.where(full[:, None], ids, labels_oracle(ids, lengths)),
        "Ids are masked by value: a token of the response that also occurs in the prompt is lost.": masked_by_value(
            ids, lengths
        ),
        "The first label of a row is masked even where there is no prompt.": (labels_oracle(ids, lengths.clamp(min=1))),
        "A row that is all prompt keeps its last label.": labels_oracle(ids, lengths.clamp(max=ids.shape[1] - 1)),
        "An id of 0 in the response is taken for padding.": (
            labels_oracle(ids, lengths).masked_fill(ids == 0, IGNORE_INDEX)
        ),
    }


# --- sft_loss ---------------------------------------------------------------------------------------------------------


def token_losses(logits, labels):
    """-log p(label) (B, T) where a label is given, 0 elsewhere, from logits and labels side by side; float64."""
    log_probs = logits.double() - logits.double().logsumexp(dim=-1, keepdim=True)  # (B, T, V)
    return -log_probs.gather(-1, labels.clamp(min=0)[..., None])[..., 0] * (labels != IGNORE_INDEX)


def count_labels(labels):
    """How many labels are supervised."""
    return int((labels != IGNORE_INDEX).sum())


def mean_loss(logits, labels, count=None):
    """The sum of -log p(label) over `count`, the number of supervised labels; logits and labels side by side."""
    return (token_losses(logits, labels).sum() / (count or max(count_labels(labels), 1))).float()


def loss_oracle(logits, labels):
    """What sft_loss returns: the mean of -log p(labels[:, t + 1]) under logits[:, t] over the supervised tokens."""
    return mean_loss(logits[:, :-1], labels[:, 1:])


def loss_mistakes(logits, labels):
    """What known mistakes make of the loss."""
    guesses, targets = logits[:, :-1], labels[:, 1:]  # (B, T-1, V), (B, T-1)

    def divided_by(count):
        return lambda: mean_loss(guesses, targets, count)

    def mean_of_rows():
        rows = token_losses(guesses, targets).sum(dim=1) / (targets != IGNORE_INDEX).sum(dim=1).clamp(min=1)  # (B,)
        return rows.mean().float()

    return {
        "Logits and labels are not shifted: every position is asked for the token that it has just read.": (
            lambda: mean_loss(logits, labels)
        ),
        "Logits and labels are shifted twice.": lambda: mean_loss(logits[:, :-2], labels[:, 2:]),
        "They are shifted the wrong way: logits[:, 1:] against labels[:, :-1].": (
            lambda: mean_loss(logits[:, 1:], labels[:, :-1])
        ),
        "The mean is taken over all positions, also those that are not supervised.": divided_by(targets.numel()),
        "The mean is taken over all B·T tokens, also those that are not supervised.": divided_by(labels.numel()),
        "It is the sum over the supervised tokens, not their mean.": divided_by(1),
        "It is divided by the number of all supervised labels, the unused first one of a row too.": (
            divided_by(count_labels(labels))
        ),
        "It is the mean of the rows' means; here every token counts the same.": mean_of_rows,
        "The sum over tokens is divided by the number of rows.": divided_by(labels.shape[0]),
        "The sign is wrong: the loss falls when the model gets worse.": lambda: -loss_oracle(logits, labels),
        "It is exp of the loss, the perplexity.": lambda: loss_oracle(logits, labels).exp(),
        "Masked labels are counted as token 0.": lambda: mean_loss(guesses, targets.clamp(min=0)),
        "Token 0 is left out like padding; only -100 is.": (
            lambda: mean_loss(guesses, targets.masked_fill(targets == 0, IGNORE_INDEX))
        ),
    }


IN_HALF = "With logits in half precision the loss is computed in half precision; raise them to float32 first."
KEPT_FROM_ZERO = "Probabilities are kept from 0 before the logarithm, so a very unlikely label costs too little."


def floors(share=1.0):
    """What a very unlikely label costs, times a share, where its probability is kept from 0."""
    return AnyOf(*(torch.tensor(share * -math.log(10.0**-digits)) for digits in range(4, 41)))


NOT_FINITE = "The loss is infinite or NaN for very confident guesses: take the logarithm of the softmax in one step."


def expect_raised(loss, logits, labels):
    """The loss of logits in half precision is that of the same logits raised to float32."""
    right = loss_oracle(logits.float(), labels)
    if isinstance(loss, torch.Tensor) and loss.dtype == logits.dtype and torch.allclose(loss.float(), right, rtol=0.02):
        fail(IN_HALF)
    expect_close(
        loss,
        right,
        what="The loss of logits in half precision",
        mistakes={
            IN_HALF: lambda: F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()).float(),
            **loss_mistakes(logits.float(), labels),
        },
        **TOL_FP32,
    )


def expect_others_left_out(student, logits, labels):
    """The loss where the logits of every position that guesses nothing are infinite, but for one id."""
    spoiled = logits.clone()
    unused = torch.cat([labels[:, 1:] == IGNORE_INDEX, torch.ones_like(labels[:, :1]).bool()], dim=1)  # (B, T)
    spoiled[unused] = -math.inf
    spoiled[..., 1][unused] = 0.0
    expect_close(
        student.sft_loss(spoiled, labels),
        loss_oracle(logits, labels),
        what="The loss where logits that guess nothing are infinite",
        mistakes={
            "Losses that do not count are multiplied by 0, not left out, which gives NaN where a logit is infinite.": (
                torch.tensor(math.nan)
            )
        },
        **TOL_FP32,
    )


def ragged_labels(rng, rows, length, vocabulary):
    """Labels (rows, length): prompts and paddings of different lengths are -100, and one token within a reply."""
    labels = rng.randint(0, vocabulary, (rows, length))
    for row in range(rows):
        labels[row, : rng.randint(2, 4) if row else 2] = IGNORE_INDEX  # so that rows have different numbers of replies
        if row:
            labels[row, length - row :] = IGNORE_INDEX
    labels[0, length - 2] = IGNORE_INDEX
    return labels


# --- tiny models and their batches ----------------------------------------------------------------------------------


def tiny_model(seed, dropout=0.0):
    """The model of the training checks, as their probes build it: V = 29, up to 16 positions."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    return model


def initial_embeddings(seed, vocabulary):
    """The embeddings (V, 16) that the model of the checks of add_chat_tokens starts with."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=vocabulary, positions=16)
    return model.transformer.wte.weight.detach()


def initial_head(seed, vocabulary):
    """The output layer (V, 16) that the untied model of the checks of add_chat_tokens starts with."""
    return torch.randn(vocabulary, 16, generator=torch.Generator().manual_seed(seed))


@probe
def with_tokens_added(student, seed, vocabulary, known=(), tied=True, calls=1):
    """Matrices of a model after add_chat_tokens, which is called as often as `calls` says; between calls row 257 is
    written (as training would). `known` are chat tokens that the tokenizer has before.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=vocabulary, positions=16)
    if not tied:
        model.config.tie_word_embeddings = False
        generator = torch.Generator().manual_seed(seed)
        model.lm_head.weight = nn.Parameter(torch.randn(vocabulary, 16, generator=generator))
    tokenizer = builders.tiny_tokenizer(control_tokens=known)
    added = []
    for call in range(calls):
        if call:
            with torch.no_grad():
                model.get_input_embeddings().weight[257] = 5.0
        added.append(student.add_chat_tokens(model, tokenizer))
    inputs, outputs = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    found = {
        "added": added,
        "ids": [tokenizer.convert_tokens_to_ids(token) for token in ("<|im_start|>", "<|im_end|>")],
        "inputs": inputs.detach().clone(),
        "outputs": outputs.detach().clone(),
        "trainable": inputs.requires_grad and outputs.requires_grad,
    }
    with torch.no_grad():
        inputs[3] += 1.0
    found["moved"] = float((outputs[3].detach() - found["outputs"][3]).abs().max())
    return found


def expect_ids(result, ids):
    """Without both tokens in its tokenizer, a model's new rows belong to nothing."""
    mistakes = {"The tokenizer does not know the chat tokens: each falls apart into pieces.": [None, None]}
    if ids[0] < ids[1]:
        mistakes["The chat tokens are added in the wrong order, <|im_end|> first."] = ids[::-1]
    expect_equal(result["ids"], ids, what="The pair of ids of <|im_start|> and <|im_end|>", mistakes=mistakes)


def expect_own_means(result, seed, vocabulary, known, added):
    """An untied model of `vocabulary` rows, whose tokenizer had `known` tokens: what its matrices are afterwards."""
    old, head = initial_embeddings(seed, vocabulary), initial_head(seed, vocabulary)  # (V, C)
    mean, mean_of_head = (rows[:known].mean(dim=0).expand(added, 16) for rows in (old, head))
    if result["moved"] > 0:
        fail("A model whose input and output embeddings were two matrices has one now.")
    size = max(vocabulary, known + added)
    if result["outputs"].shape[0] != size or result["inputs"].shape[0] != size:
        fail("Input and output embeddings must both have a row for every token.")
    expect_equal(
        [result["inputs"][:known], result["outputs"][:known]],
        [old[:known], head[:known]],
        what="The block of old rows of an embedding",
    )
    expect_close(result["inputs"][known : known + added], mean, what="The block of new rows of the input", rtol=1e-4)
    new = result["outputs"][known : known + added]
    if not torch.allclose(new, mean_of_head, rtol=1e-4, atol=1e-5):
        if torch.allclose(new, mean, rtol=1e-4, atol=1e-5):
            fail("The output layer's new rows hold the mean of the input's rows, not of its own.")
        fail("In an untied model the output layer's new rows do not start as the mean of its old ones.")
    if not result["trainable"]:
        fail("The embeddings can no longer be trained.")


def expect_kept(result):
    """Row 257 was written between two calls, with 5.0 everywhere."""
    expect_close(
        result["inputs"][257],
        torch.full((16,), 5.0),
        what="A trained row of a chat token after a second call",
        mistakes={
            "A second call writes over the rows of chat tokens that were known, and maybe trained, already.": (
                lambda: result["inputs"][257]
            )
        },
    )


def expect_counts(result, counts):
    """What the calls returned."""
    expect_equal(
        result["added"],
        counts,
        what="The list of what the calls return, the numbers of new tokens,",
        mistakes={
            "It returns 2 although both tokens were known.": [2, 2],
            "It returns 2 although one of the tokens was known.": [2],
            "It returns nothing.": [None] * len(counts),
        },
    )


def spare_mistakes(old, known, added):
    """What known mistakes make of the new tokens' rows where the model has rows (V, C) to spare."""
    return {
        "Where the model has rows to spare, the new tokens' rows are left as they were.": old[known : known + added],
        "The mean is taken over spare rows too, which belong to no token.": old.mean(dim=0).expand(added, 16),
    }


def weights_of(model):
    """All parameters of a model in one row (P,)."""
    return parameters_to_vector(model.parameters()).detach()


def training_batch(rng, rows, length, supervised, padded=False):
    """A batch (rows, length) whose last `supervised` tokens of each row are labels; `padded`: the last row by one."""
    ids = rng.randint(1, 29, (rows, length))
    labels, attention_mask = ids.clone(), torch.ones_like(ids)
    labels[:, : length - supervised] = IGNORE_INDEX
    if padded:
        ids[-1, -1], labels[-1, -1], attention_mask[-1, -1] = 0, IGNORE_INDEX, 0
    return {"input_ids": ids, "attention_mask": attention_mask, "labels": labels}


def count_supervised(batch):
    """How many labels the loss uses: the first label of a row is no target."""
    return int((batch["labels"][:, 1:] != IGNORE_INDEX).sum())


def loss_of(model, batch, labels=None):
    """The mean over supervised tokens of -log p(label[t + 1] | ids[: t + 1]), a scalar; 0 where there are none."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits  # (B, T, V)
    targets = (batch["labels"] if labels is None else labels)[:, 1:].flatten()  # (B·(T-1),)
    total = F.cross_entropy(logits[:, :-1].flatten(0, 1), targets, ignore_index=IGNORE_INDEX, reduction="sum")
    return total / max(int((targets != IGNORE_INDEX).sum()), 1)


# --- accumulate_gradients -------------------------------------------------------------------------------------------


@probe
def accumulated(student, seed, pieces, start=None, dropout=0.0, train=False, lazily=False, frozen=False):
    """What accumulate_gradients leaves where all gradients start as the number `start`.

    `lazily`: the pieces come from a generator. `frozen`: the last 16 parameters, ln_f.bias, are.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    model.train(train)
    model.transformer.ln_f.bias.requires_grad_(not frozen)
    if start is not None:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, start)
    returned = student.accumulate_gradients(model, (piece for piece in pieces) if lazily else pieces)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return {
        "returned": returned,
        "kind": type(returned).__name__,
        "gradient": torch.cat([gradient.flatten() for gradient in gradients]),
        "weights": torch.cat([parameter.detach().flatten() for parameter in model.parameters()]),
        "training": model.training,
        "frozen": [name for name, parameter in model.named_parameters() if not parameter.requires_grad],
    }


def weighted_gradient(model, weights, pieces):
    """The gradient (P,) of the sum over pieces of weight · mean loss, and that sum."""
    model.zero_grad()
    total = sum(weight * loss_of(model, piece) for weight, piece in zip(weights, pieces, strict=True))
    total.backward()
    return parameters_to_vector(parameter.grad for parameter in model.parameters()), total.item()


def expect_from_a_generator(student, seed, pieces, weights):
    """The gradient and the loss of pieces that come from a generator and count so much."""
    model = tiny_model(seed)
    expected, loss = weighted_gradient(model, weights, pieces)
    try:
        result = student.run(accumulated, seed, pieces, lazily=True)
    except StudentError as error:
        fail("The pieces are taken for a list; they may come from a generator.", got=str(error))
    expect_close(
        result["gradient"],
        expected,
        what="The gradient of pieces from a generator",
        mistakes={
            "A generator can be read only once: after counting, no piece is left.": lambda: torch.zeros_like(expected),
            "No gradient reaches the model.": lambda: torch.zeros_like(expected),
        },
        **TOL_FP32,
    )
    expect_close(result["returned"], loss, what="The loss of pieces from a generator", **TOL_FP32)


def expect_same_mode(student, seed, pieces, weights):
    """The gradient of a model in train mode. Dropout with p = 1 drops everything, so nothing is left to chance."""
    result = student.run(accumulated, seed, pieces, dropout=1.0, train=True)
    expect_close(
        result["gradient"],
        weighted_gradient(tiny_model(seed, 1.0).train(), weights, pieces)[0],
        what="The gradient of a model in train mode",
        mistakes={
            "The model is put into eval mode, without its dropout; its mode is the caller's business.": lambda: (
                weighted_gradient(tiny_model(seed, 1.0), weights, pieces)[0]
            )
        },
        **TOL_FP32,
    )
    if not result["training"]:
        fail("The model was in train mode before, and is in eval mode afterwards.")


def expect_unchanged(student, seed, pieces, start, **settings):
    """Pieces without supervised tokens: the loss is 0, and gradients stay at the number `start`."""
    try:
        result = student.run(accumulated, seed, pieces, start=start, **settings)
    except StudentError as error:
        fail("It fails where no token is supervised.", got=str(error))
    expect_close(result["returned"], 0.0, what="The loss where no token is supervised")
    expect_close(
        result["gradient"],
        torch.full_like(result["weights"], start),
        what="The gradient where no token is supervised",
        mistakes={
            "Gradients that were there before are zeroed; accumulating adds to them.": lambda: torch.zeros_like(
                result["weights"]
            )
        },
    )
    if not torch.equal(result["weights"], weights_of(tiny_model(seed))):
        fail("The weights have changed; accumulating computes gradients and no more.")


@probe
def waiting_pieces(student, table, pieces):
    """The loss and the weights of a model that is a table, and how many pieces waited for their backward pass, at most,
    when another one went through the model.
    """

    class CountingLM(builders.TableLM):
        waiting = most = 0

        def forward(self, input_ids, attention_mask=None):
            self.most = max(self.most, self.waiting)
            output = super().forward(input_ids)
            if torch.is_grad_enabled():
                self.waiting += 1
                output.logits.register_hook(self.has_gone_backward)
            return output

        def has_gone_backward(self, gradient):
            self.waiting -= 1

    model = CountingLM(table)
    returned = student.accumulate_gradients(model, pieces)
    return {"returned": returned, "most": model.most, "table": model.table.detach()}


def expect_one_at_a_time(student, table, pieces):
    """The loss of pieces under a model that is a table (V, V); each goes backward before the next goes forward."""
    result = student.run(waiting_pieces, table, pieces)
    if not torch.equal(result["table"], table):
        fail("The weights have changed; accumulating computes gradients and no more.")
    if result["most"]:
        fail("The pieces go backward together at the end, so all of their graphs lie in memory at once.")
    logits = torch.cat([table[piece["input_ids"][:, :-1]].flatten(0, 1) for piece in pieces])  # (N, V)
    labels = torch.cat([piece["labels"][:, 1:].flatten() for piece in pieces])  # (N,)
    expect_close(
        result["returned"], F.cross_entropy(logits, labels).item(), what="The loss of several pieces", **TOL_FP32
    )


# --- train_sft ------------------------------------------------------------------------------------------------------


@probe
def trained(student, seed, batches, steps, rate, dropout=0.0, stale=0.0, frozen=False):
    """Train a tiny model with plain SGD; its gradients start as `stale`. Losses, its mode, its weights in one row.

    `frozen`: its ln_f.bias is.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    model.transformer.ln_f.bias.requires_grad_(not frozen)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    if stale:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
    losses = student.train_sft(model, batches, optimizer, steps)
    weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    kinds = sorted({type(loss).__name__ for loss in losses}) if isinstance(losses, list) else []
    still = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    return {"losses": losses, "kinds": kinds, "training": model.training, "weights": weights, "frozen": still}


@dataclass(frozen=True)
class TrainOracle:
    """`train_sft` on a tiny model with plain SGD, in parts."""

    set_mode: Callable = lambda model: model.train()
    pick: Callable = lambda batches, step: batches[step % len(batches)]
    labels: Callable = lambda batch: batch["labels"]
    zero_grad: Callable = lambda optimizer, step: optimizer.zero_grad()
    measure: Callable = lambda before, after: before()

    def run(self, seed, batches, steps, *, dropout=0.0, stale=0.0, frozen=False):
        """The losses of so many steps, and the weights (P,) at their end; gradients start as `stale`."""
        model = tiny_model(seed, dropout)
        model.transformer.ln_f.bias.requires_grad_(not frozen)
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
        self.set_mode(model)
        losses = []
        for step in range(steps):
            batch = self.pick(batches, step)
            # Forward
            loss = loss_of(model, batch, self.labels(batch))
            # Backward
            self.zero_grad(optimizer, step)
            loss.backward()
            # Update
            optimizer.step()
            # Record
            losses.append(self.measure(loss.item, lambda batch=batch: loss_of(model, batch, self.labels(batch)).item()))
        return losses, weights_of(model)


def zero_after_a_step(optimizer, step):
    """optimizer.zero_grad() at the end of a step: before the first one nothing is zeroed."""
    if step:
        optimizer.zero_grad()


NOTHING_LEARNED = (  # each leaves the weights as they are
    "The weights do not change between the steps.",
    "zero_grad() comes between backward() and step(), so nothing is learned.",
)


def step_mistakes(seed, batches, steps):
    """The losses that known mistakes give where there are more batches than steps."""

    def losses(order, count):
        return lambda: TrainOracle().run(seed, order, count)[0]

    found = {"It trains on all batches whatever steps says.": losses(batches, len(batches))}
    if steps:
        found["It trains on the batches in another order."] = losses(batches[::-1], steps)
    else:
        found["With steps = 0 it still takes a step."] = losses(batches, 1)
    return found


def expect_steps(student, seed, batches, steps):
    """The losses and the weights of fewer steps than there are batches."""
    result = student.run(trained, seed, batches, steps, RATE)
    losses, weights = TrainOracle().run(seed, batches, steps)
    expect_close(
        result["losses"],
        losses,
        what="The list of losses of fewer steps than there are batches",
        mistakes=step_mistakes(seed, batches, steps),
        **TOL_FP32,
    )
    expect_close(result["weights"], weights, what="The row of all weights after few steps", **TOL_FP32)


def expect_no_steps(student, seed, batches):
    """No loss, and the weights as they were, where no step is to be taken."""
    result = student.run(trained, seed, batches, 0, RATE)
    what = "The list of losses of no steps"
    expect_equal(result["losses"], [], what=what, mistakes=step_mistakes(seed, batches, 0))
    expect_equal(result["weights"], weights_of(tiny_model(seed)), what="The row of all weights after no steps")


@probe
def trained_on_a_stream(student, seed, batches, steps, rate):
    """Losses of train_sft on batches that can be iterated as often as one likes, and nothing else: once where they end,
    once where they don't. None where it reads on and on.
    """

    class Stream:
        def __iter__(self):
            return iter(batches)

    class ReadsOn(Exception):
        pass

    class Endless:
        def __iter__(self):
            for _ in range(20):
                yield from batches
            raise ReadsOn

    found = []
    for stream in (Stream(), Endless()):
        model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
        try:
            found.append(student.train_sft(model, stream, torch.optim.SGD(model.parameters(), lr=rate), steps))
        except ReadsOn:
            found.append(None)
    return found


def expect_any_iterable(student, seed, batches, steps):
    """The losses of batches that can only be iterated, once with an end and once without."""
    try:
        losses, endless = student.run(trained_on_a_stream, seed, batches, steps, RATE)
    except StudentError as error:
        if "object is not subscriptable" in error.message or "has no len()" in error.message:
            fail("The batches are taken for a list; they may be anything that can be iterated anew.", got=str(error))
        raise
    expected, _ = TrainOracle().run(seed, batches, steps)
    expect_close(losses, expected, what="The list of losses of batches that can only be iterated", **TOL_FP32)
    expect_close(
        endless,
        expected,
        what="The list of losses of batches without end",
        mistakes={"It goes on reading batches that it does not train on, be they without end.": None},
        **TOL_FP32,
    )


# --- generate_reply -------------------------------------------------------------------------------------------------


@probe
def replies(student, seed, calls, dropout=0.0, train=False, as_set=False, zero=0):
    """What each call (prompts, stop ids, tokens) of generate_reply gives, and what it leaves of the model.

    The model is `talkative(seed)`; its ln_f.bias is frozen, and every gradient is 0.5. `as_set`: the stop ids come in a
    set. It says the token 0 where it would say `zero`. `longest`: of how many ids a text was, at most, that it was
    asked to go on from.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    generator = torch.Generator().manual_seed(seed)
    model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
    with torch.no_grad():
        for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
            layer.weight.mul_(10.0)
    with torch.no_grad():
        model.lm_head.weight[[0, zero]] = model.lm_head.weight[[zero, 0]]
    model.transformer.drop.p = dropout
    model.train(train)
    model.transformer.ln_f.bias.requires_grad_(False)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 0.5)
    graphs, lengths, found, longest = [], [0], [], []
    model.lm_head.register_forward_hook(lambda module, inputs, logits: graphs.append(logits.requires_grad))
    model.transformer.register_forward_pre_hook(
        lambda module, args, told: lengths.append((args[0] if args else told["input_ids"]).shape[-1]), with_kwargs=True
    )
    for prompts, stops, tokens in calls:
        lengths[:] = [0]
        found.append(student.generate_reply(model, prompts, set(stops) if as_set else stops, tokens))
        longest.append(max(lengths))
    return {
        "replies": found,
        "longest": longest,
        "training": model.training,
        "graphs": any(graphs),
        "frozen": [name for name, parameter in model.named_parameters() if not parameter.requires_grad],
        "gradients_kept": all(p.grad is not None and bool((p.grad == 0.5).all()) for p in model.parameters()),
    }


def talkative(seed):
    """A tiny model that says many different things: it has an output layer of its own and strong attention."""
    model = tiny_model(seed)
    generator = torch.Generator().manual_seed(seed)
    model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
    with torch.no_grad():
        for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
            layer.weight.mul_(10.0)
    return model


@torch.no_grad()
def greedy(model, ids, tokens):
    """The likeliest next tokens of each row of ids (B, T), and the smallest lead of a winner over its runner-up (B,).

    Rows whose lead is large have one right reply, whatever the rounding.
    """
    length, lead = ids.shape[1], torch.full(ids.shape[:1], float("inf"))
    for _ in range(tokens):
        best = model(ids).logits[:, -1].topk(2, dim=-1)  # values and indices (B, 2)
        lead = torch.minimum(lead, best.values[:, 0] - best.values[:, 1])
        ids = torch.cat([ids, best.indices[:, :1]], dim=1)  # (B, T + 1)
    return ids[:, length:].tolist(), lead


def cut_at(said, stops):
    """Replies that each end with the first of the stop ids in it."""
    ends = (next((index for index, token in enumerate(reply) if token in stops), len(reply)) for reply in said)
    return [reply[: end + 1] for reply, end in zip(said, ends, strict=True)]


def expect_not_asked_again(longest, prompts, said):
    """The longest text that a model was asked to go on from, where these were the replies to prompts (B, T)."""
    if longest > prompts.shape[1] + max(map(len, said)) - 1:
        fail("Once every row has ended, it goes on asking the model.")


def beginning_mistakes(prompts, stops, said):
    """What known mistakes make of stop ids that stand in prompts (B, T) and in none of the replies."""
    in_prompt = [any(token in stops for token in prompt) for prompt in prompts.tolist()]
    return {
        "A stop id in the prompt ends the reply before it begins.": [
            [] if found else reply for found, reply in zip(in_prompt, said, strict=True)
        ],
        "A stop id in the prompt ends the reply after its first token.": [
            reply[:1] if found else reply for found, reply in zip(in_prompt, said, strict=True)
        ],
    }


def nothing_mistakes(said):
    """What known mistakes reply where no token is asked for."""
    first = [reply[:1] for reply in said]
    return {
        "With max_new_tokens = 0 it still writes a token.": first,
        "One token more than max_new_tokens is written.": first,
    }


def first_stop_mistakes(said, stops):
    """What known mistakes reply where every row begins with a stop id."""
    later = cut_at([reply[1:] for reply in said], stops)
    return {
        "The stop id that ended a row is not in its reply.": [[] for _ in said],
        "It does not stop on a stop id.": said,
        "It never stops at its first token.": [[reply[0], *rest] for reply, rest in zip(said, later, strict=True)],
    }
