"""dropout is taken for the probability to stay; it is the probability to be dropped."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(1 - config.dropout if config.dropout else 0.0),
        )

    forward = FeedForward.forward
