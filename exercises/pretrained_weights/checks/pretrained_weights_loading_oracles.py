"""What the checks of `load_into` share: a student's own GPT, and a model of the checks' own with everything to damage.

The GPT's logits are compared with a plain formula in float64.
"""

from __future__ import annotations

import itertools
import math

import torch
from pretrained_weights_oracles import row_of, shapes_of, stands_in
from torch import nn
from torch.nn import functional as F

from autograder.checks import AnyOf, Mistakes, expect_close, expect_equal, fail, probe

ORDER = "Queries, keys and values get one another's rows."
INTERLEAVED = "c_attn is cut row by row in turn; the first D rows are the queries."
NOT_WRITTEN = "Nothing is written into the model."
NOT_ATTENTION = "Tensors that the model keeps as q, k and v are not written."
TURNED = "Weights are transposed once more; those of the state are (out, in) already."
REPLACED = "Parameters are replaced by others; write into those that are there."
TIE_BROKEN = "What was tied is two tensors now."
DTYPE = "The model gets the dtype of the state; it keeps its own."
TRAINABLE = "A frozen parameter can be trained afterwards, or the other way round."
GRADIENTS = "Gradients that were there are gone, or changed."
BUFFERS = "Buffers are changed."
MODES = "Modes are changed."
STATE_CHANGED = "The state is changed."
SHARES = "The model shares memory with the state: what is written there later changes the model."
GRAPH = "A parameter is the result of a calculation afterwards; write under torch.no_grad()."
SWITCH = "Gradients are switched off afterwards, or on."
HALF = "The model is half loaded when the error comes."
ADDED = "Numbers are added to those that were there."
REMEMBERED = "A second model is loaded with what the first was."
UNNAMED = "The message leaves out names of tensors that don't fit."
STRICT = "A legal state is refused."
RAISES = "A legal state raises an error, and not the one for a state that doesn't fit."
RECORDED = "It writes while gradients are recorded, which PyTorch refuses; use torch.no_grad()."
OTHER_MEMORY = "A parameter gets the memory of another tensor; write into its own."
LACKING = "A state that lacks a tensor of the model is loaded; it is a ValueError."
LEFT_OVER = "A state with a tensor that the model doesn't have is loaded; it is a ValueError."
SHAPE = "A tensor of another shape is loaded; it is a ValueError."
STRETCHED = "A tensor that copy_ can stretch is loaded; its shape is another, so it is a ValueError."
OTHER_ERROR = "A state that doesn't fit raises another error than ValueError."
NO_MESSAGE = "The ValueError has no message; it has to name what is wrong."


@probe
def own_gpt(student, sizes, row, shapes, ids, spread):
    """A GPT of the student's lesson before, loaded: its logits, and its numbers by name."""
    tools, state, start = student.__tools__, {}, 0
    for name, shape in shapes.items():
        count = math.prod(shape)
        state[name] = row[start : start + count].reshape(shape)
        start += count
    model = tools.GPT(tools.GPTConfig(**sizes)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, spread)
    before = {name: one.detach().clone() for name, one in tools.tensors_of(model).items()}
    student.load_into(model, state, tools.tensors_of)
    untouched = all(torch.equal(one, before[name]) for name, one in tools.tensors_of(model).items())
    tensors = {name: one.detach().clone() for name, one in tools.tensors_of(model).items()}
    for name in [name for name in tensors if ".attn.q." in name]:
        parts = [tensors.pop(name.replace(".q.", f".{letter}.")) for letter in "qkv"]
        tensors[name.replace(".q.", ".c_attn.")] = torch.cat(parts)
    with torch.no_grad():
        found = {name: tensors.get(name) for name in shapes}
        return {"tensors": found, "logits": model(ids), "untouched": untouched}


def logits_of(state, ids, heads):
    """GPT-2 by its formula, in float64: state by short names with maps (out, in), ids (B, T) → (B, T, V)."""
    state = {name: one.double() for name, one in state.items()}

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], state[f"{name}.weight"], state[f"{name}.bias"], 1e-5)

    def linear(x, name):
        return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    x = state["wte.weight"][ids] + state["wpe.weight"][: ids.shape[1]]
    ahead = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).triu(1)
    for block in range(sum(name.endswith(".ln_1.weight") for name in state)):
        three = linear(norm(x, f"h.{block}.ln_1"), f"h.{block}.attn.c_attn").chunk(3, dim=-1)
        q, k, v = (one.unflatten(-1, (heads, -1)).transpose(1, 2) for one in three)
        scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(ahead, -math.inf)
        x = x + linear((scores.softmax(-1) @ v).transpose(1, 2).flatten(2), f"h.{block}.attn.c_proj")
        a = linear(norm(x, f"h.{block}.ln_2"), f"h.{block}.mlp.c_fc")
        a = a / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3)))
        x = x + linear(a, f"h.{block}.mlp.c_proj")
    return norm(x, "ln_f") @ state["wte.weight"].T


# Logits of this size, sums of some 100 products in float32, are off by 1e-5 at most; mistakes by 1e-2.
TOL = {"rtol": 1e-4, "atol": 1e-4}


def wrong_states(state):
    """Sentence → what is read from a model of which a part was loaded wrongly."""

    def thirds(*order):
        return {
            name: torch.cat([one.chunk(3)[at] for at in order]) if "c_attn" in name else one
            for name, one in state.items()
        }

    def turned(one):
        return one.T.contiguous() if one.ndim == 2 and one.shape[0] == one.shape[1] else one

    def swapped(one, other):
        return {name: state[name.replace(one, "*").replace(other, one).replace("*", other)] for name in state}

    return {
        ORDER: thirds(1, 0, 2),
        TURNED: {name: turned(one) for name, one in state.items()},
        "The two norms of a block change places.": swapped("ln_1", "ln_2"),
    }


def expect_own_gpt(student, rng, sizes, state, tolerance=TOL):
    """`state` by short names, maps (out, in)."""
    ids = rng.randint(0, sizes.vocab, (2, sizes.positions))
    answer = student.run(own_gpt, sizes.given, row_of(state), shapes_of(state), ids, 0.5)
    tensors = answer.get("tensors")
    if answer["untouched"]:
        fail(NOT_WRITTEN)
    expect_equal(
        tensors, state, what="What tensors_of gives afterwards", mistakes=Mistakes(lambda: wrong_states(state))
    )
    expect_close(
        answer["logits"].double(), logits_of(state, ids, sizes.heads), what="What the loaded GPT gives", **tolerance
    )


# --- a model of the checks' own --------------------------------------------------------------------------------------


@probe
def into_other_model(student, states, dtype, fused, rounds):
    """Models with a tied head, buffers, frozen parameters, gradients and mixed modes, each loaded with the states in
    `rounds`, one after the other; [name, shape, values] for each tensor of a state.

    queries, keys and values are three parameters, or one (fused), each stored (in, out) and listed as a view.
    """
    width = 6
    kind = getattr(torch, dtype)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(7, width, dtype=kind)
            self.head = nn.Linear(width, 7, bias=False, dtype=kind)
            self.head.weight = self.table.weight
            self.norm = nn.BatchNorm1d(width, dtype=kind)
            self.mixing = nn.ModuleDict()
            for letter in ["c_attn"] if fused else ["q", "k", "v"]:
                size = 3 * width if fused else width
                self.mixing[letter] = nn.Linear(size, width, bias=False, dtype=kind)  # stored (in, out)
                self.mixing[letter].register_parameter("shift", nn.Parameter(torch.zeros(size, dtype=kind)))
            self.output = nn.Linear(width, width, dtype=kind)
            self.register_buffer("mask", torch.ones(4, 4, dtype=torch.bool).tril())

    def tensors_of(model):
        found = {"wte.weight": model.table.weight, "ln_f.weight": model.norm.weight, "ln_f.bias": model.norm.bias}
        for letter, one in model.mixing.items():
            found[f"h.0.attn.{letter}.weight"], found[f"h.0.attn.{letter}.bias"] = one.weight.T, one.shift
        found["h.0.attn.c_proj.weight"], found["h.0.attn.c_proj.bias"] = model.output.weight, model.output.bias
        return found

    def numbers(model):
        tensors = {name: one.detach().double() for name, one in tensors_of(model).items()}
        if not fused:
            for end in ("weight", "bias"):
                parts = [tensors.pop(f"h.0.attn.{letter}.{end}") for letter in "qkv"]
                tensors[f"h.0.attn.c_attn.{end}"] = torch.cat(parts)
        return torch.cat([tensors[name].flatten() for name in sorted(tensors)])

    made = [{name: values.clone() for name, values in state.items()} for state in states]
    found = []
    for which in rounds:
        model = Model()
        with torch.no_grad():
            for index, parameter in enumerate(model.parameters()):
                parameter.copy_(torch.arange(parameter.numel()).view(parameter.shape) % 5 - index)
                parameter.requires_grad_(index % 3 != 1)
                parameter.grad = torch.full_like(parameter, index + 1.0) if index % 2 else None
        model.train()
        model.norm.eval()
        model.output.eval()
        before = dict(model.named_parameters(remove_duplicate=False))
        parameters = [*before.values()]
        places = [one.data_ptr() for one in parameters]
        trainable = [one.requires_grad for one in parameters]
        gradients = [None if one.grad is None else one.grad.double().sum() for one in parameters]
        buffers = torch.cat([one.detach().double().flatten() for one in model.buffers()])
        modes = [module.training for module in model.modules()]
        history = []
        for at in which:
            state = made[at]
            given = {name: one.clone() for name, one in state.items()}
            error = None
            grad = torch.is_grad_enabled()
            try:
                student.load_into(model, state, tensors_of)
            except NotImplementedError:
                raise
            except Exception as raised:
                kind_of = "ValueError" if isinstance(raised, ValueError) else type(raised).__name__
                error = [kind_of, str(raised)]
            after = dict(model.named_parameters(remove_duplicate=False))
            now = [*after.values()]
            later = [None if one.grad is None else one.grad.double().sum() for one in now]
            kept = {
                "objects": after.keys() == before.keys() and all(after[name] is before[name] for name in before),
                "tie": model.head.weight is model.table.weight,
                "memory": [one.data_ptr() for one in now] == places,
                "dtype": all(one.dtype == kind for one in now),
                "trainable": [one.requires_grad for one in now] == trainable,
                "gradients": later == gradients,
                "modes": [module.training for module in model.modules()] == modes,
                "graph": all(one.is_leaf for one in now),
                "switch": torch.is_grad_enabled() == grad,
                "state": state.keys() == given.keys() and all(torch.equal(state[one], given[one]) for one in given),
            }
            entry = {"error": error, "numbers": numbers(model), "kept": [name for name in kept if not kept[name]]}
            entry["buffers"] = torch.cat([one.detach().double().flatten() for one in model.buffers()]) - buffers
            with torch.no_grad():
                for one in state.values():
                    one.add_(100)
            entry["later"] = numbers(model)
            with torch.no_grad():
                for name in given.keys() & state.keys():
                    state[name].copy_(given[name])
            history.append(entry)
        found.append(history)
    return found


LOST = {
    "objects": REPLACED,
    "tie": TIE_BROKEN,
    "memory": OTHER_MEMORY,
    "dtype": DTYPE,
    "trainable": TRAINABLE,
    "gradients": GRADIENTS,
    "modes": MODES,
    "graph": GRAPH,
    "switch": SWITCH,
    "state": STATE_CHANGED,
}
# said in this order, the nearer cause first
LOST_ORDER = ("dtype", "tie", "objects", "memory", "graph", "trainable", "gradients", "modes", "switch", "state")

WIDTH = 6
OTHER_SHAPES = {  # what is cut stands first and last, where a loop may miss it
    "h.0.attn.c_attn.weight": [3 * WIDTH, WIDTH],
    "wte.weight": [7, WIDTH],
    "ln_f.weight": [WIDTH],
    "ln_f.bias": [WIDTH],
    "h.0.attn.c_proj.weight": [WIDTH, WIDTH],
    "h.0.attn.c_proj.bias": [WIDTH],
    "h.0.attn.c_attn.bias": [3 * WIDTH],
}


def other_state(rng):
    """A state for the model of `into_other_model`; its numbers are exact in 16 bits."""
    return {name: rng.randint(-120, 120, shape).float() for name, shape in OTHER_SHAPES.items()}


def start_numbers(fused):
    """What stands in that model before anything is loaded, in the order of the sorted names."""
    sizes = [("wte.weight", (7, WIDTH)), ("ln_f.weight", (WIDTH,)), ("ln_f.bias", (WIDTH,))]
    for letter in ["c_attn"] if fused else ["q", "k", "v"]:
        size = 3 * WIDTH if fused else WIDTH
        sizes += [(f"{letter}.weight", (WIDTH, size)), (f"{letter}.bias", (size,))]
    sizes += [("c_proj.weight", (WIDTH, WIDTH)), ("c_proj.bias", (WIDTH,))]
    found = {}
    for index, (name, shape) in enumerate(sizes):
        found[name] = (torch.arange(math.prod(shape)).view(shape) % 5 - index).double()
    if not fused:
        found["c_attn.weight"] = torch.cat([found.pop(f"{letter}.weight").T for letter in "qkv"])
        found["c_attn.bias"] = torch.cat([found.pop(f"{letter}.bias") for letter in "qkv"])
    else:
        found["c_attn.weight"] = found["c_attn.weight"].T
    full = {(name if name in OTHER_SHAPES else f"h.0.attn.{name}"): one for name, one in found.items()}
    return numbers_of(full)


def numbers_of(state):
    return torch.cat([state[name].double().flatten() for name in sorted(OTHER_SHAPES)])


def wrong_numbers(state, before, fused):
    """Sentence → the numbers of the model after a legal state was loaded wrongly into what held `before`."""

    def changed(rule):
        return numbers_of({name: rule(name, one) for name, one in state.items()})

    def kept(rule):
        start, found = 0, []
        for name in sorted(OTHER_SHAPES):
            count = math.prod(OTHER_SHAPES[name])
            found.append(before[start : start + count] if rule(name) else state[name].double().flatten())
            start += count
        return torch.cat(found)

    def thirds(*order):
        return changed(lambda name, one: torch.cat([one.chunk(3)[at] for at in order]) if "c_attn" in name else one)

    def in_turn(name, one):
        return torch.cat([one[at::3] for at in range(3)]) if "c_attn" in name else one

    found = {
        NOT_WRITTEN: before,
        ADDED: before + numbers_of(state),
        TURNED: changed(lambda name, one: one.T if one.ndim == 2 and one.shape[0] == one.shape[1] else one),
        "Biases are not written.": kept(lambda name: name.endswith("bias")),
        "Gains and biases of norms are not written.": kept(lambda name: "ln_" in name),
        "The table of tokens is not written.": kept(lambda name: name == "wte.weight"),
    }
    if fused:
        found["Frozen parameters are not written."] = kept(lambda name: name in ("ln_f.weight", "h.0.attn.c_attn.bias"))
    else:
        found |= {
            NOT_ATTENTION: kept(lambda name: "c_attn" in name),
            "The biases of q, k and v are not written.": kept(lambda name: name.endswith("c_attn.bias")),
            INTERLEAVED: changed(in_turn),
            "q, k and v all get the queries.": thirds(0, 0, 0),
        }
        found[ORDER] = AnyOf(*(thirds(*order) for order in itertools.permutations(range(3)) if order != (0, 1, 2)))
    return found


def expect_loaded(student, states, *, fused, dtype="float32", rounds=((0,),)):
    """Load legal states, given by short names; each round is a model, with the states that it is given in turn."""
    answers = student.run(into_other_model, states, dtype, fused, [list(one) for one in rounds])
    for which, history in zip(rounds, answers, strict=True):
        before = start_numbers(fused)
        for at, entry in zip(which, history, strict=True):
            told_loaded(entry, states[at], before, fused, first=states[which[0]] if at != which[0] else None)
            before = numbers_of(states[at])


def told_loaded(entry, state, before, fused, first=None):
    if entry["error"] is not None:
        kind, message = entry["error"]
        fail(RECORDED if "leaf" in message else STRICT if kind == "ValueError" else RAISES, got=entry["error"])
    right = numbers_of(state)
    told_kept(entry)

    def mistakes():
        found = wrong_numbers(state, before, fused)
        return found if first is None else found | {REMEMBERED: numbers_of(first)}

    expect_equal(entry["numbers"], right, what="What the model holds afterwards", mistakes=Mistakes(mistakes))
    expect_equal(entry["later"], right, what="What the model holds later", mistakes={SHARES: lambda: entry["later"]})


def told_kept(entry):
    """Everything beside the numbers is as it was; said of no model whose buffers moved."""
    lost = entry["kept"]
    for name in LOST_ORDER:
        if name in lost:
            fail(LOST[name])
    expect_equal(
        entry["buffers"],
        torch.zeros_like(entry["buffers"]),
        what="What buffers gained",
        mistakes={BUFFERS: lambda: entry["buffers"]},
    )


def expect_refused(student, rng, cases, *, fused):
    """Each case is (state, the names that are wrong, the sentence where it is loaded); a legal state comes between.

    Of names in a tuple any one will do.
    """
    legal = other_state(rng)
    order = rng.permutation(list(range(len(cases) + 1)))
    states = [state for state, _, _ in cases] + [legal]
    (history,) = student.run(into_other_model, states, "float32", fused, [order])
    before = start_numbers(fused)
    for at, entry in zip(order, history, strict=True):
        if at == len(cases):
            told_loaded(entry, legal, before, fused)
            before = numbers_of(legal)
            continue
        _, names, sentence = cases[at]
        if entry["error"] is None:
            fail(sentence)
        kind, message = entry["error"]
        if kind != "ValueError":
            fail(OTHER_ERROR, got=entry["error"])
        if not message.strip():
            fail(NO_MESSAGE)
        either = [(name,) if isinstance(name, str) else name for name in names]
        if not all(any(stands_in(message, name) for name in one) for one in either):
            fail(UNNAMED, expected=names, got=message)
        told_kept(entry)
        expect_equal(entry["numbers"], before, what="What the model holds", mistakes={HALF: entry["numbers"]})
