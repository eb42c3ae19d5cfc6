"""A text that is longer than the positions must raise ValueError."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        ids = ids[:, -self.config.positions :]
        length = ids.shape[1]
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
