"""The blocks' results are summed, but each must read what the one before it gave."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        start = x
        for block in self.blocks:
            x = x + block(start) - start
        return F.linear(self.norm(x), self.tokens.weight)
