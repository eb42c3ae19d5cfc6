"""Dropout reaches the base path, so the frozen model itself is disturbed."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        if self.merged:
            return self.base(x)
        x = self.dropout(x)
        update = nn.functional.linear(nn.functional.linear(x, self.A), self.B)
        return self.base(x) + self.scale * update
