"""What makes a language model fast: fewer bits, nothing computed twice, and a T × T matrix that never exists.

B rows in a batch, H heads, T tokens, d numbers of a head. Queries, keys and values are (B, H, T, d); Tq queries look at
Tk keys. Scores are (..., Tq, Tk): a row is a query. What comes out has the dtype of what went in, except where a
docstring says otherwise. No function changes the tensors that it is given, except `master_step` and
`LossScaler.unscale`. From `append_cache` on it is all about reading and writing, not training: whether what comes out
has a graph is free there, except in `generate_cached`.

Not in this file: a fused kernel. Here the parts of one are written in PyTorch, to be exact first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch


def intensity(m: int, k: int, n: int, bytes_each: float = 2) -> float:
    """How much is computed with each byte that a matrix product moves: (m, k) times (k, n) gives (m, n).

    Args:
        m: rows of the first matrix.
        k: columns of the first matrix, which are rows of the second.
        n: columns of the second matrix.
        bytes_each: bytes of one number, in all three matrices; 4-bit numbers have 0.5.

    Returns:
        FLOPs per byte. For each number of the result k products are added up: 2 · k FLOPs, as a multiplication and an
        addition are two. Both inputs are read once, and the result is written once.

    Example: m = n = 1 and k = 2 in 2 bytes: 4 FLOPs for 5 numbers, which are 10 bytes, 0.4. One token through a matrix
    of 4096 × 4096, m = 1, is 0.9995 in 16 bits; 512 tokens are 409.6.

    Source: Williams et al. 2009, "Roofline".
    """
    ### BEGIN SOLUTION
    return 2 * m * k * n / (bytes_each * (m * k + k * n + m * n))
    ### END SOLUTION


def bound_by(intensity: float, flops: float, bandwidth: float) -> str:
    """What a device waits for: its arithmetic, or its memory.

    Args:
        intensity: FLOPs for each byte moved, as `intensity` gives it.
        flops: FLOPs that the device can compute in a second.
        bandwidth: bytes that it can move in a second.

    Returns:
        "memory" if moving the bytes takes longer than the computing, else "compute", also if both take equally long.

    Example: 312e12 FLOPs and 2e12 bytes a second are 156 FLOPs a byte: an intensity of 1 is bound by "memory", 409.6 by
    "compute", and so is 156.
    """
    ### BEGIN SOLUTION
    return "memory" if intensity * bandwidth < flops else "compute"
    ### END SOLUTION


def master_step(
    weights: Sequence[torch.Tensor],
    masters: Sequence[torch.Tensor],
    gradients: Sequence[torch.Tensor | None],
    lr: float,
) -> None:
    """One step of gradient descent in which small updates survive: masters take it, weights are their rounding.

        master = master - lr · gradient     in float32
        weight = master                     rounded to the dtype of the weight

    Args:
        weights: what the model computes with, bfloat16 or float16; changed in place. They may require a gradient.
        masters: one float32 tensor for each weight, of its shape; changed in place. A master needn't be near its
            weight.
        gradients: one for each weight, of any floating-point dtype: a 16-bit one is raised to float32, a float32 one
            is used as it is. None leaves this weight and its master as they are.
        lr: learning rate.

    Returns:
        nothing; neither weights nor masters get a graph or a gradient.

    Example, bfloat16: the weight 1, its master 1, the gradient 1, lr 0.001. After one step the master is 0.999 and the
    weight still 1, after two 0.998 and 0.99609375: there is no bfloat16 number between those two. Steps taken in
    bfloat16 would leave the weight at 1 for ever.

    Source: Micikevicius et al., arXiv 1710.03740, section 3.1.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient.float()
                weight.copy_(master)
    ### END SOLUTION


class LossScaler:
    """Keeps gradients of float16 from vanishing: the loss is multiplied by a scale, the gradients are divided by it.

    A step goes so: `scale(loss).backward()`, gradients to float32, `finite = unscale(gradients)`, clip and step only
    if they are finite, `update(finite)`. The scale follows what happens: one gradient that isn't finite makes it
    smaller, many good steps in a row make it larger. Each scaler has its own.

    Example: 1e-8 is 0 in float16, but 65,536 times as much is 0.000655. LossScaler(8, every=2) has, after the updates
    True, True, True, False, True, True, the scales 8, 16, 16, 8, 8, 16.

    Source: Micikevicius et al., arXiv 1710.03740, section 3.2; `torch.amp.GradScaler`.
    """

    def __init__(self, scale: float, growth: float = 2.0, backoff: float = 0.5, every: int = 100) -> None:
        """Start with this scale.

        Args:
            scale: the first scale, above 0.
            growth: what the scale is multiplied by after `every` good steps in a row.
            backoff: what it is multiplied by after a step that wasn't finite.
            every: how many good steps in a row make it grow, 1 or more.
        """
        ### BEGIN SOLUTION
        self.factor = scale
        self.growth = growth
        self.backoff = backoff
        self.every = every
        self.good_steps = 0
        self.unscaled = False
        ### END SOLUTION

    def scale(self, loss: torch.Tensor) -> torch.Tensor:
        """The loss times the scale of now, with its graph.

        Args:
            loss: a scalar of any floating-point dtype.

        Returns:
            a scalar: float64 for a float64 loss, else float32, to which a 16-bit loss is raised first: 4 · 65,536 is
            inf in float16.
        """
        ### BEGIN SOLUTION
        return (loss if loss.dtype == torch.float64 else loss.float()) * self.factor
        ### END SOLUTION

    def unscale(self, gradients: Sequence[torch.Tensor | None]) -> bool:
        """Divide each gradient by the scale, in place, and say whether all are finite.

        Args:
            gradients: float32 tensors of any shapes; None is skipped. In float16 they would vanish again.

        Returns:
            True if no number is inf, -inf or NaN, also if there is none. If it is False, the step is to be skipped, and
            what the gradients hold afterwards is free.

        Raises:
            RuntimeError: a second call before the next `update`: gradients are divided once. The message says so, and
                these gradients stay as they are.
        """
        ### BEGIN SOLUTION
        if self.unscaled:
            raise RuntimeError("unscale was called twice for one step: gradients are divided once, then call update")
        self.unscaled = True
        present = [gradient for gradient in gradients if gradient is not None]
        for gradient in present:
            gradient /= self.factor
        return all(bool(gradient.isfinite().all()) for gradient in present)
        ### END SOLUTION

    def update(self, finite: bool) -> None:
        """Take note of how a step went, and set the scale of the next one.

        Args:
            finite: what `unscale` said. False makes the scale smaller, and the count of good steps starts again from 0.
                True counts one more; at `every` of them the scale grows, and the count starts again as well.
        """
        ### BEGIN SOLUTION
        self.unscaled = False
        self.good_steps = self.good_steps + 1 if finite else 0
        if not finite:
            self.factor *= self.backoff
        elif self.good_steps == self.every:
            self.factor *= self.growth
            self.good_steps = 0
        ### END SOLUTION


Cache = tuple[torch.Tensor, torch.Tensor]


def append_cache(cache: Cache | None, keys: torch.Tensor, values: torch.Tensor) -> Cache:
    """Put what new tokens offer behind what older ones offered, so that nothing old is computed again.

    Args:
        cache: the keys (B, H, Tc, d) and the values (B, H, Tc, d_v) of what was read before; None: nothing was.
        keys: (B, H, T, d), of the new tokens, T of 1 or more.
        values: (B, H, T, d_v); d_v needn't be d.

    Returns:
        keys (B, H, Tc + T, d) and values (B, H, Tc + T, d_v), the old ones first, as they are; after None the new ones.
        The tensors of the old cache stay as they were, so that one cache can be continued in several ways.

    Raises:
        ValueError: the cache has another B than the new keys, so it is that of another call. The message names both.

    Example (B = H = d = d_v = 1): a cache of the keys 1, 2 and the values 10, 20 becomes, with the key 3 and the value
    30, the keys 1, 2, 3 and the values 10, 20, 30.
    """
    ### BEGIN SOLUTION
    if cache is None:
        return keys, values
    old_keys, old_values = cache
    if len(old_keys) != len(keys):
        raise ValueError(f"a cache of {len(old_keys)} rows can't take {len(keys)}: it is that of another call")
    return torch.cat([old_keys, keys], dim=2), torch.cat([old_values, values], dim=2)
    ### END SOLUTION


def cached_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, cache: Cache | None = None
) -> tuple[torch.Tensor, Cache]:
    """Causal attention of new tokens over all that was read: softmax(Q Kᵀ / √d) V, with old keys from the cache.

    The queries are the last Tq of Tk tokens. Query i, counted from 0, looks at keys 0 to Tk - Tq + i: at all of the
    cache, at the new tokens before it, and at itself.

    Args:
        q: (B, H, Tq, d), of the new tokens, one or several.
        k: (B, H, Tq, d), of the new tokens.
        v: (B, H, Tq, d_v), of the new tokens; d_v needn't be d.
        cache: of the tokens before, as `append_cache` takes it.

    Returns:
        what the queries read, (B, H, Tq, d_v), and the cache with the new tokens in it, as `append_cache` gives it.

    Raises:
        ValueError: as `append_cache`.

    Example (B = H = d = 1): after a cache with keys 0, 0 and values 10, 20, the query 1 with key 0 and value 60 reads
    30, the mean of all three. Two more such tokens, with values 70 and 90, in one call read 40 and 50.

    Read token by token, in chunks or all at once, a text gives the same.
    """
    ### BEGIN SOLUTION
    keys, values = append_cache(cache, k, v)
    new, length = q.shape[2], keys.shape[2]
    visible = torch.ones(new, length, dtype=torch.bool, device=q.device).tril(length - new)  # the last row sees all
    scores = (q @ keys.mT / math.sqrt(q.shape[-1])).masked_fill(~visible, -math.inf)
    return scores.softmax(dim=-1) @ values, (keys, values)
    ### END SOLUTION


@torch.no_grad()
def generate_cached(
    forward: Callable[[torch.Tensor, torch.Tensor, Any], tuple[torch.Tensor, Any]], ids: torch.Tensor, new: int
) -> torch.Tensor:
    """Write greedily with a cache: read the prompt once, then only what was written last.

    Args:
        forward: the model. Called with ids (B, t), their positions (t,), int64, and a cache, it gives logits (B, t, V)
            and the cache with these tokens in it. What a cache is, is the model's affair: the first call gets None,
            each later one what the call before gave.
        ids: (B, T) int64, the prompts, T of 1 or more.
        new: how many tokens to write in each row, 0 or more.

    Returns:
        (B, T + new) int64: the prompts, and what was written behind them: each time the largest logit of the last
        position, of equal ones the first.

        The model is called `new` times, without a graph: with the prompt at positions 0 to T - 1, then with one token
        at a time, at the position that it has in the whole text; what was written last isn't read. Gradients are
        switched on or off afterwards as they were before.

    Raises:
        ValueError: new below 0. The message names it.

    Example: with [[3, 4]] and new = 3 the model gets [[3, 4]] at positions [0, 1], then one token at [2], then one at
    [3]. One that is sure of the last id plus 1 gives [[3, 4, 5, 6, 7]].
    """
    ### BEGIN SOLUTION
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    text, unread, cache = ids, ids, None
    for _ in range(new):
        positions = torch.arange(text.shape[1] - unread.shape[1], text.shape[1], device=ids.device)
        logits, cache = forward(unread, positions, cache)
        unread = logits[:, -1].argmax(dim=-1, keepdim=True)  # (B, 1)
        text = torch.cat([text, unread], dim=1)
    return text
    ### END SOLUTION


State = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def online_softmax(state: State | None, scores: torch.Tensor, values: torch.Tensor) -> State:
    """One block of keys on top of those before: softmax that needn't see all scores at once.

        m = the greatest score so far     l = Σ exp(score - m)     o = Σ exp(score - m) · value

    Sums over all keys of all blocks so far. When a greater score comes, what was summed is too large by a factor, which
    is made up for. After the last block o / l is what attention reads.

    Args:
        state: m (..., Tq), l (..., Tq) and o (..., Tq, d_v) of the blocks before; None before the first.
        scores: (..., Tq, Tb), one block, Tb of 1 or more. Finite, however large or small, or -inf, where a query may
            not look.
        values: (..., Tb, d_v), finite, with the same leading dimensions, any number of them, or none.

    Returns:
        the new state: m, l and o of the shapes above, float64 where scores are, else float32, to which 16-bit scores
        and values are raised first. The old state stays as it was.

        A row of the block that is -inf throughout leaves this row of the state as it was, bit for bit. A row that was
        -inf in every block has m = -inf, l = 0 and o = 0. Nothing ever is NaN. Blocks of any sizes in any order end in
        the same o / l, but for rounding.

    Example: scores 1, 3, 2 with values 10, 20, 30, in blocks of one, have m = 1, 3, 3, l = 1, 1.1353, 1.5032 and
    o = 10, 21.3534, 32.3897, so o / l ends at 21.547.

    Source: Milakov and Gimelshein, arXiv 1805.02867; Dao et al., arXiv 2205.14135, algorithm 1.
    """
    ### BEGIN SOLUTION
    if scores.dtype != torch.float64:
        scores = scores.float()
    values = values.to(scores.dtype)
    greatest = scores.amax(dim=-1)  # (..., Tq)
    if state is not None:
        greatest = torch.maximum(state[0], greatest)
    # where all is -inf so far, any finite number can be taken off: -inf - -inf would be NaN
    shift = greatest.masked_fill(greatest == -math.inf, 0.0)
    powers = (scores - shift[..., None]).exp()  # (..., Tq, Tb)
    total, read = powers.sum(dim=-1), powers @ values
    if state is not None:
        kept = (state[0] - shift).exp()  # 1 where no greater score came
        total, read = total + kept * state[1], read + kept[..., None] * state[2]
    return greatest, total, read
    ### END SOLUTION


def blockwise_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int, causal: bool = False
) -> torch.Tensor:
    """Attention without its T × T matrix: softmax(Q Kᵀ / √d) V, `block` keys at a time.

    Args:
        q: (..., Tq, d).
        k: (..., Tk, d).
        v: (..., Tk, d_v), a value for each key; d_v needn't be d. All three have the same leading dimensions, any
            number of them, or none.
        block: how many keys are looked at together, 1 or more; the last block may be smaller, and a block may be larger
            than all keys together.
        causal: the queries are the last Tq of Tk tokens, so query i looks at keys 0 to Tk - Tq + i only, as in
            `cached_attention`. With more queries than keys the first ones may look at nothing, and read 0.

    Returns:
        (..., Tq, d_v), the same as attention with all scores at once, but for rounding.

        No tensor made on the way has more than twice the numbers of the largest of these: q, k, v, the result, and the
        scores of one block, (..., Tq, block). A mask counts like any other tensor. PyTorch has such a function,
        `F.scaled_dot_product_attention`; here it is built, so it isn't called.

    Raises:
        ValueError: block below 1. The message names it.

    Example (d = 1): the query 1 with keys 1, 3, 2 and values 10, 20, 30 reads 21.547, in blocks of 1, 2 or 3; causal it
    does so too, as it is the last token.
    """
    ### BEGIN SOLUTION
    if block < 1:
        raise ValueError(f"block={block}: pass 1 or more")
    queries, length = q.shape[-2], k.shape[-2]
    last_visible = torch.arange(queries, device=q.device)[:, None] + length - queries  # (Tq, 1)
    state = None
    for start in range(0, length, block):
        keys, values = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ keys.mT / math.sqrt(q.shape[-1])  # (..., Tq, block)
        if causal:
            ahead = torch.arange(start, start + keys.shape[-2], device=q.device) > last_visible
            scores = scores.masked_fill(ahead, -math.inf)
        state = online_softmax(state, scores, values)
    _, total, read = state
    return (read / total.clamp(min=torch.finfo(total.dtype).tiny)[..., None]).to(q.dtype)
    ### END SOLUTION


def attention_bytes(tokens: int, heads: int, bits: int, stored: str) -> float:
    """Memory that attention of one layer takes beside queries, keys and values.

    Args:
        tokens: T, of one text.
        heads: H.
        bits: of one score.
        stored: "scores", the T × T matrix of each head, or "statistics", the m and l of `online_softmax`: two float32
            numbers for each token and head, whatever `bits` is.

    Returns:
        bytes, of 8 bits each; of 4-bit scores that may be half a byte more than a whole number.

    Raises:
        ValueError: stored is something else. The message names it.

    Example: 4,096 tokens, 12 heads, 16 bits: 402,653,184 bytes of scores, 393,216 of statistics.
    """
    ### BEGIN SOLUTION
    if stored == "scores":
        return tokens**2 * heads * bits / 8
    if stored == "statistics":
        return 2 * tokens * heads * 4
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
    ### END SOLUTION


def tokens_through(new: int, cached: bool) -> int:
    """How many tokens go through the layers until `new` are written, from a prompt of one token.

    Args:
        new: how many tokens are written, one a call, 0 or more.
        cached: whether a call reads only the last token, with a cache, or the whole text so far, without one.

    Returns:
        the sum over all calls. The last token written is never read.

    Raises:
        ValueError: new below 0. The message names it.

    Example: 3 new tokens take 3 with a cache, and 1 + 2 + 3 = 6 without one.
    """
    ### BEGIN SOLUTION
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new if cached else new * (new + 1) // 2
    ### END SOLUTION
