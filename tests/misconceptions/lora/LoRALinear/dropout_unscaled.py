"""The entries that dropout keeps are not divided by 1 - dropout."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)

        class Mask(nn.Module):
            def forward(self, x):
                return x * (torch.rand_like(x) >= dropout) if self.training else x

        self.dropout = Mask()
