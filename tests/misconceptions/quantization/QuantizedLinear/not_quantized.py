"""It computes with the weight as it was; nothing is quantized."""

also = (
    "A copy of the weight in floating-point numbers is kept beside the state.",
    "forward computes with the weight that it was made from, whatever was loaded.",
)  # it is no part of the state


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.register_buffer("weight", linear.weight.detach().clone(), persistent=False)

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)
