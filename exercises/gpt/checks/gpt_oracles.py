"""What several checks of the lesson on GPT share: reading a module whose attributes are unknown, and plain formulas.

A module is filled with numbers that a check drew, in the order of its parameters, and the check knows what stands where
from their shapes. Where shapes leave it open (which of three maps makes the keys), there are several readings, of which
one must give what the module gives. Widths, vocabularies and positions are drawn so that no two sizes are equal.

Formulas are in float64, with a matrix for each head and a softmax over what is allowed.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import (
    AnyOf,
    CheckFailure,
    Mistakes,
    StudentError,
    expect_accepted,
    expect_close,
    expect_equal,
    expect_error,
    fail,
    in_drawn_order,
    probe,
)

# Sums of some 50 products of size 1 to 5 in fp32, a few of them in a row, round by less than 2e-5; mistakes move 1e-3.
TOL_FP32 = {"rtol": 5e-5, "atol": 5e-5}
TOL_FP64 = {"rtol": 1e-9, "atol": 1e-9}
# Six standard deviations are passed by chance twice in 10**9 times.
DEVIATIONS = 6.0


# --- errors ---------------------------------------------------------------------------------------------------------


# --- sizes and numbers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sizes:
    """What GPTConfig holds."""

    vocab: int
    positions: int
    width: int
    layers: int
    heads: int
    dropout: float = 0.0

    @property
    def given(self) -> list:
        return [self.vocab, self.positions, self.width, self.layers, self.heads, self.dropout]


def draw_sizes(rng, *, layers=2, dropout=0.0):
    """Sizes of which none equals another, nor 3 or 4 times the width; a head's share is not the number of heads."""
    heads, share = rng.choice([(2, 5), (3, 4), (2, 3), (3, 2)])
    width = heads * share
    vocab = rng.choice([one for one in range(19, 30) if one not in (3 * width, 4 * width)])
    positions = rng.choice([one for one in range(13, 19) if one not in (3 * width, 4 * width)])
    return Sizes(vocab, positions, width, layers, heads, dropout)


def draw_numbers(rng, sizes):
    """As many numbers as any module of these sizes has."""
    per_block = 12 * sizes.width**2 + 13 * sizes.width
    return rng.randn(sizes.layers * per_block + (sizes.vocab + sizes.positions + 2) * sizes.width)


SPREAD = 0.5  # of the numbers in matrices; those in vectors are drawn with a spread of 1


@probe
def run_part(student, part, sizes, steps):
    """Make a module of these sizes, do the steps, and give what each of them gave, with the layout of its parameters.

    Unless a step says otherwise it is in eval mode. A step is a list: its name, and what it needs.
    """
    import copy

    def make():
        return getattr(student, part)(student.GPTConfig(*sizes))

    def fill(module, numbers, matrices):
        parameters = list(module.parameters())
        total = sum(parameter.numel() for parameter in parameters)
        # from the beginning again where a module has more than it should: that is looked at afterwards
        row, start = numbers.repeat(math.ceil(total / len(numbers))), 0
        with torch.no_grad():
            for parameter in parameters:
                values = row[start : start + parameter.numel()].view(parameter.shape)
                parameter.copy_(values * matrices if parameter.ndim > 1 else values)
                start += parameter.numel()

    module = make()
    layout = [[name.rpartition(".")[0], list(one.shape)] for name, one in module.named_parameters()]
    trained = [bool(one.requires_grad) for one in module.parameters()]
    module.eval()
    found = []
    for name, *given in steps:
        if name == "fill":
            fill(module, *given)
        elif name == "identity":  # every matrix, however it is stored, and biases 0
            with torch.no_grad():
                for parameter in module.parameters():
                    parameter.zero_()
                    if parameter.ndim == 2:
                        rows, columns = (torch.arange(size) for size in parameter.shape)
                        parameter.copy_((rows[:, None] - columns) % min(parameter.shape) == 0)
        elif name == "train":
            module.train(*given)
        elif name == "call":
            found.append(module(*given))
        elif name == "without graph":
            with torch.no_grad():
                found.append(module(*given))
        elif name == "grad":
            x, upstream = given
            leaf = x.clone().requires_grad_() if x.is_floating_point() else x
            wanted = list(module.parameters()) + ([leaf] if leaf is not x else [])
            output, open_ones = module(leaf), [one for one in wanted if one.requires_grad]
            grads = {}
            if output.requires_grad:
                some = torch.autograd.grad(output, open_ones, upstream, allow_unused=True)
                grads = {id(one): grad for one, grad in zip(open_ones, some, strict=True)}
            found.append([grads.get(id(one)) for one in wanted])
        elif name == "to":
            module.to(getattr(torch, given[0]))
        elif name == "meta":  # shapes without memory; every machine has it
            twin = copy.deepcopy(module).to("meta")
            output = twin(given[0].to("meta"))
            found.append([output.device.type, list(output.shape)])
        elif name == "deepcopy":  # go on with the copy; the original is emptied
            original, module = module, copy.deepcopy(module)
            fill(original, 0 * given[0], 0.0)
        elif name == "reload":  # go on with another one that was given the state of this
            state = {key: value.clone() for key, value in module.state_dict().items()}
            module = make().eval()
            fill(module, 0 * given[0], 0.0)
            module.load_state_dict(state)
        elif name == "step":  # of plain gradient descent
            x, upstream, rate = given
            optimizer = torch.optim.SGD(module.parameters(), lr=rate)
            (module(x) * upstream).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
    return {"layout": layout, "trained": trained, "found": found}


# --- reading --------------------------------------------------------------------------------------------------------


def dealt(layout, numbers, matrices=SPREAD):
    """[(owner, tensor), ...]: the numbers as `run_part` fills them in, in float64."""
    found, start = [], 0
    for owner, shape in layout:
        count = math.prod(shape)
        values = numbers[start : start + count].double().view(shape)
        found.append((owner, values * matrices if len(shape) > 1 else values))
        start += count
    return found


PARAMETERS = "The parameters are not those of the linear maps, norms and tables that the docstring names."
MASK = "The mask is one of the parameters, so it would be trained; keep it as a buffer, or make it when called."
NO_BIAS = "A linear map has no bias; each has one here."


@dataclass
class Parts:
    """The parameters by kind, in their order: linear maps (weight, bias), norms (gain, bias), tables."""

    maps: list
    norms: list
    tables: list


def parts_of(entries):
    """Sort parameters by what stands beside them in their module."""
    maps, norms, tables = [], [], []
    for owner in dict.fromkeys(owner for owner, _ in entries):
        own = [tensor for name, tensor in entries if name == owner]
        matrices, vectors = [one for one in own if one.ndim == 2], [one for one in own if one.ndim == 1]
        if not matrices:
            norms += zip(vectors[::2], vectors[1::2], strict=False)
        elif not vectors:
            tables += matrices
        else:
            maps += zip(matrices, vectors, strict=False)
    return Parts(maps, norms, tables)


def expect_parameters(layout, sizes, part):
    """Fail unless these are the parameters that the docstring allows, whatever they are called."""
    width, layers = sizes.width, sizes.layers if part == "GPT" else 1
    shapes = [shape for _, shape in layout]
    attention = [3 * width * width, 3 * width, width * width, width]
    apart = [width * width, width] * 4
    network = [4 * width * width, 4 * width, 4 * width * width, width]
    norms = [width] * 4
    tables = [sizes.vocab * width, sizes.positions * width, width, width]
    allowed = {
        "CausalSelfAttention": lambda attention: attention,
        "FeedForward": lambda attention: network,
        "Block": lambda attention: attention + network + norms,
        "GPT": lambda attention: layers * (attention + network + norms) + tables,
    }[part]
    counts = sorted(math.prod(shape) for shape in shapes)
    if any(len(shape) >= 2 and shape[-2:] == [sizes.positions] * 2 for shape in shapes):
        fail(MASK, got=shapes)
    if counts in (sorted(allowed(attention)), sorted(allowed(apart))) and {len(shape) for shape in shapes} == {1, 2}:
        return
    if part == "GPT":
        small = sorted(tables)
        if counts == small:
            fail("The blocks' parameters are not the model's: a plain list hides them; use nn.ModuleList.", got=shapes)
        if counts.count(sizes.vocab * width) > 1:
            fail(
                "The output has a matrix of its own; it is the table of tokens, the same parameter.",
                advice="F.linear(x, tokens.weight), or output.weight = tokens.weight.",
                got=shapes,
            )
        if sizes.vocab in counts:
            fail("The output has a bias; it has none.", got=shapes)
        if layers > 1 and counts in (
            sorted(attention + network + norms + tables),
            sorted(apart + network + norms + tables),
        ):
            fail("All layers are one block with one set of parameters; each needs its own.", got=shapes)
        if sizes.positions * width not in counts and len(shapes) + 1 in (
            len(allowed(attention)),
            len(allowed(apart)),
        ):
            fail("There is no table of positions among the parameters.", got=shapes)
    matrices, vectors = (sum(len(shape) == ndim for shape in shapes) for ndim in (2, 1))
    if part in ("CausalSelfAttention", "FeedForward") and matrices in (2, 4) and vectors < matrices:
        fail(NO_BIAS, got=shapes)
    fail(PARAMETERS, expected=sorted(allowed(attention)), got=counts)


def upright(matrix, out_features, in_features=None):
    """(out, in), if it is stored so or the other way round."""
    return matrix if matrix.shape[0] == out_features and in_features in (None, matrix.shape[1]) else matrix.T


def attention_readings(maps, width):
    """Every way to read these as queries, keys, values and output, the usual one first; weights (out, in)."""
    if len(maps) == 2:
        (fused,) = [one for one in maps if one[1].numel() == 3 * width]
        (output,) = [one for one in maps if one[1].numel() == width]
        transposed = fused[0].shape[0] == width
        weight = upright(fused[0], 3 * width)
        three = list(zip(weight.split(width), fused[1].split(width), strict=True))
        for turned in (transposed, not transposed):
            for order in itertools.permutations(three):
                yield [*order, (output[0].T if turned else output[0], output[1])]
    else:
        for turned in (False, True):
            for order in itertools.permutations(maps):
                yield [(weight.T if turned else weight, bias) for weight, bias in order]


def feed_forward_of(maps, width):
    """The two maps of the network, D to 4D and back, weights (out, in)."""
    (wide,) = [one for one in maps if one[1].numel() == 4 * width]
    (narrow,) = [one for one in maps if one[1].numel() == width]
    return [(upright(wide[0], 4 * width), wide[1]), (upright(narrow[0], width), narrow[1])]


def is_of_network(one, width):
    return 4 * width in (*one[0].shape, one[1].numel())


def readings(entries, sizes, part):
    """Every way to read a module's parameters, the usual one first: what the formulas below take."""
    width, kinds = sizes.width, parts_of(entries)
    if part == "CausalSelfAttention":
        yield from attention_readings(kinds.maps, width)
        return
    if part == "FeedForward":
        yield feed_forward_of(kinds.maps, width)
        return
    layers = sizes.layers if part == "GPT" else 1
    attention = [one for one in kinds.maps if not is_of_network(one, width)]
    network = [one for one in kinds.maps if is_of_network(one, width)]
    each = len(attention) // layers
    per_layer = [attention_readings(attention[n * each : (n + 1) * each], width) for n in range(layers)]
    networks = [feed_forward_of(network[2 * n : 2 * n + 2], width) for n in range(layers)]
    for way in zip(*per_layer, strict=True):  # the same one in every layer
        for last in (True, False) if part == "GPT" else (True,):
            norms = kinds.norms if last else [*kinds.norms[1:], kinds.norms[0]]
            blocks = [
                {"norm_1": norms[2 * n], "attention": way[n], "norm_2": norms[2 * n + 1], "network": networks[n]}
                for n in range(layers)
            ]
            if part == "Block":
                yield blocks[0]
                continue
            tables = {one.numel() // width: one for one in kinds.tables}
            yield {
                "tokens": upright(tables[sizes.vocab], sizes.vocab),
                "positions": upright(tables[sizes.positions], sizes.positions),
                "blocks": blocks,
                "norm": norms[2 * layers],
            }


def readable(found):
    """The readings; a layout that has none, for instance with biases apart from their weights, is the mistake."""
    try:
        yield from found
    except (IndexError, KeyError, ValueError):
        fail(PARAMETERS, advice="A weight and its bias, or a gain and its bias, belong to one module.")


# --- formulas -------------------------------------------------------------------------------------------------------


def linear(x, weight_and_bias):
    weight, bias = weight_and_bias
    return x @ weight.T + bias


def by_heads(x, heads):
    """(B, T, D) → (B, H, T, D / H)"""
    return torch.stack(x.split(x.shape[-1] // heads, dim=-1), dim=1)


def side_by_side(x):
    """(B, H, T, D / H) → (B, T, D)"""
    return torch.cat(list(x.unbind(dim=1)), dim=-1)


def up_to_itself(length):
    """(T, T): which of the columns a row may look at."""
    return torch.arange(length)[:, None] >= torch.arange(length)


def attended(
    x,
    p,
    heads,
    *,
    scale=lambda share, width: share**-0.5,
    allowed=up_to_itself,
    hidden=-math.inf,
    weights=lambda scores: scores.softmax(dim=-1),
    after=lambda weights, allowed: weights,
    split=by_heads,
    merge=side_by_side,
    project=linear,
    lanes=lambda queries, keys, values: (queries, keys, values),
    output=True,
):
    """y of the docstring, or what comes of one other step."""
    queries, keys, values = lanes(*(split(project(x, one), heads) for one in p[:3]))
    scores = queries @ keys.transpose(-1, -2) * scale(x.shape[-1] // heads, x.shape[-1])
    may = allowed(x.shape[1])
    found = after(weights(scores.masked_fill(~may, hidden)), may) @ values
    return project(merge(found), p[3]) if output else merge(found)


def tanh_gelu(a, constant=0.044715):
    return a / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (a + constant * a**3)))


def fed_forward(x, p, activation=tanh_gelu):
    return linear(activation(linear(x, p[0])), p[1])


def deviation(variance, eps):
    return (variance + eps).sqrt()


def normalized(x, norm, eps=1e-5, unbiased=False, centred=True, dim=-1, deviation=deviation):
    middle = x.mean(dim=dim, keepdim=True) if centred else 0.0
    variance = ((x - middle) ** 2).mean(dim=dim, keepdim=True)
    if unbiased:
        variance = variance * x.shape[-1] / (x.shape[-1] - 1)
    return (x - middle) / deviation(variance, eps) * norm[0] + norm[1]


def plainly_normalized(x):
    return normalized(x, (1.0, 0.0))


def through_block(x, p, heads, attention=attended, network=fed_forward, norm=normalized):
    x = x + attention(norm(x, p["norm_1"]), p["attention"], heads)
    return x + network(norm(x, p["norm_2"]), p["network"])


def stream_of(ids, p):
    return p["tokens"][ids] + p["positions"][: ids.shape[1]]


def scored(ids, p, heads, block=through_block, stream=stream_of, norm=normalized):
    x = stream(ids, p)
    for one in p["blocks"]:
        x = block(x, one, heads)
    return norm(x, p["norm"]) @ p["tokens"].T


FORMULAS = {
    "CausalSelfAttention": lambda x, p, sizes: attended(x, p, sizes.heads),
    "FeedForward": lambda x, p, sizes: fed_forward(x, p),
    "Block": lambda x, p, sizes: through_block(x, p, sizes.heads),
    "GPT": lambda x, p, sizes: scored(x, p, sizes.heads),
}


# --- mistakes -------------------------------------------------------------------------------------------------------


def _view_heads(x, heads):
    return x.reshape(x.shape[0], heads, x.shape[1], -1)


def _view_merge(x):
    return x.reshape(x.shape[0], x.shape[2], -1)


def _without_bias(x, weight_and_bias):
    return x @ weight_and_bias[0].T


def _masked_after(weights, allowed):
    return weights * allowed


def _uniform_where_nothing(scores):
    weights = scores.softmax(dim=-1)
    return torch.where(weights.isnan(), torch.tensor(0.0, dtype=weights.dtype), weights)


def _even_where_nothing(scores):
    return scores.masked_fill(scores == -math.inf, -1e9).softmax(dim=-1)


def _strict(length):
    return torch.arange(length)[:, None] > torch.arange(length)


def _sunk(scores, more):
    weights = scores.softmax(dim=-1)
    return weights / (weights.sum(dim=-1, keepdim=True) + more)


def _by_distance(scores, slope):
    """Softmax of scores (..., H, T, T) less the distance times a slope; None for those of ALiBi, one for each head."""
    heads, length = scores.shape[-3:-1]
    far = torch.arange(length)[:, None] - torch.arange(length)
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1) / heads) if slope is None else torch.full((heads,), slope)
    return (scores - slopes.double()[:, None, None] * far).softmax(dim=-1)


def _angles(rows):
    """(T, d // 2): position times frequency, as RoPE has them."""
    pairs = rows.shape[-1] // 2
    return torch.arange(rows.shape[-2])[:, None] * 10000.0 ** (-torch.arange(pairs).double() / max(pairs, 1))


def _turned_pairs(rows):
    even, angles = rows.shape[-1] // 2 * 2, _angles(rows)
    a, b = rows[..., 0:even:2], rows[..., 1:even:2]
    turned = torch.stack([a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()], dim=-1)
    return torch.cat([turned.flatten(-2), rows[..., even:]], dim=-1)


def _turned_halves(rows):
    half, angles = rows.shape[-1] // 2, _angles(rows)
    a, b = rows[..., :half], rows[..., half : 2 * half]
    turned = (a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos())
    return torch.cat([*turned, rows[..., 2 * half :]], dim=-1)


def _window(length, size):
    return up_to_itself(length).triu(1 - size)


ATTENTION_MISTAKES: dict[str, list[dict[str, Any]]] = {
    "Nothing is hidden: a position also looks at what lies ahead of it.": [
        {"allowed": lambda length: torch.ones(length, length, dtype=torch.bool)}
    ],
    "The mask is one too strict: a position looks at itself too, not only at what stands before it.": [
        {"allowed": _strict},
        {"allowed": _strict, "weights": _uniform_where_nothing},
        {"allowed": _strict, "weights": _even_where_nothing},
    ],
    "The mask is one too wide: a position looks at the one ahead of it.": [
        {"allowed": lambda length: torch.arange(length)[:, None] + 1 >= torch.arange(length)}
    ],
    "The mask is upside down: a position looks at what lies ahead, not at what stands before it.": [
        {"allowed": lambda length: up_to_itself(length).T},
        *(
            {"allowed": lambda length: _strict(length).T, "weights": weights}
            for weights in (lambda scores: scores.softmax(dim=-1), _uniform_where_nothing, _even_where_nothing)
        ),
    ],
    "Scores are not scaled; they are divided by the root of D / H.": [{"scale": lambda share, width: 1.0}],
    "Scores are divided by the root of D; a head is only D / H wide.": [{"scale": lambda share, width: width**-0.5}],
    "Scores are divided by D / H, not by its root.": [{"scale": lambda share, width: 1 / share}],
    "Scores are multiplied by the root of D / H; they are divided by it.": [{"scale": lambda share, width: share**0.5}],
    "Heads are cut by a view without a transpose, so a head mixes positions.": [
        {"split": _view_heads},
        {"split": _view_heads, "merge": _view_merge},
    ],
    "Heads are put together without a transpose, so a row holds numbers of other positions.": [{"merge": _view_merge}],
    "The softmax runs along the queries; each row of weights must sum to 1.": [
        {"weights": lambda scores: scores.softmax(dim=-2)}
    ],
    "Hidden scores are set to 0, which still has weight after the softmax; set them to -inf.": [{"hidden": 0.0}],
    "Weights are hidden after the softmax and not divided anew, so a row doesn't sum to 1.": [
        {"hidden": 0.0, "after": _masked_after},
        {"allowed": up_to_itself, "hidden": 0.0, "after": _masked_after},
    ],
    "The output map W_o is missing.": [{"output": False}],
    "There is no softmax: scores are used as weights.": [
        {"hidden": 0.0, "weights": lambda scores: scores},
    ],
    "Scores go through a sigmoid, each by itself; a softmax makes each row of weights sum to 1.": [
        {"weights": torch.sigmoid}
    ],
    "Something is added to the sum of a row's powers, so its weights sum to less than 1.": [
        *({"weights": partial(_sunk, more=more)} for more in (1.0, 0.1, 0.01, 1e-3)),
        {"weights": lambda scores: F.pad(scores, (1, 0)).softmax(dim=-1)[..., 1:]},
    ],
    "Something that grows with the distance is taken off the scores; content alone decides here.": [
        {"weights": partial(_by_distance, slope=slope)} for slope in (1.0, 0.5, 0.1, 0.01, None)
    ],
    "Queries and keys are brought to length 1; their product is asked for.": [
        {"lanes": lambda queries, keys, values: (F.normalize(queries, dim=-1), F.normalize(keys, dim=-1), values)},
        {
            "lanes": lambda queries, keys, values: (F.normalize(queries, dim=-1), F.normalize(keys, dim=-1), values),
            "scale": lambda share, width: 1.0,
        },
    ],
    "Queries and keys are turned by their positions (RoPE); the tables of the model say where a token stands.": [
        {"lanes": lambda queries, keys, values, turn=turn: (turn(queries), turn(keys), values)}
        for turn in (_turned_pairs, _turned_halves)
    ],
    "The softmax runs over the heads; each row of weights must sum to 1.": [
        {"weights": lambda scores: scores.softmax(dim=1)},
        {"hidden": -1e30, "weights": lambda scores: scores.softmax(dim=1)},
        {"hidden": -1e9, "weights": lambda scores: scores.softmax(dim=1)},
    ],
    "Only the last few positions are seen; a position looks at all that stand before it.": [
        {"allowed": partial(_window, size=size)} for size in range(2, 13)
    ],
    "All heads have the weights of one head; each head has its own.": [
        {"after": lambda weights, allowed: weights[:, :1].expand_as(weights)},
        {"after": lambda weights, allowed: weights[:, -1:].expand_as(weights)},
    ],
    "A head is left out of what is put side by side.": [
        {"lanes": lambda queries, keys, values: (queries, keys, torch.cat([values[:, :-1], 0 * values[:, -1:]], 1))},
        {"lanes": lambda queries, keys, values: (queries, keys, torch.cat([0 * values[:, :1], values[:, 1:]], 1))},
    ],
    "The queries of the first text are used for all.": [
        {"lanes": lambda queries, keys, values: (queries[:1].expand_as(queries), keys, values)}
    ],
    "Scores are divided by another number than the root of D / H.": [
        {"scale": lambda share, width, factor=factor: factor * share**-0.5} for factor in (1 / 1.1, 1.1, 0.5, 2.0)
    ],
}


FIRST_FOR_ALL = "Every text is given what the first one gives; each stands by itself."


def scaled(right):
    """The right values, times what someone may have scaled them with."""
    return AnyOf(*(right * factor for factor in (0.1, 0.5, 0.9, 1.1, 2.0, 0.5**0.5, 2**0.5)))


def attention_mistakes(x, p, sizes):
    """Sentence → what the mistake gives in place of y."""
    right = attended(x, p, sizes.heads)
    found = {
        sentence: AnyOf(*(partial(attended, x, p, sizes.heads, **options) for options in ways))
        for sentence, ways in ATTENTION_MISTAKES.items()
    }

    def hidden_after():
        """Hidden after a softmax over all positions."""
        return attended(
            x,
            p,
            sizes.heads,
            allowed=lambda length: torch.ones(length, length, dtype=torch.bool),
            after=lambda weights, _: weights * up_to_itself(x.shape[1]),
        )

    found["Weights are hidden after the softmax and not divided anew, so a row doesn't sum to 1."] = hidden_after
    if sizes.heads > 1:
        found["Scores are divided by the root of the number of heads; it is that of D / H."] = partial(
            attended, x, p, sizes.heads, scale=lambda share, width: sizes.heads**-0.5
        )
        found["Scores are divided by the root of the number of positions; it is that of D / H."] = partial(
            attended, x, p, sizes.heads, scale=lambda share, width: x.shape[1] ** -0.5
        )
        found["All heads compare as one; each head has weights of its own."] = AnyOf(
            partial(attended, x, p, 1),
            partial(attended, x, p, 1, scale=lambda share, width: (width // sizes.heads) ** -0.5),
        )
    if x.shape[0] > 1:
        found["Attention runs along the batch: one text looks at the others."] = partial(
            lambda: attended(x.transpose(0, 1), p, sizes.heads).transpose(0, 1)
        )
        found[FIRST_FOR_ALL] = right[:1].expand_as(right)
    found |= {
        "Queries, keys and values alternate in the columns of one map; each has D of them side by side.": AnyOf(
            *(partial(attended, x, one, sizes.heads) for one in _alternating(p, sizes.heads))
        ),
        "x is added; that is the block's part.": x + right,
        "x is normalized first; that is the block's part.": partial(attended, plainly_normalized(x), p, sizes.heads),
        "The bias of the output map is missing.": right - p[3][1],
        "The biases of queries, keys and values are missing.": partial(
            attended, x, [(weight, 0 * bias) for weight, bias in p[:3]] + [p[3]], sizes.heads
        ),
        "The biases are missing.": partial(attended, x, p, sizes.heads, project=_without_bias),
        "Values are x itself; they are a linear map of it.": AnyOf(
            partial(_values_are_x, x, p, sizes.heads), partial(_values_are_x, x, p, sizes.heads, False)
        ),
        "Only the last position is given; every position is asked for.": AnyOf(right[:, -1], right[:, -1:]),
    }
    return found


def _alternating(p, heads):
    """The three maps read head by head, or number by number, out of one with D to 3D."""
    weight, bias = (torch.cat([one[part] for one in p[:3]]) for part in (0, 1))
    rows = torch.arange(len(bias))
    for order in (rows.view(heads, 3, -1).transpose(0, 1), rows.view(-1, 3).T):
        yield [*((weight[one], bias[one]) for one in order.reshape(3, -1)), p[3]]


def _values_are_x(x, p, heads, output=True):
    same = (torch.eye(x.shape[-1], dtype=x.dtype), torch.zeros(x.shape[-1], dtype=x.dtype))
    return attended(x, [p[0], p[1], same, p[3]], heads, output=output)


def erf_gelu(a):
    return a / 2 * (1 + torch.erf(a / math.sqrt(2)))


def feed_forward_mistakes(x, p, sizes):
    """Sentence → what the mistake gives in place of y."""
    right, inner = fed_forward(x, p), linear(x, p[0])

    def other(activation):
        return fed_forward(x, p, activation)

    found = {
        "GELU has the erf form, PyTorch's default; GPT-2's is the tanh form.": other(erf_gelu),
        "The activation is ReLU; it is GELU in the tanh form.": other(torch.relu),
        "The activation is SiLU; it is GELU in the tanh form.": other(lambda a: a * torch.sigmoid(a)),
        "The activation is the sigmoid approximation of GELU; it is the tanh form.": other(
            lambda a: a * torch.sigmoid(1.702 * a)
        ),
        "The activation is tanh; it is GELU in the tanh form.": other(torch.tanh),
        "The activation is another one; it is GELU in the tanh form.": AnyOf(
            *(
                other(one)
                for one in (F.mish, F.leaky_relu, F.elu, F.selu, F.softplus, torch.sigmoid, F.hardswish, F.relu6)
            ),
            other(lambda a: F.relu(a) ** 2),
        ),
        "There is no activation between the two maps.": other(lambda a: a),
        "The activation comes after the second map; it belongs between the two.": AnyOf(
            tanh_gelu(linear(inner, p[1])), erf_gelu(linear(inner, p[1]))
        ),
        "There is an activation after the second map too.": AnyOf(tanh_gelu(right), erf_gelu(right), torch.relu(right)),
        "GELU is applied twice.": other(lambda a: tanh_gelu(tanh_gelu(a))),
        "x is added; that is the block's part.": x + right,
        "x is normalized first; that is the block's part.": fed_forward(plainly_normalized(x), p),
        "The bias of the second map is missing.": right - p[1][1],
        "The bias of the first map is missing.": linear(tanh_gelu(inner - p[0][1]), p[1]),
        "Numbers of GELU's tanh form are mistyped: sqrt(2 / π) and 0.044715 belong there.": AnyOf(
            *(other(partial(tanh_gelu, constant=constant)) for constant in (0.44715, 0.04715, 0.0044715, 0.045, 0.0)),
            other(lambda a: a / 2 * (1 + torch.tanh(2 / math.pi * (a + 0.044715 * a**3)))),
            other(lambda a: a / 2 * (1 + torch.tanh(math.sqrt(2 * math.pi) * (a + 0.044715 * a**3)))),
            other(lambda a: a / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**2)))),
            other(lambda a: a * (1 + torch.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3)))),
        ),
        "What comes out is scaled; it is given as the second map makes it.": scaled(right),
        "Numbers are cut off on the way; they may be of any size.": AnyOf(
            *(fed_forward(x.clamp(-limit, limit), p) for limit in (1, 2, 3, 5)),
            *(linear(tanh_gelu(inner.clamp(-limit, limit)), p[1]) for limit in (1, 2, 3, 5)),
            *(right.clamp(-limit, limit) for limit in (1, 2, 3, 5)),
        ),
        "The leading dimensions are flattened; they must stay.": AnyOf(
            right.flatten(0, -2), right.flatten(), right.flatten(-2)
        )
        if right.ndim > 1
        else AnyOf(),
    }
    if x.ndim > 1:
        found["Every row is given what the first one gives; each stands by itself."] = AnyOf(
            right[:1].expand_as(right), right[..., :1, :].expand_as(right)
        )
        found["The mean over the positions is taken away first; each position stands by itself."] = fed_forward(
            x - x.mean(dim=-2, keepdim=True), p
        )
    return found


OTHER_EPS = (1e-6, 1e-12, 1e-8, 1e-3, 0.0)
FACTORS = (0.1, 0.5, 0.9, 1.1, 2.0, 0.5**0.5)


def _counted(x):
    """What a position's number may be added as."""
    length = x.shape[-2]
    places = torch.arange(length, dtype=x.dtype)[:, None]
    return (places, places / 10, places / 100, places / length)


def block_mistakes(x, p, sizes):
    """Sentence → what the mistake gives in place of the stream."""
    heads = sizes.heads

    def attention(one):
        return attended(one, p["attention"], heads)

    def network(one):
        return fed_forward(one, p["network"])

    def norm(which, one, **options):
        return normalized(one, p[which], **options)

    def rest(one, which="norm_2"):
        return one + network(norm(which, one))

    middle = x + attention(norm("norm_1", x))
    right = rest(middle)
    first, second = norm("norm_1", x), norm("norm_2", x)

    def with_norm(**options):
        one = x + attention(norm("norm_1", x, **options))
        return one + network(norm("norm_2", one, **options))

    normed_middle = first + attention(first)
    post = norm("norm_1", x + attention(x))
    swapped = x + attention(second)
    return {
        "The norms come after the sublayers; each sublayer reads a norm of the stream.": AnyOf(
            norm("norm_2", post + network(post)),
            (a := x + norm("norm_1", attention(x))) + norm("norm_2", network(a)),
        ),
        "Attention's result replaces the stream; it is added to it.": rest(attention(first)),
        "The network's result replaces the stream; it is added to it.": network(norm("norm_2", middle)),
        "Nothing is added to the stream: both sublayers replace it.": network(norm("norm_2", attention(first))),
        "The network reads the stream as it was before attention.": AnyOf(
            middle + network(second), middle + network(first), x + network(second)
        ),
        "norm_1 is used twice; the network has a norm of its own.": rest(middle, "norm_1"),
        "norm_2 is used twice; attention has a norm of its own.": rest(swapped),
        "The two norms have changed places.": rest(swapped, "norm_1"),
        "The stream itself is normalized: what is added to must stay as it is.": AnyOf(
            rest(normed_middle),
            (a := norm("norm_2", middle)) + network(a),
            (a := norm("norm_2", normed_middle)) + network(a),
            norm("norm_1", right),
            norm("norm_2", right),
        ),
        "Attention reads the stream without a norm.": rest(x + attention(x)),
        "The network reads the stream without a norm.": middle + network(middle),
        "Neither sublayer has a norm.": (a := x + attention(x)) + network(a),
        "The network comes before attention.": (a := x + network(norm("norm_2", x))) + attention(norm("norm_1", a)),
        "Attention is left out.": rest(x),
        "The network is left out.": middle,
        "Attention is added twice.": AnyOf(
            rest(middle + attention(first)),
            rest(middle + attention(norm("norm_1", middle))),
            right + attention(first),
        ),
        "What a sublayer gives is scaled; it is added as it is.": AnyOf(
            *(rest(x + factor * attention(first)) for factor in FACTORS),
            *(middle + factor * (right - middle) for factor in FACTORS),
            *((a := x + factor * attention(first)) + factor * network(norm("norm_2", a)) for factor in FACTORS),
        ),
        "Something that counts the positions is added; the model does that before the first block.": AnyOf(
            *(through_block(x + counted, p, heads) for counted in _counted(x)),
        ),
        "The norm runs over the texts; it runs over the numbers of each position.": with_norm(dim=0),
        "The norm runs over the positions too; it runs over the numbers of each by itself.": with_norm(dim=(-2, -1)),
        "The norm adds its eps outside the root; it belongs under it.": with_norm(
            deviation=lambda variance, eps: variance.sqrt() + eps
        ),
        **({FIRST_FOR_ALL: right[:1].expand_as(right)} if x.shape[0] > 1 else {}),
        "x is added once more at the end.": right + x,
        "The norm's eps is not 1e-5.": AnyOf(
            *(with_norm(eps=eps) for eps in OTHER_EPS),
            *(rest(x + attention(norm("norm_1", x, eps=eps))) for eps in OTHER_EPS),
            *(middle + network(norm("norm_2", middle, eps=eps)) for eps in OTHER_EPS),
        ),
        "The norm divides by the unbiased deviation (N - 1).": with_norm(unbiased=True),
        "The norm doesn't take the mean away: that is RMSNorm.": with_norm(centred=False),
        "The stream is halved after each sum; the two are only added.": AnyOf(
            rest(middle / 2), right / 2, (a := middle / 2 + network(norm("norm_2", middle / 2))) / 2, a / 2**0.5
        ),
    }


def gpt_mistakes(ids, p, sizes):
    """Sentence → what the mistake gives in place of the logits."""
    right, tokens, positions = scored(ids, p, sizes.heads), p["tokens"], p["positions"]
    rows, length = ids.shape

    def streamed(make):
        return scored(ids, p, sizes.heads, stream=lambda ids, p: make())

    def layered(blocks):
        return scored(ids, {**p, "blocks": blocks}, sizes.heads)

    embedded = tokens[ids]
    found = {
        "The final norm is missing.": partial(scored, ids, p, sizes.heads, norm=lambda x, norm: x),
        "Positions are not added.": lambda: streamed(lambda: embedded),
        "Tokens are not looked up: the stream begins with positions alone.": lambda: streamed(
            lambda: positions[:length].expand_as(embedded)
        ),
        "Positions are counted from 1.": lambda: streamed(lambda: embedded + positions.roll(-1, 0)[:length]),
        "A position is the number of the row in the batch; it is the place in the row.": lambda: streamed(
            lambda: embedded + positions[:rows, None]
        ),
        "Every token has the same position.": lambda: AnyOf(
            streamed(lambda: embedded + positions[0]), streamed(lambda: embedded + positions[length - 1])
        ),
        "Positions run backwards.": lambda: streamed(lambda: embedded + positions[:length].flip(0)),
        "The last rows of the table of positions are used; a text begins at position 0.": lambda: streamed(
            lambda: embedded + positions[-length:]
        ),
        "Ids are taken for positions too.": lambda: streamed(lambda: embedded + positions[ids % sizes.positions]),
        "The rows of tokens are multiplied by the root of D; they are added as they are.": lambda: streamed(
            lambda: embedded * sizes.width**0.5 + positions[:length]
        ),
        "The stream is normalized before the first block.": lambda: streamed(
            lambda: normalized(embedded + positions[:length], p["norm"])
        ),
        "The final norm's eps is not 1e-5.": lambda: AnyOf(
            *(scored(ids, p, sizes.heads, norm=partial(normalized, eps=eps)) for eps in (1e-6, 1e-12, 1e-8, 1e-3))
        ),
        "The blocks are left out.": lambda: layered([]),
        "All blocks run twice.": lambda: layered(p["blocks"] * 2),
        "Logits are cut off or capped; they may be of any size.": lambda: AnyOf(
            *(right.clamp(-limit, limit) for limit in (1, 3, 5, 10)),
            *(limit * torch.tanh(right / limit) for limit in (1, 3, 5, 10, 15, 30, 50)),
        ),
        "Token 0 is taken for padding and hidden; it is a token like any other.": lambda: AnyOf(
            streamed(lambda: (embedded + positions[:length]) * (ids != 0)[..., None]),
            streamed(lambda: embedded * (ids != 0)[..., None] + positions[:length]),
            right * (ids != 0)[..., None],
        ),
        "Rows of the table of tokens are cut to a length (max_norm); they are added as they are.": lambda: AnyOf(
            *(scored(ids, {**p, "tokens": _renormed(tokens, ids, limit)}, sizes.heads) for limit in (1.0, 2.0))
        ),
        "The mean over the positions is taken away; each position stands by itself.": lambda: scored(
            ids,
            p,
            sizes.heads,
            norm=lambda x, norm: normalized(x - x.mean(dim=1, keepdim=True), norm),
        ),
        "The text is read backwards: a position looks at what lies ahead of it.": lambda: scored(
            ids, p, sizes.heads, block=lambda x, one, heads: through_block(x.flip(1), one, heads).flip(1)
        ),
        "Logits are divided by a constant.": AnyOf(right / sizes.width**0.5, right / sizes.width, right / sizes.vocab),
        "They are probabilities; logits are asked for.": right.softmax(dim=-1),
        "They are log-probabilities; logits are asked for.": right.log_softmax(dim=-1),
        "Only the last position has logits; every position is asked for.": AnyOf(right[:, -1], right[:, -1:]),
        "Batch and positions are flattened; (B, T, V) is asked for.": AnyOf(right.flatten(0, 1), right.transpose(1, 2)),
        "The last position's logits are missing.": right[:, :-1],
        "The first position's logits are missing.": right[:, 1:],
        "The final hidden states are given; logits are asked for.": lambda: _hidden(ids, p, sizes.heads),
        "It gives more than the logits.": AnyOf((right, None), [right, None]),
        "Nothing is hidden: a position also looks at what lies ahead of it.": lambda: scored(
            ids,
            p,
            sizes.heads,
            block=partial(
                through_block,
                attention=partial(attended, allowed=lambda length: torch.ones(length, length, dtype=torch.bool)),
            ),
        ),
        "The blocks' results are summed, but each must read what the one before it gave.": lambda: _side_by_side(
            ids, p, sizes.heads
        ),
    }
    if rows > 1:
        found[FIRST_FOR_ALL] = right[:1].expand_as(right)
    if length > 1:
        found["Positions begin anew within a text; they are counted to its end."] = lambda: AnyOf(
            *(
                streamed(lambda size=size: embedded + positions[torch.arange(length) % size])
                for size in range(2, length)
            )
        )
    if len(p["blocks"]) > 1:
        blocks = p["blocks"]
        found |= {
            "The blocks run in the wrong order.": lambda: layered(blocks[::-1]),
            "The first block is left out.": lambda: layered(blocks[1:]),
            "The last block is left out.": lambda: layered(blocks[:-1]),
            "One block runs in place of all.": lambda: AnyOf(
                layered([blocks[0]] * len(blocks)), layered([blocks[-1]] * len(blocks))
            ),
            "Only one of the blocks runs.": lambda: AnyOf(layered(blocks[:1]), layered(blocks[-1:])),
            "The final norm stands after each block; it comes once, at the end.": lambda: AnyOf(
                *(
                    scored(
                        ids,
                        p,
                        sizes.heads,
                        block=lambda x, one, heads: normalized(through_block(x, one, heads), p["norm"]),
                        norm=norm,
                    )
                    for norm in (lambda x, norm: x, normalized)
                )
            ),
        }
    return found


def _renormed(tokens, ids, limit):
    """The table once nn.Embedding's max_norm has cut the rows that were looked up, in place."""
    seen = torch.zeros(len(tokens), 1, dtype=torch.bool)
    seen[ids.unique()] = True
    lengths = tokens.norm(dim=1, keepdim=True)
    return torch.where(seen & (lengths > limit), tokens * limit / (lengths + 1e-7), tokens)


def _hidden(ids, p, heads):
    x = stream_of(ids, p)
    for one in p["blocks"]:
        x = through_block(x, one, heads)
    return AnyOf(normalized(x, p["norm"]), x)


def _side_by_side(ids, p, heads):
    x = stream_of(ids, p)
    return normalized(x + sum(through_block(x, one, heads) - x for one in p["blocks"]), p["norm"]) @ p["tokens"].T


MISTAKES = {
    "CausalSelfAttention": attention_mistakes,
    "FeedForward": feed_forward_mistakes,
    "Block": block_mistakes,
    "GPT": gpt_mistakes,
}


# --- comparing ------------------------------------------------------------------------------------------------------


def as_dtype(value, dtype):
    """The value of a mistake in the dtype in which it would come."""
    if isinstance(value, AnyOf):
        return AnyOf(*(as_dtype(one, dtype) for one in value.values))
    if callable(value):
        return lambda: as_dtype(value(), dtype)
    if isinstance(value, (list, tuple)):
        return type(value)(as_dtype(one, dtype) for one in value)
    return value.to(dtype) if isinstance(value, torch.Tensor) else value


IN_FLOAT32 = "What comes out is in float32; it must have the dtype of the parameters."
ROUNDED = "Numbers are rounded to float32 on the way; compute in the dtype of the parameters."


def agrees(got, expected, tolerance):
    return (
        isinstance(got, torch.Tensor)
        and got.shape == expected.shape
        and torch.allclose(got.detach().double(), expected.double(), **tolerance)
    )


class Kept:
    """What an iterator gives, made when it is first asked for."""

    def __init__(self, items):
        self.items, self.made = items, []

    def __iter__(self):
        for place in itertools.count():
            if place == len(self.made):
                try:
                    self.made.append(next(self.items))
                except StopIteration:
                    return
            yield self.made[place]


@dataclass
class Module:
    """A student's module: what kind, of what sizes, and the numbers that it was filled with."""

    part: str
    sizes: Sizes
    numbers: torch.Tensor
    matrices: float = SPREAD
    layout: list | None = None  # of the student's parameters, once the module was asked
    _readings: Kept | None = None
    _values: dict = field(default_factory=dict)  # by input and reading: several calls often have one input

    def ask(self, student, *steps):
        """Fill the module, do the steps, and give what they gave; its parameters must be those that are allowed."""
        steps = [["fill", self.numbers, self.matrices], *steps]
        answer = student.run(run_part, self.part, self.sizes.given, steps)
        expect_parameters(answer["layout"], self.sizes, self.part)
        if self.layout != answer["layout"]:
            self.layout, self._readings = answer["layout"], None
            self._values.clear()
        self.trained = answer["trained"]
        return answer["found"]

    def readings(self):
        if self._readings is None:
            entries = dealt(self.layout, self.numbers, self.matrices)
            self._readings = Kept(readings(entries, self.sizes, self.part))
        return iter(self._readings)

    def reading_at(self, place, tensors=None):
        """The reading of that number; of these tensors in place of the module's numbers, where they are given."""
        if tensors is None:
            found = self.readings()
        else:
            owners = [owner for owner, _ in self.layout]
            found = readings(list(zip(owners, tensors, strict=True)), self.sizes, self.part)
        return next(itertools.islice(found, place, None))

    def value(self, x, index, reading):
        """What the formula gives for x by the reading of that number."""
        key = id(x), index
        if key not in self._values:
            self._values[key] = x, FORMULAS[self.part](self.given(x), reading, self.sizes)  # x, so that its id stays
        return self._values[key][1]

    def given(self, x):
        return x.double() if x.is_floating_point() else x

    def reading_of(self, got, x, tolerance=TOL_FP32):
        """The first reading by which the formula gives this, or the usual one; its number, and what it gives."""
        usual = None
        for index, one in enumerate(readable(self.readings())):
            value = self.value(x, index, one)
            usual = usual or (one, 0, value)
            if agrees(got, value, tolerance):
                return one, index, value
        return usual

    def after_step(self, x, upstream, rate, index):
        """What the formula gives after a step of plain gradient descent, by the reading of that number."""
        leaves = [tensor.requires_grad_() for _, tensor in dealt(self.layout, self.numbers, self.matrices)]

        def value(tensors):
            return FORMULAS[self.part](self.given(x), self.reading_at(index, tensors), self.sizes)

        grads = torch.autograd.grad(value(leaves), leaves, upstream.double())
        return value([leaf.detach() - rate * grad for leaf, grad in zip(leaves, grads, strict=True)])

    def expect(self, got, x, what, tolerance=TOL_FP32, also=None):
        """Fail unless `got` is what the docstring's formula gives for x; gives the reading by which it is."""
        one, _, expected = self.reading_of(got, x, tolerance)
        dtype = torch.float64 if tolerance is TOL_FP64 else torch.float32
        if dtype == torch.float64 and isinstance(got, torch.Tensor) and got.dtype == torch.float32:
            fail(IN_FLOAT32, got=got)

        def mistakes():
            made = {**(also or {}), **MISTAKES[self.part](self.given(x), one, self.sizes)}
            return {sentence: as_dtype(value, dtype) for sentence, value in made.items()}

        try:
            expect_close(got, expected.to(dtype), what=what, mistakes=Mistakes(mistakes), **tolerance)
        except CheckFailure as failure:
            # a few roundings of float32; what the named mistakes move is more, or they are named
            if dtype == torch.float64 and not failure.mistakes and agrees(got, expected, {"rtol": 1e-6, "atol": 2e-6}):
                fail(ROUNDED, expected=expected, got=got)
            raise
        return one


def draw_module(rng, part, **options):
    sizes = draw_sizes(rng, **options)
    return Module(part, sizes, draw_numbers(rng, sizes))


def draw_input(rng, module, rows=2, length=None):
    """ids or a stream for the module: (B, T) or (B, T, D); the first id is 0, the last one V - 1."""
    length = length or rng.randint(4, 8)
    if module.part != "GPT":
        return rng.randn(rows, length, module.sizes.width)
    ids = rng.randint(1, module.sizes.vocab - 1, (rows, length))
    ids[0, 0], ids[-1, -1] = 0, module.sizes.vocab - 1
    return ids


# --- gradients ------------------------------------------------------------------------------------------------------


def _cut_attention(**options):
    return lambda x, p, sizes: attended(x, p, sizes.heads, **options)


def _cut_block(**options):
    return lambda x, p, sizes: through_block(x, p, sizes.heads, **options)


def _cut_gpt(stream=stream_of, block=through_block, table=lambda tokens: tokens):
    """logits of a model whose output table may be another than that of its stream."""

    def value(ids, p, sizes):
        x = stream(ids, p)
        for one in p["blocks"]:
            x = block(x, one, sizes.heads)
        return normalized(x, p["norm"]) @ table(p["tokens"]).T

    return value


def _without_id_0(ids, p):
    words = p["tokens"][ids]
    return torch.where((ids == 0)[..., None], words.detach(), words) + p["positions"][: ids.shape[1]]


# Sentence → the formula with something cut off from the gradient, of which the rest still gets one.
CUT_OFF = {
    "CausalSelfAttention": {
        "The queries are cut off from the gradient.": [_cut_attention(lanes=lambda q, k, v: (q.detach(), k, v))],
        "The keys are cut off from the gradient.": [_cut_attention(lanes=lambda q, k, v: (q, k.detach(), v))],
        "The values are cut off from the gradient.": [_cut_attention(lanes=lambda q, k, v: (q, k, v.detach()))],
        "The weights of attention are cut off from the gradient.": [
            _cut_attention(after=lambda weights, allowed: weights.detach())
        ],
    },
    "FeedForward": {},
    "Block": {
        "What attention gives is cut off from the gradient.": [_cut_block(attention=lambda *a: attended(*a).detach())],
        "What the network gives is cut off from the gradient.": [
            _cut_block(network=lambda *a: fed_forward(*a).detach())
        ],
        "The stream is cut off from the gradient where it is added to.": [
            lambda x, p, sizes: (
                (a := x.detach() + attended(normalized(x, p["norm_1"]), p["attention"], sizes.heads))
                + fed_forward(normalized(a, p["norm_2"]), p["network"])
            ),
            lambda x, p, sizes: (
                (a := x + attended(normalized(x, p["norm_1"]), p["attention"], sizes.heads)).detach()
                + fed_forward(normalized(a, p["norm_2"]), p["network"])
            ),
        ],
        "What a norm divides by is cut off from the gradient; it follows from x too.": [
            _cut_block(norm=partial(normalized, deviation=lambda variance, eps: deviation(variance, eps).detach()))
        ],
    },
    "GPT": {
        "The table of tokens is cut off from the gradient where ids are looked up.": [
            _cut_gpt(stream=lambda ids, p: p["tokens"].detach()[ids] + p["positions"][: ids.shape[1]])
        ],
        "Both tables are cut off from the gradient where the stream begins.": [
            _cut_gpt(stream=lambda ids, p: stream_of(ids, p).detach())
        ],
        "The table of tokens is cut off from the gradient where it makes the logits.": [
            _cut_gpt(table=lambda tokens: tokens.detach())
        ],
        "The stream is cut off from the gradient before each block.": [
            _cut_gpt(block=lambda x, one, heads: through_block(x.detach(), one, heads))
        ],
        "Token 0 gets no gradient where it is read (padding_idx); it is a token like any other.": [
            _cut_gpt(stream=_without_id_0)
        ],
    },
}


def same_gradients(grads, expected):
    """Whether what reached each tensor is what should have; None is a zero."""
    return all(
        (zero if got is None else got.double()).allclose(zero if one is None else one, rtol=1e-3, atol=1e-3)
        for got, one in zip(grads, expected, strict=True)
        if not (got is None and one is None)
        for zero in [torch.zeros((one if got is None else got).shape, dtype=torch.float64)]
    )


def expect_gradients(student, rng, module, x, cut):
    """Fail unless each parameter, and x, gets the gradient that the formula has.

    `cut` is the sentence for a tensor that nothing reaches.
    """
    columns = module.sizes.vocab if module.part == "GPT" else module.sizes.width
    upstream = rng.randn(*x.shape[:2], columns)
    output, grads = module.ask(student, ["call", x], ["grad", x, upstream])
    module.expect(output, x, SUBJECTS[module.part])
    if not all(module.trained):
        fail("Some parameters don't require a gradient; all of them are trained.")
    _, place, _ = module.reading_of(output, x)
    leaves = [tensor.clone().requires_grad_() for _, tensor in dealt(module.layout, module.numbers, module.matrices)]
    start = module.given(x).clone()
    wanted = list(leaves)
    if start.is_floating_point():
        wanted.append(start.requires_grad_())
    reading = module.reading_at(place, leaves)

    def gradients_of(value):
        return torch.autograd.grad(value, wanted, upstream.double(), allow_unused=True)

    expected = gradients_of(FORMULAS[module.part](start, reading, module.sizes))
    if not same_gradients(grads, expected):
        for sentence, formulas in CUT_OFF[module.part].items():
            if any(same_gradients(grads, gradients_of(one(start, reading, module.sizes))) for one in formulas):
                fail(sentence)
    for got, one in zip(grads, expected, strict=True):
        if got is None or not got.any():
            if one is None or not (one.abs() > 1e-6).any():
                continue  # softmax doesn't notice what all keys share
            fail(cut)
        right_one = torch.zeros_like(got, dtype=torch.float64) if one is None else one
        expect_close(got, right_one.float(), what="The gradient of a parameter or of the input", rtol=1e-3, atol=1e-3)


# --- dropout --------------------------------------------------------------------------------------------------------


def share_is_off(hits, p):
    """Whether this mean of zeros and ones is too far from p to be drawn with it."""
    count = hits.numel()
    return abs(hits.double().mean().item() - p) > DEVIATIONS * math.sqrt(p * (1 - p) / count)


NOT_DROPPED = "Nothing is dropped in train mode."
NOT_SCALED = "What stays is not divided by 1 - dropout."
KEPT_SHARE = "dropout is taken for the probability to stay; it is the probability to be dropped."
WHOLE_ROWS = "Whole rows are dropped together; each number is dropped by itself."
SAME_FOR_ALL = "All rows lose the same numbers; each is drawn by itself."
OTHER_SHARE = "Numbers are dropped with another probability than `dropout`."


def expect_output_dropped(got, values, p, what):
    """got (N, D): rows of values (K, D), one of K each, of which numbers are dropped with probability p.

    Gives which of them each row is. Several sentences hold for every module that ends in dropout.
    """
    if got.shape[1:] != values.shape[1:]:
        fail(f"{what} has the wrong shape.")
    got = got.double()
    zero = got == 0

    def rows_of(candidates):
        near = torch.isclose(got[:, None], candidates[None], rtol=1e-4, atol=1e-5) | zero[:, None]
        return near.all(dim=-1)  # (N, K)

    if not zero.any():
        plain = rows_of(values).any(dim=1).all()
        fail(NOT_DROPPED if plain else f"{what}: no number is 0, although dropout falls on the output.")
    matches = rows_of(values / (1 - p))
    if not matches.any(dim=1).all():
        for candidates, sentence in (
            (values, NOT_SCALED),
            (values / p, KEPT_SHARE),
            (values / (1 - p) ** 2, "The output is dropped twice."),
            (values * (1 - p), "What stays is multiplied by 1 - dropout; it is divided by it."),
        ):
            if rows_of(candidates).any(dim=1).all():
                fail(sentence)
        fail(f"{what} in train mode: what stays is not what eval mode gives, divided by 1 - dropout.")
    if (zero == zero[:, :1]).all():
        fail(WHOLE_ROWS)
    if (zero == zero[:1]).all():
        fail(SAME_FOR_ALL)
    if share_is_off(zero, p):
        fail(KEPT_SHARE if not share_is_off(zero, 1 - p) else OTHER_SHARE)
    return matches


RATES = (0.3, 0.35, 0.4, 0.6, 0.65)


# --- the model's names ----------------------------------------------------------------------------------------------


def named_parameters_of(p, fused=True):
    """A model's numbers by GPT-2's names, as `tensors_of` gives them, from what `readings` gives."""
    found = {"wte.weight": p["tokens"], "wpe.weight": p["positions"]}
    found["ln_f.weight"], found["ln_f.bias"] = p["norm"]
    for number, block in enumerate(p["blocks"]):
        at = f"h.{number}."
        found[at + "ln_1.weight"], found[at + "ln_1.bias"] = block["norm_1"]
        found[at + "ln_2.weight"], found[at + "ln_2.bias"] = block["norm_2"]
        three, output = block["attention"][:3], block["attention"][3]
        if fused:
            found[at + "attn.c_attn.weight"] = torch.cat([weight for weight, _ in three])
            found[at + "attn.c_attn.bias"] = torch.cat([bias for _, bias in three])
        else:
            for name, (weight, bias) in zip("qkv", three, strict=True):
                found[f"{at}attn.{name}.weight"], found[f"{at}attn.{name}.bias"] = weight, bias
        found[at + "attn.c_proj.weight"], found[at + "attn.c_proj.bias"] = output
        (found[at + "mlp.c_fc.weight"], found[at + "mlp.c_fc.bias"]) = block["network"][0]
        (found[at + "mlp.c_proj.weight"], found[at + "mlp.c_proj.bias"]) = block["network"][1]
    return found


def model_of(named, layers):
    """What `readings` gives, from a model's numbers by GPT-2's names."""

    def pair(name):
        return named[f"{name}.weight"].double(), named[f"{name}.bias"].double()

    blocks = []
    for number in range(layers):
        at = f"h.{number}."
        if f"{at}attn.c_attn.weight" in named:
            weight, bias = pair(f"{at}attn.c_attn")
            three = list(zip(weight.chunk(3), bias.chunk(3), strict=True))
        else:
            three = [pair(f"{at}attn.{name}") for name in "qkv"]
        blocks.append(
            {
                "norm_1": pair(at + "ln_1"),
                "attention": [*three, pair(at + "attn.c_proj")],
                "norm_2": pair(at + "ln_2"),
                "network": [pair(at + "mlp.c_fc"), pair(at + "mlp.c_proj")],
            }
        )
    return {
        "tokens": named["wte.weight"].double(),
        "positions": named["wpe.weight"].double(),
        "blocks": blocks,
        "norm": pair("ln_f"),
    }


def shapes_by_name(sizes, fused):
    """What `tensors_of` lists, with its shapes."""
    width = sizes.width
    found = {"wte.weight": [sizes.vocab, width], "wpe.weight": [sizes.positions, width]}
    found |= {"ln_f.weight": [width], "ln_f.bias": [width]}
    maps = {"attn.c_attn": 3 * width} if fused else {"attn.q": width, "attn.k": width, "attn.v": width}
    maps |= {"attn.c_proj": width, "mlp.c_fc": 4 * width}
    for number in range(sizes.layers):
        for name, out_features in maps.items():
            found[f"h.{number}.{name}.weight"] = [out_features, width]
            found[f"h.{number}.{name}.bias"] = [out_features]
        found[f"h.{number}.mlp.c_proj.weight"] = [width, 4 * width]
        found[f"h.{number}.mlp.c_proj.bias"] = [width]
        for name in ("ln_1", "ln_2"):
            found[f"h.{number}.{name}.weight"] = found[f"h.{number}.{name}.bias"] = [width]
    return found


SUBJECTS = {
    "CausalSelfAttention": "What attention gives",
    "FeedForward": "What the network gives",
    "Block": "What the block gives",
    "GPT": "What the model gives",
}


# --- what is asked of every module ----------------------------------------------------------------------------------


def expect_works_as_module(student, rng, module):
    """Fail unless the module goes on as it was after `load_state_dict`, `deepcopy`, `to` and a step of training."""
    x, numbers = draw_input(rng, module), module.numbers
    (plain,) = module.ask(student, ["call", x])
    module.expect(plain, x, SUBJECTS[module.part])
    with expect_accepted("It raises an error once the module is copied by copy.deepcopy or is on another device."):
        # a whole model may ask a mask for its values, as Hugging Face's does, so its parts are moved alone
        moved = [["meta", x]] if module.part != "GPT" else []
        copied, *meta = module.ask(student, ["deepcopy", numbers], ["call", x], *moved)
    module.expect(copied, x, "What a deep copy gives, once the original is emptied,")
    if meta and meta != [["meta", list(copied.shape)]]:
        fail("On another device the output is elsewhere, or has another shape.", got=meta)
    with expect_accepted("It raises an error once the module's state is loaded into another one."):
        (reloaded,) = module.ask(student, ["reload", numbers], ["call", x])
    module.expect(reloaded, x, "What another module gives that has loaded this one's state")
    with expect_accepted("It raises an error for parameters in float64."):
        wide, first = module.ask(
            student, ["to", "float64"], ["fill", numbers.double(), SPREAD], ["call", as_given(x)], ["call", as_given(x)]
        )
    module.expect(wide, x, "What it gives in float64", TOL_FP64)
    module.expect(first, x, "What it gives in float64", TOL_FP64)
    with expect_accepted("It raises an error for parameters in bfloat16."):
        (narrow,) = module.ask(student, ["to", "bfloat16"], ["call", as_given(x, torch.bfloat16)])
    if not isinstance(narrow, torch.Tensor) or narrow.dtype != torch.bfloat16:
        fail("With parameters in bfloat16 the output is not in bfloat16.", got=narrow)
    # 8 bits a number; through two blocks an error of a few hundredths of the spread
    if (narrow.double() - wide).abs().mean() > 0.1 * wide.std():
        fail("With parameters in bfloat16 the output is far from what it should be.", got=narrow)
    # Filled anew, it must read the new numbers
    others = draw_numbers(rng, module.sizes)
    old, new = module.ask(student, ["call", x], ["fill", others, SPREAD], ["call", x])
    before = module.expect(old, x, SUBJECTS[module.part])
    second = Module(module.part, module.sizes, others, layout=module.layout)
    _, place, _ = module.reading_of(old, x)
    after = second.reading_at(place)
    second.expect(
        new,
        x,
        "What it gives after its parameters changed",
        also={
            "It goes on with the parameters that it had before they changed.": AnyOf(
                old.double(), *partly_kept(module, x, before, after)
            )
        },
    )


def partly_kept(module, x, before, after):
    """What a module gives that goes on with some of the numbers that it had before they changed."""
    if module.part == "CausalSelfAttention":
        mixed = [(old[0], new[1]) for old, new in zip(before, after, strict=True)]
        kept = ([*mixed[:3], after[3]], [*before[:3], after[3]], [*after[:3], before[3]], [*after[:3], mixed[3]], mixed)
        return [attended(x.double(), one, module.sizes.heads) for one in kept]
    if module.part == "GPT":
        return [
            _cut_gpt(table=lambda tokens: before["tokens"])(x, after, module.sizes),
            scored(x, {**after, "tokens": before["tokens"]}, module.sizes.heads),
            scored(x, {**after, "positions": before["positions"]}, module.sizes.heads),
        ]
    return []


def as_given(x, dtype=torch.float64):
    """A stream in this dtype; ids stay."""
    return x.to(dtype) if x.is_floating_point() else x


# --- dropout of the parts -------------------------------------------------------------------------------------------


def expect_network_dropped(student, rng, p, rows):
    """Fail unless dropout falls on the network's output, number by number, in train mode only."""
    module = draw_module(rng, "FeedForward", dropout=p)
    x = rng.randn(1, 1, module.sizes.width).expand(rows, 1, -1).contiguous()
    before, dropped, after, again = module.ask(
        student, ["call", x[:2]], ["train"], ["call", x], ["train", False], ["call", x[:2]], ["call", x[:2]]
    )
    module.expect(before, x[:2], "What the network gives", also=EVAL_DROPS(before, after))
    expect_output_dropped(dropped[:, 0], before[:1, 0].double(), p, "What the network gives")
    module.expect(after, x[:2], "What the network gives")
    module.expect(again, x[:2], "What the network gives")


IN_EVAL = "Something is dropped in eval mode."


def EVAL_DROPS(one, other):  # noqa: N802
    """What two calls in eval mode give when they differ: then something is drawn."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor) and not torch.equal(one, other):
        return {IN_EVAL: one.double()}
    return {}


def expect_attention_dropped(student, rng, p, rows):
    """Fail unless dropout falls on each weight and on each number of the output, in train mode only.

    At the second of two positions two heads have four weights, of which some are dropped: the output can have sixteen
    values before numbers of it are dropped.
    """
    sizes = Sizes(11, 13, 10, 1, 2, p)
    # so small that no weight is near 0: dropped or not, it would be the same
    module = Module("CausalSelfAttention", sizes, 0.3 * draw_numbers(rng, sizes))
    two = rng.randn(2, 2, 10)
    x, many = two[:1], two[:1].expand(rows, 2, -1).contiguous()
    before, dropped, after, again = module.ask(
        student, ["call", two], ["train"], ["call", many], ["train", False], ["call", two], ["call", two]
    )
    reading = module.expect(before, two, "What attention gives", also=EVAL_DROPS(before, again))
    module.expect(after, two, "What attention gives", also=EVAL_DROPS(after, again))
    module.expect(again, two, "What attention gives", also=EVAL_DROPS(after, again))
    if dropped.shape != many.shape:
        fail("What attention gives in train mode has the wrong shape.")
    second = dropped[:, 1].double()
    whole = attended(x.double(), reading, 2)[:, 1]  # (1, D)
    if torch.allclose(second, whole.expand_as(second), rtol=1e-4, atol=1e-5):
        fail(NOT_DROPPED)
    zero = second == 0
    plain = torch.isclose(second, whole / (1 - p), rtol=1e-4, atol=1e-5) | zero
    if zero.any() and plain.all():
        fail("The weights of attention are not dropped in train mode; the output alone is.")
    kept = torch.tensor(list(itertools.product((0.0, 1.0), repeat=4)), dtype=torch.float64)  # (16, 4)

    def values(p):
        """What the output can be where weights are dropped with probability p: (16, D)."""
        found = [
            attended(x.double(), reading, 2, after=lambda weights, _, one=one: _dropped(weights, one, p))[:, 1]
            for one in kept
        ]
        return torch.cat(found)

    def all_near(values):
        near = torch.isclose(second[:, None], values[None], rtol=1e-4, atol=1e-5) | zero[:, None]
        return near.all(dim=-1).any(dim=1).all()

    if not zero.any() and all_near(values(p)):
        fail("The output is not dropped in train mode; the weights alone are.")
    if not all_near(values(p) / (1 - p)) and all_near(values(1 - p) / p):
        fail(KEPT_SHARE)
    matches = expect_output_dropped(second, values(p), p, "What attention gives")
    sure = matches.sum(dim=1) == 1
    stays = kept[matches[sure].double().argmax(dim=1)]  # (rows, 4): which weights are there
    if (stays == stays[:1]).all():
        fail(SAME_FOR_ALL)
    for one, two, sentence in (
        (0, 1, "A head is dropped whole; each weight is dropped by itself."),
        (0, 2, "All heads lose the same weights; each weight is dropped by itself."),
    ):
        if (stays[:, one] == stays[:, two]).all():
            fail(sentence)
    if share_is_off(stays, 1 - p):
        fail(
            KEPT_SHARE if not share_is_off(stays, p) else "Weights are dropped with another probability than `dropout`."
        )


def _dropped(weights, stays, p):
    """weights (1, 2, 2, 2) of two heads, with those of the second position dropped where `stays` (4,) is 0."""
    found = weights.clone()
    found[:, :, 1] = weights[:, :, 1] * stays.view(2, 2) / (1 - p)
    return found


def expect_block_dropped(student, rng):
    """Fail unless a block at a dropout of 1 gives x in train mode, and drops nothing in eval mode."""
    module = draw_module(rng, "Block", dropout=1.0)
    x = draw_input(rng, module)
    before, dropped, after = module.ask(student, ["call", x], ["train"], ["call", x], ["train", False], ["call", x])
    p = module.expect(before, x, "What the block gives", also={IN_EVAL: x.double()})
    what = "What the block gives in train mode at a dropout of 1, which is x,"
    alone = x.double() + attended(normalized(x.double(), p["norm_1"]), p["attention"], module.sizes.heads)
    expect_close(
        dropped,
        x,
        what=what,
        mistakes={
            "Dropout falls on the stream itself; only what the sublayers add is dropped.": torch.zeros_like(x),
            "Nothing is dropped in train mode: the config's dropout doesn't reach both sublayers.": before,
            "What attention gives isn't dropped in train mode: the config's dropout doesn't reach it.": alone.float(),
            "What the network gives isn't dropped in train mode: the config's dropout doesn't reach it.": (
                x.double() + fed_forward(normalized(x.double(), p["norm_2"]), p["network"])
            ).float(),
        },
        advice="Both sublayers are made with the config, and drop what they give themselves.",
        **TOL_FP32,
    )
    expect_equal(dropped, x, what=what)
    module.expect(after, x, "What the block gives")


def expect_block_drops_no_more(student, rng, p, rows):
    """Fail unless in train mode a block adds what its sublayers give once they have dropped, and drops nothing itself.

    With 0 in every matrix the sublayers give their last bias, whatever they read.
    """
    sizes = draw_sizes(rng, dropout=p)
    module = Module("Block", sizes, draw_numbers(rng, sizes), matrices=0.0)
    x = rng.randn(1, 1, sizes.width)
    before, dropped = module.ask(student, ["call", x], ["train"], ["call", x.expand(rows, 1, -1).contiguous()])
    reading = module.expect(before, x, "What the block gives")
    given = [reading["attention"][3][1] / (1 - p), reading["network"][1][1] / (1 - p)]
    sums = torch.stack([x[0, 0] + one * given[0] + two * given[1] for one in (0, 1) for two in (0, 1)])  # (4, D)
    near = torch.isclose(dropped[:, 0].double()[:, None], sums.double()[None], rtol=1e-4, atol=1e-4)
    if dropped.shape != (rows, 1, sizes.width) or not near.any(dim=1).all():
        fail(
            "In train mode the block drops more than its two sublayers drop of what they give; it drops nothing itself."
        )


def expect_stream_dropped(student, rng, p, rows):
    """Fail unless dropout falls on the sum of the tables, number by number, in train mode only.

    The maps' numbers are 0, so that the block adds nothing; of width 4 there are sixteen sums with numbers dropped. The
    tables' are so small that the final norm, for its eps, leaves the sum's scale visible.
    """
    sizes = Sizes(7, 5, 4, 1, 2, p)
    module = Module("GPT", sizes, draw_numbers(rng, sizes), matrices=0.003)
    ids = rng.randint(0, 7, (1, 1))
    (first,) = module.ask(student, ["call", ids])
    module.expect(first, ids, "What the model gives", TOL_SMALL)
    while True:  # until no number of the sum is near 0: dropped or not, it would be the same
        numbers = without_maps(module.layout, draw_numbers(rng, sizes), sizes)
        module = Module("GPT", sizes, numbers, module.matrices, module.layout)
        ids = rng.randint(0, 7, (1, 1))
        if stream_of(ids, next(module.readings())).abs().min() > 0.0005:
            break
    many = ids.expand(rows, 1).contiguous()
    before, dropped, after, again = module.ask(
        student, ["call", ids], ["train"], ["call", many], ["train", False], ["call", ids], ["call", ids]
    )
    reading = module.expect(before, ids, "What the model gives", TOL_SMALL, EVAL_DROPS(before, again))
    module.expect(after, ids, "What the model gives", TOL_SMALL, EVAL_DROPS(after, again))
    if dropped.shape != (rows, 1, 7):
        fail("What the model gives in train mode has the wrong shape.")
    kept = torch.tensor(list(itertools.product((0.0, 1.0), repeat=4)), dtype=torch.float64)
    stream = stream_of(ids, reading)[0] * kept  # (16, 4)

    def near(streams):
        logits = normalized(streams, reading["norm"]) @ reading["tokens"].T  # (16, 7)
        return torch.isclose(dropped.double(), logits[None], **TOL_SMALL).all(dim=-1)  # (rows, 16)

    if near(stream[-1:]).all():
        fail("The sum of the two tables is not dropped in train mode.")
    matches = near(stream / (1 - p))
    if not matches.any(dim=1).all():
        for factor, sentence in ((1, NOT_SCALED), (1 / p, KEPT_SHARE)):
            if near(stream * factor).any(dim=1).all():
                fail(sentence)
        fail("In train mode the stream doesn't begin with the sum of the tables, of which numbers are dropped.")
    stays = kept[matches.double().argmax(dim=1)]
    if (stays == stays[:1]).all():
        fail(SAME_FOR_ALL)
    if (stays == stays[:, :1]).all():
        fail(WHOLE_ROWS)
    if share_is_off(stays, 1 - p):
        fail(KEPT_SHARE if not share_is_off(stays, p) else OTHER_SHARE)


TOL_SMALL = {"rtol": 1e-3, "atol": 2e-7}


def without_maps(layout, numbers, sizes):
    """The numbers with 0 in every linear map."""
    tables = [sorted([size, sizes.width]) for size in (sizes.vocab, sizes.positions)]
    maps = {owner for owner, shape in layout if len(shape) == 2 and sorted(shape) not in tables}
    found, start = numbers.clone(), 0
    for owner, shape in layout:
        count = math.prod(shape)
        if owner in maps and sorted(shape) not in tables:
            found[start : start + count] = 0
        start += count
    return found


@probe
def configs(student, sizes):
    """What a model keeps as its config."""
    given = student.GPTConfig(*sizes)
    kept = student.GPT(given).config
    names = ("vocab", "positions", "width", "layers", "heads", "dropout")
    return [getattr(kept, name, None) for name in names]


def expect_config_kept(student, sizes):
    with expect_accepted("The model has no attribute `config`, or another thing under that name.", "AttributeError"):
        kept = student.run(configs, sizes.given)
    if kept != sizes.given:
        fail("`config` doesn't hold what the model was made with.", expected=sizes.given, got=kept)
