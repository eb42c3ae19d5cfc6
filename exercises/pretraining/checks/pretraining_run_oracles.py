"""What the checks of a run share: a loss over batches, the loop, and a checkpoint of it.

The model is a table with a row of logits for each id, so that a loop over places, and torch's own gradient of it in
float64, say what each step must give.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_close, expect_equal, fail, probe

TOL_LOSS = {"rtol": 2e-5, "atol": 5e-6}  # means of some 50 terms in fp32; mistakes move 1e-3


def draw_batches(rng, vocab, *sizes):
    """Batches (x, y) of these sizes. The first two ids are not 0; one of the others is, in x and in y."""
    found = []
    for rows, length in sizes:
        x, y = (rng.randint(1, vocab, (rows, length)) for _ in range(2))
        if rows * length > 2:
            x[-1, -1] = y[-1, -1] = 0
        found.append([x, y])
    return found


# --- evaluate_loss --------------------------------------------------------------------------------------------------


@probe
def evaluated(student, table, batches, modes, graph, once):
    """What evaluate_loss gives of a model that is a table, what the model saw, and what became of it."""

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = nn.Parameter(table.clone())
            self.rows.grad = torch.ones_like(self.rows)
            self.frozen = nn.Parameter(torch.zeros(2), requires_grad=False)
            self.inner = nn.Sequential(nn.Dropout(0.5), nn.Sequential(nn.Dropout(0.3)))
            self.seen = []

        def forward(self, ids):
            self.seen.append([any(one.training for one in self.modules()), torch.is_grad_enabled()])
            return self.inner(self.rows[ids])

    model = Table()
    modules = list(model.modules())
    for module, training in zip(modules, modes, strict=True):
        module.training = training
    pairs = [tuple(one) for one in batches]
    with torch.set_grad_enabled(graph):
        loss = student.evaluate_loss(model, iter(pairs) if once else pairs)
        enabled = torch.is_grad_enabled()
    return {
        "loss": loss,
        "float": type(loss) is float,
        "trained": any(one for one, _ in model.seen),
        "graphs": any(one for _, one in model.seen),
        "modes": [bool(one.training) for one in modules],
        "enabled": enabled,
        "trainable": [one.requires_grad for one in model.parameters()],
        "gradient": model.rows.grad is not None and bool((model.rows.grad == 1).all()),
        "table": model.rows.detach(),
    }


def token_losses(table, batch):
    """-ln p of each target, (B, T) in float64."""
    x, y = batch
    log_probs = table.double().log_softmax(dim=-1)
    return torch.tensor(
        [
            [-log_probs[a, b].item() for a, b in zip(*row, strict=True)]
            for row in zip(x.tolist(), y.tolist(), strict=True)
        ]
    )


def evaluation_mistakes(table, batches):
    """Sentence → the loss with that mistake."""
    losses = [token_losses(table, one).double() for one in batches]
    every = torch.cat([one.flatten() for one in losses])
    means = [one.mean().item() for one in losses]
    right = every.mean().item()
    rows = [len(one) for one in losses]
    lengths = [one.shape[1] for one in losses]
    targets = torch.cat([y.flatten() for _, y in batches])

    def over(of):
        return torch.cat([token_losses(table, of(*one)).flatten() for one in batches]).double().mean().item()

    found = {
        "It averages the batches' means; each token counts the same, also in a small batch.": sum(means) / len(means),
        "Batches are weighed by their rows; they have tokens of different numbers.": sum(
            mean * count for mean, count in zip(means, rows, strict=True)
        )
        / sum(rows),
        "Batches are weighed by their length; they have rows of different numbers.": sum(
            mean * count for mean, count in zip(means, lengths, strict=True)
        )
        / sum(lengths),
        "Only the first batch counts.": means[0],
        "Only the last batch counts.": means[-1],
        "The last batch is lost.": torch.cat([torch.zeros(0), *(one.flatten() for one in losses[:-1])])
        .double()
        .mean()
        .item(),
        "Losses are added up; their mean is asked for.": every.sum().item(),
        "The means of the batches are added up.": sum(means),
        "The sum is divided by the number of batches, not by that of tokens.": every.sum().item() / len(losses),
        "The sum is divided by the number of rows, not by that of tokens.": every.sum().item() / sum(rows),
        "Only the last place of each row counts.": torch.cat([one[:, -1] for one in losses]).mean().item(),
        "Token 0 is left out; it is a token like any other.": every[targets != 0].mean().item(),
        "Each place is asked for its own token: x is taken for the targets.": over(lambda x, y: (x, x)),
        "The targets are shifted once more; y is one further already.": over(lambda x, y: (x[:, :-1], y[:, 1:]))
        if min(lengths) > 1
        else -1.0,
        "It is the perplexity; its logarithm is asked for.": math.exp(min(right, 700.0)),
        "It is in bits; nats are asked for.": right / math.log(2),
        "The sign is wrong: the loss is minus a log-probability.": -right,
        "A softmax is taken twice.": torch.cat(
            [token_losses(table.double().softmax(dim=-1), one).flatten() for one in batches]
        )
        .mean()
        .item(),
        "It is rounded.": AnyOf(*(round(right, digits) for digits in range(4))),
    }
    if table.dtype == torch.bfloat16:
        narrow = [F.cross_entropy(table[x].flatten(0, 1), y.flatten(), reduction="sum").item() for x, y in batches]
        means = [F.cross_entropy(table[x].flatten(0, 1), y.flatten()).item() * y.numel() for x, y in batches]
        found["The loss is computed in 16 bits; raise the logits to float32 first."] = AnyOf(
            *(sum(one) / len(every) for one in (narrow, means))
        )
    return found


EVALUATION_MODES = (
    ([True] * 5, True),
    ([False] * 5, True),
    ([True, True, False, True, False], False),
    ([False, True, True, False, True], True),
)


def expect_evaluated(student, rng, table, batches, *, once=False):
    """Fail unless the loss is that of the table, in several modes, and everything is afterwards as before."""
    for modes, graph in rng.permutation(EVALUATION_MODES)[:3]:
        with (
            expect_accepted("Batches have no length, and can be gone through once only." if once else "", "TypeError"),
            expect_accepted("It raises ValueError although there are batches.", "ValueError"),
            expect_accepted(
                "The batches are gone through twice; the second time there may be none." if once else "",
                "ZeroDivisionError",
            ),
        ):
            answer = student.run(evaluated, table, batches, modes, graph, once)
        if answer["trained"]:
            fail("The model is run in train mode, so numbers are dropped.")
        right = torch.cat([token_losses(table, one).flatten() for one in batches]).double().mean().item()
        expect_close(
            answer["loss"],
            right,
            what="The loss",
            mistakes=Mistakes(lambda: evaluation_mistakes(table, batches)),
            advice="Add up the losses of all tokens, and their number.",
            **TOL_LOSS,
        )
        if not answer["float"]:
            fail("The loss must be a plain float: .item() gives one.")
        if answer["graphs"]:
            fail("The model runs with a graph, for gradients that nobody asks for.")
        if answer["modes"] != modes:
            fail("The modes of the model's modules are not as they were before.", expected=modes, got=answer["modes"])
        if answer["enabled"] != graph:
            fail("Gradients are not switched on or off afterwards as they were before.", expected=graph)
        if answer["trainable"] != [True, False]:
            fail("Which of the model's parameters are trainable is not as it was before.", got=answer["trainable"])
        if not answer["gradient"]:
            fail("The gradients that the model's parameters had are changed or gone.")
        expect_equal(answer["table"], table, what="The model's numbers afterwards")


# --- train_gpt ------------------------------------------------------------------------------------------------------


@probe
def trained(student, tables, parts, rates, max_norm, start_rates, momentum, training, once):
    """Train a model of three tensors, a call for each part of batches; losses, the tensors, and what the model saw.

    The first two tensors are in one group of an SGD, the third in another. Each has a gradient before the first call.
    Each call is given the rates from its own first step on; the list is longer than what is needed.
    """

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows, self.bias, self.scale = (nn.Parameter(one.clone()) for one in tables)
            self.still = nn.Parameter(torch.zeros(2), requires_grad=False)
            self.inner = nn.Sequential(nn.Dropout(0.0))
            self.seen = []

        def forward(self, ids):
            self.seen.append([all(one.training for one in self.modules()), torch.is_grad_enabled()])
            return self.inner((self.rows[ids] + self.bias) * self.scale)

    model = Table().train(training)
    for parameter in (model.rows, model.bias, model.scale):
        parameter.grad = torch.full_like(parameter, 0.3)
    groups = [[model.rows, model.bias], [model.scale]]
    optimizer = torch.optim.SGD(
        [{"params": one, "lr": lr} for one, lr in zip(groups, start_rates, strict=True)], lr=9.0, momentum=momentum
    )
    losses, floats, done = [], True, 0
    for part in parts:
        pairs = [tuple(one) for one in part]
        schedule = rates[done:].__getitem__
        found = student.train_gpt(model, iter(pairs) if once else pairs, optimizer, schedule, max_norm)
        floats = floats and isinstance(found, list) and all(type(one) is float for one in found)
        losses.append(found)
        done += len(pairs)
    return {
        "losses": losses,
        "tables": [model.rows.detach(), model.bias.detach(), model.scale.detach()],
        "floats": floats,
        "seen": model.seen,
        "trainable": [one.requires_grad for one in model.parameters()],
        "enabled": torch.is_grad_enabled(),
        "training": [one.training for one in model.modules()],
    }


def simulate(tables, parts, rates, max_norm, start_rates, momentum, change=""):
    """Losses of each part and the tables after them, in float64, with this change to the loop."""
    tables = [one.double() for one in tables]
    gradients = [torch.full_like(one, 0.3) for one in tables]  # what stood there before
    moving = [torch.zeros_like(one) for one in tables]
    losses, number = [], 0
    lrs = [start_rates[0], start_rates[0], start_rates[1]]

    def loss_at(x, y):
        at = [one.clone().requires_grad_() for one in tables]
        logits = (at[0][x] + at[1]) * at[2]
        if change == "targets shifted":
            logits, y = logits[:, :-1], y[:, 1:]
        if change == "x as targets":
            y = x
        if change == "last place":
            logits, y = logits[:, -1:], y[:, -1:]
        loss = F.cross_entropy(
            logits.flatten(0, 1),
            y.flatten(),
            reduction="sum" if change == "summed" else "mean",
            ignore_index=0 if change == "token 0" else -100,
        )
        return loss.item(), list(torch.autograd.grad(loss, at))

    def clip(gradients):
        norms = [one.norm().item() for one in gradients]
        if change == "no clip":
            return gradients
        if change == "clip to 1":
            return [one * min(1.0, 1 / math.hypot(*norms)) for one in gradients]
        if change == "each clipped":
            return [one * min(1.0, max_norm / norm) for one, norm in zip(gradients, norms, strict=True)]
        if change == "groups clipped":
            return [
                one * min(1.0, max_norm / norm)
                for one, norm in zip(gradients, [math.hypot(*norms[:2])] * 2 + norms[2:], strict=True)
            ]
        if change == "first group clipped":
            factor = min(1.0, max_norm / math.hypot(*norms[:2]))
            return [gradients[0] * factor, gradients[1] * factor, gradients[2]]
        if change == "values clipped":
            return [one.clamp(-max_norm, max_norm) for one in gradients]
        factor = max_norm / math.hypot(*norms)
        return [one * (factor if change == "scaled up" else min(1.0, factor)) for one in gradients]

    for part in parts:
        if change == "optimizer anew":
            moving = [torch.zeros_like(one) for one in tables]
        chosen = {
            "first batch": part[:1],
            "last batch": part[-1:],
            "last lost": part[:-1],
            "backwards": part[::-1],
        }.get(change, part)
        own, first = [], number
        for place, (x, y) in enumerate(chosen):
            step = number - first
            loss, fresh = loss_at(x, y)
            piled = change == "accumulated" or (change == "stale first" and place == 0)
            sums = [old + new for old, new in zip(gradients, fresh, strict=True)] if piled else fresh
            before, gradients = gradients, clip(sums)
            used = before if change == "step before backward" else gradients
            at = rates[first:]
            rate = {"from 1": at[step + 1], "first rate": at[0]}.get(change, at[step])
            new = {
                "late": lrs if number == 0 else [rates[number - 1]] * 3,
                "no schedule": lrs,
                "first group": [rate, rate, lrs[2]],
                "last group": [lrs[0], lrs[1], rate],
                "times lr": [rate * one for one in lrs],
            }.get(change, [rate] * 3)
            moving = [momentum * old + gradient for old, gradient in zip(moving, used, strict=True)]
            if change != "nothing moves":
                tables = [one - lr * move for one, lr, move in zip(tables, new, moving, strict=True)]
            own.append(loss_at(x, y)[0] if change == "loss after" else loss)
            number += 1
        losses.append(own)
    return losses, tables


LOOP_MISTAKES = {
    "Gradients are never cleared, so they pile up from batch to batch.": ("accumulated",),
    "What stood in .grad before the first batch is added to its gradient.": ("stale first",),
    "Nothing is learned: the model's numbers stay.": ("nothing moves",),
    "The gradient is not clipped when the step is made; that must be between backward and step.": ("no clip",),
    "Each tensor's gradient is clipped by itself; the limit is on all together.": ("each clipped",),
    "Each group's gradient is clipped by itself; the limit is on all together.": ("groups clipped",),
    "Only the first group's gradients are clipped.": ("first group clipped",),
    "Numbers of the gradient are clipped one by one; its norm is limited.": ("values clipped",),
    "Gradients that are short enough are scaled up to the limit.": ("scaled up",),
    "The gradient is clipped to norm 1, whatever the limit.": ("clip to 1",),
    "The rate is set after the step, so each step has the rate of the one before.": ("late",),
    "The schedule is not used: the rate stays what the optimizer was made with.": ("no schedule",),
    "Only the first group gets the rate.": ("first group",),
    "Only the last group gets the rate.": ("last group",),
    "The schedule's rate is multiplied by the group's own; it replaces that.": ("times lr",),
    "The schedule is asked for step 1 at the first batch; it is step 0.": ("from 1",),
    "All steps have the rate of the first one.": ("first rate",),
    "The loss is that after the step; that of before is asked for.": ("loss after",),
    "The loss is the sum over tokens, not their mean.": ("summed",),
    "The targets are shifted once more; y is one further already.": ("targets shifted",),
    "Each place is asked for its own token: x is taken for the targets.": ("x as targets",),
    "Only the last place of each row is learned from.": ("last place",),
    "Token 0 is left out; it is a token like any other.": ("token 0",),
    "The step is made before backward, so with the gradient of the batch before.": ("step before backward",),
    "Only the first batch is learned from.": ("first batch",),
    "Only the last batch is learned from.": ("last batch",),
    "The last batch is lost.": ("last lost",),
    "The batches are not taken in order.": ("backwards",),
    "The optimizer is made anew in each call, so what it remembers is lost.": ("optimizer anew",),
}


def expect_trained(
    student, tables, parts, rates, max_norm, *, start_rates=(0.9, 0.6), momentum=0.0, training=True, once=False
):
    """Fail unless each part of batches is trained on as it should be, and the losses are those of before each step."""
    sizes = parts, rates, max_norm, list(start_rates), momentum
    with (
        expect_accepted("Batches have no length, and can be gone through once only." if once else "", "TypeError"),
        expect_accepted("The schedule is asked for a step that never comes.", "IndexError"),
    ):
        answer = student.run(trained, tables, *sizes, training, once)
    losses, after = simulate(tables, *sizes)
    if not all(one for one, _ in answer["seen"]):
        fail("The model is not in train mode while it trains.")
    if len(answer["seen"]) > sum(map(len, parts)):
        fail("The model is run more often than once for each batch.")

    floats = [one.to(tables[0].dtype) for one in after]

    def wrong():
        found = {}
        for sentence, changes in LOOP_MISTAKES.items():
            others = [simulate(tables, *sizes, change) for change in changes]
            found[sentence] = AnyOf(*((one, [t.to(tables[0].dtype) for t in two]) for one, two in others))
        if tables[0].dtype == torch.bfloat16:  # its second and third tensor change nothing
            narrow = [
                [F.cross_entropy(tables[0][x].flatten(0, 1), y.flatten()).item() for x, y in part] for part in parts
            ]
            found["The loss is computed in 16 bits; raise the logits to float32 first."] = (narrow, floats)
        found |= {
            "The mean of the losses is returned; the loss of each batch is asked for.": (
                [sum(one) / len(one) if one else 0.0 for one in losses],
                floats,
            ),
            "Only the last loss is returned; that of each batch is asked for.": (
                [one[-1] if one else None for one in losses],
                floats,
            ),
            "The sum of the losses is returned; the loss of each batch is asked for.": (
                [sum(one) for one in losses],
                floats,
            ),
            "Nothing is returned; the loss of each batch is asked for.": ([None for _ in losses], floats),
            "The losses are averaged over the batches so far.": (
                [[sum(one[: n + 1]) / (n + 1) for n in range(len(one))] for one in losses],
                floats,
            ),
            "The last loss is lost.": ([one[:-1] for one in losses], floats),
            "Losses are rounded.": AnyOf(
                *(([[round(x, digits) for x in one] for one in losses], floats) for digits in range(1, 5))
            ),
        }
        return found

    expect_close(
        (answer["losses"], answer["tables"]),
        (losses, floats),
        what="The pair of the losses and the model's numbers",
        mistakes=Mistakes(wrong),
        advice="Forward, clear, backward, clip, set the rate in every group, step.",
        **TOL_LOSS,
    )
    if not answer["floats"]:
        fail("Losses must be plain floats in a list: a tensor keeps its whole graph.")
    if answer["trainable"] != [True, True, True, False]:
        fail("Training changes what is trainable in the model.", got=answer["trainable"])
    if not answer["enabled"]:
        fail("Gradients are switched off afterwards.")
    if not all(answer["training"]):
        fail("The model isn't left in train mode.")


# --- save_checkpoint, load_checkpoint -------------------------------------------------------------------------------


@probe
def kept(student, values, rates, seed, step, names):
    """All that stands in checkpoints of a small run, by kind; the files in their folder; and what saving changes.

    `names` are those of the files: every other one is handed over as a Path. The first is written twice, the second
    time after another step.
    """
    import pickle
    import tempfile
    from pathlib import Path

    model = nn.Module()
    model.one, model.other = nn.Parameter(values[0].clone()), nn.Parameter(values[1].clone())
    model.still = nn.Parameter(values[2].clone(), requires_grad=False)
    model.register_buffer("seen", values[3].clone())
    model.inner = nn.Sequential(nn.Dropout(0.5)).eval()
    optimizer = torch.optim.AdamW(
        [{"params": [model.one], "lr": rates[0]}, {"params": [model.other], "lr": rates[1]}], weight_decay=rates[2]
    )

    def update():
        model.one.grad, model.other.grad = values[4].clone(), values[5].clone()
        optimizer.step()

    def parts(held):
        if isinstance(held, dict):
            return [part for one in held.values() for part in parts(one)]
        if isinstance(held, (list, tuple)):
            return [part for one in held for part in parts(one)]
        return [held]

    def state():
        tensors = parts([model.state_dict(), optimizer.state_dict()])
        return [one.clone() for one in tensors if isinstance(one, torch.Tensor)]

    update()
    found, unread, same = [], [], True
    with tempfile.TemporaryDirectory() as folder:
        for at, name in enumerate([names[0], *names]):
            if at:
                update()
            torch.default_generator.manual_seed(seed + at)
            before = state()
            path = Path(folder, name)
            student.save_checkpoint(path if at % 2 else str(path), model, optimizer, step + at)
            same = same and len(before) == len(state()) and all(map(torch.equal, before, state()))
            drawn = torch.rand(3)
            if not path.is_file():
                continue
            try:
                held = parts(torch.load(path, map_location="cpu", weights_only=True))
            except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError):
                unread.append(name)
                continue
            found.append(
                {
                    "tensors": [one.detach() for one in held if isinstance(one, torch.Tensor)],
                    "numbers": [one for one in held if type(one) in (int, float)],
                    "drawn": drawn,
                    "now": [model.one.detach().clone(), model.other.detach().clone()],
                }
            )
        files = sorted(str(one.relative_to(folder)) for one in Path(folder).rglob("*") if one.is_file())
    modes = [one.training for one in model.modules()]
    trainable = [one.requires_grad for one in model.parameters()]
    gradients = [one.grad for one in (model.one, model.other)]
    return {
        "found": found,
        "unread": unread,
        "files": files,
        "same": same,
        "modes": modes,
        "trainable": trainable,
        "gradients": gradients,
    }


def expect_kept(student, rng, names, step):
    """Fail unless all that a run needs stands in its checkpoints, in files of these names and nowhere else."""
    values = [rng.randn(*size) for size in ((3, 4), (5,), (2, 2), (7,), (3, 4), (5,))]
    rates = [1e-3 * (1 + one) for one in rng.rand(2).tolist()] + [0.1 + 0.1 * rng.rand().item()]
    seed = rng.randint(0, 1 << 30)
    answer = student.run(kept, values, rates, seed, step, names)
    if missing := {*names} - {*answer["files"]}:
        fail("There is no file of the name that was given.", expected=sorted(missing), got=answer["files"])
    if {*names} != {*answer["files"]}:
        fail("There are more files than the one that was asked for.", expected=sorted(names), got=answer["files"])
    if answer["unread"]:
        fail(
            "torch.load with weights_only=True can't read the file.",
            advice="Write it with torch.save; tensors, numbers, texts, dicts, lists and tuples are all it may hold.",
        )
    if not answer["same"]:
        fail("Saving changes the model or what the optimizer remembers.")
    model = [nn.Parameter(one.clone()) for one in values[:2]]
    optimizer = torch.optim.AdamW(
        [{"params": [one], "lr": lr} for one, lr in zip(model, rates, strict=False)], weight_decay=rates[2]
    )
    for at, one in enumerate(answer["found"]):
        for parameter, gradient in zip(model, values[4:], strict=True):
            parameter.grad = gradient.clone()
        optimizer.step()
        expect_held(one, model, optimizer, values, rates, seed + at, step + at, again=at == 1)
    if answer["modes"] != [True, False, False]:
        fail("Saving changes the modes of the model's modules.", got=answer["modes"])
    if any(one is None or not torch.equal(one, two) for one, two in zip(answer["gradients"], values[4:], strict=True)):
        fail("Saving clears the model's gradients.")
    if answer["trainable"] != [True, True, False]:
        fail("Saving changes what is trainable in the model.", got=answer["trainable"])


def expect_held(one, model, optimizer, values, rates, seed, step, *, again):
    """Fail unless this stands among what was found in a file."""
    generator = torch.Generator().manual_seed(seed)

    def there(wanted):
        return any(other.dtype == wanted.dtype and torch.equal(other, wanted) for other in one["tensors"])

    moments = [part for entry in optimizer.state.values() for name, part in entry.items() if name != "step"]
    numbers = [*model, values[2]]
    if again and not there(model[0].detach()):
        fail("A file that is there already is not replaced: it holds what was saved before.")
    if any(there(number.detach().to(kind)) for number in numbers for kind in (torch.float16, torch.bfloat16)):
        fail("The model's numbers are saved in a lower precision.")
    if not there(values[2]) and there(model[0].detach()):
        fail("Frozen parameters are not in the file.")
    if not all(there(number.detach()) for number in numbers):
        fail("The model's numbers are not in the file.")
    if not there(values[3]):
        fail("The model's buffers are not in the file.")
    if not all(map(there, moments)):
        fail("What the optimizer remembers is not in the file.")
    if not {*rates} <= {*one["numbers"]}:
        fail("The optimizer's settings are not in the file.")
    if not there(generator.get_state()):
        fail("The state of torch's global generator is not in the file.")
    held = {number for number in one["numbers"] if type(number) is int}
    if step not in held:
        near = {step - 1, step + 1} & held
        fail("The step is off by one in the file." if near else "The step is not in the file.")
    if not torch.equal(one["drawn"], torch.rand(3, generator=generator)):
        fail("Saving moves or seeds torch's global generator.")
    expect_equal(one["now"], [part.detach() for part in model], what="The model after saving")


@probe
def resumed(student, values, target, settings, seeds, counts, elsewhere):
    """Steps of a run that is saved on the way, and of another one that loads it and goes on.

    `settings` are rates and decay of the run that is saved, and of the other; `seeds` those of torch's generator for
    the two; `counts` the steps before and after saving, and those that the other run makes before it loads.
    """
    import tempfile
    from pathlib import Path

    class Noisy(nn.Module):
        def __init__(self, start):
            super().__init__()
            self.one, self.other = nn.Parameter(start[0].clone()), nn.Parameter(start[1].clone())
            self.still = nn.Parameter(start[2].clone(), requires_grad=False)
            self.register_buffer("seen", start[3].clone())
            self.inner = nn.Sequential(nn.Dropout(0.5)).eval()

        def forward(self):
            noise = torch.rand(self.one.shape)
            self.seen.lerp_(noise, 0.5)
            return ((self.one - target) * noise * self.seen).square().sum() + (self.other * self.still).square().sum()

    def run_of(start, setting):
        model = Noisy(start)
        groups = [{"params": [model.one], "lr": setting[0]}, {"params": [model.other], "lr": setting[1]}]
        return model, torch.optim.AdamW(groups, weight_decay=setting[2])

    def go_on(model, optimizer, count):
        found = []
        for _ in range(count):
            optimizer.zero_grad()
            model().backward()
            optimizer.step()
            found.append(torch.cat([one.detach().flatten() for one in (model.one, model.other, model.seen)]))
        return found

    before, after, others = counts
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run")
        torch.default_generator.manual_seed(seeds[0])
        model, optimizer = run_of(values[0], settings[0])
        whole = go_on(model, optimizer, before)
        student.save_checkpoint(path, model, optimizer, elsewhere["step"])
        whole += go_on(model, optimizer, after)
        content = path.read_bytes()

        torch.default_generator.manual_seed(seeds[1])
        model, optimizer = run_of(values[1], settings[1])
        own = go_on(model, optimizer, others)
        model.train(elsewhere["training"])
        modes, parameters = [one.training for one in model.modules()], list(model.parameters())
        step = student.load_checkpoint(str(path) if elsewhere["text"] else path, model, optimizer)
        found = go_on(model, optimizer, after)
        now = list(model.parameters())
        return {
            "whole": whole,
            "own": own,
            "found": found,
            "step": step,
            "int": type(step) is int,
            "file": path.read_bytes() == content,
            "modes": [one.training for one in model.modules()] == modes,
            "same": len(now) == len(parameters)
            and all(one is other for one, other in zip(now, parameters, strict=True)),
            "trainable": [one.requires_grad for one in now],
        }


class Run:
    """The run of `resumed` on this side, with a generator of its own in place of torch's."""

    def __init__(self, start, setting, target, seed):
        self.one, self.other = (start[at].clone().requires_grad_() for at in (0, 1))
        self.still, self.seen, self.target = start[2].clone(), start[3].clone(), target
        groups = [{"params": [self.one], "lr": setting[0]}, {"params": [self.other], "lr": setting[1]}]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=setting[2])
        self.generator = torch.Generator().manual_seed(seed)

    def go_on(self, count):
        found = []
        for _ in range(count):
            self.optimizer.zero_grad()
            noise = torch.rand(self.one.shape, generator=self.generator)
            self.seen.lerp_(noise, 0.5)
            loss = ((self.one - self.target) * noise * self.seen).square().sum()
            (loss + (self.other * self.still).square().sum()).backward()
            self.optimizer.step()
            found.append(torch.cat([one.detach().flatten() for one in (self.one, self.other, self.seen)]))
        return found

    def take(self, saved, but=""):
        """Take over everything of another run but one part of it."""
        with torch.no_grad():
            if but != "model":
                self.one.copy_(saved.one)
                self.other.copy_(saved.other)
                self.still.copy_(saved.still)
            if but == "halves":
                self.one.copy_(saved.one.half())
                self.other.copy_(saved.other.half())
                self.still.copy_(saved.still.half())
            if but != "buffers":
                self.seen.copy_(saved.seen)
        state, own = saved.optimizer.state_dict(), self.optimizer.state_dict()
        if but == "settings":
            state["param_groups"] = own["param_groups"]
        if but == "moments":
            state["state"] = own["state"]
        if but == "emptied":
            state["state"] = {}
        if but != "optimizer":
            self.optimizer.load_state_dict(state)
        if but != "generator":
            self.generator.set_state(saved.generator.get_state())


LOST = {
    "The model's numbers are not loaded.": ("model",),
    "The model's buffers are not loaded.": ("buffers",),
    "What the optimizer remembers is not loaded.": ("moments", "emptied", "optimizer"),
    "The optimizer's settings are not loaded.": ("settings",),
    "The state of torch's global generator is not loaded.": ("generator",),
    "The model's numbers come back in a lower precision.": ("halves",),
}


def expect_resumed(student, rng, *, counts, step, training, text):
    """Fail unless a run that is loaded goes on bit for bit as the one that was saved, from the step that was saved."""
    before, after, others = counts
    values = [[rng.randn(*size) for size in ((3, 4), (5,), (5,), (3, 4))] for _ in range(2)]
    target = rng.randn(3, 4)
    settings = [[0.05 + 0.1 * one for one in rng.rand(3).tolist()] for _ in range(2)]
    seeds = rng.permutation(range(1 << 12))[:2]
    with expect_accepted(
        "A checkpoint of such a model is refused.", "RuntimeError", "ValueError", "KeyError", "UnpicklingError"
    ):
        answer = student.run(
            resumed, values, target, settings, seeds, list(counts), {"step": step, "training": training, "text": text}
        )

    def saved_at(count):
        run = Run(values[0], settings[0], target, seeds[0])
        return run, run.go_on(count)

    def loaded(but=""):
        run = Run(values[1], settings[1], target, seeds[1])
        run.go_on(others)
        run.take(saved_at(before)[0], but)
        return run.go_on(after)

    _, whole = saved_at(before + after)
    expect_equal(
        answer["whole"], whole, what="The list of steps of the run that was saved", advice="Saving changes nothing."
    )
    own = Run(values[1], settings[1], target, seeds[1])
    expect_equal(answer["own"], own.go_on(others), what="The list of steps before loading")
    if not answer["same"]:
        fail("The model's parameters are new ones: the optimizer then trains tensors that nobody uses.")
    expect_equal(
        answer["found"],
        whole[before:],
        what="The list of steps of the run that was loaded",
        mistakes=Mistakes(
            lambda: (
                {sentence: AnyOf(*(loaded(but) for but in parts)) for sentence, parts in LOST.items()}
                | {"Nothing is loaded.": lambda: own.go_on(after)}
            )
        ),
        advice="The model, its buffers, the optimizer, and the generator that dropout draws from.",
    )
    expect_equal(
        answer["step"],
        step,
        what="The step that is returned",
        mistakes={
            "The step is one too large: steps that are done are counted.": step + 1,
            "The step is one too small: steps that are done are counted.": step - 1,
            "The step is always 0.": 0,
            "Nothing is returned; the step is asked for.": None,
        },
    )
    if not answer["int"]:
        fail("The step isn't a Python int.")
    if not answer["file"]:
        fail("Loading changes the file.")
    if answer["trainable"] != [True, True, False]:
        fail("Loading changes what is trainable in the model.", got=answer["trainable"])
    if not answer["modes"]:
        fail("Loading changes the modes of the model's modules.")


@probe
def planted(student, numbers, step):
    """Load a file that runs code if it is unpickled without care, or an honest one; whether a folder was made by it."""
    import os
    import tempfile
    from pathlib import Path

    model = nn.Linear(2, 3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    with torch.no_grad():
        model.bias.copy_(numbers)
    with tempfile.TemporaryDirectory() as folder:
        path, trap = Path(folder, "run"), Path(folder, "trap")

        class Planted:
            def __reduce__(self):
                return (os.mkdir, (str(trap),))

        student.save_checkpoint(path, model, optimizer, step)
        held = torch.load(path, weights_only=True)
        with torch.no_grad():
            model.bias.zero_()
        back = student.load_checkpoint(path, model, optimizer)
        torch.save([held, Planted()], path)
        refused = False
        try:
            student.load_checkpoint(path, model, optimizer)
        except Exception:
            refused = True
        return {"step": back, "bias": model.bias.detach(), "refused": refused, "trap": trap.exists()}


def expect_careful(student, rng):
    """Fail unless an honest file is loaded, and no code of a file is run."""
    numbers, step = rng.randn(3), rng.randint(100, 999)
    answer = student.run(planted, numbers, step)
    expect_equal([answer["bias"], answer["step"]], [numbers, step], what="The pair of numbers and step that are loaded")
    if answer["trap"]:
        fail("Code that was planted in the file is run: it is read without weights_only=True.")
    if not answer["refused"]:
        fail("A file with planted code in it is taken.")


@probe
def of_another(student, shapes, others, numbers, step):
    """Save a model with tensors of these shapes by name, and load it into one with others; the first one's numbers."""
    import tempfile
    from pathlib import Path

    def made(sizes):
        model = nn.Module()
        for name, size in sizes.items():
            model.register_parameter(name, nn.Parameter(torch.zeros(size)))
        return model, torch.optim.AdamW(model.parameters(), lr=0.1)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run")
        model, optimizer = made(shapes)
        with torch.no_grad():
            next(model.parameters()).copy_(numbers)
        student.save_checkpoint(path, model, optimizer, step)
        model, optimizer = made(others)
        back = student.load_checkpoint(path, model, optimizer)
        return [next(model.parameters()).detach(), back]
