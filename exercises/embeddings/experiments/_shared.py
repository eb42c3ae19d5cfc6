"""What the experiments of this lesson share: a small transformer that reads what your functions make of ids.

Nothing here is graded. The figures in the comments come from five seeds and one thread:
`autograder experiment embeddings --submission solutions --seeds 5`.
"""

from __future__ import annotations

import torch
from torch import nn

BLUE, PALE, RED, GREY = "#4c72b0", "#9fb8dc", "#c44e52", "#999999"


class Reader(nn.Module):
    """Tables and a stack of PyTorch's own transformer layers, without dropout; its input comes from the student."""

    def __init__(self, student, vocab: int, positions: int, layers: int, *, width: int = 32, causal: bool) -> None:
        """positions = 0: the layers read `embed` alone."""
        super().__init__()
        self.student, self.causal = student, causal
        self.tokens = nn.Parameter(0.02 * torch.randn(vocab, width))
        self.places = nn.Parameter(0.02 * torch.randn(positions, width)) if positions else None
        one = nn.TransformerEncoderLayer(width, 4, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(one, layers, nn.LayerNorm(width), enable_nested_tensor=False)
        for layer in self.layers.layers:  # copies of one start alike; these must not
            for parameter in layer.parameters():
                if parameter.ndim == 2:
                    nn.init.xavier_uniform_(parameter)

    def forward(self, ids: torch.Tensor, start: int = 0) -> torch.Tensor:
        """ids (B, T) → hidden states (B, T, D)."""
        if self.places is None:
            read = self.student.embed(ids, self.tokens)
        else:
            read = self.student.model_input(ids, self.tokens, self.places, start)
        length = ids.shape[1]
        mask = torch.ones(length, length, dtype=torch.bool).triu(1) if self.causal else None  # True: may not look
        return self.layers(read, mask=mask)
