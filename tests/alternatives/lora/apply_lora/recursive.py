"""Walks the children itself and sets attributes on the parent."""


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    if r <= 0:
        raise ValueError(f"r = {r}: pass 1 or more")
    seen, places = set(), []

    def walk(parent, path):
        for name, child in parent.named_children():
            words = (*path, name)
            hits = {t for t in targets if words[-len(t.split(".")) :] == tuple(t.split("."))}
            if hits and not isinstance(child, (nn.Linear, Conv1D)):
                raise ValueError(f"{hits} matches {'.'.join(words)}, which is no linear layer")
            seen.update(hits)
            if hits:
                places.append((parent, name, child))
            walk(child, words)

    walk(model, ())
    if unmatched := set(targets) - seen:
        raise ValueError(f"nothing matches {unmatched}")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for parent, name, child in places:
        setattr(parent, name, LoRALinear(child, r, alpha))
    return len(places)
