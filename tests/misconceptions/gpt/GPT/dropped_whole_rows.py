"""Whole rows are dropped together; each number is dropped by itself."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = (self.tokens(ids) + self.positions.weight[:length]) * self.dropout(
            torch.ones(*ids.shape, 1, device=ids.device, dtype=self.norm.weight.dtype)
        )
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
