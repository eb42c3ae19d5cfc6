"""The adapters are there, but c_attn computes without them."""


class QueryValueLoRA(QueryValueLoRA):
    def forward(self, x):
        return torch.cat([self.query.base(x), self.key(x), self.value.base(x)], dim=-1)
