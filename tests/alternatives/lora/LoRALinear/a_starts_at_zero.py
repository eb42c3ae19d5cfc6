"""A is the matrix that starts at zero, B the random one."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        with torch.no_grad():
            self.A.zero_()
            self.B.uniform_(-1.0, 1.0)
