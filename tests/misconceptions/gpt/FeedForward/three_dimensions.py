"""It raises an error for an input of another number of dimensions than three."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(config.dropout),
        )

    def forward(self, x):
        rows, length, width = x.shape
        return self.layers(x.reshape(-1, width)).view(rows, length, width)
