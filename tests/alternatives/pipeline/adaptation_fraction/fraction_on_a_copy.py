"""The method is really applied to a copy of the model, and what is trainable is counted."""


def adaptation_fraction(model, method, num_classes=2, r=8):
    import copy

    import torch

    if method not in SPECTRUM:
        raise ValueError(f"unknown method {method}")
    model = copy.deepcopy(model)
    total = len(torch.cat([parameter.detach().flatten() for parameter in model.parameters()]))
    model.requires_grad_(method in ("sft", "alignment", "full_finetuning"))
    added = []
    if method == "classification_head":
        added = list(torch.nn.Linear(model.config.n_embd, num_classes).parameters())
    elif method == "lora":
        for name, weight in model.named_parameters():
            if name.endswith("c_attn.weight"):
                added += [torch.zeros(r, weight.shape[0]), torch.zeros(weight.shape[1], r)]
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad] + added
    return sum(tensor.numel() for tensor in trained) / total
