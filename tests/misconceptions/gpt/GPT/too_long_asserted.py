"""A text that is longer than the positions must raise ValueError."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        assert length <= self.config.positions, f"{length} {self.config.positions}"
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
