"""Thirteen ways to load the shipped model wrongly, none of which raises; and what three levels of proof say to each.

Some change the weights between file and model, some the model that they go into. All models are your own GPT: a norm or
a feed-forward network that is to go wrong is found by its parameters, or by its class, and given another output.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from autograder.backbone import countries

from ._shared import GREEN, PINK, Reference, capitals, gpt_of, held_out, new_gpt, opened, require_right_gpt

CLAIM = "Thirteen mistakes load without an error: the count stops one of them, logits all but one, and text the last"
NEEDS = ("convert_weights", "shape_from_weights", "load_into", "compare_logits", "verify")
COLUMNS = (
    "what is wrong",
    "numbers too many",
    "logits off by",
    "same first choice",
    "same texts",
    "capitals",
    "verify stops at",
)

ROWS, LENGTH, PROMPT, NEW = 8, 24, 8, 24  # the texts go on beyond the places whose logits are compared
NOTHING = "nothing"
MISTAKES = {
    "untrained": "nothing was loaded (strict=False, other names)",
    "untied": "the head is not the token table",
    "swapped": "queries and keys swapped",
    "square": "attn.c_proj not turned (it is square)",
    "no_norm": "the final norm forgotten",
    "positions": "positions left as they started",
    "heads": "twice the heads",
    "norms": "ln_1 and ln_2 swapped",
    "biases": "c_attn.bias taken for the mask attn.bias",
    "bf16": "weights kept in bf16",
    "eps": "eps 1e-6 for 1e-5",
    "erf": "GELU with erf for tanh",
    "beyond": f"positions from {LENGTH} on left as they started",
}


def measure(student, backbone, seed, track):
    tools = gpt_of(student)
    theirs, tokenizer, raw = opened(backbone)
    state = student.convert_weights(raw)
    shape = student.shape_from_weights(state, theirs.config.n_head)
    ids = held_out(tokenizer, seed, ROWS, LENGTH)
    require_right_gpt(tools, theirs, shape, ids)
    reference = Reference(theirs)
    with torch.no_grad():
        due = reference(ids)
    texts = written(tools, reference, ids)
    found = {name: {} for name in ("more", "gap", "agree", "same", "texts", "capitals", "failed")}
    for name in track((NOTHING, *MISTAKES), "models"):
        model = loaded(student, tools, name, state, shape)
        with torch.no_grad():
            compared = student.compare_logits(model(ids), due)
        found["more"][name] = numbers_in(model.parameters()) - numbers_in(state.values())
        found["gap"][name], found["same"][name] = compared["max_difference"], compared["same_argmax"]
        found["agree"][name] = compared["agree"]
        found["texts"][name] = (written(tools, model, ids) == texts).all(dim=1).float().mean().item()
        found["capitals"][name] = capitals(model, tokenizer)
        found["failed"][name] = student.verify(model, reference, ids, ids[:, :PROMPT], NEW)["failed"] or NOTHING
    return {**found, "asked": len(countries()), "spread": due.std().item()}


def written(tools, model: nn.Module, ids: torch.Tensor) -> torch.Tensor:
    """What it writes behind the first tokens of each text, always the likeliest: (ROWS, PROMPT + NEW)."""
    return tools.generate(model, ids[:, :PROMPT], NEW, temperature=0.0)


def numbers_in(tensors) -> int:
    return sum(values.numel() for values in tensors)


def loaded(student, tools, name: str, state, shape) -> nn.Module:
    """A model with that mistake."""
    model = new_gpt(tools, shape, heads=2 * shape["heads"] if name == "heads" else None)
    if name != "untrained":
        student.load_into(model, changed(tools, name, state, shape), tools.tensors_of)
    tensors = tools.tensors_of(model)
    if name == "untied":
        head = torch.empty_like(state["wte.weight"]).normal_(0, 0.02)  # of its own, as it started
        return Untied(model, tensors["wte.weight"], head)
    if name == "no_norm":
        norm_of(model, tensors["ln_f.weight"]).register_forward_hook(lambda norm, given, output: given[0])
    if name == "eps":
        for gain in [one for one in tensors if one.split(".")[-2].startswith("ln_") and one.endswith("weight")]:
            other = tensors[gain], tensors[gain.replace("weight", "bias")]
            norm_of(model, tensors[gain]).register_forward_hook(
                lambda norm, given, output, other=other: F.layer_norm(given[0], output.shape[-1:], *other, 1e-6)
            )
    if name == "erf":
        networks = [module for module in model.modules() if isinstance(module, tools.FeedForward)]
        for layer, network in enumerate(networks):
            network.register_forward_hook(
                lambda network, given, output, at=f"h.{layer}.mlp": with_erf(given[0], at, tensors)
            )
    return model


def changed(tools, name: str, state, shape) -> dict[str, torch.Tensor]:
    """The converted weights, with a mistake of whoever converts them."""
    state = {key: values.clone() for key, values in state.items()}
    for key, values in list(state.items()):
        if name == "square" and key.endswith("attn.c_proj.weight"):
            state[key] = values.T.contiguous()
        elif name == "swapped" and ".attn.c_attn." in key:
            queries, keys, other = values.chunk(3)
            state[key] = torch.cat([keys, queries, other])
        elif name == "norms" and ".ln_1." in key:
            other = key.replace("ln_1", "ln_2")
            state[key], state[other] = state[other], values
        elif name == "biases" and key.endswith("c_attn.bias"):
            state[key] = torch.zeros_like(values)  # as init_weights starts it
        elif name == "bf16":
            state[key] = values.bfloat16().float()
    if name in ("positions", "beyond"):
        start = tools.tensors_of(new_gpt(tools, shape))["wpe.weight"].detach()
        first = LENGTH if name == "beyond" else 0
        state["wpe.weight"][first:] = start[first:]
    return state


def norm_of(model: nn.Module, gain: torch.Tensor) -> nn.Module:
    """The module that holds this gain."""
    return next(
        module
        for module in model.modules()
        for parameter in module.parameters(recurse=False)
        if parameter.data_ptr() == gain.data_ptr()
    )


def with_erf(x: torch.Tensor, at: str, tensors: dict[str, torch.Tensor]) -> torch.Tensor:
    """The feed-forward network at these names, with GELU's other form."""
    inner = F.linear(x, tensors[f"{at}.c_fc.weight"], tensors[f"{at}.c_fc.bias"])
    return F.linear(F.gelu(inner), tensors[f"{at}.c_proj.weight"], tensors[f"{at}.c_proj.bias"])


class Untied(nn.Module):
    """A model whose output scores with a table of its own.

    What the final norm gives is read off the logits, which are linear in it: in float64 the least squares are exact.
    """

    def __init__(self, model: nn.Module, table: torch.Tensor, head: torch.Tensor) -> None:
        super().__init__()
        self.model, self.config = model.double(), model.config
        self.back = torch.linalg.pinv(table.detach().double()).T
        self.head = nn.Parameter(head, requires_grad=False)

    def forward(self, ids):
        return (self.model(ids) @ self.back).float() @ self.head.T


def rows(figures):
    for name in (NOTHING, *MISTAKES):
        gap = figures.gap[name]
        off = f"{gap:.1e}" if gap < 1e-3 else f"{gap:.2g}" if gap < 1 else f"{gap:.1f}"
        shares = f"{figures.same[name]:.0%}", f"{figures.texts[name]:.0%}"
        yield (
            MISTAKES.get(name, NOTHING),
            f"{figures.more[name]:,}",
            off,
            *shares,
            figures.capitals[name],
            figures.failed[name],
        )


def stopped(figures, level: str) -> list[str]:
    """The mistakes that a level of proof sees."""
    due = {"more": 0, "agree": True, "texts": 1.0, "capitals": figures.asked}[level]
    return [name for name in MISTAKES if getattr(figures, level)[name] != due]


def claims(figures):
    right = figures.gap[NOTHING]
    yield right < 1e-4 and figures.agree[NOTHING], f"loaded rightly, the logits are off by {right:.1e}"
    known = figures.capitals[NOTHING]
    yield known == figures.asked, f"it writes {known} of {figures.asked} capitals"
    yield figures.failed[NOTHING] == NOTHING, f"and verify stops at {figures.failed[NOTHING]}"
    count, logits = stopped(figures, "more"), stopped(figures, "agree")
    texts, asked = stopped(figures, "texts"), stopped(figures, "capitals")
    yield count == ["untied"], f"of {len(MISTAKES)} mistakes the count stops {len(count)}"
    missed = set(MISTAKES) - set(logits)
    yield missed == {"beyond"}, f"comparing logits lets {len(missed)} through"
    yield missed <= set(texts), f"texts let {len(missed - set(texts))} of these through"
    # Five seeds: GELU and eps always, bf16 sometimes.
    yield {"eps", "erf"} & set(texts) == set(), f"of all mistakes texts let {len(MISTAKES) - len(texts)} through"
    # Of those that don't depend on the seed, heads, the forgotten norm and the last four write every capital.
    yield len(asked) == 7, f"asked for the capitals alone, {len(MISTAKES) - len(asked)} mistakes know all of them"
    levels = [figures.failed[name] for name in MISTAKES]
    yield NOTHING not in levels, f"verify stops {len(levels) - levels.count(NOTHING)}"
    nearest = min(figures.gap[name] for name in logits)
    yield nearest > 1e-3, f"of those that logits stop, the nearest is {nearest:.1e} off"
    blind = [name for name in logits if figures.same[name] == 1]
    yield len(blind) > 0, f"{len(blind)} of them with every first choice the same"


def draw(axes, figures) -> None:
    levels = {"more": "count", "agree": "logits", "texts": "texts", "capitals": "capitals"}
    for column, (level, said) in enumerate(levels.items()):
        axes.text(column + 0.5, -0.3, said, ha="center", va="center", fontsize=9)
        seen = stopped(figures, level)
        for row, name in enumerate(MISTAKES):
            axes.barh(row + 0.5, 0.94, 0.88, left=column + 0.03, color=GREEN if name in seen else PINK)
            verdict = "stopped" if name in seen else "let through"
            axes.text(column + 0.5, row + 0.52, verdict, ha="center", va="center", fontsize=8)
    for row, said in enumerate(MISTAKES.values()):
        axes.text(-0.1, row + 0.52, said, ha="right", va="center", fontsize=9)
    axes.set_xlim(-3.9, len(levels))
    axes.set_ylim(len(MISTAKES), -0.8)
    axes.axis("off")
