"""Checks of `RewardModel`."""

from functools import cache

import torch
from alignment_oracles import TOL_GPT2, expect_device_kept, last_index
from torch.nn import functional as F

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, fail, probe


@probe
def rewards_of(student, seed, width, heads, weight, bias, batches, default="cpu"):
    """Rewards of each batch with this weight and bias in the head, and the head's shape.

    `default` is torch's default device; where it is not that of model and batches, no rewards are returned.
    """
    backbone = builders.tiny_gpt2(seed, width=width, heads=heads, layers=1).transformer
    padded, untold = {}, []

    def before_forward(_, args, told):
        """Whether a batch with padding comes without its mask."""
        ids = args[0] if args else told.get("input_ids")
        whole = ids is not None and ids.shape == padded["mask"].shape and not padded["mask"].all()
        untold.append(whole and len(args) < 2 and told.get("attention_mask") is None)
        return args, {**told, "use_cache": True}

    # With a cache, as in a GPT-2 that was loaded: without, transformers reads repeated positions as several texts in
    # one row, and a mask that the backbone is not told would not show.
    backbone.register_forward_pre_hook(before_forward, with_kwargs=True)
    model = student.RewardModel(backbone).eval()
    head = model.reward_head
    result = {"shape": tuple(head.weight.shape), "bias": head.bias is not None, "rewards": []}
    if result["shape"] != tuple(weight.shape):
        return result
    with torch.no_grad():
        head.weight.copy_(weight)
        if head.bias is not None:
            head.bias.copy_(bias)
    rewards = []
    for ids, mask in batches:
        padded["mask"] = mask
        with torch.device(default):
            rewards.append(model(ids, mask))
    result["rewards"] = rewards if default == "cpu" else []
    result["untold"] = any(untold)
    return result


def padded_batch(rng, texts, side, extra=0, fill=None):
    """input_ids and attention_mask (B, T), T being `extra` more than the longest; `fill` or noise in the padding."""
    longest = max(map(len, texts)) + extra
    input_ids = rng.randint(0, 53, (len(texts), longest))
    if fill is not None:
        input_ids[:] = fill
    attention_mask = torch.zeros_like(input_ids)
    for row, text in enumerate(texts):
        columns = slice(0, len(text)) if side == "right" else slice(longest - len(text), longest)
        input_ids[row, columns] = text
        attention_mask[row, columns] = 1
    return input_ids, attention_mask


def at(hidden, index):
    """The vectors at one index of each row: (B, T, D), (B,) → (B, D)."""
    return hidden[torch.arange(len(hidden)), index]


# Sentence → what is read from the hidden states (B, T, D) instead of the last real token's vectors (B, D).
POOLING_MISTAKES = {
    "It reads the reward at index -1, which in a padded row is padding.": lambda hidden, ids, mask: hidden[:, -1],
    "mask.sum() - 1 is the last token only when padding is on the right.": (
        lambda hidden, ids, mask: at(hidden, mask.sum(dim=1) - 1)
    ),
    "It reads the reward at the first token, which has seen nothing but itself.": (
        lambda hidden, ids, mask: at(hidden, mask.argmax(dim=1))
    ),
    "It averages over padding.": lambda hidden, ids, mask: hidden.mean(dim=1),
    "It averages over the tokens instead of reading the last one.": (
        lambda hidden, ids, mask: (hidden * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
    ),
    "Padding is recognised by its id instead of by the mask.": (
        lambda hidden, ids, mask: at(hidden, last_index(ids != 0))
    ),
}

# Sentence → what the backbone is told beside the ids, instead of mask and positions.
BACKBONE_MISTAKES = {
    "Positions are counted from the first column, so padding on the left shifts them.": [
        lambda mask: {"attention_mask": mask}
    ],
    "The backbone is not told the mask.": [
        lambda mask: {},
        lambda mask: {"position_ids": mask_and_positions(mask)["position_ids"]},
    ],
}

# Sentence → what is done to the head's output.
OUTPUT_MISTAKES = {
    "A sigmoid is put on the reward; a reward is any real number.": torch.sigmoid,
    "A tanh is put on the reward; a reward is any real number.": torch.tanh,
    "The reward is softly capped by a tanh; a reward is any real number.": AnyOf(
        *(lambda reward, cap=cap: cap * torch.tanh(reward / cap) for cap in (5, 10, 20, 30, 50))
    ),
    "A softmax or logsigmoid is put on the reward; a reward is any real number.": F.logsigmoid,
}


def mask_and_positions(mask):
    """The first real token of a text has position 0: (B, T) each."""
    return {"attention_mask": mask, "position_ids": (mask.cumsum(dim=1) - 1).clamp(min=0)}


class RewardOracle:
    """A random GPT-2, a head, and the rewards that texts should get: each read alone and without any padding."""

    def __init__(self, rng, width=16, heads=2):
        self.seed, self.size = rng.randint(0, 1 << 30), (width, heads)
        self.backbone = builders.tiny_gpt2(self.seed, width=width, heads=heads, layers=1).transformer
        self.weight, self.bias = rng.randn(1, width), rng.randn(1)

    def run(self, student, *batches, default="cpu"):
        listed = [list(one) for one in batches]
        result = student.run(rewards_of, self.seed, *self.size, self.weight, self.bias, listed, default)
        width = self.size[0]
        if result["shape"] != (1, width):
            wrong = {
                (1, 768): "768 is the width of the smallest GPT-2 only; take it from the backbone's config.",
                (2, width): "The head must have one output: the reward. Two are for a classifier.",
            }
            sentence = wrong.get(result["shape"], "The head's weight must be (1, D).")
            fail(sentence, expected=(1, width), got=result["shape"])
        if not result["bias"]:
            self.bias = torch.zeros(1)
        self.untold = result["untold"]
        return result["rewards"]

    @torch.no_grad()
    def hidden(self, input_ids, **told):
        """(B, T) → (B, T, D)"""
        return self.backbone(input_ids, use_cache=True, **told).last_hidden_state

    def head(self, vectors):
        """(B, D) → (B,)"""
        return (vectors @ self.weight.T + self.bias).squeeze(-1)

    def rewards(self, texts):
        """The head at the last token of each text, read alone: (B,)."""
        return torch.stack([self.head(self.hidden(text[None])[0, -1]) for text in texts])

    def mistakes(self, expected, input_ids, mask):
        """Sentence → the rewards with that mistake."""
        hidden = cache(lambda: self.hidden(input_ids, **mask_and_positions(mask)))
        pooling = {
            sentence: (lambda pool=pool: self.head(pool(hidden(), input_ids, mask)))
            for sentence, pool in POOLING_MISTAKES.items()
        }
        backbone = {
            sentence: AnyOf(
                *(
                    lambda told=told: self.head(at(self.hidden(input_ids, **told(mask)), last_index(mask)))
                    for told in ways
                )
            )
            for sentence, ways in BACKBONE_MISTAKES.items()
        }
        output = {
            sentence: AnyOf(*(way(expected) for way in (ways.values if isinstance(ways, AnyOf) else [ways])))
            for sentence, ways in OUTPUT_MISTAKES.items()
        }
        return {**pooling, **backbone, **output}

    def expect(self, result, texts, input_ids, mask, what):
        expected = self.rewards(texts)
        shape = result.shape if isinstance(result, torch.Tensor) else None
        if shape == () and len(texts) == 1:
            fail("squeeze() without a dimension also drops the batch when it has one row.", advice="squeeze(-1)")
        shape = shape or ()
        if shape == (len(texts), 1):
            fail(
                "It returns (B, 1); minus a (B,) that becomes a (B, B), and nothing complains.",
                expected=tuple(expected.shape),
                got=tuple(shape),
                advice="squeeze(-1) drops the last dimension.",
            )
        if shape[:2] == mask.shape:
            fail(
                "It gives a reward for every position; a text has one.",
                expected=tuple(expected.shape),
                got=tuple(shape),
            )
        expect_close(result, expected, what=what, mistakes=self.mistakes(expected, input_ids, mask), **TOL_GPT2)


@exercise("RewardModel")
def test_reward_at_the_last_real_token_padded_right(student, rng):
    oracle = RewardOracle(rng)
    texts = [rng.randint(0, 53, (length,)) for length in (3, 7, 1, 5)]
    batch = padded_batch(rng, texts, "right", extra=1)
    lone = padded_batch(rng, texts[:1], "right", extra=1)
    longest_first = padded_batch(rng, [texts[1], *texts[2:]], "right")
    result, one, other = oracle.run(student, batch, lone, longest_first)
    oracle.expect(result, texts, *batch, "The rewards of texts padded on the right")
    oracle.expect(one, texts[:1], *lone, "The reward of a batch of one")
    with torch.no_grad():
        hidden = oracle.hidden(longest_first[0], **mask_and_positions(longest_first[1]))
    expect_close(
        other,
        oracle.rewards([texts[1], *texts[2:]]),
        what="The rewards of a batch whose first text is the longest",
        mistakes={
            "The side of the padding is read off the first row, which may have none.": oracle.head(hidden[:, -1]),
        },
        **TOL_GPT2,
    )
    if oracle.untold:
        fail("The backbone is not told the mask.")


@exercise("RewardModel")
def test_a_text_may_end_with_the_id_that_pads(student, rng):
    oracle = RewardOracle(rng)
    texts = [rng.randint(0, 53, (length,)) for length in (3, 5)]
    texts[0][-1] = texts[1][-1] = 0  # GPT-2 has no padding token, so its end-of-text token does both
    texts[0][-2] = texts[1][-2] = 7
    batch = padded_batch(rng, texts, "right", extra=2, fill=0)
    (result,) = oracle.run(student, batch)
    oracle.expect(result, texts, *batch, "The rewards of texts that end with the padding's id")


@exercise("RewardModel")
def test_reward_at_the_last_real_token_padded_left(student, rng):
    oracle = RewardOracle(rng, width=24, heads=3)
    texts = [rng.randint(0, 53, (length,)) for length in (6, 2, 4)]
    batch = padded_batch(rng, texts, "left", extra=2)
    longest_first = padded_batch(rng, texts, "left")
    result, other = oracle.run(student, batch, longest_first)
    oracle.expect(result, texts, *batch, "The rewards of texts padded on the left")
    with torch.no_grad():
        hidden = oracle.hidden(longest_first[0], **mask_and_positions(longest_first[1]))
    side = "The side of the padding is read off the first row, which may have none."
    expect_close(
        other,
        oracle.rewards(texts),
        what="The rewards of texts padded on the left, the longest first",
        mistakes={side: oracle.head(at(hidden, longest_first[1].sum(dim=1) - 1))},
        **TOL_GPT2,
    )
    with expect_device_kept():
        oracle.run(student, batch, default="meta")


@probe
def reward_gradients(student, seed, input_ids, attention_mask, modes):
    """The gradients of rewards in train mode and in eval mode, and what making the model did to the backbone."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    backbone.train()
    backbone.wpe.weight.requires_grad_(False)
    before = backbone.config.to_dict()
    model = student.RewardModel(backbone)
    own = model.backbone is backbone
    mode, flags = backbone.training, [tensor.requires_grad for tensor in backbone.parameters()]
    heads, first = [], []
    for training in modes:
        model.train(training).zero_grad()
        rewards = model(input_ids, attention_mask)
        if rewards.requires_grad:
            rewards.sum().backward()
        heads.append(model.reward_head.weight.grad)
        first.append(backbone.wte.weight.grad)
    after = backbone.config.to_dict()
    return {
        "config": sorted(name for name in {*before, *after} if before.get(name) != after.get(name)),
        "own": own,
        "mode": mode,
        "frozen": flags.count(False),
        "heads": heads,
        "first": first,
    }


@exercise("RewardModel")
def test_rewards_train_head_and_backbone(student, rng):
    seed, texts = rng.randint(0, 1 << 30), [rng.randint(0, 53, (4,)), rng.randint(0, 53, (2,))]
    input_ids, mask = padded_batch(rng, texts, "right")
    modes = rng.permutation([True, False])
    result = student.run(reward_gradients, seed, input_ids, mask, modes)
    if not result["own"]:
        fail("backbone must be the module that was given, not a copy of it.")
    if not result["mode"]:
        fail("The constructor switches the backbone to eval mode.")
    if result["frozen"] != 1:
        fail("The constructor changes which parameters of the backbone are trainable.")
    if result["config"]:
        fail("The backbone's config is changed; nothing about the backbone is.", expected=[], got=result["config"])
    heads, first = (dict(zip(modes, result[name], strict=True)) for name in ("heads", "first"))
    if heads[True] is not None and heads[False] is None:
        fail("In eval mode the rewards have no graph; only torch.no_grad() around the call takes it away.")
    for training in modes:
        if heads[training] is None or not heads[training].any():
            fail("No gradient reaches the reward head.")
        if first[training] is None or not first[training].any():
            fail("No gradient reaches the backbone, so it can't be trained.", advice="Is there a no_grad or detach?")
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    with torch.no_grad():
        # What the head is multiplied with: (1, D)
        expected = sum(backbone(text[None]).last_hidden_state[:, -1] for text in texts)
    for head in result["heads"]:
        expect_close(head, expected, what="The gradient of the head's weight", **TOL_GPT2)
