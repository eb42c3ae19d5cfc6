"""All heads compare as one; each head has weights of its own."""


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"heads={config.heads} don't divide width={config.width}")
        self.heads, self.dropout = 1, config.dropout
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)

    forward = CausalSelfAttention.forward
