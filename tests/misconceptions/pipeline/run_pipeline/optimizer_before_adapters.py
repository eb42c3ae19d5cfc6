"""LoRA's optimizer holds frozen weights, or was made before there were adapters."""


def _adapt(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=base.rates["lora"])
    tools.apply_lora(model, base.targets, base.rank, base.alpha)
    tools.train_sft(model, _collated(tools, base, tokenizer, base.house_style), optimizer, base.steps["lora"])
