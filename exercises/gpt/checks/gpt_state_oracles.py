"""What the checks of `tensors_of` and `init_weights` share: a model's numbers by their names, and how they start."""

from __future__ import annotations

import itertools
import math
import re

import torch
from gpt_oracles import (
    DEVIATIONS,
    SPREAD,
    TOL_FP32,
    TOL_FP64,
    Module,
    agrees,
    draw_input,
    draw_numbers,
    model_of,
    named_parameters_of,
    scored,
    shapes_by_name,
)

from autograder.checks import AnyOf, Mistakes, expect_close, fail, probe

# --- tensors_of -----------------------------------------------------------------------------------------------------


@probe
def named_tensors(student, sizes, numbers, shapes, states, ids, spread, dtype):
    """For each state, of a model of its own: what tensors_of lists, before and after the state is written into it.

    A state is one row with the numbers of all names in `shapes`, those of both forms; what a model lists is written.
    `kept` is what the dict of before shows once the parameters are filled again. The dicts of all models are made
    before anything is written.
    """

    def fill(model, numbers):
        start = 0
        with torch.no_grad():
            for parameter in model.parameters():
                values = numbers[start : start + parameter.numel()].view(parameter.shape)
                parameter.copy_(values * spread if parameter.ndim > 1 else values)
                start += parameter.numel()

    models, listed, found = [], [], []
    for index in range(len(states)):
        model = student.GPT(student.GPTConfig(*sizes)).to(getattr(torch, dtype)).eval()
        fill(model, numbers.roll(index))
        for parameter in list(model.parameters())[: 5 * index]:  # frozen ones are listed too
            parameter.requires_grad_(False)
        models.append(model)
        before = model(ids)
        listed.append(student.tensors_of(model))
        same = torch.equal(before, model(ids)) and not model.training
        entry = {
            "before": before,
            "unchanged": bool(same),
            "layout": [[name.rpartition(".")[0], list(one.shape)] for name, one in model.named_parameters()],
        }
        if isinstance(listed[-1], dict) and all(isinstance(one, torch.Tensor) for one in listed[-1].values()):
            entry["shapes"] = {name: list(one.shape) for name, one in listed[-1].items()}
            entry["values"] = torch.cat([one.detach().flatten() for one in listed[-1].values()])
        else:
            entry["shapes"] = None
        found.append(entry)
    for index, (row, model) in enumerate(zip(states, models, strict=True)):
        entry, tensors = found[index], listed[index]
        if entry["shapes"] is None:
            continue
        if all(shapes.get(name) == shape for name, shape in entry["shapes"].items()):
            parts = zip(shapes, row.split([math.prod(shape) for shape in shapes.values()]), strict=True)
            state = dict(parts)
            with torch.no_grad():
                for name, one in tensors.items():
                    one.copy_(state[name].view(one.shape))
            entry["after"] = model(ids)
            again = student.tensors_of(model)
            entry["again"] = torch.cat([again[name].detach().flatten() for name in tensors])
        fill(model, numbers.roll(index))
        entry["kept"] = torch.cat([one.detach().flatten() for one in tensors.values()])
    return found


def apart(numbers, shapes):
    """Name → tensor of what crossed as one row of numbers; that costs less than many tensors."""
    parts = numbers.split([math.prod(shape) for shape in shapes.values()])
    return {name: part.view(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


COPIES = "What is listed are copies: what is written into them doesn't reach the model."


def draw_state(rng, sizes):
    """Numbers of a model by GPT-2's names."""
    shapes = shapes_by_name(sizes, fused=True)
    state = apart(rng.randn(sum(map(math.prod, shapes.values()))), shapes)
    return {name: one * SPREAD if one.ndim == 2 else one for name, one in state.items()}


def in_both_forms(state):
    """A model's numbers by GPT-2's names, with queries, keys and values together and apart."""
    return state | {
        name.replace("c_attn", letter): part
        for name in state
        if "c_attn" in name
        for letter, part in zip("qkv", state[name].chunk(3), strict=True)
    }


def together(tensors):
    """What `apart` takes apart."""
    return torch.cat([one.flatten() for one in tensors.values()])


def written_into(student, sizes, numbers, states, ids, spread=SPREAD, dtype="float32"):
    """What `named_tensors` gives for these states, each in both forms."""
    shapes = {name: list(one.shape) for name, one in states[0].items()}
    rows = [together(state) for state in states]
    return student.run(named_tensors, sizes.given, numbers, shapes, rows, ids, spread, dtype)


def name_mistakes(values, sizes, fused):
    """Sentence → what the mistake lists in place of these values."""

    def renamed(swap):
        return {swap(name): value for name, value in values.items()}

    def exchanged(one, other):
        return lambda name: name.replace(one, "\0").replace(other, one).replace("\0", other)

    def thirds(*order):
        found = dict(values)
        for name in values:
            if "c_attn" in name:
                parts = values[name].chunk(3)
                found[name] = torch.cat([parts[index] for index in order])
        return found

    last = sizes.layers - 1
    found = {
        "The two norms of a block have changed places.": renamed(exchanged("ln_1", "ln_2")),
        "A square weight is listed as (in, out); it is (out, in).": {
            name: value.T if name.endswith("attn.c_proj.weight") else value for name, value in values.items()
        },
        "Gains are listed as biases and biases as gains.": {
            (exchanged("weight", "bias")(name) if "ln_" in name else name): value for name, value in values.items()
        },
    }
    if last:
        found |= {
            "The blocks are listed in another order than they run.": AnyOf(
                *(
                    renamed(
                        lambda name, order=order: ".".join(
                            ["h", str(order[int(name.split(".")[1])]), *name.split(".")[2:]]
                            if name[:2] == "h."
                            else [name]
                        )
                    )
                    for order in (range(last, -1, -1), sorted(range(last + 1), key=str))
                )
            ),
            "Every block's numbers are those of one block.": AnyOf(
                *(
                    {
                        name: values[".".join(["h", str(one), *name.split(".")[2:]])] if name[:2] == "h." else value
                        for name, value in values.items()
                    }
                    for one in (0, last)
                )
            ),
        }
    if fused:
        found |= {
            "Queries, keys and values stand in another order: queries first, then keys, then values.": AnyOf(
                *(thirds(*order) for order in itertools.permutations(range(3)) if order != (0, 1, 2))
            )
        }
    else:
        orders = [order for order in itertools.permutations("qkv") if order != ("q", "k", "v")]
        found["Queries, keys and values have one another's names."] = AnyOf(
            *(
                renamed(
                    lambda name, order=order: re.sub(r"(?<=attn\.)[qkv]", lambda hit: order["qkv".index(hit[0])], name)
                )
                for order in orders
            )
        )
    return found


MAPS = {"c_fc": "c_proj", "c_proj": "c_fc"}  # of the network, one for the other


def expect_names(answer, sizes):
    """Fail unless these are GPT-2's names, in one of the two forms, each with its shape; gives whether it is fused."""
    shapes = answer["shapes"]
    if shapes is None:
        fail("tensors_of must give a dict from names to tensors.")
    fused = any("c_attn" in name for name in shapes)
    wanted = shapes_by_name(sizes, fused)
    extra, missing = sorted(set(shapes) - set(wanted)), sorted(set(wanted) - set(shapes))
    if extra and not missing:
        if any("head" in name or shapes[name] == [sizes.vocab, sizes.width] for name in extra):
            fail("The output is listed as a tensor of its own; it is the table of tokens.", got=extra)
        fail("More is listed than the model's parameters by GPT-2's names.", got=extra)
    if missing and not extra:
        if all(name.startswith("h.") for name in missing) and len({name.split(".")[1] for name in missing}) < (
            sizes.layers + 1
        ):
            blocks = {name.split(".")[1] for name in missing}
            whole = sum(name.split(".")[1] in blocks for name in wanted if name.startswith("h."))
            if whole == len(missing):
                fail("Not all blocks are listed.", expected=sorted(wanted), got=sorted(shapes))
        if all(name.endswith("bias") for name in missing):
            fail("Biases are missing.", got=sorted(shapes))
        fail("Some of the model's parameters are missing.", expected=sorted(wanted), got=sorted(shapes))
    if missing:
        if {name.removeprefix("transformer.") for name in shapes} == set(wanted):
            fail("The names begin with `transformer.`; they are GPT-2's short ones.", got=sorted(shapes))
        fail("The names are not GPT-2's.", expected=sorted(wanted), got=sorted(shapes))
    if shapes != wanted:
        turned = {name: shape[::-1] for name, shape in shapes.items()}
        if all(wanted[name] in (shape, turned[name]) for name, shape in shapes.items()):
            fail("A weight is listed as (in, out); it is (out, in), so list its transposed view.", got=shapes)
        exchanged = {
            re.sub(r"(?<=mlp\.)c_\w+", lambda hit: MAPS[hit[0]], name): shape for name, shape in shapes.items()
        }
        if exchanged == wanted:
            fail("The two maps of the network have one another's names.", expected=wanted, got=shapes)
        fail("Some tensors have the wrong shape.", expected=wanted, got=shapes)
    return fused


def expect_listed(answer, key, right, what, mistakes=None, advice=""):
    """Fail unless these are the right numbers by their names; bit for bit they are, as a rule, and looked at as one."""
    shapes, values = answer["shapes"], answer[key]
    row = together({name: right[name] for name in shapes})
    if values.dtype != row.dtype or not torch.equal(values, row):
        expect_close(apart(values, shapes), right, what=what, mistakes=mistakes or {}, advice=advice)


def expect_tensors(student, rng, sizes, models=2, dtype="float32"):
    """Fail unless what is listed of each model is its own numbers, to read and to write."""
    module = Module("GPT", sizes, draw_numbers(rng, sizes))
    ids, states = draw_input(rng, module, 2, 5), [in_both_forms(draw_state(rng, sizes)) for _ in range(models)]
    answers = written_into(student, sizes, module.numbers, states, ids, dtype=dtype)
    tolerance = TOL_FP32 if dtype == "float32" else TOL_FP64
    earlier: list[dict] = []
    for index, (state, answer) in enumerate(zip(states, answers, strict=True)):
        fused = expect_names(answer, sizes)
        if not answer["unchanged"]:
            fail("Calling tensors_of changes the model.")
        one = Module("GPT", sizes, module.numbers.roll(index), layout=answer["layout"])
        reading = one.expect(answer["before"], ids, "What the model gives before anything is written", tolerance)
        right = {name: value.to(getattr(torch, dtype)) for name, value in named_parameters_of(reading, fused).items()}
        mistakes = Mistakes(lambda right=right, fused=fused: name_mistakes(right, sizes, fused)) | (
            {"What is listed is an earlier model's.": AnyOf(*earlier)} if earlier else {}
        )
        earlier.append(right)
        expect_listed(answer, "values", right, "What is listed", mistakes, "Compare with the names' list.")
        expected = scored(ids, model_of(state, sizes.layers), sizes.heads).to(answer["after"].dtype)
        if torch.equal(answer["after"], answer["before"]):
            fail(COPIES)
        if not agrees(answer["after"], expected, TOL_FP32 if dtype == "float32" else {"rtol": 1e-6, "atol": 1e-6}):
            fail(
                "A part of what is listed is a copy, or not what the model uses: filled, it changes too little.",
                expected=expected,
                got=answer["after"],
            )
        written = {name: state[name].to(getattr(torch, dtype)) for name in right}
        expect_listed(answer, "again", written, "What is listed once other numbers were written into it")
        expect_listed(answer, "kept", right, "What was listed, once the model's parameters changed again,")


# --- init_weights ---------------------------------------------------------------------------------------------------


@probe
def started(student, sizes, numbers, seeds, ids, frozen):
    """What a model holds after init_weights, called once for each seed (None seeds nothing), and what it gives then.

    With it torch's next random number, and what must stay: parameters, whether they are trainable, modes.
    """
    model = student.GPT(student.GPTConfig(*sizes))
    start = 0
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(3 * numbers[start : start + parameter.numel()].view(parameter.shape))
            start += parameter.numel()
    parameters = list(model.parameters())
    for index in frozen:
        parameters[index].requires_grad_(False)
    modules = list(model.modules())
    model.train()
    modules[-1].eval()
    modes, trained = [one.training for one in modules], [one.requires_grad for one in parameters]
    found = []
    for seed in seeds:
        if seed is not None:
            torch.default_generator.manual_seed(seed)
        result = student.init_weights(model)
        draw = torch.rand(())
        now = list(model.parameters())
        kept = {
            "result": result is None,
            "objects": len(now) == len(parameters)
            and all(one is two for one, two in zip(now, parameters, strict=True)),
            "trained": [one.requires_grad for one in now] == trained,
            "leaves": all(one.is_leaf and one.grad_fn is None for one in now),
            "modes": [one.training for one in model.modules()] == modes,
            "gradients": torch.is_grad_enabled(),
        }
        tensors = student.tensors_of(model)
        shapes = {name: list(one.shape) for name, one in tensors.items()}
        numbers = torch.cat([one.detach().flatten() for one in tensors.values()])
        model.eval()
        logits = model(ids)
        model.train()
        modules[-1].eval()
        found.append({"shapes": shapes, "numbers": numbers, "logits": logits, "draw": draw, "kept": kept})
    return found


STAYS = {
    "objects": "Parameters are replaced by others; an optimizer would go on with the old ones.",
    "trained": "Which parameters are trainable has changed.",
    "leaves": "Parameters have a graph: the drawing is recorded.",
    "modes": "The modes of the model's modules have changed.",
    "gradients": "Gradients are switched off for good.",
}


def run_started(student, rng, sizes, seeds, frozen=()):
    """What `started` gives; the logits must be those of the numbers that it lists."""
    ids = draw_input(rng, Module("GPT", sizes, torch.zeros(0)), 2, 4)
    numbers = draw_numbers(rng, sizes)
    found = student.run(started, sizes.given, numbers, seeds, ids, list(frozen))
    for one in found:
        one["tensors"] = apart(one["numbers"], one["shapes"])
        before = 3 * numbers[: len(one["numbers"])]
        if one["numbers"].max() == before.max() and torch.equal(one["numbers"].sort().values, before.sort().values):
            fail("Nothing is drawn: the numbers are those that stood there before.")
        expected = scored(ids, model_of(one["tensors"], sizes.layers), sizes.heads)
        if not agrees(one["logits"], expected, TOL_FP32):
            fail("After init_weights the model doesn't give what the numbers give that tensors_of lists.")
        for what, sentence in STAYS.items():
            if not one["kept"][what]:
                fail(sentence)
    return found


def kind_of(name):
    """ "gain", "bias", "into" (the two projections into the stream), "table" or "weight"."""
    if ".ln_" in f".{name}":
        return "bias" if name.endswith("bias") else "gain"
    if name.endswith("bias"):
        return "bias"
    if name.startswith(("wte", "wpe")):
        return "table"
    return "into" if name.endswith("c_proj.weight") else "weight"


KINDS = ("table", "weight", "into")  # what is drawn
INTO = ("attn.c_proj.weight", "mlp.c_proj.weight")


def spread_of(tensors):
    """The deviation from 0 of all their numbers, and how many these are."""
    count = sum(one.numel() for one in tensors)
    return math.sqrt(sum(one.double().square().sum().item() for one in tensors) / count), count


def spread_off(found, spread):
    """Whether so many numbers of a normal distribution with this deviation would look so in two of 10**9 cases."""
    deviation, count = found
    return abs(deviation / spread - 1) > DEVIATIONS / math.sqrt(2 * count)


def expect_start(tensors, sizes, std=0.02):
    """Fail unless the numbers are drawn as the docstring says."""
    layers = sizes.layers
    groups: dict[str, list] = {}
    for name, tensor in tensors.items():
        groups.setdefault(kind_of(name), []).append((name, tensor))
        if not tensor.isfinite().all():
            fail("Some numbers are not finite.")
    for kind, value, sentence in (("bias", 0, "A bias doesn't start at 0."), ("gain", 1, "A gain doesn't start at 1.")):
        for name, tensor in groups[kind]:
            if not (tensor == value).all():
                fail(sentence, expected=value, got=tensor, advice=name)
    scale = 1 / math.sqrt(2 * layers)

    def of(kinds, end=""):
        return [one for kind in kinds for name, one in groups[kind] if name.endswith(end)]

    plain, into = spread_of(of(["table", "weight"])), spread_of(of(["into"]))
    by_torch = 1 / math.sqrt(3 * sizes.width)
    if not spread_off(spread_of(of(["weight"])), by_torch):
        fail("The weights start as PyTorch's modules do, far wider than GPT-2.")
    if not spread_off(spread_of(of(["table"])), 1.0):
        fail("The tables start as nn.Embedding does, fifty times as wide as GPT-2's.")
    if not spread_off(plain, std * scale) and not spread_off(into, std * scale):
        fail("Every matrix has the smaller spread; only those that write into the stream have it.")
    for ends, other in ((INTO[0], INTO[1]), (INTO[1], INTO[0])):
        one, two = spread_of(of(["into"], ends)), spread_of(of(["into"], other))
        if not spread_off(one, std) and not spread_off(two, std * scale):
            fail("Only one of the two weights that write into the stream has the smaller spread; both have it.")
    for factor, sentence in (
        (1.0, "The weights that write into the stream have the spread of all others."),
        (1 / math.sqrt(layers), "It is divided by the root of the layers; each layer adds twice to the stream."),
        (1 / (2 * layers), "It is divided by 2 · layers, not by its root."),
        (1 / layers, "It is divided by the layers, not by the root of twice as many."),
        (1 / math.sqrt(2), "The layers are not counted: it is divided by the root of 2."),
        (scale * scale, "It is divided by 2 · layers, not by its root."),
        (math.sqrt(2 * layers), "It is multiplied by the root of 2 · layers; it is divided by it."),
        (scale / std, "The weights that write into the stream have the scale for their spread, without 0.02."),
    ):
        if factor != scale and not spread_off(into, std * factor) and not spread_off(plain, std):
            fail(sentence)
    for kind, spread in zip(KINDS, (std, std, std * scale), strict=True):
        for name, tensor in groups[kind]:
            what = {"table": "A table", "weight": "A weight", "into": "A weight that writes into the stream"}[kind]
            if not tensor.any():
                fail(f"{what} is all zeros, so it must still be drawn.")
            found = spread_of([tensor])
            if not spread_off(found, spread**2):
                fail(f"{what} is drawn with the variance for the standard deviation.")
            if spread_off(found, spread):
                fail(f"{what} doesn't have the docstring's standard deviation.", got=tensor.std().item(), advice=name)
            if abs(tensor.double().mean().item()) > DEVIATIONS * spread / math.sqrt(tensor.numel()):
                fail(f"The mean of {what[0].lower()}{what[1:]} is not 0.", got=tensor.mean().item(), advice=name)
    drawn = torch.cat(
        [one.flatten() / (std * scale if kind == "into" else std) for kind in KINDS for one in of([kind])]
    )
    if len(drawn.unique()) < 0.9 * len(drawn):
        fail("The same numbers stand in several places; each is drawn by itself.")
    # 3 for normal numbers, 1.8 for uniform ones, 2.4 where what is beyond two deviations is cut off
    squares = drawn.double().square()
    if abs(squares.square().mean().item() / squares.mean().item() ** 2 - 3) > DEVIATIONS * math.sqrt(24 / len(drawn)):
        fail("The numbers are not normally distributed.")
