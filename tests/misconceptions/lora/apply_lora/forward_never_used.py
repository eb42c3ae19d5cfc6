"""The model computes as it did without adapters."""


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    named = list(model.named_modules())
    found = {t: [(n, m) for n, m in named if f".{n}".endswith(f".{t}")] for t in targets}
    for target, layers in found.items():
        if not layers or not all(isinstance(m, (nn.Linear, Conv1D)) for _, m in layers):
            raise ValueError(f"{target} names no linear layer")
    if r < 1:
        raise ValueError("bad rank")
    model.requires_grad_(False)
    layers = dict(pair for layers in found.values() for pair in layers)
    for layer in layers.values():
        d_in, d_out = layer.weight.shape if isinstance(layer, Conv1D) else layer.weight.T.shape
        layer.A = nn.Parameter(torch.randn(r, d_in))
        layer.B = nn.Parameter(torch.zeros(d_out, r))
        layer.delta = lambda layer=layer: alpha / r * layer.B @ layer.A
        layer.merge = layer.unmerge = lambda: None
    return len(layers)
