"""The layer object stays: its __class__ becomes a subclass made on the fly, with two parameters registered on it."""


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    if r < 1:
        raise ValueError(f"r is {r}: pass 1 or more")

    def matches(name, target):
        words, end = name.split("."), target.split(".")
        return words[-len(end) :] == end

    chosen = {}
    for target in targets:
        hits = [(n, m) for n, m in model.named_modules() if n and matches(n, target)]
        if not hits:
            raise ValueError(f"no layer is called {target!r}")
        wrong = [n for n, m in hits if not isinstance(m, (nn.Linear, Conv1D))]
        if wrong:
            raise ValueError(f"{target!r} names {wrong[0]}, and only Linear and Conv1D can be adapted")
        chosen.update((id(m), m) for _, m in hits)

    ratio = alpha / r

    def adapted(kind):
        transposed = issubclass(kind, Conv1D)

        class Adapted(kind):
            def forward(self, x):
                h = super().forward(x)
                return h if self._in is not None else h + (x @ self.lora_a @ self.lora_b) * ratio

            def delta(self):
                return (self.lora_a @ self.lora_b).T * ratio

            @torch.no_grad()
            def merge(self):
                if self._in is None:
                    self._in = self.weight.clone()
                    d = self.delta()
                    self.weight.add_(d.T if transposed else d)

            @torch.no_grad()
            def unmerge(self):
                if self._in is not None:
                    self.weight.copy_(self._in)
                    self._in = None

        return Adapted

    kinds = {kind: adapted(kind) for kind in {type(m) for m in chosen.values()}}
    model.requires_grad_(False)
    for layer in chosen.values():
        d_in, d_out = layer.weight.shape if isinstance(layer, Conv1D) else layer.weight.shape[::-1]
        layer.__class__ = kinds[type(layer)]
        layer._in = None
        layer.register_parameter("lora_a", nn.Parameter(layer.weight.new_empty(d_in, r).normal_(std=0.05)))
        layer.register_parameter("lora_b", nn.Parameter(layer.weight.new_zeros(r, d_out)))
    return len(chosen)
