"""One block runs in place of all."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for _block in self.blocks:
            x = self.blocks[0](x)
        return F.linear(self.norm(x), self.tokens.weight)
