"""SFT's optimizer was made before the chat tokens were added, and holds the old embeddings."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    from types import SimpleNamespace

    import torch

    old = []

    def add_chat_tokens(model, tokenizer):
        old.append(torch.optim.AdamW(model.parameters(), lr=base.rates["sft"]))
        return tools.add_chat_tokens(model, tokenizer)

    def train_sft(model, batches, optimizer, steps):
        return tools.train_sft(model, batches, old.pop() if old else optimizer, steps)

    wrapped = SimpleNamespace(**{name: getattr(tools, name) for names in TOOLS.values() for name in names})
    if None not in (tools.add_chat_tokens, tools.train_sft) and "sft" not in skip:
        wrapped.add_chat_tokens, wrapped.train_sft = add_chat_tokens, train_sft
    return _right(wrapped, base, skip)
