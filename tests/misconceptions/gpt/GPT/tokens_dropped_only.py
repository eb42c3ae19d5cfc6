"""In train mode the stream doesn't begin with the sum of the tables, of which numbers are dropped."""

also = ("In train mode at a dropout of 1 the stream is not 0: the config's dropout doesn't reach every part.",)


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids)) + self.positions.weight[:length]
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
