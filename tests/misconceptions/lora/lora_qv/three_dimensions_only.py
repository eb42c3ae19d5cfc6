"""After lora_qv c_attn works for inputs of three dimensions only; it must take (..., D)."""


class QueryValueLoRA(QueryValueLoRA):
    def forward(self, x):
        return torch.cat([self.query(x), self.key(x), self.value(x)], dim=2)
