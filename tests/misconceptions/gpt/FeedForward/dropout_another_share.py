"""What the network gives in train mode: what stays is not what eval mode gives, divided by 1 - dropout."""

also = ("Something is dropped in eval mode.",)


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(0.5),
        )

    forward = FeedForward.forward
