"""Some parameters don't require a gradient; all of them are trained."""

also = ("A parameter or the input gets no gradient: it is cut off, or isn't used.",)


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"heads={config.heads} don't divide width={config.width}")
        self.heads, self.dropout = config.heads, config.dropout
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width).requires_grad_(False)

    forward = CausalSelfAttention.forward
