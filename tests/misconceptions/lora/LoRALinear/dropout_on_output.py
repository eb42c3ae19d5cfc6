"""Dropout acts somewhere else than on the adapter's input."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        if self.merged:
            return self.base(x)
        update = nn.functional.linear(nn.functional.linear(x, self.A), self.B)
        return self.base(x) + self.scale * self.dropout(update)
