"""The merged layer has a bias of its own; it is that of the layer."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        merged = super().merge()
        if merged.bias is not None:
            nn.init.zeros_(merged.bias)
        return merged
