"""What several claims of this lesson share: text, perplexity, and a model's linear layers as they are quantized.

Nothing here is graded. The figures in the comments of these files come from five seeds and one thread:
`autograder experiment quantization --submission solutions --seeds 5`.
"""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from autograder.experiments import Unfit, require

CONTEXT = 256  # tokens of a piece of text

COLOURS = {
    "tensor": "#c44e52",
    "row": "#dd8452",
    "column": "#8172b3",
    "block 64": "#4c72b0",
    "block 16": "#64b5cd",
    "NF4": "#55a868",
}


# --- text -----------------------------------------------------------------------------------------------------------


def pieces(tokenizer, seed: int, count: int, split: str = "test", length: int = CONTEXT) -> torch.Tensor:
    """Texts one after another, with end tokens between them, cut into pieces: (count, length) int64."""
    from autograder.backbone import text

    ids: list[int] = []
    documents = 50
    while len(ids) < count * length:
        documents *= 2
        ids = [
            token
            for one in text(split, documents, seed)
            for token in [*tokenizer(one)["input_ids"], tokenizer.eos_token_id]
        ]
    return torch.tensor(ids[: count * length]).view(count, length)


@torch.no_grad()
def perplexity(model: nn.Module, tokens: torch.Tensor) -> float:
    """exp of the mean loss per token of tokens (B, T)."""
    logits = model(tokens, attention_mask=torch.ones_like(tokens), use_cache=False).logits[:, :-1]  # (B, T-1, V)
    return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()).exp().item()


def competent(model: nn.Module, tokens: torch.Tensor) -> float:
    """The model's perplexity, after making sure that there is something to damage: a model that knows nothing has one
    of the vocabulary's size, however many bits its weights have."""
    found, limit = perplexity(model, tokens), model.config.vocab_size / 100
    require(found < limit, f"its perplexity on plain English is {found:.0f}, more than {limit:.0f}.")
    return found


# --- layers ---------------------------------------------------------------------------------------------------------


def layers_of(model: nn.Module) -> dict[str, nn.Module]:
    """The linear layers in the model's blocks by name, nn.Linear or GPT-2's Conv1D; not the embeddings and the head."""
    from transformers.pytorch_utils import Conv1D

    head = model.get_output_embeddings()
    return {
        name: layer
        for name, layer in model.named_modules()
        if isinstance(layer, (nn.Linear, Conv1D)) and layer is not head
    }


def as_linear(layer: nn.Module) -> nn.Linear:
    """The layer as an nn.Linear: a Conv1D stores its weight as (d_in, d_out)."""
    if isinstance(layer, nn.Linear):
        return layer
    d_in, d_out = layer.weight.shape
    linear = nn.Linear(d_in, d_out, dtype=layer.weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(layer.weight.T)
        linear.bias.copy_(layer.bias)
    return linear


def bytes_of(model: nn.Module) -> int:
    """Bytes of the storages behind everything that a model holds, a shared storage once."""
    tensors = [*model.parameters(), *model.buffers()]
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage() for tensor in tensors}
    return sum(storage.nbytes() for storage in storages.values())


@torch.no_grad()
def with_weights(model: nn.Module, change: Callable[[torch.Tensor], torch.Tensor]) -> nn.Module:
    """A copy of the model in which every weight (d_out, d_in) of its blocks is `change` of it."""
    model = copy.deepcopy(model)
    for layer in layers_of(model).values():
        if isinstance(layer, nn.Linear):
            layer.weight.copy_(change(layer.weight))
        else:
            layer.weight.copy_(change(layer.weight.T.contiguous()).T)
    return model


def round_trip(student, granularity: str, bits: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Quantize a weight and back: one scale per tensor, row, column, block of 64 or of 16, or NF4 in blocks of 64."""
    if granularity == "NF4":
        return lambda w: student.nf4_dequantize(*student.nf4_quantize(w), w.shape)
    if granularity.startswith("block"):
        size = int(granularity.split()[1])
        return lambda w: student.blockwise_dequantize(*student.blockwise_quantize(w, size, bits), size)
    dim = {"tensor": None, "row": 1, "column": 0}[granularity]
    return lambda w: student.absmax_dequantize(*student.absmax_quantize(w, bits, dim=dim))


class LoRA(nn.Module):
    """A frozen layer in 32 bits with an adapter: what QLoRALinear is compared with."""

    def __init__(self, linear: nn.Linear, r: int, alpha: float) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, linear.in_features) / linear.in_features**0.5)
        self.B = nn.Parameter(torch.zeros(linear.out_features, r))
        self.scale = alpha / r

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x) + self.scale * F.linear(F.linear(x, self.A), self.B)


# --- the library ----------------------------------------------------------------------------------------------------


def bitsandbytes():
    """The package's functions. Raises Unfit where it isn't installed."""
    if importlib.util.find_spec("bitsandbytes") is None:
        raise Unfit("It compares with bitsandbytes, which is not installed: pip install -e '.[quant]'.")
    import bitsandbytes.functional

    return bitsandbytes.functional
