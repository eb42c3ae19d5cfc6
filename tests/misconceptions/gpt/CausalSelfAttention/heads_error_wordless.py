"""A number of heads that doesn't divide the width raises ValueError without a message; say why."""


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError
        self.heads, self.dropout = config.heads, config.dropout
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)

    forward = CausalSelfAttention.forward
