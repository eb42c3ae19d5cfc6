"""No gradient flows back through the detour to the input."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        if self.merged:
            return self.base(x)
        detour = nn.functional.linear(nn.functional.linear(self.dropout(x.detach()), self.A), self.B)
        return self.base(x) + self.scale * detour
