"""One architecture with three fillings: the shipped model's weights, the same numbers in another order, and a start."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from autograder.backbone import countries

from ._shared import BLUE, RED, capitals, gpt_of, held_out, new_gpt, opened, require_right_gpt

CLAIM = (
    "The architecture is the vessel: loaded, your GPT knows every capital; untrained, or with its numbers mixed, none"
)
NEEDS = ("convert_weights", "shape_from_weights", "load_into")
COLUMNS = ("your GPT", "numbers", "capitals", "held-out loss")

ARMS = {"loaded": "loaded", "mixed": "the same numbers, mixed within each tensor", "untrained": "untrained"}
ROWS, LENGTH = 32, 20
EXAMPLE = "The capital of France is"


def measure(student, backbone, seed, track):
    tools = gpt_of(student)
    theirs, tokenizer, raw = opened(backbone)
    state = student.convert_weights(raw)
    shape = student.shape_from_weights(state, theirs.config.n_head)
    ids = held_out(tokenizer, seed, ROWS, LENGTH)
    require_right_gpt(tools, theirs, shape, ids)
    found = {name: {} for name in ("numbers", "capitals", "loss", "text")}
    for arm in track(ARMS, "models"):
        model = new_gpt(tools, shape)
        if arm == "loaded":
            student.load_into(model, state, tools.tensors_of)
        elif arm == "mixed":
            mixture = {name: mixed(values) for name, values in state.items()}
            student.load_into(model, mixture, tools.tensors_of)
        found["numbers"][arm] = sum(parameter.numel() for parameter in model.parameters())
        found["capitals"][arm] = capitals(model, tokenizer)
        with torch.no_grad():
            logits = model(ids[:, :-1]).flatten(0, 1)
        found["loss"][arm] = F.cross_entropy(logits, ids[:, 1:].flatten()).item()
        prompt = torch.tensor([tokenizer(EXAMPLE)["input_ids"]])
        found["text"][arm] = tokenizer.decode(tools.generate(model, prompt, 6, temperature=0.0)[0].tolist())
    return {**found, "asked": len(countries())}


def mixed(values: torch.Tensor) -> torch.Tensor:
    """The same numbers in another order."""
    return values.flatten()[torch.randperm(values.numel())].view_as(values)


def rows(figures):
    for arm, said in ARMS.items():
        known = f"{figures.capitals[arm]} of {figures.asked}"
        yield said, f"{figures.numbers[arm]:,}", known, f"{figures.loss[arm]:.2f}"


def claims(figures):
    known = figures.capitals
    yield known["loaded"] == figures.asked, f"loaded, it writes {known['loaded']} of {figures.asked} capitals"
    yield known["untrained"] == 0, f"untrained {known['untrained']}"
    yield known["mixed"] == 0, f"with its numbers mixed {known['mixed']}"
    yield len(set(figures.numbers.values())) == 1, f"each holds {figures.numbers['loaded']:,} numbers"
    gap = min(figures.loss["mixed"], figures.loss["untrained"]) - figures.loss["loaded"]
    yield gap > 4, f"a token of held-out text costs {gap:.1f} nats more without the knowledge, or more than that"


def draw(axes, figures) -> None:
    for place, arm in enumerate(ARMS):
        axes.barh(place, figures.capitals[arm], 0.6, color=BLUE if arm == "loaded" else RED)
        said = f"{figures.capitals[arm]} of {figures.asked}, loss {figures.loss[arm]:.2f}"
        inside = figures.capitals[arm] > figures.asked / 2
        axes.text(
            figures.capitals[arm] - 3 if inside else 3,
            place,
            said,
            va="center",
            ha="right" if inside else "left",
            color="white" if inside else "black",
        )
    axes.set_yticks(range(len(ARMS)), ["loaded", "mixed", "untrained"])
    axes.invert_yaxis()
    axes.set_xlabel("capitals that it writes")
