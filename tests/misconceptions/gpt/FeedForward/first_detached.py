"""A parameter or the input gets no gradient: it is cut off, or isn't used."""


class FeedForward(FeedForward):
    def forward(self, x):
        return self.layers[1:](self.layers[0](x).detach())
