"""forward raises an error for an input that is not contiguous in memory."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        rows = x.view(x.shape[:-1].numel(), x.shape[-1])
        return super().forward(rows).view(*x.shape[:-1], -1) if len(rows) else super().forward(x)
