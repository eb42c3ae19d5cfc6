"""The final hidden states are given; logits are asked for."""


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks:
            x = block(x)
        return self.norm(x)
