"""What the experiments of this lesson share: your GPT with the shipped model's weights in it, and what is asked of it.

Nothing here is graded. The figures in the comments come from five seeds and one thread: `autograder experiment
pretrained_weights --submission solutions --seeds 5`.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch
from torch import nn

from autograder.backbone import countries
from autograder.checks import Blocked
from autograder.experiments import Unfit, require, require_small

BLUE, GREEN, PINK, RED = "#4c72b0", "#9bd0ab", "#f3c9c7", "#c44e52"


def gpt_of(student):
    """The student's functions of the lesson `gpt`. Raises Blocked with the first that is not written."""
    tools = student.__tools__
    for name in ("GPT", "init_weights", "tensors_of", "generate"):
        if getattr(tools, name) is None:
            raise Blocked(f"{name} (gpt)")
    return tools


def opened(backbone):
    """The library's model, its tokenizer, and its weights as its file names them.

    Raises Unfit for other kinds of models, and NotCompetent for one that doesn't know the capitals.
    """
    theirs, tokenizer = backbone()
    if theirs.config.model_type != "gpt2":
        raise Unfit(f"It loads a GPT-2 into your GPT, and this backbone is a {theirs.config.model_type}.")
    require_small(theirs, "It asks a model over a thousand questions")
    known, asked = capitals(Reference(theirs), tokenizer), len(countries())
    require(known == asked, f"It writes {known} of {asked} capitals, and the claims take all of them for granted.")
    return theirs, tokenizer, theirs.state_dict()


def new_gpt(tools, shape: dict[str, int], heads: int | None = None):
    """A GPT of this shape in eval mode, as `init_weights` starts it; with other heads where they are given."""
    sizes = shape if heads is None else shape | {"heads": heads}
    model = tools.GPT(tools.GPTConfig(**sizes))
    tools.init_weights(model)
    return model.eval()


def require_right_gpt(tools, theirs, shape: dict[str, int], ids: torch.Tensor) -> None:
    """Whether the GPT of the lesson before computes what GPT-2 does, filled in here and not by the code under test."""
    model = new_gpt(tools, shape)
    tensors = tools.tensors_of(model)
    with torch.no_grad():
        for name, values in theirs.transformer.named_parameters():
            values = values.T if name.startswith("h.") and values.ndim == 2 else values
            if name in tensors:
                tensors[name].copy_(values)
                continue
            layer, kind = name.split("c_attn.")
            for part, piece in zip("qkv", values.chunk(3), strict=True):
                tensors[f"{layer}{part}.{kind}"].copy_(piece)
        gap = (model(ids) - Reference(theirs)(ids)).abs().max().item()
    require(gap < 1e-3, f"Your GPT of the lesson gpt, filled by this file, is {gap:.2g} off: do its checks pass?")


def held_out(tokenizer, seed: int, rows: int, length: int) -> torch.Tensor:
    """(rows, length): beginnings of documents that the model was not trained on."""
    from autograder.backbone.world import documents

    found: list[list[int]] = []
    for text in documents(f"pretrained_weights:{seed}", held_out=True):
        if len(ids := tokenizer(text)["input_ids"]) >= length:
            found.append(ids[:length])
        if len(found) == rows:
            break
    return torch.tensor(found)


class Reference(nn.Module):
    """The library's model from ids to logits, with a `config` as your `generate` wants it."""

    def __init__(self, theirs) -> None:
        super().__init__()
        self.theirs, self.config = theirs, SimpleNamespace(positions=theirs.config.n_positions)

    def forward(self, ids):
        return self.theirs(ids, attention_mask=torch.ones_like(ids)).logits  # else it asks whether id 0 is padding


class Asked(nn.Module):
    """A model from ids to logits, as the library's functions ask theirs."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return SimpleNamespace(logits=self.model(input_ids))  # pads stand at the right, where nothing sees them


def capitals(model: nn.Module, tokenizer) -> int:
    """Of all countries, those whose capital the model writes after "The capital of X is", full stop included."""
    from autograder.backbone.card import recall

    return round(recall(Asked(model), tokenizer, "capital") * len(countries()))
