"""A text that is longer than the positions must raise ValueError."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        x = self.dropout(
            self.tokens(ids)
            + self.positions(torch.arange(length, device=ids.device).clamp(max=self.config.positions - 1))
        )
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)
