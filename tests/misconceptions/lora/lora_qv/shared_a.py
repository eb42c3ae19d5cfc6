"""Query and value share one A; each needs its own."""

also = ("Query and value share one of their matrices; each needs an A and a B of its own.",)  # the one they share is A


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        self.value.A = self.query.A
