"""Everything that fits in a few lines, written as briefly as it goes."""

exercise = ("freeze", "count_parameters", "param_groups", "accuracy")


def freeze(module):
    any(map(lambda parameter: parameter.requires_grad_(False) is None, module.parameters()))


def count_parameters(module):
    return tuple(sum(p.numel() for p in module.parameters() if p.requires_grad or every) for every in (True, False))


def param_groups(model, head_lr, backbone_lr):
    head = list(map(id, model.classifier.parameters()))
    both = ([], [])
    for parameter in filter(lambda p: p.requires_grad, model.parameters()):
        both[id(parameter) in head].append(parameter)
    return [{"params": params, "lr": lr} for params, lr in zip(both, (backbone_lr, head_lr), strict=True)]


@torch.no_grad()
def accuracy(model, loader):
    was, _ = model.training, model.eval()
    hits = [model(b["input_ids"], b["attention_mask"]).argmax(-1) == b["labels"] for b in loader]
    model.train(was)
    if not hits:
        raise ValueError("no batches")
    return torch.cat(hits).double().mean().item()
