"""What several checks of the lesson on attention share: right answers in fp64, and what mistakes give.

The right answers are written otherwise than the reference: masks multiply, means are summed row by row. Sizes differ
from each other unless a check says otherwise, so that a dimension taken for another shows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import torch

from autograder.checks import (
    AnyOf,
    Mistakes,
    StudentError,
    expect_accepted,
    expect_close,
    expect_error,
    fail,
    in_drawn_order,
    probe,
    rejected,
)

# Sums of about ten products of size 1, rounded by each dtype; mistakes move things by more, unless a check says so.
TOLERANCES = {
    torch.float64: {"rtol": 1e-10, "atol": 1e-11},
    torch.float32: {"rtol": 1e-4, "atol": 1e-5},
    torch.float16: {"rtol": 0.01, "atol": 0.01},
    torch.bfloat16: {"rtol": 0.05, "atol": 0.06},
}


# --- errors ---------------------------------------------------------------------------------------------------------


AFTER = "The mask is applied after the softmax, so rows sum to less than 1."
RENORMALISED = "The mask is applied after the softmax and the rows divided by what is left, which may be nothing."
FINITE = "Masked scores are set to a finite number, which other scores may lie below."
ZEROED = "Masked scores are set to 0; that is a score like any other."
ADDED = "A finite number is added to masked scores, which greater ones climb over."
UNUSED = "The mask is not used."
INVERTED = "The mask is turned round; True means that a query may look."
READ = "A score that may not be looked at is read: what is added to NaN or inf stays so."

UNNAMED_WIDTHS = "The error for queries and keys of different widths doesn't name both widths."
UNNAMED_DTYPE = "The error for a mask that isn't boolean doesn't name its dtype."
DTYPE_NAMES = {
    torch.int64: ("int64", "long", "longtensor"),
    torch.float64: ("float64", "double", "doubletensor"),
    torch.uint8: ("uint8", "byte", "bytetensor"),
    torch.float32: ("float32", "float", "floattensor"),
    torch.int32: ("int32", "int", "inttensor"),
}


def other_widths(call, name, one, other):
    """A question: `call()` meets queries of width `one` and keys of width `other`."""
    what = f"{name} with queries and keys of different widths"
    return rejected(call, what, one, other, unnamed=UNNAMED_WIDTHS)


def numbers_for_a_mask(call, name, mask, *dtypes):
    """Questions: `call(mask)` must raise TypeError for the mask in each of these dtypes."""
    return [
        rejected(
            lambda dtype=dtype: call(mask.to(dtype)),
            f"{name} with a mask that isn't boolean",
            DTYPE_NAMES[dtype],
            kind="TypeError",
            unnamed=UNNAMED_DTYPE,
        )
        for dtype in dtypes
    ]


# --- comparing ------------------------------------------------------------------------------------------------------

IN_FLOAT32 = "What comes out is in float32; it must have the dtype of what went in."
IN_FLOAT64 = "What comes out is in float64; it must have the dtype of what went in."
ROUNDED_16 = "Numbers are rounded to 16 bits on the way; compute in the dtype of what went in."
NOTHING = "Nothing is given back; end with a return."
ROUNDED = "Numbers are rounded to float32 on the way; compute in the dtype of what went in."
KEPT = "The result of an earlier call is given."
SQUEEZED = "Dimensions of size 1 are dropped; they must stay."
TURNED = "The last two dimensions have changed places."
CUT = "No gradient goes through; the result is cut off from what went in."


def in_double(arguments):
    """The arguments with floating-point tensors in fp64."""
    return [one.double() if isinstance(one, torch.Tensor) and one.dtype.is_floating_point else one for one in arguments]


def dtype_of(arguments):
    return next(one.dtype for one in arguments if isinstance(one, torch.Tensor) and one.dtype.is_floating_point)


def right_of(name, arguments):
    """What the exercise must give, worked out in fp64 and in the dtype of its arguments then."""
    return RIGHT[name](*in_double(arguments)).to(dtype_of(arguments))


def mistakes_of(name, arguments, told=None):
    """Sentence → what the mistake gives; those that these arguments make impossible are left out.

    `told`: the sentences that are asked for, or None for all.
    """
    dtype, doubles = dtype_of(arguments), in_double(arguments)
    found: dict[str, Any] = {}
    for sentence, makers in WRONG[name](*doubles).items():
        if told is not None and sentence not in told:
            continue
        values = []
        for make in makers if isinstance(makers, (list, tuple)) else [makers]:
            try:
                values.append(make().to(dtype))
            except (RuntimeError, IndexError, TypeError, ValueError):
                continue
        found[sentence] = AnyOf(*values)
    if told is not None:
        return found
    right = right_of(name, arguments)
    found[SQUEEZED] = right.squeeze()
    if right.ndim > 1:
        found[TURNED] = right.mT
    if dtype != torch.float32:
        found[IN_FLOAT32] = right.float()
    if dtype != torch.float64:
        found[IN_FLOAT64] = right.double()
    return found


def compare(got, right, what, *, mistakes=None, advice=""):
    """expect_close with the tolerance of the right answer's dtype."""
    expect_close(got, right, what=what, mistakes=mistakes, advice=advice, **TOLERANCES[right.dtype])


def rounded_to_16_bits(got, right):
    """Whether wide numbers, near the right ones, are all such as 16 bits hold, and the right ones are not."""
    if got.dtype != right.dtype or got.dtype not in (torch.float32, torch.float64):
        return False
    if torch.allclose(got, right, **TOLERANCES[right.dtype]) or not torch.equal(got == 0, right == 0):
        return False
    return any(
        torch.equal(got, got.to(dtype).to(got.dtype)) and torch.allclose(got, right, **TOLERANCES[dtype])
        for dtype in (torch.float16, torch.bfloat16)
    )


def compare_digits(got, right, what, *, mistakes=None, advice=""):
    """The same for what a function gives; says where a dtype is not kept."""
    if got is None:
        fail(NOTHING, expected=right)
    if isinstance(got, torch.Tensor) and got.shape == right.shape:
        if got.dtype == torch.float32 != right.dtype:
            fail(IN_FLOAT32, expected=right, got=got)
        if got.dtype == torch.float64 != right.dtype:
            fail(IN_FLOAT64, expected=right, got=got)
        rough = got.dtype == right.dtype == torch.float64 and torch.equal(got, got.float().double())
        off = rough and not torch.allclose(got, right, **TOLERANCES[torch.float64])
        if off and torch.allclose(got, right, rtol=1e-5, atol=1e-6):
            fail(ROUNDED, expected=right, got=got)
        if rounded_to_16_bits(got, right):
            fail(ROUNDED_16, expected=right, got=got)
    compare(got, right, what, mistakes=mistakes, advice=advice)


def expect_right(student, name, arguments, what, *, also=None, advice="", told=None):
    """Call the exercise and compare with the right answer; `also` holds further mistakes.

    `told`: the sentences that may be said, where others give the same value and are not true; None for all.
    """
    compare_digits(
        getattr(student, name)(*arguments),
        right_of(name, arguments),
        what,
        mistakes=Mistakes(lambda: {**mistakes_of(name, arguments, told), **(also or {})}),
        advice=advice or ADVICE[name],
    )


def expect_each_anew(student, name, calls, what):
    """Several calls whose arguments have the same shapes: none may be answered with what an earlier one gave."""
    earlier = []
    for arguments in calls:
        also = {KEPT: AnyOf(*earlier)} if earlier else {}
        expect_right(student, name, arguments, what, also=also)
        earlier.append(right_of(name, arguments))


@probe
def gradients(student, name, arguments, which, upstream):
    """What of an upstream gradient of the function's result reaches these of its arguments; None for no graph.

    Where the result isn't of upstream's shape, or not a number, it has no gradient worth asking for: then [].
    """
    leaves = [one.clone().requires_grad_() if at in which else one for at, one in enumerate(arguments)]
    output = getattr(student, name)(*leaves)
    if not isinstance(output, torch.Tensor) or output.shape != upstream.shape or output.isnan().any():
        return []
    if not output.requires_grad:
        return [None for _ in which]
    # of a sum: torch imports sympy, half a second, to be given an upstream gradient
    return list(torch.autograd.grad((output * upstream).sum(), [leaves[at] for at in which], allow_unused=True))


NAN_GRADIENT = "The gradient is NaN; NaN that is replaced afterwards still stands in the gradient."


def gradients_of(function, arguments, which, upstream):
    """The gradients of a function written here, in fp64; zeros where none flows."""
    leaves = in_double(arguments)
    for at in which:
        leaves[at] = leaves[at].clone().requires_grad_()
    total = (function(*leaves) * upstream.double()).sum()
    given = torch.autograd.grad(total, [leaves[at] for at in which], allow_unused=True)
    return [torch.zeros_like(leaves[at]) if one is None else one for at, one in zip(which, given, strict=True)]


def expect_gradients(student, name, arguments, cut, upstream, *, wrong=None):
    """Compare what reaches some arguments with the oracle's own gradients.

    `cut`: index of the argument → the sentence where nothing reaches it. `wrong`: sentence → a function like the
    exercise, or a tuple of some, whose gradients are what the mistake gives.
    """
    which = list(cut)
    got = student.run(gradients, name, arguments, which, upstream)
    if not got:
        fail(f"What {name} gives isn't a tensor of numbers of the right shape, so it has no gradient to look at.")
    right = gradients_of(RIGHT[name], arguments, which, upstream)
    others = {
        sentence: [gradients_of(one, arguments, which, upstream) for one in (f if isinstance(f, tuple) else (f,))]
        for sentence, f in (wrong or {}).items()
    }
    for place, at in enumerate(which):
        one = got[place]
        if one is None:
            fail(CUT if all(other is None for other in got) else cut[at])
        if isinstance(one, torch.Tensor) and one.isnan().any():
            fail(NAN_GRADIENT)
        dtype = arguments[at].dtype
        compare(
            one,
            right[place].to(dtype),
            f"What {name} passes on to its {ORDINALS[at]} argument as gradient",
            mistakes={sentence: AnyOf(*(one[place].to(dtype) for one in some)) for sentence, some in others.items()},
        )


ORDINALS = ("first", "second", "third", "fourth")


# --- right answers --------------------------------------------------------------------------------------------------


def means(x):
    """Row t is the mean of rows 0 to t, row by row."""
    return torch.stack([x[:, : t + 1].sum(dim=1) / (t + 1) for t in range(x.shape[1])], dim=1)


def softly(scores, dim=-1, allowed=None):
    """Softmax over what is finite and allowed; zeros where nothing is. Differentiable throughout."""
    seen = scores > -torch.inf if allowed is None else allowed.expand(scores.shape) & ~(scores == -torch.inf)
    finite = torch.where(seen, scores, torch.zeros_like(scores))
    greatest = finite.masked_fill(~seen, torch.finfo(scores.dtype).min).amax(dim=dim, keepdim=True).detach()
    powers = torch.where(seen, finite - greatest, torch.zeros_like(scores)).exp() * seen
    total = powers.sum(dim=dim, keepdim=True)
    return powers / torch.where(total == 0, torch.ones_like(total), total)


def similar(x):
    return softly(torch.einsum("bid,bjd->bij", x, x)) @ x


def scored(q, k):
    return torch.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])


def weighed(scores, mask=None):
    return softly(scores, allowed=mask)


def attended(q, k, v, mask=None):
    return torch.einsum("...ij,...jd->...id", weighed(scored(q, k), mask), v)


def headed(x, w_q, w_k, w_v, mask=None):
    return attended(x @ w_q, x @ w_k, x @ w_v, mask)


def written(stream, output, w_o):
    return stream + torch.einsum("btv,vd->btd", output, w_o)


def entropy(weights):
    return torch.special.entr(weights).sum(dim=-1)


RIGHT = {
    "running_mean": means,
    "safe_softmax": softly,
    "similarity_attention": similar,
    "attention_scores": scored,
    "attention_weights": weighed,
    "attend": attended,
    "attention_head": headed,
    "write_to_stream": written,
    "attention_entropy": entropy,
}

ADVICE = {
    "running_mean": "Write row 2 down by hand: rows 0, 1 and 2, divided by 3.",
    "safe_softmax": "Look at one row: exp(s - greatest), divided by the sum of these along dim.",
    "similarity_attention": "Row i of the weights belongs to token i: it is the softmax of x_i · x_j over all j.",
    "attention_scores": "Entry (i, j) is the dot product of query i and key j, divided by the root of their width.",
    "attention_weights": "Look at one query: -inf where it may not look, then softmax over the keys.",
    "attend": "Work one query out by hand: its scores, its weights, its average of the values.",
    "attention_head": "Compare x @ w_q, x @ w_k and x @ w_v first, then what attend makes of them.",
    "write_to_stream": "It is stream + output @ w_o.",
    "attention_entropy": "Each row is -(p ln p) summed over the keys, 0 where p is 0.",
}


# --- what mistakes give ---------------------------------------------------------------------------------------------


def shifted_down(rows, first):
    """rows (B, T, D) moved on by one token, with `first` (B, 1, D) in front."""
    return torch.cat([first, rows[:, :-1]], dim=1)


FACTORS = (0.5, 0.9, 1.1, 2.0)  # with which things are scaled that mustn't be


def halving(x):
    rows = [x[:, 0]]
    for t in range(1, x.shape[1]):
        rows.append((rows[-1] + x[:, t]) / 2)
    return torch.stack(rows, dim=1)


def fading(x, kept, first):
    """An exponential average that keeps this share of itself; `first` (B, D) stands in row 0, or before it if zeros."""
    rows, start = ([first], 1) if first.any() else ([], 0)
    last = first
    for t in range(start, x.shape[1]):
        last = kept * last + (1 - kept) * x[:, t]
        rows.append(last)
    return torch.stack(rows, dim=1)


def windowed(x, size):
    return torch.stack([x[:, max(0, t - size + 1) : t + 1].mean(dim=1) for t in range(x.shape[1])], dim=1)


def wrong_means(x):
    batch, length, width = x.shape
    right, sums = means(x), x.cumsum(dim=1)
    counts = torch.arange(1, length + 1, dtype=x.dtype)[:, None]
    by_batch = torch.arange(1, batch + 1, dtype=x.dtype)[:, None, None]
    return {
        "Every row is divided by T; row t averages t + 1 rows.": lambda: sums / length,
        "Every row is the mean of all rows; the future must not be seen.": lambda: x.mean(
            dim=1, keepdim=True
        ).expand_as(x),
        "There is one mean for each text; each row has its own.": [
            lambda: x.mean(dim=1),
            lambda: x.mean(dim=1, keepdim=True),
        ],
        "The mean runs over the batch; it runs over the tokens.": [
            lambda: x.cumsum(dim=0) / by_batch,
            lambda: x.cumsum(dim=0) / counts,
            lambda: x.mean(dim=0, keepdim=True).expand_as(x),
            lambda: right.mean(dim=0, keepdim=True).expand_as(x),
            lambda: right.mean(dim=0),
            lambda: x.mean(dim=0),
        ],
        "The mean runs over the numbers of a vector; it runs over the tokens.": [
            lambda: x.cumsum(dim=2) / torch.arange(1, width + 1, dtype=x.dtype),
            lambda: right.mean(dim=-1),
            lambda: right.mean(dim=-1, keepdim=True),
            lambda: right.mean(dim=-1, keepdim=True).expand_as(x),
        ],
        "Sums are given; each must be divided by how many rows it holds.": lambda: sums,
        "Row t doesn't count itself; it averages rows 0 to t.": [
            lambda: shifted_down(right, torch.zeros_like(x[:, :1])),
            lambda: shifted_down(right, x[:, :1]),
            lambda: shifted_down(right, torch.full_like(x[:, :1], torch.nan)),
            lambda: (sums - x) / counts,
        ],
        "Row t is divided by t; it averages t + 1 rows.": [
            lambda: sums / (counts - 1).clamp(min=1),
            lambda: sums / (counts - 1),
        ],
        "Row t is divided by t + 2; it averages t + 1 rows.": lambda: sums / (counts + 1),
        "Row t averages the rows from t on; it averages those up to t.": lambda: (
            x.flip(1).cumsum(dim=1).flip(1) / counts.flip(0)
        ),
        "The rows are added up from the end.": lambda: x.flip(1).cumsum(dim=1).flip(1) / counts,
        "Row t sees row t + 1; the future must not be seen.": [
            lambda: torch.cat([right[:, 1:], right[:, -1:]], dim=1),
            lambda: torch.cat([right[:, 1:], right[:, -1:] * length / (length + 1)], dim=1),
        ],
        "The mean so far and the new row count half each; all rows count alike.": lambda: halving(x),
        "Only the last few rows are averaged; row t averages rows 0 to t.": [
            lambda size=size: windowed(x, size) for size in (2, 3, 4, 5)
        ],
        "The texts run on into each other; each begins anew.": lambda: (
            x.flatten(0, 1).cumsum(0) / torch.arange(1, batch * length + 1, dtype=x.dtype)[:, None]
        ).view_as(x),
        "The sum of one text goes on in the next one; each begins anew.": lambda: (
            x.flatten(0, 1).cumsum(0).view_as(x) / counts
        ),
        "The means of the first text are given for all.": lambda: right[:1].expand_as(x),
        "Only the first text is averaged.": lambda: torch.cat([right[:1], x[1:]]),
        "The greatest so far is given; the mean is asked for.": lambda: x.cummax(dim=1).values,
        "The batch is flattened; the shape must stay.": lambda: right.flatten(0, 1),
        "The count stops growing; row t averages t + 1 rows, however many these are.": [
            lambda most=most: sums / counts.clamp(max=most) for most in range(2, length)
        ],
        "The sums are divided by a power of the count; row t is divided by t + 1.": [
            lambda power=power: sums / counts**power for power in (0.5, 0.9, 1.1, 1.5, 2.0)
        ],
        "The first row is left out of the means after it; row t averages rows 0 to t.": lambda: torch.cat(
            [x[:, :1], ((sums - x[:, :1]) / (counts - 1).clamp(min=1))[:, 1:]], dim=1
        ),
        "Numbers that are 0 aren't counted; each row counts, whatever it holds.": lambda: (
            sums / (x != 0).cumsum(dim=1).clamp(min=1)
        ),
        "Old rows fade, as in an exponential average; all rows count alike.": [
            lambda kept=kept, first=first: fading(x, kept, first)
            for kept in (0.9, 0.5, 0.1, 0.99)
            for first in (x[:, 0], 0 * x[:, 0])
        ],
        "The median so far is given; the mean is asked for.": lambda: torch.stack(
            [x[:, : t + 1].median(dim=1).values for t in range(length)], dim=1
        ),
        "The means are scaled.": [lambda factor=factor: right * factor for factor in FACTORS],
        "The means are rounded.": [lambda: right.floor(), lambda: right.trunc(), lambda: right.round()],
    }


def unsafe(scores, dim=-1, least=None):
    """exp(s) / Σ exp(s) as it stands in the book, in fp32; divided by 1 where the sum is `least`."""
    powers = scores.float().exp()
    total = powers.sum(dim=dim, keepdim=True)
    return (powers / (total if least is None else total.masked_fill(total == least, 1))).double()


def less_the_greatest_of_all(scores, dim=-1):
    powers = (scores - scores.max()).exp()
    return powers / powers.sum(dim=dim, keepdim=True)


def wrong_softmax(scores, dim=-1):
    right, ndim = softly(scores, dim), scores.ndim
    others = [other for other in range(ndim) if other != dim % ndim]
    gone = (scores == -torch.inf).all(dim=dim, keepdim=True).expand_as(scores)
    size = scores.shape[dim]
    found = {
        "The powers overflow or vanish; take off the greatest score of each row first.": [
            lambda: unsafe(scores, dim),
            lambda: unsafe(scores, dim).nan_to_num(0),
            lambda: unsafe(scores, dim).nan_to_num(1),
            lambda: scores.exp() / scores.exp().sum(dim=dim, keepdim=True).clamp(min=1e-12),
        ],
        "The greatest of all scores is taken off; each row has its own.": [
            lambda: less_the_greatest_of_all(scores, dim),
            lambda: less_the_greatest_of_all(scores, dim).nan_to_num(0),
        ],
        "A row that is -inf throughout gives NaN; it must give zeros.": lambda: right.masked_fill(gone, torch.nan),
        "A row that is -inf throughout gives equal weights; it must give zeros.": lambda: right.masked_fill(
            gone, 1 / size
        ),
        "A row that is -inf throughout gives ones; it must give zeros.": lambda: right.masked_fill(gone, 1.0),
        "The weights sum to 1 along another dimension than dim.": [
            *(lambda other=other: softly(scores, other) for other in others),
            *(lambda other=other: torch.softmax(scores, other) for other in others),
        ],
        "All weights together sum to 1; each row has a sum of its own.": [
            lambda: softly(scores.flatten()).view_as(scores),
            lambda: softly(scores.flatten()),
        ],
        "The powers aren't divided by their sum.": lambda: (
            scores - scores.amax(dim=dim, keepdim=True).nan_to_num(neginf=0)
        ).exp(),
        "The logarithm of the weights is given.": [lambda: right.log(), lambda: torch.log_softmax(scores, dim)],
        "Each score is squeezed by itself; the weights of a row sum to 1.": lambda: scores.sigmoid(),
        "The least score gets the most weight.": [
            lambda: softly(-scores.masked_fill(scores == -torch.inf, torch.inf), dim),
            lambda: softly(-scores, dim),
        ],
        "The powers are those of 2; softmax takes those of e.": lambda: softly(scores * math.log(2), dim),
        "The scores are scaled; softmax takes them as they stand.": [
            lambda factor=factor: softly(scores * factor, dim) for factor in (0.5, 0.9, 1.1, 2.0, size**-0.5)
        ],
        "The scores themselves are divided by their sum; their powers must be.": lambda: (
            scores / scores.sum(dim=dim, keepdim=True)
        ),
        "All weight goes to the greatest score; each gets its share.": lambda: (
            (scores == scores.amax(dim=dim, keepdim=True)).to(scores.dtype) * ~gone
        ),
        "The sum has something added to it, so the weights sum to less than 1.": [
            *(
                lambda eps=eps: right / (1 + eps * greatest_share(scores, dim))
                for eps in (1e-3, 1e-5, 1e-6, 1e-8, 1e-9)
            ),
            lambda: right / (1 + greatest_share(scores, dim)),
        ],
        "The weights of the first row are given for all.": [
            lambda: right[:1].expand_as(right),
            lambda: right[..., :1, :].expand_as(right),
        ],
        "Scores are cut off; they may be of any size.": [
            lambda limit=limit: softly(scores.clamp(-limit, limit).masked_fill(scores == -torch.inf, -torch.inf), dim)
            for limit in (10, 20, 50, 80, 88, 100)
        ],
        "The first score of each row is taken off; a greater one may overflow all the same.": [
            lambda: less_another(scores, scores.narrow(dim, 0, 1), dim)
        ],
        "The logarithm of the sum is taken off, which large scores round; take the greatest off first.": lambda: (
            (scores.float() - scores.float().logsumexp(dim, keepdim=True)).exp().masked_fill(gone, 0).double()
        ),
        "Low scores are taken for -inf; they may be of any size.": [
            lambda least=least: softly(scores.masked_fill(scores < least, -torch.inf), dim)
            for least in (-50.0, -100.0, -1e3, -1e4, -1e9)
        ],
        "A row that holds a -inf gives zeros; only one that is -inf throughout does.": lambda: right.masked_fill(
            (scores == -torch.inf).any(dim=dim, keepdim=True), 0
        ),
    }
    if dim % ndim != ndim - 1:
        found["dim is not used; it is always the last."] = lambda: softly(scores)
        found["The greatest is taken off along the last dimension; dim says which."] = lambda: less_another(
            scores, scores.amax(dim=-1, keepdim=True), dim
        )
        found["The sum runs along the last dimension; dim says which."] = lambda: over_the_last(scores, dim)
        found["The weights sum to 1 along another dimension than dim."] = [
            lambda other=other: softly(scores, other) for other in others if other != ndim - 1
        ]
    return found


def less_another(scores, other, dim):
    """What comes, in fp32, of taking something else than a row's greatest score off it."""
    powers = (scores - other.nan_to_num(neginf=0)).float().exp()
    total = powers.sum(dim=dim, keepdim=True)
    return (powers / total.masked_fill(total == 0, 1)).double()


def over_the_last(scores, dim):
    powers = (scores - scores.amax(dim=dim, keepdim=True).nan_to_num(neginf=0)).exp()
    total = powers.sum(dim=-1, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)


def greatest_share(scores, dim):
    """1 / Σ exp(s - greatest): how much of a sum an added number of 1 would be."""
    return softly(scores, dim).amax(dim=dim, keepdim=True)


def triangle(scores):
    return torch.ones(scores.shape[-2:], dtype=torch.bool).tril()


def wrong_similarity(x):
    batch, length, width = x.shape
    scores = x @ x.mT
    weights = softly(scores)
    flat = x.flatten(0, 1)
    unit = x / x.norm(dim=-1, keepdim=True)
    off_diagonal = ~torch.eye(length, dtype=torch.bool)
    return {
        "The columns of the weights sum to 1; the rows must.": lambda: softly(scores, -2) @ x,
        "The weights are transposed; row i belongs to token i.": lambda: weights.mT @ x,
        "The weights of one row are taken for all.": [
            lambda: weights[:, :1].expand_as(weights) @ x,
            lambda: weights[:, -1:].expand_as(weights) @ x,
        ],
        "The weights of the first text are taken for all.": lambda: weights[:1] @ x,
        "The scores are divided by the root of D; here they aren't scaled.": lambda: softly(scores / width**0.5) @ x,
        "The scores are scaled; here they are the dot products.": [
            lambda factor=factor: softly(scores * factor) @ x
            for factor in (0.5, 0.9, 1.1, 2.0, 1 / width, 1 / length, length**-0.5)
        ],
        "Later tokens are hidden; here all are seen.": lambda: softly(scores, allowed=triangle(scores)) @ x,
        "A token doesn't see itself; here all are seen.": lambda: softly(scores, allowed=off_diagonal) @ x,
        "All tokens have the same weight; similarity must decide.": lambda: x.mean(dim=1, keepdim=True).expand_as(x),
        "The softmax is left out.": lambda: scores @ x,
        "The dot products are divided by their sum; softmax is asked for.": lambda: (
            scores / scores.sum(dim=-1, keepdim=True) @ x
        ),
        "Tokens see those of other texts; each text stands by itself.": lambda: similar(flat[None]).view_as(x),
        "The weights sum to 1 over the batch; they sum to 1 over the tokens.": lambda: softly(scores, 0) @ x,
        "The weights are given; the average that they make is asked for.": lambda: weights,
        "The scores are given; the average of the vectors is asked for.": lambda: scores,
        "The lengths of the vectors are divided out; the dot product is asked for.": [
            lambda: softly(unit @ unit.mT) @ x,
            lambda: softly(unit @ unit.mT) @ unit,
            lambda: weights @ unit,
            lambda: softly(unit @ x.mT) @ x,
        ],
        "The vectors are added to the average; it stands alone here.": lambda: weights @ x + x,
        "Each token takes the most similar one alone; all have their share.": lambda: x.gather(
            1, scores.argmax(dim=-1)[..., None].expand_as(x)
        ),
        "Nearness is a distance here; the dot product is asked for.": [
            lambda: softly(-torch.cdist(x, x)) @ x,
            lambda: softly(-(torch.cdist(x, x) ** 2)) @ x,
        ],
        "The powers overflow; use safe_softmax.": [
            lambda: unsafe(scores) @ x,
            lambda: unsafe(scores).nan_to_num(0) @ x,
        ],
        "The softmax is taken twice.": lambda: softly(weights) @ x,
        "The weights are computed in 16 bits; compute in the dtype of what went in.": [
            lambda dtype=dtype: softly(scores.to(dtype).double()) @ x for dtype in (torch.float16, torch.bfloat16)
        ],
        "The queries of the first text are taken for all.": lambda: softly(x[:1] @ x.mT) @ x,
        "The mean of each vector is taken off it; dot products are of the vectors as they are.": lambda: (
            softly((x - x.mean(dim=-1, keepdim=True)) @ (x - x.mean(dim=-1, keepdim=True)).mT) @ x
        ),
        "The magnitudes of the scores are taken; scores have signs.": lambda: softly(scores.abs()) @ x,
        "The scores are squared; they are the dot products.": lambda: softly(scores**2) @ x,
        "The weights are made symmetric; that of (i, j) is not that of (j, i).": lambda: (weights + weights.mT) / 2 @ x,
        "The output is averaged over the tokens; each has its own.": [
            lambda: (weights @ x).mean(dim=1),
            lambda: (weights @ x).mean(dim=1, keepdim=True),
        ],
    }


def wrong_scores(q, k):
    products = torch.einsum("...id,...jd->...ij", q, k)
    width, queries, keys = q.shape[-1], q.shape[-2], k.shape[-2]
    right = products / width**0.5
    heads = q.shape[-3] if q.ndim > 3 else 1
    found = {
        "The scores aren't divided; they grow with the width then.": lambda: products,
        "They are divided by the root of the whole width; the head's own is asked for.": [
            lambda: products / (heads * width) ** 0.5
        ],
        "They are divided by the root of the number of heads; the width's is asked for.": [
            lambda: products / heads**0.5,
            lambda: products / q.shape[0] ** 0.5,
        ],
        "They are multiplied by the root of the width; they must be divided by it.": lambda: products * width**0.5,
        "They are divided by the width; its root is asked for.": lambda: products / width,
        "They are divided by the root of the number of tokens; the width's is asked for.": [
            lambda: products / keys**0.5,
            lambda: products / queries**0.5,
        ],
        "They are divided by the number of tokens; the root of the width is asked for.": [
            lambda: products / keys,
            lambda: products / queries,
        ],
        "They are divided by the width's fourth root.": lambda: products / width**0.25,
        "They are divided by a constant; the root of the width is asked for.": [
            lambda root=root: products / root for root in (2.0, 8.0, 64.0, 128**0.5, 768**0.5)
        ],
        "The root is rounded.": [
            lambda: products / math.isqrt(width),
            lambda: products / torch.tensor(width).sqrt().half().item(),
            lambda: products / round(width**0.5),
            lambda: products / math.ceil(width**0.5),
        ],
        "They are divided by the root of another number than the width, one off.": [
            lambda: products / (width - 1) ** 0.5,
            lambda: products / (width + 1) ** 0.5,
        ],
        "Queries and keys have changed places; a row belongs to a query.": lambda: right.mT,
        "Lengths are divided out; the dot product is asked for.": [
            lambda: torch.cosine_similarity(q[..., :, None, :], k[..., None, :, :], dim=-1),
            lambda: torch.cosine_similarity(q[..., :, None, :], k[..., None, :, :], dim=-1) / width**0.5,
            lambda: torch.cosine_similarity(q[..., :, None, :], k[..., None, :, :], dim=-1) * width**0.5,
            lambda: products / k.norm(dim=-1)[..., None, :],
            lambda: products / q.norm(dim=-1)[..., None],
        ],
        "The softmax is taken already; the scores are asked for.": lambda: softly(right),
        "The greatest score is taken off already; that is for the softmax to do.": lambda: (
            right - right.amax(dim=-1, keepdim=True)
        ),
        "The mean score of each query is taken off; the scores are the products.": lambda: (
            right - right.mean(dim=-1, keepdim=True)
        ),
        "Scores are cut off; they may be of any size.": [
            lambda limit=limit: right.clamp(-limit, limit) for limit in (1, 2, 3, 5, 10)
        ],
        "Only the first text is scored.": lambda: torch.cat([right[:1], 0 * right[1:]]) if q.ndim > 2 else right[:0],
        "The magnitudes of the scores are given; scores have signs.": lambda: right.abs(),
        "Scores below 0 are dropped; scores have signs.": lambda: right.clamp(min=0),
        "The scores are scaled once more.": [lambda factor=factor: right * factor for factor in (0.9, 1.1, 0.5, 2.0)],
        "The scores have their signs turned round.": lambda: -right,
        "Later keys are hidden already; that is for the mask to do.": [
            lambda: right.masked_fill(~triangle(right), -torch.inf),
            lambda: right * triangle(right),
        ],
        "The batch is flattened; the leading dimensions must stay.": [
            lambda: right.flatten(0, -2),
            lambda: right.flatten(0, -3),
        ],
        "The keys of the first text are taken for all.": [
            lambda: torch.einsum("...id,jd->...ij", q, k.flatten(0, -3)[0]) / width**0.5
        ],
        "Queries and keys are compared by distance; the dot product is asked for.": [
            lambda: -torch.cdist(q, k),
            lambda: -torch.cdist(q, k) / width**0.5,
            lambda: -(torch.cdist(q, k) ** 2),
        ],
        "The numbers are multiplied one by one and not summed.": lambda: q * k / width**0.5,
    }
    if queries == keys:
        found["The scores are made symmetric; that of (i, j) is not that of (j, i)."] = lambda: (right + right.mT) / 2
    return found


def added(mask, fill):
    """A mask as a number to add: 0 where the query may look, `fill` elsewhere."""
    return torch.where(mask, 0.0, fill).double()


EPSILONS = (0.1, 1e-3, 1e-5, 1e-6, 1e-8, 1e-9)
FILLS = (-10.0, -50.0, -100.0, -1e3, -1e4, -65504.0, -1e5, -1e6, -1e8, -1e9, -1e10, -1e20)


def wrong_weights(scores, mask=None):
    right, plain = softly(scores, allowed=mask), torch.softmax(scores, -1)
    width = scores.shape[-1]
    left = scores if mask is None else scores.masked_fill(~mask, -torch.inf)
    found = {
        "The softmax runs over the queries; it runs over the keys.": [
            lambda: softly(scores, -2, mask),
            lambda: softly(scores, -2) * (True if mask is None else mask),
        ],
        "All weights together sum to 1; each query has a sum of its own.": lambda: softly(
            scores.flatten(), allowed=None if mask is None else mask.expand_as(scores).flatten()
        ).view_as(scores),
        "The scores are scaled; that is done already.": [
            lambda factor=factor: softly(scores * factor, allowed=mask) for factor in (width**-0.5, 0.9, 1.1, 0.5, 2.0)
        ],
        "The powers overflow; use safe_softmax.": [
            lambda: unsafe(left),
            lambda: unsafe(left).nan_to_num(0),
            lambda: unsafe(left, least=0.0),
        ],
        "The scores are given; the weights are asked for.": [
            lambda: scores,
            lambda: scores.masked_fill(~mask, -torch.inf),
        ],
        "The logarithm of the weights is given.": lambda: right.log(),
        "Scores are cut off; they may be of any size.": [
            lambda limit=limit: softly(scores.clamp(-limit, limit), allowed=mask) for limit in (10, 20, 50, 80, 88, 100)
        ],
        "The sum has something added to it, so the weights sum to less than 1.": [
            *(lambda eps=eps: right / (right.sum(dim=-1, keepdim=True) + eps) for eps in EPSILONS),
            *(lambda eps=eps: right / (1 + eps * greatest_share(left, -1)) for eps in (1.0, *EPSILONS)),
        ],
        "The weights are scaled; those of a query sum to 1.": [
            lambda factor=factor: right * factor for factor in FACTORS
        ],
        "The weights of the first query are given for all.": lambda: right[..., :1, :].expand_as(right),
        "All weight goes to the greatest score; each gets its share.": lambda: (
            scores == scores.amax(dim=-1, keepdim=True)
        ).double(),
    }
    if mask is None:
        found["Without a mask later keys are hidden; every key may be seen then."] = lambda: softly(
            scores, allowed=triangle(scores)
        )
        found["Without a mask nothing may be seen; every key may be seen then."] = lambda: torch.zeros_like(scores)
        return found
    first = torch.zeros(width, dtype=torch.bool)
    first[0] = True
    spread = mask.expand_as(scores)
    blind = ~spread.any(dim=-1, keepdim=True).expand_as(scores)
    turned = softly(scores, allowed=~mask)
    return found | {
        AFTER: [
            lambda: plain * mask,
            lambda: plain.nan_to_num(0) * mask,
            lambda: softly(scores) * mask,
        ],
        RENORMALISED: [
            lambda: plain * mask / (plain * mask).sum(dim=-1, keepdim=True),
            lambda: (plain * mask / (plain * mask).sum(dim=-1, keepdim=True)).nan_to_num(0),
            *(
                lambda eps=eps: plain * mask / (plain * mask).sum(dim=-1, keepdim=True).clamp(min=eps)
                for eps in (1e-12, 1e-9, 1e-8)
            ),
        ],
        ZEROED: [
            lambda: torch.softmax(scores.masked_fill(~mask, 0), -1),
            lambda: torch.softmax(scores * mask, -1),
        ],
        FINITE: [
            *(lambda fill=fill: torch.softmax(scores.masked_fill(~mask, fill), -1) for fill in FILLS),
            lambda: torch.softmax(scores.masked_fill(~mask, scores.min().item() - 1), -1),
        ],
        ADDED: [lambda fill=fill: torch.softmax(scores + added(mask, fill), -1) for fill in FILLS],
        INVERTED: [
            lambda: turned,
            lambda: torch.softmax(scores.masked_fill(mask, -torch.inf), -1),
            lambda: torch.softmax(scores.masked_fill(mask, -1e9), -1),
        ],
        UNUSED: [lambda: plain, lambda: softly(scores)],
        "Later keys are hidden, whatever the mask says.": [
            lambda: softly(scores, allowed=triangle(scores)),
            lambda: softly(scores, allowed=triangle(scores) & mask),
        ],
        "The mask is transposed; its rows belong to queries.": lambda: softly(scores, allowed=mask.mT),
        "A query that may look at nothing gets NaN; it must get zeros.": [lambda: right.masked_fill(blind, torch.nan)],
        "A query that may look at nothing gets equal weights; it must get zeros.": [
            lambda: right.masked_fill(blind, 1 / width)
        ],
        "A query that may look at nothing looks at all keys; it must get zeros.": [
            lambda: torch.where(blind, plain, right),
        ],
        "A query that may look at nothing looks at itself; it must get zeros.": [
            lambda: torch.where(blind, torch.eye(*scores.shape[-2:], dtype=scores.dtype), right),
        ],
        "The mask of the first text is used for all.": lambda: softly(
            scores, allowed=mask.flatten(0, -3)[0] if mask.ndim > 2 else mask
        ),
        "A query that may look at nothing looks at the first key; it must get zeros.": lambda: torch.where(
            blind, first.double(), right
        ),
        "A key is hidden from a query that is hidden from it; the mask says which way.": lambda: softly(
            scores, allowed=spread & spread.mT
        ),
        "A query that may not look at the first key gets nothing; each key is masked by itself.": lambda: softly(
            scores, allowed=spread & spread[..., :1]
        ),
        "Only the last key is ever hidden; the mask says for each.": lambda: softly(
            scores, allowed=spread | (torch.arange(width) < width - 1)
        ),
        "The weights are divided by sums over the queries; those of a query sum to 1.": lambda: (
            right * right.sum(dim=-1, keepdim=True) / right.sum(dim=-2, keepdim=True).clamp(min=1e-9)
        ),
        "A mask for keys is taken for one of queries.": lambda: softly(scores, allowed=mask[..., None]),
        "A query always sees itself; the mask alone decides.": lambda: softly(
            scores, allowed=mask | torch.eye(*scores.shape[-2:], dtype=torch.bool)
        ),
    }


def leading(weights, most, anew):
    """The `most` greatest weights of each row, the others 0; divided by their sum if `anew`."""
    kept = weights.masked_fill(weights < weights.topk(min(most, weights.shape[-1])).values[..., -1:], 0)
    return kept / kept.sum(dim=-1, keepdim=True).clamp(min=1e-9) if anew else kept


def wrong_attention(q, k, v, mask=None):
    scores = scored(q, k)
    width, values, queries, keys = q.shape[-1], v.shape[-1], q.shape[-2], k.shape[-2]
    weights = softly(scores, allowed=mask)
    right = weights @ v
    products = scores * width**0.5
    plain = softly(scores)
    left = scores if mask is None else scores.masked_fill(~mask, -torch.inf)
    found = {
        "The weights are transposed before they meet the values.": lambda: weights.mT @ v,
        "The keys are averaged; the values must be.": lambda: weights @ k,
        "The queries are averaged; the values must be.": lambda: weights @ q,
        "The scores aren't divided by the root of the width.": lambda: softly(products, allowed=mask) @ v,
        "The scores are divided by the root of the values' width; that of the keys is asked for.": [
            lambda: softly(products / values**0.5, allowed=mask) @ v
        ],
        "The scores are scaled wrongly; they are divided by the root of the width once.": [
            lambda divisor=divisor: softly(products / divisor, allowed=mask) @ v
            for divisor in (
                width,
                1 / width**0.5,
                keys**0.5,
                queries**0.5,
                width**0.25,
                8.0,
                width**0.5 * 0.9,
                width**0.5 * 1.1,
                width**0.5 / 0.9,
                width**0.5 / 1.1,
                *((q.shape[1] * width) ** 0.5, q.shape[1] ** 0.5) * (q.ndim > 3),
            )
        ],
        "The softmax runs over the queries; it runs over the keys.": [
            lambda: softly(scores, -2, mask) @ v,
            lambda: softly(scores, -2) * (True if mask is None else mask) @ v,
        ],
        "The softmax is left out.": [lambda: scores @ v, lambda: scores.masked_fill(~mask, 0) @ v],
        "All keys have the same weight; the scores must decide.": lambda: v.mean(dim=-2, keepdim=True).expand_as(right),
        "The query is added to the average; that is for the stream.": lambda: right + q,
        "The values are added to the average; that is for the stream.": lambda: right + v,
        "The weights are given; the average of the values is asked for.": lambda: weights,
        "Only the last query is answered; each has an average of its own.": [
            lambda: right[..., -1:, :],
            lambda: right[..., -1, :],
            lambda: right[..., -1:, :].expand_as(right),
        ],
        "The weights of the first query are used for all.": lambda: weights[..., :1, :].expand_as(weights) @ v,
        "The weights of the first text are used for all.": lambda: weights[:1] @ v if q.ndim > 2 else v[:0],
        "Each query takes one value alone; all have their share.": lambda: (
            torch.nn.functional.one_hot(scores.argmax(dim=-1), keys).double() @ v
        ),
        "The output is scaled; it is an average of the values.": [
            lambda factor=factor: right * factor for factor in (0.9, 1.1, 0.5, 2.0, values**-0.5, keys, 1 / keys)
        ],
        "The output is normalised; it must come out as it is.": [
            lambda: torch.nn.functional.normalize(right, dim=-1),
            lambda: right / right.abs().amax(dim=-1, keepdim=True).clamp(min=1e-9),
            lambda: torch.nn.functional.layer_norm(right, (values,)),
        ],
        "The sum has something added to it, so the weights sum to less than 1.": [
            lambda eps=eps: right / (1 + eps * greatest_share(left, -1)) for eps in (0.1, 1e-3)
        ]
        + [lambda: (left.exp() / (1 + left.exp().sum(dim=-1, keepdim=True))) @ v],
        "Only the greatest weights count; each key has its share.": [
            lambda most=most, anew=anew: leading(weights, most, anew) @ v
            for most in (2, 3, 4)
            for anew in (True, False)
        ],
        "The average is divided by the number of keys once more; its weights sum to 1 already.": lambda: (
            right / (keys if mask is None else mask.expand(scores.shape).sum(dim=-1, keepdim=True).clamp(min=1))
        ),
        "The values of the first text are used for all.": lambda: weights @ v[:1] if q.ndim > 2 else v[:0],
        "The scores are divided by the root of another width than that of queries and keys.": [
            lambda other=other: softly(products / other**0.5, allowed=mask) @ v
            for other in range(1, 17)
            if other != width
        ],
        "Queries and keys have changed places.": [lambda: attended(k, q, v, mask), lambda: attended(k, q, v)],
        "The batch is flattened; the leading dimensions must stay.": [
            lambda: right.flatten(0, -2),
            lambda: right.flatten(0, -3),
        ],
        "The average is summed over the queries; each has its own.": [
            lambda: right.sum(dim=-2),
            lambda: right.mean(dim=-2),
            lambda: right.mean(dim=-2, keepdim=True),
        ],
        "The powers overflow; use safe_softmax.": [
            lambda: unsafe(left) @ v,
            lambda: unsafe(left).nan_to_num(0) @ v,
            lambda: unsafe(left, least=0.0) @ v,
        ],
    }
    if mask is None:
        found["Without a mask later keys are hidden; every key may be seen then."] = lambda: (
            softly(scores, allowed=triangle(scores)) @ v
        )
        return found
    spread = mask.expand_as(scores)
    blind = ~spread.any(dim=-1, keepdim=True)
    return found | {
        UNUSED: lambda: plain @ v,
        "The mask is used for the first query alone; each has its own row of it.": lambda: torch.cat(
            [right[..., :1, :], (plain @ v)[..., 1:, :]], dim=-2
        ),
        AFTER: lambda: plain * mask @ v,
        ZEROED: [lambda: softly(scores.masked_fill(~mask, 0)) @ v],
        INVERTED: [
            lambda: softly(scores, allowed=~mask) @ v,
            lambda: torch.softmax(scores.masked_fill(mask, -torch.inf), -1) @ v,
            lambda: torch.softmax(scores.masked_fill(mask, -1e9), -1) @ v,
        ],
        "Later keys are hidden, whatever the mask says.": [
            lambda: softly(scores, allowed=triangle(scores)) @ v,
            lambda: softly(scores, allowed=triangle(scores) & mask) @ v,
        ],
        "The mask is transposed; its rows belong to queries.": lambda: softly(scores, allowed=mask.mT) @ v,
        "A query that may look at nothing gets NaN; it must get zeros.": lambda: right.masked_fill(blind, torch.nan),
        "A query that may look at nothing gets the mean of all values; it must get zeros.": [
            lambda: torch.where(blind, v.mean(dim=-2, keepdim=True), right)
        ],
        "A query that may look at nothing looks at all keys; it must get zeros.": lambda: torch.where(
            blind, plain @ v, right
        ),
        FINITE: [lambda fill=fill: torch.softmax(scores.masked_fill(~mask, fill), -1) @ v for fill in FILLS],
        ADDED: [lambda fill=fill: torch.softmax(scores + added(mask, fill), -1) @ v for fill in FILLS],
        "The mask of the first text is used for all.": lambda: attended(
            q, k, v, mask.flatten(0, -3)[0] if mask.ndim > 2 else mask
        ),
        "Values are hidden and their keys are not.": lambda: plain @ (v * spread.any(dim=-2)[..., None]),
        "A query always sees itself; the mask alone decides.": lambda: attended(
            q, k, v, mask | torch.eye(queries, keys, dtype=torch.bool)
        ),
    }


def wrong_head(x, w_q, w_k, w_v, mask=None):
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    scores, width, d = scored(q, k), x.shape[-1], w_q.shape[1]
    products = scores * d**0.5
    right = headed(x, w_q, w_k, w_v, mask)
    found = {
        "Queries and keys share one projection; each has its own.": [
            lambda: attended(q, q, v, mask),
            lambda: attended(k, k, v, mask),
        ],
        "The projections of queries and keys have changed places.": lambda: attended(k, q, v, mask),
        "The values have the projection of the keys; they have their own.": lambda: attended(q, k, k, mask),
        "The values have the projection of the queries; they have their own.": lambda: attended(q, k, q, mask),
        "The keys have the projection of the values; they have their own.": lambda: attended(q, v, v, mask),
        "The tokens' vectors are averaged as they are; their projection by w_v must be.": lambda: attended(
            q, k, x, mask
        ),
        "The queries aren't projected.": lambda: attended(x, k, v, mask),
        "The keys aren't projected.": lambda: attended(q, x, v, mask),
        "Nothing is projected but the values.": lambda: attended(x, x, v, mask),
        "Nothing is projected.": lambda: attended(x, x, x, mask),
        "A matrix is transposed; they are stored (in, out) and used as x @ w.": [
            lambda: headed(x, w_q.T, w_k.T, w_v.T, mask),
            lambda: headed(x, w_q.T, w_k, w_v, mask),
            lambda: headed(x, w_q, w_k.T, w_v, mask),
            lambda: headed(x, w_q.T, w_k.T, w_v, mask),
            lambda: headed(x, w_q, w_k, w_v.T, mask),
        ],
        "The scores are divided by the root of D; the head's own width is asked for.": lambda: (
            softly(products / width**0.5, allowed=mask) @ v
        ),
        "The scores are divided by the root of the values' width; that of the keys is asked for.": lambda: (
            softly(products / w_v.shape[1] ** 0.5, allowed=mask) @ v
        ),
        "The scores are divided by the root of the number of tokens.": lambda: (
            softly(products / x.shape[1] ** 0.5, allowed=mask) @ v
        ),
        "The scores aren't divided by the root of the width.": lambda: softly(products, allowed=mask) @ v,
        "The scores are scaled wrongly; they are divided by the root of the width once.": [
            lambda factor=factor: softly(scores * factor, allowed=mask) @ v
            for factor in (0.9, 1.1, 0.5, 2.0, d**-0.5, d)
        ],
        "The stream is added already; that is for write_to_stream.": lambda: right + x,
        "The values are added to the average.": lambda: right + v,
        "The softmax runs over the queries; it runs over the keys.": lambda: softly(scores, -2, mask) @ v,
        "The weights are transposed before they meet the values.": lambda: softly(scores, allowed=mask).mT @ v,
        "All keys have the same weight; the scores must decide.": lambda: v.mean(dim=1, keepdim=True).expand_as(right),
        "The weights are given; the average of the values is asked for.": lambda: softly(scores, allowed=mask),
        "The values alone are given.": lambda: v,
        "A number is added to a projection; they are products alone.": [
            make
            for more in (1.0, 0.1, 0.01)
            for make in (
                lambda more=more: attended(q + more, k + more, v, mask),
                lambda more=more: attended(q + more, k, v, mask),
                lambda more=more: attended(q, k, v + more, mask),
                lambda more=more: attended(q + more, k + more, v + more, mask),
            )
        ],
        "The keys of the first text are used for all.": lambda: attended(q, k[:1].expand_as(k), v, mask),
        "A token's own value is mixed in once more; it has its weight already.": [
            lambda share=share: (1 - share) * right + share * v for share in (0.5, 0.1)
        ],
        "The vectors are normalised first; they come as they are.": [
            lambda: headed(torch.nn.functional.layer_norm(x, (width,)), w_q, w_k, w_v, mask),
            lambda: headed(torch.nn.functional.normalize(x, dim=-1), w_q, w_k, w_v, mask),
        ],
        "Tokens see those of other texts; each text stands by itself.": lambda: headed(
            x.flatten(0, 1)[None], w_q, w_k, w_v
        ).view_as(right),
        "The weights of the first text are used for all.": lambda: softly(scores, allowed=mask)[:1] @ v,
        "Only the last token is answered; each has an average of its own.": [
            lambda: right[:, -1:],
            lambda: right[:, -1],
        ],
        "The average is taken over the tokens once more.": [
            lambda: right.mean(dim=1),
            lambda: right.mean(dim=1, keepdim=True),
        ],
        "The output is scaled; it is an average of the values.": [
            lambda factor=factor: right * factor for factor in (0.9, 1.1, 0.5, 2.0)
        ],
        "A nonlinearity is put on the projections; they are products alone.": [
            lambda: attended(q.relu(), k.relu(), v.relu(), mask),
            lambda: attended(q.relu(), k.relu(), v, mask),
            lambda: attended(q, k, v.relu(), mask),
            lambda: attended(q.tanh(), k.tanh(), v.tanh(), mask),
        ],
    }
    if mask is None:
        found["Without a mask later keys are hidden; every key may be seen then."] = lambda: (
            softly(scores, allowed=triangle(scores)) @ v
        )
        return found
    return found | {
        UNUSED: lambda: softly(scores) @ v,
        INVERTED: [
            lambda: softly(scores, allowed=~mask) @ v,
            lambda: torch.softmax(scores.masked_fill(mask, -torch.inf), -1) @ v,
        ],
        "Later keys are hidden, whatever the mask says.": [
            lambda: softly(scores, allowed=triangle(scores)) @ v,
            lambda: softly(scores, allowed=triangle(scores) & mask) @ v,
        ],
        AFTER: lambda: softly(scores) * mask @ v,
        "The mask is transposed; its rows belong to queries.": lambda: softly(scores, allowed=mask.mT) @ v,
        "The mask of the first text is used for all.": lambda: attended(q, k, v, mask[0] if mask.ndim > 2 else mask),
        "A query that may look at nothing gets NaN; it must get zeros.": lambda: right.masked_fill(
            ~mask.expand_as(scores).any(dim=-1, keepdim=True), torch.nan
        ),
        "A query that may look at nothing gets the mean of all values; it must get zeros.": lambda: torch.where(
            mask.expand_as(scores).any(dim=-1, keepdim=True), right, v.mean(dim=1, keepdim=True)
        ),
    }


def wrong_stream(stream, output, w_o):
    projected = output @ w_o
    right = stream + projected
    width = stream.shape[-1]

    def normed(x):
        return torch.nn.functional.layer_norm(x, (width,))

    return {
        "The stream is replaced; what a head found is added to it.": lambda: projected,
        "The stream comes back as it was; what a head found is added to it.": lambda: stream,
        "The sum is normalised; it must come out as it is.": [
            lambda: normed(right),
            lambda: torch.nn.functional.normalize(right, dim=-1),
            lambda: torch.nn.functional.rms_norm(right, (width,)),
        ],
        "What is added is normalised; it must be added as it is.": [
            lambda: stream + normed(projected),
            lambda: stream + torch.nn.functional.normalize(projected, dim=-1),
            lambda: stream + torch.nn.functional.layer_norm(output, output.shape[-1:]) @ w_o,
        ],
        "What is added is cut to a length; it must be added as it is.": [
            lambda most=most: stream + projected * (most / projected.norm(dim=-1, keepdim=True).clamp(min=most))
            for most in (1.0, 5.0, 10.0)
        ],
        "What heads found is summed over the tokens so far; each token has its own.": lambda: (
            stream + projected.cumsum(dim=1)
        ),
        "The stream is normalised; it must be kept as it is.": lambda: normed(stream) + projected,
        "What a head found is taken off; it is added.": [lambda: stream - projected, lambda: projected - stream],
        "The sum is halved; it must come out as it is.": lambda: right / 2,
        "The sum is scaled; it must come out as it is.": [
            lambda factor=factor: right * factor for factor in (0.9, 1.1, 2.0, 0.5**0.5)
        ],
        "What is added is scaled; it must be added as it is.": [
            *(lambda factor=factor: stream + projected * factor for factor in (0.9, 1.1, 0.5, 2.0, 0.1)),
            lambda: stream + projected / output.shape[-1] ** 0.5,
            lambda: stream + projected / width**0.5,
        ],
        "The stream is scaled; it must be kept as it is.": [
            lambda factor=factor: stream * factor + projected for factor in (0.9, 1.1, 0.5, 2.0)
        ],
        "w_o is not used.": lambda: stream + output,
        "w_o is transposed; it is stored (in, out) and used as output @ w_o.": lambda: stream + output @ w_o.T,
        "The stream is projected too; only what a head found is.": [
            lambda: (stream + output) @ w_o,
            lambda: stream @ w_o + output,
            lambda: stream @ w_o + projected,
        ],
        "They are multiplied; what a head found is added.": lambda: stream * projected,
        "A nonlinearity is put on what is added; it must be added as it is.": [
            lambda: stream + projected.relu(),
            lambda: stream + projected * projected.sigmoid(),
            lambda: stream + torch.nn.functional.gelu(projected),
            lambda: stream + torch.nn.functional.gelu(projected, approximate="tanh"),
            lambda: stream + projected.tanh(),
            lambda: stream + output.relu() @ w_o,
        ],
        "A nonlinearity is put on the sum; it must come out as it is.": [lambda: right.relu(), lambda: right.tanh()],
        "Only the last token's row is written; each has its own.": lambda: torch.cat(
            [stream[:, :-1], right[:, -1:]], dim=1
        ),
        "Only the first text is written to.": lambda: torch.cat([right[:1], stream[1:]]),
        "What the first text's head found is added to all texts.": lambda: stream + projected[:1],
        "What heads found is averaged over the tokens; each token has its own.": lambda: (
            stream + projected.mean(dim=1, keepdim=True)
        ),
        "The two stand side by side; they are added.": [
            lambda: torch.cat([stream, projected], dim=-1),
            lambda: torch.cat([stream, output], dim=-1),
        ],
        "It is added one token too late.": lambda: stream + projected.roll(1, dims=1),
    }


def wrong_entropy(weights):
    right, size = entropy(weights), weights.shape[-1]
    raw = -(weights * weights.log())
    return {
        "0 ln 0 is NaN here; it counts as 0.": [lambda: raw.sum(dim=-1)],
        "The entropy is in bits; nats are asked for.": [
            lambda: right / math.log(2),
            lambda: -(weights * weights.log2()).sum(dim=-1),
        ],
        "The logarithm is that to base 10; nats are asked for.": lambda: right / math.log(10),
        "The mean over the keys is given; their sum is asked for.": lambda: right / size,
        "The sum has the wrong sign; entropy is 0 or more.": lambda: -right,
        "The sum runs over the queries; it runs over the keys.": lambda: torch.special.entr(weights).sum(dim=-2),
        "All rows are averaged; each has its own number.": [
            lambda: right.mean(),
            lambda: right.mean(dim=-1),
            lambda: right.mean().expand_as(right),
        ],
        "All rows are summed; each has its own number.": [lambda: right.sum(), lambda: right.sum(dim=-1)],
        "The keys' dimension is kept; each row is a number.": lambda: right[..., None],
        "The terms aren't summed; each row is a number.": lambda: torch.special.entr(weights),
        "The entropy is divided by its greatest value; nats are asked for.": lambda: right / math.log(max(size, 2)),
        "The number of keys that a row looks at is given; its logarithm is asked for.": lambda: right.exp(),
        "Something is added inside the logarithm, or weights are cut off below; 0 ln 0 counts as 0 without it.": [
            *(
                lambda eps=eps: -(weights * (weights + eps).log()).sum(dim=-1)
                for eps in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
            ),
            *(
                lambda eps=eps: -((weights + eps) * (weights + eps).log()).sum(dim=-1)
                for eps in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
            ),
            *(
                lambda eps=eps: -(weights.clamp(min=eps) * weights.clamp(min=eps).log()).sum(dim=-1)
                for eps in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
            ),
        ],
        "It is 1 - Σ p², another measure; -Σ p ln p is asked for.": lambda: 1 - (weights**2).sum(dim=-1),
        "Something is taken off the entropy of each row.": [
            lambda less=less: (right - less).clamp(min=0) for less in (1e-3, 1e-4, 1e-5)
        ],
        "The entropy is scaled.": [lambda factor=factor: right * factor for factor in FACTORS],
        "The first key is left out; all count.": lambda: torch.special.entr(weights[..., 1:]).sum(dim=-1),
        "The last key is left out; all count.": lambda: torch.special.entr(weights[..., :-1]).sum(dim=-1),
        "Small entropies are set to 0; they count as they are.": [
            lambda least=least: right.masked_fill(right < least, 0) for least in (0.1, 0.05, 0.01, 1e-3)
        ],
        "A row that holds a weight of 0 is given 0; only the term of that weight is 0.": lambda: right.masked_fill(
            (weights == 0).any(dim=-1), 0
        ),
        "Small weights are left out; all count.": [
            *(
                lambda share=share: entropy(weights.masked_fill(weights < weights.amax(-1, keepdim=True) * share, 0))
                for share in (0.1, 0.01, 1e-3)
            ),
            *(
                lambda least=least: entropy(weights.masked_fill(weights < least, 0))
                for least in (0.1, 0.01, 1e-3, 1e-4)
            ),
        ],
        "Weights are cut off above; a weight of 1 has the term 0.": [
            lambda most=most: entropy(weights.clamp(max=most)) for most in (0.9, 0.99, 0.999, 1 - 1e-6)
        ],
        "The logarithms aren't weighted; each counts with its p.": [
            lambda: -weights.log().sum(dim=-1),
            lambda: -weights.log().masked_fill(weights == 0, 0).sum(dim=-1),
        ],
        "It is the distance from an even spread; -Σ p ln p is asked for.": lambda: math.log(size) - right,
        "A row of zeros gives NaN; it must give 0.": lambda: right.masked_fill((weights == 0).all(dim=-1), torch.nan),
        "A row of zeros counts as an even spread; it must give 0.": lambda: right.masked_fill(
            (weights == 0).all(dim=-1), math.log(size)
        ),
        "The softmax is taken of what are weights already.": lambda: entropy(weights.softmax(dim=-1)),
        "The batch is flattened; the leading dimensions must stay.": lambda: right.flatten(),
        "The first row's number is given for all.": lambda: right[..., :1].expand_as(right),
        "The variance of the weights is given; -Σ p ln p is asked for.": [
            *[lambda: weights.var(dim=-1)] * (size > 1),
            lambda: weights.var(dim=-1, correction=0),
        ],
        "The greatest weight is measured; all of them count.": [
            lambda: weights.amax(dim=-1),
            lambda: -weights.amax(dim=-1).log(),
            lambda: 1 - weights.amax(dim=-1),
        ],
    }


WRONG = {
    "running_mean": wrong_means,
    "safe_softmax": wrong_softmax,
    "similarity_attention": wrong_similarity,
    "attention_scores": wrong_scores,
    "attention_weights": wrong_weights,
    "attend": wrong_attention,
    "attention_head": wrong_head,
    "write_to_stream": wrong_stream,
    "attention_entropy": wrong_entropy,
}


# --- inputs ---------------------------------------------------------------------------------------------------------


def some_mask(rng, *shape):
    """A boolean mask (..., Tq, Tk), at least 1 x 3, each row of which shows a key and hides one.

    It is neither a triangle nor its own transpose, hides some query from itself, and is another one in every second
    text or head. Which of the two the first has is drawn.
    """
    *leading, queries, keys = shape
    count, start = math.prod(leading), rng.randint(0, 2)
    queried, keyed = torch.arange(queries)[:, None], torch.arange(keys)
    one = torch.stack([(keyed - queried - 1 - (start + text) % 2) % 3 != 0 for text in range(count)])
    one[:, 1:2, 1] = False
    return one.view(shape)


def hide_all(mask, *rows):
    """The mask with these rows (of all texts) hidden throughout."""
    blind = mask.clone()
    blind[..., list(rows), :] = False
    return blind
