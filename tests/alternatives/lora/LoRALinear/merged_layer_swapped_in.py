"""merge() makes a second, merged layer and forward uses that; the base is never touched."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.with_update = None

    def forward(self, x):
        return super().forward(x) if self.with_update is None else self.with_update(x)

    def merge(self):
        import copy

        if self.with_update is None:
            layer = copy.deepcopy(self.base)
            with torch.no_grad():
                layer.weight.add_(self.delta().T if self.stored_transposed else self.delta())
            self.with_update = layer

    def unmerge(self):
        self.with_update = None
