"""What the experiments of this lesson share: colours, and the model's own attention as plain matrices.

Nothing here is graded. The figures in the comments come from five seeds and one thread:
`autograder experiment attention --submission solutions --seeds 5`.
"""

from __future__ import annotations

import torch
from torch import nn

from autograder.experiments import Unfit

BLUE, RED, GREEN, GREY = "#4c72b0", "#c44e52", "#55a868", "#999999"


def first_attention(model: nn.Module) -> tuple[torch.Tensor, int]:
    """The first block's c_attn.weight, (D, 3 · D), queries, keys and values side by side; and how many heads it has."""
    try:
        return model.transformer.h[0].attn.c_attn.weight.detach(), model.config.n_head
    except AttributeError:
        raise Unfit("It takes apart the attention of a GPT-2, and this model is built differently.") from None
