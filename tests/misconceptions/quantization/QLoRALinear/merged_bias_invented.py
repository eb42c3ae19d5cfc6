"""The merged layer has a bias, although the layer has none."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        merged = super().merge()
        if merged.bias is None:
            merged.bias = nn.Parameter(torch.zeros(self.shape[0], dtype=self.A.dtype))
        return merged
