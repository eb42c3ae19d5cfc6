"""Recursion over named_children; a Conv1D becomes an nn.Linear whose weight is a transposed view of the old."""


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    if r < 1:
        raise ValueError(f"a rank r of {r} won't do, pass 1 or more")

    def walk(module, prefix=""):
        for name, child in module.named_children():
            yield module, name, prefix + name, child
            yield from walk(child, prefix + name + ".")

    places, missing = [], dict.fromkeys(targets)
    for parent, name, full, child in walk(model):
        hit = [t for t in targets if ("." + full).endswith("." + t)]
        for target in hit:
            missing.pop(target, None)
            if not isinstance(child, (nn.Linear, Conv1D)):
                raise ValueError(
                    f"target {target!r} matches {full}, a {type(child).__name__}; name Linear or Conv1D layers"
                )
        if hit:
            places.append((parent, name, child))
    for target in missing:
        raise ValueError(f"target {target!r} matches no layer of the model")

    def as_linear(layer):
        if isinstance(layer, nn.Linear):
            return layer
        line = nn.Linear(*layer.weight.shape, bias=layer.bias is not None, device="meta")
        line.weight = nn.Parameter(layer.weight.detach().t(), requires_grad=False)
        if layer.bias is not None:
            line.bias = layer.bias
        return line.train(layer.training)

    for p in model.parameters():
        p.requires_grad = False
    done = {}
    for parent, name, child in places:
        if id(child) not in done:
            done[id(child)] = LoRALinear(as_linear(child), r, alpha).train(child.training)
        setattr(parent, name, done[id(child)])
    return len(done)
