"""The adapters are trained on the demonstrations of SFT again."""


def _adapt(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    tools.apply_lora(model, base.targets, base.rank, base.alpha)
    _train(tools, base, model, tokenizer, "lora", base.demonstrations)
