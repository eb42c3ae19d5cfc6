"""A rank above d_in or d_out is rejected, but r may exceed them."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        if r > min(base.weight.shape):
            raise ValueError("r must not exceed the layer's sides")
        super().__init__(base, r, alpha, dropout)
