"""The text is read backwards: a position looks at what lies ahead of it."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        x = x.flip(1)
        for block in self.blocks:
            x = block(x)
        x = x.flip(1)
        return F.linear(self.norm(x), self.tokens.weight)
