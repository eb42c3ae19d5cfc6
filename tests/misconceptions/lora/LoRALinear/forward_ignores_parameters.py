"""The adapter is there, but forward does not use its trainable tensors."""

also = ("A merged layer computes more than the base's one matrix product.",)  # what it computed at the start


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.update = (self.B @ self.A).detach() * self.scale  # computed once, at the start

    def forward(self, x):
        return self.base(x) + nn.functional.linear(x, self.update)
