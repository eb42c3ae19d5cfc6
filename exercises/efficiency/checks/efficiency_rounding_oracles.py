"""What the checks of `master_step` and `LossScaler` share: the same steps number by number, and with known mistakes."""

from __future__ import annotations

import math

import torch
from torch import nn

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_close, expect_equal, fail, probe

# lr · gradient and the difference round once each in float32, in whatever order: a few units in the last place. A step
# that is repeated rounds the same way each time, so many steps between 1 and 2 may be off by a unit, 1.2e-7, each.
TOL_STEP, UNIT = 1e-6, 1.2e-7

# --- master_step ----------------------------------------------------------------------------------------------------


@probe
def stepped(student, weights, masters, gradients, lr, steps, parameters):
    """Weights, masters and gradients after some steps of `master_step`, and which of the first two got a graph."""
    weights = [nn.Parameter(one.clone()) if parameters else one.clone() for one in weights]
    masters = [one.clone() for one in masters]
    gradients = [None if one is None else one.clone().requires_grad_(parameters) for one in gradients]
    for _ in range(steps):
        student.master_step(list(weights), list(masters), list(gradients), lr)
    graphs = [one.grad_fn is not None or one.requires_grad != parameters for one in weights]
    graphs += [one.grad_fn is not None or one.requires_grad for one in masters]
    return {
        "weights": [one.detach() for one in weights],
        "masters": [one.detach() for one in masters],
        "gradients": [None if one is None else one.detach() for one in gradients],
        "graphs": any(graphs),
        "filled": any(one.grad is not None for one in [*weights, *masters] if one.is_leaf),
    }


def cut(master, dtype):
    """A float32 tensor with the last bits dropped instead of rounded."""
    if dtype == torch.bfloat16:
        return (master.view(torch.int32) & -65536).view(torch.float32).to(dtype)
    near = master.to(dtype)
    return torch.where(near.float().abs() > master.abs(), near * (1 - 2**-11), near).to(dtype)


def after_steps(weights, masters, gradients, lr, steps, way="right"):
    """Weights and masters after some steps, each number in fp64 and then rounded; `way` names a mistake."""
    weights, masters = [one.clone() for one in weights], [one.clone() for one in masters]
    for _ in range(steps):
        for at, gradient in enumerate(gradients):
            weight, master = weights[at], masters[at]
            dtype = weight.dtype
            if gradient is None:
                if way == "stops at none":
                    break
                if way == "rounds without gradient":
                    weights[at] = master.to(dtype)
                continue
            if way == "first only" and at:
                continue
            step = lr * gradient.double()
            if way == "gradient rounded":
                step = lr * gradient.to(dtype).double()
            elif way == "step in 16 bits":
                step = (lr * gradient.float()).to(dtype).double()
            elif way == "no lr":
                step = gradient.double()
            elif way == "uphill":
                step = -step
            elif way == "sign":
                step = lr * gradient.double().sign()
            start = weight if way == "from weight" else master
            new = (start.double() - step).float()
            if way == "in 16 bits":
                weights[at] = (weight - lr * gradient.to(dtype)).to(dtype)
                continue
            if way == "in 16 bits, copied":
                weights[at] = (weight - lr * gradient.to(dtype)).to(dtype)
                masters[at] = weights[at].float()
                continue
            if way == "weight alone":
                weights[at] = (weight.double() - step).float().to(dtype)
                masters[at] = new
                continue
            if way == "before":
                weights[at] = master.to(dtype)
                masters[at] = new
                continue
            masters[at] = master if way == "master stays" else new
            if way != "weight stays":
                weights[at] = cut(new, dtype) if way == "cut" else new.to(dtype)
            if way == "through bf16":
                weights[at] = new.to(torch.bfloat16).to(dtype)
            if way == "read back":
                masters[at] = weights[at].float()
    return {"weights": weights, "masters": masters}


STEP_MISTAKES = {
    "The step is taken in the weight's 16 bits, where small updates are lost.": ("in 16 bits", "in 16 bits, copied"),
    "The masters are read back from the rounded weights, so what was rounded off is lost.": ("read back",),
    "The gradient is rounded to the weight's 16 bits before the step.": ("gradient rounded",),
    "lr · gradient is computed in 16 bits.": ("step in 16 bits",),
    "The learning rate is left out.": ("no lr",),
    "The step goes uphill: the gradient is added.": ("uphill",),
    "Only the sign of the gradient counts; the step is lr · gradient.": ("sign",),
    "The masters start from the rounded weights; they start from what they were.": ("from weight",),
    "The weights take a step of their own; they are the masters, rounded.": ("weight alone",),
    "The weights are what the masters were before the step.": ("before",),
    "The masters stay as they were.": ("master stays",),
    "The weights stay as they were.": ("weight stays",),
    "The weights are cut to 16 bits, not rounded.": ("cut",),
    "Every weight is rounded to bfloat16, also one of float16.": ("through bf16",),
    "A weight without a gradient is set to its master, rounded; both stay as they are.": ("rounds without gradient",),
    "What comes after a gradient of None is left out.": ("stops at none",),
    "Only the first weight takes the step.": ("first only",),
}
GRAPH = "The step leaves a graph behind: it belongs under torch.no_grad()."
NONE = "A gradient of None is an error; it is skipped."
TRAINABLE = "Weights that require a gradient are an error: the step belongs under torch.no_grad()."
GRADIENTS_CHANGED = "The gradients are changed; they are only read."


def expect_steps(student, weights, masters, gradients, lr, *, steps=1, parameters=False, earlier=None):
    """Fail unless masters and weights are right after some steps, and nothing else has changed; gives the masters.

    `earlier` are masters that were stepped before these, by an earlier call.
    """
    sentence = NONE if any(one is None for one in gradients) else ""
    with expect_accepted(sentence, "TypeError", "AttributeError"):
        with expect_accepted(TRAINABLE if parameters else "", "RuntimeError"):
            found = student.run(stepped, weights, masters, gradients, lr, steps, parameters)
    # first: with gradients that change from step to step the values are wrong in ways that look like other mistakes
    expect_equal(
        found["gradients"], gradients, what="The list of gradients", mistakes={GRADIENTS_CHANGED: found["gradients"]}
    )
    given = [weights, masters, gradients, lr, steps]
    expected = after_steps(*given)
    mistakes = {
        sentence: AnyOf(*(lambda way=way: after_steps(*given, way) for way in ways))
        for sentence, ways in STEP_MISTAKES.items()
    }
    if earlier:
        mistakes["The masters of an earlier call are used."] = lambda: after_steps(
            weights, earlier, gradients, lr, steps
        )
    got = {name: found[name] for name in ("weights", "masters")}
    tolerance = {"rtol": TOL_STEP, "atol": UNIT * max(2, steps)}
    # a master may be off by a unit in the last place, and its weight is the rounding of what it is
    if isinstance(got["masters"], list) and len(got["masters"]) == len(weights):
        near = [isinstance(one, torch.Tensor) and one.dtype == torch.float32 for one in got["masters"]]
        if all(near):
            expected["weights"] = [
                old
                if gradient is None
                else master.to(old.dtype)
                if torch.allclose(master.double(), right.double(), **tolerance)
                else right.to(old.dtype)
                for old, gradient, master, right in zip(
                    weights, gradients, got["masters"], expected["masters"], strict=True
                )
            ]
    expect_close(got, expected, what="The masters and weights after the step", mistakes=Mistakes(mistakes), **tolerance)
    expect_equal(got["weights"], expected["weights"], what="The list of weights", mistakes=Mistakes(mistakes))
    if found["graphs"]:
        fail(GRAPH)
    if found["filled"]:
        fail("The step fills in the gradient of a weight or a master; it only reads gradients.")
    return found["masters"]


# --- LossScaler -----------------------------------------------------------------------------------------------------


@probe
def scaled(student, starts, script):
    """What scalers answer to a script of (which scaler, method, argument), one answer for each line.

    `scale` gets a loss made of a parameter, and is answered with what it gives, with the gradient that this gives the
    parameter, and the loss afterwards. `unscale` is answered with whether all is finite, and the tensors afterwards
    (None where one wasn't finite: then they are free); "again" is the call that is one too many.
    """
    scalers = [student.LossScaler(*arguments, **options) for arguments, options in starts]
    found = []
    for which, method, argument in script:
        scaler = scalers[which]
        if method == "scale":
            parameter = argument.clone().requires_grad_()
            loss = parameter * 1
            result = scaler.scale(loss)
            tensor = isinstance(result, torch.Tensor)
            graph = tensor and result.requires_grad
            gradient = torch.autograd.grad(result, parameter)[0] if graph else None
            found.append([result.detach() if tensor else result, gradient, loss.detach()])
        elif method == "update":
            scaler.update(argument)
            found.append(None)
        else:
            tensors = [None if one is None else one.clone() for one in argument]
            if method == "unscale":
                finite = bool(scaler.unscale(tensors))
                free = not all(one is None or one.isfinite().all() for one in argument)
                found.append([finite, None if free else tensors])
                continue
            try:
                said = ["no error", str(scaler.unscale(tensors))]
            except RuntimeError as error:
                said = ["RuntimeError", str(error)]
            except Exception as error:
                said = [type(error).__name__, str(error)]
            found.append([said[0], bool(said[1].strip()), tensors])
    return found


class Scaler:
    """A scale and a count in plain numbers; `way` names a mistake."""

    def __init__(self, factor, growth=2.0, backoff=0.5, every=100, way="right"):
        self.factor, self.growth, self.backoff, self.every, self.way = factor, growth, backoff, every, way
        self.good = 0
        if way == "defaults":
            self.growth, self.backoff, self.every = 2.0, 0.5, 100
        elif way == "growth 2":
            self.growth = 2.0
        elif way == "backoff half":
            self.backoff = 0.5
        elif way == "every 100":
            self.every = 100
        elif way == "every 2000":
            self.every = 2000 if every == 100 else every
        elif way == "one over growth":
            self.backoff = 1 / self.growth
        elif way == "growth is backoff":
            self.growth, self.backoff = 1 / self.backoff, 1 / self.growth
        elif way == "late":
            self.every += 1
        elif way == "early":
            self.every = max(self.every - 1, 1)

    def _bound(self):
        if self.way == "at least 1":
            self.factor = max(self.factor, 1.0)
        elif self.way == "at most":
            self.factor = min(self.factor, 65536.0)

    def update(self, finite):
        way = self.way
        if way == "always good":
            finite = True
        if not finite:
            if way != "never smaller":
                self.factor = self.factor / self.backoff if way == "bad grows" else self.factor * self.backoff
            if way not in ("count goes on",):
                self.good = 0
        else:
            self.good += 1
            if self.good >= self.every and way != "never larger":
                self.factor = self.factor + self.growth if way == "added" else self.factor * self.growth
                if way != "count kept":
                    self.good = 0
        self._bound()

    def scale(self, loss):
        dtype = loss.dtype if loss.dtype == torch.float64 or self.way == "in 16 bits" else torch.float32
        if self.way == "float32":
            dtype = torch.float32
        loss_scaled = loss.to(dtype) * self.factor
        gradient = torch.ones_like(loss) * self.factor
        if self.way == "no graph":
            gradient = None
        if self.way == "divides loss":
            loss_scaled, gradient = loss.to(dtype) / self.factor, torch.ones_like(loss) / self.factor
        if self.way == "raised late":
            loss_scaled = (loss * self.factor).to(dtype)
        return [loss_scaled, gradient, loss]

    def unscale(self, tensors):
        way, present = self.way, [one for one in tensors if one is not None]
        finite = all(bool(one.isfinite().all()) for one in present)
        if way == "always finite":
            finite = True
        elif way == "first looked at" and present:
            finite = bool(present[0].isfinite().all())
        elif way == "last looked at" and present:
            finite = bool(present[-1].isfinite().all())
        elif way == "one finite" and present:
            finite = any(bool(one.isfinite().all()) for one in present)
        elif way == "any finite" and present:
            finite = all(bool(one.isfinite().any()) for one in present)
        elif way == "nan unseen":
            finite = not any(bool(one.isinf().any()) for one in present)
        elif way == "inf unseen":
            finite = not any(bool(one.isnan().any()) for one in present)
        elif way == "minus unseen":
            finite = not any(bool((one.isnan() | (one == math.inf)).any()) for one in present)
        elif way == "empty bad" and not present:
            finite = False
        elif way == "inverted":
            finite = not finite
        factor = self.factor
        if way == "backs off at once" and not finite:
            self.factor *= self.backoff
        if not all(bool(one.isfinite().all()) for one in present):
            return [finite, None]
        norm = math.sqrt(sum(float(one.double().square().sum()) for one in present))
        clip = min(1.0, 1.0 / norm) if way == "clipped" and norm else 1.0
        done = []
        for one in tensors:
            if one is None or way == "kept" or (way == "first divided" and any(old is not None for old in done)):
                done.append(one)
            elif way == "multiplied":
                done.append(one * factor)
            elif way == "twice":
                done.append(one / factor / factor)
            else:
                done.append(one * clip / factor)
        return [finite, done]


SCALER_MISTAKES = {
    "Good steps before a bad one still count: the count isn't reset.": ("count goes on",),
    "The count isn't reset after growing, so every later good step makes the scale grow.": ("count kept",),
    "The scale grows one good step too late.": ("late",),
    "The scale grows one good step too early.": ("early",),
    "growth, backoff and every are ignored.": ("defaults",),
    "growth is ignored.": ("growth 2",),
    "backoff is ignored.": ("backoff half",),
    "`every` is ignored.": ("every 100",),
    "`every` is not 100 where nothing else is asked for.": ("every 2000",),
    "backoff is 1 / growth, whatever is asked for.": ("one over growth",),
    "growth and backoff are swapped.": ("growth is backoff",),
    "A bad step makes the scale larger.": ("bad grows",),
    "growth is added; the scale is multiplied by it.": ("added",),
    "The scale never grows.": ("never larger",),
    "A bad step leaves the scale as it was.": ("never smaller",),
    "update takes every step for a good one.": ("always good",),
    "The scale never falls below 1.": ("at least 1",),
    "The scale stops growing at some size.": ("at most",),
    "A 16-bit loss is scaled in 16 bits, where it overflows.": ("in 16 bits", "raised late"),
    "A float64 loss comes back in float32.": ("float32",),
    "The scaled loss has no graph.": ("no graph",),
    "The loss is divided by the scale.": ("divides loss",),
    "The step is taken anyway: what isn't finite is called finite.": ("always finite",),
    "Only the first gradient is looked at.": ("first looked at",),
    "Only the last gradient is looked at.": ("last looked at",),
    "One finite gradient is taken for all of them.": ("one finite",),
    "One finite number is taken for a whole finite gradient.": ("any finite",),
    "NaN is taken for finite.": ("nan unseen",),
    "inf is taken for finite.": ("inf unseen",),
    "-inf is taken for finite.": ("minus unseen",),
    "No gradients at all are called not finite.": ("empty bad",),
    "unscale says True where something isn't finite.": ("inverted",),
    "The scale falls as soon as unscale finds something; it is update that changes it.": ("backs off at once",),
    "The gradients are clipped before they are divided.": ("clipped",),
    "The gradients aren't divided in place.": ("kept",),
    "Only the first gradient is divided.": ("first divided",),
    "The gradients are multiplied by the scale.": ("multiplied",),
    "The gradients are divided by the scale twice.": ("twice",),
}
AGAIN_ACCEPTED = "A second unscale in one step is accepted; gradients are divided once."
AGAIN_TYPE = "A second unscale in one step must raise RuntimeError."
AGAIN_WORDLESS = "A second unscale in one step raises RuntimeError without a message; say why."
AGAIN_DIVIDED = (
    "A second unscale in one step raises its error after it has divided; the gradients must stay as they are."
)
REFUSED = "unscale is refused though update was called since, or it is the first call."
NONE_GRADIENT = "A gradient of None is an error; it is skipped."
SHARED = "Two scalers share what they count or know: each has its own."


def play(starts, script, way="right", shared=False):
    """What `scaled` gives."""
    scalers = [Scaler(*arguments, **options, way=way) for arguments, options in starts]
    if shared:  # the last one that is made sets it for all
        scalers = [scalers[-1]] * len(scalers)
    found = []
    for which, method, argument in script:
        scaler = scalers[which]
        if method == "again":
            found.append(["RuntimeError", True, argument])
        else:
            found.append(getattr(scaler, method)(argument))
    return found


def expect_played(student, starts, script):
    """Fail unless every line of the script is answered rightly."""
    script = [list(line) for line in script]
    none = any(one is None for _, method, argument in script if method == "unscale" for one in argument)
    with expect_accepted(NONE_GRADIENT if none else "", "TypeError", "AttributeError"):
        with expect_accepted(SHARED if len(starts) > 1 else REFUSED, "RuntimeError"):
            found = student.run(scaled, [list(one) for one in starts], script)
    expected = play(starts, script)
    if isinstance(found, list) and len(found) == len(expected):
        for line, (got, right) in enumerate(zip(found, expected, strict=True)):
            if script[line][1] == "again":
                if got[0] != "RuntimeError":
                    fail(AGAIN_ACCEPTED if got[0] == "no error" else AGAIN_TYPE, got=got[0])
                if not got[1]:
                    fail(AGAIN_WORDLESS)
                expect_equal(got[2], right[2], what="The list of gradients", mistakes={AGAIN_DIVIDED: got[2]})
            if script[line][1] == "scale":
                expect_equal(got[2], right[2], what="The loss", mistakes={"scale changes the loss in place.": got[2]})
    mistakes = {
        sentence: AnyOf(*(lambda way=way: play(starts, script, way) for way in ways))
        for sentence, ways in SCALER_MISTAKES.items()
    }
    if len(starts) > 1:
        mistakes[SHARED] = lambda: play(starts, script, shared=True)
    expect_close(
        found, expected, what="The list of what the scaler answers", mistakes=Mistakes(mistakes), rtol=1e-5, atol=1e-30
    )
