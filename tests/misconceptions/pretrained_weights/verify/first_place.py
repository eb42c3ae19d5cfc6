"""The next token is read off the first place; it is the largest logit of the last."""


def _continued(model: nn.Module, prompt: torch.Tensor, new: int) -> torch.Tensor:
    """The tokens (b, new) that a model writes behind the prompt, always the likeliest."""
    text = prompt
    for _ in range(new):
        text = torch.cat([text, model(text)[:, :1].argmax(dim=-1)], dim=1)
    return text[:, prompt.shape[1] :]


def verify(model, reference, ids, prompt, new=8):
    both = (model, reference)
    mine, theirs = (sum(parameter.numel() for parameter in one.parameters()) for one in both)
    report: dict[str, int | float | str | None] = {"parameters": mine - theirs}
    if mine != theirs:
        return report | {"failed": "parameters"}
    modes = {module: module.training for one in both for module in one.modules()}
    try:
        with torch.no_grad():
            for one in both:
                one.eval()
            compared = compare_logits(model(ids), reference(ids))
            report["logits"] = compared["max_difference"]
            if not compared["agree"]:
                return report | {"failed": "logits"}
            mine, theirs = (_continued(one, prompt, new) for one in both)
            report["text"] = (mine == theirs).double().mean().item()
            return report | {"failed": None if report["text"] == 1 else "text"}
    finally:
        for module, training in modes.items():
            module.training = training
