"""Lists in place of the dicts, written through an open file."""


def save_checkpoint(path, model, optimizer, step):
    numbers = [tensor.detach().clone() for tensor in (*model.parameters(), *model.buffers())]
    named = dict(zip([name for name, _ in (*model.named_parameters(), *model.named_buffers())], numbers, strict=True))
    with open(path, "wb") as file:
        torch.save(
            {
                "model": named,
                "optimizer": optimizer.state_dict(),
                "step": step,
                "generator": torch.random.get_rng_state(),
            },
            file,
        )
