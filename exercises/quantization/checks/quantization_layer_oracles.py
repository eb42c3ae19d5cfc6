"""Layers with fresh numbers for the checks of QuantizedLinear and QLoRALinear, and what they must compute."""

import torch
from quantization_oracles import blockwise, blockwise_back, in_nf4, nf4_numbers

from autograder.checks import fail

# QLoRALinear's outputs reach some hundred, so fp32 rounds them by 1e-4; quantization changes a hundred times that.
TOL_QLORA = {"rtol": 1e-4, "atol": 1e-3}


class QuantizedCase:
    """A weight (d_out, d_in) without ties, a bias and an input, and what blockwise_quantize makes of the weight."""

    def __init__(self, rng, weight, bits, block_size):
        d_out, d_in = weight.shape
        self.bits, self.block_size = bits, block_size
        self.weight, self.bias = weight, rng.randn(d_out).to(weight.dtype)
        self.x = rng.randn(4, d_in).to(weight.dtype)
        self.codes, self.scales = blockwise(weight, block_size, bits)
        self.quantized = blockwise_back(self.codes, self.scales, block_size)  # (d_out, d_in), fp64

    def output(self, weight, bias=None, x=None):
        """x Wᵀ + b with this weight, in fp64; the right weight is `quantized`."""
        x, bias = self.x if x is None else x, self.bias if bias is None else bias
        return x.double() @ weight.double().T + bias.double()


class QLoRACase:
    """A weight for NF4, a bias, A (r, d_in), B (d_out, r) and an input. Blocks of 64 run across rows."""

    def __init__(self, rng, d_in, d_out, r, alpha, *, size=1.0, dtype=torch.float32):
        self.d_in, self.d_out, self.r, self.alpha = d_in, d_out, r, alpha
        self.weight, self.bias = nf4_numbers(rng, (d_out, d_in), 64, dtype), rng.randn(d_out).to(dtype)
        self.A, self.B = size * rng.randn(r, d_in).to(dtype), size * rng.randn(d_out, r).to(dtype)
        self.x = rng.randn(4, d_in).to(dtype)
        self.quantized = in_nf4(self.weight).double()  # (d_out, d_in)
        self.product = self.B.double() @ self.A.double()  # (d_out, d_in)
        self.scale = alpha / r

    @property
    def update(self):
        """(alpha / r) · B A."""
        return self.scale * self.product

    def output(self, weight=None, update=None, bias=None, x=None):
        """x Ŵᵀ + b + x Uᵀ in fp64, with the update U = (alpha / r) · B A; what is given replaces the right part."""
        weight, update = self.quantized if weight is None else weight, self.update if update is None else update
        bias, x = self.bias if bias is None else bias, self.x if x is None else x
        return x.double() @ (weight.double() + update).T + bias.double()


def codes_of_one_and_floats_of_other(one, other):
    """A state with the codes of the first state and the floating-point tensors of the second."""
    if one.keys() != other.keys():
        fail("The state's names differ from layer to layer.", expected=list(one), got=list(other))
    return {name: other[name] if one[name].is_floating_point() else one[name] for name in one}


def expect_no_copy(kept, *weights):
    """Fail if a tensor that is kept has the numbers of one of these weights, in whatever order and shape."""
    for tensor in kept:
        for weight in weights:
            numbers, expected = (one.detach().double().flatten().sort().values for one in (tensor, weight))
            if numbers.shape == expected.shape and (numbers - expected).abs().max() <= 0.01 * expected.abs().max():
                fail(
                    "A copy of the weight in floating-point numbers is kept beside the state.",
                    expected="codes and scales only",
                    got=f"{tensor.numel()} numbers in {tensor.dtype}",
                    advice="Keep the dequantized weight in a local variable of forward, and nothing of the original.",
                )
