"""lora_qv fails on a GPT-2 of another dtype or on another device."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        for adapter in (self.query, self.value):
            adapter.A, adapter.B = nn.Parameter(adapter.A.float()), nn.Parameter(adapter.B.float())
