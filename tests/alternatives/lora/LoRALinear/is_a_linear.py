"""A subclass of nn.Linear that takes over the base's own parameters; einsum; a ParameterList."""

from torch.nn import functional


def _as_linear(base):
    """The base, or an nn.Linear that computes what a Conv1D does."""
    if isinstance(base, nn.Linear):
        return base
    linear = nn.Linear(*base.weight.shape, bias=base.bias is not None, device="meta")
    linear.weight, linear.bias = nn.Parameter(base.weight.detach().T.contiguous()), base.bias
    return linear


class LoRALinear(nn.Linear):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        base = _as_linear(base)
        if r < 1:
            raise ValueError(f"r={r}: pass a whole number of 1 or more")
        if not (dropout >= 0 and dropout <= 1):
            raise ValueError(f"dropout={dropout}: pass a number between 0 and 1")
        super().__init__(base.in_features, base.out_features, base.bias is not None, device="meta")
        self.weight = base.weight
        if base.bias is not None:
            self.bias = base.bias
        for p in (self.weight, self.bias):
            if p is not None:
                p.requires_grad = False
        self.factors = nn.ParameterList(
            [
                torch.empty_like(base.weight[:1]).expand(r, -1).clone().uniform_(-0.1, 0.1),
                torch.zeros_like(base.weight[:, :1]).repeat(1, r),
            ]
        )
        self.factor = alpha / r
        self.rate = dropout
        self.inside: torch.Tensor | None = None

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        road = super().forward(input)
        if self.inside is not None:
            return road
        a, b = self.factors
        seen = functional.dropout(input, p=self.rate, training=self.training)
        return road + self.factor * torch.einsum("...i,ri,or->...o", seen, a, b)

    def delta(self) -> torch.Tensor:
        return self.factor * torch.einsum("ri,or->oi", *self.factors)

    def merge(self) -> None:
        if self.inside is None:
            self.inside = self.delta().detach()
            self.weight.data.add_(self.inside)

    def unmerge(self) -> None:
        if self.inside is not None:
            self.weight.data.sub_(self.inside)
            self.inside = None
