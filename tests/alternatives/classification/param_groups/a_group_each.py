"""Every parameter has a group of its own, the head last, and none is empty."""


def param_groups(model, head_lr, backbone_lr):
    groups = []
    head = list(model.classifier.parameters())
    for parameter in model.parameters():
        if parameter.requires_grad:
            is_head = any(parameter is p for p in head)
            groups.append({"params": [parameter], "lr": head_lr if is_head else backbone_lr})
    return sorted(groups, key=lambda group: any(group["params"][0] is p for p in head))
