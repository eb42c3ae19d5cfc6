"""The error for a text that is too long doesn't name its length and the positions."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are too many")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
