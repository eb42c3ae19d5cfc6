"""The models that checks build: the same weights for the same seed, nothing shared, and plain ones by hand."""

import copy

import pytest
import torch
from torch import nn

from autograder.builders import TableClassifier, TableLM, fill, linear, tiny_gpt2, tiny_state, token_batch


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


@pytest.mark.parametrize("sizes", [{}, {"width": 12, "layers": 1, "vocabulary": 7, "positions": 5}])
def test_the_state_is_the_models_own(sizes):
    model = tiny_gpt2(7, **sizes)
    own = {name.removeprefix("transformer."): one for name, one in model.named_parameters()}
    state = tiny_state(7, **sizes)
    assert list(state) == list(own)
    assert all(torch.equal(state[name], own[name]) and not state[name].requires_grad for name in own)


# --- plain ones -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.float64])
def test_linear_holds_copies_of_what_it_is_given(dtype):
    weight, bias = torch.arange(6.0).reshape(2, 3).to(dtype), torch.tensor([10.0, 20.0], dtype=dtype)
    layer = linear(weight, bias)
    assert (layer.in_features, layer.out_features) == (3, 2) and layer.weight.dtype == layer.bias.dtype == dtype
    assert torch.equal(layer(torch.ones(1, 3, dtype=dtype)), torch.tensor([[13.0, 32.0]], dtype=dtype))
    assert layer.weight.requires_grad and layer.bias.requires_grad
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
    assert torch.equal(weight.float(), torch.arange(6.0).reshape(2, 3)) and bias.tolist() == [10.0, 20.0]


def test_linear_without_a_bias_has_none():
    layer = linear(torch.eye(2))
    assert type(layer) is nn.Linear and layer.bias is None


class Adapter(nn.Module):
    """Two factors under names of its own, one of them transposed, and a frozen base of the shape of one of them."""

    def __init__(self):
        super().__init__()
        self.down = nn.Parameter(torch.zeros(5, 2))
        self.up = nn.Linear(2, 3, bias=False)
        self.base = nn.Linear(5, 2, bias=False).requires_grad_(False)


def test_fill_goes_by_shape_and_leaves_the_rest_alone():
    module = Adapter()
    base, a, b = module.base.weight.clone(), torch.randn(2, 5), torch.randn(3, 2)
    fill(module, a, b)
    assert torch.equal(module.down, a.T) and torch.equal(module.up.weight, b)
    assert torch.equal(module.base.weight, base), "it has the shape of a, but is not trained"
    assert module.down.requires_grad and module.down.grad_fn is None
    before = copy.deepcopy(module.state_dict())
    fill(module, torch.randn(7, 7))
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_a_table_is_a_language_model():
    table = torch.randn(4, 4)
    model = TableLM(table)
    ids = torch.tensor([[0, 3, 1], [2, 2, 0]])
    logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False).logits
    assert torch.equal(logits, table[ids]) and torch.equal(model(ids).logits, logits)
    logits.sum().backward()
    assert model.table.grad.sum(dim=1).tolist() == [8.0, 4.0, 8.0, 4.0], "how often each token was the last one"
    with torch.no_grad():
        model.table.zero_()
    assert table.abs().sum() > 0, "it is a copy"


def test_the_dropout_of_a_table_falls_on_the_table_and_in_training_only():
    table = torch.ones(50, 50)
    model = TableLM(table, dropout=0.5)
    ids = torch.tensor([[7, 7], [7, 3]])
    logits = model(ids).logits
    assert set(logits.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(logits[0, 0], logits[0, 1]) and torch.equal(logits[0, 0], logits[1, 0])
    assert torch.equal(model.eval()(ids).logits, table[ids])


def test_a_table_is_a_classifier_that_sums_the_real_tokens():
    table = torch.tensor([[0.0, 100.0], [1.0, 2.0], [10.0, 20.0]])
    model = TableClassifier(table)
    ids, mask = torch.tensor([[1, 2, 0], [0, 2, 2]]), torch.tensor([[1, 1, 0], [0, 1, 1]])
    assert model(ids, mask).tolist() == [[11.0, 22.0], [20.0, 40.0]]
    assert [parameter.shape for parameter in model.parameters()] == [(3, 2)]
    with torch.no_grad():
        model.rows.weight.zero_()
    assert table.sum() == 133.0, "it is a copy"
