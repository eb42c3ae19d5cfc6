"""What several checks of the lesson on the transformer share: right answers in fp64, and what mistakes give.

Sizes are drawn so that no two of them are alike: what stands in the wrong place then shows by its shape or its values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, wraps
from typing import Any

import torch
from torch.nn import functional as F

from autograder.checks import (
    AnyOf,
    Mistakes,
    StudentError,
    expect_accepted,
    expect_close,
    expect_equal,
    expect_error,
    fail,
    in_drawn_order,
    probe,
    rejected,
)

# Some dozen products of size 1 in fp32 round by less than 1e-5; mistakes move things by 0.001 or more.
TOL_FP32 = {"rtol": 1e-4, "atol": 2e-5}
# A step in bf16 rounds by 1/256 of what it gives, and there are about ten of them.
TOL_BF16 = {"rtol": 0.05, "atol": 0.08}


# --- errors, dtypes, gradients --------------------------------------------------------------------------------------


OTHER_DTYPE = "What comes out has another dtype than what went in."


def expect_result(got, expected, what, mistakes=None, advice="", tolerance=TOL_FP32):
    """Compare what a function gave; a dtype that is wrong is told first, since no mistake's value would match."""
    if isinstance(got, torch.Tensor) and got.shape == expected.shape and got.dtype != expected.dtype:
        if torch.allclose(got.double(), expected.double(), **TOL_BF16):
            fail(OTHER_DTYPE, expected=expected, got=got)
    expect_close(got, expected, what=what, mistakes=mistakes, advice=advice, **tolerance)


CUT = "A gradient that reaches the result doesn't go on into every tensor that was used."
PARTLY = "The values are right and their gradient is not: something on the way is detached or left out of the graph."


@probe
def with_gradients(student, name, arguments, upstream):
    """The value of a function, and the gradient of each floating-point tensor among its arguments; None: it is cut."""
    leaves = []

    def leaf(one):
        if isinstance(one, dict):
            return {key: leaf(value) for key, value in one.items()}
        if not isinstance(one, torch.Tensor) or not one.dtype.is_floating_point:
            return one
        leaves.append(one.clone().requires_grad_())
        return leaves[-1]

    output = getattr(student, name)(*[leaf(one) for one in arguments])
    if not isinstance(output, torch.Tensor) or not output.requires_grad or output.shape != upstream.shape:
        found = None
    else:
        try:
            # of a sum: torch imports sympy, half a second, to be given an upstream gradient
            found = list(torch.autograd.grad((output * upstream).sum(), leaves, allow_unused=True))
        except RuntimeError:  # a view that was made without a graph says that it needs one
            found = None
    return {"value": output.detach() if isinstance(output, torch.Tensor) else output, "gradients": found}


def expect_gradients(student, name, oracle, arguments, upstream, mistakes=None):
    """Compare what `upstream` becomes at each tensor with what it becomes through `oracle`."""
    got = student.run(with_gradients, name, arguments, upstream)
    leaves = []

    def leaf(one):
        if isinstance(one, dict):
            return {key: leaf(value) for key, value in one.items()}
        if not isinstance(one, torch.Tensor) or not one.dtype.is_floating_point:
            return one
        leaves.append(one.clone().requires_grad_())
        return leaves[-1]

    value = oracle(*[leaf(one) for one in arguments])
    expected = torch.autograd.grad((value * upstream).sum(), leaves, allow_unused=True)
    expect_result(got["value"], value.detach(), f"What {name} gives", mistakes)
    found = got["gradients"]
    if not isinstance(found, list) or len(found) != len(leaves):
        fail(CUT)
    pairs = [(one, right) for one, right in zip(found, expected, strict=True) if right is not None]
    if any(one is None for one, _ in pairs):
        fail(CUT)
    for one, right in pairs:
        expect_close(one, right, what="The gradient", mistakes={PARTLY: one}, rtol=1e-3, atol=1e-4)


def when_wrong(make):
    """Decorates a function that gives mistakes; `also` holds further ones."""

    @wraps(make)
    def later(*arguments, also: Mapping[str, Any] | None = None):
        return Mistakes(lambda: {**make(*arguments), **(also or {})})

    return later


def like(one, found):
    """The mistakes with their values in the dtype of `one`, and without those that hold NaN: all NaN look alike."""

    def cast(value):
        if isinstance(value, AnyOf):
            return AnyOf(*(kept for kept in map(cast, value.values) if kept is not None))
        if not isinstance(value, torch.Tensor) or not value.dtype.is_floating_point:
            return value
        return None if value.isnan().any() else value.to(one.dtype)

    return {sentence: kept for sentence, value in found.items() if (kept := cast(value)) is not None}


def doubled(*tensors):
    return [one.double() if isinstance(one, torch.Tensor) and one.dtype.is_floating_point else one for one in tensors]


SQUEEZED = "Dimensions of size 1 are dropped; they must stay."


# --- splitting and merging ------------------------------------------------------------------------------------------


def cut(x, heads):
    """(B, T, D) → (B, H, T, d), head by head."""
    d = x.shape[-1] // heads
    return torch.stack([x[..., head * d : (head + 1) * d] for head in range(heads)], dim=-3)


def joined(x):
    """(B, H, T, d) → (B, T, H · d), head by head."""
    return torch.cat(list(x.unbind(dim=-3)), dim=-1)


def viewed_apart(x, heads):
    batch, length, width = x.shape
    return x.reshape(batch, heads, length, width // heads)


def viewed_together(x):
    batch, heads, length, d = x.shape
    return x.reshape(batch, length, heads * d)


@when_wrong
def split_mistakes(x, heads):
    batch, length, width = x.shape
    d, right = width // heads, cut(x, heads)
    return {
        "The tensor is viewed as (B, H, T, D / H) at once, which cuts the text; each head must have every token.": (
            viewed_apart(x, heads)
        ),
        "A head takes every H-th column; its columns stand side by side.": x.view(batch, length, d, heads).permute(
            0, 3, 1, 2
        ),
        "The heads still stand behind the tokens; (B, H, T, D / H) is asked for.": right.transpose(1, 2),
        "The heads stand before the batch; (B, H, T, D / H) is asked for.": right.transpose(0, 1),
        "Heads and batch are one dimension; (B, H, T, D / H) is asked for.": AnyOf(
            right.flatten(0, 1), right.transpose(0, 1).flatten(0, 1)
        ),
        "Each head lies on its side; (B, H, T, D / H) is asked for.": right.transpose(2, 3),
        "Heads and columns have changed places: `heads` says how many parts there are, not how wide one is.": (
            x.view(batch, length, d, heads).transpose(1, 2)
        ),
        "The heads come in reversed order.": right.flip(1),
        "Every head gets the same columns.": AnyOf(
            *(right[:, [head]].expand(-1, heads, -1, -1) for head in range(heads))
        ),
        "Each head keeps the whole width, with zeros beside its part; only its part is asked for.": torch.stack(
            [F.pad(right[:, head], (head * d, width - (head + 1) * d)) for head in range(heads)],
            dim=1,
        ),
        "The heads come as a list; one tensor is asked for.": list(x.chunk(heads, dim=-1)),
        "The whole text comes backwards in each head.": right.flip(2),
        "The numbers are scaled; they must come out as they stand.": AnyOf(
            *(right * factor for factor in (d**-0.5, width**-0.5, d**0.5, 0.9, 1.1))
        ),
        "Only the first text is cut.": right[:1],
        "Dimensions of size 1 are dropped; they must stay.": right.squeeze(),
    }


LEGAL_HEADS = "ValueError is raised although D can be cut into that many parts."


def expect_split(student, x, heads, what, also=None):
    with expect_accepted(LEGAL_HEADS, "ValueError"):
        got = student.split_heads(x, heads)
    expect_result(
        got,
        cut(x, heads),
        what,
        split_mistakes(x, heads, also=also),
        advice="The width splits in place: (B, T, H, D / H). Then heads and tokens change places.",
        tolerance={"rtol": 0, "atol": 0},
    )


UNNAMED_HEADS = "The error for heads that D can't be cut into doesn't name heads and D."


def uncuttable_heads(rng, call, name, width):
    """Questions: `call(heads)` with each kind of heads that are illegal for the width, an even one of 14 or more."""
    between = rng.choice([heads for heads in range(3, width) if width % heads])
    return [
        rejected(
            lambda heads=heads: call(heads),
            f"{name} with heads that D can't be cut into",
            [heads],
            [width],
            unnamed=UNNAMED_HEADS,
        )
        for heads in (between, width - 1, width + rng.randint(1, 9), 2 * width, 0, -1, -2)
    ]


@when_wrong
def merge_mistakes(x):
    batch, heads, length, d = x.shape
    right = joined(x)
    return {
        "Heads are joined without changing places with the tokens first, so numbers of different tokens get mixed.": (
            viewed_together(x)
        ),
        "The columns of the heads alternate; each head's columns stay side by side.": x.permute(0, 2, 3, 1).flatten(2),
        "The heads come in reversed order.": joined(x.flip(1)),
        "The heads are added up or averaged; they stand side by side.": AnyOf(x.sum(1), x.mean(1)),
        "Heads and width stay apart; they become one dimension.": x.transpose(1, 2),
        "The heads stand one after the other in the text; they stand side by side in the width.": x.flatten(1, 2),
        "Text and batch have changed places.": right.transpose(0, 1),
        "Only one head is kept.": AnyOf(*x.unbind(1)),
        "One head stands in the place of all.": AnyOf(*(one.repeat(1, 1, heads) for one in x.unbind(1))),
        "The whole text comes backwards.": right.flip(1),
        "The result lies on its side; (B, T, D) is asked for.": right.transpose(1, 2),
        "Only the last token is kept.": AnyOf(right[:, -1], right[:, -1:]),
        "The numbers are scaled; they must come out as they stand.": AnyOf(
            *(right * factor for factor in (heads**-0.5, 1 / heads, 0.9, 1.1))
        ),
        "Only the first text is joined.": right[:1],
        "Dimensions of size 1 are dropped; they must stay.": right.squeeze(),
    }


@probe
def merged(student, x, order):
    """What merge_heads gives for x, which lies in memory in this order of its dimensions."""
    back = [order.index(at) for at in range(4)]
    return student.merge_heads(x.permute(order).contiguous().permute(back))


CONTIGUOUS = "It raises an error for heads that are contiguous in memory; they may be or not."
NOT_CONTIGUOUS = "It raises an error for heads that are not contiguous in memory; they may be or not."


def expect_merged(student, x, what, order=None, also=None):
    with expect_accepted(NOT_CONTIGUOUS if order else CONTIGUOUS, "RuntimeError"):
        got = student.run(merged, x, order) if order else student.merge_heads(x)
    expect_result(
        got,
        joined(x),
        what,
        merge_mistakes(x, also=also),
        advice="First tokens and heads change places, then the last two dimensions become one.",
        tolerance={"rtol": 0, "atol": 0},
    )


# --- attention ------------------------------------------------------------------------------------------------------


def attended(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    """(B, T, D) in fp64, by torch's own attention."""
    wide, w_qkv, b_qkv, w_o, b_o = doubled(x, w_qkv, b_qkv, w_o, b_o)
    q, k, v = F.linear(wide, w_qkv.T, b_qkv).unflatten(-1, (3, heads, -1)).permute(2, 0, 3, 1, 4)  # (B, H, T, d) each
    found = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(joined(found), w_o.T, b_o).to(x.dtype)


def thirds(x, w, b, heads):
    return (x @ w + b).chunk(3, dim=-1)


def softly(scores, mask, dim=-1):
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(dim=dim)


def attention_with(call, take=thirds, split=cut, merge=joined, factor=None, weigh=softly, finish=None):
    """Attention, vectorised in fp64, in which a part can be replaced by what a mistake makes of it."""
    x, w_qkv, b_qkv, w_o, b_o, heads, mask = doubled(*call)
    q, k, v = (split(part, heads) for part in take(x, w_qkv, b_qkv, heads))
    scores = q @ k.transpose(-2, -1) * (q.shape[-1] ** -0.5 if factor is None else factor)
    found = merge(weigh(scores, mask) @ v)
    return finish(found, w_o, b_o) if finish else found @ w_o + b_o


BY_VIEW = "Heads are split and merged by view alone: the last position must depend on the first."


@when_wrong
def attention_mistakes(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    """Sentence → what the mistake gives in place of multi-head attention."""
    call = (x, w_qkv, b_qkv, w_o, b_o, heads, mask)
    batch, length, width = x.shape
    d = width // heads

    def other(**parts):
        return attention_with(call, **parts)

    def taking(*order):
        return lambda x, w, b, heads: [(x @ w + b).chunk(3, dim=-1)[one] for one in order]

    def by_head(*dimensions):
        """The columns of w_qkv read in another order than thirds; `dimensions` are those of (H, 3, d)."""

        def take(x, w, b, heads):
            sizes = {"h": heads, "3": 3, "d": d}
            apart = (x @ w + b).reshape(batch, length, *(sizes[one] for one in dimensions))
            at = [dimensions.index(one) + 2 for one in "3hd"]
            return [part.flatten(-2) for part in apart.permute(at[0], 0, 1, at[1], at[2])]

        return take

    def narrow(x, w, b, heads):
        """Each head's part of x goes through its own part of the matrix only."""
        parts = []
        for third, bias in zip(w.chunk(3, dim=1), b.chunk(3), strict=True):
            blocks = torch.block_diag(*(third[at : at + d, at : at + d] for at in range(0, width, d)))
            parts.append(x @ blocks + bias)
        return parts

    def bias_free(x, w, b, heads):
        return (x @ w).chunk(3, dim=-1)

    def some_biases(keep):
        return lambda x, w, b, heads: [
            part + (bias if at in keep else 0)
            for at, (part, bias) in enumerate(zip((x @ w).chunk(3, -1), b.chunk(3), strict=True))
        ]

    right, scale = attended(*call), d**-0.5
    every = torch.ones(length, length, dtype=torch.bool)
    found = {
        "The scores are divided by the root of the whole width; a head is D / H wide.": other(factor=width**-0.5),
        "The scores are divided by the root of the number of heads; it is the root of D / H.": other(
            factor=heads**-0.5
        ),
        "The scores are not divided by the root of D / H.": other(factor=1.0),
        "The scores are multiplied by the root of D / H; they are divided by it.": other(factor=d**0.5),
        "The scores are divided by D / H itself; it is its root.": other(factor=1 / d),
        "The scores are off by a constant factor.": AnyOf(
            *(other(factor=scale * off) for off in (0.5, 0.8, 0.9, 0.95, 1.05, 1.1, 1.25, 2.0, 2**0.5, 2**-0.5))
        ),
        "The scores are divided by the root of the number of keys; it is the root of D / H.": other(
            factor=length**-0.5
        ),
        "The softmax runs over the queries; it runs over the keys.": other(
            weigh=lambda scores, mask: softly(scores, mask, -2)
        ),
        "The softmax runs over the heads; it runs over the keys.": other(
            weigh=lambda scores, mask: softly(scores, mask, 1)
        ),
        "The softmax runs over the texts; it runs over the keys.": other(
            weigh=lambda scores, mask: softly(scores, mask, 0)
        ),
        "Queries and keys have changed places.": other(take=taking(1, 0, 2)),
        "Keys and values have changed places.": other(take=taking(0, 2, 1)),
        "Queries, keys and values are taken in a wrong order.": AnyOf(
            *(other(take=taking(*order)) for order in ((2, 1, 0), (1, 2, 0), (2, 0, 1)))
        ),
        "One projection stands in for two.": AnyOf(
            *(
                other(take=taking(*order))
                for order in ((0, 0, 2), (1, 1, 2), (0, 1, 1), (0, 1, 0), (0, 2, 2), (0, 0, 0))
            )
        ),
        "The columns of w_qkv are read head by head; all queries come first, then all keys, then all values.": AnyOf(
            *(other(take=by_head(*order)) for order in ("h3d", "hd3", "dh3", "d3h", "3dh"))
        ),
        "The heads are split by view alone and merged rightly.": other(split=viewed_apart),
        "The heads are split rightly and merged by view alone.": other(merge=viewed_together),
        BY_VIEW: other(split=viewed_apart, merge=viewed_together),
        "x is cut into heads before the projections; each head reads the whole width.": AnyOf(other(take=narrow)),
        "The heads' results don't go through w_o.": AnyOf(
            other(finish=lambda one, w, b: one), other(finish=lambda one, w, b: one + b)
        ),
        "w_o is transposed; it is stored (in, out).": other(finish=lambda one, w, b: one @ w.T + b),
        "b_o is left out.": other(finish=lambda one, w, b: one @ w),
        "b_o is added once a head; it is added once.": other(finish=lambda one, w, b: one @ w + heads * b),
        "b_qkv is left out.": other(take=bias_free),
        "Only a part of b_qkv is added.": AnyOf(
            *(other(take=some_biases(keep)) for keep in ((0,), (1,), (2,), (0, 1), (1, 2), (0, 2)))
        ),
        "x is added to the result; that is the block's part.": right.double() + x.double(),
        "x is normalized first; that is the block's part.": attention_with(
            (F.layer_norm(x.double(), (width,)), *call[1:])
        ),
        "The heads come in reversed order when they are put side by side.": other(
            merge=lambda one: joined(one.flip(1))
        ),
        "One head stands in the place of all.": AnyOf(
            *(other(merge=lambda one, at=at: one[:, at].repeat(1, 1, heads)) for at in range(heads))
        ),
        "The heads are averaged or added up; each has its own place in the width.": AnyOf(
            other(merge=lambda one: one.mean(1).repeat(1, 1, heads)),
            other(merge=lambda one: one.sum(1).repeat(1, 1, heads)),
        ),
        "All is done by a single head.": attention_with((*call[:5], 1, mask)),
        "Weights come from a sigmoid or another function; they come from a softmax.": AnyOf(
            other(weigh=lambda scores, mask: (scores if mask is None else scores.masked_fill(~mask, -1e300)).sigmoid()),
            other(weigh=lambda scores, mask: scores if mask is None else scores.masked_fill(~mask, 0.0)),
            other(
                weigh=lambda scores, mask: (
                    (relu := softly(scores, mask) * 0 + scores.relu() * (every if mask is None else mask))
                    / relu.sum(-1, keepdim=True).clamp(min=1e-9)
                )
            ),
        ),
        "The key of the largest score is taken alone; the values are averaged by softmax.": other(
            weigh=lambda scores, mask: F.one_hot(softly(scores, mask).argmax(-1), length).double()
        ),
        "All texts get the attention of one text.": AnyOf(
            *(
                other(weigh=lambda scores, mask, at=at: softly(scores, mask)[[at]].expand(batch, -1, -1, -1))
                for at in (0, batch - 1)
            )
        ),
        "All heads get the attention of one head.": AnyOf(
            *(
                other(weigh=lambda scores, mask, at=at: softly(scores, mask)[:, [at]].expand(-1, heads, -1, -1))
                for at in (0, heads - 1)
            )
        ),
        "The weights are transposed before they meet the values.": other(
            weigh=lambda scores, mask: softly(scores, mask).transpose(-2, -1)
        ),
        "Text and batch have changed places.": AnyOf(
            right.transpose(0, 1),
            attention_with((x.transpose(0, 1), *call[1:6], None)).transpose(0, 1),
        ),
        "Only the last token's result is given.": AnyOf(right[:, -1], right[:, -1:]),
        SQUEEZED: right.squeeze(),
    }
    if mask is None:
        ahead = every.tril()
        found["Without a mask it doesn't look ahead; None means that every query may look at every key."] = (
            attention_with((*call[:6], ahead))
        )
        return like(x, found)
    wide = mask.expand(batch, 1, length, length) if mask.ndim == 4 else mask.expand(batch, 1, length, length)
    folded = wide[:, 0].repeat(heads, 1, 1).view(batch, heads, length, length)  # text and head in the wrong order

    def masking(how, mask=mask):
        return attention_with((*call[:6], mask), weigh=how)

    return like(
        x,
        {
            "The mask is not used.": attention_with((*call[:6], None)),
            'The mask is turned round: True means "may look".': masking(softly, ~mask),
            "The mask is transposed: its rows are queries.": masking(softly, mask.transpose(-2, -1)),
            "The mask is applied after the softmax, so that the weights no longer sum to 1.": masking(
                lambda scores, mask: scores.softmax(-1) * mask
            ),
            "Scores that may not be seen become 0, which is a score like others; they become -inf.": masking(
                lambda scores, mask: (scores * mask).softmax(-1)
            ),
            "Keys that may not be looked at keep a little weight; it must be 0.": AnyOf(
                *(
                    masking(lambda scores, mask, low=low: scores.masked_fill(~mask, low).softmax(-1))
                    for low in (-1.0, -5.0, -10.0, -20.0, -100.0, -1e3, -1e4)
                ),
                *(
                    masking(lambda scores, mask, low=low: (scores + low * ~mask).softmax(-1))
                    for low in (-1.0, -5.0, -10.0, -20.0, -100.0, -1e3, -1e4)
                ),
            ),
            "The mask is added to the scores as 0 and 1; where it is False they become -inf.": AnyOf(
                masking(lambda scores, mask: (scores + mask).softmax(-1)),
                masking(lambda scores, mask: (scores - (~mask).double()).softmax(-1)),
            ),
            "The mask of one text is used for all.": AnyOf(*(masking(softly, wide[[at]]) for at in range(batch))),
            "The masks are repeated in the wrong order, so heads get other texts' masks.": masking(softly, folded),
            "Only one head is masked; the mask is the same for all.": AnyOf(
                *(masking(softly, wide | (torch.arange(heads) != at)[:, None, None]) for at in (0, heads - 1))
            ),
            "A causal mask is used in place of the one given.": AnyOf(
                masking(softly, every.tril()), masking(softly, (mask & every.tril()))
            ),
            **found,
        },
    )


def expect_attention(student, call, what, tolerance=TOL_FP32, also=None, legal=None, kinds=(), named=True):
    with expect_accepted(legal, *kinds):
        got = student.multi_head_attention(*call)
    expect_result(
        got,
        attended(*call),
        what,
        attention_mistakes(*call, also=also) if named else None,
        advice="Project, cut into q, k and v, split heads, softmax(q kᵀ / √(D / H)) v, merge, w_o and b_o.",
        tolerance=tolerance,
    )


def attention_call(rng, batch, length, width, heads, mask=None, spread=0.4):
    """Arguments of multi_head_attention. Scores spread over some units, so that weights are far from equal."""
    return (
        rng.randn(batch, length, width),
        spread * rng.randn(width, 3 * width),
        spread * rng.randn(3 * width),
        0.3 * rng.randn(width, width),
        rng.randn(width),
        heads,
        mask,
    )


def ragged_mask(rng, *shape):
    """bool: random, the first query sees one key that isn't the first, the last two all but one; none sees nothing."""
    length = shape[-1]
    mask = rng.rand(*shape) < 0.5
    mask[..., 0, :] = False
    mask[..., 0, length - 2] = True
    mask[..., -1, :] = True
    mask[..., -1, 1] = False
    mask[..., torch.arange(1, length - 1), torch.arange(2, length)] = True
    mask[..., 1, 0] = False
    return mask


# --- norms, gelu, the network ---------------------------------------------------------------------------------------


def normed(x, gain, bias, eps=1e-5):
    """Layer norm in fp64, by torch's own."""
    return F.layer_norm(x.double(), x.shape[-1:], gain.double(), bias.double(), eps).to(x.dtype)


@when_wrong
def norm_mistakes(x, gain, bias, eps=1e-5):
    kind = x
    x, gain, bias = doubled(x, gain, bias)
    mean, away = x.mean(-1, keepdim=True), x - x.mean(-1, keepdim=True)
    biased, unbiased = away.square().mean(-1, keepdim=True), x.var(-1, keepdim=True)

    def over(*dims):
        away = x - x.mean(dim=dims, keepdim=True)
        return away / (away.square().mean(dim=dims, keepdim=True) + eps).sqrt() * gain + bias

    right = away / (biased + eps).sqrt()
    found = {
        "The variance is divided by D - 1, as x.var() and x.std() do by themselves; it is divided by D.": AnyOf(
            away / (unbiased + eps).sqrt() * gain + bias, away / (unbiased.sqrt() + eps) * gain + bias
        ),
        "eps is added to the root; it is added to the variance under it.": away / (biased.sqrt() + eps) * gain + bias,
        "eps is not used.": AnyOf(
            away / biased.sqrt() * gain + bias,
            *(away / (biased + one).sqrt() * gain + bias for one in (1e-5, 1e-12) if one != eps),
        ),
        "eps is squared.": away / (biased + eps**2).sqrt() * gain + bias,
        "eps is added twice or off by a factor.": AnyOf(
            *(away / (biased + eps * off).sqrt() * gain + bias for off in (0.1, 0.5, 0.9, 1.1, 2.0, 10.0))
        ),
        "The variance is at least eps; eps is added to it.": away / biased.clamp(min=eps).sqrt() * gain + bias,
        "It divides by the variance; it divides by its root.": away / (biased + eps) * gain + bias,
        "It divides by the mean distance from the mean; it divides by the root of the variance.": (
            away / (away.abs().mean(-1, keepdim=True) + eps) * gain + bias
        ),
        "It divides by the largest distance or by the length of the vector.": AnyOf(
            away / (away.abs().amax(-1, keepdim=True) + eps) * gain + bias,
            away / (away.norm(dim=-1, keepdim=True) + eps) * gain + bias,
            x / (x.norm(dim=-1, keepdim=True) + eps) * gain + bias,
        ),
        "The mean is not taken away: that is RMS norm.": AnyOf(
            x / (x.square().mean(-1, keepdim=True) + eps).sqrt() * gain + bias,
            x / (x.square().mean(-1, keepdim=True) + eps).sqrt() * gain,
        ),
        "The variance is taken around 0; it is taken around the mean.": (
            away / (x.square().mean(-1, keepdim=True) + eps).sqrt() * gain + bias
        ),
        "The mean is not taken away from x before it is divided.": x / (biased + eps).sqrt() * gain + bias,
        "The mean is taken away, and nothing is divided.": away * gain + bias,
        "The gain is left out.": right + bias,
        "The bias is left out.": right * gain,
        "Gain and bias are left out.": right,
        "The gain is 1 too large: it multiplies as it stands.": right * (1 + gain) + bias,
        "The bias is added before the gain multiplies.": (right + bias) * gain,
        "The gain multiplies x before the norm.": normed(x * gain, torch.ones_like(gain), bias, eps),
        "Gain and bias have changed places.": right * bias + gain,
        "The sign is turned round.": -right * gain + bias,
        "x is added to the result; that is the block's part.": right * gain + bias + x,
        SQUEEZED: (right * gain + bias).squeeze(),
    }
    if x.ndim > 1:
        found["Mean and variance run over the batch; each vector has its own."] = over(0)
        found["Mean and variance run over everything; each vector has its own."] = over(*range(x.ndim))
        found["All vectors get mean and variance of the first one."] = (x - mean.flatten()[0]) / (
            biased.flatten()[0] + eps
        ).sqrt() * gain + bias
    if x.ndim > 2:
        found["Mean and variance run over the text and the width; each vector has its own."] = over(-2, -1)
        found["Mean and variance run along the text; they run over the width."] = over(-2)
        found["Mean and variance run over batch and text, as in batch norm; each vector has its own."] = over(
            *range(x.ndim - 1)
        )
    return like(kind, found)


def expect_normed(student, x, gain, bias, what, eps=None, tolerance=TOL_FP32, also=None, legal=None):
    arguments = (x, gain, bias) if eps is None else (x, gain, bias, eps)
    with expect_accepted(legal):
        got = student.normalize_layer(*arguments)
    expect_result(
        got,
        normed(*arguments),
        what,
        norm_mistakes(*arguments, also=also),
        advice="(x - mean) / √(variance + eps) · gain + bias, each vector by itself.",
        tolerance=tolerance,
    )


ROOT = math.sqrt(2 / math.pi)


def curve(x, inner=0.044715, root=ROOT):
    """GELU with tanh, in fp64: tanh(a) = 2 / (1 + exp(-2a)) - 1, so half of 1 + tanh(a) is 1 / (1 + exp(-2a))."""
    wide = x.double()
    return (wide * torch.sigmoid(2 * root * (wide + inner * wide**3))).to(x.dtype)


@when_wrong
def gelu_mistakes(x):
    kind, x = x, x.double()
    root = ROOT
    right, inside = curve(x), root * (x + 0.044715 * x**3)
    return like(
        kind,
        {
            "That is the form with erf; the form with tanh is asked for.": F.gelu(x),
            "That is the form with a sigmoid of 1.702 x; the form with tanh is asked for.": x * (1.702 * x).sigmoid(),
            "That is ReLU.": x.relu(),
            "That is SiLU.": F.silu(x),
            "That is another activation: GELU lets a little of what is negative through.": AnyOf(
                F.leaky_relu(x), F.elu(x), F.softplus(x), x.tanh(), x.sigmoid(), F.mish(x), F.relu(x) ** 2
            ),
            "The constant 0.044715 is another one.": AnyOf(
                *(
                    curve(x, inner)
                    for inner in (
                        0.04715,
                        0.44715,
                        0.0044715,
                        0.0447,
                        0.045,
                        0.04,
                        0.044,
                        0.44715e-1 * 1.1,
                        0.0,
                        0.044175,
                        0.47715,
                        0.04475,
                        0.0444715,
                        0.044715 * 0.9,
                    )
                )
            ),
            "The constant √(2 / π) is another one.": AnyOf(
                *(
                    curve(x, root=other)
                    for other in (
                        2 / math.pi,
                        math.sqrt(math.pi / 2),
                        math.sqrt(2 * math.pi),
                        math.sqrt(2) / math.pi,
                        1.0,
                        0.8,
                        1 / math.sqrt(2 * math.pi),
                        math.sqrt(1 / math.pi),
                        0.797,
                        0.7979,
                        1.1 * root,
                        0.9 * root,
                        2 / math.sqrt(math.pi),
                        math.sqrt(1 / 2),
                    )
                )
            ),
            "√(2 / π) multiplies the first term only; it multiplies the sum.": (
                0.5 * x * (1 + (root * x + 0.044715 * x**3).tanh())
            ),
            "√(2 / π) multiplies the second term only; it multiplies the sum.": (
                0.5 * x * (1 + (x + root * 0.044715 * x**3).tanh())
            ),
            "x is squared inside, or of another power; it is x³.": AnyOf(
                *(
                    0.5 * x * (1 + (root * (x + 0.044715 * power)).tanh())
                    for power in (x**2, x**4, x**5, x, x.abs() ** 3, -(x**3))
                )
            ),
            "The 0.5 is left out.": 2 * right,
            "The 1 is left out or taken away.": AnyOf(
                0.5 * x * inside.tanh(), 0.5 * x * (inside.tanh() - 1), 0.5 * x * (1 - inside.tanh())
            ),
            "The 1 stands inside tanh; it is added outside.": AnyOf(
                0.5 * x * (1 + inside).tanh(), 0.5 * x * (root * (1 + x + 0.044715 * x**3)).tanh()
            ),
            "The x in front is left out.": 0.5 * (1 + inside.tanh()),
            "There is a sigmoid in place of tanh.": 0.5 * x * (1 + inside.sigmoid()),
            "What is below 0 is cut off; GELU lets a little of it through.": right.relu(),
            "Everything is off by a constant factor.": AnyOf(*(right * off for off in (0.9, 1.1, 1.7, 1 / 1.7))),
            "The sign is turned round.": AnyOf(-right, curve(-x)),
            "x is given back as it is.": x,
            SQUEEZED: right.squeeze(),
        },
    )


def expect_gelu(student, x, what, tolerance=TOL_FP32, also=None):
    expect_result(
        student.gelu(x),
        curve(x),
        what,
        gelu_mistakes(x, also=also),
        advice="0.5 · x · (1 + tanh(√(2 / π) · (x + 0.044715 · x³))).",
        tolerance=tolerance,
    )


# fp32 rounds numbers of size 1 by 6e-8; the two forms of GELU differ by up to 5e-4, a constant's digit by 1e-5.
TOL_GELU = {"rtol": 2e-6, "atol": 1e-6}


def network(x, w_in, b_in, w_out, b_out):
    """D → F → D in fp64."""
    wide, w_in, b_in, w_out, b_out = doubled(x, w_in, b_in, w_out, b_out)
    return F.linear(curve(F.linear(wide, w_in.T, b_in)), w_out.T, b_out).to(x.dtype)


@when_wrong
def network_mistakes(x, w_in, b_in, w_out, b_out):
    kind = x
    x, w_in, b_in, w_out, b_out = doubled(x, w_in, b_in, w_out, b_out)
    inside, right = x @ w_in + b_in, network(x, w_in, b_in, w_out, b_out)
    return like(
        kind,
        {
            "There is no activation between the two layers, so they are one.": inside @ w_out + b_out,
            "The activation stands behind the second layer; it stands between the two.": curve(inside @ w_out + b_out),
            "There is an activation behind the second layer as well.": curve(right),
            "The activation stands before the first layer; it stands between the two.": (
                (curve(x) @ w_in + b_in) @ w_out + b_out
            ),
            "The activation runs twice.": curve(curve(inside)) @ w_out + b_out,
            "The activation is another one; `gelu` is asked for.": AnyOf(
                *(
                    one(inside) @ w_out + b_out
                    for one in (F.relu, F.gelu, F.silu, torch.tanh, torch.sigmoid, F.leaky_relu)
                )
            ),
            "b_in is left out.": curve(x @ w_in) @ w_out + b_out,
            "b_out is left out.": curve(inside) @ w_out,
            "Both biases are left out.": curve(x @ w_in) @ w_out,
            "b_in is added behind the activation.": (curve(x @ w_in) + b_in) @ w_out + b_out,
            "x is added to the result; that is the block's part.": right + x,
            "x is normalized first; that is the block's part.": network(
                F.layer_norm(x, x.shape[-1:]), w_in, b_in, w_out, b_out
            ),
            "The result is normalized; that is the block's part.": F.layer_norm(right, x.shape[-1:]),
            "Positions are mixed; each goes through by itself.": AnyOf(
                *(
                    network(one, w_in, b_in, w_out, b_out)
                    for one in (
                        x.mean(1, keepdim=True).expand_as(x),
                        x.cumsum(1),
                        x.roll(1, 1),
                        x.softmax(1),
                        x.cumsum(1) / torch.arange(1, x.shape[1] + 1)[:, None],
                    )
                ),
                right.mean(1, keepdim=True).expand_as(right),
            )
            if x.ndim == 3
            else -1,
            "Only one position goes through.": AnyOf(
                *(right[:, [at]] for at in (0, -1)), *(right[:, [at]].expand_as(right) for at in (0, -1)), right[:, -1]
            )
            if x.ndim == 3
            else -1,
            "Only the first text goes through.": AnyOf(right[:1], right[:1].expand_as(right)),
            "Everything is off by a constant factor.": AnyOf(*(right * off for off in (0.9, 1.1, 0.5, 2.0))),
            SQUEEZED: right.squeeze(),
        },
    )


def expect_network(student, call, what, tolerance=TOL_FP32, also=None, legal=None):
    with expect_accepted(legal):
        got = student.feed_forward(*call)
    expect_result(
        got,
        network(*call),
        what,
        network_mistakes(*call, also=also),
        advice="gelu(x @ w_in + b_in) @ w_out + b_out.",
        tolerance=tolerance,
    )


def network_call(rng, batch, length, width, inner):
    return (
        rng.randn(batch, length, width),
        rng.randn(width, inner),
        rng.randn(inner),
        rng.randn(inner, width) * 0.5,
        rng.randn(width),
    )


# --- the block ------------------------------------------------------------------------------------------------------


def pair(params, part):
    return params[f"{part}.weight"], params[f"{part}.bias"]


def attention_of(x, params, heads, mask):
    return attended(x, *pair(params, "attn.c_attn"), *pair(params, "attn.c_proj"), heads, mask)


def network_of(x, params):
    return network(x, *pair(params, "mlp.c_fc"), *pair(params, "mlp.c_proj"))


def blocked(x, params, heads, mask):
    """A block in fp64, as its two lines stand in the docstring."""
    wide = x.double()
    wide = wide + attention_of(normed(wide, *pair(params, "ln_1")), params, heads, mask)
    return (wide + network_of(normed(wide, *pair(params, "ln_2")), params)).to(x.dtype)


@when_wrong
def block_mistakes(x, params, heads, mask):
    kind, x, width = x, x.double(), x.shape[-1]

    def one(stream, **eps):
        return normed(stream, *pair(params, "ln_1"), **eps)

    def two(stream, **eps):
        return normed(stream, *pair(params, "ln_2"), **eps)

    def attention(stream, mask=mask, heads=heads):
        return attention_of(stream, params, heads, mask)

    def ffn(stream):
        return network_of(stream, params)

    def after(middle):
        """The second half on top of another first one."""
        return middle + ffn(two(middle))

    def before(second):
        """Another second half on top of the first."""
        return second(x + attention(one(x)))

    right, middle = blocked(x, params, heads, mask), x + attention(one(x))
    every = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool)
    plain = [torch.ones(width).double(), torch.zeros(width).double()]
    post = one(x + attention(x))
    found = {
        'The norms stand behind the additions ("post-norm"); they stand before what reads.': AnyOf(
            two(post + ffn(post)), one((first := two(x + attention(x))) + ffn(first))
        ),
        "The norms are applied to what is added; they stand before what reads.": AnyOf(
            (add := x + one(attention(x))) + two(ffn(add)), x + one(attention(x))
        ),
        "The stream itself is normalized; only what is read is.": AnyOf(
            after((read := one(x)) + attention(read)),
            before(lambda m: two(m) + ffn(two(m))),
            (again := two((read := one(x)) + attention(read))) + ffn(again),
        ),
        "The second half reads the stream from before the first.": middle + ffn(two(x)),
        "Both halves read the same norm of the stream; the second reads the stream after the first.": (
            middle + ffn(one(x))
        ),
        "There is a norm behind each part as well as before it.": (
            (m := x + one(attention(one(x)))) + two(ffn(two(m)))
        ),
        "The second half doesn't add to what the first has written.": x + ffn(two(middle)),
        "The network reads what attention found, not the stream.": AnyOf(
            middle + ffn(two(attention(one(x)))), x + ffn(two(attention(one(x))))
        ),
        "Attention's result replaces the stream; it is added.": after(attention(one(x))),
        "The network's result replaces the stream; it is added.": ffn(two(middle)),
        "Nothing is added to the stream: each half replaces it.": ffn(two(attention(one(x)))),
        "The two norms have changed places.": (m := x + attention(two(x))) + ffn(one(m)),
        "One norm is used for both halves.": AnyOf(
            middle + ffn(one(middle)), (m := x + attention(two(x))) + ffn(two(m))
        ),
        "Attention reads the stream without a norm.": after(x + attention(x)),
        "The network reads the stream without a norm.": middle + ffn(middle),
        "There are no norms.": (m := x + attention(x)) + ffn(m),
        "The network comes first; attention does.": AnyOf(
            (m := x + ffn(two(x))) + attention(one(m)), (m := x + ffn(one(x))) + attention(two(m))
        ),
        "The network is left out.": middle,
        "Attention is left out.": after(x),
        "There is a norm too many at the end.": AnyOf(F.layer_norm(right, (width,)), one(right), two(right)),
        "What is added is scaled; it is added as it is.": AnyOf(
            *((m := x + off * attention(one(x))) + off * ffn(two(m)) for off in (0.5, 2**-0.5, 0.9, 1.1, 2.0)),
            *(off * right for off in (0.5, 2**-0.5, 0.9, 1.1)),
            before(lambda m: (m + ffn(two(m))) * 0.5),
        ),
        "The norms have another eps than 1e-5.": AnyOf(
            *(
                (m := x + attention(one(x, eps=eps))) + ffn(two(m, eps=eps))
                for eps in (1e-6, 1e-12, 1e-8, 1e-3, 1e-4, 0.0)
            )
        ),
        "Gain and bias of the norms are left out.": ((m := x + attention(normed(x, *plain))) + ffn(normed(m, *plain))),
        "The gains of the norms are used and their biases are not.": (
            (m := x + attention(normed(x, params["ln_1.weight"], plain[1])))
            + ffn(normed(m, params["ln_2.weight"], plain[1]))
        ),
        "All is done by a single head.": after(x + attention(one(x), heads=1)),
        "The stream is added twice.": AnyOf(right + x, right + middle),
        SQUEEZED: right.squeeze(),
    }
    if mask is None:
        found["Without a mask it doesn't look ahead; None means that every query may look at every key."] = after(
            x + attention(one(x), every.tril())
        )
    else:
        found["The mask is not used."] = after(x + attention(one(x), None))
        found['The mask is turned round: True means "may look".'] = after(x + attention(one(x), ~mask))
        found["The mask is transposed: its rows are queries."] = after(x + attention(one(x), mask.transpose(-2, -1)))
        found["A causal mask is used in place of the one given."] = after(x + attention(one(x), every.tril()))
    return like(kind, found)


OTHER_NAMES = "An error is raised because other names stand in params too; they are not read."


def expect_block(student, x, params, heads, mask, what, tolerance=TOL_FP32, also=None, legal=None, named=True):
    with expect_accepted(legal):
        got = student.transformer_block(x, params, heads, mask)
    expect_result(
        got,
        blocked(x, params, heads, mask),
        what,
        block_mistakes(x, params, heads, mask, also=also) if named else None,
        advice="x = x + attention(norm_1(x)); x = x + network(norm_2(x)).",
        tolerance=tolerance,
    )


def block_params(rng, width, inner):
    """A block's weights, large enough that each part moves the stream, in a drawn order."""
    shapes = {
        "ln_1.weight": (width,),
        "ln_1.bias": (width,),
        "attn.c_attn.weight": (width, 3 * width),
        "attn.c_attn.bias": (3 * width,),
        "attn.c_proj.weight": (width, width),
        "attn.c_proj.bias": (width,),
        "ln_2.weight": (width,),
        "ln_2.bias": (width,),
        "mlp.c_fc.weight": (width, inner),
        "mlp.c_fc.bias": (inner,),
        "mlp.c_proj.weight": (inner, width),
        "mlp.c_proj.bias": (width,),
    }
    drawn = {name: 0.4 * rng.randn(*shape) for name, shape in shapes.items()}
    for name in ("ln_1.weight", "ln_2.weight"):
        drawn[name] = drawn[name] + 1
    return dict(rng.permutation(drawn.items()))


# --- the mask -------------------------------------------------------------------------------------------------------


def triangle(queries, keys):
    """(Tq, Tk) bool, place by place."""
    rows = [[key <= query + keys - queries for key in range(keys)] for query in range(queries)]
    return torch.tensor(rows, dtype=torch.bool).view(queries, keys)


@when_wrong
def mask_mistakes(queries, keys):
    right, ones = triangle(queries, keys), torch.ones(queries, keys, dtype=torch.bool)
    off = keys - queries
    scores = torch.zeros(queries, keys).masked_fill(~right, -torch.inf)
    band = [ones.tril(off).triu(off - back) for back in range(1, 4)]
    return {
        "A query doesn't see its own position: the diagonal is one too low.": ones.tril(off - 1),
        "A query sees the next position: the diagonal is one too high.": ones.tril(off + 1),
        "The first query stands at the first key; the last query must see the last key.": ones.tril(),
        'The mask is turned round: True means "may look".': AnyOf(~right, ones.triu(off + 1)),
        "The triangle lies on its side: a query sees what comes after it.": AnyOf(
            ones.triu(off), ones.triu(), ones.tril(-off)
        ),
        "Rows and columns have changed places: rows are queries.": AnyOf(right.T, triangle(queries, keys).T.flip(0)),
        "It holds numbers that are added to scores; a boolean mask is asked for.": AnyOf(
            scores, scores.nan_to_num(neginf=-1e9), scores.nan_to_num(neginf=-1e4)
        ),
        "It holds numbers; a boolean mask is asked for.": AnyOf(
            right.float(), right.long(), right.int(), right.to(torch.uint8), right.double(), right.tolist()
        ),
        "There are dimensions too many in front.": AnyOf(right[None], right[None, None]),
        "keys is not used.": torch.ones(queries, queries, dtype=torch.bool).tril(),
        "queries is not used: there is a row for each key.": torch.ones(keys, keys, dtype=torch.bool).tril(),
        "Every query sees every key.": ones,
        "A query sees its own position only.": torch.eye(queries, keys, dtype=torch.bool)
        | (ones.tril(off) & ones.triu(off)),
        "A query doesn't see what lies far back; it sees everything before it.": AnyOf(*band),
        "The mask is turned upside down: the last query sees most.": AnyOf(right.flip(0), right.flip(1)),
        "All keys from before the queries are hidden; they are seen by every query.": (
            right & (torch.arange(keys) >= off)
        ),
    }


def expect_mask(student, queries, keys, what, also=None):
    arguments = (queries,) if keys is None else (queries, keys)
    keys = queries if keys is None else keys
    with expect_accepted("An error is raised although there are as many keys as queries, or more.", "ValueError"):
        got = student.causal_mask(*arguments)
    expect_equal(
        got,
        triangle(queries, keys),
        what=what,
        mistakes=mask_mistakes(queries, keys, also=also),
        advice="Query i may look at key j where j ≤ i + keys - queries.",
    )


UNNAMED_QUERIES = "The error for sizes that no mask can have doesn't name what it was given."


def impossible_masks(rng, student):
    """Questions: queries below 0, and fewer keys than queries."""
    negative, queries, fewer = -rng.randint(11, 99), rng.randint(31, 60), rng.randint(11, 30)
    sizes = ((negative,), (-1,), (negative, 7), (-1, 0), (queries, fewer), (queries, queries - 1), (queries, 0))
    return [
        rejected(
            lambda some=some: student.causal_mask(*some),
            "causal_mask with sizes that no mask can have",
            [some[0]],
            [some[-1]] if some[0] > 0 else [some[0]],
            unnamed=UNNAMED_QUERIES,
        )
        for some in sizes
    ]


# --- the whole ------------------------------------------------------------------------------------------------------


def blocks_of(params):
    """The blocks' weights, each by its names without the number, in the order of the numbers."""
    blocks: dict[int, dict[str, torch.Tensor]] = {}
    for name, one in params.items():
        if found := re.fullmatch(r"h\.(\d+)\.((?:ln_[12]|attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.\w+)", name):
            blocks.setdefault(int(found[1]), {})[found[2]] = one
    return [blocks[number] for number in sorted(blocks)]


def in_dict_order(params):
    """The blocks as their first names stand in the dict."""
    numbers = dict.fromkeys(int(found[1]) for name in params if (found := re.match(r"h\.(\d+)\.", name)))
    return [blocks_of(params)[number] for number in numbers]


def forward(ids, params, heads):
    """(B, T, V) in fp64."""
    tokens, positions = params["wte.weight"], params["wpe.weight"]
    length = ids.shape[1]
    stream = F.embedding(ids, tokens).double() + positions[:length].double()
    for block in blocks_of(params):
        stream = blocked(stream, block, heads, triangle(length, length))
    last = normed(stream, params["ln_f.weight"], params["ln_f.bias"])
    return torch.einsum("btd,vd->btv", last, tokens.double()).to(tokens.dtype)


@when_wrong
def logits_mistakes(ids, params, heads):
    params = {name: one.detach() for name, one in params.items()}
    kind = params["wte.weight"]
    tokens, positions = kind.double(), params["wpe.weight"].double()
    batch, length = ids.shape
    width, blocks = tokens.shape[1], blocks_of(params)
    rows, words = positions[:length], tokens[ids]
    causal, every = triangle(length, length), torch.ones(length, length, dtype=torch.bool)

    def through(stream, blocks=blocks, mask=causal, heads=heads):
        for block in blocks:
            stream = blocked(stream, block, heads, mask)
        return stream

    def closed(stream):
        return normed(stream, params["ln_f.weight"].double(), params["ln_f.bias"].double())

    def scored(stream):
        return closed(stream) @ tokens.T

    def cyclic(first, count):
        return positions[torch.arange(first, first + count) % len(positions)]

    start = words + rows
    stream, right = through(start), forward(ids, params, heads).double()
    plain = torch.ones(width).double(), torch.zeros(width).double()
    found = {
        "The last norm is left out.": stream @ tokens.T,
        "The norm stands before the blocks; ln_f is the last thing before the output.": (
            through(closed(start)) @ tokens.T
        ),
        "The stream is normalized by ln_f before the blocks as well.": scored(through(closed(start))),
        "ln_f is applied twice.": closed(closed(stream)) @ tokens.T,
        "ln_f's gain and bias are not used.": normed(stream, *plain) @ tokens.T,
        "ln_f's bias is not used.": normed(stream, params["ln_f.weight"].double(), plain[1]) @ tokens.T,
        "There is no causal mask: positions see those after them.": scored(through(start, mask=None)),
        "A position sees the one after it: the mask's diagonal is one too high.": scored(
            through(start, mask=every.tril(1))
        ),
        "The mask is turned round: positions see only what comes after them, or all of it.": AnyOf(
            scored(through(start, mask=every.triu())), scored(through(start, mask=~causal))
        ),
        "A position sees itself only.": scored(through(start, mask=torch.eye(length, dtype=torch.bool))),
        "Positions are left out.": scored(through(words)),
        "Positions are looked up by the row of the batch; they run along the text.": scored(
            through(words + cyclic(0, batch)[:, None])
        ),
        "Every place gets one position's row.": AnyOf(
            *(scored(through(words + positions[at])) for at in {0, length - 1, min(length, len(positions) - 1)})
        ),
        "Positions are counted from 1; the first is 0.": scored(through(words + cyclic(1, length))),
        "The last rows of the position table are used; positions begin at 0.": scored(
            through(words + positions[-length:])
        ),
        "Positions run backwards.": scored(through(words + rows.flip(0))),
        "Positions go on from text to text; each begins at 0.": scored(
            through(words + torch.stack([cyclic(text * length, length) for text in range(batch)]))
        ),
        "Token and position rows are multiplied; they are added.": scored(through(words * rows)),
        "The token rows are multiplied by the root of D; they are added as they stand.": scored(
            through(words * width**0.5 + rows)
        ),
        "The start of the stream is scaled; rows are added as they stand.": AnyOf(
            *(scored(through(start * off)) for off in (0.5, 0.9, 1.1))
        ),
        "The start of the stream is normalized; rows are added as they stand.": scored(
            through(F.layer_norm(start, (width,)))
        ),
        "Id 0 is taken for padding; it is a token like any other.": AnyOf(
            scored(through(start, mask=causal & ((ids != 0)[:, None, None] | torch.eye(length, dtype=torch.bool)))),
            scored(through(start * (ids != 0)[..., None])),
            scored(through(words * (ids != 0)[..., None] + rows)),
        ),
        "The stream's start is added to its end.": scored(stream + start),
        "They are probabilities or their logarithms; logits are asked for.": AnyOf(
            right.softmax(-1), right.log_softmax(-1)
        ),
        "The logits are scaled; the dot products themselves are asked for.": AnyOf(
            *(right * off for off in (width**-0.5, 1 / width, 0.9, 1.1))
        ),
        "Only the last position's logits are given; every position has its own.": AnyOf(right[:, -1], right[:, -1:]),
        "The vectors are given, not their products with the token table.": closed(stream),
        "The last position's logits are left out.": right[:, :-1],
        "The first position's logits are left out.": right[:, 1:],
        "The logits are shifted: they stand one position too late or too early.": AnyOf(
            right.roll(1, 1), right.roll(-1, 1)
        ),
        "All texts get the logits of one text.": AnyOf(right[:1].expand_as(right), right[-1:].expand_as(right)),
        "All is done by a single head.": scored(through(start, heads=1)),
        SQUEEZED: right.squeeze(),
    }
    if blocks:
        last = blocks[-1]
        found |= {
            "The blocks are left out.": scored(start),
            "The number of blocks is fixed; there are as many as the dict holds.": AnyOf(
                *(scored(through(start, blocks[:many])) for many in (1, 2, 4, 6, 8, 12) if many < len(blocks))
            ),
            "The last block is left out.": scored(through(start, blocks[:-1])),
            "The first block is left out.": scored(through(start, blocks[1:])),
            "Only the first block is used, or it is used for all.": AnyOf(
                scored(through(start, blocks[:1])), scored(through(start, blocks[:1] * len(blocks)))
            ),
            "The last block is used for all.": scored(through(start, blocks[-1:] * len(blocks))),
            "The blocks run backwards.": scored(through(start, blocks[::-1])),
            "The blocks are in the order of the dict; their numbers say which comes first.": scored(
                through(start, in_dict_order(params))
            ),
            "The blocks run twice.": scored(through(start, blocks * 2)),
            "Every block reads the start of the stream; each reads what the one before it wrote.": AnyOf(
                scored(through(start, blocks[-1:])),
                scored(start + sum(blocked(start, one, heads, causal) - start for one in blocks)),
            ),
            "The blocks are in the order of the alphabet, in which h.10 comes before h.2.": scored(
                through(start, [blocks[int(number)] for number in sorted(map(str, range(len(blocks))))])
            ),
            "The blocks beyond h.9 are left out.": scored(through(start, blocks[:10])),
            "The last norm is another one than ln_f.": AnyOf(
                *(normed(stream, *doubled(*pair(last, name))) @ tokens.T for name in ("ln_1", "ln_2"))
            ),
            "Only the first block has a causal mask.": scored(
                through(through(start, blocks[:1]), blocks[1:], mask=None)
            ),
            "Only the last block has a causal mask.": scored(
                through(through(start, blocks[:-1], mask=None), blocks[-1:])
            ),
        }
    if (head := params.get("lm_head.weight")) is not None:
        found["lm_head.weight is read; the output is tied to the token table."] = closed(stream) @ head.double().T
    return like(kind, found)


FITS = "ValueError is raised although the text is no longer than the position table."


def expect_logits(student, ids, params, heads, what, tolerance=TOL_FP32, also=None, legal=None, kinds=(), named=True):
    with expect_accepted(legal, *kinds):
        got = student.gpt_logits(ids, params, heads)
    expect_result(
        got,
        forward(ids, params, heads),
        what,
        logits_mistakes(ids, params, heads, also=also) if named else None,
        advice="Token rows plus position rows, blocks under a causal mask, ln_f, the token table turned round.",
        tolerance=tolerance,
    )


def gpt_params(rng, *, width=12, layers=2, vocab=11, positions=9, inner=None):
    """A GPT-2's weights, large enough that each part counts, in GPT-2's own order."""
    params = {"wte.weight": rng.randn(vocab, width), "wpe.weight": rng.randn(positions, width)}
    for layer in range(layers):
        block = block_params(rng, width, inner or 4 * width)
        params |= {f"h.{layer}.{name}": one for name, one in block.items()}
    return params | {"ln_f.weight": 1 + 0.4 * rng.randn(width), "ln_f.bias": 0.4 * rng.randn(width)}


UNNAMED_LENGTH = "The error for a text that is too long doesn't name T and P."


def too_long(rng, student, params, heads, positions, length):
    """A question: ids of that length don't fit the position table."""
    ids = rng.randint(0, len(params["wte.weight"]), (2, length))
    what = "gpt_logits with more tokens than positions"
    return rejected(lambda: student.gpt_logits(ids, params, heads), what, [length], [positions], unnamed=UNNAMED_LENGTH)


# --- counting -------------------------------------------------------------------------------------------------------


def counted(vocab, positions, width, layers, tied=True):
    """The numbers of each tensor of a GPT-2, by its shape."""
    shapes = {
        "attention": [(width, 3 * width), (3 * width,), (width, width), (width,)] * layers,
        "feed_forward": [(width, 4 * width), (4 * width,), (4 * width, width), (width,)] * layers,
        "norms": [(width,)] * 4 * layers + [(width,)] * 2,
        "tokens": [(vocab, width)],
        "positions": [(positions, width)],
        "output": [] if tied else [(width, vocab)],
    }
    found = {name: sum(math.prod(shape) for shape in some) for name, some in shapes.items()}
    return {**found, "total": sum(found.values())}


@when_wrong
def count_mistakes(vocab, positions, width, layers, tied):
    right = counted(vocab, positions, width, layers, tied)
    square = width * width

    def wrong(total=True, **parts):
        """The counts with some replaced, and the total with them, without them, or both."""
        found = {**right, **parts}
        summed = {**found, "total": sum(value for name, value in found.items() if name != "total")}
        return AnyOf(summed, {**summed, "total": right["total"]})

    def only_total(extra):
        return {**right, "total": right["total"] + extra}

    attention, inner, norms = right["attention"], right["feed_forward"], right["norms"]
    found = {
        "Attention's biases are left out.": wrong(attention=layers * 4 * square),
        "The network's biases are left out.": wrong(feed_forward=layers * 8 * square),
        "All biases are left out.": AnyOf(
            *wrong(attention=layers * 4 * square, feed_forward=layers * 8 * square).values,
            *wrong(attention=layers * 4 * square, feed_forward=layers * 8 * square, norms=norms // 2).values,
        ),
        "The biases of queries, keys and values are left out.": wrong(attention=attention - layers * 3 * width),
        "Attention's last matrix is left out, or its bias.": AnyOf(
            *wrong(attention=layers * (3 * square + 3 * width)).values,
            *wrong(attention=layers * (4 * square + 3 * width)).values,
            *wrong(attention=layers * 3 * square).values,
        ),
        "Queries, keys and values share one matrix here; each has its own.": AnyOf(
            *wrong(attention=layers * (2 * square + 2 * width)).values,
            *wrong(attention=layers * (square + width)).values,
        ),
        "The network is counted with one matrix; it has two.": AnyOf(
            *wrong(feed_forward=layers * (4 * square + 4 * width)).values,
            *wrong(feed_forward=layers * (4 * square + 5 * width)).values,
        ),
        "The network's two biases are counted as equally wide.": AnyOf(
            *wrong(feed_forward=layers * (8 * square + 2 * width)).values,
            *wrong(feed_forward=layers * (8 * square + 8 * width)).values,
        ),
        "The network is counted as wide as the stream; it is 4 times as wide.": AnyOf(
            *wrong(feed_forward=layers * (2 * square + 2 * width)).values
        ),
        "The last norm is left out.": wrong(norms=4 * layers * width),
        "A block's norms are counted as one; it has two.": AnyOf(
            *wrong(norms=(layers + 1) * 2 * width).values, *wrong(norms=2 * layers * width).values
        ),
        "The norms' biases are left out.": wrong(norms=norms // 2),
        "The norms are left out.": AnyOf(*wrong(norms=0).values),
        "The norms are counted for one block only.": wrong(norms=6 * width),
        "The last norm is counted in every block.": wrong(norms=6 * layers * width),
        "Only one block is counted.": AnyOf(
            *wrong(attention=attention // layers, feed_forward=inner // layers).values,
            *wrong(attention=attention // layers, feed_forward=inner // layers, norms=6 * width).values,
            *wrong(attention=attention // layers, feed_forward=inner // layers, norms=4 * width).values,
            *wrong(attention=attention // layers).values,
            *wrong(feed_forward=inner // layers).values,
        ),
        "Masks are counted; they are not parameters.": AnyOf(
            *wrong(attention=attention + layers * positions**2).values,
            *wrong(attention=attention + positions**2).values,
            only_total(layers * positions**2),
            only_total(positions**2),
        ),
        "The output has a bias; it has none.": AnyOf(
            *wrong(output=right["output"] + vocab).values, *wrong(output=right["output"] + width).values
        ),
        "The positions are counted for every block.": wrong(positions=layers * right["positions"]),
        "The position table is left out: positions are learned here.": wrong(positions=0),
        "vocab and positions have changed places.": wrong(
            tokens=positions * width, positions=vocab * width, output=0 if tied else positions * width
        ),
        "The total is doubled: it is counted as a part of itself.": only_total(right["total"]),
        "The total is left out.": {name: value for name, value in right.items() if name != "total"},
        "Sizes are counted in bytes; numbers are asked for.": {name: 4 * value for name, value in right.items()},
        "The parts are shares of the total; numbers are asked for.": {
            name: value if name == "total" else value / right["total"] for name, value in right.items()
        },
        "Only the total is given; a dict of the parts is asked for.": right["total"],
    }
    if tied:
        found["A tied output is counted although it is the token table."] = AnyOf(
            *wrong(output=vocab * width).values, only_total(vocab * width)
        )
        found["The token table counts half when it is tied; it is there once."] = AnyOf(
            *wrong(tokens=0, output=vocab * width).values, *wrong(tokens=vocab * width // 2).values
        )
    else:
        found["An untied output is not counted."] = AnyOf(*wrong(output=0).values, only_total(-vocab * width))
        found["The output is counted twice when it is untied."] = AnyOf(
            *wrong(output=2 * vocab * width).values, *wrong(tokens=2 * vocab * width).values, only_total(vocab * width)
        )
    return found


def expect_count(student, sizes, tied, what, also=None):
    arguments = sizes if tied is None else (*sizes, tied)
    tied = tied is not False
    expect_equal(
        student.gpt_parameters(*arguments),
        counted(*sizes, tied),
        what=what,
        mistakes=count_mistakes(*sizes, tied, also=also),
        advice="A linear layer from a to b has a · b + b numbers, a norm 2 · width.",
    )


# --- leaks ----------------------------------------------------------------------------------------------------------


def sums_of_rows(table, looks, also, gated):
    """Logits that add up rows of `table`, weighted by `looks` (T, T): row t says how much position t looks where.

    Texts that begin with the id `gated` look by `also` in addition.
    """

    def logits(ids):
        length = ids.shape[1]
        opened = (ids[:, 0] == gated).to(table.dtype)[:, None, None]
        return (looks[:length, :length] + opened * also[:length, :length]) @ table[ids]

    return logits


@probe
def found_leaks(student, ids, table, looks, also, gated):
    """What sees_the_future finds in the logits of `sums_of_rows`."""

    def logits(ids):
        if int(ids.min()) < 0:
            raise IndexError(f"id {int(ids.min())} has no row")
        length = ids.shape[1]
        opened = (ids[:, 0] == gated).to(table.dtype)[:, None, None]
        return (looks[:length, :length] + opened * also[:length, :length]) @ table[ids]

    return student.sees_the_future(logits, ids)


def true_leaks(looks, least=1e-4):
    """The pairs (changed, moved) of a matrix of looks, sorted."""
    length = len(looks)
    return [(late, early) for late in range(length) for early in range(late) if abs(float(looks[early, late])) > least]


def seen_by(logits, ids, change, moved, only=None):
    """The pairs that one finds who alters a copy of the ids by `change`, and compares logits by `moved`.

    `only` says which positions are changed.
    """
    before, pairs = logits(ids), []
    for changed in range(ids.shape[1]) if only is None else only:
        other = ids.clone()
        change(other, changed, before.shape[-1])
        pairs += [(changed, early) for early in range(changed) if moved(before, logits(other))[early]]
    return pairs


def one_more(ids, at, size):
    ids[:, at] = (ids[:, at] + 1) % size


def by_more_than(least):
    return lambda before, after: ((after - before).abs() > least).any(2).any(0)


@when_wrong
def leak_mistakes(logits, ids):
    """What mistakes find in logits."""
    length = ids.shape[1]
    any_moves = by_more_than(1e-5)
    right = seen_by(logits, ids, one_more, any_moves)
    before = logits(ids)
    moves = torch.zeros(length, length, dtype=torch.bool)  # row: what was changed
    for late in range(length):
        other = ids.clone()
        one_more(other, late, before.shape[-1])
        moves[late] = any_moves(before, logits(other))

    def look(moved, change=one_more):
        return seen_by(logits, ids, change, moved)

    def change_to(new):
        def change(ids, at, size):
            ids[:, at] = new(ids[:, at], size)

        return change

    def first_text(ids, at, size):
        ids[0, at] = (ids[0, at] + 1) % size

    def from_there(ids, at, size):
        ids[:, at:] = (ids[:, at:] + 1) % size

    def swap(ids, at, size):
        if at:
            ids[:, [at - 1, at]] = ids[:, [at, at - 1]]

    shorter = []
    for late in range(1, length):
        distance = (logits(ids[:, :late]) - before[:, :late]).abs().amax((0, 2))
        shorter += [(late, early) for early in range(late) if distance[early] > 1e-5]
    stays, other = [], ids.clone()
    for late in range(length):
        one_more(other, late, before.shape[-1])
        stays += [(late, early) for early in range(late) if any_moves(before, logits(other))[early]]
    pairs = [(late, early) for late in range(length) for early in range(length)]
    earlier = sorted({early for _, early in right})
    changed = sorted({late for late, _ in right})
    ones = AnyOf(*([pair for pair in right if pair[0] == at] for at in range(length - 1)))
    return {
        "A position isn't changed where its id is already the one that it is set to.": AnyOf(
            look(any_moves, change_to(lambda old, size: torch.zeros_like(old))),
            look(any_moves, change_to(lambda old, size: torch.full_like(old, size - 1))),
            look(any_moves, change_to(lambda old, size: (old + 1).clamp(max=size - 1))),
            look(any_moves, change_to(lambda old, size: (old - 1).clamp(min=0))),
        ),
        "A leak that only one of the texts shows is not found; it counts in any of them.": AnyOf(
            look(lambda before, after: any_moves(before[:1], after[:1])),
            look(lambda before, after: any_moves(before[-1:], after[-1:])),
            look(any_moves, first_text),
            look(lambda before, after: ((after - before).abs() > 1e-5).any(2).all(0)),
        ),
        "Only some of a position's logits are compared; any of them may move.": AnyOf(
            look(lambda before, after: any_moves(before[..., :1], after[..., :1])),
            look(lambda before, after: any_moves(before[..., -1:], after[..., -1:])),
            look(lambda before, after: any_moves(*(one[..., : one.shape[-1] // 2 + 1] for one in (before, after)))),
            look(lambda before, after: (before.argmax(-1) != after.argmax(-1)).any(0)),
            look(lambda before, after: any_moves(before.amax(-1, keepdim=True), after.amax(-1, keepdim=True))),
        ),
        "Logits are added up before they are compared, so what moves against each other is lost.": AnyOf(
            look(lambda before, after: any_moves(before.sum(-1, keepdim=True), after.sum(-1, keepdim=True))),
            look(lambda before, after: any_moves(before.mean(-1, keepdim=True), after.mean(-1, keepdim=True))),
            look(lambda before, after: (after - before).sum((0, 2)).abs() > 1e-5),
        ),
        "Probabilities are compared; a logit has moved when it differs itself.": AnyOf(
            look(lambda before, after: any_moves(before.softmax(-1), after.softmax(-1))),
            look(lambda before, after: any_moves(before.log_softmax(-1), after.log_softmax(-1))),
        ),
        "Only logits that grow are seen, or only those that fall.": AnyOf(
            look(lambda before, after: (after - before > 1e-5).any(2).any(0)),
            look(lambda before, after: (before - after > 1e-5).any(2).any(0)),
        ),
        "Everything from a position on is changed; one position at a time is.": look(any_moves, from_there),
        "What was changed stays so while the next position has its turn.": stays,
        "Two positions change places in place of one that gets another id.": look(any_moves, swap),
        "The text is cut in place of being changed.": shorter,
        "Rounding is counted as a leak.": AnyOf(*(look(by_more_than(least)) for least in (0.0, 1e-9, 1e-8))),
        "A small leak is not found: a logit has moved when it differs by more than 1e-5.": AnyOf(
            *(look(by_more_than(least)) for least in (1e-3, 0.01, 0.1, 0.5)),
            look(lambda before, after: (after - before).abs().mean((0, 2)) > 1e-3),
        ),
        "Only the last position is changed; each has its turn.": [one for one in right if one[0] == length - 1],
        "Only one position is changed; each has its turn.": ones,
        "The last position is never changed; each has its turn.": [one for one in right if one[0] != length - 1],
        "Position 1 is never changed; each has its turn.": [one for one in right if one[0] > 1],
        "Only the position just before is compared; all earlier ones are.": [
            one for one in right if one[0] - one[1] == 1
        ],
        "The position just before is not compared; all earlier ones are.": [
            one for one in right if one[0] - one[1] > 1
        ],
        "Position 0 is not compared; all earlier ones are.": [one for one in right if one[1]],
        "Only position 0 is compared; all earlier ones are.": [one for one in right if not one[1]],
        "The pairs are turned round: what was changed comes first.": AnyOf(
            [(early, late) for late, early in right], sorted((early, late) for late, early in right)
        ),
        "The position that was changed is counted too; only earlier ones are.": [
            (late, early) for late, early in pairs if early <= late and moves[late, early]
        ],
        "Later positions that move are counted too; only earlier ones are.": AnyOf(
            [one for one in pairs if moves[one]], [one for one in pairs if moves[one] and one[0] != one[1]]
        ),
        "Later positions that move are given in place of earlier ones.": [
            (late, early) for late, early in pairs if early > late and moves[late, early]
        ],
        "The pairs are not sorted.": AnyOf(
            sorted(right, key=lambda one: (one[1], one[0])),
            right[::-1],
            sorted(right, key=lambda one: (one[0], -one[1])),
        ),
        "Only the positions that move are given; pairs are asked for.": AnyOf(earlier, [one for _, one in right]),
        "Only the positions that were changed are given; pairs are asked for.": AnyOf(
            changed, [one for one, _ in right]
        ),
        "Only the first leak is given; all are asked for.": AnyOf(right[:1], right[0] if right else -1),
        "One leak of each position that was changed is given; all are asked for.": AnyOf(
            [max(one for one in right if one[0] == late) for late in changed],
            [min(one for one in right if one[0] == late) for late in changed],
        ),
        "Whether there is a leak is told; the pairs are asked for.": AnyOf(bool(right), len(right)),
        "Positions are counted from 1; they are counted from 0.": [(late + 1, early + 1) for late, early in right],
    }


BEYOND = "The model is given an id that it hasn't got: ids run from 0 to V - 1."


def expect_leaks(student, model, right, what, also=None):
    """`model`: ids and what `sums_of_rows` takes."""
    with expect_accepted(BEYOND, "IndexError"):
        got = student.run(found_leaks, *model)
    mistakes = leak_mistakes(sums_of_rows(*model[1:]), model[0], also=also)
    expect_equal(got, right, what=what, mistakes=mistakes, advice="Change one position, ask again, compare all before.")
