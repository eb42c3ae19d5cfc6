"""Checks of `GPT2ForClassification`."""

import math

import torch
from classification_oracles import FP32, expected_pool, pooled_wrongly, position_ids, rectangle, texts
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@probe
def classify(student, seed, width, heads, layers, head_weight, head_bias, batches):
    """Logits of each batch, with these numbers in the head; the head's shape, and whether it has a bias."""
    backbone = builders.tiny_gpt2(seed, width=width, heads=heads, layers=layers).transformer
    model = student.GPT2ForClassification(backbone, head_weight.shape[0]).eval()
    head = model.classifier
    seen = {"shape": tuple(head.weight.shape), "bias": head.bias is not None, "logits": []}
    if seen["shape"] != tuple(head_weight.shape):
        return seen
    with torch.no_grad():
        head.weight.copy_(head_weight)
        if head.bias is not None:
            head.bias.copy_(head_bias)
    backbone.config.use_cache = True  # as in a GPT-2 that was loaded
    try:
        seen["logits"] = [model(input_ids, attention_mask) for input_ids, attention_mask in batches]
    finally:
        backbone.config.use_cache = False
    return seen


class Reader:
    """A random GPT-2, a head, and what should come of a text: read alone and without any padding."""

    def __init__(self, rng, width=16, heads=2, layers=1, classes=3):
        self.seed, self.size = rng.randint(0, 1 << 30), (width, heads, layers)
        self.backbone = builders.tiny_gpt2(self.seed, width=width, heads=heads, layers=layers).transformer
        self.weight, self.bias = rng.randn(classes, width), rng.randn(classes)
        self.has_bias = True

    def run(self, student, *batches):
        """The student's logits for each batch."""
        seen = student.run(classify, self.seed, *self.size, self.weight, self.bias, [list(pair) for pair in batches])
        right = tuple(self.weight.shape)
        if seen["shape"] != right:
            wrong = {
                (right[0], 768): "768 is the width of the smallest GPT-2 only; take it from the backbone's config.",
                right[::-1]: "The head's two sizes are the wrong way round.",
            }
            sentence = wrong.get(seen["shape"], "The head's weight must be (num_classes, D).")
            fail(sentence, expected=right, got=seen["shape"], advice="D is backbone.config.hidden_size.")
        self.has_bias = seen["bias"]
        return seen["logits"]

    def head(self, vectors):
        """Logits of vectors (..., D)."""
        return vectors @ self.weight.T + self.bias * self.has_bias

    @torch.no_grad()
    def hidden(self, input_ids, **more):
        """Hidden states (B, T, D) as the backbone alone gives them."""
        return self.backbone(input_ids, **more).last_hidden_state

    def logits(self, sequences):
        """Right logits (B, C): each text alone, its last vector through the head."""
        return self.head(torch.stack([self.hidden(torch.tensor([ids]))[0, -1] for ids in sequences]))

    def before_the_norm(self, sequences):
        """Logits from vectors that have not gone through the final norm."""
        norm, self.backbone.ln_f = self.backbone.ln_f, nn.Identity()
        logits = self.logits(sequences)
        self.backbone.ln_f = norm
        return logits


def nearest(got, candidates):
    """The candidate that is least far from what was got."""
    return min(
        candidates, key=lambda one: (one - got.detach()).abs().max().item() if one.shape == got.shape else math.inf
    )


def expect_logits(got, reader, sequences, ids, mask):
    """Compare with each text read alone; of a padded batch, what stands in the padding depends on its positions."""
    right = reader.logits(sequences)
    if not isinstance(got, torch.Tensor):
        fail("The logits must be a tensor.", got=type(got).__name__)
    if got.ndim == 3:
        fail(
            "The head is put on every position; a text has one row of logits.",
            expected=tuple(right.shape),
            got=tuple(got.shape),
            advice="Pool first, then apply the head.",
        )
    readings = [reader.hidden(ids, attention_mask=mask, position_ids=where) for where in (None, position_ids(mask))]
    wrongly = [pooled_wrongly(hidden, mask) for hidden in readings]
    expect_close(
        got,
        right,
        what="The output",
        mistakes={
            "A softmax is put on the logits; the loss does that itself.": lambda: right.softmax(dim=-1),
            "A log-softmax is put on the logits; the loss does that itself.": lambda: right.log_softmax(dim=-1),
            **{
                sentence: (
                    lambda sentence=sentence: nearest(got, [reader.head(vectors[sentence]()) for vectors in wrongly])
                )
                for sentence in wrongly[0]
            },
            "The vectors are taken before the backbone's final norm.": lambda: reader.before_the_norm(sequences),
            "Positions start at 1; the first real token has position 0.": lambda: reader.head(
                expected_pool(reader.hidden(ids, attention_mask=mask, position_ids=mask.cumsum(dim=1)), mask)
            ),
        },
        advice="Hidden states of the backbone, the vector of the last real token, the head. Nothing after it.",
        **FP32,
    )


@exercise("GPT2ForClassification", points=2)
def test_logits_of_every_text(student, rng):
    for size in ((24, 3, 1), (16, 2, 2)):  # width, heads, layers
        reader = Reader(rng, *size)
        sequences = texts(rng, *rng.permutation(2, 7, 4))
        ids, mask = rectangle(rng, sequences, "right")
        (got,) = reader.run(student, (ids, mask))
        expect_logits(got, reader, sequences, ids, mask)


@exercise("GPT2ForClassification", points=2)
def test_the_side_of_the_padding_does_not_matter(student, rng):
    reader = Reader(rng)
    sequences = texts(rng, *rng.permutation(2, 9, 4))
    ids, mask = rectangle(rng, sequences, "left")
    (got,) = reader.run(student, (ids, mask))
    expect_close(
        got,
        reader.logits(sequences),
        what="The output under padding on the left",
        mistakes={
            "Positions are counted from the first column, padding or not.": lambda: reader.head(
                reader.hidden(ids, attention_mask=mask)[:, -1]
            ),
            "The backbone is not told the mask, so the text reads its padding.": lambda: reader.head(
                reader.hidden(ids, position_ids=position_ids(mask), use_cache=True)[:, -1]
            ),
            "The backbone is told neither the mask nor the positions, so padding is part of the text.": lambda: (
                reader.head(reader.hidden(ids)[:, -1])
            ),
            "Positions start at 1; the first real token has position 0.": lambda: reader.head(
                reader.hidden(ids, attention_mask=mask, position_ids=mask.cumsum(dim=1))[:, -1]
            ),
        },
        advice="Give the backbone attention_mask and position_ids; the positions follow from the mask.",
        **FP32,
    )


@exercise("GPT2ForClassification")
def test_wider_padding_moves_no_logit(student, rng):
    reader = Reader(rng)
    sequences = texts(rng, *rng.permutation(3, 6))
    batches = [rectangle(rng, sequences, side, extra) for side in ("right", "left") for extra in (0, 8)]
    got = reader.run(student, *batches)
    right = reader.logits(sequences)
    for side, (narrow, wide) in {"right": got[:2], "left": got[2:]}.items():
        if not isinstance(narrow, torch.Tensor) or not isinstance(wide, torch.Tensor):
            fail("The logits must be a tensor.", got=type(narrow).__name__)
        expect_close(
            wide,
            narrow,
            what=f"The output for a batch padded 8 wider on the {side}",
            advice="Padding is not part of the text: nothing may depend on how much of it there is.",
            **FP32,
        )
        expect_close(narrow, right, what="The output for a padded batch", **FP32)


@probe
def gradients(student, seed, head_weight, input_ids, attention_mask, direction):
    """Gradients of the head and of three tensors of the backbone, after a backward pass from the logits."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    model = student.GPT2ForClassification(backbone, head_weight.shape[0])
    with torch.no_grad():
        model.classifier.weight.copy_(head_weight)
    logits = model(input_ids, attention_mask)
    if not logits.requires_grad:
        return {"head": None, "backbone": [None]}
    (logits * direction).sum().backward()
    tensors = (backbone.wte.weight, backbone.h[0].attn.c_attn.weight, backbone.ln_f.bias)
    return {"head": model.classifier.weight.grad, "backbone": [tensor.grad for tensor in tensors]}


@exercise("GPT2ForClassification")
def test_head_and_backbone_learn(student, rng):
    reader = Reader(rng)
    sequences = texts(rng, *rng.permutation(2, 5))
    ids, mask = rectangle(rng, sequences, "right")
    direction = rng.randn(2, 3)
    seen = student.run(gradients, reader.seed, reader.weight, ids, mask, direction)
    if seen["head"] is None:
        fail("No gradient reaches the head.", advice="Nothing in forward may run under no_grad or be detached.")
    if all(gradient is None for gradient in seen["backbone"]):
        fail(
            "No gradient reaches the backbone, the given one, so it can never be finetuned.",
            advice="Keep the backbone that was given, and its graph: freezing is what requires_grad is for.",
        )
    pooled = torch.stack([reader.backbone(torch.tensor([text])).last_hidden_state[0, -1] for text in sequences])
    weight = reader.weight.clone().requires_grad_()
    ((pooled @ weight.T) * direction).sum().backward()
    tensors = (reader.backbone.wte.weight, reader.backbone.h[0].attn.c_attn.weight, reader.backbone.ln_f.bias)
    expect_close(seen["head"], weight.grad, what="The gradient of the head", rtol=1e-3, atol=1e-3)
    expect_close(
        seen["backbone"],
        [tensor.grad for tensor in tensors],
        what="The gradient of the backbone",
        rtol=1e-3,
        atol=1e-3,
    )
