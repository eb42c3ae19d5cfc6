"""A text that is longer than the positions must raise ValueError."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if len(ids) > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
