"""The adapters do not go to c_attn's device, so the model fails on a GPU."""


class QueryValueLoRA(QueryValueLoRA):
    def __init__(self, c_attn, r, alpha):
        super().__init__(c_attn, r, alpha)
        for adapter in (self.query, self.value):
            for name in ("A", "B"):
                given = getattr(adapter, name)
                if given.device.type != "cpu":
                    setattr(adapter, name, nn.Parameter(torch.zeros(given.shape, dtype=given.dtype)))
