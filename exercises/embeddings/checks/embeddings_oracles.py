"""What several checks of the lesson on embeddings share: right answers row by row in Python, and what mistakes give.

Tables are wider than they are long unless a check says otherwise, so that a column taken for a row shows. Ids are drawn
so that 0, the last id and one that repeats are always among them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, wraps
from typing import Any

import torch

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

# Sums of about ten products of size 1 in fp32 round by less than 10 * 6e-8; mistakes move things by 0.01 or more.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-5}


# --- errors and gradients -------------------------------------------------------------------------------------------


@probe
def gradients(student, name, arguments, which, upstream):
    """What of an upstream gradient of the function's result reaches these of its arguments; None for no graph."""
    leaves = [one.clone().requires_grad_() if at in which else one for at, one in enumerate(arguments)]
    output = getattr(student, name)(*leaves)
    if not isinstance(output, torch.Tensor) or not output.requires_grad:
        return [None for _ in which]
    if output.shape != upstream.shape:
        raise RuntimeError(f"its result has the shape {tuple(output.shape)}")
    # of a sum: torch imports sympy, half a second, to be given an upstream gradient
    return list(torch.autograd.grad((output * upstream).sum(), [leaves[at] for at in which], allow_unused=True))


@probe
def lying_transposed(student, name, tensors, rest):
    """What the function gives for these tensors as they lie in memory after a transpose; and the other arguments."""
    turned = [one.transpose(0, 1).contiguous().transpose(0, 1) for one in tensors]
    return getattr(student, name)(*turned, *rest)


TRANSPOSED = "Tensors that lie transposed in memory are an error: view can't flatten them, reshape and flatten can."


def expect_gradients(student, name, arguments, upstream, expected, cut, *, what, mistakes=None):
    """Compare what reaches some arguments (`expected`: index → gradient); `cut`: index → the sentence for nothing."""
    got = student.run(gradients, name, arguments, list(expected), upstream)
    for one, (at, right) in zip(got, expected.items(), strict=True):
        if one is None:
            fail(cut[at])
        expect_close(one, right, what=what, mistakes=mistakes, **TOL_FP32)


def when_wrong(make):
    """Decorates a function that gives mistakes; `also` holds further ones."""

    @wraps(make)
    def later(*arguments, also: Mapping[str, Any] | None = None):
        return Mistakes(lambda: {**(also or {}), **make(*arguments)})

    return later


IN_FLOAT32 = "What comes out is in float32; it must have the dtype of what went in."


def in_single_precision(expected):
    """Sentence → the value, for whatever is not in fp32."""
    return {IN_FLOAT32: expected.float()} if expected.dtype != torch.float32 else {}


def expect_own_dtype(got, expected):
    """Fail where sums are in float32 and shouldn't be; they are rounded then, so no value would match."""
    if isinstance(got, torch.Tensor) and got.dtype == torch.float32 != expected.dtype and got.shape == expected.shape:
        fail(IN_FLOAT32, expected=expected, got=got)


# --- rows -----------------------------------------------------------------------------------------------------------


def some_ids(rng, rows, length, vocab):
    """ids (rows, length), at least 2 × 3: id 0 first, the last id last, and a token that two texts share."""
    ids = rng.randint(1, vocab - 1, (rows, length))
    ids[0, 0], ids[-1, -1] = 0, vocab - 1
    ids[0, 1] = ids[1, 0]
    return ids


def picked(ids, table):
    """ids (...), table (V, D) → (..., D), row by row."""
    rows = [table[number] for number in ids.flatten().tolist()]
    return torch.stack(rows).view(*ids.shape, table.shape[1])


SQUEEZED = "Dimensions of size 1 are dropped; they must stay."
ID_0 = "Id 0 is taken for padding; it is a token like any other."


@when_wrong
def embed_mistakes(ids, table):
    """Sentence → what the mistake gives in place of the rows."""
    right, vocab = picked(ids, table), len(table)
    columns = {} if int(ids.max()) >= table.shape[1] else {"It picks columns of the table; a token is a row.": table.T}
    return {
        "The batch is flattened; the shape of ids must stay, with D behind it.": right.flatten(0, -2),
        "Ids are counted from 1; row 0 is that of id 0.": picked((ids - 1) % vocab, table),
        ID_0: right * (ids != 0)[..., None],
        "The rows are multiplied by the root of D; they must come out as they stand.": right * table.shape[1] ** 0.5,
        "The rows are scaled to length 1; they must come out as they stand.": right / right.norm(dim=-1, keepdim=True),
        "Each token comes out once, in the order of ids; there is a row for each place.": table[ids.unique()],
        "The vectors stand in another order: batch and text have changed places.": right.transpose(0, -2),
        SQUEEZED: right.squeeze(),
        **{sentence: table[ids] for sentence, table in columns.items()},
        **in_single_precision(right),
    }


def expect_rows(student, ids, table, what):
    """Compare `embed` with the rows, which are copied and so are equal to the last bit."""
    with expect_accepted("IndexError is raised although every id has a row.", "IndexError"):
        got = student.embed(ids, table)
    expect_equal(got, picked(ids, table), what=what, mistakes=embed_mistakes(ids, table))


UNNAMED_ID = "The error for an id without a row doesn't name the id."


def outside_ids(rng, call, name, vocab, places):
    """Questions: `call(ids)` must raise IndexError for each kind of id outside, put at each of these places.

    `call` takes ids of shape (2, 3). The numbers far outside are none that a message would hold anyway.
    """
    questions = []
    for place in places:
        for wrong, kind in (
            (-1, "a negative id"),
            (-vocab, "a negative id"),
            (-rng.randint(vocab + 10, vocab + 40), "a negative id"),
            (vocab, "an id beyond the table"),
            (rng.randint(vocab + 10, vocab + 40), "an id beyond the table"),
        ):
            ids = rng.randint(0, vocab, (2, 3))
            ids[place] = wrong
            names = [[wrong]] if abs(wrong) > vocab else []

            def ask(ids=ids, kind=kind, names=names):
                rejected(lambda: call(ids), f"{name} with {kind}", *names, kind="IndexError", unnamed=UNNAMED_ID)()

            questions.append(ask)
    return questions


# --- the gradient of a table ----------------------------------------------------------------------------------------


def summed_rows(ids, upstream, vocab):
    """The gradient of the table, place by place: (V, D)."""
    gradient = torch.zeros(vocab, upstream.shape[-1], dtype=torch.float64)
    for number, vector in zip(ids.flatten().tolist(), upstream.flatten(0, -2), strict=True):
        gradient[number] = gradient[number] + vector.double()
    return gradient.to(upstream.dtype)


@when_wrong
def gradient_mistakes(ids, upstream, vocab):
    """Sentence → what the mistake gives in place of the table's gradient."""
    right, zero = summed_rows(ids, upstream, vocab), upstream.new_zeros(vocab, upstream.shape[-1])
    flat, vectors = ids.flatten().tolist(), upstream.flatten(0, -2)
    counts = torch.bincount(ids.flatten(), minlength=vocab)[:, None].to(upstream.dtype)
    last, first = zero.clone(), zero.clone()
    for number, vector in zip(flat, vectors, strict=True):
        last[number] = vector
    for number, vector in reversed(list(zip(flat, vectors, strict=True))):
        first[number] = vector
    by_text = zero.clone()  # what a text adds up takes the place of what the text before it did
    for row, text in zip(ids, upstream, strict=True):
        mine = summed_rows(row, text, vocab)
        by_text[row] = mine[row]
    without_0 = right.clone()
    without_0[0] = 0
    order = ids.flatten().argsort(stable=True)
    return {
        "Of several occurrences of a token only one is counted; their vectors add up.": AnyOf(last, first),
        "Of several texts with a token only one is counted; their vectors add up.": by_text,
        "The occurrences of a token are averaged; their vectors add up.": right / counts.clamp(min=1),
        "Each occurrence counts as often as the token occurs.": right * counts,
        "It is divided by the batch or by the tokens; whatever mean the loss takes is in upstream already.": AnyOf(
            right / ids.shape[0], right / ids.numel(), right / ids.shape[1]
        ),
        "Only the first text of the batch is counted.": summed_rows(ids[0], upstream[0], vocab),
        "Only the last text of the batch is counted.": summed_rows(ids[-1], upstream[-1], vocab),
        "The gradient lies on its side; the table is (V, D).": right.T,
        "There is a row for each token that occurs; the table has V of them.": right[ids.unique()],
        "The rows end with the greatest id; the table has V of them.": right[: int(ids.max()) + 1],
        ID_0: without_0,
        "It counts how often tokens occur; upstream isn't used.": counts.expand_as(right),
        "The sign is turned round; that is a step, not a gradient.": -right,
        "Ids and upstream are flattened in different orders.": summed_rows(ids.T, upstream, vocab),
        "It is scaled; each occurrence adds its vector as it is.": AnyOf(
            *(right * factor for factor in (0.99, 0.9, 1.1, 0.5, 2.0))
        ),
        "Only the first few texts of the batch are counted.": AnyOf(
            *(summed_rows(ids[:count], upstream[:count], vocab) for count in range(2, len(ids)))
        ),
        "Ids are sorted and the vectors are not.": summed_rows(ids.flatten()[order], vectors, vocab),
    }


def expect_table_gradient(student, ids, upstream, vocab, what, tolerance=TOL_FP32):
    got, right = student.embedding_gradient(ids, upstream, vocab), summed_rows(ids, upstream, vocab)
    expect_own_dtype(got, right)
    expect_close(
        got,
        right,
        what=what,
        mistakes=gradient_mistakes(ids, upstream, vocab),
        advice="Go through the places: each adds its upstream vector to the row of its token.",
        **tolerance,
    )


# --- positions ------------------------------------------------------------------------------------------------------


def waves(length, width, base, angle=lambda t, i, width, base: t / base ** (2 * i / width)):
    """The sinusoids (length, width), number by number, in fp32; `angle` is that of pair i at position t."""
    rows = [
        [one for i in range(width // 2) for a in [angle(t, i, width, base)] for one in (math.sin(a), math.cos(a))]
        for t in range(length)
    ]
    return torch.tensor(rows, dtype=torch.float64).view(length, width).float()


@when_wrong
def wave_mistakes(length, width, base):
    """Sentence → what the mistake gives in place of the sinusoids."""
    right = waves(length, width, base)

    def other(angle):
        return waves(length, width, base, angle)

    doubled = other(lambda t, i, width, base: t / base ** (4 * i / width))
    halved = other(lambda t, i, width, base: t / base ** (i / width))
    next_one = other(lambda t, i, width, base: t / base ** ((2 * i + 1) / width))
    by_column = torch.stack([right[:, 0::2], next_one[:, 1::2]], dim=-1).flatten(1)
    doubled_next = other(lambda t, i, width, base: t / base ** (2 * (2 * i + 1) / width))
    pairs = max(1, width // 2 - 1)
    found = {
        "The exponent is doubled; an even column's number is 2i already.": AnyOf(
            doubled, torch.stack([doubled[:, 0::2], doubled_next[:, 1::2]], dim=-1).flatten(1)
        ),
        "The exponent is halved; it is 2i / width, with i counted in pairs.": halved,
        "Sine and cosine of a pair have different frequencies; the pair shares one.": by_column,
        "All sines stand before all cosines; they must alternate.": torch.cat([right[:, 0::2], right[:, 1::2]], dim=1),
        "Sine and cosine have changed places; the sine comes first.": right.unflatten(1, (-1, 2)).flip(2).flatten(1),
        "base is not used.": waves(length, width, 10000.0),
        "The base is 1,000 instead of 10,000.": waves(length, width, 1000.0),
        "Positions are counted from 1; the first row is that of position 0.": other(
            lambda t, i, width, base: (t + 1) / base ** (2 * i / width)
        ),
        "Angles are multiplied by base^(2i / width); they are divided by it.": other(
            lambda t, i, width, base: t * base ** (2 * i / width)
        ),
        "The exponents go up to 1; the last one is (width - 2) / width.": other(
            lambda t, i, width, base: t / base ** (i / pairs)
        ),
        "Positions are divided by the length; they are whole numbers.": other(
            lambda t, i, width, base: t / max(1, length) / base ** (2 * i / width)
        ),
        "All pairs turn equally fast; each has a frequency of its own.": other(lambda t, i, width, base: t),
        "The frequencies fall in equal steps; they fall by equal factors.": other(
            lambda t, i, width, base: t * (1 - 2 * i / width)
        ),
        "The rows are scaled; each pair is a sine and a cosine.": AnyOf(
            right / width**0.5, right / (width / 2) ** 0.5, right * width**0.5
        ),
        "The table lies on its side; each position is a row.": right.T,
        "There is a dimension too many in front.": right[None],
        "There is a dimension too many in the middle.": right[:, None],
        "The base is rounded to a whole number.": AnyOf(
            waves(length, width, round(base)), waves(length, width, int(base))
        ),
        "Far positions all have the row of one; each has its own.": lambda: AnyOf(
            *(right[torch.arange(length).clamp(max=most - 1)] for most in (512, 1024, 2048) if most < length)
        ),
        "There is a row too many.": waves(length + 1, width, base),
        "The positions come in float64; float32 is asked for.": right.double(),
    }
    if base == 10000.0:
        del found["base is not used."]
    else:
        del found["The base is 1,000 instead of 10,000."]
    return found


IN_16_BITS = "Angles are computed in 16 bits, which can't tell far positions apart."


def in_sixteen_bits(length, width, base):
    """The sinusoids when angles are computed in fp16 or bf16."""
    found = []
    for dtype in (torch.float16, torch.bfloat16):
        exponents = torch.arange(0, width, 2) / width
        for slowness in ((base**exponents).to(dtype), base ** exponents.to(dtype)):
            angles = torch.arange(length).to(dtype)[:, None] / slowness
            for turned in (angles, angles.float()):
                found.append(torch.stack([turned.sin(), turned.cos()], dim=-1).flatten(1).float())
        angles = torch.arange(length).to(dtype).double()[:, None] / base ** exponents.double()  # only t is rounded
        found.append(torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float())
    return AnyOf(*found)


def expect_waves(student, length, width, base, what):
    arguments = (length, width) if base == 10000.0 else (length, width, base)
    with expect_accepted("ValueError is raised although the width is even.", "ValueError"):
        got = student.sinusoidal_positions(*arguments)
    expect_close(
        got,
        waves(length, width, base),
        what=what,
        mistakes=wave_mistakes(length, width, base, also={IN_16_BITS: lambda: in_sixteen_bits(length, width, base)}),
        advice="Column 2i is sin(t / base^(2i / width)), column 2i + 1 the cosine of the same angle.",
        rtol=0,
        atol=1e-4,  # fp32 angles up to a hundred are off by up to 1e-5
    )


def expect_rotations(student, rng, length, width):
    """Rows as far apart as others have the same dot product, and row t + lag is a fixed rotation of row t."""
    lag = rng.randint(2, 6)
    table = student.sinusoidal_positions(length, width)
    expect_close(table, waves(length, width, 10000.0), what="The sinusoids", rtol=0, atol=1e-4)
    table = table.detach().double()
    angles = lag / 10000.0 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
    sin, cos = table[:-lag, 0::2], table[:-lag, 1::2]
    turned = [sin * angles.cos() + cos * angles.sin(), cos * angles.cos() - sin * angles.sin()]
    expect_close(
        table[lag:],
        torch.stack(turned, dim=-1).flatten(1),
        what="The sinusoids, which must be those of earlier positions turned by a fixed angle,",
        rtol=0,
        atol=1e-4,
    )


# --- rows of a position table ---------------------------------------------------------------------------------------


@when_wrong
def position_mistakes(table, start, count):
    """Sentence → what the mistake gives in place of rows start to start + count - 1."""
    right, rows = table[start : start + count], len(table)
    one = [table[at].expand(count, -1) for at in {start, min(count, rows - 1), 0, start + count - 1}]
    return {
        "One row is given for all positions.": AnyOf(*one, *(row[:1] for row in one)),
        "start is not used; the rows begin with position 0.": table[:count],
        "count is taken for the end; it says how many rows there are.": table[start:count],
        "There is a row too many.": table[start : start + count + 1],
        "There is a row too few.": table[start : start + count - 1],
        "The rows begin one too late.": table[start + 1 : start + count + 1],
        "The last rows of the table are given; they begin with start.": AnyOf(table[-count:], table[start:]),
        "The rows come in reversed order.": right.flip(0),
        "There is a dimension too many in front.": right[None],
        **in_single_precision(right),
    }


def expect_position_rows(student, table, start, count, what):
    expect_equal(
        student.position_rows(table, start, count),
        torch.stack([table[start + at] for at in range(count)]),
        what=what,
        mistakes=position_mistakes(table, start, count),
        advice="Rows start to start + count - 1: a slice's end is not in it.",
    )


UNNAMED_ROWS = "The error past the end of the table doesn't name what was asked for and how many rows there are."


def past_the_end(table, call, name, start, count):
    """A question: `call(start, count)` needs rows that the table hasn't got."""
    names = [[start, count, start + count, start + count - 1], [len(table), len(table) - 1]] if count else []
    what = f"{name} past the end of the table"
    return rejected(lambda: call(start, count), what, *names, unnamed=UNNAMED_ROWS)


# --- what the model reads -------------------------------------------------------------------------------------------


def read(ids, tokens, positions, start=0):
    """(B, T, D): for each place the token's row plus the position's."""
    texts = [
        torch.stack([tokens[number] + positions[start + at] for at, number in enumerate(text)]) for text in ids.tolist()
    ]
    return torch.stack(texts)


@when_wrong
def input_mistakes(ids, tokens, positions, start):
    """Sentence → what the mistake gives in place of the model's input."""
    right, words = read(ids, tokens, positions, start), picked(ids, tokens)
    batch, length, width = *ids.shape, tokens.shape[1]

    def places(first, count=length):
        """That many rows of the position table; beyond its end it begins again."""
        return positions[torch.arange(first, first + count) % len(positions)]

    rows = places(start)
    first_only = words.clone()
    first_only[0] = right[0]
    found = {
        "Positions run along the batch; they run along the text.": words + places(start, batch)[:, None],
        "The two vectors stand side by side; they are added.": torch.cat([words, rows.expand(batch, -1, -1)], dim=-1),
        "The two vectors stand side by side in turned order; they are added.": torch.cat(
            [rows.expand(batch, -1, -1), words], dim=-1
        ),
        "start is not used; positions begin with 0.": words + places(0),
        "Positions are left out.": words,
        "Tokens are left out.": AnyOf(rows, rows.expand(batch, -1, -1)),
        "The two vectors are multiplied; they are added.": words * rows,
        "The two vectors are averaged; they are added.": right / 2,
        "The position's row is scaled; it is added as it stands.": AnyOf(
            *(words + factor * rows for factor in (0.9, 0.1, 0.5, 1.1, 2.0))
        ),
        "The sum is scaled to length 1; it must come out as it is.": right / right.norm(dim=-1, keepdim=True),
        "The position is taken away from the token; they are added.": words - rows,
        "The tokens' rows are multiplied by the root of D; they are added as they stand.": words * width**0.5 + rows,
        "Only the first text gets positions.": first_only,
        "Positions go on from one text to the next; every text begins with start.": words
        + places(start, batch * length).view(batch, length, width),
        "Tokens of id 0 get no position, as if they were padding; id 0 is a token like any other.": words
        + rows * (ids != 0)[..., None],
        "Every place gets the row of one position.": AnyOf(
            words + places(start, 1), words + places(start + length - 1, 1), words + places(length, 1)
        ),
        "Positions run backwards.": words + rows.flip(0),
        "Positions are counted from 1; the first column has position start.": words + places(start + 1),
        "Sinusoids are added; the table's own rows are asked for.": words
        + waves(start + length, width + width % 2, 10000.0)[start:, :width].to(words.dtype),
        "Each text begins one position after the text before it; all begin with start.": words
        + torch.stack([places(start + row) for row in range(batch)]),
        SQUEEZED: right.squeeze(),
        **in_single_precision(right),
    }
    if int(ids.max()) < len(positions):
        found["The position's row is looked up by the token's id; where it stands is what counts."] = words + picked(
            ids, positions
        )
        if start + length <= len(tokens):
            turned_round = picked(ids, positions) + tokens[start : start + length]
            found["The two tables have changed places."] = turned_round
    return found


def expect_input(student, ids, tokens, positions, start, what):
    arguments = (ids, tokens, positions) if start == 0 else (ids, tokens, positions, start)
    expect_close(
        student.model_input(*arguments),
        read(ids, tokens, positions, start),
        what=what,
        mistakes=input_mistakes(ids, tokens, positions, start),
        advice="Tokens are (B, T, D), positions (T, D), the same for every text.",
        **TOL_FP32,
    )


# --- a bag of words -------------------------------------------------------------------------------------------------


def bag(ids, table):
    """(B, D): for each text the mean of its tokens' rows."""
    texts = [sum(table[number].double() for number in text) / len(text) for text in ids.tolist()]
    return torch.stack(texts).to(table.dtype)


@when_wrong
def bag_mistakes(ids, table):
    """Sentence → what the mistake gives in place of the mean."""
    right, words = bag(ids, table), picked(ids, table)
    kept = (ids != 0)[..., None]
    length = ids.shape[1]
    return {
        "The mean is taken over the batch; each text has its own.": words.mean(dim=0),
        "The mean is taken over everything; each text has its own.": AnyOf(words.mean(dim=(0, 1)), words.mean()),
        "The mean is taken over the width; it is taken over the tokens.": words.mean(dim=2),
        "The rows are added up; their mean is asked for.": right * length,
        "The sum is divided by the root of the number of tokens.": right * length**0.5,
        "The sum is divided by another number than that of the tokens, one off.": AnyOf(
            right * length / (length + 1), *([right * length / (length - 1)] if length > 1 else [])
        ),
        ID_0: AnyOf((words * kept).sum(1) / kept.sum(1).clamp(min=1), (words * kept).mean(1)),
        "A token that occurs twice counts once; every place counts.": torch.stack(
            [table[text.unique()].mean(dim=0) for text in ids]
        ),
        "The largest number of each column is taken; the mean is asked for.": words.amax(dim=1),
        "The median of each column is taken; the mean is asked for.": words.median(dim=1).values,
        "The last token's row is given; the mean of all is asked for.": words[:, -1],
        "The first token's row is given; the mean of all is asked for.": words[:, 0],
        "The first token is left out of the mean.": words[:, 1:].mean(dim=1),
        "The last token is left out of the mean.": words[:, :-1].mean(dim=1),
        "The mean is taken of the ids; it is taken of their rows.": table[(ids.double().mean(dim=1)).long()],
        "The mean is scaled to length 1.": right / right.norm(dim=-1, keepdim=True),
        "The tokens' dimension stays, with size 1; it is gone.": right[:, None],
        SQUEEZED: right.squeeze(),
        **in_single_precision(right),
    }


def expect_bag(student, ids, table, what, tolerance=TOL_FP32):
    expect_close(
        student.mean_embedding(ids, table),
        bag(ids, table),
        what=what,
        mistakes=bag_mistakes(ids, table),
        advice="(B, T, D) becomes (B, D): the mean over T.",
        **tolerance,
    )


# --- neighbours -----------------------------------------------------------------------------------------------------


def cosines(table, token):
    """The cosine of each row with the token's, in Python floats; 0 with a row of zeros."""
    rows = table.double().tolist()
    lengths = [math.sqrt(sum(one * one for one in row)) for row in rows]
    products = [sum(a * b for a, b in zip(row, rows[token], strict=True)) for row in rows]
    return [
        product / (length * lengths[token]) if length and lengths[token] else 0.0
        for product, length in zip(products, lengths, strict=True)
    ]


def ranked(scores, token, k, keep=False):
    """The k ids of the largest scores, equal ones by id; without the token itself."""
    order = sorted(range(len(scores)), key=lambda other: -scores[other])
    return [other for other in order if keep or other != token][:k]


ADDED = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)


@when_wrong
def neighbour_mistakes(table, token, k):
    """Sentence → the ids that the mistake gives."""
    near, rows = cosines(table, token), table.double()
    right, own = ranked(near, token, k), rows[token]
    products, sums = (rows @ own).tolist(), (rows.abs().sum(1) * own.abs().sum()).tolist()
    norms = (rows.norm(dim=1) * own.norm()).tolist()
    zero = [not row.any() for row in rows]
    centred = rows - rows.mean(dim=0)
    backwards = sorted(range(len(near)), key=lambda other: (-near[other], -other))
    longest = [-float((row - own).norm()) for row in rows]
    found = {
        "The token itself is among its neighbours; only others are asked for.": ranked(near, token, k, keep=True),
        "The rows' lengths count: that is the dot product, not the cosine.": ranked(products, token, k),
        "Near is taken as a small distance; the cosine is asked for.": ranked(longest, token, k),
        "The farthest come first, or are the ones given.": AnyOf(
            ranked([-one for one in near], token, k), right[::-1], ranked(near, token, len(near))[-k:] if k else []
        ),
        "The opposite direction counts as near; the cosine has a sign.": ranked([abs(one) for one in near], token, k),
        "Of equal cosines the higher id comes first; the lower must.": [one for one in backwards if one != token][:k],
        "The neighbours are sorted by id; the nearest must come first.": sorted(right),
        "There is a neighbour too few.": ranked(near, token, k - 1) if k else [],
        "There is a neighbour too many.": ranked(near, token, k + 1),
        "The first of the list is left out in place of the token itself.": ranked(near, token, k + 1, keep=True)[1:],
        "Rows of zeros are left out; their cosine is 0, and 0 can be among the largest.": [
            one for one in ranked(near, token, len(near)) if not zero[one]
        ][:k],
        "A row of zeros counts as the nearest or the farthest; its cosine is 0.": AnyOf(
            *(ranked([worth if z else one for one, z in zip(near, zero, strict=True)], token, k) for worth in (9, -9))
        ),
        "Something is added to the lengths, which matters where rows are short.": AnyOf(
            *(
                ranked([p / (s + e) if s else 0.0 for p, s in zip(products, norms, strict=True)], token, k)
                for e in ADDED
            )
        ),
        "The token itself is left out by a cosine of -1, which an opposite row has too.": ranked(
            [-1.0 if other == token else one for other, one in enumerate(near)], token, k, keep=True
        ),
        "Neighbours with a cosine of 0 or less are left out.": [one for one in right if near[one] > 0],
        "Token 0 is taken for padding; it is a token like any other.": [
            one for one in ranked(near, token, len(near)) if one
        ][:k],
        "Lengths are sums of magnitudes; they are roots of sums of squares.": ranked(
            [p / s if s else 0.0 for p, s in zip(products, sums, strict=True)], token, k
        ),
        "The mean row is taken away first; the rows count as they stand.": ranked(cosines(centred, token), token, k),
        "Ids come with their cosines; only the ids are asked for.": [(one, near[one]) for one in right],
        "Ids are counted from 1.": [one + 1 for one in right],
    }
    return found


def expect_neighbours(student, table, token, k, what):
    with expect_accepted("An error is raised although there are that token and k others.", "IndexError", "ValueError"):
        got = student.nearest_tokens(table, token, k)
    expect_equal(
        got,
        ranked(cosines(table, token), token, k),
        what=what,
        mistakes=neighbour_mistakes(table, token, k),
        advice="The cosine is a · b / (‖a‖ ‖b‖), and 0 where a row is all zeros.",
    )


def directions(rng, vocab, width):
    """A table whose rows have lengths from 0.1 to 10, drawn again until no two cosines lie within 1e-4."""
    while True:
        table = rng.randn(vocab, width)
        table = table / table.norm(dim=1, keepdim=True) * 10 ** (2 * rng.rand(vocab, 1) - 1)
        unit = (table / table.norm(dim=1, keepdim=True)).double()
        near = (unit @ unit.T).sort(dim=1).values
        if (near.diff(dim=1) > 1e-4).all():
            return table


# --- scores ---------------------------------------------------------------------------------------------------------


def scored(hidden, table):
    """(..., D), (V, D) → (..., V): each product of a vector and a row by itself, in fp64."""
    return (hidden.double()[..., None, :] * table.double()).sum(dim=-1).to(hidden.dtype)


@when_wrong
def score_mistakes(hidden, table):
    """Sentence → what the mistake gives in place of the scores."""
    right, width = scored(hidden, table), table.shape[1]
    rows = table / table.norm(dim=1, keepdim=True)
    vectors = hidden / hidden.norm(dim=-1, keepdim=True)
    found = {
        "They are probabilities; scores are asked for, before any softmax.": right.softmax(dim=-1),
        "They are log-probabilities; scores are asked for, before any softmax.": right.log_softmax(dim=-1),
        "The rows' lengths are divided out; the dot product is asked for.": AnyOf(
            scored(hidden, rows), scored(vectors, rows)
        ),
        "The vectors' lengths are divided out; the dot product is asked for.": scored(vectors, table),
        "The scores are divided by D or its root; the dot product is asked for.": AnyOf(
            right / width**0.5, right / width
        ),
        "Something is added to the scores; there is no bias.": AnyOf(
            *(right + more for more in (1.0, 0.1, 0.01, -0.1, -1.0))
        ),
        "The mean of the rows is taken off the table; the scores are those of its rows.": AnyOf(
            scored(hidden, table - table.mean(dim=0)), right - right.mean(dim=-1, keepdim=True)
        ),
        "The table's inverse is taken; its transpose is asked for.": lambda: (
            hidden.double() @ torch.linalg.pinv(table.double())
        ).to(hidden.dtype),
        "The scores are capped; they may be of any size.": AnyOf(
            *(most * torch.tanh(right / most) for most in (1.0, 10.0, 15.0, 30.0, 50.0)),
            *(right.clamp(-most, most) for most in (1.0, 10.0, 30.0)),
        ),
        "The largest score is taken away from the others.": right - right.amax(dim=-1, keepdim=True),
        "The scores are negative distances; the dot product is asked for.": AnyOf(
            -(distances := (hidden[..., None, :] - table).norm(dim=-1)), -(distances**2)
        ),
        "The magnitudes of the scores are given; scores have signs.": right.abs(),
        "The most probable ids are given; the scores of all are asked for.": right.argmax(dim=-1),
        "The scores lie on their side: (B, T, V) is asked for.": right.transpose(-1, -2) if right.ndim > 1 else -1,
        "The batch is flattened; the leading dimensions must stay.": right.flatten(0, -2) if right.ndim > 1 else -1,
        "Only the last place is scored; every place is asked for.": AnyOf(
            *((right[..., -1, :], right[..., -1:, :]) if right.ndim > 1 else (-1,))
        ),
        SQUEEZED: right.squeeze(),
    }
    if table.shape[0] == width:
        found["It multiplies by the table as it lies; it must be transposed."] = scored(hidden, table.T)
    else:
        found["The table is reshaped to (D, V), which mixes its rows up; transpose it."] = scored(
            hidden, table.reshape(width, -1).T
        )
    return found


def expect_scores(student, hidden, table, what, tolerance=TOL_FP32):
    got, right = student.unembed(hidden, table), scored(hidden, table)
    expect_own_dtype(got, right)
    expect_close(
        got,
        right,
        what=what,
        mistakes=score_mistakes(hidden, table),
        advice="The score of token v is the sum over d of hidden[..., d] times table[v, d].",
        **tolerance,
    )


# --- numbers --------------------------------------------------------------------------------------------------------


def expect_counts(student, vocab, positions, width, tied, what):
    """Compare `input_parameters`; tied is left out of the call where it is True, the default."""
    arguments = (vocab, positions, width) if tied else (vocab, positions, width, False)
    tokens, places = vocab * width, positions * width
    output = 0 if tied else tokens

    def counts(tokens, positions, output, total=None):
        parts = {"tokens": tokens, "positions": positions, "output": output}
        return {**parts, "total": sum(parts.values()) if total is None else total}

    wrong = {
        "The output is 0 although it isn't tied.": counts(tokens, places, 0),
        "The total leaves the output out.": counts(tokens, places, output, tokens + places),
        "The output has a bias; it has none here.": counts(tokens, places, output + vocab),
        "The output is counted for the positions too.": counts(tokens, places, tokens + places),
    }
    if tied:
        wrong = {
            "A tied output is counted once more; it is the token table itself.": AnyOf(
                counts(tokens, places, tokens), counts(tokens, places, 0, 2 * tokens + places)
            ),
            "A tied output has no numbers of its own, also where the total leaves it out.": counts(
                tokens, places, tokens, tokens + places
            ),
            "The output has a bias; it has none here.": counts(tokens, places, vocab),
        }
    expect_equal(
        student.input_parameters(*arguments),
        counts(tokens, places, output),
        what=what,
        mistakes={
            "The total leaves the positions out.": counts(tokens, places, output, tokens + output),
            "The total leaves the tokens out.": counts(tokens, places, output, places + output),
            "A position's row is counted for each token.": counts(tokens, tokens, output),
            "The token table is taken for square.": AnyOf(
                counts(vocab * vocab, places, output), counts(vocab * vocab, places, 0 if tied else vocab * vocab)
            ),
            "Rows are counted; each holds width numbers.": counts(vocab, positions, 0 if tied else vocab),
            "There is no total.": {
                key: count for key, count in counts(tokens, places, output).items() if key != "total"
            },
            "There are no keys but those four.": {**counts(tokens, places, output), "tied": tied},
            **wrong,
        },
        advice="Each table has its rows times width numbers.",
    )


# --- rotations ------------------------------------------------------------------------------------------------------


def turned(x, positions, base, angle=lambda t, i, width, base: t / base ** (2 * i / width), sign=1):
    """x (..., T, D) with the numbers 2i and 2i + 1 turned, number by number."""
    width, found = x.shape[-1], x.double().clone()
    for at, t in enumerate(positions.tolist()):
        for i in range(width // 2):
            a = sign * angle(t, i, width, base)
            one, two = x[..., at, 2 * i].double(), x[..., at, 2 * i + 1].double()
            found[..., at, 2 * i] = one * math.cos(a) - two * math.sin(a)
            found[..., at, 2 * i + 1] = one * math.sin(a) + two * math.cos(a)
    return found.to(x.dtype)


def halves_turned(x, positions, base):
    """As Llama's files have it: i and i + D / 2 are a pair."""
    apart = x.unflatten(-1, (2, -1)).transpose(-1, -2).flatten(-2)
    return turned(apart, positions, base).unflatten(-1, (-1, 2)).transpose(-1, -2).flatten(-2)
