"""A is stored (d_in, r) and B (r, d_out), as in x @ A @ B."""


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r <= 0 or dropout < 0 or dropout > 1:
            raise ValueError("r must be 1 or more, dropout between 0 and 1")
        self.linear = base
        for parameter in self.linear.parameters():
            parameter.requires_grad = False
        self.is_conv1d = not hasattr(base, "in_features")
        d_in, d_out = base.weight.shape if self.is_conv1d else base.weight.shape[::-1]
        self.lora_a = nn.Parameter(base.weight.new_empty(d_in, r).normal_(std=1 / r))
        self.lora_b = nn.Parameter(base.weight.new_zeros(r, d_out))
        self.alpha, self.r = alpha, r
        self.p = dropout
        self.is_merged = False

    def forward(self, x):
        if self.is_merged:
            return self.linear(x)
        dropped = nn.functional.dropout(x, self.p, self.training)
        return self.linear(x) + dropped @ self.lora_a @ self.lora_b * self.alpha / self.r

    def delta(self):
        return (self.alpha / self.r * self.lora_a @ self.lora_b).T

    def merge(self):
        if self.is_merged:
            return
        with torch.no_grad():
            self.linear.weight.add_(self.delta().T if self.is_conv1d else self.delta())
        self.is_merged = True

    def unmerge(self):
        if not self.is_merged:
            return
        with torch.no_grad():
            self.linear.weight.sub_(self.delta().T if self.is_conv1d else self.delta())
        self.is_merged = False
