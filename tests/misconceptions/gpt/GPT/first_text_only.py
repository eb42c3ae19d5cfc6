"""Every text is given what the first one gives; each stands by itself."""

also = ("All rows lose the same numbers; each is drawn by itself.",)


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        x = x[:1].expand_as(x)
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
