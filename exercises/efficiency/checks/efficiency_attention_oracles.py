"""What the checks of caches and blocks share: attention in fp64 with the whole matrix, and with known mistakes."""

from __future__ import annotations

import math

import torch
from efficiency_oracles import TOL_BF16, TOL_FP32
from torch.nn import functional as F

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_close, expect_equal, fail, probe

INF = math.inf
NO_LEADING = "Tensors without leading dimensions, or with more of them, are an error."
OTHER_DTYPE = "What comes out has another dtype than what went in."


def same_dtype(got, expected):
    """Fail if a tensor is right but for its dtype; no mistake's value would match it."""
    if isinstance(got, torch.Tensor) and got.shape == expected.shape and got.dtype != expected.dtype:
        if torch.allclose(got.double(), expected.double(), **TOL_BF16):
            fail(OTHER_DTYPE, expected=expected, got=got)


def tolerance(dtype):
    """How exact a result of this dtype is."""
    return TOL_BF16 if dtype in (torch.bfloat16, torch.float16) else TOL_FP32


def with_large_scores(tolerance, q, keys, values):
    """A tolerance for attention: what float32 rounds off a score is a share of it, and a softmax's weight is off by as
    much."""
    largest = (q.double() @ keys.double().mT).abs().max() / q.shape[-1] ** 0.5
    off = 4 * torch.finfo(torch.float32).eps * float(largest * values.double().abs().max())
    return tolerance | {"atol": max(tolerance["atol"], off)}


# --- append_cache ---------------------------------------------------------------------------------------------------


def drawn_tokens(rng, batch, heads, length, width, width_v=None, dtype=torch.float32):
    """Keys and values of so many tokens."""
    return (
        rng.randn(batch, heads, length, width).to(dtype),
        rng.randn(batch, heads, length, width_v or width).to(dtype),
    )


def appended(cache, keys, values):
    """The longer pair, token by token."""
    if cache is None:
        return keys, values
    return tuple(
        torch.stack([*old.unbind(dim=2), *new.unbind(dim=2)], dim=2)
        for old, new in zip(cache, (keys, values), strict=True)
    )


def append_mistakes(cache, keys, values):
    """Sentence → the pair with that mistake."""
    if cache is None:
        return {
            "The keys come back twice; the second tensor holds the values.": (keys, keys),
            "The values come back twice; the first tensor holds the keys.": (values, values),
            "Values come first; keys do.": (values, keys),
            "The first cache holds only the last of the new tokens.": (keys[:, :, -1:], values[:, :, -1:]),
            "The first cache begins with a token of zeros; it holds the new tokens only.": (
                F.pad(keys, (0, 0, 1, 0)),
                F.pad(values, (0, 0, 1, 0)),
            ),
        }
    right = appended(cache, keys, values)
    pairs = list(zip(cache, (keys, values), strict=True))

    def along(dim):
        fits = all(
            old.ndim == new.ndim
            and all(a == b for at, (a, b) in enumerate(zip(old.shape, new.shape, strict=True)) if at != dim)
            for old, new in pairs
        )
        return tuple(torch.cat(pair, dim=dim) for pair in pairs) if fits else None

    wrong = {
        "The new tokens stand in front of the old ones.": tuple(torch.cat([new, old], dim=2) for old, new in pairs),
        "Values come first; keys do.": right[::-1],
        "The old tokens are lost: only the new ones come back.": (keys, values),
        "The new tokens are lost: the old cache comes back.": cache,
        "Only the last of the new tokens is put into the cache.": tuple(
            torch.cat([old, new[:, :, -1:]], dim=2) for old, new in pairs
        ),
        "Only the first of the new tokens is put into the cache.": tuple(
            torch.cat([old, new[:, :, :1]], dim=2) for old, new in pairs
        ),
        "The keys are put into the cache, the values aren't.": (right[0], cache[1]),
        "The values in the cache are the new ones only.": (right[0], values),
        "The oldest tokens are dropped.": AnyOf(
            *(tuple(one[:, :, -most:] for one in right) for most in (8, 16, 32, 64))
        ),
        "Every row gets the keys and values of the first row.": tuple(
            torch.cat([old, new[:1].expand_as(new)], dim=2) for old, new in pairs
        ),
        "The new tokens stand in reverse order.": tuple(torch.cat([old, new.flip(2)], dim=2) for old, new in pairs),
    }
    if keys.shape == values.shape:
        wrong["The keys are put into the cache of the values, too."] = (
            right[0],
            torch.cat([cache[1], keys], dim=2),
        )
    if any((found := along(dim)) is not None for dim in (1, 0, 3)):
        wrong["The tensors are joined along another dimension than that of the tokens."] = AnyOf(
            *(found for dim in (0, 1, 3) if (found := along(dim)) is not None)
        )
    return wrong


EARLIER_CACHE = "The cache of an earlier call is continued, whatever is passed."
LONGER = "Tokens of another number than the cache has are an error; T is free."


def expect_appended(student, cache, keys, values, earlier=None):
    """Fail unless the pair is right; gives it. `earlier` is a cache of this shape that an earlier call was given."""
    with expect_accepted(LONGER, "RuntimeError", "ValueError"):
        got = student.append_cache(cache, keys, values)
    expected = appended(cache, keys, values)
    if isinstance(got, (list, tuple)) and len(got) == 2:
        for one, right in zip(got, expected, strict=True):
            same_dtype(one, right)
    expect_equal(
        got,
        expected,
        what="The cache",
        mistakes=Mistakes(
            lambda: (
                append_mistakes(cache, keys, values)
                | ({EARLIER_CACHE: appended(earlier, keys, values)} if earlier else {})
            )
        ),
        advice="Keys first, then values, each longer along the dimension of the tokens.",
    )
    return got


# --- attention with every score -------------------------------------------------------------------------------------


def visible_of(queries, keys, way="right"):
    """(Tq, Tk), True where a query looks; `way` names a mistake."""
    rows, columns = torch.arange(queries)[:, None], torch.arange(keys)[None]
    last = keys - queries + rows
    return {
        "top left": columns <= rows,
        "no mask": columns < keys + 0 * rows,
        "hides cache": (columns <= last) & (columns >= keys - queries),
        "not itself": columns < last,
        "one ahead": columns <= last + 1,
        "itself only": columns == last,
        "anti": columns >= last,
        "cache only": columns + 0 * rows < keys - queries,
    }.get(way, columns <= last)


def attention(q, k, v, visible, way="right"):
    """softmax(Q Kᵀ / √d) V in fp64, with every score; zeros where a query looks at nothing."""
    q, k, v = q.double(), k.double(), v.double()
    width = q.shape[-1]
    scale = {
        "no scale": 1.0,
        "by d": width,
        "by heads": math.sqrt(width * q.shape[1]) if q.ndim > 3 else 1.0,
        "by d_v": math.sqrt(v.shape[-1]),
        "times": 1 / math.sqrt(width),
        "by T": math.sqrt(k.shape[-2]),
    }.get(way, math.sqrt(width))
    scores = torch.einsum("...qd,...kd->...qk", q, k) / scale
    if way == "hidden are 0":
        scores = scores * visible
    elif way == "mask after softmax":
        return torch.einsum("...qk,...kd->...qd", scores.softmax(dim=-1) * visible, v)
    else:
        scores = scores.masked_fill(~visible, -INF)
    if way == "overflows":
        powers = scores.float().exp()
        return torch.einsum("...qk,...kd->...qd", powers / powers.sum(dim=-1, keepdim=True), v.float())
    if way == "over queries":
        return torch.einsum("...qk,...kd->...qd", scores.softmax(dim=-2), v)
    if way == "sum":
        return torch.einsum("...qk,...kd->...qd", scores.exp(), v)
    weights = scores.softmax(dim=-1).nan_to_num(0.0)
    if way == "no softmax":
        weights = (scores * visible).nan_to_num(0.0, 0.0, 0.0)
    if way == "first row":
        v = v[:1].expand_as(v)
    return torch.einsum("...qk,...kd->...qd", weights, v)


SHARED_WAYS = {
    "The scores aren't divided by √d.": ("no scale",),
    "The scores are divided by d; by its root is asked for.": ("by d",),
    "The scores are divided by the root of another size than the d of a head.": ("by heads", "by d_v", "by T"),
    "The scores are multiplied by √d.": ("times",),
    "The softmax runs over the queries; each query's weights sum to 1.": ("over queries",),
    "Every row reads the values of the first row.": ("first row",),
    "The scores are used without softmax.": ("no softmax",),
    "The weights aren't divided by their sum.": ("sum",),
}
HIDDEN_IS_0 = "What a query may not look at gets the score 0, which is a score like any other."
AFTER_SOFTMAX = "The mask comes after the softmax, so the weights don't sum to 1."


# --- cached_attention -----------------------------------------------------------------------------------------------


def cached(q, k, v, cache, way="right"):
    """What the queries read, in fp64 and then in the dtype of q; `way` names a mistake."""
    keys, values = appended(cache, k, v)
    queries, old = q.shape[2], keys.shape[2] - q.shape[2]
    if way == "no cache":
        keys, values = k, v
    elif way == "cache alone" and cache is not None:
        return attention(q, *cache, visible_of(queries, old, "no mask")).to(q.dtype)
    elif way == "new values":
        values = torch.cat([values[:, :, :0], v, values[:, :, queries:]], dim=2)
    elif way == "last query":
        return cached(q, k, v, cache)[:, :, -1:]
    elif way == "merged":
        return cached(q, k, v, cache).transpose(1, 2).flatten(2)
    elif way == "turned":
        return cached(q, k, v, cache).transpose(1, 2)
    elif way == "values twice":
        return attention(q, torch.cat([keys, k], dim=2), torch.cat([values, v], dim=2), _twice(queries, old)).to(
            q.dtype
        )
    elif way == "keys for values" and k.shape == v.shape:
        values = keys
    elif way == "first masked" and cache is not None and queries > 1:
        return attention(q, keys, values, visible_of(queries, keys.shape[2], "no mask")).to(q.dtype)
    elif way == "one at a time" and queries > 1:
        return attention(q, keys, values, visible_of(1, keys.shape[2], "top left").expand(queries, -1)).to(q.dtype)
    return attention(q, keys, values, visible_of(queries, keys.shape[2], way), way).to(q.dtype)


def _twice(queries, old):
    """What is seen where the new tokens stand in the keys twice."""
    new = visible_of(queries, queries)
    return torch.cat([torch.ones(queries, old, dtype=torch.bool), new, new], dim=1)


CACHED_WAYS = {
    "The mask begins at the first key, as is_causal=True does it: the first new token sees the first key only.": (
        "top left",
    ),
    "New tokens see those that come after them.": ("no mask", "first masked"),
    "The mask covers the new tokens only, and hides the cache.": ("hides cache",),
    "A token doesn't see itself.": ("not itself",),
    "A token sees one that comes after it.": ("one ahead",),
    "A token sees itself only.": ("itself only",),
    "A token sees what comes after it, and not what came before.": ("anti",),
    "The cache isn't read.": ("no cache",),
    "Only the cache is read; the new tokens look at each other, too.": ("cache alone", "cache only"),
    "Only the last query is answered.": ("last query",),
    "What the heads read is merged; each keeps its own dimension.": ("merged", "turned"),
    "The new tokens are in the cache twice when they are read.": ("values twice",),
    "The keys are read; the values should be.": ("keys for values",),
    "The powers of scores that are far apart overflow.": ("overflows",),
    HIDDEN_IS_0: ("hidden are 0",),
    AFTER_SOFTMAX: ("mask after softmax",),
    **SHARED_WAYS,
}


def cache_mistakes(q, k, v, cache):
    """Sentence → the cache that comes back with that mistake."""
    wrong = {
        "The cache comes back as it was, without the new tokens.": cache
        if cache is not None
        else (k[:, :, :0], v[:, :, :0]),
        "The new tokens are in the returned cache twice.": appended(appended(cache, k, v), k, v),
    }
    if cache is not None:
        wrong["The old tokens are missing in the returned cache."] = (k, v)
    if q.shape == k.shape:
        wrong["Queries are put into the cache; it holds keys and values."] = AnyOf(
            appended(cache, q, v), appended(cache, k, q) if q.shape == v.shape else None
        )
    return wrong


def expect_cached(student, q, k, v, cache):
    """Fail unless what is read and the cache are right; gives the cache."""
    got = student.cached_attention(q, k, v, cache)
    return told_cached(got, q, k, v, cache)


def told_cached(got, q, k, v, cache, advice=""):
    """Compare one answer of cached_attention; gives the right cache."""
    if not isinstance(got, (list, tuple)) or len(got) != 2:
        fail("cached_attention must give two things: what the queries read, and the cache.", got=got)
    expected = cached(q, k, v, cache)
    same_dtype(got[0], expected)
    mistakes = {
        sentence: AnyOf(*(lambda way=way: cached(q, k, v, cache, way) for way in ways))
        for sentence, ways in CACHED_WAYS.items()
        if not (cache is None and {"cache alone", "no cache", "hides cache"} & set(ways))
        and not (q.shape[2] == 1 and {"one ahead", "anti", "last query"} & set(ways))
    }
    expect_close(
        got[0],
        expected,
        what="What the queries read",
        mistakes=Mistakes(lambda: {name: one for name, one in mistakes.items()}),
        advice=advice or "Query i looks at keys 0 to Tk - Tq + i.",
        **with_large_scores(tolerance(q.dtype), q, *appended(cache, k, v)),
    )
    expect_equal(
        got[1],
        after := appended(cache, k, v),
        what="The cache that comes back",
        mistakes=Mistakes(lambda: cache_mistakes(q, k, v, cache)),
    )
    return after


@probe
def read_in_chunks(student, q, k, v, lengths):
    """What cached_attention reads of a text that comes in chunks of these lengths, put together, and the last cache."""
    cache, read, start = None, [], 0
    for length in lengths:
        some = slice(start, start + length)
        out, cache = student.cached_attention(q[:, :, some], k[:, :, some], v[:, :, some], cache)
        read.append(out)
        start += length
    return [torch.cat(read, dim=2), cache]


# --- online_softmax -------------------------------------------------------------------------------------------------


@probe
def through_blocks(student, blocks):
    """The state after each block."""
    found, state = [], None
    for scores, values in blocks:
        state = student.online_softmax(state, scores, values)
        found.append(state)
    return found


def wide(dtype):
    """The dtype of a state."""
    return torch.float64 if dtype == torch.float64 else torch.float32


def state_of(blocks):
    """m, l and o of all these blocks: one sum over all keys, in fp64."""
    scores = torch.cat([one.double() for one, _ in blocks], dim=-1)
    values = torch.cat([one.double() for _, one in blocks], dim=-2)
    greatest = scores.amax(dim=-1)
    powers = (scores - greatest.masked_fill(greatest == -INF, 0.0)[..., None]).exp()
    dtype = wide(blocks[0][0].dtype)
    return tuple(one.to(dtype) for one in (greatest, powers.sum(dim=-1), powers @ values))


def next_state(state, scores, values, way="right"):
    """One block on top of a state, in fp64; `way` names a mistake."""
    dtype = wide(scores.dtype)
    scores, values = scores.double(), values.double()
    block = scores.amax(dim=-1)
    if way == "over queries":
        block = scores.amax(dim=-2, keepdim=True).amax(dim=-1).expand_as(block)
    elif way == "one m":
        block = scores.amax().expand_as(block)
    m, summed, o = (None, 0.0, 0.0) if state is None else (one.double() for one in state)
    if way == "log" and state is not None:
        summed = (summed - m).exp()
    if way == "l from 1" and state is None:
        summed = 1.0
    start = {"sentinel 1e4": -1e4, "sentinel 1e9": -1e9, "max 0": 0.0, "sentinel 100": -100.0}.get(way, -INF)
    if m is None:
        m = torch.full_like(block, start)
    if way == "max replaced":
        new = torch.maximum(m, block)
        new = new.masked_fill(new == -INF, 0.0)
    elif way in ("block m", "block m kept"):
        new = block
    elif way == "no max":
        new = torch.zeros_like(block)
    elif way == "min":
        new = torch.minimum(m, block) if state is not None else block
    else:
        new = torch.maximum(m, block)
    shift = new if way == "nan" else new.masked_fill(new == -INF, 0.0)
    powers = (scores - shift[..., None]).exp()
    if way == "clamped":
        powers = (scores - shift[..., None]).clamp(min=-20).exp()
    kept = (m - (new if way == "nan later" and state is not None else shift)).exp()
    if way == "inverse":
        kept = (shift - m).exp()
    kept_l = 1.0 if way in ("l not rescaled", "none rescaled") else kept
    kept_o = torch.ones_like(kept) if way in ("o not rescaled", "none rescaled") else kept
    if way == "l of block":
        kept_l = 0.0
    if way == "o of block":
        kept_o = torch.zeros_like(kept)
    if way == "only this block":
        kept_l, kept_o = 0.0, torch.zeros_like(kept)
    if way == "hidden block empties":
        gone = block == -INF
        kept_l, kept_o = kept.masked_fill(gone, 0.0), kept.masked_fill(gone, 0.0)
    total = kept_l * summed + powers.sum(dim=-1)
    before = kept_o[..., None] * o if state is not None else 0.0
    read = before + powers @ values
    if way == "average":
        count = (0.0 if state is None else summed) + torch.ones_like(block)
        return tuple(one.to(dtype) for one in (new, count, (0.0 if state is None else o) + scores.softmax(-1) @ values))
    if way == "normalised":
        old = 0.0 if state is None else (kept * summed)[..., None] * o
        read = (old + powers @ values) / total[..., None]
    if way == "log":
        return tuple(one.to(dtype) for one in (new, new + total.log(), read))
    if way == "eps":
        total = total + 1e-3
    if way == "l over all":
        total = kept_l * summed + powers.sum(dim=(-1, -2), keepdim=True)[..., 0].expand_as(block)
    if way == "values mean":
        read = before + powers.mean(dim=-1, keepdim=True) * values.sum(dim=-2, keepdim=True)
    return tuple(one.to(dtype) for one in (new, total, read))


ONLINE_WAYS = {
    "o isn't rescaled when a greater score comes.": ("o not rescaled",),
    "l isn't rescaled when a greater score comes.": ("l not rescaled",),
    "Neither l nor o is rescaled when a greater score comes.": ("none rescaled",),
    "l is the sum of this block only.": ("l of block",),
    "o is the sum of this block only.": ("o of block",),
    "The blocks before are forgotten.": ("only this block",),
    "m is the greatest score of this block only.": ("block m",),
    "The factor that makes up for a greater score is upside down.": ("inverse",),
    "m is the greatest score of all queries; each query has its own.": ("one m", "over queries"),
    "No greatest score is taken off, so great scores overflow.": ("no max",),
    "m begins at a finite number in place of -inf, and lower scores never reach it.": (
        "sentinel 1e4",
        "sentinel 1e9",
        "sentinel 100",
        "max 0",
    ),
    "m becomes 0 where all scores were -inf.": ("max replaced",),
    "The smallest score is taken for the greatest.": ("min",),
    "l begins at 1; before the first block it is 0.": ("l from 1",),
    "o is divided by l after each block; that comes after the last.": ("normalised",),
    "The softmax of each block is added up: blocks count alike, whatever their scores are.": ("average",),
    "l is the logarithm of the sum.": ("log",),
    "Something is added to l.": ("eps",),
    "l sums over the queries, too.": ("l over all",),
    "The scores of a block have no influence on which of its values counts how much.": ("values mean",),
    "Scores far below the greatest count more than they should.": ("clamped",),
    "A row of a block that is -inf throughout loses what it had.": ("hidden block empties",),
    "m and l keep a dimension of 1; they are (..., Tq).": ("keepdim",),
    "The state is in another order than m, l, o.": ("other order",),
    "NaN comes out where all scores of a row are -inf: -inf - -inf.": ("nan", "nan later"),
}


def expect_states(student, blocks):
    """Fail unless the state after each block is right; gives the states."""
    with expect_accepted(NO_LEADING if blocks[0][0].ndim != 4 else "", "IndexError", "ValueError", "RuntimeError"):
        found = student.run(through_blocks, [list(one) for one in blocks])
    told_states(found, [state_of(blocks[: count + 1]) for count in range(len(blocks))], blocks, None)
    return found


IN_16_BITS = "What comes in 16 bits is computed in 16 bits."
IN_FLOAT32 = "float64 scores end in float32."


def told_states(found, expected, blocks, state):
    """Compare the states after each block; a dtype that is wrong is told first, as no mistake's value would match."""
    dtype = wide(blocks[0][0].dtype)
    got = [one for after in found if isinstance(after, (list, tuple)) for one in after if isinstance(one, torch.Tensor)]
    if any(one.dtype in (torch.bfloat16, torch.float16) for one in got):
        fail(IN_16_BITS)
    if dtype == torch.float64 and any(one.dtype == torch.float32 for one in got):
        fail(IN_FLOAT32)

    def wrong(way):
        written = {
            "keepdim": lambda m, total, read: (m[..., None], total[..., None], read),
            "other order": lambda m, total, read: (total, m, read),
        }.get(way, lambda *one: one)
        states, now = [], state
        for scores, values in blocks:
            now = next_state(now, scores, values, way)
            states.append(written(*now))
        return states

    mistakes = {
        sentence: AnyOf(*(lambda way=way: wrong(way) for way in ways)) for sentence, ways in ONLINE_WAYS.items()
    }
    exact = {"rtol": 1e-9, "atol": 1e-12} if dtype == torch.float64 else {"rtol": 1e-4, "atol": 1e-5}
    expect_close(
        found,
        expected,
        what="The state after each block",
        mistakes=Mistakes(lambda: mistakes),
        advice="m first: the old sums are multiplied by exp(old m - new m).",
        **exact,
    )


# --- blockwise_attention --------------------------------------------------------------------------------------------


@probe
def measured(student, q, k, v, block, causal):
    """What blockwise_attention gives, and the largest memory of a tensor on the way, in numbers.

    The memory of a tensor is that of its storage: what is expanded takes no more than what it is expanded from.
    """
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    class Watch(TorchDispatchMode):
        largest, fused = 0, 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            self.fused += "scaled_dot_product" in str(function)
            for one in tree_leaves(result):
                if isinstance(one, torch.Tensor):
                    self.largest = max(self.largest, one.untyped_storage().nbytes() // one.element_size())
            return result

    with Watch() as watch:
        options = {} if causal is None else {"causal": causal}
        out = student.blockwise_attention(q, k, v, block, **options)
    return {"out": out, "largest": watch.largest, "fused": watch.fused}


def blockwise(q, k, v, block, causal, way="right"):
    """Attention in fp64 with every score, in the dtype of q; `way` names a mistake of blocks."""
    queries, keys = q.shape[-2], k.shape[-2]
    rows, columns = torch.arange(queries)[:, None], torch.arange(keys)[None]
    last = keys - queries + rows
    visible = columns <= last if causal else columns < keys + 0 * rows
    ragged = keys - keys % block
    if way == "ragged dropped":
        visible = visible & (columns < ragged)
    elif way == "first block":
        visible = visible & (columns < block)
    elif way == "last block":
        visible = visible & (columns >= (keys - 1) // block * block)
    elif way == "first block lost":
        visible = visible & (columns >= block)
    elif way == "ignored":
        visible = columns < keys + 0 * rows
    elif way == "always causal":
        visible = columns <= last
    elif way == "always top left":
        visible = columns <= rows
    elif way == "top left" and causal:
        visible = columns <= rows
    elif way == "whole blocks" and causal:
        visible = columns // block * block <= last
    elif way == "started blocks hidden" and causal:
        visible = (columns // block + 1) * block - 1 <= last
    elif way == "finished blocks" and causal:
        visible = columns // block < (last + 1) // block
    elif way == "own block" and causal:
        visible = visible & (columns // block == last // block)
    elif way == "index in block" and causal:
        visible = columns % block <= last
    elif way == "not itself" and causal:
        visible = columns < last
    elif way == "one ahead" and causal:
        visible = columns <= last + 1
    elif way == "padded":
        extra = -keys % block
        k, v = F.pad(k, (0, 0, 0, extra)), F.pad(v, (0, 0, 0, extra))
        visible = F.pad(visible.expand(queries, keys), (0, extra), value=True)
    elif way == "mean of blocks":
        parts = [
            attention(q, k[..., s : s + block, :], v[..., s : s + block, :], visible[:, s : s + block])
            for s in range(0, keys, block)
        ]
        return torch.stack(parts).mean(dim=0).to(q.dtype)
    elif way == "sum of blocks":
        parts = [
            attention(q, k[..., s : s + block, :], v[..., s : s + block, :], visible[:, s : s + block])
            for s in range(0, keys, block)
        ]
        return torch.stack(parts).sum(dim=0).to(q.dtype)
    if way == "nothing is all":
        visible = visible | ~visible.any(dim=-1, keepdim=True)
    if way == "not divided":
        scores = (q.double() @ k.double().transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(~visible, -INF)
        top = scores.amax(dim=-1, keepdim=True)
        return ((scores - top.masked_fill(top == -INF, 0.0)).exp() @ v.double()).to(q.dtype)
    return attention(q, k, v, visible.expand(queries, k.shape[-2]), way).to(q.dtype)


BLOCK_WAYS = {
    "A last block that isn't full is dropped.": ("ragged dropped",),
    "Only the first block is read.": ("first block",),
    "Only the last block is read.": ("last block",),
    "The first block is lost.": ("first block lost",),
    "causal is ignored.": ("ignored",),
    "The future is hidden though causal is False.": ("always causal", "always top left"),
    "Query i sees keys up to i: the mask begins at the first key, where it must end at the last.": ("top left",),
    "The mask takes whole blocks: a query sees all of the block in which it stands, also what comes after it.": (
        "whole blocks",
    ),
    "The mask takes whole blocks: a query sees nothing of the block in which it stands.": (
        "started blocks hidden",
        "finished blocks",
    ),
    "A query sees its own block only.": ("own block",),
    "The mask begins anew in every block: the index in the block is compared, not the position.": ("index in block",),
    "A query doesn't see itself.": ("not itself",),
    "A query sees one key that comes after it.": ("one ahead",),
    "The last block is filled up, and what it is filled with is read.": ("padded",),
    "The results of the blocks are averaged; a block counts by the sum of its powers.": ("mean of blocks",),
    "The results of the blocks are added up.": ("sum of blocks",),
    "A query that may look at nothing reads something; it reads 0.": ("nothing is all",),
    "What was summed isn't divided by l.": ("not divided",),
    HIDDEN_IS_0: ("hidden are 0",),
    AFTER_SOFTMAX: ("mask after softmax",),
    **SHARED_WAYS,
}
WHOLE_SCORES = (
    "A tensor on the way is far larger than one block of scores: all scores, or a mask for all, exist at once."
)
LIBRARY = "PyTorch's own function is called; here it is built."


def expect_blockwise(student, q, k, v, block, causal=False, watch=False):
    """Fail unless the result is right, and with `watch` no tensor was larger than the docstring allows."""
    lenient = NO_LEADING if q.ndim != 4 else ""
    with expect_accepted(lenient, "IndexError", "ValueError", "RuntimeError"):
        if watch:
            found = student.run(measured, q, k, v, block, causal)
        else:
            options = {} if causal is None else {"causal": causal}
            found = {"out": student.blockwise_attention(q, k, v, block, **options)}
    out, causal = found["out"], bool(causal)
    expected = blockwise(q, k, v, block, causal)
    same_dtype(out, expected)
    if isinstance(out, torch.Tensor) and out.shape == expected.shape and bool(out.isnan().any()):
        empty = max(q.shape[-2] - k.shape[-2], 0) if causal else 0
        if empty and not bool(out[..., empty:, :].isnan().any()):
            fail("A query that may look at nothing reads NaN, 0 / 0; it reads 0.")
    mistakes = {
        sentence: AnyOf(*(lambda way=way: blockwise(q, k, v, block, causal, way) for way in ways))
        for sentence, ways in BLOCK_WAYS.items()
        if causal or sentence not in (HIDDEN_IS_0, AFTER_SOFTMAX)
    }
    expect_close(
        out,
        expected,
        what="What the queries read",
        mistakes=Mistakes(lambda: mistakes),
        **tolerance(q.dtype),
    )
    if not watch:
        return
    if found["fused"]:
        fail(LIBRARY, advice="online_softmax takes one block after the other.")
    scores = q.numel() // q.shape[-1] * block
    limit = 2 * max(q.numel(), k.numel(), v.numel(), expected.numel(), scores)
    if found["largest"] > limit:
        fail(WHOLE_SCORES, expected=f"at most {limit} numbers", got=f"{found['largest']} numbers")
    if found["largest"] < expected.numel():
        fail("The result isn't made by operations of PyTorch.")
