"""Levels after the first that fails are computed all the same."""


def verify(model, reference, ids, prompt, new=8):
    both = (model, reference)
    mine, theirs = (sum(parameter.numel() for parameter in one.parameters()) for one in both)
    report: dict[str, int | float | str | None] = {"parameters": mine - theirs}
    differ = mine != theirs
    modes = {module: module.training for one in both for module in one.modules()}
    try:
        with torch.no_grad():
            for one in both:
                one.eval()
            compared = compare_logits(model(ids), reference(ids))
            report["logits"] = compared["max_difference"]
            mine, theirs = (_continued(one, prompt, new) for one in both)
            report["text"] = (mine == theirs).double().mean().item()
            failed = (
                "parameters"
                if differ
                else "logits"
                if not compared["agree"]
                else "text"
                if report["text"] != 1
                else None
            )
            return report | {"failed": failed}
    finally:
        for module, training in modes.items():
            module.training = training
