"""The parameters are not those of the linear maps, norms and tables that the docstring names."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = list(
            nn.Sequential(
                nn.Linear(config.width, 4 * config.width),
                nn.GELU(approximate="tanh"),
                nn.Linear(4 * config.width, config.width),
                nn.Dropout(config.dropout),
            )
        )

    def forward(self, x):
        for one in self.layers:
            x = one(x)
        return x
