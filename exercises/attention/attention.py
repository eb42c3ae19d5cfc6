"""From an average to attention: running means, weights made of dot products, queries, keys, values, and the stream.

Everything works on plain tensors: x is (B, T, D), a row for each of T tokens in each of B texts. A matrix of weights is
stored (in, out) and used as `x @ w`. Scores and weights of attention are (..., Tq, Tk): a row belongs to a query, a
column to a key. A mask is boolean, and True means "may look". What comes out has the dtype of what went in, and inputs
are never changed.

Not in this file: several heads, the mask that hides the future, and the modules that hold the matrices.
"""

from __future__ import annotations

import torch


def running_mean(x: torch.Tensor) -> torch.Tensor:
    """The average that sees no future: row t is the mean of rows 0 to t, the row itself among them.

    Args:
        x: (B, T, D), T of 1 or more.

    Returns:
        (B, T, D). A gradient that reaches row t goes on into rows 0 to t.

    Example, one text of three tokens:

        x = [[[1, 10], [3, 20], [8, 60]]]    running_mean(x) = [[[1, 10], [2, 15], [4, 30]]]
    """
    raise NotImplementedError("running_mean is not written yet")


def safe_softmax(scores: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Softmax that neither overflows nor divides by zero: exp(s) / Σ exp(s) along one dimension.

    A constant added to all scores of a row changes nothing, so the greatest of each row is taken off first: scores
    around 10,000 or -10,000 are fine, and give weights as exact as those around 0. A score of -inf gets a weight of
    exactly 0. A row that is -inf throughout has nothing to choose from and gives zeros, not NaN.

    Args:
        scores: any shape, finite or -inf; dimension `dim` has 1 entry or more.
        dim: the dimension along which the weights sum to 1; may be negative.

    Returns:
        the shape of scores. Its gradient is finite, also where scores are -inf; there, and in rows that are -inf
        throughout, it is 0.

    Example: ln 3 is 1.0986.

        scores = [[0, ln 3, -inf], [-10000, -10000, -10000], [-inf, -inf, -inf]]
        safe_softmax(scores) = [[.25, .75, 0], [1/3, 1/3, 1/3], [0, 0, 0]]
    """
    raise NotImplementedError("safe_softmax is not written yet")


def similarity_attention(x: torch.Tensor) -> torch.Tensor:
    """Attention without anything learnt: each token takes an average of all, weighted by similarity to itself.

        scores = X Xᵀ,    weights = softmax of each row of scores,    output = weights X

    All tokens are seen, later ones and the token itself too, and the scores aren't scaled.

    Args:
        x: (B, T, D); each text by itself.

    Returns:
        (B, T, D). A gradient that reaches it goes on into x, by way of the weights too.

    Example: X = [[1, 0], [0, 2]] has the scores [[1, 0], [0, 4]]; its weights [[.7311, .2689], [.0180, .9820]] are not
    symmetric any more. The output is [[.7311, .5379], [.0180, 1.9640]].
    """
    raise NotImplementedError("similarity_attention is not written yet")


def attention_scores(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    """How well each key suits each query: their dot product, divided by the root of their width d.

    A dot product of d products grows like √d; divided by it, scores keep their size however wide a head is. d is the
    width of q and k as they stand here, not that of the model.

    Args:
        q: (..., Tq, d).
        k: (..., Tk, d), with the leading dimensions of q, any number of them.

    Returns:
        (..., Tq, Tk). A gradient that reaches it goes on into both.

    Raises:
        ValueError: queries and keys differ in width. The message names both widths.

    Example: q = [[1, 0], [0, 2]] and k = [[1, 1], [0, 1]] give [[1, 0], [2, 2]] / √2 = [[.7071, 0], [1.4142, 1.4142]].

    Source: Vaswani et al., arXiv 1706.03762, section 3.2.1.
    """
    raise NotImplementedError("attention_scores is not written yet")


def attention_weights(scores: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """From scores to the weights of an average: softmax over the keys that a query may look at.

    Masked before the softmax, not after: what may not be looked at is left out of the sum too. Its weight is exactly 0,
    however large its score is. A query that may look at nothing gets zeros.

    Args:
        scores: (..., Tq, Tk), finite or -inf where they may be looked at.
        mask: boolean, True where the query may look at the key, of any shape that broadcasts to that of scores. None:
            every query may look at every key. A score that may not be looked at is never read, so it may be NaN or inf.

    Returns:
        (..., Tq, Tk), rows that sum to 1, or to 0 where nothing may be seen. Its gradient is finite, and 0 at scores
        that may not be looked at.

    Raises:
        TypeError: the mask isn't boolean. The message names its dtype. (Masks of numbers are added to the scores
            elsewhere, and 0 means "may look" then.)

    Example: scores [[.7071, 0], [1.4142, 1.4142]] give [[.6698, .3302], [.5, .5]], and with the mask
    [[True, False], [True, True]] they give [[1, 0], [.5, .5]].
    """
    raise NotImplementedError("attention_weights is not written yet")


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Attention: each query gets the average of the values, weighted by how well their keys suit it.

        softmax(Q Kᵀ / √d) V

    Args:
        q: (..., Tq, d).
        k: (..., Tk, d).
        v: (..., Tk, d_v), a value for each key; d_v needn't be d, nor Tq be Tk. All three have the same leading
            dimensions, any number of them, or none.
        mask: as in `attention_weights`, for scores (..., Tq, Tk).

    Returns:
        (..., Tq, d_v); zeros for a query that may look at nothing. A gradient that reaches it goes on into all three.

    Raises:
        ValueError: as `attention_scores`.
        TypeError: as `attention_weights`.

    Example: q = [[1, 0], [0, 2]], k = [[1, 1], [0, 1]], v = [[10, 0], [0, 10]] give [[6.698, 3.302], [5, 5]], and
    with the mask [[True, False], [True, True]] they give [[10, 0], [5, 5]].

    Source: Vaswani et al., arXiv 1706.03762, equation 1.
    """
    raise NotImplementedError("attend is not written yet")


def attention_head(
    x: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """One head: the tokens' own vectors, seen through three lenses, become queries, keys and values.

    Args:
        x: (B, T, D).
        w_q: (D, d), what a token looks for.
        w_k: (D, d), what it is found by.
        w_v: (D, d_v), what it delivers.
        mask: as in `attend`, for scores (B, T, T).

    Returns:
        (B, T, d_v): `attend` of the three projections. A gradient that reaches it goes on into x and the matrices.

    Raises:
        ValueError: as `attend`, for w_q and w_k of different widths.
        TypeError: as `attend`.

    Example: x = [[[1, 0], [0, 1]]] picks the matrices' own rows. With w_q = [[1, 0], [0, 2]], w_k = [[1, 1], [0, 1]],
    w_v = [[10, 0], [0, 10]] the output is that of `attend`'s example: [[[6.698, 3.302], [5, 5]]].
    """
    raise NotImplementedError("attention_head is not written yet")


def write_to_stream(stream: torch.Tensor, output: torch.Tensor, w_o: torch.Tensor) -> torch.Tensor:
    """Add what a head found to the stream, instead of putting it in the stream's place.

    Args:
        stream: (B, T, D), what all layers read and write.
        output: (B, T, d_v), what a head gave.
        w_o: (d_v, D), the matrix that brings it back to the width of the stream.

    Returns:
        (B, T, D), stream + output @ w_o and nothing else: no norm, no scale. It is a new tensor; stream stays as it is.
        A gradient that reaches it goes on into all three, and into stream unchanged.

    Example: stream [[[1, 2, 3]]], output [[[10, 20]]] and w_o = [[1, 0, 1], [0, 1, 1]] give [[[11, 22, 33]]].
    """
    raise NotImplementedError("write_to_stream is not written yet")


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    """How widely each query looks: -Σ p ln p over the keys, in nats, where 0 ln 0 counts as 0.

    It is 0 for a query that looks at one key only, and ln n for one that looks at n keys alike. A row of zeros, of a
    query that may look at nothing, has 0.

    Args:
        weights: (..., Tk), 0 or more, as `attention_weights` gives them.

    Returns:
        (...): a number for each row, nothing averaged. It is a measurement, and no gradient of it is asked for.

    Example: [[.5, .5], [1, 0], [.25, .75], [0, 0]] give [.6931, 0, .5623, 0].
    """
    raise NotImplementedError("attention_entropy is not written yet")
