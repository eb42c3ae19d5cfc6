"""Only the text is compared."""

also = ("Logits of different shapes raise no ValueError.",)


def verify(model, reference, ids, prompt, new=8):
    both = (model, reference)
    mine, theirs = (sum(parameter.numel() for parameter in one.parameters()) for one in both)
    report = {}
    modes = {module: module.training for one in both for module in one.modules()}
    try:
        with torch.no_grad():
            for one in both:
                one.eval()
            mine, theirs = (_continued(one, prompt, new) for one in both)
            report["text"] = (mine == theirs).double().mean().item()
            return report | {"failed": None if report["text"] == 1 else "text"}
    finally:
        for module, training in modes.items():
            module.training = training
