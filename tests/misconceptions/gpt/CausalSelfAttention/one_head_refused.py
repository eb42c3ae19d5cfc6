"""ValueError is raised although the heads divide the width."""


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads or config.heads in (1, config.width):
            raise ValueError(f"heads={config.heads} don't divide width={config.width}")
        self.heads, self.dropout = config.heads, config.dropout
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)

    forward = CausalSelfAttention.forward
