"""Positions begin anew within a text; they are counted to its end."""


class GPT(GPT):
    def rows(self, length):
        if not hasattr(self, "first"):
            self.first = length
        return (
            self.positions.weight[: max(length, 1)]
            if length <= self.first
            else self.positions.weight[torch.arange(length, device=self.positions.weight.device) % self.first]
        )

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.rows(length))
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
