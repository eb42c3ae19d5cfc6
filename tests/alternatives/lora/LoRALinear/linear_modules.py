"""A and B are nn.Linear layers without bias."""


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        self.base.requires_grad_(False)
        self.conv = type(base).__name__ == "Conv1D"
        d_out, d_in = reversed(base.weight.shape) if self.conv else base.weight.shape
        where = {"device": base.weight.device, "dtype": base.weight.dtype}
        self.down = nn.Linear(d_in, r, bias=False, **where)
        self.up = nn.Linear(r, d_out, bias=False, **where)
        nn.init.zeros_(self.up.weight)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)  # raises ValueError itself
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.scaling * self.up(self.down(self.dropout(x)))

    def delta(self):
        return self.scaling * self.up.weight @ self.down.weight

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight.data += self.delta().T if self.conv else self.delta()
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.data -= self.delta().T if self.conv else self.delta()
            self.merged = False
