"""The sum of the two tables is not dropped in train mode."""

also = ("In train mode at a dropout of 1 the stream is not 0: the config's dropout doesn't reach every part.",)


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.tokens(ids) + self.positions.weight[:length]
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
