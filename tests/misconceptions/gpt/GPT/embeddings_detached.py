"""Both tables are cut off from the gradient where the stream begins."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids).detach() + self.positions.weight[:length].detach())
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
