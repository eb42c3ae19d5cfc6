"""The base path is missing; only the detour comes out."""


class QLoRALinear(QLoRALinear):
    def forward(self, x):
        detour = nn.functional.linear(nn.functional.linear(x, self.A), self.B)
        return self.scale * detour
