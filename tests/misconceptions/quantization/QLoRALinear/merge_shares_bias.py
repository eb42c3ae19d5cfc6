"""Training the merged layer changes this one too: they share a tensor, such as the bias."""

_Right = QLoRALinear


class QLoRALinear(_Right):
    def merge(self):
        merged = super().merge()
        for bias in (tensor for name, tensor in self.state_dict().items() if "bias" in name):
            merged.bias = nn.Parameter(bias)
        return merged
