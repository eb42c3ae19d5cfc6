"""From token ids to the tensor that a model reads, and back: tables of vectors, gradients, positions, scores.

A table is a tensor (V, D), one row of D numbers for each of V tokens; a table of positions is (P, D). Both are plain
tensors here; in a model they are parameters. What comes out has the dtype of the tables that went in, and inputs are
never changed.

Not in this file: what makes ids of text, and what the model does with its input.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F


def embed(ids: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """The row of each token: what `one_hot(ids) @ table` gives of finite numbers, without the multiplication.

    Args:
        ids: (B, T) int64, from 0 to V - 1; any other number of dimensions will do, and none of them needs an entry.
        table: (V, D).

    Returns:
        (B, T, D): the shape of ids, and then D. A gradient that reaches it goes on into the table.

    Raises:
        IndexError: an id below 0, or of V or more. The message names the id.

    Example:

        table = [[10, 11],  ids = [[2, 0, 2]]  embed(ids, table) = [[[30, 31], [10, 11], [30, 31]]]
                 [20, 21],
                 [30, 31]]

        The ids 3 and -1 are errors: in Python -1 would be the last row, in a model it is a bug.
    """
    ### BEGIN SOLUTION
    vocab_size = table.shape[0]
    outside = ids[(ids < 0) | (ids >= vocab_size)]
    if outside.numel():
        raise IndexError(f"these ids have no row: {outside.tolist()}; the table has {vocab_size}, from 0 on")
    return table[ids]
    ### END SOLUTION


def embedding_gradient(ids: torch.Tensor, upstream: torch.Tensor, vocab_size: int) -> torch.Tensor:
    """The gradient of a loss with respect to the table, from its gradient with respect to what `embed` gave.

    Each occurrence of a token adds its vector to that token's row. A token that doesn't occur gets a row of zeros, so
    it stays where it is in this step.

    Args:
        ids: (B, T) int64, all of them in the table.
        upstream: (B, T, D), the gradient of the loss with respect to `embed(ids, table)`.
        vocab_size: V, the rows of the table.

    Returns:
        (V, D), in the dtype of upstream.

    Example (V = 4, D = 2), where token 3 occurs twice:

        ids = [[3, 0, 3]]    upstream = [[[1, 2], [5, 7], [10, 20]]]
        embedding_gradient(ids, upstream, 4) = [[5, 7], [0, 0], [0, 0], [11, 22]]
    """
    ### BEGIN SOLUTION
    gradient = upstream.new_zeros(vocab_size, upstream.shape[-1])  # (V, D)
    # index_add adds for every occurrence; gradient[ids] += ... would keep one of several
    return gradient.index_add(0, ids.flatten(), upstream.flatten(0, -2))
    ### END SOLUTION


def sinusoidal_positions(length: int, width: int, base: float = 10000.0) -> torch.Tensor:
    """Positions that nobody has to learn: each pair of columns is a clock hand, and each pair turns more slowly.

        P[t, 2i]     = sin(t / base^(2i / width))        t = 0 ... length - 1
        P[t, 2i + 1] = cos(t / base^(2i / width))        i = 0 ... width / 2 - 1

    Args:
        length: 0 or more; 0 gives no rows.
        width: 2 or more, even.
        base: above 1.

    Returns:
        (length, width) float32. The angles need fp32 at least: 16 bits can't tell
        position 2,048 from 2,049.

    Raises:
        ValueError: an odd width, since columns come in pairs. The message names it.

    Example: `sinusoidal_positions(3, 4)` to four digits:

        [[0.0000,  1.0000, 0.0000, 1.0000],
         [0.8415,  0.5403, 0.0100, 1.0000],
         [0.9093, -0.4161, 0.0200, 0.9998]]

    Source: Vaswani et al., arXiv 1706.03762, section 3.5.
    """
    ### BEGIN SOLUTION
    if width % 2:
        raise ValueError(f"width={width} is odd: sine and cosine come in pairs, so pass an even one")
    exponents = torch.arange(0, width, 2) / width  # (D / 2,), one frequency a pair
    angles = torch.arange(length)[:, None] / base**exponents  # (T, D / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
    ### END SOLUTION


def position_rows(table: torch.Tensor, start: int, count: int) -> torch.Tensor:
    """The rows of `count` positions that follow each other, from `start` on: rows start to start + count - 1.

    Args:
        table: (P, D), a row for each position that was trained.
        start: the first position. It isn't 0 when a model goes on where it stopped.
        count: how many; 0 gives no rows, and is legal wherever start is at most P.

    Returns:
        (count, D). A gradient that reaches it goes on into the table.

    Raises:
        ValueError: start or count below 0, or start + count above P. The message for the last names what was asked for
            (start or count, or the rows) and how many rows there are.

    Example: of [[1, 2], [3, 4], [5, 6], [7, 8]], start 1 and count 2 give [[3, 4], [5, 6]]; start 3 and count 2 are an
    error.
    """
    ### BEGIN SOLUTION
    if start < 0 or count < 0:
        raise ValueError(f"start={start} and count={count}: pass 0 or more")
    if start + count > len(table):
        raise ValueError(f"{count} positions from {start} on: the table has {len(table)} rows, so pass fewer")
    return table[start : start + count]
    ### END SOLUTION


def model_input(
    ids: torch.Tensor, token_table: torch.Tensor, position_table: torch.Tensor, start: int = 0
) -> torch.Tensor:
    """What the first block of a model reads: at each place the token's row plus the position's row.

    Args:
        ids: (B, T) int64.
        token_table: (V, D).
        position_table: (P, D), of the same dtype.
        start: the position of the first column, of every text in the batch.

    Returns:
        (B, T, D). A gradient that reaches it goes on into both tables.

    Raises:
        IndexError: as `embed`.
        ValueError: as `position_rows`, when T tokens from start on don't fit the table. Where both apply, either
            is right.

    Example:

        token_table = [[10, 0],    position_table = [[1, 1],    ids = [[1, 0]]
                       [20, 0]]                      [2, 2],
                                                     [3, 3]]

        model_input(ids, ...) = [[[21, 1], [12, 2]]], and with start=1 it is [[[22, 2], [13, 3]]]
    """
    ### BEGIN SOLUTION
    rows = position_rows(position_table, start, ids.shape[1])  # (T, D), the same for every text
    return rows + embed(ids, token_table)
    ### END SOLUTION


def mean_embedding(ids: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """A text as a bag of words: the mean of its tokens' rows, in which their order is lost.

    Args:
        ids: (B, T) int64, T of 1 or more. Every id counts: padding is the caller's to leave out.
        table: (V, D).

    Returns:
        (B, D).

    Raises:
        IndexError: as `embed`.

    Example: of the rows [10, 11], [20, 21], [30, 31], ids [[2, 0, 2]] give [[70 / 3, 73 / 3]], and so do [[0, 2, 2]].
    """
    ### BEGIN SOLUTION
    return embed(ids, table).mean(dim=1)
    ### END SOLUTION


def nearest_tokens(table: torch.Tensor, token: int, k: int) -> list[int]:
    """The k other tokens whose rows point most nearly in the direction of this token's row.

    Nearness is the cosine, a · b / (‖a‖ ‖b‖), so the length of a row doesn't matter. A row of zeros points nowhere: its
    cosine with every row is 0.

    Args:
        table: (V, D).
        token: from 0 to V - 1.
        k: from 0 to V - 1.

    Returns:
        k ids as Python numbers, the nearest first; of equal cosines the lower id comes first. Cosines that differ by
        rounding alone may come in either order.

    Raises:
        IndexError: the token has no row. The message names it.
        ValueError: k below 0, or more than there are others. The message names it.

    Example: rows [1, 0], [3, 4], [-1, 0], [0, 0], [6, 8]. Their cosines with token 0 are 1, 0.6, -1, 0 and 0.6, so
    `nearest_tokens(table, 0, 3)` is [1, 4, 3].
    """
    ### BEGIN SOLUTION
    vocab_size = len(table)
    if token not in range(vocab_size):
        raise IndexError(f"token {token} has no row: the table has {vocab_size}, from 0 on")
    if k not in range(vocab_size):
        raise ValueError(f"k={k}: pass a number from 0 to how many others there are in a table of {vocab_size}")
    directions = F.normalize(table)  # (V, D), along dimension 1; a row of zeros stays one
    cosines = (directions @ directions[token]).tolist()
    others = [other for other in range(vocab_size) if other != token]
    return sorted(others, key=lambda other: -cosines[other])[:k]  # sorted leaves equal ones in their order
    ### END SOLUTION


def unembed(hidden: torch.Tensor, token_table: torch.Tensor) -> torch.Tensor:
    """From vectors back to tokens: the score of a token is the dot product of the vector with the token's row.

    No other matrix and no bias: the table that reads the tokens also scores them ("tied", Press and Wolf, arXiv
    1608.05859).

    Args:
        hidden: (B, T, D), what the last block gave; any other number of leading dimensions will do.
        token_table: (V, D).

    Returns:
        scores (B, T, V), the logits. A gradient that reaches them goes on into both.

    Example: with the rows [1, 2], [3, 4] and [5, 6], the vector [10, 1] gives the scores [12, 34, 56].
    """
    ### BEGIN SOLUTION
    return hidden @ token_table.T
    ### END SOLUTION


def input_parameters(vocab: int, positions: int, width: int, tied: bool = True) -> dict[str, int]:
    """How many numbers stand at the two ends of a model.

    Returns:
        dict with exactly these keys:
            tokens: of the token table.
            positions: of the position table.
            output: of the matrix that makes scores; 0 when it is tied, since it is the token table then.
            total: the sum of the others.

    Example: 5 tokens, 3 positions, width 2: tokens 10, positions 6, output 0, total 16; untied output 10, total 26.
    GPT-2: 50,257 · 768 = 38,597,376 and 1,024 · 768 = 786,432.
    """
    ### BEGIN SOLUTION
    counts = {"tokens": vocab * width, "positions": positions * width, "output": 0 if tied else vocab * width}
    return {**counts, "total": sum(counts.values())}
    ### END SOLUTION


def rotate_positions(x: torch.Tensor, positions: torch.Tensor, base: float = 10000.0) -> torch.Tensor:
    """Positions as most models of today have them (RoPE; not graded): queries and keys are turned, nothing is added.

    The numbers 2i and 2i + 1 of a vector are a point in the plane, which is turned by t / base^(2i / D) for position t:

        (a, b) becomes (a cos - b sin, a sin + b cos)

    A dot product of two turned vectors then depends on how far apart they stand, not on where. (Llama's files pair i
    with i + D / 2: the same idea with the columns in another order.)

    Args:
        x: (..., T, D), queries or keys.
        positions: (T,) int64, the position of each row.

    Returns:
        the shape and dtype of x.

    Raises:
        ValueError: D is odd.

    Example: [1, 0] at position 1 becomes [0.5403, 0.8415], the cosine and the sine of 1.

    Source: Su et al., arXiv 2104.09864, section 3.2.2.
    """
    ### BEGIN SOLUTION
    width = x.shape[-1]
    if width % 2:
        raise ValueError(f"D={width} is odd: numbers are turned in pairs, so pass an even one")
    exponents = torch.arange(0, width, 2, dtype=torch.float64) / width
    angles = positions[:, None] / base**exponents  # (T, D / 2)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]  # (..., T, D / 2) each
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)
    ### END SOLUTION
