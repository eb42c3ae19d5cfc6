"""Two columns without their means, made orthogonal in a loop."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    count = len(sizes)
    x, z = [one**-alpha for one in sizes], [one**-beta for one in tokens]
    x_mean, z_mean, y_mean = sum(x) / count, sum(z) / count, sum(losses) / count
    x, z = [one - x_mean for one in x], [one - z_mean for one in z]
    y = [one - y_mean for one in losses]

    def dot(one, other):
        return sum(mine * theirs for mine, theirs in zip(one, other, strict=True))

    shared = dot(x, z) / dot(x, x)
    own = [theirs - shared * mine for mine, theirs in zip(x, z, strict=True)]
    of_tokens = dot(own, y) / dot(own, own)
    of_size = dot(x, y) / dot(x, x) - of_tokens * shared
    return y_mean - of_size * x_mean - of_tokens * z_mean, of_size, of_tokens
