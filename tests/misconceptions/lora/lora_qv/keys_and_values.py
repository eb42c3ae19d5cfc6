"""Keys and values change, not queries and values."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        key, query = self.key, self.query.base
        self.query, self.key = query, LoRALinear(key, r, alpha)
