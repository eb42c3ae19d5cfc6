"""A whole GPT as functions on tensors: heads, norms, the network at each position, the block, the mask, the logits.

B texts, T tokens, width D, H heads of d = D / H numbers each, V tokens in the vocabulary. Weights are plain tensors
stored (in, out) and used as `x @ w`, and go by GPT-2's own names where a function takes a dict of them. A mask is
boolean, its rows are queries, and True means "may look".

What comes out has the dtype of what went in. A gradient that reaches it goes on into every tensor that was used, and
inputs are never changed.

Not in this file: how weights start and learn, dropout, and choosing the next token.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """Cut the width into heads: head h gets the columns from h · D / H on, at every position.

    Args:
        x: (B, T, D).
        heads: H.

    Returns:
        (B, H, T, D / H).

    Raises:
        ValueError: heads below 1, or D can't be cut into that many equal parts. The message names heads and D.

    Example: one text of two tokens, four numbers wide, and two heads. Each head has both tokens:

        x = [[[1, 2, 3, 4],    split_heads(x, 2) = [[[[1, 2], [5, 6]],
              [5, 6, 7, 8]]]                         [[3, 4], [7, 8]]]]
    """
    raise NotImplementedError("split_heads is not written yet")


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    """Put the heads side by side again: what `split_heads` has cut.

    Args:
        x: (B, H, T, d), contiguous in memory or not.

    Returns:
        (B, T, H · d).

    Example: [[[[1, 2], [5, 6]], [[3, 4], [7, 8]]]] gives [[[1, 2, 3, 4], [5, 6, 7, 8]]].
    """
    raise NotImplementedError("merge_heads is not written yet")


def multi_head_attention(
    x: torch.Tensor,
    w_qkv: torch.Tensor,
    b_qkv: torch.Tensor,
    w_o: torch.Tensor,
    b_o: torch.Tensor,
    heads: int,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Self-attention by several heads, each on its own part of the width, and W_O, where what they found meets.

    Head h has queries q, keys k and values v, and gives softmax(q kᵀ / √d) v, with d = D / H and the softmax over the
    keys. The heads' results stand side by side, and go through w_o and b_o once.

    Args:
        x: (B, T, D).
        w_qkv, b_qkv: (D, 3D) and (3D,). Of the 3D columns the first D make the queries, the next D the keys, the last D
            the values; within each, heads stand as in `split_heads`.
        w_o, b_o: (D, D) and (D,).
        heads: H.
        mask: bool, (T, T) for all texts or (B, 1, T, T) with one for each text; it is the same for all heads, and each
            query may look at one key at least. None: each query may look at every key.

    Returns:
        (B, T, D). A key that a query may not look at has weight 0, whatever its score. Scores up to 10⁴ are legal.

    Raises:
        ValueError: as `split_heads`.

    Example (D = 2, two heads of width 1, w_qkv = [I I I], all biases 0, w_o = [[1, 10], [0, 1]]):

        x = [[[1, 0], [0, 2]]]    multi_head_attention(x, ...) = [[[0.7311,  8.3106],
                                                                  [0.5000,  6.9640]]]

        Head 0 has queries, keys and values 1 and 0, head 1 has 0 and 2. Before w_o the rows are [0.7311, 1.0000] and
        [0.5000, 1.9640].

    Source: Vaswani et al., arXiv 1706.03762, section 3.2.2.
    """
    raise NotImplementedError("multi_head_attention is not written yet")


def normalize_layer(x: torch.Tensor, gain: torch.Tensor, bias: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Layer norm: each vector by itself is brought to mean 0 and variance 1, then scaled and shifted.

        (x - mean) / √(variance + eps) · gain + bias

    The variance is the mean of the squared differences from the mean: divided by D, not by D - 1. Vectors far from 0
    (a mean 1,000 times the spread) come out as exact as others.

    Args:
        x: (..., D), any number of leading dimensions.
        gain, bias: (D,).
        eps: keeps a vector of equal numbers from dividing by 0: it gives the bias.

    Returns:
        the shape of x.

    Example: [1, 2, 3, 4] with gain 1 and bias 0 gives [-1.3416, -0.4472, 0.4472, 1.3416].

    Source: Ba et al., arXiv 1607.06450.
    """
    raise NotImplementedError("normalize_layer is not written yet")


def gelu(x: torch.Tensor) -> torch.Tensor:
    """GELU in the form that GPT-2 uses, with tanh; the form with erf differs from it by up to 0.0005.

        0.5 · x · (1 + tanh(√(2 / π) · (x + 0.044715 · x³)))

    Args:
        x: any shape; numbers up to 10⁴ are legal.

    Returns:
        the shape of x.

    Example: gelu(-1) = -0.158808, gelu(0) = 0, gelu(3) = 2.996363.

    Source: Hendrycks and Gimpel, arXiv 1606.08415, section 2.
    """
    raise NotImplementedError("gelu is not written yet")


def feed_forward(
    x: torch.Tensor, w_in: torch.Tensor, b_in: torch.Tensor, w_out: torch.Tensor, b_out: torch.Tensor
) -> torch.Tensor:
    """The network of a block: wider, `gelu`, back. Each position goes through it by itself.

    Args:
        x: (B, T, D).
        w_in, b_in: (D, F) and (F,). GPT-2 has F = 4D; any other F is legal.
        w_out, b_out: (F, D) and (D,).

    Returns:
        (B, T, D).

    Example (D = 1, F = 2): w_in = [[1, -1]], b_in = [0, 2], w_out = [[10], [1]], b_out = [5]. The vector [3] becomes
    [3, -1] inside, gelu makes it [2.9964, -0.1588], and out comes [34.8048].
    """
    raise NotImplementedError("feed_forward is not written yet")


def transformer_block(
    x: torch.Tensor, params: Mapping[str, torch.Tensor], heads: int, mask: torch.Tensor | None
) -> torch.Tensor:
    """One block: attention, then the network, each reads a normalized copy of the stream and adds to the stream.

        x = x + attention(norm_1(x))
        x = x + network(norm_2(x))

    The norms stand before what reads ("pre-norm"); the stream itself is never normalized. Their eps is 1e-5.

    Args:
        x: (B, T, D), the stream.
        params: a block's weights by GPT-2's names: "ln_1.weight" (the gain), "ln_1.bias", "attn.c_attn.weight",
            "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias", "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight",
            "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias". Other names may stand there too; they are not read.
        heads, mask: as in `multi_head_attention`.

    Returns:
        (B, T, D).

    Example (D = 2, one head, F = 1): all weights and biases 0 but "attn.c_proj.bias" = [3, 0], "ln_2.weight" = [1, 1],
    "mlp.c_fc.weight" = [[1], [0]] and "mlp.c_proj.weight" = [[0, 10]]. Attention moves the stream [1, 2] to [4, 2]; the
    network reads [1, -1], makes gelu(1) = 0.8412 of it, and [4, 10.4119] comes out.

    Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.3.
    """

    raise NotImplementedError("transformer_block is not written yet")


def causal_mask(queries: int, keys: int | None = None) -> torch.Tensor:
    """Who may look where when nobody may look ahead: the last query sees every key, the one before all but the last.

    There are more keys than queries when a model goes on where it stopped: the queries are the last positions then.

    Args:
        queries: Tq, how many rows; 0 is legal.
        keys: Tk, how many columns; None: as many as queries.

    Returns:
        (Tq, Tk) bool, True for "may look".

    Raises:
        ValueError: queries below 0, or fewer keys than queries, where the first query would see nothing. The message
            names queries, and for the latter keys too.

    Example:

        causal_mask(3) = [[True, False, False],    causal_mask(2, 4) = [[True, True, True, False],
                          [True, True,  False],                         [True, True, True, True]]
                          [True, True,  True]]
    """
    raise NotImplementedError("causal_mask is not written yet")


def gpt_logits(ids: torch.Tensor, params: Mapping[str, torch.Tensor], heads: int) -> torch.Tensor:
    """The whole of GPT-2: embeddings, blocks under a causal mask, a last norm, and the tied output.

    The stream starts as the rows of "wte.weight" (tokens) plus those of "wpe.weight" (positions, from 0 in each text).
    It goes through the blocks 0, 1, 2 and so on, and through the norm "ln_f"; the dot products of what comes out with
    the rows of "wte.weight" are the logits.

    Args:
        ids: (B, T) int64, from 0 to V - 1.
        params: "wte.weight" (V, D), "wpe.weight" (P, D), "ln_f.weight", "ln_f.bias", and for each block N the names of
            `transformer_block` behind "h.N.". There are as many blocks as the dict holds, from none to more than ten,
            and it may hold them in any order. Other names may stand there too; they are not read.
        heads: H, in each block.

    Returns:
        (B, T, V). What stands at a position depends on its token and all those before it, and on none after it.

    Raises:
        ValueError: more tokens than positions. The message names T and P.

    Example (D = 2, no blocks): wte = [[2, 0], [0, 1], [1, 1]], wpe = [[0, 0], [3, 0]], ln_f with gain 1 and bias 0. Ids
    [[0, 1]] make the stream [[2, 0], [3, 1]], both rows are [1, -1] after ln_f, and both have the logits [2, -1, 0].

    Source: Radford et al., 2019, as above; Press and Wolf, arXiv 1608.05859, for the tied output.
    """
    raise NotImplementedError("gpt_logits is not written yet")


def gpt_parameters(vocab: int, positions: int, width: int, layers: int, tied: bool = True) -> dict[str, int]:
    """How many numbers a GPT-2 has, and where they are. The network of a block is 4 · width wide inside.

    Returns:
        dict with exactly these keys:
            tokens: of the token table.
            positions: of the position table.
            attention: of the attention of all blocks: queries, keys, values and output, each with its bias.
            feed_forward: of the networks of all blocks, with biases.
            norms: of all norms: two in each block, and the last one; each has a gain and a bias.
            output: of the matrix that makes logits, which has no bias; 0 when it is tied.
            total: the sum of the others.

    Example: 5 tokens, 3 positions, width 2, one layer: tokens 10, positions 6, attention 24, feed_forward 42, norms 12,
    output 0, total 94; untied output 10, total 104. GPT-2 (50,257 tokens, 1,024 positions, width 768, 12 layers) has
    124,439,808.
    """

    raise NotImplementedError("gpt_parameters is not written yet")


def sees_the_future(logits: Callable[[torch.Tensor], torch.Tensor], ids: torch.Tensor) -> list[tuple[int, int]]:
    """Find a leak: change the token at each position in turn, and see which earlier positions' logits move.

    A pair (changed, moved) says that with another id at position `changed` the logits at position `moved` are others,
    although `moved` comes before `changed`. A model that can't see the future has none.

    Args:
        logits: a function that gives logits (B, T, V) for ids (B, T), with V of 2 or more; it takes any B and any T,
            and an id changes something wherever it is looked at.
        ids: (B, T) int64, from 0 to V - 1. A pair counts where it shows in any of the texts.

    Returns:
        the pairs as tuples of Python numbers, sorted. A logit has moved when it differs by more than 1e-5; less is
        rounding. Logits are finite, and no larger than 10.

    Example: with logits that show the next token, `lambda ids: one_hot(ids.roll(-1, 1), V)`, three ids give
    [(1, 0), (2, 1)]; that position 2 shows token 0 is no leak.
    """
    raise NotImplementedError("sees_the_future is not written yet")
