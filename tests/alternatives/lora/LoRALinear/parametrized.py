"""The weight is a parametrization, W + delta(), that merging removes and unmerging puts back."""

from torch.nn.utils import parametrize


class _Update(nn.Module):
    def __init__(self, r, d_in, d_out, scale, transposed, like):
        super().__init__()
        self.A = nn.Parameter(torch.randn(r, d_in, dtype=like.dtype, device=like.device) * 0.1)
        self.B = nn.Parameter(torch.zeros(d_out, r, dtype=like.dtype, device=like.device))
        self.scale, self.transposed = scale, transposed

    def update(self):
        return self.scale * self.B @ self.A

    def forward(self, weight):
        return weight + (self.update().T if self.transposed else self.update())


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be 1 or more")
        base.requires_grad_(False)
        conv1d = not isinstance(base, nn.Linear)
        d_out, d_in = base.weight.T.shape if conv1d else base.weight.shape
        self.adapter = _Update(r, d_in, d_out, alpha / r, conv1d, base.weight)
        self.base, self.dropout, self.merged = base, nn.Dropout(dropout), False
        self.start()

    def start(self):
        parametrize.register_parametrization(self.base, "weight", self.adapter, unsafe=True)
        self.base.parametrizations.weight.original.requires_grad_(False)

    def forward(self, x):
        if self.training and self.dropout.p > 0 and not self.merged:
            return self.base(x) + (self.dropout(x) - x) @ self.delta().T
        return self.base(x)

    def delta(self):
        return self.adapter.update()

    def merge(self):
        if not self.merged:
            with torch.no_grad():
                parametrize.remove_parametrizations(self.base, "weight", leave_parametrized=True)
            self.base.requires_grad_(False)
        self.merged = True

    def unmerge(self):
        if self.merged:
            with torch.no_grad():
                self.base.weight -= self.delta().T if self.adapter.transposed else self.delta()
            self.start()
        self.merged = False
