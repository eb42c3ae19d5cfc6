"""Query and value share one A; each needs its own."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        self.value.A = self.query.A
