"""dropout is taken for the probability to stay; it is the probability to be dropped."""

also = ("What attention gives in train mode: what stays is not what eval mode gives, divided by 1 - dropout.",)


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"heads={config.heads} don't divide width={config.width}")
        self.heads, self.dropout = config.heads, 1 - config.dropout if config.dropout else 0.0
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)

    forward = CausalSelfAttention.forward
