"""Columns in a list, top-k by sorting, Gumbel noise instead of multinomial."""


@torch.no_grad()
def generate(model, ids, new, temperature=1.0, top_k=None, generator=None):
    for name, value, least in (("new", new, 0), ("temperature", temperature, 0), ("top_k", top_k, 1)):
        if value is not None and value < least:
            raise ValueError(f"{name}={value} is too small")
    was = {name: module.training for name, module in model.named_modules()}
    model.eval()
    columns = list(ids.unbind(dim=1))
    for _ in range(new):
        logits = model(torch.stack(columns[-model.config.positions :], dim=1))[:, -1, :].double()
        if top_k is not None and top_k < logits.shape[-1]:
            least = logits.sort(dim=-1, descending=True).values[:, top_k - 1 : top_k]
            logits = torch.where(logits >= least, logits, float("-inf"))
        if temperature > 0:
            noise = -torch.log(-torch.log(torch.rand(logits.shape, generator=generator, dtype=torch.float64)))
            logits = logits / temperature + noise
        columns.append(logits.argmax(dim=-1))
    for name, module in model.named_modules():
        module.training = was[name]
    return torch.stack(columns, dim=1)
