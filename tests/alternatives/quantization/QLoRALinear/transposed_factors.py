"""Factors stored transposed, the first of them zero, and einsum."""


class QLoRALinear(nn.Module):
    def __init__(self, linear, r, alpha):
        super().__init__()
        if r < 1:
            raise ValueError("pass r of 1 or more")
        weight = linear.weight.detach()
        packed, absmax = nf4_quantize(weight)
        self.register_buffer("packed", packed)
        self.register_buffer("largest", absmax)
        if linear.bias is None:
            self.bias = None
        else:
            self.bias = nn.Parameter(linear.bias.detach().clone(), requires_grad=False)
        self.size, self.times = tuple(weight.shape), alpha / r
        self.down = nn.Parameter(weight.new_zeros(weight.shape[1], r))
        self.up = nn.Parameter(torch.nn.init.kaiming_uniform_(weight.new_empty(r, weight.shape[0])))

    def _dense(self):
        return nf4_dequantize(self.packed, self.largest, self.size).to(self.down.dtype)

    def forward(self, x):
        out = torch.einsum("...i,oi->...o", x, self._dense())
        if self.bias is not None:
            out = out + self.bias
        return out + torch.einsum("...i,ir,ro->...o", x, self.down, self.up * self.times)

    @torch.no_grad()
    def merge(self):
        d_out, d_in = self.size
        layer = nn.Linear(d_in, d_out, self.bias is not None).to(self.down.dtype)
        layer.weight.data = self._dense() + self.times * (self.down @ self.up).T
        if self.bias is not None:
            layer.bias.data = self.bias.data.clone()
        return layer
