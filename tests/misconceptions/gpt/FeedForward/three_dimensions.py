"""It raises an error for an input of another number of dimensions than three."""


class FeedForward(FeedForward):
    def forward(self, x):
        rows, length, width = x.shape
        return self.layers(x.reshape(-1, width)).view(rows, length, width)
