"""merge() quantizes the merged weight again, which throws most of the update away."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        d_out, d_in = self.shape
        merged = nn.Linear(d_in, d_out, bias=self.bias is not None, dtype=self.A.dtype, device=self.A.device)
        with torch.no_grad():
            merged.weight.copy_(
                nf4_dequantize(*nf4_quantize(self._weight() + self.scale * (self.B @ self.A)), self.shape)
            )
            if self.bias is not None:
                merged.bias.copy_(self.bias)
        return merged
