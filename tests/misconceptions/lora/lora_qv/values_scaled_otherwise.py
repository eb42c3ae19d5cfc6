"""Only one of the updates of query and value is multiplied by alpha / r, but both are."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        self.value.scale /= 2  # alpha is shared between the two
