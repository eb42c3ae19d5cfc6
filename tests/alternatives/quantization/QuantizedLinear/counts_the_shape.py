"""Bits and shape are in the state too, and memory_bytes counts them."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.register_buffer("settings", torch.tensor([bits, block_size, *linear.weight.shape], dtype=torch.int32))

    def memory_bytes(self):
        return sum(tensor.nelement() * tensor.itemsize for tensor in self.state_dict().values())
