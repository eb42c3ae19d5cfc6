"""One adapter of rank 2r as loralib has it: both As stacked, both Bs put in their places of a block matrix of zeros."""


class _Blocks(nn.Module):
    def __init__(self, c_attn, r, alpha):
        super().__init__()
        width = c_attn.weight.shape[0]
        self.c_attn, self.r, self.scale = c_attn, r, alpha / r
        like = {"dtype": c_attn.weight.dtype, "device": c_attn.weight.device}
        self.A = nn.Parameter(torch.randn(2 * r, width, **like) / width**0.5)
        self.B = nn.Parameter(torch.zeros(2 * width, r, **like))

    def forward(self, x):
        query, value = self.B.chunk(2)
        nothing = torch.zeros_like(query)
        left, right = torch.cat([query, nothing, nothing]), torch.cat([nothing, nothing, value])
        return self.c_attn(x) + self.scale * x @ self.A.T @ torch.cat([left, right], dim=1).T


def lora_qv(model, r, alpha):
    names = [name for name, _ in model.named_modules() if name.split(".")[-1] == "c_attn"]
    if r < 1 or not names:
        raise ValueError("r must be 1 or more, and the model a GPT-2")
    for parameter in model.parameters():
        parameter.requires_grad = False
    for name in names:
        model.set_submodule(name, _Blocks(model.get_submodule(name), r, alpha))
    return len(names)
