"""Hidden checks of `GPT2ForClassification`."""

import torch
from classification_oracles import TOL_FP32, GPT2ClassifierOracle, padded_batch, random_texts
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def logits_without_bias(student, seed, head_weight, batches):
    """Logits of each batch with these weights in the head and no bias."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    model = student.GPT2ForClassification(backbone, head_weight.shape[0]).eval()
    with torch.no_grad():
        model.classifier.weight.copy_(head_weight)
        if model.classifier.bias is not None:
            model.classifier.bias.zero_()
    return [model(input_ids, attention_mask) for input_ids, attention_mask in batches]


def random_oracle(rng, classes):
    """A random GPT-2 with a random head that has no bias."""
    return GPT2ClassifierOracle(rng.randint(0, 1 << 30), rng.randn(classes, 16))


def student_logits(student, oracle, *batches):
    """The student's logits for each batch, with the oracle's backbone and head."""
    return student.run(logits_without_bias, oracle.seed, oracle.weight, [list(batch) for batch in batches])


def hugging_face(oracle, pad_id=0):
    """transformers' own classifier with the same backbone and head: the independent answer."""
    from transformers import GPT2ForSequenceClassification

    config = type(oracle.backbone.config).from_dict(oracle.backbone.config.to_dict())
    config.num_labels, config.pad_token_id, config.n_layer = len(oracle.weight), pad_id, 0
    model = GPT2ForSequenceClassification(config).eval()
    model.transformer = oracle.backbone
    model.score.weight = nn.Parameter(oracle.weight)
    return model


@exercise("GPT2ForClassification", points=2)
def test_hugging_faces_classifier_agrees(student, rng):
    # Where Hugging Face is right: padding on the right, and no text that holds the padding id itself.
    oracle = random_oracle(rng, classes=4)
    ids, mask = padded_batch(random_texts(rng, 3, 8, 1, 5), "right")
    (result,) = student_logits(student, oracle, (ids, mask))
    with torch.no_grad():
        expected = hugging_face(oracle)(ids, attention_mask=mask).logits  # (B, C)
    expect_close(result, expected, what="The output, against Hugging Face's GPT2ForSequenceClassification,", **TOL_FP32)


@exercise("GPT2ForClassification", points=2)
def test_where_hugging_faces_classifier_is_wrong(student, rng):
    # It counts positions from the first column, so padding on the left shifts a text; and it looks for the last id that
    # isn't the padding id, so an end-of-text token that is really there is passed over. Right is each text alone.
    oracle = random_oracle(rng, classes=3)
    sequences = [[*text, 0] for text in random_texts(rng, 2, 6, 4)]
    library = hugging_face(oracle)
    one_before = torch.stack([oracle.head(oracle.hidden(torch.tensor([text]))[0, -2]) for text in sequences])
    for side in ("right", "left"):
        ids, mask = padded_batch(sequences, side)
        (result,) = student_logits(student, oracle, (ids, mask))
        with torch.no_grad():
            by_library = library(ids, attention_mask=mask).logits  # (B, C)
        expect_close(
            result,
            oracle.logits(sequences),
            what="The output for texts that end with the padding id",
            mistakes={
                "The last token is found by comparing ids with the padding id, so a real end-of-text token is passed "
                "over.": one_before,
                "Positions are counted from the first column, padding or not.": oracle.batch_logits(
                    ids, mask, attention_mask=mask
                ),
                "This is what Hugging Face's GPT2ForSequenceClassification gives, which is wrong here.": by_library,
            },
            **TOL_FP32,
        )


@exercise("GPT2ForClassification")
def test_padding_may_hold_anything(student, rng):
    oracle = random_oracle(rng, classes=2)
    sequences = random_texts(rng, 2, 5)
    batches = [padded_batch(sequences, side, pad_id=pad_id) for side in ("right", "left") for pad_id in (0, 7, 52)]
    first, *others = student_logits(student, oracle, *batches)
    for logits in others:
        expect_close(logits, first, what="The output for the same texts with other ids in their padding", **TOL_FP32)
    expect_close(first, oracle.logits(sequences), what="The output for a padded batch", **TOL_FP32)


@exercise("GPT2ForClassification")
def test_each_text_is_read_alone(student, rng):
    oracle = random_oracle(rng, classes=2)
    sequences = random_texts(rng, 4, 1, 6)
    batches = [padded_batch(sequences, "right"), *(padded_batch([text], "right") for text in sequences)]
    together, *alone = student_logits(student, oracle, *batches)
    for row, logits in enumerate(alone):
        if isinstance(logits, torch.Tensor) and logits.ndim == 1:
            fail("The batch dimension is lost when there is one text.")
        what = "The output for a text alone, against those in a batch,"
        expect_close(logits, together[row : row + 1], what=what, **TOL_FP32)
    expect_close(together, oracle.logits(sequences), what="The output for a padded batch", **TOL_FP32)


@probe
def around_the_backbone(student, seed, norm, head_weight, train_mode):
    """What making a classifier and using it does to the backbone that it was given."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer.train(train_mode)
    for parameter in backbone.wte.parameters():
        parameter.requires_grad = False
    before = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
    flags = [tensor.requires_grad for tensor in backbone.parameters()]
    backbone.ln_f.bias.grad = norm.clone()
    model = student.GPT2ForClassification(backbone, 3)
    after = backbone.state_dict()
    result = {
        "values": all(torch.equal(before[name], after[name]) for name in before),
        "flags": [flags, [tensor.requires_grad for tensor in backbone.parameters()]],
        "modes": sorted({part.training for part in backbone.modules()}),
        "gradient": backbone.ln_f.bias.grad,
    }
    head = sum(tensor.numel() for tensor in model.classifier.parameters())
    others = sum(tensor.numel() for tensor in model.parameters()) - head
    result["extra"] = others - sum(tensor.numel() for tensor in backbone.parameters())
    with torch.no_grad():
        backbone.ln_f.weight.zero_()
        backbone.ln_f.bias.copy_(norm)
        model.classifier.weight.copy_(head_weight)
        if model.classifier.bias is not None:
            model.classifier.bias.zero_()
    ids = torch.tensor([[5, 6, 7]])
    result["logits"] = model.eval()(ids, torch.ones_like(ids))
    return result


@exercise("GPT2ForClassification")
def test_the_given_backbone_is_used_and_left_alone(student, rng):
    for train_mode in (True, False):
        norm, weight = rng.randn(16), rng.randn(3, 16)
        result = student.run(around_the_backbone, rng.randint(0, 1 << 30), norm, weight, train_mode)
        if not result["values"]:
            fail("Making the classifier changes weights of the backbone.")
        if result["flags"][0] != result["flags"][1]:
            fail(
                "Making the classifier changes what is trainable in the backbone; freezing is another function's work."
            )
        if result["modes"] != [train_mode]:
            fail("Making the classifier switches the backbone between train and eval mode.")
        expect_equal(
            result["gradient"],
            norm,
            what="A gradient of the backbone after making the classifier",
            mistakes={"Making the classifier clears gradients of the backbone.": AnyOf(None, torch.zeros(16))},
        )
        expected = (weight @ norm)[None]
        if not isinstance(result["logits"], torch.Tensor) or result["logits"].shape != expected.shape:
            fail("The classifier's output for one text is not one row of logits.")
        if not torch.allclose(result["logits"], expected, atol=1e-4):
            fail("The classifier works with a copy of the backbone, not with the one that it was given.")
        if result["extra"]:
            fail("The classifier holds parameters other than the backbone's and the head's.")
