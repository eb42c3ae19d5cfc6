"""Multiplies by W + delta at once where no dropout acts, in fp32 or finer; draws dropout from a Bernoulli."""


def _as_linear(base):
    """The base, or an nn.Linear that computes what a Conv1D does."""
    if isinstance(base, nn.Linear):
        return base
    linear = nn.Linear(*base.weight.shape, bias=base.bias is not None, device="meta")
    linear.weight, linear.bias = nn.Parameter(base.weight.detach().T.contiguous()), base.bias
    return linear


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        base = _as_linear(base)
        super().__init__()
        if r < 1:
            raise ValueError(f"r: got {r}, pass 1 or more")
        if dropout < 0.0 or dropout > 1.0:
            raise ValueError(f"dropout: got {dropout}, pass 0 to 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad_(False)
        w = base.weight
        self.a = nn.Parameter(torch.normal(0.0, 1.0, (r, w.shape[1])).to(device=w.device, dtype=w.dtype))
        self.b = nn.Parameter(torch.zeros(w.shape[0], r, dtype=w.dtype, device=w.device))
        self.r, self.alpha, self.dropout = r, alpha, dropout
        self._merged_delta = None

    @property
    def merged(self) -> bool:
        return self._merged_delta is not None

    def _exact(self) -> torch.Tensor:
        fine = torch.promote_types(self.a.dtype, torch.float32)
        return (self.b.to(fine) @ self.a.to(fine)) * (self.alpha / self.r)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.merged:
            return self.base(x)
        fine = torch.promote_types(x.dtype, torch.float32)
        if self.training and self.dropout > 0:
            if self.dropout == 1:
                mask = torch.zeros_like(x)
            else:
                keep = 1 - self.dropout
                mask = (
                    torch.distributions.Bernoulli(torch.full(x.shape, keep, device=x.device)).sample().to(x.dtype)
                    / keep
                )
            return self.base(x) + ((x * mask) @ self.a.T @ self.b.T) * (self.alpha / self.r)
        weight = self.base.weight.to(fine) + self._exact()
        out = x.to(fine) @ weight.T
        if self.base.bias is not None:
            out = out + self.base.bias.to(fine)
        return out.to(x.dtype)

    def delta(self) -> torch.Tensor:
        return self._exact().to(self.a.dtype)

    def merge(self) -> None:
        if not self.merged:
            with torch.no_grad():
                self._merged_delta = self.base.weight.clone()
                self.base.weight.add_(self.delta())

    def unmerge(self) -> None:
        if self.merged:
            with torch.no_grad():
                self.base.weight.copy_(self._merged_delta)
            self._merged_delta = None
