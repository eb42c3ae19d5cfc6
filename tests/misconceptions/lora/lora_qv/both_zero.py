"""At the start not exactly one matrix of each detour learns; one of the two must be zero, the other not."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        nn.init.zeros_(self.query.A)
        nn.init.zeros_(self.value.A)
