"""What stays is not divided by 1 - dropout."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.tokens(ids) + self.positions.weight[:length]
        if self.training:
            x = x * (torch.rand_like(x) >= self.config.dropout)
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
