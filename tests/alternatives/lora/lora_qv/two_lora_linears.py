"""Two LoRALinear beside weights of zero; A or B may be the zero one, whichever LoRALinear chose."""


def lora_qv(model, r, alpha):
    if not r >= 1:
        raise ValueError(f"r is {r}; pass 1 or more")
    owners = [m for m in model.modules() if isinstance(getattr(m, "c_attn", None), nn.Module)]
    if not owners:
        raise ValueError("c_attn not found; this is no GPT-2")

    class Fused(nn.Module):
        def __init__(self, old):
            super().__init__()
            d = len(old.weight)
            self.old = old
            self.side = nn.ModuleDict()
            for part in ("query", "value"):
                zero = nn.Linear(d, d, bias=False, dtype=old.weight.dtype, device=old.weight.device)
                nn.init.zeros_(zero.weight)
                self.side[part] = LoRALinear(zero, r, alpha)
            self.train(old.training)

        def forward(self, x):
            out = self.old(x)
            d = x.shape[-1]
            return torch.cat(
                (
                    out.narrow(-1, 0, d) + self.side["query"](x),
                    out.narrow(-1, d, d),
                    out.narrow(-1, 2 * d, d) + self.side["value"](x),
                ),
                -1,
            )

    model.requires_grad_(False)
    for m in owners:
        m.c_attn = Fused(m.c_attn)
    return len(owners)
