"""At the start, exactly one matrix of each adapter must learn: one of the two is zero, the other is not."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        nn.init.zeros_(self.query.A)
        nn.init.zeros_(self.value.A)
