"""The matrix of probabilities has dtype float64, not float32."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    return _right(counts.double(), smoothing).double()
