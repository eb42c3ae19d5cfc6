"""The parameters are not those of the linear maps, norms and tables that the docstring names."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(config.dropout),
        )
        self.gate = nn.Linear(config.width, 4 * config.width)

    forward = FeedForward.forward
