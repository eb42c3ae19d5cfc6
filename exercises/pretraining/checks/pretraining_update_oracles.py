"""What the checks of one update share: a limit on the gradient, the optimizer's groups, and AdamW.

Oracles are loops in Python and formulas in float64; AdamW itself is `torch.optim.AdamW`.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_close, expect_equal, fail, probe

# --- clip_gradients -------------------------------------------------------------------------------------------------

# The 1e-6 that may be added to the norm is 2e-6 of the smallest one that is clipped; the rest is rounding in fp32.
TOL_CLIPPED = {"rtol": 1e-5, "atol": 1e-6}


@probe
def clipped(student, values, max_norm, once):
    """Clip gradients with these values (None: no gradient), of parameters that can be gone through once, or as a list.

    Gives what was returned, the values in the tensors that the gradients were, and what became of everything else.
    """
    parameters = [nn.Parameter(torch.full_like(torch.ones(2) if one is None else one, 7.0)) for one in values]
    for parameter, value in zip(parameters, values, strict=True):
        parameter.grad = None if value is None else value.clone()
    gradients = [parameter.grad for parameter in parameters]
    norm = student.clip_gradients(iter(parameters) if once else parameters, max_norm)
    return {
        "norm": norm,
        "float": type(norm) is float,
        "gradients": [one for one in gradients if one is not None],
        "now": [parameter.grad for parameter in parameters if parameter.grad is not None],
        "kept": all(bool((parameter == 7).all()) for parameter in parameters),
    }


def clip_mistakes(gradients, max_norm, norm):
    """Sentence → (what is returned, gradients) with that mistake. `norm` is the right one."""

    def scaled(factor):
        return [one * factor for one in gradients]

    def limited(other):
        """Gradients that are scaled as if this were the norm."""
        return scaled(max_norm / other) if other > max_norm else gradients

    def each(change):
        return [change(one) for one in gradients]

    right, long = limited(norm), norm > max_norm
    flat = torch.cat([one.flatten() for one in gradients]).double()
    norms = [one.double().norm().item() for one in gradients]
    others = {
        "The norms of the tensors are added up; the norm of all is the root of the sum of squares.": sum(norms),
        "Absolute values are added up; the norm is the root of the sum of squares.": flat.abs().sum().item(),
        "It takes the largest number of all for the norm.": flat.abs().max().item(),
        "The root is missing: it takes the sum of squares for the norm.": norm**2,
        "It averages the squares; the norm has their sum.": norm / math.sqrt(len(flat)),
        "It averages the norms of the tensors.": sum(norms) / len(norms),
        "It takes the norm of the largest tensor alone.": max(norms),
        "It takes the norm of the first gradient alone.": norms[0],
        "It takes the norm of the last gradient alone.": norms[-1],
    }
    per_tensor = each(lambda one: one * min(1.0, max_norm / max(one.double().norm().item(), 1e-12)))
    values = each(lambda one: one.clamp(-max_norm, max_norm))
    returned = (norm, max_norm, min(norm, max_norm))
    up = scaled(max_norm / norm) if norm else gradients
    return {
        "Nothing is clipped.": AnyOf((norm, gradients), (min(norm, max_norm), gradients)),
        "Each tensor is clipped by its own norm; one norm counts for all.": AnyOf(
            *((one, per_tensor) for one in returned)
        ),
        "Numbers are clipped one by one; all are scaled by the same factor.": AnyOf(
            *((one, values) for one in returned)
        ),
        "Gradients that are short enough are scaled up to the limit.": AnyOf((norm, up), (max_norm, up)),
        "The norm after clipping is returned; that of before is asked for.": AnyOf(
            (min(norm, max_norm), right), (max_norm, right)
        ),
        "Nothing is returned; the norm of before is asked for.": (None, right),
        "The factor is returned; the norm is asked for.": AnyOf(
            (min(1.0, max_norm / (norm + 1e-6)), right), (max_norm / (norm + 1e-6), right)
        ),
        "Gradients that are too long are set to 0; they are scaled.": (norm, scaled(0.0) if long else right),
        "Gradients are scaled to the norm 1, whatever the limit.": AnyOf(
            (norm, scaled(1 / (norm or 1.0))), (norm, scaled(1 / norm) if long else right)
        ),
        "Gradients are divided by the limit.": (norm, scaled(1 / max_norm) if long else right),
        "Gradients are scaled by the root of the factor.": (
            norm,
            scaled(math.sqrt(max_norm / norm)) if long else right,
        ),
        "The last gradient is not scaled.": (norm, [*right[:-1], gradients[-1]]),
        "The first gradient is not scaled.": (norm, [gradients[0], *right[1:]]),
        **{sentence: AnyOf((other, limited(other)), (other, right)) for sentence, other in others.items()},
    }


def alike(one, other, tolerance=TOL_CLIPPED):
    """Whether two lists of tensors are about the same."""
    shapes = [[list(part.shape) for part in parts] for parts in (one, other)]
    return shapes[0] == shapes[1] and all(torch.allclose(a, b, **tolerance) for a, b in zip(one, other, strict=True))


def expect_clipped(student, values, max_norm, *, once=False):
    """Fail unless these gradients (None: none) are clipped, and nothing else is changed."""
    gradients = [one for one in values if one is not None]
    norm = math.sqrt(sum(number**2 for one in gradients for number in one.double().flatten().tolist()))
    right = [one * (max_norm / norm) for one in gradients] if norm > max_norm else gradients
    skipped = any(one is None for one in values)
    stumbles = "A parameter without a gradient is not skipped." if skipped else ""
    with expect_accepted(stumbles if gradients else "It raises an error where no parameter has a gradient."):
        answer = student.run(clipped, values, max_norm, once)
    if not answer["kept"]:
        fail("The parameters are changed; only their gradients are to be.")
    found = answer["gradients"]
    if once and norm > max_norm and alike(found, gradients):
        fail("The parameters are gone through twice; the second time there may be none.")
    if norm > max_norm and alike(found, gradients) and alike(answer["now"], right):
        fail("The clipped gradients are new tensors; they are to be changed in place.")
    if norm == 0 and any(bool(one.isnan().any()) for one in found):
        fail("Gradients of 0 become NaN: it divides by their norm.")
    expect_close(
        (answer["norm"], found),
        (norm, right),
        what="The pair of the norm and the gradients",
        mistakes=Mistakes(lambda: clip_mistakes(gradients, max_norm, norm) if gradients else {}),
        advice="One norm over all, one factor for all.",
        **TOL_CLIPPED,
    )
    if norm < max_norm and not all(map(torch.equal, found, gradients)):
        fail("Gradients that are short enough are changed in their last bits.")
    if not alike(answer["now"], right):
        fail("What stands in .grad afterwards are other tensors; they are to be changed in place.")
    if not answer["float"]:
        fail("The norm must be a plain float: .item() gives one.")


# --- decay_groups ---------------------------------------------------------------------------------------------------

# Kinds of layers: the dimensions of their parameters in order
KINDS = {"linear": (2, 1), "norm": (1, 1), "embedding": (2,), "convolution": (3, 1), "scalar": (0,), "bare": (2,)}


@probe
def grouped(student, kinds, frozen, tie, weight_decay):
    """The groups of a model of these kinds of layers, as the numbers of its parameters (-1: none of the model's).

    `frozen` are numbers of parameters. With `tie`, the first linear map has the weight of the first embedding.
    """

    class Scale(nn.Module):
        def __init__(self, *size):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(size))

    width = 4
    makers = {
        "linear": lambda: nn.Sequential(nn.Linear(width, width + 1)),
        "norm": lambda: nn.LayerNorm(width),
        "embedding": lambda: nn.Embedding(width + 1, width),
        "convolution": lambda: nn.Sequential(nn.Sequential(nn.Conv1d(width, width, 2))),
        "scalar": Scale,
        "bare": lambda: Scale(3, 2),
    }
    model = nn.Module()
    for at, kind in enumerate(kinds):
        setattr(model, f"{'zyxwvutsrq'[at]}_{kind}", makers[kind]())
    model.register_buffer("seen", torch.ones(3, 3))
    if tie:
        first = {type(one): one for one in reversed(list(model.modules()))}
        first[nn.Linear].weight = first[nn.Embedding].weight
    parameters = list(model.parameters())
    for at in frozen:
        parameters[at].requires_grad_(False)
    modules = list(model.modules())
    for at, module in enumerate(modules):
        module.training = at % 2 == 0
    groups = student.decay_groups(model, weight_decay)
    number = {id(parameter): at for at, parameter in enumerate(parameters)}
    lists = all(type(group["params"]) in (list, tuple) for group in groups)
    return {
        "groups": [
            [[number.get(id(one), -1) for one in group["params"]], group.get("weight_decay")] for group in groups
        ],
        "lists": lists,
        "frozen": [at for at, parameter in enumerate(model.parameters()) if not parameter.requires_grad],
        "modes": all(module.training == (at % 2 == 0) for at, module in enumerate(modules)),
    }


def dimensions(kinds, tie):
    """For each parameter that `parameters()` gives: its kind of layer, its dimensions, and whether it is a weight."""
    found = []
    for at, kind in enumerate(kinds):
        for place, dimension in enumerate(KINDS[kind]):
            # what is tied is given where it comes first
            if tie and kind in ("linear", "embedding") and place == 0:
                pair = [kinds.index("linear"), kinds.index("embedding")]
                if at == max(pair):
                    continue
            found.append((kind, dimension, place == 0))
    return found


def expect_grouped(student, kinds, weight_decay, *, frozen=(), tie=False):
    """Fail unless the groups of such a model are right. `frozen` are numbers of its parameters."""
    parameters = dimensions(kinds, tie)
    every = range(len(parameters))

    def groups(chosen, decayed, rest=None):
        first = [at for at in chosen if decayed(at)]
        second = [at for at in chosen if not decayed(at)] if rest is None else [at for at in chosen if rest(at)]
        return [[first, weight_decay], [second, 0.0]]

    def wide(at):
        return parameters[at][1] >= 2

    trainable = [at for at in every if at not in frozen]
    right = groups(trainable, wide)
    firsts, seconds = right[0][0], right[1][0]

    with expect_accepted("It raises an error where a group is empty." if not (firsts and seconds) else ""):
        answer = student.run(grouped, kinds, list(frozen), tie, weight_decay)
    got = answer["groups"]
    if answer["frozen"] != sorted(frozen):
        fail("It changes which parameters are trainable.", expected=sorted(frozen), got=answer["frozen"])
    numbers = [at for one, _ in got for at in one]
    if -1 in numbers:
        fail("There is something in the groups that is no parameter of the model, such as a copy or a buffer.")
    if len({*numbers}) < len(numbers):
        fail("A parameter that is tied is there twice." if tie else "A parameter is there twice.")
    if got != right and [[sorted(one), decay] for one, decay in got] == right:
        fail("Parameters are not in the order of model.parameters().", expected=right, got=got)
    mistakes = {
        "Biases and gains of norms are decayed, too.": AnyOf(
            groups(trainable, lambda at: True), [[trainable, weight_decay]], groups(trainable, lambda at: at >= 0)
        ),
        "Gains of norms are decayed: their name is weight, but they have one dimension.": AnyOf(
            groups(trainable, lambda at: parameters[at][2]),
            groups(trainable, lambda at: parameters[at][2] and parameters[at][1] > 0),
        ),
        "Biases are decayed; all of one dimension are not.": groups(
            trainable, lambda at: wide(at) or not parameters[at][2] or parameters[at][0] in ("linear", "convolution")
        ),
        "Tables of embeddings are not decayed; they have two dimensions, as matrices.": AnyOf(
            groups(trainable, lambda at: wide(at) and parameters[at][0] != "embedding"),
        ),
        "Weights of more than two dimensions are not decayed.": groups(trainable, lambda at: parameters[at][1] == 2),
        "Weights of more than two dimensions are in no group.": groups(
            trainable, lambda at: parameters[at][1] == 2, lambda at: parameters[at][1] < 2
        ),
        "A parameter without a dimension is in no group.": groups(trainable, wide, lambda at: parameters[at][1] == 1),
        "A parameter without a dimension is decayed.": groups(trainable, lambda at: parameters[at][1] != 1),
        "Only weights of nn.Linear are decayed; all of two dimensions or more are.": groups(
            trainable, lambda at: wide(at) and parameters[at][0] == "linear"
        ),
        "Frozen parameters are in the groups.": AnyOf(groups(every, wide)),
        "Frozen matrices are in the group that is decayed.": groups(
            every, lambda at: wide(at), lambda at: not wide(at) and at in trainable
        ),
        "Frozen parameters are put into the group that isn't decayed.": groups(
            every, lambda at: wide(at) and at in trainable
        ),
        "The second group is decayed like the first.": AnyOf(
            [[firsts, weight_decay], [seconds, weight_decay]], [[firsts, weight_decay], [seconds, None]]
        ),
        "No group is decayed.": AnyOf([[firsts, 0.0], [seconds, 0.0]], [[firsts, None], [seconds, None]]),
        "The groups are swapped: the one that is decayed comes first.": AnyOf(right[::-1]),
        "Matrices get no decay, and biases do.": [[firsts, 0.0], [seconds, weight_decay]],
        "What is not decayed is left out, and would not be trained.": AnyOf([right[0]], [right[0], [[], 0.0]]),
        "Parameters of inner modules are left out.": AnyOf(
            groups([at for at in trainable if parameters[at][0] in ("norm", "embedding", "scalar", "bare")], wide),
            [[[], weight_decay], [[], 0.0]],
        ),
        "Parameters that no layer of PyTorch holds are left out.": groups(
            [at for at in trainable if parameters[at][0] not in ("scalar", "bare")], wide
        ),
        "An empty group is left out; there are always two.": [one for one in right if one[0]],
        "Each parameter is a group of its own; there are two groups.": [
            [[at], weight_decay if wide(at) else 0.0] for at in trainable
        ],
    }
    expect_equal(got, right, what="The list of groups", mistakes=mistakes, advice="Look at requires_grad and ndim.")
    if not answer["lists"]:
        fail("The parameters of a group are no list: an iterator can be gone through once only.")
    if not answer["modes"]:
        fail("The modes of the model's modules are changed.")


# --- adamw_step -----------------------------------------------------------------------------------------------------

# Sums of two products in fp32 and a root, some steps in a row; mistakes move 1e-3.
TOL_FP32 = {"rtol": 2e-5, "atol": 2e-6}
TOL_FP64 = {"rtol": 1e-10, "atol": 1e-12}


@probe
def stepped(student, starts, steps, options):
    """Steps of AdamW for parameters that take turns, each with a state of its own.

    A step is (number of the parameter, gradient, [lr, betas, eps, weight_decay]). Gives each parameter after each of
    its steps, and what became of all else. Of `options`, "trained" makes parameters and gradients require gradients;
    "copied" goes on with deep copies before each step.
    """
    import copy

    parameters = [start.clone().requires_grad_("trained" in options) for start in starts]
    for parameter in parameters:
        parameter.grad = torch.full_like(parameter, 5.0)
    states = [{} for _ in starts]
    found, kept, same, empty, graphs, enabled = [], True, True, False, False, True
    for at, gradient, (lr, betas, eps, decay) in steps:
        if "copied" in options:
            states[at] = copy.deepcopy(states[at])
            fresh = parameters[at].detach().clone().requires_grad_("trained" in options)
            fresh.grad = torch.full_like(fresh, 5.0)
            parameters[at] = fresh
        given = gradient.clone().requires_grad_("trained" in options)
        before, memory = parameters[at], parameters[at].data_ptr()
        student.adamw_step(parameters[at], given, states[at], lr, tuple(betas), eps, decay)
        enabled = enabled and torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        kept = kept and torch.equal(given.detach(), gradient)
        given.data.fill_(1e3)  # the caller may overwrite it
        same = same and before.data_ptr() == memory and before.requires_grad == ("trained" in options)
        empty = empty or not states[at]
        held = [one for one in states[at].values() if isinstance(one, torch.Tensor)]
        graphs = graphs or before.grad_fn is not None or any(one.grad_fn is not None for one in held)
        found.append(parameters[at].detach().clone())
        parameters[at].grad.fill_(5.0)
    return {"found": found, "kept": kept, "same": same, "empty": empty, "graphs": graphs, "enabled": enabled}


OVERWRITTEN = 1e3  # what `stepped` puts into a gradient after its step


def adamw(start, gradients, hyper, change=""):
    """A parameter in float64 after each step, with this change to the formulas.

    `hyper` is (lr, betas, eps, weight_decay) of each step.
    """
    p, m, v, highest = start.double(), torch.zeros_like(start.double()), torch.zeros_like(start.double()), 0.0
    found, first = [], hyper[0]
    for call, (gradient, (lr, (beta1, beta2), eps, decay)) in enumerate(zip(gradients, hyper, strict=True), start=1):
        g, old = gradient.double(), p
        t = call
        if change == "lr of the first call":
            lr = first[0]
        if change == "betas swapped":
            beta1, beta2 = beta2, beta1
        if change == "L2":
            g = g + decay * p
        if change == "own grad":
            g = torch.full_like(g, 5.0)
        if change == "sign":
            g = -g
        if change == "t from 0":
            t = call - 1
        if change == "t one ahead":
            t = call + 1
        if change == "t stays 1":
            t = 1
        if change == "state lost":
            m, v, t = torch.zeros_like(p), torch.zeros_like(p), 1
        if change == "means begin at the gradient" and call == 1:
            m, v = g, g**2
        if change == "overwritten" and call == 2:
            m = (1 - hyper[0][1][0]) * torch.full_like(g, OVERWRITTEN)
        m = beta1 * m + (g if change == "m sums up" else (1 - beta1) * g)
        v = beta2 * v + (1 - beta2) * (
            g.abs() if change == "v of |g|" else (g - m) ** 2 if change == "variance" else g**2
        )
        correct1 = 1 - beta1**t if change not in ("no correction", "m uncorrected") else 1.0
        correct2 = 1 - beta2**t if change not in ("no correction", "v uncorrected") else 1.0
        if change == "times beta":
            correct1, correct2 = 1 - beta1 * t, 1 - beta2 * t
        if change == "amsgrad":
            v = highest = torch.maximum(v, torch.as_tensor(highest, dtype=v.dtype))
        mean = m / correct1 if correct1 else torch.full_like(m, math.nan)
        square = v / correct2 if correct2 else torch.full_like(v, math.nan)
        if change == "nesterov":
            mean = beta1 * mean + (1 - beta1) * g / correct1
        below = square.sqrt() + eps
        if change == "eps inside":
            below = (square + eps).sqrt()
        if change == "eps twice":
            below = (square + eps).sqrt() + eps
        if change == "no eps":
            below = square.sqrt()
        if change == "eps before":
            below = (v.sqrt() + eps) / math.sqrt(correct2)
        if change == "no root":
            below = square + eps
        if change == "largest":
            below = torch.maximum(square.sqrt(), torch.full_like(square, eps))
        if change == "g over v":
            mean = g
        step = lr * mean / below
        shrunk = {
            "L2": 0.0,
            "no decay": 0.0,
            "decay without lr": decay,
            "decay grows": -lr * decay,
            "decay halved": lr * decay / 2,
            "decay squared": lr * lr * decay,
            "flat not decayed": 0.0 if p.ndim < 2 else lr * decay,
        }.get(change, lr * decay)
        if change == "decay after":
            p = (p - step) * (1 - shrunk)
        elif change == "decay to 0 by sign":
            p = old - step - lr * decay * old.sign()
        else:
            p = old - step - shrunk * old
        if change == "nothing moves":
            p = old
        if change == "decay only":
            p = old - shrunk * old
        found.append(p)
    return found


def with_shared_states(starts, steps):
    """Parameters after each step where those of the same shape share their means and their number of calls."""
    moves = {}
    for shape in {start.shape for start in starts}:
        own = [step for step in steps if starts[step[0]].shape == shape]
        zero = torch.zeros(shape, dtype=torch.float64)
        places = adamw(zero, [one[1] for one in own], [[*one[2][:3], 0.0] for one in own])
        moves[shape] = iter([now - before for before, now in zip([zero, *places], places, strict=False)])
    now, found = [start.double() for start in starts], []
    for at, _, (lr, _, _, decay) in steps:
        now[at] = now[at] * (1 - lr * decay) + next(moves[starts[at].shape])
        found.append(now[at])
    return found


STEP_MISTAKES = {
    "The decay is added to the gradient (L2), and so divided by the root as well.": ("L2",),
    "There is no correction of the means, which begin at 0.": ("no correction",),
    "The mean of the gradients is not corrected.": ("m uncorrected",),
    "The mean of the squares is not corrected.": ("v uncorrected",),
    "The number of the first call is 0; the corrections then divide by 0.": ("t from 0",),
    "The number of a call is one too large: the first is 1.": ("t one ahead",),
    "The number of a call stays 1: it isn't kept.": ("t stays 1",),
    "Nothing is kept from call to call: each is like a first one.": ("state lost",),
    "eps stands inside the root; it is added to the root.": ("eps inside", "eps twice"),
    "eps is added to the root before that is corrected.": ("eps before",),
    "There is no eps.": ("no eps",),
    "eps is a lower bound of the root; it is added to it.": ("largest",),
    "The root is missing.": ("no root",),
    "The decay acts on the new value; it acts on the old one.": ("decay after",),
    "The decay is not multiplied by lr.": ("decay without lr",),
    "The decay is multiplied by lr twice.": ("decay squared",),
    "There is no decay.": ("no decay",),
    "The decay makes the parameter larger.": ("decay grows",),
    "The decay is halved.": ("decay halved",),
    "The decay takes the same off every number; it takes a share.": ("decay to 0 by sign",),
    "Parameters of one dimension are not decayed; what decays is for decay_groups to say.": ("flat not decayed",),
    "The step goes up the gradient.": ("sign",),
    "The betas are swapped.": ("betas swapped",),
    "The step goes along the last gradient; it goes along the mean of all.": ("g over v",),
    "The gradient is added to its mean whole, and not with the share 1 - β1.": ("m sums up",),
    "It keeps the mean of the gradients' absolute values; that of their squares is asked for.": ("v of |g|",),
    "It keeps the mean of squared differences from the mean; that of the squares is asked for.": ("variance",),
    "The means begin at the first gradient; they begin at 0.": ("means begin at the gradient",),
    "It is Nesterov's form (NAdam).": ("nesterov",),
    "It keeps the largest mean of the squares (AMSGrad).": ("amsgrad",),
    "The corrections multiply by the number of the call; it is a power.": ("times beta",),
    "The parameter's own .grad is used; the gradient is an argument.": ("own grad",),
    "The lr of the first call is used in later ones.": ("lr of the first call",),
    "The parameter doesn't change: the step isn't made in place.": ("nothing moves",),
    "Only the decay is there: the step is lost.": ("decay only",),
    "What is kept is the gradient itself, which the caller overwrites.": ("overwritten",),
}


def by_torch(start, gradients, hyper):
    """A parameter after each step of `torch.optim.AdamW`, in float64."""
    parameter = start.double().clone().requires_grad_()
    optimizer = torch.optim.AdamW([parameter])
    found = []
    for gradient, (lr, betas, eps, decay) in zip(gradients, hyper, strict=True):
        optimizer.param_groups[0].update(lr=lr, betas=tuple(betas), eps=eps, weight_decay=decay)
        parameter.grad = gradient.double()
        optimizer.step()
        found.append(parameter.detach().clone())
    return found


def expect_stepped(student, starts, steps, *options):
    """Fail unless AdamW makes these steps: (number of the parameter, gradient, hyper) each, as `stepped` takes them."""
    dtype = starts[0].dtype
    with expect_accepted(
        "The step is made with a graph: a parameter that requires gradients can't be changed.", "RuntimeError"
    ):
        with expect_accepted(
            "The number of the first call is 0; the corrections then divide by 0.", "ZeroDivisionError"
        ):
            answer = student.run(stepped, starts, [list(one) for one in steps], list(options))

    def all_of(function, **more):
        """What `function` gives of each parameter's own steps, in the order of all steps."""
        own = [[step for step in steps if step[0] == at] for at in range(len(starts))]
        rows = [
            iter(function(start, [one[1] for one in mine], [one[2] for one in mine], **more) if mine else [])
            for start, mine in zip(starts, own, strict=True)
        ]
        return [next(rows[at]).to(dtype) for at, _, _ in steps]

    def wrong():
        found = {
            sentence: AnyOf(*(all_of(adamw, change=change) for change in changes))
            for sentence, changes in STEP_MISTAKES.items()
        }
        if len({start.shape for start in starts}) < len(starts):
            shared = "Parameters of the same shape share what is kept; each has a state of its own."
            found[shared] = [one.to(dtype) for one in with_shared_states(starts, steps)]
        return found

    found = answer["found"]
    tolerance = TOL_FP64 if dtype == torch.float64 else TOL_FP32
    expected = all_of(by_torch)
    if not answer["kept"]:
        fail("The gradient is changed; it is only to be read.")
    if dtype == torch.float64 and alike(found, expected, TOL_FP32) and not alike(found, expected, TOL_FP64):
        fail("It computes in a lower precision than the parameter's.")
    expect_close(
        found,
        expected,
        what="The list of the parameters after each step",
        mistakes=Mistakes(wrong),
        advice="Write the first two calls of the example down line by line.",
        **tolerance,
    )
    if not answer["same"]:
        fail("The parameter is another tensor afterwards, or no longer requires gradients as before.")
    if not answer["enabled"]:
        fail("Gradients are switched off afterwards.")
    if answer["graphs"]:
        fail("There is a graph on what is kept, which grows from step to step.")
    if answer["empty"]:
        fail("The state is still empty after a call: what is kept stands elsewhere.")
