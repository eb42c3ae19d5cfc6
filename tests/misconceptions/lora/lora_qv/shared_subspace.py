"""Query and value share one of their matrices; each needs an A and a B of its own."""


class QueryValueLoRA(nn.Module):
    """One LoRA across all of c_attn, the keys' rows of its B switched off."""

    def __init__(self, c_attn, r, alpha):
        super().__init__()
        width = c_attn.weight.shape[0]
        self.lora = LoRALinear(c_attn, r, alpha)
        self.register_buffer("mask", torch.tensor([1.0, 0.0, 1.0]).repeat_interleave(width))

    def forward(self, x):
        base = self.lora.base(x)
        return base + self.mask * (self.lora(x) - base)
