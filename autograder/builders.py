"""Small models and batches that checks build, on either side, from a seed.

Students may read this and use it to try things: the same call gives the same weights everywhere.
transformers is imported only when a model is asked for.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import nn

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

_Module = TypeVar("_Module", bound=nn.Module)


def tiny_gpt2(
    seed: int, *, width: int = 24, heads: int = 3, layers: int = 2, vocabulary: int = 53, positions: int = 32
) -> GPT2LMHeadModel:
    """A random GPT-2 language model in eval mode, about 20,000 parameters as it stands.

    Every parameter is drawn, biases and gains too: GPT-2's own start leaves them at 0 and 1, where a
    forgotten bias would not show. torch's own random state is left alone.
    """
    model = _twin(_skeleton(width, heads, layers, vocabulary, positions), {})
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(_drawn(name, parameter.shape, generator))
    return model


def _drawn(name: str, shape: Sequence[int], generator: torch.Generator) -> torch.Tensor:
    """A parameter of a GPT-2 by its name: gains around 1, everything else around 0."""
    around = 1.0 if name.endswith(("ln_1.weight", "ln_2.weight", "ln_f.weight")) else 0.0
    spread = 0.1 if len(shape) == 1 else 0.05
    return around + spread * torch.randn(tuple(shape), generator=generator)


def tiny_state(
    seed: int, *, width: int = 24, layers: int = 2, vocabulary: int = 53, positions: int = 32
) -> dict[str, torch.Tensor]:
    """The weights of `tiny_gpt2` with the same seed and sizes as plain tensors, without transformers.

    By GPT-2's own names: "wte.weight" (V, D), "wpe.weight" (P, D), "h.0.attn.c_attn.weight" and so on up to
    "ln_f.bias"; the matrices inside the blocks are stored (in, out).
    """
    block = {
        "ln_1.weight": (width,),
        "ln_1.bias": (width,),
        "attn.c_attn.weight": (width, 3 * width),
        "attn.c_attn.bias": (3 * width,),
        "attn.c_proj.weight": (width, width),
        "attn.c_proj.bias": (width,),
        "ln_2.weight": (width,),
        "ln_2.bias": (width,),
        "mlp.c_fc.weight": (width, 4 * width),
        "mlp.c_fc.bias": (4 * width,),
        "mlp.c_proj.weight": (4 * width, width),
        "mlp.c_proj.bias": (width,),
    }
    shapes: dict[str, tuple[int, ...]] = {"wte.weight": (vocabulary, width), "wpe.weight": (positions, width)}
    shapes |= {f"h.{layer}.{name}": shape for layer in range(layers) for name, shape in block.items()}
    shapes |= {"ln_f.weight": (width,), "ln_f.bias": (width,)}
    generator = torch.Generator().manual_seed(seed)  # drawn in the order in which tiny_gpt2 draws
    return {name: _drawn(name, shape, generator) for name, shape in shapes.items()}


@cache
def _skeleton(width: int, heads: int, layers: int, vocabulary: int, positions: int) -> GPT2LMHeadModel:
    """The model before its parameters are drawn; building it costs far more than copying it."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=positions,
        n_embd=width,
        n_layer=layers,
        n_head=heads,
        bos_token_id=0,
        eos_token_id=0,
        activation_function="gelu_pytorch_tanh",  # the same function as GPT-2's gelu_new, and faster
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        use_cache=False,
        attn_implementation="eager",  # type: ignore[call-arg]  # every config takes it; the class lists its own only
    )
    random_state = torch.get_rng_state()
    try:
        model = GPT2LMHeadModel(config)
        model.eval()
        return model
    finally:
        torch.set_rng_state(random_state)


def _twin(module: _Module, made: dict[int, Any]) -> _Module:
    """A copy with parameters of its own, not yet filled; quicker than `copy.deepcopy`.

    `made` says by id what a parameter, buffer or config has become: what the module shares, the copy shares.
    """

    def once(value: Any, make: Callable[[Any], Any]) -> Any:
        if value is not None and id(value) not in made:
            made[id(value)] = make(value)
        return made.get(id(value))

    twin = object.__new__(type(module))
    for name, value in vars(module).items():
        if isinstance(value, (dict, set)):  # of parameters, buffers, modules, hooks, plans
            value = value.copy()
        elif name in ("config", "generation_config"):
            value = once(value, copy.copy)
        twin.__dict__[name] = value
    for name, parameter in module._parameters.items():
        twin._parameters[name] = once(parameter, lambda one: nn.Parameter(torch.empty_like(one)))
    for name, buffer in module._buffers.items():
        twin._buffers[name] = once(buffer, torch.clone)
    for name, child in module._modules.items():
        twin._modules[name] = None if child is None else _twin(child, made)
    return twin


def linear(weight: torch.Tensor, bias: torch.Tensor | None = None) -> nn.Linear:
    """An `nn.Linear` that holds copies of `weight` (d_out, d_in) and `bias` (d_out,), of their dtype; None: no bias."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        layer.weight.copy_(weight)
        if bias is not None:
            layer.bias.copy_(bias)
    return layer


def fill(module: nn.Module, *matrices: torch.Tensor) -> None:
    """Copy each matrix into the trainable parameters that have its shape, or its transpose where they have that one.

    What a parameter is called doesn't matter, so give the matrices shapes that tell them apart.
    """
    with torch.no_grad():
        for parameter in module.parameters():
            for matrix in matrices:
                for values in (matrix, matrix.T):
                    if parameter.requires_grad and parameter.shape == values.shape:
                        parameter.copy_(values)


class TableLM(nn.Module):
    """A language model that is a table: the logits of the next token are the row of the last one.

    Called like a transformers model: input_ids (B, T) gives an object with logits (B, T, V). Dropout, where there is
    any, falls on the table, once for the whole batch.
    """

    def __init__(self, table: torch.Tensor, dropout: float = 0.0) -> None:
        super().__init__()
        self.table, self.dropout = nn.Parameter(table.clone()), nn.Dropout(dropout)  # (V, V)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(logits=self.dropout(self.table)[input_ids])


class TableClassifier(nn.Module):
    """A classifier of texts that is a table: the logits (B, C) are the sum of the rows of the real tokens."""

    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        self.rows = nn.Embedding(table.shape[0], table.shape[1], _weight=table.clone())  # (V, C)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        rows: torch.Tensor = self.rows(input_ids)  # (B, T, C)
        return (rows * attention_mask[..., None]).sum(dim=1)


def token_batch(seed: int, *, rows: int = 3, length: int = 7, vocabulary: int = 53) -> torch.Tensor:
    """Random token ids, (rows, length) int64, none of them 0 (the end token)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(1, vocabulary, (rows, length), generator=generator)


def tiny_tokenizer(
    *,
    control_tokens: Sequence[str] = ("<|im_start|>", "<|im_end|>"),
    merges: Sequence[tuple[str, str]] = (),
    begin_token: str | None = None,
) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer whose ids can be written down by hand: a byte's id is its value, "H" is 72.

    From 256 on come the results of `merges` (pairs of texts that are joined wherever they meet, in this order), then
    "<|endoftext|>" (also the padding token), then `begin_token`, which is put before every text that is encoded with
    special tokens, then `control_tokens`. Without merges: end 256, <|im_start|> 257, <|im_end|> 258.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]  # these stand for themselves in byte-level BPE
    others = [byte for byte in range(256) if byte not in printable]
    letters = {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(others)}

    def spelled(text: str) -> str:
        return "".join(letters[byte] for byte in text.encode())

    pairs = [(spelled(left), spelled(right)) for left, right in merges]
    vocabulary = {letters[byte]: byte for byte in range(256)}
    for pair in pairs:
        vocabulary["".join(pair)] = len(vocabulary)
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.decoder = decoders.ByteLevel()
    end = "<|endoftext|>"
    backend.add_special_tokens([end, begin_token] if begin_token else [end])
    if begin_token:
        backend.post_processor = processors.TemplateProcessing(
            single=f"{begin_token} $A", special_tokens=[(begin_token, backend.token_to_id(begin_token))]
        )
    backend.add_special_tokens(list(control_tokens))
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        eos_token=end,
        pad_token=end,
        bos_token=begin_token,
        clean_up_tokenization_spaces=False,
    )
