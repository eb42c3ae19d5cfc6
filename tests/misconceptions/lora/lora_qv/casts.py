"""The adapters do not take c_attn's dtype."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn.float(), r, alpha)

    def forward(self, x):
        return super().forward(x.float()).to(x.dtype)
