"""Instruction tuning (SFT): teaching a model that continues text to answer.

The model, the loss and the loop are those of pretraining. New are the data, a template around it, and a mask that says
which tokens are trained on.

Not in this file: choosing between a good and a better answer (lesson `alignment`), and training fewer weights
(lesson `lora`). Nothing here needs to import transformers: models and tokenizers arrive as arguments and bring their
methods.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

IM_START, IM_END = "<|im_start|>", "<|im_end|>"
ROLES = ("system", "user", "assistant")
IGNORE_INDEX = -100  # a label that the loss leaves out; PyTorch's own default for `ignore_index`


# --- templates: from messages to text -------------------------------------------------------------------------------


def format_alpaca(example: Mapping[str, str], end_token: str = "", with_response: bool = True) -> str:
    """One example of the Alpaca data set as text, in the template that it was published with.

    Args:
        example: `instruction`, `output`, and perhaps `input`, the text that the instruction is about. An `input`
            that is missing or empty selects the form without the "### Input:" part, which has another first sentence.
            `output` is needed only with the response. Texts go in as they are, not stripped.
        end_token: written right behind the output, so that the model can learn to stop.
        with_response: False gives the prompt alone, as it is used for asking: it ends with "### Response:", no space
            and no newline behind it. With the response, a newline, the output and the end token follow it.

    Returns:
        the text. The prompt is always the beginning of the text with the response.

    Example, with input (⏎ is a newline):

        Below is an instruction that describes a task, paired with an input that provides further context. Write a
        response that appropriately completes the request.⏎
        ⏎
        ### Instruction:⏎
        Add the numbers.⏎
        ⏎
        ### Input:⏎
        3 and 4⏎
        ⏎
        ### Response:⏎
        7<|endoftext|>

    (the first sentences are one line: there is a space before "response", not a newline). Without input:

        Below is an instruction that describes a task. Write a response that appropriately completes the request.⏎
        ⏎
        ### Instruction:⏎
        Say hello.⏎
        ⏎
        ### Response:⏎
        Hello!<|endoftext|>

    Source: the prompt is `PROMPT_DICT` in Stanford's train.py, the whole is the column `text` of tatsu-lab/alpaca.
    """
    raise NotImplementedError("format_alpaca is not written yet")


def render_chatml(messages: Sequence[Mapping[str, str]], add_generation_prompt: bool = False) -> str:
    r"""A conversation as text in ChatML, the template of many chat models.

    Every message is <|im_start|>, its role, a newline, its content, <|im_end|>, a newline. So adding a message only
    appends to the text. Contents go in as they are, not stripped, and nothing is added that isn't in `messages` (no
    default system message).

    Args:
        messages: dicts of `role` ("system", "user" or "assistant") and `content`; an empty list is an empty text.
        add_generation_prompt: True appends the header of the assistant's next message, "<|im_start|>assistant" and a
            newline: what a model is given to make it answer. Training text goes without.

    Raises:
        ValueError: a role that isn't one of the three; the message names it.

    Example:
        render_chatml([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]) is
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n"

    Source: OpenAI's chatml.md; the newline after <|im_end|> as in the hub's templates (Qwen, SmolLM2).
    """
    raise NotImplementedError("render_chatml is not written yet")


def render_llama3(messages: Sequence[Mapping[str, str]], add_generation_prompt: bool = False) -> str:
    """A conversation as text in the template of Llama 3 (not graded; for the curious).

    The text begins with <|begin_of_text|>. Every message is <|start_header_id|>, its role, <|end_header_id|>, two
    newlines, its content without white space around it, <|eot_id|>; nothing stands between messages. The generation
    prompt is the assistant's header with its two newlines. Unknown roles are a ValueError, as in `render_chatml`.

    Source: llama.com, "Llama 3: model cards and prompt formats"; stripping as in the template on the hub.
    """
    raise NotImplementedError("render_llama3 is not written yet")


# --- from text to ids, labels and batches ---------------------------------------------------------------------------


def add_chat_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """Teach a tokenizer <|im_start|> and <|im_end|>, and give a model an embedding for each. Both in place.

    - The tokenizer gets them as special tokens: each is one id, and `decode(..., skip_special_tokens=True)` leaves it
      out. Its other tokens, its end-of-text token among them, stay as they are.
    - The model's embeddings get a row for every id of the tokenizer; before, they have one for every id that it knew.
      Some models have more rows than their tokenizer has tokens: rows are added where they are missing and never taken
      away.
    - The rows of the new tokens start as the mean of the rows of all tokens that the tokenizer had before, in the
      input embeddings and in the output layer alike. Other rows stay as they are, bit for bit.
    - Where input and output share one matrix (tied, as in GPT-2), they share one afterwards; where they don't, each
      takes the mean of its own rows.
    - Nothing else of the model changes: not its mode, not what is trainable, no gradient of another weight.

    Returns:
        how many tokens were new to the tokenizer: 2, or 0 when it knew both; then nothing changes. One that is known
        already keeps its id and its row.

    Example: a tokenizer of 3 tokens and embeddings [[0, 3], [3, 3], [6, 0]]: <|im_start|> becomes 3, <|im_end|> 4, and
    both rows start as [3, 2].

    Useful: `len(tokenizer)`, `tokenizer.add_tokens(..., special_tokens=True)`, `model.resize_token_embeddings(n)`
    (which fills new rows in a way of its own), `model.get_input_embeddings()`, `model.get_output_embeddings()`.
    """
    raise NotImplementedError("add_chat_tokens is not written yet")


def mask_prompt_labels(input_ids: torch.Tensor, prompt_lengths: torch.Tensor) -> torch.Tensor:
    """Labels for prompts and responses that stand in one row: the response is trained on, the prompt is not.

    Args:
        input_ids: (B, T) int64, every row a prompt, then its response, not padded. It stays as it is.
        prompt_lengths: (B,) int64, how many ids of each row are its prompt: 0 and more. From T on, the whole row is.

    Returns:
        labels (B, T) int64: -100 on the prompt, the id itself elsewhere. Not shifted: that happens in the loss.

    Example: [[5, 6, 7, 8], [5, 6, 7, 8]] with prompt lengths [3, 1] gives [[-100, -100, -100, 8], [-100, 6, 7, 8]].
    """
    raise NotImplementedError("mask_prompt_labels is not written yet")


def encode_chat(messages: Sequence[Mapping[str, str]], tokenizer: PreTrainedTokenizerBase) -> dict[str, list[int]]:
    """A conversation as ids in ChatML, and which of them are trained on: what the assistant writes, in every turn.

    Each message is encoded in pieces and the ids are put one behind the other:

        the id of <|im_start|> · its role and a newline, as one text · its content, as one text ·
        the id of <|im_end|> · a newline

    Contents are data. One that holds the *characters* "<|im_end|>" is encoded as these characters and never becomes
    the control token; so for every special token of the tokenizer (its calls take `split_special_tokens=True`).
    The tokenizer adds nothing of its own (`add_special_tokens=False`): some put a token in front of every text. Both
    are for these calls alone: the tokenizer stays as it is.

    Args:
        messages: as for `render_chatml`; one by the assistant at least. Contents may be empty.
        tokenizer: one that knows <|im_start|> and <|im_end|>.

    Returns:
        `input_ids`: the ids.
        `loss_mask`: as long; 1 on the ids of the content of every assistant message and on the <|im_end|> behind it
            (or the model would never learn to stop), 0 elsewhere: also on the assistant's header, which is given at
            inference, and on the newline behind <|im_end|>.

    Raises:
        ValueError: no assistant message (then there is nothing to learn); an unknown role; a tokenizer without the
            chat tokens (some give another id for a token that they don't know, GPT-2's that of <|endoftext|>). The
            message says which, and what to do; of several, any one.

    Example, with a tokenizer that gives every character an id of its own, its code ("H" is 72, a newline 10), and
    <|im_start|> 257, <|im_end|> 258: user "Hi", assistant "Ok" gives

        input_ids  257 u s e r 10 72 105 258 10 257 a s s i s t a n t 10 79 107 258 10
        loss_mask    0 0 0 0 0  0  0   0   0  0   0 0 0 0 0 0 0 0 0 0  0  1   1   1  0

    See yours in colour: `print(show_mask(input_ids, loss_mask, tokenizer))`, from autograder.show.
    """
    raise NotImplementedError("encode_chat is not written yet")


def collate_chats(
    examples: Sequence[Mapping[str, Sequence[int]]], pad_id: int, max_length: int | None = None
) -> dict[str, torch.Tensor]:
    """Put encoded conversations of different lengths into one batch, padded on the right to the longest.

    Args:
        examples: one or more, each with `input_ids` and `loss_mask` as `encode_chat` gives them.
        pad_id: fills up `input_ids`. It may be an id that also occurs in the text (GPT-2 pads with its end token), so
            what is padding follows from the lengths, never from comparing ids with pad_id.
        max_length: None, or how many ids of an example are kept; those behind are cut off.

    Returns:
        dict of int64 tensors, each (B, T), T being the length of the longest example after cutting:
            input_ids: the ids, then pad_id.
            attention_mask: 1 on an example's ids, 0 on padding.
            labels: the id where loss_mask is 1, -100 elsewhere and on padding.

    Raises:
        ValueError: an example has no supervised id (any more, after cutting): it would be in the batch and teach
            nothing. The message names it by its index in `examples`, counted from 0, and says what to do. Or its two
            lists aren't equally long (before cutting or after it, as you like): what is supervised is not known then.

    Example, pad_id 9: ids [1, 2, 9] with mask [0, 1, 1] and ids [4, 5] with mask [0, 1] give

        input_ids [[1, 2, 9], [4, 5, 9]]         attention_mask [[1, 1, 1], [1, 1, 0]]
        labels [[-100, 2, 9], [-100, 5, -100]]
    """
    raise NotImplementedError("collate_chats is not written yet")


# --- training -------------------------------------------------------------------------------------------------------


def sft_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy over the supervised tokens.

    What the model puts out at position t is its guess of the token at t + 1, so logits[:, t] meet labels[:, t + 1]:
    the shift by one happens in here, once. The first label of a row is therefore never used, nor are the last logits.

    Args:
        logits: (B, T, V), of any floating-point type; half precision is raised to float32 first, float64 may be kept.
        labels: (B, T) int64, not shifted; -100 where nothing is to be learned. The logits of such a token play no part,
            even infinite ones.

    Returns:
        a scalar with a graph: the sum of -log p(label) over the supervised tokens of the whole batch, divided by their
        number. Where there are none it is 0, with a graph and gradients of 0 (not NaN).

    Example, V = 2, one row: labels [-100, 0, 1], logits [[0, 0], [0, ln 3], [5, 5]].
        Position 0 guesses label 0 with p = 1/2, position 1 guesses label 1 with p = 3/4:
        (ln 2 + ln 4/3) / 2 = (0.6931 + 0.2877) / 2 = 0.4904.
    """
    raise NotImplementedError("sft_loss is not written yet")


def accumulate_gradients(model: PreTrainedModel, micro_batches: Iterable[Mapping[str, torch.Tensor]]) -> float:
    """Gradients of one large batch, computed in pieces that fit into memory.

    After the call the gradients of `model` have grown by those of `sft_loss` over all the pieces together: the mean
    over *all* supervised tokens, wherever they stand. Pieces hold different numbers of them, so each counts by its
    number of supervised tokens; the mean of the pieces' means is something else.

    Args:
        model: called as `model(input_ids=..., attention_mask=...)`, gives `.logits`. Its mode, what is frozen
            in it, and gradients that it has already, are left alone (gradients are added to); nothing is zeroed and no
            optimizer is stepped.
        micro_batches: any iterable (a generator too) of batches with `input_ids`, `attention_mask`, `labels`, of
            different shapes. Each goes through the model and backward on its own; one without supervised tokens need
            not.

    Returns:
        the mean loss per supervised token over all pieces, a float; 0.0 where no token is supervised.

    Example: a piece with 3 supervised tokens and mean loss 2.0, another with 1 and mean loss 6.0: together
    (3 · 2.0 + 1 · 6.0) / 4 = 3.0 (and not 4.0).
    """
    raise NotImplementedError("accumulate_gradients is not written yet")


def train_sft(
    model: PreTrainedModel,
    batches: Iterable[Mapping[str, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    steps: int,
) -> list[float]:
    """Train for a number of steps, one batch each: the loop of pretraining, with `sft_loss`.

    Args:
        model: called as `model(input_ids=..., attention_mask=...)`, gives `.logits`. It is put into train mode and left
            in it; what is frozen in it stays frozen.
        batches: one or more, as `collate_chats` makes them; a list or anything else that can be iterated anew (a
            DataLoader), perhaps without end, of which one more than needed may be read. They are taken in order, and
            again from the first when `steps` is more than there are.
        optimizer: holds the parameters to train. Gradients from before the call, or from an earlier step, play no part
            in a step.
        steps: how many batches to train on, 0 and more.

    Returns:
        the loss of every step as a float, each measured before that step's update.
    """
    raise NotImplementedError("train_sft is not written yet")


# --- asking ---------------------------------------------------------------------------------------------------------


def generate_reply(
    model: PreTrainedModel, input_ids: torch.Tensor, stop_ids: Collection[int], max_new_tokens: int
) -> list[list[int]]:
    """Let a model go on from prompts, always with the likeliest token, until it stops.

    Args:
        model: a language model; `model(input_ids)` gives `.logits` (B, T, V). It answers in eval mode (no dropout)
            and is afterwards in the mode that it was in (`model.training`; its parts have none of their own); no graph
            is built, and no gradients or weights change, nor what is trainable. Once every row has ended, it isn't
            asked again.
        input_ids: (B, T) int64, prompts of equal length, not padded.
        stop_ids: a row ends with the first of these that it produces, whichever it is; in a chat that is
            <|im_end|>, and often the end-of-text token too. Stop ids inside the prompt don't count. May be empty.
        max_new_tokens: a row ends after so many tokens at the latest; 0 and more.

    Returns:
        for every row the list of its new ids, without the prompt. The stop id that ended it is its last, so that one
        can see whether it stopped. Rows end independently of each other, and one row's ids don't depend on the others.
    """
    raise NotImplementedError("generate_reply is not written yet")
