"""Two nn.Linear as the adapter, and the base weight in a module of its own."""


class _Base(nn.Module):
    def __init__(self, linear):
        super().__init__()
        self.size, self.kind = linear.weight.shape, linear.weight.dtype
        for name, tensor in zip(("packed", "absmax"), nf4_quantize(linear.weight.detach()), strict=True):
            self.register_buffer(name, tensor)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())

    def weight(self):
        return nf4_dequantize(self.packed, self.absmax, self.size).to(self.kind)

    def forward(self, x):
        return nn.functional.linear(x, self.weight(), self.bias)


class QLoRALinear(nn.Module):
    def __init__(self, linear, r, alpha):
        if r < 1:
            raise ValueError("pass r of 1 or more")
        super().__init__()
        settings = {"bias": False, "dtype": linear.weight.dtype, "device": linear.weight.device}
        self.base = _Base(linear)
        self.down = nn.Linear(linear.in_features, r, **settings)
        self.up = nn.Linear(r, linear.out_features, **settings)
        nn.init.zeros_(self.up.weight)
        self.alpha, self.r = alpha, r

    def forward(self, x):
        return self.base(x) + self.up(self.down(x)) * self.alpha / self.r

    def merge(self):
        weight = self.base.weight() + self.alpha / self.r * (self.up.weight @ self.down.weight).detach()
        merged = nn.Linear(weight.shape[1], weight.shape[0], bias=self.base.bias is not None)
        merged.weight = nn.Parameter(weight)
        if self.base.bias is not None:
            merged.bias = nn.Parameter(self.base.bias.clone())
        return merged
