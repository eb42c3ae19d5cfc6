"""Counts on the modules themselves: the shapes of every attn.c_attn weight, and parameters made unique by id."""


def adaptation_fraction(model, method, num_classes=2, r=8):
    if method not in set(SPECTRUM):
        raise ValueError(f"unknown method {method}")
    every = sum({id(p): p.numel() for m in model.modules() for p in m._parameters.values() if p is not None}.values())

    def none():
        return 0

    def classification_head():
        import torch

        return sum(
            p.numel() for p in torch.nn.Linear(model.config.hidden_size, num_classes, device="meta").parameters()
        )

    def lora():
        return sum(
            r * sum(m.weight.shape) for n, m in model.named_modules() if n.endswith("attn.c_attn") and "cross" not in n
        )

    work = {"none": none, "classification_head": classification_head, "lora": lora}.get(method, lambda: every)
    return float(work() / every)
