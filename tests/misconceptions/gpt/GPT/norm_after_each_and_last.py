"""The final norm stands after each block; it comes once, at the end."""

also = ("The stream is normalized before the first block.",)


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks:
            x = self.norm(block(x))
        return F.linear(self.norm(x), self.tokens.weight)
