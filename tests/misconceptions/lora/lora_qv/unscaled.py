"""The adapters of query and value are added without the factor alpha / r."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, r)
