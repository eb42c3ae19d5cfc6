"""Token 0 is taken for padding and hidden; it is a token like any other."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout((self.tokens(ids) + self.positions.weight[:length]) * (ids != 0)[..., None])
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
