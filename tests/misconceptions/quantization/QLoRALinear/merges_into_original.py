"""merge() adds the update to the original weight; A and B were trained beside the quantized one."""

also = ("A copy of the weight in floating-point numbers is kept beside the state.",)  # one is


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.original = linear.weight.detach().clone()

    def merge(self):
        d_out, d_in = self.shape
        merged = nn.Linear(d_in, d_out, bias=self.bias is not None, dtype=self.A.dtype, device=self.A.device)
        with torch.no_grad():
            merged.weight.copy_(self.original + self.scale * (self.B @ self.A))
            if self.bias is not None:
                merged.bias.copy_(self.bias)
        return merged
