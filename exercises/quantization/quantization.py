"""Fewer bits for each weight: int8 and int4 by absmax and by zero point, NF4, QLoRA, and a smaller KV cache.

A quantized tensor is two tensors: whole numbers of few bits (the codes), and a few fp32 numbers (the scales) that
say how much one step of a code is worth. A scale may serve a whole tensor, a row or column, or a block of it.

Not in this file: quantizing with the help of calibration data (GPTQ, AWQ), training with quantized weights from the
start, and fast kernels: here a weight is dequantized each time it is used, so memory is saved and time is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# The 16 levels of NF4, by code. Source: Dettmers et al., arXiv 2305.14314, appendix E. Code 7 is exactly zero.
NF4_LEVELS = (
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
)


def absmax_quantize(w: torch.Tensor, bits: int = 8, dim: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Symmetric quantization: the largest magnitude becomes the largest code, and zero stays zero.

        qmax = 2^(bits - 1) - 1        scale = max |w| / qmax        q = round(w / scale)

    qmax is 127 for 8 bits, 7 for 4, 1 for 2; -128 and the like stay unused, so that codes are as many below zero as
    above it. `round` goes to the nearest whole number; a value halfway between two codes may go either way.

    Args:
        w: floating-point tensor of any shape and dtype, one number or more. Everything is computed in fp32 whatever
            the dtype: bf16 has 8 significant bits, too few to tell 127 from 128 safely.
        bits: 2 to 8.
        dim: None for one scale over the whole tensor; otherwise the dimension that is *reduced*, as in
            `w.abs().amax(dim)`. On a weight (d_out, d_in), dim=1 gives each row a scale, dim=0 each column.

    Returns:
        q: int8, the shape of w, codes from -qmax to qmax (one a byte, whatever `bits` is).
        scale: fp32; shape () for dim=None, otherwise w's shape with 1 in the reduced dimension, so that
            `q * scale` broadcasts. Where all of w is zero, or so small that max |w| / qmax is 0 in fp32, q is zero and
            the scale any finite number.

    Raises:
        ValueError: bits outside 2 to 8; the message says what to pass.

    Example, w = [-0.8, 0.3, 1.2, -0.5]:
        8 bits: scale = 1.2 / 127 = 0.00945; w / scale = [-84.7, 31.75, 127, -52.9]; q = [-85, 32, 127, -53].
        4 bits: scale = 1.2 / 7 = 0.171; q = [-5, 2, 7, -3].
    Example, w = [[1, 4], [30, -40]], 8 bits:
        dim=1: scale = [[4 / 127], [40 / 127]], q = [[32, 127], [95, -127]].
        dim=0: scale = [[30 / 127, 40 / 127]], q = [[4, 13], [127, -127]].
    Example, an outlier, w = [-0.1, 0.05, 0.02, -0.03, 8.5]: the four small ones fall on -1, 1, 0, 0.
    """
    raise NotImplementedError("absmax_quantize is not written yet")


def absmax_dequantize(q: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """The numbers that codes stand for: q · scale, fp32, in the shape of q.

    `q` and `scale` are as `absmax_quantize` returns them.

    Example: q = [-85, 32, 127, -53] with scale = 1.2 / 127 gives [-0.8031, 0.3024, 1.2, -0.5008].
    """
    raise NotImplementedError("absmax_dequantize is not written yet")


def zero_point_quantize(w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """8-bit quantization with a shifted range: the smallest number becomes -128, the largest 127.

        low = min(w.min(), 0)      high = max(w.max(), 0)      scale = (high - low) / 255
        zero_point = round(-128 - low / scale)                 q = round(w / scale) + zero_point

    The range is stretched to hold 0 (that is what the min and max with 0 do), so that the zero point is itself one of
    the codes and 0 comes back as exactly 0. On one-sided data, such as what comes out of a ReLU, absmax never uses
    half of its codes; this uses all 256.

    Args:
        w: floating-point tensor of any shape and dtype, one number or more; computed in fp32, in which high - low is
            finite.

    Returns:
        q: int8, the shape of w, from -128 to 127 (limit it to that: a halfway case may round beyond).
        scale: fp32, shape (), positive. Where (high - low) / 255 is 0 in fp32, as for zeros, any positive number.
        zero_point: the code that stands for 0, shape (), of any integer dtype, from -128 to 127 (limit it to that, too:
            of the smallest numbers that fp32 has, low / scale may come to less than -255).

    Example: [0.0, 0.5, 1.02, 2.55] has range 2.55, so scale = 0.01, zero_point = -128, q = [-128, -78, -26, 127].
    Example: [1.0, 2.0, 2.55] is quantized over 0 to 2.55 too: zero_point = -128, q = [-28, 72, 127].
    Example: [-0.5, 0.0, 2.05]: scale = 0.01, zero_point = -128 + 50 = -78, q = [-128, -78, 127].

    Source: Jacob et al., arXiv 1712.05877, section 2.1.
    """
    raise NotImplementedError("zero_point_quantize is not written yet")


def zero_point_dequantize(q: torch.Tensor, scale: torch.Tensor, zero_point: torch.Tensor) -> torch.Tensor:
    """The numbers that codes stand for: scale · (q - zero_point), fp32, in the shape of q.

    The arguments are as `zero_point_quantize` returns them; zero_point may come in any integer dtype. Mind the dtype of
    the difference: 127 - (-128) = 255 does not fit into int8.

    Example: q = [-128, -78, -26, 127] with scale 0.01 and zero_point -128 gives [0.0, 0.5, 1.02, 2.55].
    """
    raise NotImplementedError("zero_point_dequantize is not written yet")


def reconstruction_error(w: torch.Tensor, w_hat: torch.Tensor) -> float:
    """Relative RMSE: ‖w - w_hat‖ / ‖w‖, with ‖·‖ the root of the sum of squares.

    Args:
        w: the original, any shape, floating-point of any dtype; computed in fp32 or finer, the difference too (300²
            overflows fp16).
        w_hat: what came back from quantizing it; the same shape, not necessarily the same dtype.

    Returns:
        a Python float; 0.0 if both are all zero, infinity if only w is.

    Raises:
        ValueError: the shapes differ (torch would broadcast them in silence); the message says so.

    Example: w = [3, 4], w_hat = [3, 3]: the difference is [0, 1], so 1 / 5 = 0.2. For w_hat = [4, 3] the signed errors
    cancel out, but the result is √2 / 5 = 0.283.
    """
    raise NotImplementedError("reconstruction_error is not written yet")


def blockwise_quantize(w: torch.Tensor, block_size: int, bits: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Absmax with a scale for each block of `block_size` consecutive numbers, so that an outlier costs its block only.

    The numbers are taken in the order of `w.flatten()`: on a weight (d_out, d_in) along the rows, from one row into the
    next. A last block that is shorter has a scale of its own, from what it holds.

    Args:
        w: floating-point tensor of any shape and dtype, even without a number in it; computed in fp32.
        block_size: 1 or more; may exceed the number of numbers.
        bits: 2 to 8, as in `absmax_quantize`.

    Returns:
        q: int8, the shape of w, codes from -qmax to qmax.
        scales: fp32, (number of blocks,), in order. A block of zeros, or of numbers so small that max |w| / qmax is 0
            in fp32, has codes zero and any finite scale.

    Raises:
        ValueError: block_size below 1, or bits outside 2 to 8, even if w is empty; the message says what to pass.

    Example: w = [1, -3, 4, 10, 30], block_size=3, bits=4 (qmax 7):
        block [1, -3, 4]: scale 4 / 7, codes [2, -5, 7];  block [10, 30]: scale 30 / 7, codes [2, 7].
        So q = [2, -5, 7, 2, 7] and scales = [0.571, 4.286].
    """
    raise NotImplementedError("blockwise_quantize is not written yet")


def blockwise_dequantize(q: torch.Tensor, scales: torch.Tensor, block_size: int) -> torch.Tensor:
    """The numbers that codes stand for: each times its block's scale, fp32, in the shape of q.

    The arguments are as `blockwise_quantize` takes and returns them.

    Raises:
        ValueError: the number of scales isn't the number of blocks that q makes (then the block size is not the one
            that was quantized with); the message says so.

    Example: q = [2, -5, 7, 2, 7], scales = [4 / 7, 30 / 7], block_size=3 gives [1.143, -2.857, 4, 8.571, 30].
    """
    raise NotImplementedError("blockwise_dequantize is not written yet")


def nf4_quantize(w: torch.Tensor, block_size: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    """NormalFloat4: 4-bit codes for 16 levels that lie close together near zero, where most weights are.

    The numbers are taken in the order of `w.flatten()`. Each block of `block_size` (the last may be shorter) is divided
    by its largest magnitude, which brings it into -1 to 1; the code of a number is the index of the nearest entry of
    NF4_LEVELS. Two codes go into one byte, the first into the high half: byte = 16 · first + second.

    Args:
        w: floating-point tensor of any shape and dtype, even without a number in it; computed in fp32.
        block_size: 1 or more, odd ones too.

    Returns:
        packed: uint8, (half the number of numbers, rounded up,). With an odd number of them the low half of the last
            byte may hold anything.
        absmax: fp32, (number of blocks,): each block's largest magnitude. (The levels reach 1, so no qmax is divided
            by here.) A block of zeros has absmax 0 and codes 7.

    Raises:
        ValueError: block_size below 1, even if w is empty; the message says what to pass.

    Example: w = [0.5, -1.0, 0.0, 2.0], block_size=4: absmax = [2.0]; w / 2 = [0.25, -0.5, 0, 1]; the nearest levels are
    0.2461, -0.5251, 0 and 1, with codes [10, 2, 7, 15]; packed = [16 · 10 + 2, 16 · 7 + 15] = [162, 127].

    Source: Dettmers et al., arXiv 2305.14314, section 3; the layout is that of bitsandbytes.
    """
    raise NotImplementedError("nf4_quantize is not written yet")


def nf4_dequantize(
    packed: torch.Tensor, absmax: torch.Tensor, shape: Sequence[int], block_size: int = 64
) -> torch.Tensor:
    """The numbers that packed codes stand for: NF4_LEVELS[code] times the block's absmax, fp32.

    Args:
        packed, absmax: as `nf4_quantize` returns them.
        shape: the shape of the tensor that was quantized, which packed codes alone don't tell.
        block_size: the one that was quantized with.

    Raises:
        ValueError: packed or absmax has another length than a tensor of that shape and that block size gives; the
            message says so.

    Example: packed = [162, 127], absmax = [2.0], shape (2, 2), block_size=4 gives [[0.4922, -1.0501], [0.0, 2.0]].
    """
    raise NotImplementedError("nf4_dequantize is not written yet")


class QuantizedLinear(nn.Module):
    """A linear layer for inference whose weight is kept in 8 or 4 bits.

        y = x Ŵᵀ + b        Ŵ = blockwise_dequantize(blockwise_quantize(W, block_size, bits), ...)

    How you name and arrange things is your choice. What counts is this:

    - All that it computes with is in `state_dict()` (register it with `register_buffer`): the codes in int8 or
      uint8 tensors, at 4 bits two in a byte; the scales in fp32, one a block; the bias as it was, if there is one.
      Besides, no more than 64 bytes in all (a shape would fit): no copy of the weight in 16 or 32 bits, in the state or
      beside it, and each of these tensors owns no more memory than its numbers need (a slice of a larger tensor keeps
      all of the larger one alive). What `.half()` makes of it is free.
    - `forward` computes from these tensors when it is called: after `load_state_dict` with the state of another
      QuantizedLinear of the same settings it computes what that one does.
    - Nothing in it is trainable, but gradients flow through it to its input, and nowhere else.
    - `linear` is left as it was, and shares no tensor with this layer: training it on changes nothing here.
    """

    def __init__(self, linear: nn.Linear, bits: int, block_size: int) -> None:
        """Quantize the weight of `linear`, a layer with or without bias, of any floating-point dtype.

        Args:
            linear: d_in to d_out.
            bits: 8 or 4.
            block_size: how many weights share a scale, counted along the rows of the weight (d_out, d_in), as
                `blockwise_quantize` does.

        Raises:
            ValueError: bits other than 8 or 4, or block_size below 1; the message says what to pass.
        """
        raise NotImplementedError("QuantizedLinear.__init__ is not written yet")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (..., d_in) in the dtype of `linear` → (..., d_out) in the same dtype."""
        raise NotImplementedError("QuantizedLinear.forward is not written yet")

    def memory_bytes(self) -> int:
        """Bytes that codes, scales and bias take in memory.

        What is in the state besides, such as a shape, may count or not.

        Example: 256 to 128 without bias, 4 bits, block_size 64: 32,768 codes in 16,384 bytes, 512 scales in 2,048, so
        18,432: 4.5 bits a weight, where fp32 takes 131,072 bytes. With an fp32 bias 512 more.
        """
        raise NotImplementedError("QuantizedLinear.memory_bytes is not written yet")


class QLoRALinear(nn.Module):
    """A frozen weight in NF4 and a trainable adapter of rank r beside it (Dettmers et al., arXiv 2305.14314).

        h = x Ŵᵀ + b + (alpha / r) · x Aᵀ Bᵀ    Ŵ = nf4_dequantize(nf4_quantize(W))
        A (r, d_in), B (d_out, r)

    The base weight in 4 bits, the adapter in the dtype of `linear`. Names are your choice. What counts is this:

    - The trainable tensors (`requires_grad`) are exactly two matrices, one r×d_in and one d_out×r, either of them
      stored transposed if you like, in the dtype and on the device of `linear.weight`. One starts at zero, so that the
      layer starts as its quantized base; the other random, from torch's global generator (never seed it here), its
      numbers of the size that `torch.randn` gives, or smaller.
    - All that it computes with is in `state_dict()`: the packed codes in uint8, two in a byte, the fp32 absmax of
      each block of 64, the bias as it was, A and B, and besides no more than 64 bytes in all. No copy of the weight in
      16 or 32 bits is kept anywhere.
      After `load_state_dict` with the state of another QLoRALinear of the same sizes it computes what that one does.
    - Gradients flow into A and B and to the input (through both paths), and nowhere else.
    - `linear` is left as it was, and shares no tensor with this layer: training it on changes nothing here.

    The checks fill the two trainable tensors in place with numbers of their own, so `forward` and `merge` must read
    them when called.

    Example (r = 1, alpha = 3; no bias; x = [1, 1, 1, 1]):
        W = [[0.5, -1.0, 0.0, 2.0]], Ŵ = [[0.4922, -1.0501, 0.0, 2.0]], A = [[1, 0, 2, 0]], B = [[0.5]]
        x Ŵᵀ = 1.4421      (alpha / r) · x Aᵀ Bᵀ = 3 · 3 · 0.5 = 4.5      h = 5.9421
        merge().weight = Ŵ + 3 · 0.5 · [[1, 0, 2, 0]] = [[1.9922, -1.0501, 3.0, 2.0]]
    """

    def __init__(self, linear: nn.Linear, r: int, alpha: float) -> None:
        """Quantize the weight of `linear` (with or without bias) and put an adapter of rank `r` beside it.

        Raises:
            ValueError: r below 1; the message says what to pass.
        """
        raise NotImplementedError("QLoRALinear.__init__ is not written yet")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (..., d_in) in the dtype of `linear` → (..., d_out) in the same dtype."""
        raise NotImplementedError("QLoRALinear.forward is not written yet")

    def merge(self) -> nn.Linear:
        """An ordinary linear layer, in the dtype of `linear`, that computes what this one does now.

        Its weight is Ŵ + (alpha / r) · B A: the *dequantized* weight, which is the one that A and B were trained beside
        (they have learned to make up for its errors too), not the original, which is gone. This layer stays as it is,
        and training it on does not change what was returned.
        """
        raise NotImplementedError("QLoRALinear.merge is not written yet")


def quantize_kv_cache(keys: torch.Tensor, values: torch.Tensor, bits: int = 8) -> dict[str, Any]:
    """Quantize one layer's cached keys and values by absmax: keys per channel, values per token.

    A few channels of the keys are large for every token, so each channel gets a scale over all tokens. The values
    have no such channels; there each token gets a scale, and a new token can be added without touching the others.

    Args:
        keys, values: (B, H, T, D): batch, KV heads, tokens (1 or more), channels of a head (`head_dim`), any
            floating-point dtype; computed in fp32.
        bits: 2 to 8.

    Returns:
        dict with exactly these keys:
            keys: int8 codes, (B, H, T, D).
            key_scales: fp32, (B, H, 1, D).
            values: int8 codes, (B, H, T, D).
            value_scales: fp32, (B, H, T, 1).
            bytes: what all this takes: each code `bits` bits, as if all codes, of keys and values together, were packed
                without gaps (here they come one an int8), each scale 4 bytes. A whole number, rounded up.
        `absmax_dequantize(cache["keys"], cache["key_scales"])` gives the keys back, the values likewise.

    Raises:
        ValueError: bits outside 2 to 8.

    Example, two tokens, two channels (B = H = 1), 8 bits, keys and values both [[1, 40], [-4, 30]]:
        keys:   key_scales [[4, 40]] / 127, codes [[32, 127], [-127, 95]]
        values: value_scales [[40], [30]] / 127, codes [[3, 127], [-17, 127]]
        bytes:  8 codes and 4 scales of 4 bytes, 24.

    Source: Liu et al. (KIVI), arXiv 2402.02750, section 3.
    """
    raise NotImplementedError("quantize_kv_cache is not written yet")


def load_in_4bit(path: str) -> PreTrainedModel:
    """The same thing with the libraries that everybody uses (not graded; needs `bitsandbytes` and `accelerate`).

    Load the causal language model that lies in the folder `path` on the CPU, its linear layers in NF4 through
    bitsandbytes, without double quantization, computing in fp32 whatever it was saved in. transformers' documentation
    on bitsandbytes lists the settings.

    Returns:
        the model, whose linear layers in the blocks are `bitsandbytes.nn.Linear4bit`. (`lm_head` stays as it is.)

    Raises:
        ImportError: bitsandbytes is not installed. Import it first thing, so that this is what one is told.
    """
    raise NotImplementedError("load_in_4bit is not written yet")
