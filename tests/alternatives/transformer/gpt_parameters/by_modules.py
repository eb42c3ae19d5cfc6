"""Modules on the meta device, counted."""


def gpt_parameters(vocab, positions, width, layers, tied=True):
    from torch import nn

    def count(*modules):
        return sum(one.numel() for module in modules for one in module.parameters())

    with torch.device("meta"):
        found = {
            "tokens": count(nn.Embedding(vocab, width)),
            "positions": count(nn.Embedding(positions, width)),
            "attention": layers * count(nn.MultiheadAttention(width, 1)),
            "feed_forward": layers * count(nn.Linear(width, 4 * width), nn.Linear(4 * width, width)),
            "norms": count(*(nn.LayerNorm(width) for _ in range(2 * layers + 1))),
            "output": 0 if tied else count(nn.Linear(width, vocab, bias=False)),
        }
    found["total"] = sum(found.values())
    return found
