"""A merged layer computes more than the base's one matrix product."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        hidden_states = self.base(x)
        return self.base(x) if self.merged else hidden_states + (super().forward(x) - hidden_states)
