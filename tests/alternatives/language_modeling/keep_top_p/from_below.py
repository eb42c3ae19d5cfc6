"""As transformers does it: rising sums, and what stays below 1 - p goes."""


def keep_top_p(logits, p):
    if p < 0 or p > 1:
        raise ValueError("p must lie between 0 and 1")
    if p == 1:
        return logits.clone()
    rising, places = torch.sort(logits, descending=False, dim=-1)
    sums = rising.float().softmax(dim=-1).cumsum(dim=-1)
    goes = sums <= 1 - p
    goes[..., -1] = False
    return logits.masked_fill(goes.scatter(-1, places, goes), float("-inf"))
