"""What finetuning costs in memory, and LoRA: training a small adapter beside each frozen weight.

LoRA (Hu et al., arXiv 2106.09685) leaves a weight W (d_out, d_in) as it is and adds a product of two
thin matrices, B (d_out, r) times A (r, d_in), scaled by alpha / r. Only A and B are trained.

Not in this file: making the frozen weights smaller (lesson `quantization`), and training itself.
Nothing here needs transformers until a function that works on GPT-2 is called: import it there, not up here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from peft import LoraConfig


def to_gigabytes(n: float) -> float:
    """Bytes as decimal gigabytes: 1 GB is 10**9 bytes, not 2**30 (that is a GiB, what a GPU's "GB" means).

    Example: 7 billion parameters at 2 bytes are 14e9 bytes, so `to_gigabytes(14e9)` is 14.0.
    """
    ### BEGIN SOLUTION
    return n / 1e9
    ### END SOLUTION


def memory_estimate(
    n_params: float,
    method: str = "full",
    weight_bits: int = 16,
    gradient_bits: int = 16,
    optimizer_bits: int = 64,
    adapter_params: float = 0,
    block_size: int | None = None,
) -> dict[str, float]:
    """Bytes that a model takes in memory, by part. Activations and the framework's own share are not counted.

    Args:
        n_params: number of parameters of the model itself, without adapters.
        method: how the model is used.
            "inference": nothing is trained.
            "full": all n_params are trained.
            "lora": the n_params are frozen, only the adapter_params are trained.
            "qlora": as "lora", and the frozen weights are stored in fewer than 16 bits.
        weight_bits: bits of a stored weight (16 is bf16).
        gradient_bits: bits of the gradient of one trained parameter.
        optimizer_bits: bits that the optimizer keeps for one trained parameter. 64 is Adam's two fp32
            numbers m and v; 96 adds an fp32 master copy of the weight, 0 is plain SGD.
        adapter_params: number of adapter parameters; counts for "lora" and "qlora" only.
        block_size: None, or how many of the model's weights share one fp32 scale (4 bytes), whatever the
            method. The last block may be ragged and has a scale of its own.

    Returns:
        dict of bytes, a part of a byte as a fraction (not rounded), with exactly these keys:
            weights: the n_params, weight_bits each.
            scales: 4 bytes a block; 0 without block_size.
            gradients: gradient_bits for each *trained* parameter.
            optimizer: optimizer_bits for each *trained* parameter.
            adapter: the adapter's own weights, weight_bits each but never fewer than 16 (QLoRA keeps
                its adapter in 16 bits over a 4-bit model); 0 for "inference" and "full".
            total: the sum of all the others.

    Raises:
        ValueError: unknown method; a negative n_params or adapter_params; block_size below 1; "qlora" with
            weight_bits of 16 or more (pass weight_bits=4). The message says what to pass instead.

    Example, a model of 100 parameters:
        "full":  weights 200, gradients 200, optimizer 800 (m and v, 4 bytes each), total 1200: 12 bytes a parameter.
        "qlora" with weight_bits=4, adapter_params=10, block_size=64:
            weights 50, scales 8 (two blocks: 64 and 36), gradients 20, optimizer 80, adapter 20, total 178.

    Source of the 12 bytes: bf16 weights and gradients, fp32 Adam state, no fp32 master copy. With a master
    copy it is 16 (Rajbhandari et al., arXiv 1910.02054, section 3.1). Scales: Dettmers et al., arXiv 2305.14314.
    """
    ### BEGIN SOLUTION
    if method not in ("inference", "full", "lora", "qlora"):
        raise ValueError(f"unknown method {method!r}: use 'inference', 'full', 'lora' or 'qlora'")
    if n_params < 0 or adapter_params < 0:
        raise ValueError(f"n_params={n_params} and adapter_params={adapter_params} are counts: pass 0 or more")
    if block_size is not None and block_size < 1:
        raise ValueError(f"block_size={block_size}: pass how many weights share a scale, or None for no scales")
    if method == "qlora" and weight_bits >= 16:
        raise ValueError(f"qlora with weight_bits={weight_bits} quantizes nothing: pass weight_bits=4, or use 'lora'")

    # What is trained?
    if method in ("inference", "full"):
        adapter_params = 0
    trained = n_params if method == "full" else adapter_params

    # How often is each part stored, times its bytes
    parts = {
        "weights": n_params * weight_bits / 8,
        "scales": 0 if block_size is None else 4 * -(-n_params // block_size),  # rounded up: a ragged block counts
        "gradients": trained * gradient_bits / 8,
        "optimizer": trained * optimizer_bits / 8,
        "adapter": adapter_params * max(weight_bits, 16) / 8,
    }
    return {**parts, "total": sum(parts.values())}
    ### END SOLUTION


def kv_cache_bytes(layers: int, kv_heads: int, head_dim: int, tokens: int, batch: int, bits: int) -> float:
    """Bytes of the key/value cache: in each layer, for each token of each sequence, one key and one value per KV head.

    `kv_heads` is the number of heads that keys and values have, which in grouped-query attention is
    smaller than the number of query heads (8 against 32 in Llama 3 8B); `bits` is the size of one cached number.

    Example: 2 layers, 3 heads of 4, 5 tokens, 1 sequence, 16 bits: 2 (key and value) · 2 · 3 · 4 · 5 = 240
    numbers, 480 bytes. GPT-2 at its full 1,024 tokens (12 layers, 12 heads of 64): 37,748,736 bytes.
    """
    ### BEGIN SOLUTION
    return 2 * layers * kv_heads * head_dim * tokens * batch * bits / 8
    ### END SOLUTION


def lora_parameter_count(d_in: int, d_out: int, r: int) -> int:
    """Trainable parameters of a rank-r adapter beside a (d_out, d_in) weight: those of A (r, d_in) and of B (d_out, r).

    Raises:
        ValueError: r below 1 (the message says to pass 1 or more).

    Example: d_in = 4, d_out = 3, r = 2: A has 8 parameters, B has 6, so 14. GPT-2's 768 to 768 layer at r = 8:
    12,288 parameters, where the weight itself has 589,824.
    """
    ### BEGIN SOLUTION
    if r < 1:
        raise ValueError(f"r={r} is not a rank: pass 1 or more")
    return r * (d_in + d_out)
    ### END SOLUTION


class LoRALinear(nn.Module):
    """A frozen linear layer and a trainable adapter of rank r beside it (Hu et al., arXiv 2106.09685, section 4.1).

        h = W x + b + (alpha / r) · B A x          W (d_out, d_in), A (r, d_in), B (d_out, r)

    How you name and store things is your choice. What counts is this:

    - The layer's trainable tensors (`requires_grad`) are exactly two matrices: one r×d_in, one d_out×r, either
      of them stored transposed if you like. The base's weight and bias are frozen; freezing means
      `requires_grad` is False, not that gradients stop: x still gets its gradient through both paths.
    - One of the two starts at zero, so that the layer starts as exactly the base. The other starts random,
      drawn from torch's global generator (never seed it here), rows different from each other, or
      nothing could be learned. Its entries are of the size that `torch.randn` gives, or smaller.
    - Both have the base's dtype and device. So has what comes out.
    - The base's weights are the ones given, never drawn again. Your layer may hold `base` itself or share or copy
      its tensors.
    - `eval()` and `train()` switch dropout and nothing else; weights change only in `merge` and `unmerge`.

    The checks fill the two trainable tensors in place (under `torch.no_grad()`) with values of their own, so
    `forward`, `delta` and `merge` must read them when called.

    Example (r = 2, alpha = 6, so alpha / r = 3; one input x = [1, 1, 3, 2]):

        W = [[1, 2, 3, 0],    b = [10,    A = [[1, 0, -1, 0],    B = [[1,  0],
             [4, 5, 6, 0],         20,         [0, 1,  0, 0]]         [2,  1],
             [0, 0, 0, 1]]         30]                                [0, -1]]

        W x + b = [22, 47, 32]     A x = [-2, 1]     B A x = [-2, -3, -1]
        h = [22, 47, 32] + 3 · [-2, -3, -1] = [16, 38, 29]
        delta() = 3 · B A = [[3, 0, -3, 0],
                             [6, 3, -6, 0],
                             [0, -3, 0, 0]]
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        """Freeze `base` and put an adapter of rank `r` beside it.

        Args:
            base: the layer to adapt, an `nn.Linear` with or without bias. (`apply_lora` and `lora_qv` will need the
                same for GPT-2's `Conv1D`; whether this class takes one too, or they do it, is your choice.)
            r: rank, 1 or more; it may exceed d_in or d_out.
            alpha: the update is scaled by alpha / r. Any number, whole or not.
            dropout: probability with which each entry of the adapter's input is zeroed, drawn for every entry of every
                row, in train mode only; the entries kept are divided by 1 - dropout. The base path never sees dropout.

        Raises:
            ValueError: r below 1, or dropout below 0 or above 1 (1 is allowed: it zeroes all); the message says what
                to pass.
        """
        ### BEGIN SOLUTION
        if r < 1:
            raise ValueError(f"r={r} is not a rank: pass 1 or more")
        if not 0 <= dropout <= 1:
            raise ValueError(f"dropout={dropout} is not a probability: pass a number from 0 to 1")
        super().__init__()
        self.base = base.requires_grad_(False)
        self.stored_transposed = not isinstance(base, nn.Linear)  # Conv1D's weight is (d_in, d_out)
        d_out, d_in = base.weight.T.shape if self.stored_transposed else base.weight.shape
        like_base = {"dtype": base.weight.dtype, "device": base.weight.device}
        # B = 0, so that B A = 0 and the layer starts as the base; A must not be zero, or neither would get a gradient.
        self.A = nn.Parameter(torch.randn(r, d_in, **like_base) / d_in**0.5)
        self.B = nn.Parameter(torch.zeros(d_out, r, **like_base))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False
        ### END SOLUTION

    ### BEGIN SOLUTION
    @torch.no_grad()
    def _add_to_weight(self, update: torch.Tensor) -> None:
        self.base.weight += update.T if self.stored_transposed else update

    ### END SOLUTION
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (..., d_in), any number of leading dimensions → (..., d_out). x is not changed."""
        ### BEGIN SOLUTION
        hidden_states = self.base(x)  # (..., d_out)
        if self.merged:  # the update is in the weight already
            return hidden_states
        low_rank = nn.functional.linear(self.dropout(x), self.A)  # (..., r)
        return hidden_states + self.scale * nn.functional.linear(low_rank, self.B)  # (..., d_out)
        ### END SOLUTION

    def delta(self) -> torch.Tensor:
        """What the adapter adds to W as it stands now: (alpha / r) · B A, shape (d_out, d_in)."""
        ### BEGIN SOLUTION
        return self.scale * (self.B @ self.A)  # (d_out, r) @ (r, d_in)
        ### END SOLUTION

    def merge(self) -> None:
        """Add the adapter to the weight itself: W becomes W + delta(), and `forward` then does the base's one
        matrix product and no more. The result is the same up to rounding. Merging a merged layer changes nothing.
        Where another layer shares the weight (GPT-2's `lm_head` and its embeddings), a merge in place changes that too.
        """
        ### BEGIN SOLUTION
        if not self.merged:
            self._add_to_weight(self.delta())
        self.merged = True
        ### END SOLUTION

    def unmerge(self) -> None:
        """Undo `merge`: W is back within rounding, A and B are what they were, and the adapter runs (and can be
        trained) again. Unmerging a layer that isn't merged changes nothing. What comes of changing A or B while they
        are merged is free.
        """
        ### BEGIN SOLUTION
        if self.merged:
            self._add_to_weight(-self.delta())
        self.merged = False
        ### END SOLUTION


def apply_lora(model: nn.Module, targets: Sequence[str], r: int, alpha: float) -> int:
    """Freeze `model` and put a LoRA adapter (no dropout) beside every layer that `targets` names. In place.

    A target is the layer's dotted name or the whole-word end of it: "c_proj" and "attn.c_proj" both
    match "transformer.h.0.attn.c_proj"; "proj" does not, and "attn.c_proj" does not match "mlp.c_proj".
    A layer that several targets match is adapted once. What comes of no targets at all is free, and of a layer that
    stands under two names.

    Layers may be `nn.Linear` or `transformers.pytorch_utils.Conv1D`, which GPT-2 uses: a Conv1D computes
    x W + b with W stored as (d_in, d_out), the transpose of nn.Linear's.

    Afterwards the model's trainable tensors are those of the adapters and no others (norms and embeddings are
    frozen too), two per layer, each layer with its own. The modes (train, eval) of the model's own modules are
    left alone; in which one a new module starts is free. The module that stands under an adapted layer's old name
    computes base plus adapter and offers what `LoRALinear` offers: `delta()` (d_out, d_in), `merge()`, `unmerge()`,
    idempotent as there. The names of its trainable tensors (`model.named_parameters()`) begin with that old name.

    Returns:
        how many layers were adapted.

    Raises:
        ValueError: r below 1; a target matches no layer; or it matches one of another kind (a norm, an embedding, a
            whole block). The message names r or the target. The model is then exactly as it was, nothing frozen.

    Example: GPT-2 with 12 blocks, `apply_lora(model, ["attn.c_attn", "attn.c_proj"], r=8, alpha=16)` gives 24. A
    c_attn (768 to 2,304) got 8 · (768 + 2304) = 24,576 trainable parameters, an attn.c_proj 12,288.
    """
    ### BEGIN SOLUTION
    from transformers.pytorch_utils import Conv1D

    if r < 1:
        raise ValueError(f"r={r} is not a rank: pass 1 or more")

    # Check everything before anything is changed: after an error the model is as it was
    layers: dict[str, nn.Module] = {}  # by name, so that a layer that two targets match is there once
    for target in targets:
        found = {name: layer for name, layer in model.named_modules() if f".{name}".endswith(f".{target}")}
        if not found:
            raise ValueError(f"no layer is called {target!r}: look for its name in model.named_modules()")
        for name, layer in found.items():
            if not isinstance(layer, (nn.Linear, Conv1D)):
                kind = type(layer).__name__
                raise ValueError(f"{target!r} matches {name}, a {kind}: name layers that are nn.Linear or Conv1D")
        layers |= found

    # Freeze everything, then replace
    model.requires_grad_(False)
    for name, layer in layers.items():
        model.set_submodule(name, LoRALinear(layer, r, alpha))
    return len(layers)
    ### END SOLUTION


### BEGIN SOLUTION
class QueryValueLoRA(nn.Module):
    """GPT-2's fused c_attn taken apart into its query, key and value layers, the first and last with an adapter."""

    def __init__(self, c_attn: nn.Module, r: int, alpha: float) -> None:
        super().__init__()
        weights = c_attn.weight.chunk(3, dim=1)  # three times (D, D), stored (d_in, d_out)
        biases = c_attn.bias.chunk(3)  # three times (D,)
        query, key, value = (self._linear(*part) for part in zip(weights, biases, strict=True))
        self.query = LoRALinear(query, r, alpha)
        self.key = key.requires_grad_(False)
        self.value = LoRALinear(value, r, alpha)

    @staticmethod
    @torch.no_grad()
    def _linear(weight: torch.Tensor, bias: torch.Tensor) -> nn.Linear:
        """An nn.Linear that computes x @ weight + bias, weight (d_in, d_out)."""
        linear = nn.Linear(*weight.shape, dtype=weight.dtype, device=weight.device)
        linear.weight.copy_(weight.T)
        linear.bias.copy_(bias)
        return linear

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.query(x), self.key(x), self.value(x)], dim=-1)  # (..., 3·D)


### END SOLUTION
def lora_qv(model: nn.Module, r: int, alpha: float) -> int:
    """Freeze a GPT-2 and put adapters beside the query and the value projection of every block, as the LoRA paper does.

    GPT-2 (`GPT2Model` or `GPT2LMHeadModel`, of any size, without cross-attention) computes queries, keys and values
    in one layer, `attn.c_attn`, a Conv1D from D to 3·D: of what comes out, (..., 3·D), the first D are queries, the
    next D keys, the last D values. Query and value each get an A (r×D) and a B (D×r) of their own, one of the two zero
    at the start, c_attn's dtype and device, and are scaled by alpha / r; keys are computed as before.

    Afterwards the trainable tensors of the model are those of the adapters and no others, 4·r·D parameters a block. In
    each block one can still call `attn.c_attn` on (..., D) and get (..., 3·D). The model starts as it was. The modes
    (train, eval) of its own modules are left alone; in which one a new module starts is free.

    Returns:
        how many blocks were adapted.

    Raises:
        ValueError: r below 1, or the model has no c_attn (then it is no GPT-2); the message says which. The model is
            then exactly as it was, nothing frozen.

    Example: GPT-2 (12 blocks, D = 768) at r = 8 returns 12 and trains 12 · 4 · 8 · 768 = 294,912 parameters.

    Source: Hu et al., arXiv 2106.09685, section 5: W_q and W_v.
    """
    ### BEGIN SOLUTION
    if r < 1:
        raise ValueError(f"r={r} is not a rank: pass 1 or more")
    layers = {name: layer for name, layer in model.named_modules() if name.endswith("attn.c_attn")}
    if not layers:
        raise ValueError("the model has no attn.c_attn: pass a GPT-2, or use apply_lora with your model's own names")
    model.requires_grad_(False)
    for name, layer in layers.items():
        model.set_submodule(name, QueryValueLoRA(layer, r, alpha))
    return len(layers)
    ### END SOLUTION


def adapter_state_dict(model: nn.Module) -> dict[str, torch.Tensor]:
    """What is worth saving of a model after `apply_lora`: the tensors of its adapters, and nothing of the base.

    Returns:
        dict from a name to a tensor for every tensor that `apply_lora` made trainable. (None was frozen since, and no
        other made trainable.) Names are yours, one per tensor. The tensors are detached copies, with every digit:
        training on does not change a state saved before. Nothing of the model changes, its modes and gradients neither.

    Example: one adapted layer (d_in = 4, d_out = 3, r = 2) gives two tensors, 8 and 6 parameters, 56 bytes in fp32.
    """
    ### BEGIN SOLUTION
    return {name: tensor.detach().clone() for name, tensor in model.named_parameters() if tensor.requires_grad}
    ### END SOLUTION


def load_adapter(model: nn.Module, state: Mapping[str, torch.Tensor]) -> None:
    """Put a saved adapter into a model that `apply_lora` has prepared in the same way. In place, bit for bit.

    The values are copied into the tensors that are there (not put in their place), so an optimizer that
    already holds them goes on working. `state` is as `adapter_state_dict` gave it, and is not changed. Nothing else of
    the model changes, its modes and gradients neither.

    Raises:
        ValueError: `state` lacks a tensor that the model has, holds one that the model has not, or holds one
            of another shape; the message names it and says to call apply_lora with the targets and rank
            that were trained. The model is then exactly as it was.

    Example: `load_adapter(fresh, adapter_state_dict(trained))`, where both came from the same base and the same
    `apply_lora` call, makes `fresh` give the outputs of `trained`.
    """
    ### BEGIN SOLUTION
    # Names and shapes first: after an error the model is as it was
    own = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}
    advice = "call apply_lora with the targets and the rank that this adapter was trained with"
    if missing := own.keys() - state.keys():
        raise ValueError(f"the adapter has nothing for {min(missing)}: {advice}")
    if unexpected := state.keys() - own.keys():
        raise ValueError(f"the model has no trainable {min(unexpected)}: {advice}")
    for name, tensor in own.items():
        if state[name].shape != tensor.shape:
            raise ValueError(f"{name} is {tuple(state[name].shape)}, the model's {tuple(tensor.shape)}: {advice}")

    # Copy into the tensors that are there, so that an optimizer that holds them goes on working
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(state[name])
    ### END SOLUTION


def peft_lora_config(r: int, alpha: float) -> LoraConfig:
    """The same thing with the library that everybody uses (not graded; needs `peft`).

    Returns:
        a `peft.LoraConfig` with which `peft.get_peft_model(gpt2, config)` computes what
        `apply_lora(gpt2, ["attn.c_attn"], r, alpha)` computes: every c_attn of a GPT-2, no dropout,
        scaled by alpha / r. PEFT's documentation lists the fields; one of them is about Conv1D's weight, and to
        be set (PEFT would, with a warning).
    """
    ### BEGIN SOLUTION
    from peft import LoraConfig

    return LoraConfig(
        r=r,
        lora_alpha=alpha,
        target_modules=["attn.c_attn"],
        lora_dropout=0.0,
        bias="none",
        fan_in_fan_out=True,  # Conv1D's weight is (d_in, d_out)
        task_type="CAUSAL_LM",
    )
    ### END SOLUTION
