"""`tiny_gpt2`: the same weights for the same seed, and nothing shared between two models."""

import torch

from autograder.builders import tiny_gpt2, token_batch


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    one, same, other = (tiny_gpt2(seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_two_models_share_nothing_that_can_be_changed():
    models = [tiny_gpt2(seed) for seed in (1, 1)]
    ids = token_batch(3)
    before = models[1](ids).logits
    first = models[0]
    first.train().requires_grad_(False)
    first.resize_token_embeddings(60)
    first.transformer.h[0].register_forward_hook(lambda module, args, output: 2 * output)
    first.transformer.h[1].extra = torch.nn.Linear(2, 2)
    with torch.no_grad():
        for parameter in first.parameters():
            parameter.fill_(7.0)
    for untouched in (models[1], tiny_gpt2(1)):
        assert torch.equal(untouched(ids).logits, before)
        assert not untouched.training and untouched.config.vocab_size == 53
        assert all(parameter.requires_grad for parameter in untouched.parameters())
        assert not hasattr(untouched.transformer.h[1], "extra")


def test_the_embedding_is_tied_and_the_config_is_one():
    model = tiny_gpt2(4)
    assert model.lm_head.weight is model.transformer.wte.weight
    assert model.config is model.transformer.config is model.transformer.h[0].attn.config
    assert len(list(model.parameters())) == len({id(one) for one in model.parameters()})
    memory = {one.untyped_storage().data_ptr() for one in (*model.parameters(), *tiny_gpt2(4).parameters())}
    assert len(memory) == 2 * len(list(model.parameters()))


def test_it_trains():
    model = tiny_gpt2(5)
    model(token_batch(6)).logits.square().mean().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
