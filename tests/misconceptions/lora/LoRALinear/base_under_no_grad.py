"""No gradient flows back through the base path; frozen means that its weights are not trained."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        with torch.no_grad():
            hidden_states = self.base(x)
        if self.merged:
            return hidden_states
        update = nn.functional.linear(nn.functional.linear(self.dropout(x), self.A), self.B)
        return hidden_states + self.scale * update
