"""merge() leaves the adapter running, so the update counts twice."""

also = ("A merged layer still computes the adapter; merging must put the update into the weight.",)  # it does both


class LoRALinear(LoRALinear):
    def forward(self, x):
        update = nn.functional.linear(nn.functional.linear(self.dropout(x), self.A), self.B)
        return self.base(x) + self.scale * update
