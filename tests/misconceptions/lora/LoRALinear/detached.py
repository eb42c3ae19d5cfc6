"""A gets no gradient: it takes part in forward only through a detached copy."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        if self.merged:
            return self.base(x)
        low = nn.functional.linear(self.dropout(x), self.A.data)
        return self.base(x) + self.scale * nn.functional.linear(low, self.B)
