"""It goes on with the parameters that it had before they changed."""

also = (
    "A parameter gets no gradient: it is cut off, or isn't used.",
    "The table of tokens is cut off from the gradient where it makes the logits.",
)


class GPT(GPT):
    def forward(self, ids):
        length = ids.shape[1]
        if length > self.config.positions:
            raise ValueError(f"{length} ids are more than the {self.config.positions} positions")
        x = self.dropout(self.tokens(ids) + self.positions.weight[:length])
        for block in self.blocks:
            x = block(x)
        if not hasattr(self, "kept") or self.kept.dtype != x.dtype or self.kept.device != x.device:
            self.kept = self.tokens.weight.detach().clone()
        return F.linear(self.norm(x), self.kept)
