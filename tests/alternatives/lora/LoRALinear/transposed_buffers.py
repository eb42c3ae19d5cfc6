"""Copies of W and b are buffers, both factors are transposed, A starts at zero, unmerge puts a copy back."""


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
            raise ValueError(f"rank {r} is too small, pass r=1 or more")
        if dropout < 0 or dropout > 1:
            raise ValueError(f"dropout {dropout} is no probability, pass a number from 0 to 1")
        base.requires_grad_(False)
        self.register_buffer("kept", base.weight.detach().clone())
        self.register_buffer("shift", None if base.bias is None else base.bias.detach().clone())
        rows, columns = self.kept.shape
        self.down = nn.Parameter(self.kept.new_zeros(columns, r))
        self.up = nn.Parameter(torch.randn(r, rows).to(self.kept) * 0.02)
        self.ratio = float(alpha) / r
        self.noise = nn.Dropout(dropout)
        self._saved: list[torch.Tensor] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = torch.nn.functional.linear(x, self.kept, self.shift)
        if not self._saved:
            out = out + (self.noise(x) @ self.down @ self.up) * self.ratio
        return out

    def delta(self) -> torch.Tensor:
        return (self.down @ self.up).T * self.ratio

    def merge(self) -> None:
        if not self._saved:
            self._saved.append(self.kept.clone())
            self.kept.add_(self.delta().detach())

    def unmerge(self) -> None:
        if self._saved:
            self.kept.copy_(self._saved.pop())
