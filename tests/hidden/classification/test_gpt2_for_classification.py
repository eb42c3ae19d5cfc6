"""Hidden checks of `GPT2ForClassification`."""

import torch
from classification_hidden_oracles import FP32, rectangle, texts
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@probe
def logits_and_head(student, seed, head_weight, batches):
    """Logits of each batch with these weights in the head and no bias."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    model = student.GPT2ForClassification(backbone, head_weight.shape[0]).eval()
    with torch.no_grad():
        model.classifier.weight.copy_(head_weight)
        if model.classifier.bias is not None:
            model.classifier.bias.zero_()
    return [model(input_ids, attention_mask) for input_ids, attention_mask in batches]


def hugging_face(seed, head_weight, pad_id=0):
    """transformers' own classifier with the same backbone and head: the independent answer."""
    from transformers import GPT2ForSequenceClassification

    language_model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    config = type(language_model.config).from_dict(language_model.config.to_dict())
    config.num_labels, config.pad_token_id, config.n_layer = len(head_weight), pad_id, 0
    model = GPT2ForSequenceClassification(config).eval()
    model.transformer = language_model.transformer
    model.score.weight = nn.Parameter(head_weight)
    return model


@torch.no_grad()
def alone_through_the_head(seed, head_weight, sequences):
    """Right logits: each text read alone, its last vector through the head."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    vectors = [backbone(torch.tensor([text])).last_hidden_state[0, -1] for text in sequences]
    return torch.stack(vectors) @ head_weight.T


@exercise("GPT2ForClassification", points=2)
def test_hugging_faces_classifier_agrees(student, rng):
    # Where Hugging Face is right: padding on the right, and no text that holds the padding id itself.
    seed, weight = rng.randint(0, 1 << 30), rng.randn(4, 16)
    ids, mask = rectangle(texts(rng, 3, 8, 1, 5), "right")
    (got,) = student.run(logits_and_head, seed, weight, [[ids, mask]])
    with torch.no_grad():
        right = hugging_face(seed, weight)(ids, attention_mask=mask).logits
    expect_close(got, right, what="The output, against Hugging Face's GPT2ForSequenceClassification,", **FP32)


@exercise("GPT2ForClassification", points=2)
def test_where_hugging_faces_classifier_is_wrong(student, rng):
    # It counts positions from the first column, so padding on the left shifts a text; and it looks for the last id that
    # isn't the padding id, so an end-of-text token that is really there is passed over. Right is each text alone.
    seed, weight = rng.randint(0, 1 << 30), rng.randn(3, 16)
    sequences = [[*text, 0] for text in texts(rng, 2, 6, 4)]
    library = hugging_face(seed, weight)
    with torch.no_grad():
        alone = [library.transformer(torch.tensor([text])).last_hidden_state[0] for text in sequences]
    right = torch.stack([hidden[-1] @ weight.T for hidden in alone])
    one_before = torch.stack([hidden[-2] @ weight.T for hidden in alone])
    for side in ("right", "left"):
        ids, mask = rectangle(sequences, side)
        (got,) = student.run(logits_and_head, seed, weight, [[ids, mask]])
        with torch.no_grad():
            by_library = library(ids, attention_mask=mask).logits
            by_column = library.transformer(ids, attention_mask=mask).last_hidden_state[:, -1] @ weight.T
        expect_close(
            got,
            right,
            what="The output for texts that end with the padding id",
            mistakes={
                "The last token is found by comparing ids with the padding id, so a real end-of-text token is passed "
                "over.": one_before,
                "Positions are counted from the first column, padding or not.": by_column,
                "This is what Hugging Face's GPT2ForSequenceClassification gives, which is wrong here.": by_library,
            },
            **FP32,
        )


@exercise("GPT2ForClassification")
def test_padding_may_hold_anything(student, rng):
    seed, weight = rng.randint(0, 1 << 30), rng.randn(2, 16)
    sequences = texts(rng, 2, 5)
    right = alone_through_the_head(seed, weight, sequences)
    batches = [rectangle(sequences, side, pad_id) for side in ("right", "left") for pad_id in (0, 7, 52)]
    got = student.run(logits_and_head, seed, weight, [list(pair) for pair in batches])
    for logits in got[1:]:
        expect_close(logits, got[0], what="The output for the same texts with other ids in their padding", **FP32)
    expect_close(got[0], right, what="The output for a padded batch", **FP32)


@exercise("GPT2ForClassification")
def test_each_text_is_read_alone(student, rng):
    seed, weight = rng.randint(0, 1 << 30), rng.randn(2, 16)
    sequences = texts(rng, 4, 1, 6)
    ids, mask = rectangle(sequences, "right")
    singles = [list(rectangle([text], "right")) for text in sequences]
    together, *alone = student.run(logits_and_head, seed, weight, [[ids, mask], *singles])
    for row, logits in enumerate(alone):
        if isinstance(logits, torch.Tensor) and logits.ndim == 1:
            fail("The batch dimension is lost when there is one text.")
        expect_close(
            logits, together[row : row + 1], what="The output for a text alone, against those in a batch,", **FP32
        )
    right = alone_through_the_head(seed, weight, sequences)
    expect_close(together, right, what="The output for a padded batch", **FP32)


@probe
def around_the_backbone(student, seed, norm, head_weight, train_mode):
    """What making a classifier and using it does to the backbone that it was given."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer.train(train_mode)
    for parameter in backbone.wte.parameters():
        parameter.requires_grad = False
    before = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
    flags = [tensor.requires_grad for tensor in backbone.parameters()]
    model = student.GPT2ForClassification(backbone, 3)
    after = backbone.state_dict()
    seen = {
        "values": all(torch.equal(before[name], after[name]) for name in before),
        "flags": [flags, [tensor.requires_grad for tensor in backbone.parameters()]],
        "modes": sorted({part.training for part in backbone.modules()}),
    }
    head = sum(tensor.numel() for tensor in model.classifier.parameters())
    others = sum(tensor.numel() for tensor in model.parameters()) - head
    seen["extra"] = others - sum(tensor.numel() for tensor in backbone.parameters())
    with torch.no_grad():
        backbone.ln_f.weight.zero_()
        backbone.ln_f.bias.copy_(norm)
        model.classifier.weight.copy_(head_weight)
        if model.classifier.bias is not None:
            model.classifier.bias.zero_()
    ids = torch.tensor([[5, 6, 7]])
    seen["logits"] = model.eval()(ids, torch.ones_like(ids))
    return seen


@exercise("GPT2ForClassification")
def test_the_given_backbone_is_used_and_left_alone(student, rng):
    for train_mode in (True, False):
        norm, weight = rng.randn(16), rng.randn(3, 16)
        seen = student.run(around_the_backbone, rng.randint(0, 1 << 30), norm, weight, train_mode)
        if not seen["values"]:
            fail("Making the classifier changes weights of the backbone.")
        if seen["flags"][0] != seen["flags"][1]:
            fail(
                "Making the classifier changes what is trainable in the backbone; freezing is another function's work."
            )
        if seen["modes"] != [train_mode]:
            fail("Making the classifier switches the backbone between train and eval mode.")
        right = (weight @ norm)[None]
        if not isinstance(seen["logits"], torch.Tensor) or seen["logits"].shape != right.shape:
            fail("The classifier's output for one text is not one row of logits.")
        if not torch.allclose(seen["logits"], right, atol=1e-4):
            fail("The classifier works with a copy of the backbone, not with the one that it was given.")
        if seen["extra"]:
            fail("The classifier holds parameters other than the backbone's and the head's.")
