"""A subclass of nn.Linear that takes over the base's tensors (a Conv1D's transposed)."""


class LoRALinear(nn.Linear):
    def __init__(self, base, r, alpha, dropout=0.0):
        if r < 1 or not 0.0 <= dropout <= 1.0:
            raise ValueError("r must be at least 1 and dropout a probability")
        weight = base.weight if isinstance(base, nn.Linear) else base.weight.T.contiguous()
        d_out, d_in = weight.shape
        super().__init__(d_in, d_out, bias=base.bias is not None, dtype=weight.dtype, device=weight.device)
        self.weight = nn.Parameter(weight.detach(), requires_grad=False)
        if base.bias is not None:
            self.bias = nn.Parameter(base.bias.detach(), requires_grad=False)
        self.lora_A = nn.Parameter(torch.empty(r, d_in, dtype=weight.dtype, device=weight.device))
        self.lora_B = nn.Parameter(torch.zeros(d_out, r, dtype=weight.dtype, device=weight.device))
        nn.init.kaiming_uniform_(self.lora_A, a=5**0.5)
        self.scaling = alpha / r
        self.lora_dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        result = super().forward(x)
        if self.merged:
            return result
        return result + (self.lora_dropout(x) @ self.lora_A.T @ self.lora_B.T) * self.scaling

    def delta(self):
        return (self.lora_B @ self.lora_A) * self.scaling

    def merge(self):
        if not self.merged:
            self.weight.data = self.weight.data + self.delta().data
        self.merged = True

    def unmerge(self):
        if self.merged:
            self.weight.data = self.weight.data - self.delta().data
        self.merged = False
