"""It computes with the weight as it was; nothing is quantized."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.register_buffer("weight", linear.weight.detach().clone(), persistent=False)

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)
