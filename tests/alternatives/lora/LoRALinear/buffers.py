"""The base's tensors become buffers; scale is one too."""


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r: 1 or more")
        weight = base.weight.detach()
        weight = weight if isinstance(base, nn.Linear) else weight.t()
        self.register_buffer("weight", weight.clone())
        self.register_buffer("bias", None if base.bias is None else base.bias.detach().clone())
        self.register_buffer("scale", torch.tensor(alpha / r, dtype=weight.dtype, device=weight.device))
        self.B = nn.Parameter(weight.new_zeros(weight.shape[0], r))
        self.A = nn.Parameter(torch.randn_like(weight[:1].expand(r, -1)) * 0.02)
        self.drop = nn.Dropout(dropout)
        self.register_buffer("merged", torch.tensor(False))

    def forward(self, x):
        h = nn.functional.linear(x, self.weight, self.bias)
        if not self.merged:
            h = h + nn.functional.linear(nn.functional.linear(self.drop(x), self.scale * self.A), self.B)
        return h

    def delta(self):
        return self.scale * self.B.matmul(self.A)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.weight.copy_(self.weight + self.delta())
            self.merged.fill_(True)

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.weight.copy_(self.weight - self.delta())
            self.merged.fill_(False)
