"""What a language model is, without a network: counts that guess the next token, their loss, and how to write with it.

A language model gives, for a context, the probabilities of the token that comes next. Text supplies its own labels, so
it can be trained on any; and what it draws can be appended and shown to it again, so it can write.

B rows in a batch, T tokens in a row, V tokens in the vocabulary. Ids are int64, from 0 to V - 1. Logits are of any
floating-point dtype. No function changes the tensors that it is given.

Not in this file: how text becomes ids, and any model with layers.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch.nn import functional as F


def shift_targets(ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Cut each row into what is read and what is to be guessed: the labels of a text are the text itself.

    Args:
        ids: (B, T) int64, T at least 2.

    Returns:
        inputs and targets, (B, T - 1) int64 each: `targets[:, t]` is what follows `inputs[:, t]` in its row.

    Raises:
        ValueError: T below 2, so that nothing follows; the message says how long a row has to be.

    Example: ids [[5, 6, 7, 8]] give the inputs [[5, 6, 7]] and the targets [[6, 7, 8]].
    """
    raise NotImplementedError("shift_targets is not written yet")


def bigram_counts(ids: torch.Tensor, vocab_size: int) -> torch.Tensor:
    """How often each token stands right after each other one: all that the smallest language model learns.

    Args:
        ids: (N,) int64, one text. Of a text of no token or one there is no pair to count.
        vocab_size: V, how many different ids there are, whether the text holds them all or not.

    Returns:
        (V, V) int64: in row a and column b, how often b comes right after a.

    Raises:
        ValueError: an id below 0 or above V - 1; the message says which ids there may be.

    Example: ids [0, 1, 0, 1, 1] with vocab_size 3 give [[0, 2, 0], [1, 1, 0], [0, 0, 0]].
    """
    raise NotImplementedError("bigram_counts is not written yet")


def bigram_probs(counts: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """p(next token | this token) from counts: each row divided by its own sum.

    Args:
        counts: (V, V) int64, as `bigram_counts` gives them.
        smoothing: is added to every count before dividing, so that no pair is impossible; need not be whole.

    Returns:
        (V, V) float32, rows that sum to 1. A row of which the sum is 0 becomes uniform, 1 / V everywhere.

    Raises:
        ValueError: smoothing below 0; the message says to pass 0 or more.

    Example: [[0, 2, 2], [1, 0, 0], [0, 0, 0]] give [[0, 1/2, 1/2], [1, 0, 0], [1/3, 1/3, 1/3]]; with smoothing 1 the
    first row is [1/7, 3/7, 3/7].
    """
    raise NotImplementedError("bigram_probs is not written yet")


def next_token_loss(logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100) -> torch.Tensor:
    """Mean negative log-likelihood of the targets, in nats a token: what every language model is trained to lower.

    Args:
        logits: (B, T, V): `logits[:, t]` guess `targets[:, t]`. They are shifted already, as `shift_targets` does it.
        targets: (B, T) int64.
        ignore_index: targets of this value are left out, whatever they stand for.

    Returns:
        a float32 scalar: the sum of -log softmax(logits)[target] over the targets kept, divided by their number, each
        token of the batch counting the same. 16-bit logits are raised to float32 before the softmax. Without a target
        kept it is 0. It has a graph to the logits in either case, and is finite for logits of any size up to 1e30.

    Example: logits [[[0, 0], [0, ln 3], [5, 5]]] and targets [[0, 1, -100]] give (ln 2 + ln 4/3) / 2 = 0.4904.
    """
    raise NotImplementedError("next_token_loss is not written yet")


def bits_per_byte(total_nll: float, n_bytes: int) -> float:
    """A loss that can be compared between tokenizers: the bits that a byte of the text costs.

    Args:
        total_nll: nats, summed over all tokens of a text.
        n_bytes: length of that text in UTF-8 bytes, `len(text.encode())`.

    Returns:
        the bits in all (1 bit is ln 2 nats), divided by the bytes.

    Raises:
        ValueError: n_bytes below 1; the message says to pass the length of a text.

    Example: 100 tokens of 2 nats each over 400 bytes are 200 / ln 2 = 288.54 bits, which is 0.7213 a byte.
    """
    raise NotImplementedError("bits_per_byte is not written yet")


def temper(logits: torch.Tensor, temperature: float) -> torch.Tensor:
    """Probabilities at a temperature: softmax(logits / temperature).

    Args:
        logits: (..., V), any number of leading dimensions; -inf is a token that can't come.
        temperature: 1 leaves the model's probabilities as they are, less sharpens them, more flattens them. 0 is the
            limit: all probability on the largest logit, the first one where several are equal. What comes between 0
            and 0.001 is free: logits divided by so little may overflow.

    Returns:
        (..., V) float32, rows that sum to 1. 16-bit logits are raised to float32 before anything is computed.

    Raises:
        ValueError: temperature below 0; the message says to pass 0 or more.

    Example: [2, 1, 0] gives [0.867, 0.117, 0.016] at 0.5, [0.665, 0.245, 0.090] at 1, [0.506, 0.307, 0.186] at 2, and
    [1, 0, 0] at 0.
    """
    raise NotImplementedError("temper is not written yet")


def keep_top_k(logits: torch.Tensor, k: int) -> torch.Tensor:
    """Leave the k largest logits of each row, and make all others impossible.

    Args:
        logits: (..., V), any number of leading dimensions.
        k: how many to keep. From V on nothing changes.

    Returns:
        (..., V) of the same dtype: what is smaller than its row's k-th largest logit is -inf, all else as it was. What
        equals the k-th largest stays, so that more than k may be left.

    Raises:
        ValueError: k below 1; the message says to pass 1 or more.

    Example: [1, 4, 2, 3] with k = 2 gives [-inf, 4, -inf, 3]; [1, 3, 2, 2] with k = 2 gives [-inf, 3, 2, 2].

    Source: Fan et al., arXiv 1805.04833.
    """
    raise NotImplementedError("keep_top_k is not written yet")


def keep_top_p(logits: torch.Tensor, p: float) -> torch.Tensor:
    """Leave the fewest tokens whose probabilities together reach p, and make all others impossible.

    Args:
        logits: (..., V), any number of leading dimensions; -inf is a token that can't come.
        p: the probability to reach, from 0 to 1.

    Returns:
        (..., V) of the same dtype: in each row the likeliest tokens stay, down to and including the one with which
        their sum reaches p; the logits of all others are -inf. At least one token stays, whatever p is, and at p = 1
        nothing changes. Probabilities are those of the whole row, computed and summed in float32. What becomes
        of others that equal the last one that stays is free, and so is a sum that is p but for rounding.

    Raises:
        ValueError: p below 0 or above 1; the message says to pass a number from 0 to 1.

    Example: of the probabilities [0.1, 0.4, 0.2, 0.3] p = 0.8 keeps 0.4, 0.3 and 0.2, which are 0.9 together; p = 0.6
    keeps 0.4 and 0.3, and p = 0 keeps 0.4.

    Source: Holtzman et al., arXiv 1904.09751.
    """
    raise NotImplementedError("keep_top_p is not written yet")


def sample_ids(probs: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    """Draw one token for each row, each with its probability.

    Args:
        probs: (B, V) float32, rows that sum to 1.
        generator: makes all the draws; None is torch's global one, which is left alone otherwise.

    Returns:
        (B,) int64. Rows are drawn independently of each other, every call draws anew, and what has the probability 0
        is never drawn.

    Example: [[0, 1, 0], [0.5, 0, 0.5]] gives [1, 0] as often as [1, 2].
    """
    raise NotImplementedError("sample_ids is not written yet")


@torch.no_grad()
def continue_ids(
    next_logits: Callable[[torch.Tensor], torch.Tensor],
    ids: torch.Tensor,
    new: int,
    block_size: int | None = None,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """Write: ask for the next token, draw it, append it, and ask again.

    Args:
        next_logits: the model, called with ids (B, t) int64, gives logits (B, V) of what comes after them.
        ids: (B, T) int64, the prompts, T at least 1.
        new: how many tokens to write in each row, 0 or more.
        block_size: how many ids the model can be shown at once; None is any number.
        temperature: of `temper`; 0 always takes the largest logit.
        generator: of `sample_ids`.

    Returns:
        (B, T + new) int64: each prompt and what was written behind it. Each token is drawn at this temperature, given
        everything before it or, of more than block_size ids, the last block_size of them. The model is asked once for
        each new token, without a graph; gradients are switched on or off afterwards as they were before, also where the
        model raised an error.

    Raises:
        ValueError: block_size below 1; the message says to pass 1 or more, or None.

    Example: a model that is sure of the last id plus 1 continues [[3, 4]] with new = 3 to [[3, 4, 5, 6, 7]].
    """
    raise NotImplementedError("continue_ids is not written yet")
