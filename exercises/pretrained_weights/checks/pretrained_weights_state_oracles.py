"""What the checks of `convert_weights` and `shape_from_weights` share."""

from __future__ import annotations

import math

import torch
from pretrained_weights_oracles import (
    PREFIX,
    apart,
    is_map,
    row_of,
    shapes_of,
    tensorflow,
    upright,
)
from torch import nn

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_equal, fail, probe

NAMES_NOT_SHORT = "The names are left as the checkpoint spells them."
NOT_TURNED = "Nothing is transposed."
BY_SHAPE = "What is transposed is chosen by shape, so that the square attn.c_proj stays as it was."
ALL_TURNED = "Every matrix is transposed, the two tables as well."
TABLE_TURNED = "The table of tokens is transposed."
MLP_ONLY = "Only the feed-forward network's weights are transposed."
ATTENTION_ONLY = "Only attention's weights are transposed."
RESHAPED = "A weight is given its new shape by reshape, which leaves the numbers in their old order; transpose it."
FIRST_BLOCK = "Only block 0 is transposed."
MASKS_KEPT = "Masks are kept among the weights."
HEAD_KEPT = "The head is kept among the weights, beside the table that it is tied to."
PART_LOST = "A part of the tensors is left out."
BIASES_LOST = "Biases are left out."
SQUEEZED = "Every size of 1 is taken away, not only the 1 in front of OpenAI's weights."
ONE_STAYS = "The 1 in front of OpenAI's weights stays."
NOT_TURNED_3 = "OpenAI's weights keep their 1 and are not transposed."
DTYPE_KEPT = "The dtype of the checkpoint is kept; the result is float32."
THROUGH_16 = "Numbers are rounded to 16 bits on the way."
MASK_LOST_BIAS = "The bias of attn.c_attn is left out like a mask."
HEAD_FOR_TABLE = "What stands in the head is taken for the table of tokens."


def spelled(state, how):
    """A checkpoint in another spelling; OpenAI's has a 1 in front of the weights of its maps."""
    if how == "short":
        return dict(state)
    if how == "transformer":
        return {PREFIX + name: one for name, one in state.items()}
    return {tensorflow(name): one[None] if is_map(name) else one for name, one in state.items()}


def with_masks(state, sizes, prefix=""):
    """The same with what Hugging Face's older files hold beside the numbers, and the head."""
    mask = torch.ones(sizes.positions, sizes.positions).tril()[None, None]
    found = {}
    for name, one in state.items():
        found[name] = one
        if name.endswith("ln_1.bias"):
            block = name.removesuffix("ln_1.bias")
            found[f"{block}attn.bias"], found[f"{block}attn.masked_bias"] = mask, torch.tensor(-1e4)
    return found | {"lm_head.weight": found[f"{prefix}wte.weight"]}


def shuffled(rng, state):
    """The same tensors in another order."""
    return {name: state[name] for name in rng.permutation(list(state))}


def wrong_conversions(state, given):
    """Sentence → what the mistake makes of a checkpoint (short names), which was given as `given`."""

    def turn(rule):
        return {name: (one.T.contiguous() if rule(name) else one).float() for name, one in state.items()}

    right = upright(state)
    masks = {name: one for name, one in given.items() if name.endswith((".attn.bias", ".masked_bias"))}
    found = {
        NOT_TURNED: turn(lambda name: False),
        BY_SHAPE: turn(lambda name: is_map(name) and ".attn.c_proj" not in name),
        ALL_TURNED: turn(lambda name: state[name].ndim == 2),
        TABLE_TURNED: turn(lambda name: is_map(name) or name == "wte.weight"),
        MLP_ONLY: turn(lambda name: is_map(name) and ".mlp." in name),
        ATTENTION_ONLY: turn(lambda name: is_map(name) and ".attn." in name),
        FIRST_BLOCK: turn(lambda name: is_map(name) and name.startswith("h.0.")),
        RESHAPED: {name: one.float().reshape(right[name].shape) for name, one in state.items()},
        BIASES_LOST: {name: one for name, one in right.items() if not name.endswith("bias")},
        MASK_LOST_BIAS: {name: one for name, one in right.items() if not name.endswith("attn.c_attn.bias")},
        THROUGH_16: {name: one.half().float() for name, one in right.items()},
    }
    if "lm_head.weight" in given:
        found[HEAD_KEPT] = right | {"lm_head.weight": given["lm_head.weight"].float()}
        if not torch.equal(given["lm_head.weight"], state["wte.weight"]):
            found[HEAD_FOR_TABLE] = right | {"wte.weight": given["lm_head.weight"].float()}
    if masks:
        found[MASKS_KEPT] = right | {name.removeprefix(PREFIX): one for name, one in masks.items()}
    if any(state[name].dtype != torch.float32 for name in state):
        found[DTYPE_KEPT] = {name: (one.T.contiguous() if is_map(name) else one) for name, one in state.items()}
    if any(one.ndim == 3 for one in given.values()):  # OpenAI's spelling
        found[ONE_STAYS] = {name: one[None] if is_map(name) else one for name, one in right.items()}
        found[NOT_TURNED_3] = {name: one.T.contiguous()[None] if is_map(name) else one for name, one in right.items()}
    squeezed = {name: one.squeeze() for name, one in right.items()}
    if shapes_of(squeezed) != shapes_of(right):
        found[SQUEEZED] = squeezed
    prefixed = {PREFIX + name: one for name, one in right.items()}
    if prefixed.keys() <= given.keys():
        found[NAMES_NOT_SHORT] = prefixed
    return found


def expect_converted(student, rng, state, given):
    """`given` is the checkpoint in some spelling, `state` the same by short names; both in any order."""
    got = student.convert_weights(shuffled(rng, given))
    told_converted(got, state, given)


def told_converted(got, state, given):
    expect_equal(
        got, upright(state), what="convert_weights", mistakes=Mistakes(lambda: wrong_conversions(state, given))
    )


# --- memory ---------------------------------------------------------------------------------------------------------

VIEWS = "A tensor of the result is a view of the checkpoint: who writes into it changes the checkpoint."
SHARED = "Two tensors of the result share their memory."
STRIDED = "A transposed weight is a view with other strides; it has to be contiguous."
GRAPH = "What comes out carries a graph, or is a parameter."
CHANGED = "The checkpoint itself is changed."
REMEMBERED = "A second call gives the tensors of the first."


@probe
def converted_twice(student, row, shapes, dtypes, parameters):
    """Convert, look at how the tensors lie, add 1 to each of them, and convert once more."""
    state, start = {}, 0
    for name, shape in shapes.items():
        count = math.prod(shape)
        one = row[start : start + count].reshape(shape).to(getattr(torch, dtypes[name]))
        start += count
        state[name] = nn.Parameter(one.clone()) if name in parameters else one.clone()
    for name, other in (("lm_head.weight", "wte.weight"), ("h.0.ln_2.bias", "h.0.ln_1.bias")):
        if name in state and torch.equal(state[name], state[other]):
            state[name] = state[other]
    if "calculated" in parameters:
        for name in state:
            state[name] = state[name] * torch.ones((), requires_grad=True)
    first = student.convert_weights(state)
    kept = torch.cat([one.detach().double().flatten() for one in state.values()])
    strided = [name for name, one in first.items() if not one.is_contiguous()]
    graphs = [name for name, one in first.items() if one.requires_grad]
    with torch.no_grad():
        for one in first.values():
            one.detach().add_(1)
    second = student.convert_weights(state)
    return {
        "kept": kept,
        "after": torch.cat([one.detach().double().flatten() for one in state.values()]),
        "strided": strided,
        "graphs": graphs,
        "shapes": {name: list(one.shape) for name, one in first.items()},
        "first": torch.cat([one.detach().flatten() for one in first.values()]),
        "second": torch.cat([one.detach().flatten() for one in second.values()]),
        "dtypes": sorted({str(one.dtype) for one in [*first.values(), *second.values()]}),
    }


def expect_own_memory(student, state, dtypes, parameters=()):
    """`state` by short names, maybe with a head; its tensors get these dtypes and are parameters where named.

    With "calculated" among the parameters every tensor comes from a calculation that has a graph. The two norms of
    block 0 share their bias, as the head and the table share their numbers.
    """
    if "h.0.ln_1.bias" in state:
        state = state | {"h.0.ln_2.bias": state["h.0.ln_1.bias"]}
    stored = {name: one.to(getattr(torch, dtypes[name])) for name, one in state.items()}
    answer = student.run(converted_twice, row_of(state), shapes_of(state), dtypes, list(parameters))
    numbers = {name: one for name, one in stored.items() if "lm_head" not in name}
    before = torch.cat([one.double().flatten() for one in stored.values()])
    right = upright(numbers)
    if answer.get("dtypes") != ["torch.float32"]:
        fail(DTYPE_KEPT, got=answer.get("dtypes"))
    if answer.get("shapes", {}).keys() != right.keys() or any(
        answer["shapes"][name] != shape for name, shape in shapes_of(right).items()
    ):
        expect_equal(answer.get("shapes"), shapes_of(right), what="The shapes of what convert_weights gives")
    expect_equal(answer["kept"], before, what="The checkpoint", mistakes={CHANGED: lambda: answer["kept"]})
    expect_equal(answer["after"], before, what="The checkpoint", mistakes={VIEWS: lambda: answer["after"]})
    if answer["strided"]:
        fail(STRIDED, got=answer["strided"])
    if answer["graphs"]:
        fail(GRAPH, got=answer["graphs"])
    first, second = apart(answer["first"], answer["shapes"]), apart(answer["second"], answer["shapes"])
    ones = {name: one + 1 for name, one in right.items()}
    twice = {name: one + 2 if name in ("h.0.ln_1.bias", "h.0.ln_2.bias") else one + 1 for name, one in right.items()}
    expect_equal(first, ones, what="What convert_weights gives", mistakes={SHARED: twice})
    expect_equal(second, right, what="What a second call gives", mistakes={REMEMBERED: ones})


# --- errors ---------------------------------------------------------------------------------------------------------

UNKNOWN_ACCEPTED = "A checkpoint with unknown names is converted; it is a ValueError."
MISSING_ACCEPTED = "A checkpoint that lacks tensors is converted; it is a ValueError."
DOUBLE_ACCEPTED = "A checkpoint with two names for one tensor is converted; it is a ValueError."
UNKNOWN_UNNAMED = "The message doesn't have every unknown name."
MISSING_UNNAMED = "The message doesn't have every missing name, as GPT-2's short one."
DOUBLE_UNNAMED = "The message doesn't have both names that mean the same tensor."
RAISES_ALWAYS = "A complete checkpoint raises a ValueError."
NO_BLOCKS = "A checkpoint of a model without blocks is refused; nothing that is named is missing."


def converts(student, state, sentence=RAISES_ALWAYS):
    """A question for `in_drawn_order`: this checkpoint by short names is converted; the sentence where it isn't."""

    def ask():
        with expect_accepted(sentence, "ValueError"):
            got = student.convert_weights(state)
        told_converted(got, state, state)

    return ask


# --- sizes ----------------------------------------------------------------------------------------------------------

ODD = ((3, 5), (5, 3), (3, 3))  # heads, and their width, that no rule of powers of 2 lets through


@probe
def sizes_read(student, shapes, heads):
    """Of tensors without memory: only their shapes can be read."""
    return student.shape_from_weights({name: torch.empty(shape, device="meta") for name, shape in shapes}, heads)


def state_shapes(sizes, turned):
    """The shapes of a model's tensors by short names; turned: maps (out, in)."""
    width = sizes.width
    maps = {"attn.c_attn": (width, 3 * width), "attn.c_proj": (width, width)}
    maps |= {"mlp.c_fc": (width, 4 * width), "mlp.c_proj": (4 * width, width)}
    found = {"wte.weight": [sizes.vocab, width], "wpe.weight": [sizes.positions, width]}
    for block in range(sizes.layers):
        for norm in ("ln_1", "ln_2"):
            found |= {f"h.{block}.{norm}.weight": [width], f"h.{block}.{norm}.bias": [width]}
        for name, (rows, columns) in maps.items():
            found[f"h.{block}.{name}.weight"] = [columns, rows] if turned else [rows, columns]
            found[f"h.{block}.{name}.bias"] = [columns]
    return found | {"ln_f.weight": [width], "ln_f.bias": [width]}


def beside(sizes):
    """The shapes of what may stand beside a model's tensors."""
    masks = {f"h.{block}.attn.bias": [1, 1, sizes.positions, sizes.positions] for block in range(sizes.layers)}
    return masks | {f"h.{block}.attn.masked_bias": [] for block in range(sizes.layers)}


def expect_sizes(student, rng, sizes, turned=True, more=None):
    """What shape_from_weights says of a model of these sizes, in whose state `more` stands as well."""
    shapes = state_shapes(sizes, turned) | (more or {})
    # Two of the tensors that each block has once stand first and last, but not those of the last block.
    ends = [f"h.{block}.ln_1.weight" for block in rng.permutation(list(range(max(1, sizes.layers - 1))))[:2]]
    names = [ends[0], *rng.permutation([name for name in shapes if name not in ends]), *ends[1:]]
    with expect_accepted(HEADS_REFUSED, "ValueError"):
        got = student.run(sizes_read, [[name, shapes[name]] for name in names], sizes.heads)
    right, layers, count = sizes.given, sizes.layers, len(names)
    first = next(int(name.split(".")[1]) for name in names if name.startswith("h."))
    wrong = {
        "Heads are taken to have 64 numbers each.": {"heads": sizes.width // 64},
        "The vocabulary and the positions have changed places.": {"vocab": sizes.positions, "positions": sizes.vocab},
        "The width is read along the first dimension of a table.": {"width": sizes.vocab},
        "The width is read from attn.c_attn, which holds three.": {"width": 3 * sizes.width},
        "The width is that of one head.": {"width": sizes.width // sizes.heads},
        "The layers are one too few: blocks are counted from 0.": {"layers": layers - 1},
        "The layers are one too many.": {"layers": layers + 1},
        "The layers are counted by names, and other names count as well.": AnyOf(
            *(
                right | {"layers": other}
                for other in {count // 12, (count - 4) // 12, round((count - 4) / 12)} - {layers}
            )
        ),
        "Every name of a block counts as a layer.": {"layers": sum(name.startswith("h.") for name in names)},
        "Every tensor counts as a layer.": {"layers": count},
        "Blocks are compared as texts, so that 9 is the highest.": {"layers": 10},
        "Of a block's number only the first digit is read.": {"layers": min(layers, 10)},
        "The number of layers is that of the block that stands last.": {
            "layers": next(int(name.split(".")[1]) + 1 for name in reversed(names) if name.startswith("h."))
        },
        "The number of layers is that of the block that stands first.": {"layers": first + 1},
        "Linear maps count as layers.": {"layers": 4 * layers},
        "Norms count as layers.": {"layers": 2 * layers},
        "Positions are read from attn.c_attn.": {"positions": 3 * sizes.width},
        "The vocabulary counts the positions as well.": {"vocab": sizes.vocab + sizes.positions},
        "Heads are left out.": {key: value for key, value in right.items() if key != "heads"},
    }
    whole = "Heads are left out."
    mistakes = {
        sentence: value if isinstance(value, AnyOf) or sentence == whole else right | value
        for sentence, value in wrong.items()
    }
    mistakes = {sentence: value for sentence, value in mistakes.items() if value != right}
    expect_equal(got, right, what="shape_from_weights", mistakes=mistakes)


HEADS_ACCEPTED = "Heads that don't divide the width are accepted; they are a ValueError."
HEADS_BELOW_1 = "Heads below 1 are accepted; they are a ValueError."
HEADS_UNNAMED = "The message doesn't have the heads and the width."
HEADS_REFUSED = "Heads that divide the width are refused."


def state_of_zeros(sizes):
    return {name: torch.zeros(shape) for name, shape in state_shapes(sizes, turned=True).items()}


def accepts_heads(student, state, sizes):
    """A question for `in_drawn_order`: the sizes of this state are read."""

    def ask():
        with expect_accepted(HEADS_REFUSED, "ValueError"):
            got = student.shape_from_weights(state, sizes.heads)
        expect_equal(got, sizes.given, what="shape_from_weights")

    return ask
