"""The weight is kept in floating-point numbers, so nothing is saved."""

also = (
    "The linear layer that was given is frozen; it must be left as it was.",
)  # it is frozen so that nothing is trainable


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.linear = linear.requires_grad_(False)
