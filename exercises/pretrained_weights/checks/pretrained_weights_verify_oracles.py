"""What the checks of `verify` share.

Most of its models are tables: the logits at place t for the id i are table[t, i]. They are exact, so that what each
level must give can be said, and at some places one model can be another than its reference.
"""

from __future__ import annotations

import torch
from pretrained_weights_loading_oracles import GRADIENTS, TRAINABLE, logits_of
from pretrained_weights_oracles import Sizes, is_map, upright
from torch import nn
from torch.nn import functional as F

from autograder.checks import AnyOf, Mistakes, expect_close, fail, probe

GOES_ON = "Levels after the first that fails are computed all the same."
LAST_NAMED = "The last level that fails is named, not the first."
TEXT_ONLY = "Only the text is compared."
ARGMAX_LEVEL = "The level of logits passes where the first choices are the same."
NO_PARAMETERS = "The parameters are not compared."
NO_TEXT = "The text is not compared."
PARAMETER_SIGN = "The number of parameters is taken the other way round."
PARAMETER_SIZE = "The number of parameters loses its sign."
BUFFERS_COUNT = "Buffers count as parameters."
TWICE_COUNT = "A parameter that stands in two places counts twice."
FROZEN_LOST = "Frozen parameters don't count."
TENSORS_COUNTED = "Tensors are counted, not the numbers in them."
BOTH_COUNTS = "It gives how many parameters the model has, not how many more than the reference."
SHARE_COUNTS = "The difference of the parameters is given as a share."
MEAN_GIVEN = "The figure of the logits is their mean difference."
LAST_PLACE = "Only the logits of the last place are compared."
TOLERANCE_LARGE = "The logits may be further apart than compare_logits allows."
TOLERANCE_SMALL = "The logits must be equal to the last bit."
SHARE_WITH_PROMPT = "The prompt counts as text that is the same."
EIGHT_ALWAYS = "The number of new tokens is not used."
ONE_FEWER = "One token too few is written."
ONE_MORE = "One token too many is written."
FED_REFERENCE = "Both continue the text of the reference; each has to read what it wrote itself."
FED_MODEL = "Both continue the text of the model; each has to read what it wrote itself."
PROMPT_ONLY = "Every token is written behind the prompt alone; what was written has to be read."
WHOLE_ROWS = "The share is one of whole rows."
ALL_OR_NONE = "The text is the same or not; its figure is a share."
FIRST_ROW = "Only the first prompt is continued."
FIRST_PLACE = "The next token is read off the first place; it is the largest logit of the last."
COUNTED = "The figure of the text is a count, not a share."
SMALLEST = "The next token is the one with the smallest logit."
MOST_PASSES = "A text passes that is the same for the most part."
TRAIN_MODE = "A model is called in train mode."
MODES_LOST = "Modules are in another mode afterwards."
MODES_LOST_BY_ERROR = "After an error modules are left in eval mode."
MODES_LOST_BY_LEVEL = "Where a level fails, modules are left in eval mode."
RECORDED = "A model is called with gradients recorded."
SWITCH = "Gradients are switched on or off afterwards, other than before."
SWITCH_BY_ERROR = "After an error gradients are left switched off."
MOVED = "Parameters are changed."
ORDER = "The levels don't stand in their order, or `failed` isn't the last."
OTHER_IDS = "The logits are those of another text than `ids`."
CALLS_ON = "A model is called although the parameters differ, or again after the logits failed."
SWALLOWED = "Logits of different shapes raise no ValueError."
NOT_A_WHOLE = "The number of parameters is no whole number."


@probe
def verified(student, models, ids, prompt, new, switched):
    """What verify says of the first of two models against the second, and what it did to them.

    A model is a dict: "table" (T, V, V), or "state" by short names with maps (in, out) and "heads". "extra": sizes of
    parameters that nothing uses; "buffers": sizes of buffers; "twice": whether it lists its first parameter twice;
    "frozen": whether each second parameter is; "train": the modes of the model and of the dropout in it; "out": the
    place from which on it raises. `new` None: not given; `switched`: gradients are off when it is called.
    """
    calls = []

    class Model(nn.Module):
        def __init__(self, given):
            super().__init__()
            self.given = given
            self.dropout = nn.Dropout(0.5)
            self.numbers = nn.ParameterDict()
            for name, one in (given.get("state") or {"table": given.get("table")}).items():
                self.numbers[name.replace(".", "_")] = nn.Parameter(one.clone())
            for index, size in enumerate(given.get("extra", ())):
                self.numbers[f"extra{index}"] = nn.Parameter(torch.zeros(size))
            for index, size in enumerate(given.get("buffers", ())):
                self.register_buffer(f"buffer{index}", torch.ones(size))
            if given.get("twice"):
                self.again = next(iter(self.numbers.values()))
            for index, one in enumerate(self.numbers.values()):
                one.requires_grad_(not given.get("frozen") or index % 2 == 1)
                one.grad = torch.ones_like(one) if index % 2 == 0 else None

        def forward(self, ids):
            train = self.training or self.dropout.training
            calls.append([[f"{row}" for row in ids.tolist()], train, torch.is_grad_enabled()])
            if ids.shape[1] >= self.given.get("out", 1000):
                raise RuntimeError("there are no more places")
            table = self.numbers["table"] if "table" in self.numbers else None
            return self.dropout(self.gpt(ids) if table is None else table[torch.arange(ids.shape[1]), ids])

        def gpt(self, ids):
            state = dict(self.numbers.items())

            def norm(x, name):
                return F.layer_norm(x, x.shape[-1:], state[f"{name}_weight"], state[f"{name}_bias"])

            def linear(x, name):
                return x @ state[f"{name}_weight"] + state[f"{name}_bias"]

            x = state["wte_weight"][ids] + state["wpe_weight"][: ids.shape[1]]
            for block in range(sum(name.endswith("_ln_1_weight") for name in state)):
                three = linear(norm(x, f"h_{block}_ln_1"), f"h_{block}_attn_c_attn").chunk(3, dim=-1)
                q, k, v = (one.unflatten(-1, (self.given["heads"], -1)).transpose(1, 2) for one in three)
                read = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
                x = x + linear(read, f"h_{block}_attn_c_proj")
                wide = linear(norm(x, f"h_{block}_ln_2"), f"h_{block}_mlp_c_fc")
                x = x + linear(F.gelu(wide, approximate="tanh"), f"h_{block}_mlp_c_proj")
            return norm(x, "ln_f") @ state["wte_weight"].T

    built = [Model(given) for given in models]
    for model, given in zip(built, models, strict=True):
        model.train(given.get("train", [True, True])[0])
        model.dropout.train(given.get("train", [True, True])[1])
    every = [module for model in built for module in model.modules()]
    modes = [module.training for module in every]
    parameters = [one for model in built for one in model.parameters()]
    before = [one.detach().clone() for one in parameters]
    trainable = [one.requires_grad for one in parameters]
    gradients = [None if one.grad is None else one.grad.clone() for one in parameters]
    torch.set_grad_enabled(not switched)
    try:
        report = student.verify(*built, ids, prompt, *([] if new is None else [new]))
    except NotImplementedError:
        raise
    except Exception as error:
        report = ["ValueError" if isinstance(error, ValueError) else type(error).__name__, str(error)]
    switch = torch.is_grad_enabled() == (not switched)
    torch.set_grad_enabled(True)
    return {
        "report": report,
        "order": list(report) if isinstance(report, dict) else None,
        "calls": calls,
        "modes": [module.training for module in every] == modes,
        "switch": switch,
        "moved": not all(torch.equal(one, old) for one, old in zip(parameters, before, strict=True)),
        "trainable": [one.requires_grad for one in parameters] == trainable,
        "gradients": all(
            one.grad is old if old is None or one.grad is None else torch.equal(one.grad, old)
            for one, old in zip(parameters, gradients, strict=True)
        ),
    }


# --- what it must say -----------------------------------------------------------------------------------------------


def logits_by(model, ids):
    if "table" in model:
        return model["table"].double()[torch.arange(ids.shape[1]), ids]
    return logits_of(upright(model["state"]), ids, model["heads"])


def count_of(model):
    tensors = [*(model.get("state") or {"table": model["table"]}).values()]
    return sum(one.numel() for one in tensors) + sum(model.get("extra", ()))


def continued(model, prompt, new, step=None):
    """The new tokens (b, new); `step(logits, text)` gives the next one, which is the largest at the last place."""
    text = prompt
    for _ in range(new):
        logits = logits_by(model, text)
        following = logits[:, -1:].argmax(-1) if step is None else step(logits)
        text = torch.cat([text, following], dim=1)
    return text[:, prompt.shape[1] :]


LEVELS = ("parameters", "logits", "text")


def judged(figures, agrees=None):
    """A report that stops at the first figure that doesn't pass."""
    agrees = figures["logits"] <= 1e-4 if agrees is None else agrees
    passes = {"parameters": figures["parameters"] == 0, "logits": agrees, "text": figures["text"] == 1}
    report = {}
    for level in LEVELS:
        report[level] = figures[level]
        if not passes[level]:
            return report | {"failed": level}
    return report | {"failed": None}


def share(one, other):
    return (one == other).double().mean().item()


def smallest(logits):
    return logits[:, -1:].argmin(-1)


def fed(models, prompt, new, teacher):
    """The share of tokens that are the same where both models read what one of them wrote."""
    read, found = prompt, []
    for _ in range(new):
        nexts = [logits_by(one, read)[:, -1:].argmax(-1) for one in models]
        found.append(nexts)
        read = torch.cat([read, nexts[teacher]], dim=1)
    return share(*(torch.cat([pair[at] for pair in found], dim=1) for at in (0, 1)))


def figures_of(models, ids, prompt, new):
    mine, theirs = (logits_by(one, ids) for one in models)
    texts = [continued(one, prompt, new) for one in models]
    return {
        "parameters": count_of(models[0]) - count_of(models[1]),
        "logits": (mine - theirs).abs().max().item() if mine.shape == theirs.shape else None,
        "text": share(*texts),
    }


def wrong_reports(models, ids, prompt, new):
    """Sentence → the report that the mistake gives; new None: 8."""
    count = 8 if new is None else new
    figures = figures_of(models, ids, prompt, count)
    right = judged(figures)
    mine, theirs = (logits_by(one, ids) for one in models)
    gap, same = (mine - theirs).abs(), bool((mine.argmax(-1) == theirs.argmax(-1)).all())
    reach = min(len(one["table"]) if "table" in one else len(one["state"]["wpe.weight"]) for one in models)
    texts = [continued(one, prompt, count) for one in models]

    def other(agrees=None, **values):
        return judged(figures | values, agrees)

    def text(value):
        return other(text=value)

    def stepped(step):
        return text(share(*(continued(one, prompt, count, step) for one in models)))

    def counts(rule):
        return other(parameters=rule(models[0]) - rule(models[1]))

    def tensors_in(model):
        return len(model.get("state") or [0]) + len(model.get("extra", ()))

    def open_ones(model):
        sizes = [one.numel() for one in (model.get("state") or {"table": model["table"]}).values()]
        sizes += model.get("extra", ())
        return sum(size for at, size in enumerate(sizes) if not model.get("frozen") or at % 2 == 1)

    def first_size(model):
        return next(iter((model.get("state") or {"table": model["table"]}).values())).numel()

    difference = figures["parameters"]
    whole = figures | {"failed": right["failed"]}
    named = {"text": figures["text"] != 1, "logits": figures["logits"] > 1e-4, "parameters": difference != 0}
    last = next((level for level, fails in named.items() if fails), None)
    after_logits = {"parameters": difference, "logits": figures["logits"]}
    same_pairs = texts[0] == texts[1]
    found = {
        TOLERANCE_LARGE: AnyOf(*(other(agrees=figures["logits"] <= atol) for atol in (1e-3, 1e-2, 1e-1))),
        GOES_ON: whole,
        LAST_NAMED: AnyOf(figures | {"failed": last}, right | {"failed": last}),
        TEXT_ONLY: AnyOf(
            {"text": figures["text"], "failed": "text" if named["text"] else None},
            figures | {"failed": "text" if named["text"] else None},
        ),
        ARGMAX_LEVEL: other(agrees=same),
        NO_PARAMETERS: AnyOf(
            {key: value for key, value in judged(figures | {"parameters": 0}).items() if key != "parameters"},
            judged(figures | {"parameters": 0}),
            judged(figures | {"parameters": 0}) | {"parameters": difference},
        ),
        NO_TEXT: AnyOf(after_logits | {"failed": None}, after_logits | {"text": 1.0, "failed": None}),
        PARAMETER_SIGN: other(parameters=-difference),
        PARAMETER_SIZE: other(parameters=abs(difference)),
        BUFFERS_COUNT: counts(lambda one: count_of(one) + sum(one.get("buffers", ()))),
        TWICE_COUNT: counts(lambda one: count_of(one) + (first_size(one) if one.get("twice") else 0)),
        FROZEN_LOST: counts(open_ones),
        TENSORS_COUNTED: counts(tensors_in),
        BOTH_COUNTS: AnyOf(right | {"parameters": count_of(models[0])}, right | {"parameters": count_of(models[1])}),
        SHARE_COUNTS: AnyOf(
            right | {"parameters": difference / count_of(models[1])},
            right | {"parameters": count_of(models[0]) / count_of(models[1])},
        ),
        MEAN_GIVEN: AnyOf(
            other(logits=gap.mean().item()),
            other(logits=gap.mean().item(), agrees=figures["logits"] <= 1e-4),
        ),
        LAST_PLACE: other(logits=gap[:, -1].max().item()),
        OTHER_IDS: other(logits=figures_of(models, prompt, prompt, 0)["logits"]),
        TOLERANCE_SMALL: AnyOf(*(other(agrees=figures["logits"] <= atol) for atol in (0.0, 1e-6, 1e-5))),
        SHARE_WITH_PROMPT: text((same_pairs.sum().item() + prompt.numel()) / (prompt.numel() + same_pairs.numel())),
        WHOLE_ROWS: text(same_pairs.all(dim=1).double().mean().item()),
        ALL_OR_NONE: AnyOf(text(float(same_pairs.all())), text(bool(same_pairs.all()))),
        FIRST_ROW: text(same_pairs[0].double().mean().item()),
        COUNTED: AnyOf(
            right | {"text": same_pairs.sum().item()} if "text" in right else right, text(same_pairs.sum().item())
        ),
        MOST_PASSES: right | {"failed": None} if right["failed"] == "text" else right,
        FED_REFERENCE: text(fed(models, prompt, count, 1)),
        FED_MODEL: text(fed(models, prompt, count, 0)),
        PROMPT_ONLY: text(share(*(logits_by(one, prompt)[:, -1:].argmax(-1) for one in models))),
        FIRST_PLACE: stepped(lambda logits: logits[:, :1].argmax(-1)),
        SMALLEST: stepped(smallest),
        ONE_FEWER: text(same_pairs[:, :-1].double().mean().item()) if count > 1 else right,
    }
    if prompt.shape[1] + count + 1 <= reach:
        found[ONE_MORE] = text(share(*(continued(one, prompt, count + 1) for one in models)))
    if count != 8 and prompt.shape[1] + 8 <= reach:
        found[EIGHT_ALWAYS] = text(share(*(continued(one, prompt, 8) for one in models)))
    return {sentence: value for sentence, value in found.items() if value != right}


def expect_report(student, models, ids, prompt, new=None, switched=False, only=None):
    """What verify says of these models, and that they are as before.

    A logit's tolerance: sums of some 50 products in float32 differ from the formula by 1e-6 or so."""
    answer = student.run(verified, models, ids, prompt, new, switched)
    report, gpt = answer["report"], any("state" in one for one in models)
    figures = figures_of(models, ids, prompt, 8 if new is None else new)
    right, calls = judged(figures), answer["calls"]
    if any(train for _, train, _ in calls):
        fail(TRAIN_MODE)
    if isinstance(report, list) and not any("out" in one for one in models):
        fail("A pair of models of the same form raises an error.", got=report)
    if isinstance(report, dict) and type(report.get("parameters")) not in (int, type(None)):
        shares = SHARE_COUNTS if isinstance(report["parameters"], float) else NOT_A_WHOLE
        fail(shares, got=report)
    if right["failed"] == "parameters" and report == right and calls:
        fail(CALLS_ON)
    expect_close(
        report,
        right,
        what="verify",
        rtol=1e-5 if not gpt else 1e-3,
        atol=1e-9 if not gpt else 1e-5,
        mistakes=Mistakes(lambda: wrong_reports(models, ids, prompt, new)),
    )
    if right["failed"] != "parameters" and not asked_rows(calls) >= rows_of(ids):
        fail(OTHER_IDS)
    if right["failed"] == "logits" and not asked_rows(calls) <= rows_of(ids):
        fail(CALLS_ON)
    if answer["order"] != list(right):
        fail(ORDER, expected=list(right), got=answer["order"])
    told_left(answer, MODES_LOST if right["failed"] is None else MODES_LOST_BY_LEVEL, SWITCH)


def rows_of(ids):
    return {f"{row}" for row in ids.tolist()}


def asked_rows(calls):
    """All rows that a model was called with."""
    return {row for rows, _, _ in calls for row in rows}


def told_left(answer, modes, switch):
    if not answer["modes"]:
        fail(modes)
    if not answer["switch"]:
        fail(switch)
    if any(recorded for _, _, recorded in answer["calls"]):
        fail(RECORDED)
    if not answer["gradients"]:
        fail(GRADIENTS)
    if not answer["trainable"]:
        fail(TRAINABLE)
    if answer["moved"]:
        fail(MOVED)


def expect_left_after_error(student, models, ids, prompt, new=None):
    """One of the models raises, or their logits have different shapes: modes and the switch are as before."""
    answer = student.run(verified, models, ids, prompt, new, False)
    if not asked_rows(answer["calls"]) & (rows_of(ids) | rows_of(prompt)):
        fail(OTHER_IDS)
    told_left(answer, MODES_LOST_BY_ERROR, SWITCH_BY_ERROR)
    return answer["report"]


# --- models ---------------------------------------------------------------------------------------------------------


def table_of(rng, places, vocab):
    """A table whose largest logit stands clear of the next; what follows an id at a place is drawn."""
    table = rng.rand(places, vocab, vocab)
    largest = rng.randint(0, vocab, (places, vocab, 1))
    return table.scatter_(-1, largest, 2.0)


def nearly(rng, table):
    """The same table but for differences that rounding could make, the largest of them at the first place."""
    off = 2e-5 + 3e-5 * rng.rand(*table.shape)
    off[0] += 3e-5
    return table + off


def moved_first_choices(rng, table, start):
    """The same table, but from place `start` on for half of the ids, drawn at each place, another id follows."""
    later, vocab = table[start:], table.shape[-1]
    moved = rng.rand(len(later), vocab).argsort(-1) < vocab // 2
    shift = moved * rng.randint(1, vocab, (len(later), vocab))
    index = (torch.arange(vocab) - shift[..., None]) % vocab
    return torch.cat([table[:start], later.gather(-1, index)])


def draw_prompt(rng, rows, length, vocab):
    """(rows, length), no two rows with the same last id: from there on a table would write the same."""
    prompt = rng.randint(0, vocab, (rows, length))
    prompt[:, -1] = torch.tensor(rng.permutation(list(range(vocab)))[:rows])
    return prompt


def same_text_elsewhere(rng, vocab, seen, prompt, new):
    """Two tables that are equal at the places of `seen` ids and not beyond, so that only a part of the text is.

    The first row has another share than all rows together, and so has a text of one token more or fewer, or one that
    is written in another way."""
    while True:
        table = table_of(rng, prompt.shape[1] + new + 2, vocab)
        other = moved_first_choices(rng, table, seen)
        models = [{"table": one} for one in (other, table)]
        texts = [continued(one, prompt, new + 1) for one in models]
        same = (texts[0] == texts[1]).double()
        right = same[:, :new].mean()
        others = [same.mean(), same[:, : new - 1].mean(), *([same[0, :new].mean()] if len(prompt) > 1 else [])]
        others.append((same[:, :new].sum() + prompt.numel()) / (prompt.numel() + same[:, :new].numel()))
        if new > 1:
            others += [fed(models, prompt, new, teacher) for teacher in (0, 1)]
            others.append(share(*(continued(one, prompt, new, smallest) for one in models)))
        others = [float(one) for one in others]
        if 0.2 < right < 0.9 and len({float(right), *others}) == 1 + len(others):
            return other, table


def sizes_of_heads(rng):
    """Of a model whose width 4 and 8 divide."""
    return Sizes(rng.randint(19, 23), 12, rng.choice([16, 24]), rng.randint(1, 3), 4)


def with_other_heads(rng, heads, checkpoint, sizes):
    """The same numbers with two numbers of heads, ids and a prompt for which both have the same first choices.

    Attention's weights are doubled, so that the logits of nearly all draws are further apart than a wide tolerance."""
    while True:
        state = {name: one * (2 if is_map(name) and ".attn." in name else 1) for name, one in checkpoint(sizes).items()}
        models = [{"state": state, "heads": one} for one in heads]
        ids, prompt = rng.randint(0, sizes.vocab, (2, 7)), rng.randint(0, sizes.vocab, (2, 3))
        mine, theirs = (logits_by(one, ids) for one in models)
        clear = (mine - theirs).abs().max() > 0.011 and torch.equal(mine.argmax(-1), theirs.argmax(-1))
        if clear and torch.equal(*(continued(one, prompt, 4) for one in models)):
            return models, ids, prompt
