"""The parameters are not those of the linear maps, norms and tables that the docstring names."""


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"heads={config.heads} don't divide width={config.width}")
        self.heads, self.dropout = config.heads, config.dropout
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)
        self.more = nn.Linear(config.width, config.width)

    forward = CausalSelfAttention.forward
