"""Queries and keys change, not queries and values."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        key, value = self.key, self.value.base
        self.key, self.value = LoRALinear(key, r, alpha), value
