"""merge() gives the update alone."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        d_out, d_in = self.shape
        merged = nn.Linear(d_in, d_out, bias=self.bias is not None, dtype=self.A.dtype, device=self.A.device)
        with torch.no_grad():
            merged.weight.copy_(self.scale * (self.B @ self.A))
            if self.bias is not None:
                merged.bias.copy_(self.bias)
        return merged
