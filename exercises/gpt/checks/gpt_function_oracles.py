"""What the checks of the three functions share that need no GPT: models that are tables, and what mistakes give."""

from __future__ import annotations

import itertools
import math

import torch
from gpt_oracles import DEVIATIONS
from torch import nn
from torch.nn import functional as F

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_close, expect_equal, fail, probe

# --- parameter_table ------------------------------------------------------------------------------------------------


@probe
def tabled(student, a, b, c, layers, tie):
    """The table of a model with two tables, layers, a buffer, a frozen part, and a head that is tied in this way."""
    model = nn.Module()
    model.scale = nn.Parameter(torch.zeros(c))
    model.wte, model.wpe = nn.Embedding(a, b), nn.Embedding(c, b)
    model.drop = nn.Dropout(0.1)
    model.h = nn.ModuleList([nn.Sequential(nn.Linear(b, c), nn.Linear(c, b, bias=False)) for _ in range(layers)])
    for layer in model.h:
        layer.register_buffer("mask", torch.ones(c, c))
    model.register_buffer("seen", torch.zeros(a))
    model.norm = nn.BatchNorm1d(b)  # whose averages are buffers
    model.head = nn.Linear(b, a)
    model.wpe.requires_grad_(False)
    if tie == "parameter":
        model.head.weight = model.wte.weight
    elif tie == "memory":
        model.head.weight.data = model.wte.weight.data
    if layers > 1:
        model.h[1][1].weight = model.h[0][1].weight  # shared inside one part
    model.scale.grad = torch.ones(c)
    model.h.eval()

    def state():
        modes = [one.training for one in model.modules()]
        return modes, [(one.requires_grad, one.grad is not None and bool(one.grad.any())) for one in model.parameters()]

    before = state()
    table = student.parameter_table(model)
    whole = not isinstance(table, dict) or all(type(one) in (int, float) for one in table.values())
    return {"table": table, "same": before == state(), "whole": whole}


def expect_table(student, a, b, c, layers, tie, earlier=None):
    """Fail unless the table is right; gives it. `earlier` is that of a model that was asked about before."""
    shared = max(layers - 1, 0) and 1
    maps = layers * (b * c + c) + (layers - shared) * b * c

    def table(total=None, **other):
        head = (0 if tie else a * b) + a
        parts = {"scale": c, "wte": a * b, "wpe": c * b, "drop": 0, "h": maps, "norm": 2 * b, "head": head, **other}
        return {**parts, "total": sum(parts.values()) if total is None else total}

    right = table()
    full_head, double = a * b + a, layers * (2 * b * c + c)
    buffers = {"h": maps + layers * c * c, "norm": 4 * b + 1}
    wrong = {
        "Buffers are counted; they are no parameters.": AnyOf(
            table(**buffers),
            table(**buffers, seen=a),
            table(norm=4 * b + 1),
            table(**{**buffers, "h": double + layers * c * c}, head=full_head),
            table(**{**buffers, "h": double + layers * c * c}, head=full_head, seen=a),
        ),
        "Frozen parameters are left out; they count like others.": table(wpe=0),
        "Parts without parameters are left out.": {name: one for name, one in right.items() if name != "drop"},
        "Parameters that the model holds itself are left out.": AnyOf(
            {name: one for name, one in right.items() if name != "scale"},
            {**{name: one for name, one in right.items() if name != "scale"}, "total": right["total"] - c},
        ),
        "There is no total.": {name: one for name, one in right.items() if name != "total"},
        "The total counts what is shared several times.": AnyOf(
            table(total=right["total"] + (a * b if tie else 0) + (b * c if shared else 0)),
            *([table(total=right["total"] + a * b)] if tie else []),
            *([table(total=right["total"] + b * c)] if shared else []),
        ),
        "Tensors are counted; each has many numbers.": AnyOf(
            table(scale=1, wte=1, wpe=1, h=3 * layers - shared, norm=2, head=1 if tie else 2, total=None),
            table(scale=1, wte=1, wpe=1, h=3 * layers, norm=2, head=2, total=None),
        ),
        "Biases and gains are left out.": AnyOf(
            table(scale=0, h=maps - layers * c, norm=0, head=right["head"] - a),
            table(h=maps - layers * c, norm=0, head=right["head"] - a),
            table(h=maps - layers * c, head=right["head"] - a),
        ),
    }
    inner = [f"h.{n}{end}" for n in range(layers) for end in ("", ".0", ".1")]
    small = layers * c * 2 + (layers - shared) * b  # first dimensions of what h holds
    wrong |= {
        "Biases are left out; they count like others.": table(h=maps - layers * c, norm=b, head=right["head"] - a),
        "What a part's own parts hold is left out.": table(h=0),
        "Only the first dimension of each tensor is counted; it has as many numbers as all of them multiplied.": table(
            wte=a, wpe=c, h=small, head=right["head"] if tie else 2 * a
        ),
        "Bytes are counted; each number counts once.": {name: 4 * count for name, count in right.items()},
        "The total is given in another unit; it is the sum of the others.": AnyOf(
            *(table(total=round(right["total"] / unit, digits)) for unit in (1e3, 1e6) for digits in range(4)),
            *(table(total=right["total"] / unit) for unit in (1e3, 1e6)),
        ),
        "Inner parts are listed too; a part is a child of the model or its own parameter.": AnyOf(
            right | dict.fromkeys(inner, 0)
        ),
        "Parameters of the same shape are taken for shared; those that share their memory are.": table(
            h=b * c, norm=b, head=a
        ),
    }
    if earlier:
        wrong["The table of an earlier model is given."] = earlier
    if tie:
        wrong |= {
            "What is shared is counted for each part that has it; it counts once.": AnyOf(
                table(head=full_head),
                table(head=full_head, h=double),
                table(total=right["total"], head=full_head),
            ),
            "What is shared counts for the last part that has it; it counts for the first.": AnyOf(
                table(wte=0, head=full_head)
            ),
            "What is shared is divided among its parts; it counts for the first.": table(
                wte=a * b // 2, head=a * b - a * b // 2 + a
            ),
            "A part that shares something is left out.": AnyOf(
                {name: one for name, one in right.items() if name != "head"},
                {**{name: one for name, one in right.items() if name != "head"}, "total": right["total"] - a},
                table(head=0),
            ),
        }
    if shared:
        wrong["What is shared inside one part is counted twice."] = AnyOf(
            table(h=double), table(h=double, head=full_head)
        )
    answer = student.run(tabled, a, b, c, layers, tie)
    if not answer["whole"]:
        fail("A count must be a Python int: numel() gives one, and .item() makes one of a tensor.")
    expect_equal(
        answer["table"],
        right,
        what="The table",
        mistakes=wrong,
        advice="Parts are children and own parameters; remember the data_ptr() of what was counted.",
    )
    if not answer["same"]:
        fail("Counting changes the model's modes, its gradients, or what is trainable.")
    return right


def expect_untouched(answer):
    """Fail unless the first of two parameters is trainable and has its gradient, and the second is frozen."""
    if answer["trainable"] != [True, False]:
        fail("Which of the model's parameters are trainable is not as it was before.", got=answer["trainable"])
    if not answer["gradient"]:
        fail("The gradients that the model's parameters had are changed or gone.")


# --- first_loss -----------------------------------------------------------------------------------------------------


@probe
def loss_of(student, table, ids, dtype, modes, graph):
    """What first_loss gives of a model that is a table, and what the model saw: modes, whether with a graph."""

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = nn.Parameter(table.to(getattr(torch, dtype)))
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
    with torch.set_grad_enabled(graph):
        loss = student.first_loss(model, ids)
        enabled = torch.is_grad_enabled()
    return {
        "loss": loss,
        "python": type(loss) is float,
        "seen": model.seen,
        "modes": [bool(one.training) for one in modules],
        "enabled": enabled,
        "trainable": [one.requires_grad for one in model.parameters()],
        "gradient": model.rows.grad is not None and bool((model.rows.grad == 1).all()),
    }


def mean_loss(table, ids):
    """Mean of -ln p over the places that have a next token, one by one."""
    log_probs = table.double().log_softmax(dim=-1)
    losses = [-log_probs[one, two].item() for row in ids.tolist() for one, two in itertools.pairwise(row)]
    return sum(losses) / len(losses)


def loss_mistakes(table, ids):
    """Sentence → the loss with that mistake."""
    right, log_probs = mean_loss(table, ids), table.double().log_softmax(dim=-1)
    rows, length = ids.shape
    at = log_probs[ids]  # (B, T, V)

    def of(log_probs, targets):
        return -log_probs.gather(-1, targets[..., None]).mean().item()

    every = -at[:, :-1].mean().item()
    found = {
        "The targets are smoothed; each place has one next token.": AnyOf(
            *((1 - share) * right + share * every for share in (0.05, 0.1, 0.2))
        ),
        "The loss is rounded.": AnyOf(*(round(right, digits) for digits in range(4))),
        "Something is added inside the logarithm; take log_softmax of the logits.": AnyOf(
            *(of((at[:, :-1].exp() + eps).log(), ids[:, 1:]) for eps in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)),
            *(of(at[:, :-1].exp().clamp(min=eps).log(), ids[:, 1:]) for eps in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)),
        ),
        "The softmax runs along the places; it runs along the vocabulary.": of(
            table.double()[ids][:, :-1].log_softmax(dim=1), ids[:, 1:]
        ),
        "Each token is asked for itself: the targets aren't shifted.": of(at, ids),
        "The targets are shifted twice.": of(at[:, :-2], ids[:, 2:]) if length > 2 else -1.0,
        "Each token is asked for the one before it.": of(at[:, 1:], ids[:, :-1]),
        "The last target is the first token of the row: roll goes round in a circle.": of(at, ids.roll(-1, 1)),
        "Losses are summed; their mean is asked for.": right * rows * (length - 1),
        "The sum is divided by all tokens, also by those that have no next one.": right * (length - 1) / length,
        "It is the mean over rows of a sum over places.": right * (length - 1),
        "Only the last place that has a next token counts.": of(at[:, -2:-1], ids[:, -1:]),
        "Only the first place counts.": of(at[:, :1], ids[:, 1:2]),
        "Only the first row counts.": of(at[:1, :-1], ids[:1, 1:]),
        "Token 0 is left out; it is a token like any other.": -(
            at[:, :-1].gather(-1, ids[:, 1:, None])[..., 0][ids[:, 1:] != 0].mean().item()
        ),
        "It is in bits; nats are asked for.": right / math.log(2),
        "It is the perplexity; its logarithm is asked for.": math.exp(min(right, 700.0)),
        "The sign is wrong: the loss is minus a log-probability.": -right,
        "A softmax is taken twice.": of(at[:, :-1].exp().log_softmax(dim=-1), ids[:, 1:]),
        "It is the mean probability, not that of its logarithm.": -math.log(
            at[:, :-1].exp().gather(-1, ids[:, 1:, None]).mean().item()
        ),
        "It is ln V, whatever the model gives.": math.log(table.shape[1]),
        "It is the entropy of what the model gives; the text doesn't matter then.": -(
            (at[:, :-1].exp() * at[:, :-1]).sum(-1).mean().item()
        ),
    }
    if table.dtype == torch.bfloat16:
        narrow = F.cross_entropy(table[ids[:, :-1]].flatten(0, 1), ids[:, 1:].flatten()).item()
        found["The loss is computed in 16 bits; raise the logits to float32 first."] = narrow
    return found


def expect_loss(student, rng, table, ids, dtype="float32", what="The loss"):
    """Fail unless the loss is that of the table, in each of several modes, and everything is afterwards as before."""
    exact = table.to(getattr(torch, dtype))
    for modes, graph in rng.permutation(
        [
            ([True] * 5, True),
            ([False] * 5, True),
            ([True, True, False, True, False], False),
            ([False, True, True, False, True], True),
        ]
    )[:3]:
        answer = student.run(loss_of, table, ids, dtype, modes, graph)
        if any(training for training, _ in answer["seen"]):
            fail("The model is asked in train mode, so numbers are dropped.")
        expect_close(
            answer["loss"],
            mean_loss(exact, ids),
            what=what,
            rtol=1e-4,
            atol=1e-5,
            mistakes=Mistakes(lambda: loss_mistakes(exact, ids)),
            advice="Logits at place t against the token at place t + 1.",
        )
        if not answer["python"]:
            fail("The loss must be a Python number: .item() gives one.")
        if any(enabled for _, enabled in answer["seen"]):
            fail("The model runs with a graph, for gradients that nobody asks for.")
        if answer["modes"] != modes:
            fail("The modes of the model's modules are not as they were before.", expected=modes, got=answer["modes"])
        if answer["enabled"] != graph:
            fail("Gradients are not switched on or off afterwards as they were before.", expected=graph)
        expect_untouched(answer)


# --- generate -------------------------------------------------------------------------------------------------------


@probe
def generated(student, weights, size, positions, calls):
    """What each call of generate gives, for a model that is sure of a weighted sum of the ids up to a place.

    The last id has the first weight, the one before it the second, and so on. With it what the model saw, and modes.
    """
    from types import SimpleNamespace

    class TooLong(ValueError):
        pass

    class Sure(nn.Module):
        def __init__(self):
            super().__init__()
            self.config = SimpleNamespace(positions=positions)
            self.scale = nn.Parameter(torch.tensor(40.0))
            self.scale.grad = torch.tensor(1.0)
            self.frozen = nn.Parameter(torch.zeros(2), requires_grad=False)
            self.inner = nn.Sequential(nn.Dropout(0.0), nn.Sequential(nn.Dropout(0.0)))
            self.seen = []

        def forward(self, ids):
            if ids.shape[1] > positions:
                raise TooLong(f"{ids.shape[1]} ids are more than the {positions} positions")
            self.seen.append([ids.clone(), any(one.training for one in self.modules()), torch.is_grad_enabled()])
            sums = [(ids[:, : at + 1].flip(1) * weights[: at + 1]).sum(dim=1) % size for at in range(ids.shape[1])]
            return self.scale * F.one_hot(torch.stack(sums, dim=1), size).float()

    found = []
    for ids, new, options, modes, graph in calls:
        model = Sure()
        modules = list(model.modules())
        for module, training in zip(modules, modes, strict=True):
            module.training = training
        with torch.set_grad_enabled(graph):
            result = student.generate(model, ids, new, **options)
            enabled = torch.is_grad_enabled()
        found.append(
            {
                "ids": result,
                "shown": [one[0] for one in model.seen],
                "trained": any(one[1] for one in model.seen),
                "graphs": any(one[2] for one in model.seen),
                "modes": [bool(one.training) for one in modules],
                "enabled": enabled,
                "trainable": [one.requires_grad for one in model.parameters()],
                "gradient": model.scale.grad is not None and model.scale.grad.item() == 1,
            }
        )
    return found


def continued(ids, new, weights, size, show):
    """Rows of ids and what is written behind each: the weighted sum of what `show` leaves of a row."""
    rows = []
    for row in ids.tolist():
        row = list(row)
        for _ in range(new):
            seen = show(row)
            row.append(sum(one * weight for one, weight in zip(seen[::-1], weights, strict=False)) % size)
        rows.append(row)
    return torch.tensor(rows)


def loop_mistakes(ids, new, weights, size, positions):
    """Sentence → the ids with that mistake."""
    length = ids.shape[1]

    def see(row):
        return row[-positions:]

    def wrong(show, new=new):
        return continued(ids, new, weights, size, show)

    right = wrong(see)
    first_row = right[:1].expand_as(right).clone()
    first_row[:, :length] = ids
    cropped = [torch.tensor([row[-(positions + more) :] for row in right.tolist()]) for more in (0, 1, new)]
    return {
        "The logits of the first position are used; those of the last one say what comes next.": AnyOf(
            wrong(lambda row: see(row)[:1]),
        ),
        "The logits of the last position but one are used.": wrong(lambda row: see(row)[:-1] or see(row)),
        "The model is shown the last token only; it needs everything before.": wrong(lambda row: row[-1:]),
        "Only what was written comes back; the prompt belongs in front of it.": right[:, length:],
        "It writes one token too many.": wrong(see, new + 1),
        "It writes one token too few.": wrong(see, max(new - 1, 0)),
        "What was written is not shown to the model: it is always asked about the prompt.": torch.cat(
            [ids, right[:, length : length + 1].expand(-1, new)], dim=1
        ),
        "Every row is continued as the first one is.": first_row,
        "Only the first row is continued.": right[:1],
        "`new` is taken for the length of the whole text.": wrong(see, max(new - length, 0)),
        "New tokens are put in front of the prompt.": torch.cat([right[:, length:], ids], dim=1),
        "It gives the last token alone.": AnyOf(right[:, -1], right[:, -1:]),
        "The first ids are shown of a text that is longer than the positions; the last are asked for.": wrong(
            lambda row: row[:positions]
        ),
        "One id too few is shown of a text that is longer than the positions.": AnyOf(
            wrong(lambda row: row[-(positions - 1) :] if positions > 1 else row[-1:]),
            wrong(lambda row: row if len(row) < positions else row[-(positions - 1) :]),
            wrong(lambda row: row if len(row) <= positions else row[-(positions - 1) :]),
        ),
        "What is no longer shown is lost from the result, too.": AnyOf(*cropped),
        "A text that fills the positions is emptied and begun anew.": wrong(
            lambda row: row[(len(row) - 1) // positions * positions :]
        ),
        "It stops when the positions are full; it goes on with the last of them.": right[:, : max(positions, length)],
        "It stops at token 0; it is a token like any other.": AnyOf(
            *(right[:, : length + stop] for stop in range(1, new) if (right[:, length + stop - 1] == 0).any())
        ),
    }


REFUSED = ("ValueError is raised for arguments that are allowed.", "ValueError")


def expect_written(student, calls, weights, size, positions):
    """Fail unless every call gives what the model is sure of, shows it what it should, and leaves all as it was."""
    with (
        expect_accepted(*REFUSED),
        expect_accepted("More ids are shown to the model than it has positions.", "TooLong"),
    ):
        answers = student.run(generated, weights, size, positions, calls)
    for (ids, new, _, modes, graph), answer in zip(calls, answers, strict=True):
        expected = continued(ids, new, weights.tolist(), size, lambda row: row[-positions:])
        expect_equal(
            answer["ids"],
            expected,
            what="The tensor of prompts and what was written",
            mistakes=Mistakes(lambda ids=ids, new=new: loop_mistakes(ids, new, weights.tolist(), size, positions)),
            advice="Show the last ids, as many as there are positions; draw; append to the whole text.",
        )
        if answer["trained"]:
            fail("The model is asked in train mode, so numbers are dropped.")
        if answer["graphs"]:
            fail("The model runs with a graph: with every token memory grows, for gradients that nobody asks for.")
        if answer["modes"] != modes:
            fail("The modes of the model's modules are not as they were before.", expected=modes, got=answer["modes"])
        if answer["enabled"] != graph:
            fail("Gradients are not switched on or off afterwards as they were before.", expected=graph)
        expect_untouched(answer)
        if len(answer["shown"]) > new:
            fail("The model is called more often than once for each new token.", expected=new, got=len(answer["shown"]))
        length = ids.shape[1]
        seen = [expected[:, : length + step][:, -positions:] for step in range(new)]
        expect_equal(answer["shown"], seen, what="What the model was shown")


@probe
def drawn(student, table, new, options, seeds, dtype):
    """Continuations of one prompt for each row of a table of logits (B, V), for each seed of a generator.

    Each seed comes with one for torch's own generator; None hands on no generator. With each, torch's next number. The
    row of the table is the first id of the prompt, so that the model knows it again.
    """
    from types import SimpleNamespace

    class Rows(nn.Module):
        def __init__(self):
            super().__init__()
            self.config = SimpleNamespace(positions=50)

        def forward(self, ids):
            logits = table.to(getattr(torch, dtype))[ids[:, 0]]
            return torch.stack([-logits] * (ids.shape[1] - 1) + [logits], dim=1)

    ids = torch.arange(len(table))[:, None].expand(-1, 2).contiguous()
    found = []
    for seed, own in seeds:
        torch.default_generator.manual_seed(own)
        given = {} if seed is None else {"generator": torch.Generator().manual_seed(seed)}
        written = student.generate(Rows(), ids, new, **options, **given)
        found.append([written, torch.randint(1 << 30, ()).item()])
    return found


def cut(logits, k):
    """Logits whose value is not among the k largest become -inf; equal ones stay."""
    least = logits.topk(min(k, logits.shape[-1])).values[:, -1:]
    return torch.where(logits >= least, logits, -math.inf)


def off(logits, drawn, table):
    """Whether tokens are not drawn from these logits: by what can't come, by how often each rank in the table comes,
    and by log-probability, logit and place."""
    probs = logits.double().softmax(dim=-1)
    chosen = drawn[:, None]
    if (probs.gather(1, chosen) == 0).any():
        return True
    order = table.argsort(dim=1, descending=True)
    ranked = probs.gather(1, order)
    expected = ranked.sum(dim=0)
    hits = (order == chosen).sum(dim=0)
    spread = (ranked * (1 - ranked)).sum(dim=0).sqrt()
    # the count of a rank that hardly ever comes has a longer tail than its standard deviation says
    if ((hits - expected).abs() > DEVIATIONS * spread + DEVIATIONS).any():
        return True
    places = torch.arange(logits.shape[1], dtype=torch.float64).expand_as(probs)
    for of in (probs.log().masked_fill(probs == 0, 0.0), table.double(), places):
        weighed = probs * of
        mean = weighed.sum(dim=1)
        variance = torch.linalg.vecdot(weighed, of) - mean.square()
        away = (of.gather(1, chosen)[:, 0] - mean).sum() / variance.sum().clamp(min=1e-9).sqrt()
        if away.abs() > DEVIATIONS:
            return True
    return False


def expect_drawn(drawn, table, what, temperature=1.0, top_k=None):
    """Fail unless these were drawn from the table's logits at this temperature, the top k alone."""
    vocab = table.shape[1]
    logits = (table if top_k is None else cut(table, top_k)) / temperature
    if not isinstance(drawn, torch.Tensor) or drawn.shape != (len(table),) or drawn.dtype != torch.int64:
        fail(f"{what} is not one id for each row.")
    if drawn.min() < 0 or drawn.max() >= vocab:
        fail("Ids are written that are not in the vocabulary.")
    if not off(logits, drawn, table):
        return
    if torch.equal(drawn, table.argmax(dim=1)):
        fail("It always takes the likeliest token; it must draw.")
    if len(drawn.unique()) == 1:
        fail("One token is drawn for all rows; each row draws its own.")
    others = {
        "The logits of the first position are used; those of the last one say what comes next.": -logits
        if top_k is None
        else cut(-table, top_k) / temperature,
    }
    if temperature != 1.0:
        cold = table if top_k is None else cut(table, top_k)
        others |= {
            "The temperature is ignored.": cold,
            "Logits are multiplied by the temperature; they are divided by it.": cold * temperature,
            "The temperature counts twice.": cold / temperature**2,
            "Its root is taken of the temperature.": cold / temperature**0.5,
        }
    if top_k is not None:
        others["top_k is ignored."] = table / temperature
        others["One token too many can be drawn."] = cut(table, top_k + 1) / temperature
        if top_k > 1:
            others["One token too few can be drawn."] = cut(table, top_k - 1) / temperature
        others["The smallest logits are kept; the largest are asked for."] = (
            torch.where(cut(-table, top_k) == -math.inf, -math.inf, table) / temperature
        )
        kept = cut(table, top_k)
        others["What is cut off gets the logit 0; it must not be drawn at all."] = (
            kept.masked_fill(kept == -math.inf, 0.0) / temperature
        )
        others["All that can be drawn is equally likely."] = kept.masked_fill(kept > -math.inf, 0.0)
        all_rows = table.flatten().sort(descending=True).values[min(top_k * len(table), table.numel()) - 1]
        others["The largest logits of the whole batch are kept; each row has its own."] = (
            torch.where(table >= all_rows, table, -math.inf) / temperature
        )
    others["Every token is equally likely."] = 0 * table
    said = [sentence for sentence, one in others.items() if not one.isnan().any() and not off(one, drawn, table)]
    fail(said[0] if said else f"{what} doesn't follow the model's probabilities.")
