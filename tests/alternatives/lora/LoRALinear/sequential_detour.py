"""The detour is an nn.Sequential of dropout and two nn.Linear without bias; merged is whether a buffer exists."""


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
        if not r >= 1:
            raise ValueError(f"r is {r}, pass at least 1 (1 or more)")
        if dropout != min(max(dropout, 0), 1):
            raise ValueError(f"dropout is {dropout}, pass a value in [0, 1]")
        self.highway = base.requires_grad_(False)
        d_out, d_in = base.weight.shape
        made = dict(bias=False, dtype=base.weight.dtype, device=base.weight.device)
        self.detour = nn.Sequential(nn.Dropout(dropout), nn.Linear(d_in, r, **made), nn.Linear(r, d_out, **made))
        nn.init.zeros_(self.detour[2].weight)
        self.alpha, self.r = alpha, r
        self.register_buffer("before", None, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.highway(x)
        return h if self.before is not None else h + self.detour(x) * (self.alpha / self.r)

    def delta(self) -> torch.Tensor:
        _, down, up = self.detour
        return torch.mm(up.weight, down.weight).mul(self.alpha / self.r)

    @torch.no_grad()
    def merge(self) -> None:
        if self.before is None:
            self.before = self.highway.weight.clone()
            self.highway.weight.copy_(self.before + self.delta())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.before is not None:
            self.highway.weight.copy_(self.before)
            self.before = None
