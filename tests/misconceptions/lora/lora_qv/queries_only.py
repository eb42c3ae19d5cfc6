"""Only the queries change; the values need an adapter too."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        self.value = self.value.base
