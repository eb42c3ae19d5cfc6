"""What the experiments of this lesson share: starts for a model's tensors, and a look at the stream between blocks.

Nothing here is graded. A model is entered through `tensors_of` only, so its attributes may have any names. The figures
in the comments come from five seeds and one thread: `autograder experiment gpt --submission solutions --seeds 5`.
"""

from __future__ import annotations

import math

import torch

from autograder.experiments import require

BLUE, PALE, RED, GREY = "#4c72b0", "#9fb8dc", "#c44e52", "#999999"
INTO_THE_STREAM = (".attn.c_proj.weight", ".mlp.c_proj.weight")  # the two matrices of a block whose output is added


def fresh(student, **sizes):
    """A GPT in eval mode that `init_weights` has started."""
    model = student.GPT(student.GPTConfig(**sizes))
    student.init_weights(model)
    return model.eval()


@torch.no_grad()
def start_as_torch_does(tensors: dict[str, torch.Tensor], table: float = 1.0) -> None:
    """Fill them as `nn.Embedding`, `nn.Linear` and `nn.LayerNorm` start: tables N(0, 1), matrices and their biases
    uniform up to 1 / √inputs, gains 1. `table` is the deviation of the token table, for another one."""
    for name, tensor in tensors.items():
        layer, kind = name.rsplit(".", 1)
        if layer in ("wte", "wpe"):
            tensor.normal_(0.0, table if layer == "wte" else 1.0)
        elif layer.split(".")[-1].startswith("ln_"):
            tensor.fill_(1.0 if kind == "weight" else 0.0)
        else:
            bound = 1 / math.sqrt(tensors[f"{layer}.weight"].shape[1])
            tensor.uniform_(-bound, bound)


@torch.no_grad()
def rescale_into_the_stream(tensors: dict[str, torch.Tensor], factor: float) -> None:
    for name, tensor in tensors.items():
        if name.endswith(INTO_THE_STREAM):
            tensor.mul_(factor)


@torch.no_grad()
def stream_spreads(student, model, ids: torch.Tensor, layers: int) -> list[float]:
    """The standard deviation of what the first block reads, and of what each block hands on: 1 + layers numbers."""
    blocks = [module for module in model.modules() if isinstance(module, student.Block)]
    require(len(blocks) == layers, f"The GPT holds {len(blocks)} modules of its class Block; it should hold {layers}.")
    found: list[float] = []

    def read(block, inputs, output) -> None:
        if not found:
            found.append(inputs[0].std().item())
        found.append(output.std().item())

    hooks = [block.register_forward_hook(read) for block in blocks]
    model(ids)
    for hook in hooks:
        hook.remove()
    return found
