"""One product with the sum of both weights; A zero, B from kaiming_uniform_; merge by way of a state."""


class QLoRALinear(nn.Module):
    def __init__(self, linear, r, alpha):
        super().__init__()
        if int(r) <= 0:
            raise ValueError(f"a rank is 1 or more, not {r}")
        d_out, d_in = linear.weight.shape
        like = {"dtype": linear.weight.dtype, "device": linear.weight.device}
        self.factor = alpha / r
        self.down = nn.Parameter(torch.zeros((r, d_in), **like))
        self.up = nn.Parameter(torch.empty((d_out, r), **like))
        nn.init.kaiming_uniform_(self.up, a=5**0.5)
        codes, largest = nf4_quantize(linear.weight.data, 64)
        self.register_buffer("codes", codes.view(1, -1))
        self.register_buffer("largest", largest.view(-1, 1))
        self.register_buffer("bias", linear.bias.data.clone() if linear.bias is not None else None)

    def whole(self):
        shape = (self.up.shape[0], self.down.shape[1])
        base = nf4_dequantize(self.codes[0], self.largest[:, 0], shape).to(self.up.dtype)
        return torch.addmm(base, self.up, self.down, alpha=self.factor)

    def forward(self, x):
        return nn.functional.linear(x, self.whole(), self.bias)

    @torch.no_grad()
    def merge(self):
        state = {"weight": self.whole()} | ({} if self.bias is None else {"bias": self.bias.clone()})
        layer = nn.Linear(self.down.shape[1], self.up.shape[0], bias=self.bias is not None, dtype=self.up.dtype)
        layer.load_state_dict(state)
        return layer
