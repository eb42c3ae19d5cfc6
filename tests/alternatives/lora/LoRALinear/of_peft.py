"""PEFT's own LoRA layer behind a thin class."""


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        from peft.tuners.lora import Linear, LoraConfig

        super().__init__()
        if not 0 <= dropout <= 1:
            raise ValueError("dropout must be between 0 and 1")
        base.requires_grad_(False)
        config = LoraConfig(r=r, lora_alpha=alpha, lora_dropout=dropout, fan_in_fan_out=not isinstance(base, nn.Linear))
        self.layer = Linear(base, "default", config=config, r=r, lora_alpha=alpha)

    def forward(self, x):
        return self.layer(x)

    def delta(self):
        delta = self.layer.get_delta_weight("default")
        return delta.T if self.layer.fan_in_fan_out else delta

    def merge(self):
        if not self.layer.merged:
            self.layer.merge()

    def unmerge(self):
        if self.layer.merged:
            self.layer.unmerge()
