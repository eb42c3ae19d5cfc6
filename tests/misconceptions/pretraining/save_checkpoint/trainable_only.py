"""Frozen parameters are not in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": {**dict(model.named_buffers()), **{n: p for n, p in model.named_parameters() if p.requires_grad}},
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
