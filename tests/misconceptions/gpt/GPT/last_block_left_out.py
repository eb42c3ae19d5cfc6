"""The last block is left out."""

also = (
    "The blocks are left out.",
    "Only one of the blocks runs.",
)


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks[:-1]:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
