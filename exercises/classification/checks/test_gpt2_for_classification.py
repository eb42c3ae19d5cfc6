"""Checks of `GPT2ForClassification`."""

import torch
from classification_oracles import (
    TOL_FP32,
    WRONG_POOLINGS,
    GPT2ClassifierOracle,
    noisy_batch,
    position_ids,
    random_texts,
)

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def classify(student, seed, width, heads, layers, head_weight, head_bias, batches):
    """Logits of each batch, with these parameters in the head; the head's shape, and whether it has a bias."""
    backbone = builders.tiny_gpt2(seed, width=width, heads=heads, layers=layers).transformer
    model = student.GPT2ForClassification(backbone, head_weight.shape[0]).eval()
    head = model.classifier
    result = {"shape": tuple(head.weight.shape), "bias": head.bias is not None, "logits": []}
    if result["shape"] != tuple(head_weight.shape):
        return result
    with torch.no_grad():
        head.weight.copy_(head_weight)
        if head.bias is not None:
            head.bias.copy_(head_bias)
    # With a cache, as in a GPT-2 that was loaded: without, transformers reads repeated positions as several texts in
    # one row, and a mask that the backbone is not told would not show.
    backbone.register_forward_pre_hook(lambda _, args, told: (args, {**told, "use_cache": True}), with_kwargs=True)
    result["logits"] = [model(input_ids, attention_mask) for input_ids, attention_mask in batches]
    return result


def random_oracle(rng, width=16, heads=2, layers=1, classes=3):
    """A random GPT-2 with a random head."""
    seed = rng.randint(0, 1 << 30)
    return GPT2ClassifierOracle(seed, rng.randn(classes, width), rng.randn(classes), heads=heads, layers=layers)


def student_logits(student, oracle, *batches):
    """The student's logits for each batch, with the oracle's backbone and head; the oracle learns of a missing bias."""
    size = (oracle.width, oracle.heads, oracle.layers)
    pairs = [list(batch) for batch in batches]
    result = student.run(classify, oracle.seed, *size, oracle.weight, oracle.bias, pairs)
    expected = tuple(oracle.weight.shape)
    if result["shape"] != expected:
        wrong = {
            (expected[0], 768): "768 is the width of the smallest GPT-2 only; take it from the backbone's config.",
            expected[::-1]: "The head's two sizes are the wrong way round.",
        }
        sentence = wrong.get(result["shape"], "The head's weight must be (num_classes, D).")
        fail(sentence, expected=expected, got=result["shape"], advice="D is backbone.config.hidden_size.")
    if not result["bias"]:
        oracle.bias = torch.zeros_like(oracle.bias)
    return result["logits"]


def expect_logits(result, oracle, sequences, ids, mask):
    """Compare with each text read alone (B, C); what a mistake pools of a padded batch depends on its positions too."""
    expected = oracle.logits(sequences)
    if not isinstance(result, torch.Tensor):
        fail("The logits must be a tensor.", got=type(result).__name__)
    if result.ndim == 3:
        fail(
            "The head is put on every position; a text has one row of logits.",
            expected=tuple(expected.shape),
            got=tuple(result.shape),
            advice="Pool first, then apply the head.",
        )

    def pooled_with(pool):
        by_column = oracle.hidden(ids, attention_mask=mask)  # (B, T, D)
        by_text = oracle.hidden(ids, attention_mask=mask, position_ids=position_ids(mask))
        return AnyOf(*(oracle.head(pool(hidden, mask)) for hidden in (by_column, by_text)))

    expect_close(
        result,
        expected,
        what="The output",
        mistakes={
            "A softmax is put on the logits; the loss does that itself.": lambda: expected.softmax(dim=-1),
            "A log-softmax is put on the logits; the loss does that itself.": lambda: expected.log_softmax(dim=-1),
            "The last token is found by comparing ids with the padding id, so a real end-of-text token is passed "
            "over.": (
                lambda: oracle.logits_of_positions(sequences, [-2 if text[-1] == 0 else -1 for text in sequences])
            ),
            **{sentence: lambda pool=pool: pooled_with(pool) for sentence, pool in WRONG_POOLINGS.items()},
            "The vectors are taken before the backbone's final norm.": lambda: oracle.logits_before_the_norm(sequences),
            "Positions start at 1; the first real token has position 0.": lambda: oracle.batch_logits(
                ids, mask, attention_mask=mask, position_ids=mask.cumsum(dim=1)
            ),
        },
        advice="Hidden states of the backbone, the vector of the last real token, the head. Nothing after it.",
        **TOL_FP32,
    )


@exercise("GPT2ForClassification", points=2)
def test_logits_of_every_text(student, rng):
    for size in ((24, 3, 1), (16, 2, 2)):  # width, heads, layers
        oracle = random_oracle(rng, *size)
        sequences = random_texts(rng, *rng.permutation([2, 7, 4]))
        for text in sequences[:2]:
            text[-1] = 0  # an end-of-text token that is really there
        ids, mask = noisy_batch(rng, sequences, "right")
        (result,) = student_logits(student, oracle, (ids, mask))
        expect_logits(result, oracle, sequences, ids, mask)


@exercise("GPT2ForClassification", points=2)
def test_the_side_of_the_padding_does_not_matter(student, rng):
    oracle = random_oracle(rng)
    sequences = random_texts(rng, *rng.choice([(2, 9, 4), (4, 9, 2), (4, 2, 9), (2, 4, 9)]))  # the first one is padded
    ids, mask = noisy_batch(rng, sequences, "left")
    by_first_row = (torch.arange(mask.shape[1]) - mask[0].argmax()).clamp(min=0).expand_as(mask)
    (result,) = student_logits(student, oracle, (ids, mask))
    expect_close(
        result,
        oracle.logits(sequences),
        what="The output under padding on the left",
        mistakes={
            "Positions are counted from the first column, padding or not.": lambda: oracle.batch_logits(
                ids, mask, attention_mask=mask
            ),
            "The backbone is not told the mask, so the text reads its padding.": lambda: oracle.batch_logits(
                # with a cache: without, transformers reads repeated positions as several texts in one row
                ids,
                mask,
                position_ids=position_ids(mask),
                use_cache=True,
            ),
            "The backbone is told neither the mask nor the positions, so padding is part of the text.": lambda: (
                oracle.batch_logits(ids, mask)
            ),
            "Positions start at 1; the first real token has position 0.": lambda: oracle.batch_logits(
                ids, mask, attention_mask=mask, position_ids=mask.cumsum(dim=1)
            ),
            "Positions start at 1 in rows that are padded on the left.": lambda: oracle.batch_logits(
                ids, mask, attention_mask=mask, position_ids=mask.cumsum(dim=1) - mask[:, :1]
            ),
            "Positions are shifted by the padding of the first row, for all rows alike.": lambda: oracle.batch_logits(
                ids, mask, attention_mask=mask, position_ids=by_first_row
            ),
        },
        advice="Give the backbone attention_mask and position_ids; the positions follow from the mask.",
        **TOL_FP32,
    )


@exercise("GPT2ForClassification")
def test_wider_padding_moves_no_logit(student, rng):
    oracle = random_oracle(rng)
    sequences = random_texts(rng, *rng.permutation([3, 6]))
    batches = [noisy_batch(rng, sequences, side, extra) for side in ("right", "left") for extra in (0, 8)]
    result = student_logits(student, oracle, *batches)
    expected = oracle.logits(sequences)
    # Batches of one shape, padded on the right first, then on the left
    kept = oracle.batch_logits(*batches[3], attention_mask=batches[3][1], position_ids=position_ids(batches[1][1]))
    for side, (narrow, wide) in {"right": result[:2], "left": result[2:]}.items():
        if not isinstance(narrow, torch.Tensor) or not isinstance(wide, torch.Tensor):
            fail("The logits must be a tensor.", got=type(narrow).__name__)
        expect_close(
            wide,
            narrow,
            what=f"The output for a batch padded 8 wider on the {side}",
            mistakes={"Positions are kept for the next batch of that shape, which is padded in another way.": kept},
            advice="Padding is not part of the text: nothing may depend on how much of it there is.",
            **TOL_FP32,
        )
        expect_close(narrow, expected, what="The output for a padded batch", **TOL_FP32)


@probe
def gradients(student, seed, head_weight, input_ids, attention_mask, direction, train_mode):
    """Gradients of the head and of three tensors of the backbone, after a backward pass from the logits.

    And the logits, twice. The backbone has no dropout, so its mode makes no difference.
    """
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    backbone.drop.train()  # a mix of modes, flags and gradients
    backbone.wpe.weight.requires_grad_(False)
    backbone.ln_f.bias.grad = direction.clone()

    def state():
        flags = [tensor.requires_grad for tensor in backbone.parameters()]
        return flags, [part.training for part in backbone.modules()], backbone.config.to_dict()

    before = state()
    model = student.GPT2ForClassification(backbone, head_weight.shape[0])
    made = {
        "changed": [one != other for one, other in zip(before, state(), strict=True)],
        "gradient": backbone.ln_f.bias.grad,
    }
    model.train(train_mode)
    backbone.ln_f.bias.grad = None
    with torch.no_grad():
        model.classifier.weight.copy_(head_weight)
        if model.classifier.bias is not None:
            model.classifier.bias.zero_()
    logits = model(input_ids, attention_mask)
    made["logits"] = [logits.detach(), model(input_ids, attention_mask).detach()]
    if not logits.requires_grad:
        return {"head": None, "backbone": [None], **made}
    (logits * direction[:3]).sum().backward()
    tensors = (backbone.wte.weight, backbone.h[0].attn.c_attn.weight, backbone.ln_f.bias)
    return {"head": model.classifier.weight.grad, "backbone": [tensor.grad for tensor in tensors], **made}


def expect_learning(result, oracle, sequences, direction, train_mode):
    """Hold the gradients against those of each text read alone, and what making the model did to the backbone."""
    if result["changed"][0]:
        fail("Making the classifier changes what is trainable in the backbone; freezing is another function's work.")
    if result["changed"][1]:
        fail("Making the classifier switches the backbone between train and eval mode.")
    if result["changed"][2]:
        fail("Making the classifier changes the backbone's config.")
    expect_equal(
        result["gradient"],
        direction,
        what="A gradient of the backbone after making the classifier",
        mistakes={"Making the classifier clears gradients of the backbone.": AnyOf(None, torch.zeros(16))},
    )
    nothing = result["head"] is None or all(gradient is None for gradient in result["backbone"])
    if nothing and not train_mode:  # in train mode there was one
        fail("In eval mode no graph is built; the logits have one in either mode.")
    if result["head"] is None:
        fail("No gradient reaches the head.", advice="Nothing in forward may run under no_grad or be detached.")
    if nothing:
        fail(
            "No gradient reaches the backbone that was given, so it can never be finetuned.",
            advice="Keep the backbone that was given, and its graph: freezing is what requires_grad is for.",
        )
    once, again = result["logits"]
    if not torch.equal(once, again):
        fail("The same texts get other logits each time: something random, such as dropout, stands before the head.")
    expect_close(
        once,
        oracle.logits(sequences) - oracle.bias,
        what="The output of a classifier in train or eval mode",
        **TOL_FP32,
    )
    backbone, weight = oracle.backbone, oracle.weight.clone().requires_grad_()
    backbone.zero_grad()
    pooled = torch.stack([backbone(torch.tensor([text])).last_hidden_state[0, -1] for text in sequences])  # (B, D)
    ((pooled @ weight.T) * direction[:3]).sum().backward()
    expected = [tensor.grad for tensor in (backbone.wte.weight, backbone.h[0].attn.c_attn.weight, backbone.ln_f.bias)]
    tolerance = {"rtol": 1e-3, "atol": 1e-3}
    expect_close(result["head"], weight.grad, what="The gradient of the head", **tolerance)
    expect_close(result["backbone"], expected, what="The gradient of the backbone", **tolerance)


@exercise("GPT2ForClassification")
def test_head_and_backbone_learn(student, rng):
    oracle = random_oracle(rng)
    sequences = random_texts(rng, *rng.permutation([2, 5]))
    ids, mask = noisy_batch(rng, sequences, "right")
    direction = rng.randn(16)  # the first three for the logits, all for a gradient that is there before
    for train_mode in (True, False):
        result = student.run(gradients, oracle.seed, oracle.weight, ids, mask, direction, train_mode)
        expect_learning(result, oracle, sequences, direction, train_mode)
