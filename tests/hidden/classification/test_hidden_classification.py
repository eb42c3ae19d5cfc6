"""Hidden checks of the lesson on finetuning for classification: corners, and what hard-coded answers get wrong.

Feedback shows their sentences only. None repeats a visible check.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe

# As in the visible checks: fp32 rounds by about 1e-6 here; mistakes move things by 0.01 or more.
FP32 = {"rtol": 1e-4, "atol": 1e-4}
VOCABULARY = 53  # of builders.tiny_gpt2


def normal(rng, *shape, dtype=torch.float32):
    """Standard normal numbers."""
    return torch.randn(*shape, generator=rng, dtype=dtype)


def whole(rng, low, high):
    """A whole number from low to high - 1."""
    return int(torch.randint(low, high, (), generator=rng))


def texts(rng, *lengths):
    """Lists of token ids of these lengths, none of them 0."""
    return [torch.randint(1, VOCABULARY, (length,), generator=rng).tolist() for length in lengths]


def rectangle(sequences, side, pad_id=0, extra=0):
    """input_ids and attention_mask (B, T) of these texts, filled up with pad_id."""
    longest = max(map(len, sequences)) + extra
    ids, mask = [], []
    for text in sequences:
        gap = longest - len(text)
        ids.append(text + [pad_id] * gap if side == "right" else [pad_id] * gap + text)
        mask.append([1] * len(text) + [0] * gap if side == "right" else [0] * gap + [1] * len(text))
    return torch.tensor(ids), torch.tensor(mask)


# --- pad_batch ------------------------------------------------------------------------------------------------------


@exercise("pad_batch")
def test_every_length_and_an_empty_text(student, rng):
    sequences, pad_id = texts(rng, 3, 1, 0, 5), whole(rng, 100, 50_000)
    for side in ("right", "left"):
        ids, mask = rectangle(sequences, side, pad_id)
        zeros = ids.masked_fill(mask == 0, 0)
        order = [3, 0, 1, 2]
        expect_equal(
            student.pad_batch(sequences, pad_id, side),
            {"input_ids": ids, "attention_mask": mask},
            what="The batch of texts of four lengths, one of them empty,",
            mistakes={
                "It fills up with 0 instead of pad_id.": {"input_ids": zeros, "attention_mask": mask},
                "The rows come back sorted by length; they must stay in the order of the texts.": {
                    "input_ids": ids[order],
                    "attention_mask": mask[order],
                },
                "Empty texts are dropped; each must have its row.": {
                    "input_ids": ids[mask.any(dim=1)],
                    "attention_mask": mask[mask.any(dim=1)],
                },
                "Texts are cut to the shortest instead of filled up to the longest.": {
                    "input_ids": ids[:, :0],
                    "attention_mask": mask[:, :0],
                },
            },
        )


@exercise("pad_batch")
def test_one_text_and_texts_of_one_length(student, rng):
    for lengths in ((4,), (3, 3)):
        sequences = texts(rng, *lengths)
        ids, mask = rectangle(sequences, "right")
        got = student.pad_batch(sequences, 7)
        if isinstance(got, dict) and isinstance(got.get("input_ids"), torch.Tensor):
            if got["input_ids"].shape[-1] > max(lengths):
                fail("It fills up further than the longest text of the batch.")
        expect_equal(got, {"input_ids": ids, "attention_mask": mask}, what="A batch that needs no padding")


@exercise("pad_batch")
def test_no_text_is_an_error(student):
    with expect_error("ValueError", what="pad_batch without any text"):
        student.pad_batch([], 0)
    with expect_error("ValueError", what="pad_batch with the side in capitals"):
        student.pad_batch([[1, 2]], 0, "LEFT")


# --- last_token_pool ------------------------------------------------------------------------------------------------


@probe
def pooled_gradient(lesson, hidden, mask, direction):
    """The gradient at the hidden states of the pooled vectors times a direction; None where there is no graph."""
    hidden = hidden.clone().requires_grad_()
    pooled = lesson.last_token_pool(hidden, mask)
    if not pooled.requires_grad:
        return None
    (pooled * direction).sum().backward()
    return hidden.grad


@exercise("last_token_pool")
def test_gradients_reach_the_last_token_only(student, rng):
    hidden, direction = normal(rng, 3, 5, 4), normal(rng, 3, 4)
    mask = torch.tensor([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]])
    gradient = student.run(pooled_gradient, hidden, mask, direction)
    if gradient is None:
        fail("What is pooled has no graph, so nothing before it can learn.")
    right = torch.zeros_like(hidden)
    for row, last in enumerate((1, 4, 0)):
        right[row, last] = direction[row]
    expect_close(gradient, right, what="The gradient at the hidden states", **FP32)


@exercise("last_token_pool")
def test_a_text_without_tokens_is_an_error(student, rng):
    for mask in ([[1, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 1]]):
        try:
            student.last_token_pool(normal(rng, 2, 3, 2), torch.tensor(mask))
        except StudentError as error:
            if error.type != "ValueError":
                fail("A row without a real token must raise ValueError.", got=error.type)
        else:
            fail("Padding is pooled for a row that has no real token; it must raise ValueError.")


@exercise("last_token_pool")
def test_one_text_one_token_any_dtype(student, rng):
    for dtype in (torch.float64, torch.bfloat16):
        hidden = normal(rng, 1, 1, 4).to(dtype)
        got = student.last_token_pool(hidden, torch.tensor([[1]]))
        if isinstance(got, torch.Tensor) and got.shape == (4,):
            fail("The batch dimension is lost when there is one text.")
        if isinstance(got, torch.Tensor) and got.dtype != dtype:
            fail("What is pooled does not keep the dtype of the hidden states.")
        expect_equal(got, hidden[:, 0], what="What is pooled of one text of one token")
    for side in ("right", "left"):
        _, mask = rectangle(texts(rng, 1, 1), side, extra=2)
        hidden = normal(rng, 2, 3, 4)
        last = 0 if side == "right" else -1
        expect_equal(
            student.last_token_pool(hidden, mask), hidden[:, last], what="What is pooled of padded texts of one token"
        )


@exercise("last_token_pool")
def test_swapping_texts_swaps_vectors(student, rng):
    hidden, order = normal(rng, 4, 6, 3), torch.tensor([2, 0, 3, 1])
    _, mask = rectangle(texts(rng, 6, 2, 5, 3), "left")
    expect_equal(
        student.last_token_pool(hidden[order], mask[order]),
        student.last_token_pool(hidden, mask)[order],
        what="What is pooled after swapping the texts",
    )
    right = hidden[:, -1]  # padding is on the left
    expect_equal(student.last_token_pool(hidden, mask), right, what="What is pooled")


# --- GPT2ForClassification ------------------------------------------------------------------------------------------


@probe
def logits_and_head(lesson, seed, head_weight, batches):
    """Logits of each batch with these weights in the head and no bias."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    model = lesson.GPT2ForClassification(backbone, head_weight.shape[0]).eval()
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
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 4, 16)
    ids, mask = rectangle(texts(rng, 3, 8, 1, 5), "right")
    (got,) = student.run(logits_and_head, seed, weight, [[ids, mask]])
    with torch.no_grad():
        right = hugging_face(seed, weight)(ids, attention_mask=mask).logits
    expect_close(got, right, what="The output, against Hugging Face's GPT2ForSequenceClassification,", **FP32)


@exercise("GPT2ForClassification", points=2)
def test_where_hugging_faces_classifier_is_wrong(student, rng):
    # It counts positions from the first column, so padding on the left shifts a text; and it looks for the last id that
    # isn't the padding id, so an end-of-text token that is really there is passed over. Right is each text alone.
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 3, 16)
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
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 2, 16)
    sequences = texts(rng, 2, 5)
    right = alone_through_the_head(seed, weight, sequences)
    batches = [rectangle(sequences, side, pad_id) for side in ("right", "left") for pad_id in (0, 7, 52)]
    got = student.run(logits_and_head, seed, weight, [list(pair) for pair in batches])
    for logits in got[1:]:
        expect_close(logits, got[0], what="The output for the same texts with other ids in their padding", **FP32)
    expect_close(got[0], right, what="The output for a padded batch", **FP32)


@exercise("GPT2ForClassification")
def test_each_text_is_read_alone(student, rng):
    seed, weight = whole(rng, 0, 1 << 30), normal(rng, 2, 16)
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
def around_the_backbone(lesson, seed, norm, head_weight, train_mode):
    """What making a classifier and using it does to the backbone that it was given."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer.train(train_mode)
    for parameter in backbone.wte.parameters():
        parameter.requires_grad = False
    before = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
    flags = [tensor.requires_grad for tensor in backbone.parameters()]
    model = lesson.GPT2ForClassification(backbone, 3)
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
        norm, weight = normal(rng, 16), normal(rng, 3, 16)
        seen = student.run(around_the_backbone, whole(rng, 0, 1 << 30), norm, weight, train_mode)
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


# --- freeze and count -----------------------------------------------------------------------------------------------


@probe
def through_frozen(lesson, weights, x, direction):
    """Freeze a layer between an input and a head: the input's gradient, what learns, and a second freeze."""
    layer = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
    head = nn.Linear(3, 2)
    with torch.no_grad():
        layer[0].weight.copy_(weights[0])
        layer[0].bias.zero_()
        head.weight.copy_(weights[1])
    layer[0].weight.requires_grad_(False)  # partly frozen already
    lesson.freeze(layer)
    lesson.freeze(layer)
    lesson.freeze(nn.Dropout(0.5))  # nothing in it to freeze
    x = x.clone().requires_grad_()
    output = head(layer(x))
    if not output.requires_grad:
        return {"input": None, "head": False, "frozen": []}
    (output * direction).sum().backward()
    return {
        "input": x.grad,
        "head": head.weight.grad is not None,
        "frozen": [name for name, tensor in layer.named_parameters() if tensor.grad is not None],
    }


@exercise("freeze")
def test_gradients_flow_through_what_is_frozen(student, rng):
    inner, outer, x, direction = normal(rng, 3, 4), normal(rng, 2, 3), normal(rng, 5, 4), normal(rng, 5, 2)
    seen = student.run(through_frozen, [inner, outer], x, direction)
    if seen["input"] is None or not seen["input"].any():
        fail("No gradient gets through a frozen module to what comes before it.")
    if not seen["head"]:
        fail("No gradient reaches a head after a frozen module.")
    if seen["frozen"]:
        fail("A frozen parameter gets a gradient.")
    right = ((direction @ outer) * (1 - (x @ inner.T).tanh() ** 2)) @ inner
    expect_close(seen["input"], right, what="The gradient of what comes before a frozen module", **FP32)


@probe
def count_shared(lesson, vocabulary, width):
    """Counts of a model that uses one tensor twice and has buffers; of one without parameters; all frozen."""
    model = nn.Module()
    model.embedding, model.output = nn.Embedding(vocabulary, width), nn.Linear(width, vocabulary, bias=False)
    model.output.weight = model.embedding.weight
    model.norm = nn.BatchNorm1d(width)
    shared = lesson.count_parameters(model)
    for parameter in model.parameters():
        parameter.requires_grad = False
    return [shared, lesson.count_parameters(model), lesson.count_parameters(nn.Tanh())]


@exercise("count_parameters")
def test_a_shared_tensor_counts_once(student, rng):
    vocabulary, width = whole(rng, 20, 30), whole(rng, 5, 9)
    shared, norm = vocabulary * width, 2 * width
    right = shared + norm
    got = student.run(count_shared, vocabulary, width)
    if any(isinstance(number, (float, torch.Tensor)) for pair in got if isinstance(pair, tuple) for number in pair):
        fail("The counts must be ints.")
    expect_equal(
        got,
        [(right, right), (right, 0), (0, 0)],
        what="The counts of a model that uses one tensor twice",
        mistakes={
            "A parameter that is used in two places is counted twice.": [
                (right + shared, right + shared),
                (right + shared, 0),
                (0, 0),
            ],
            "Buffers are counted as if they were parameters.": [
                (right + norm + 1, right),
                (right + norm + 1, 0),
                (0, 0),
            ],
            "Buffers are counted, and a parameter that is used in two places is counted twice.": [
                (right + shared + norm + 1, right),
                (right + shared + norm + 1, 0),
                (0, 0),
            ],
        },
    )


# --- what is trained, and at which rate -----------------------------------------------------------------------------


@probe
def unfreeze_in_turn(lesson, blocks, trainable, calls):
    """After each unfreeze_last_blocks(model, n): the exception's name, and the parts that are trainable."""
    import types

    backbone = nn.Module()
    backbone.config = types.SimpleNamespace(n_layer=blocks, num_hidden_layers=blocks, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone, nn.Linear(2, 2)
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(name.startswith(tuple(trainable)))
    seen = []
    for n in calls:
        try:
            lesson.unfreeze_last_blocks(model, n)
            error = None
        except Exception as raised:
            error = type(raised).__name__
        words = [name.removeprefix("backbone.").split(".") for name, p in model.named_parameters() if p.requires_grad]
        parts = sorted({".".join(word[:2]) if word[0] == "h" else word[0] for word in words})
        seen.append({"error": error, "parts": parts, "tensors": len(words)})
    return seen


@exercise("unfreeze_last_blocks")
def test_what_was_trainable_stays_so(student, rng):
    blocks = whole(rng, 4, 8)
    last = [f"h.{blocks - 2}", f"h.{blocks - 1}"]
    seen = student.run(unfreeze_in_turn, blocks, ["classifier", "backbone.wte", "backbone.h.0"], [2, 1, 0])
    right = ["classifier", "h.0", *last, "ln_f", "wte"]
    for one in seen:
        expect_equal(
            one["parts"],
            right,
            what="What is trainable after unfreezing the last blocks of a model in which other parts were trainable",
            mistakes={
                "It freezes what was trainable before; it must only unfreeze.": [*last, "ln_f"],
                "It freezes the other blocks; it must only unfreeze.": ["classifier", *last, "ln_f", "wte"],
                "It freezes the rest of the backbone; it must only unfreeze.": ["classifier", *last, "ln_f"],
                "It freezes the head; it must only unfreeze.": ["h.0", *last, "ln_f", "wte"],
            },
        )


@exercise("unfreeze_last_blocks")
def test_all_blocks_and_none_too_many(student, rng):
    blocks = whole(rng, 3, 7)
    every = [f"h.{block}" for block in range(blocks)]
    (seen,) = student.run(unfreeze_in_turn, blocks, [], [blocks])
    expect_equal(
        seen["parts"],
        [*every, "ln_f"],
        what="What is trainable after unfreezing every block",
        mistakes={
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": ["ln_f"],
            "Unfreezing every block unfreezes none.": [],
            "Unfreezing every block unfreezes the final norm only.": ["ln_f"],
            "Unfreezing every block unfreezes the embeddings too.": [*every, "ln_f", "wte"],
        },
    )
    for n in (blocks + 1, -1):
        (seen,) = student.run(unfreeze_in_turn, blocks, ["classifier"], [n])
        if seen["error"] is None:
            fail("A number of blocks that the model does not have is accepted in silence.")
        if seen["error"] != "ValueError":
            fail("A number of blocks that the model does not have must raise ValueError.")
        if seen["parts"] != ["classifier"]:
            fail("A wrong number of blocks raises an error, but changes the model first.")


@exercise("unfreeze_last_blocks")
def test_any_number_of_blocks(student, rng):
    blocks = whole(rng, 6, 14)
    n = whole(rng, 1, blocks)
    (seen,) = student.run(unfreeze_in_turn, blocks, [], [n])
    right = sorted(f"h.{block}" for block in range(blocks - n, blocks))
    expect_equal(
        seen["parts"],
        [*right, "ln_f"],
        what="What is trainable after unfreezing some of many blocks",
        mistakes={
            "It unfreezes one block too many.": sorted([*right, f"h.{blocks - n - 1}"]) + ["ln_f"],
            "It unfreezes one block too few.": sorted(set(right) - {f"h.{blocks - n}"}) + ["ln_f"],
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": sorted(
                f"h.{block}" for block in range(12 - n, blocks)
            )
            + ["ln_f"],
        },
    )
    if seen["tensors"] != 4 * n + 2:
        fail("Of a block or of the norm only some parameters are unfrozen.")


@probe
def steps_of_groups(lesson, head_lr, backbone_lr, freezing):
    """How far one SGD step with the groups moves each parameter when every gradient is 1."""
    import warnings

    model = nn.Module()
    model.classifier = nn.Linear(3, 2)  # before the backbone this time
    model.backbone = nn.ModuleDict({"wte": nn.Embedding(6, 3), "ln_f": nn.LayerNorm(3), "copy": nn.Embedding(6, 3)})
    model.backbone["copy"].weight = model.backbone["wte"].weight  # one tensor in two places
    model.prompt = nn.Parameter(torch.zeros(2))  # in neither
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(not name.startswith(tuple(freezing)))
    before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    groups = lesson.param_groups(model, head_lr, backbone_lr)
    if not any(len(list(group["params"])) for group in groups):
        return {"none": True}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # torch warns of a parameter that is in a group twice
        try:
            optimizer = torch.optim.SGD(lesson.param_groups(model, head_lr, backbone_lr), lr=100.0)
        except (ValueError, UserWarning) as error:
            return {"refused": str(error)}
    for tensor in model.parameters():
        tensor.grad = torch.ones_like(tensor)
    optimizer.step()
    return {name: (before[name] - tensor).mean().item() for name, tensor in model.named_parameters()}


@exercise("param_groups")
def test_an_optimizer_takes_the_groups(student, rng):
    head_lr, backbone_lr = 0.1 * whole(rng, 4, 9), 0.1 * whole(rng, 1, 4)
    seen = student.run(steps_of_groups, head_lr, backbone_lr, ["backbone.ln_f.bias"])
    if "refused" in seen:
        fail("torch's optimizer refuses the groups: a parameter is in them more than once.")
    right = {
        "classifier.weight": head_lr,
        "classifier.bias": head_lr,
        "backbone.wte.weight": backbone_lr,
        "backbone.ln_f.weight": backbone_lr,
        "backbone.ln_f.bias": 0.0,
        "prompt": backbone_lr,
    }
    expect_close(
        seen,
        right,
        what="How far a step with the groups moves every parameter",
        mistakes={
            "The two rates are swapped.": {name: rate and head_lr + backbone_lr - rate for name, rate in right.items()},
            "Frozen parameters are in the groups too.": {name: rate or backbone_lr for name, rate in right.items()},
            "A parameter that is in neither the head nor the backbone is in no group.": {**right, "prompt": 0.0},
            "The head is found by its place in the model, not by model.classifier.": {
                name: backbone_lr if "classifier" in name else rate for name, rate in right.items()
            },
        },
        **FP32,
    )


@exercise("param_groups")
def test_a_frozen_head_is_in_no_group(student, rng):
    backbone_lr = 0.1 * whole(rng, 1, 9)
    seen = student.run(steps_of_groups, 1.5, backbone_lr, ["classifier"])
    if seen.get("none") or "refused" in seen:
        fail("Of a model with a frozen head the backbone must be in the groups.")
    if seen["classifier.weight"] != 0 or seen["classifier.bias"] != 0:
        fail("A frozen head is in the groups.")
    if seen["backbone.wte.weight"] == 0:
        fail("The backbone's trainable parameters are in no group.")
    expect_close(seen["backbone.wte.weight"], backbone_lr, what="How far a step moves the backbone", **FP32)


@probe
def prepared_in_turn(lesson, blocks, strategies):
    """After each call of prepare_finetuning on one model: the error, trainable parts, what an optimizer step moves."""
    import types

    torch.manual_seed(0)
    backbone = nn.Module()
    backbone.config = types.SimpleNamespace(n_layer=blocks, num_hidden_layers=blocks, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone, nn.Linear(2, 2)

    def parts(names):
        words = [name.removeprefix("backbone.").split(".") for name in names]
        return sorted({".".join(word[:2]) if word[0] == "h" else word[0] for word in words})

    seen = []
    for strategy in strategies:
        try:
            optimizer, error = lesson.prepare_finetuning(model, strategy, 1e-2, 1e-3), None
        except Exception as raised:
            optimizer, error = None, type(raised).__name__
        trainable = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
        before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
        for tensor in model.parameters():
            tensor.grad = torch.ones_like(tensor)
        if optimizer is not None:
            optimizer.step()
        moved = [name for name, tensor in model.named_parameters() if not torch.equal(before[name], tensor)]
        seen.append({"error": error, "trainable": parts(trainable), "moved": parts(moved), "tensors": len(trainable)})
    return seen


@exercise("prepare_finetuning", points=2)
def test_strategies_in_any_order(student, rng):
    blocks = whole(rng, 3, 6)
    every = [f"h.{block}" for block in range(blocks)]
    # 2 tensors in the head, 4 in a block, 2 in the norm, 1 in the embedding
    right = {f"last-{n}": (["classifier", *every[-n:], "ln_f"], 4 + 4 * n) for n in range(1, blocks + 1)}
    right |= {"frozen": (["classifier"], 2), "last-0": (["classifier"], 2)}
    right["full"] = (["classifier", *every, "ln_f", "wte"], 5 + 4 * blocks)
    whole_one = f"last-{blocks}"
    strategies = ["full", "frozen", "last-2", "last-1", "full", "last-0", whole_one, "full", "last-1", "frozen"]
    seen = student.run(prepared_in_turn, blocks, strategies)
    for strategy, one in zip(strategies, seen, strict=True):
        parts, tensors = right[strategy]
        if one["error"] is not None:
            fail("prepare_finetuning raises for a strategy that it must know.")
        if set(one["trainable"]) > set(parts):
            fail("What an earlier call made trainable stays trainable.")
        if set(one["trainable"]) < set(parts):
            fail("What an earlier call froze stays frozen.")
        expect_equal(one["trainable"], parts, what="What a strategy makes trainable after other strategies")
        if one["tensors"] != tensors:
            fail("Of the parts that a strategy trains only some parameters are trainable.")
        if one["moved"] != parts:
            fail("A step of the optimizer does not move exactly what is trainable.")


@exercise("prepare_finetuning")
def test_two_digits_and_too_many_blocks(student, rng):
    blocks = whole(rng, 12, 16)
    seen = student.run(prepared_in_turn, blocks, ["last-11", f"last-{blocks + 1}", "last-"])
    expect_equal(
        [seen[0]["error"], [part for part in seen[0]["trainable"] if part.startswith("h.")]],
        [None, sorted(f"h.{block}" for block in range(blocks - 11, blocks))],
        what="What the last eleven blocks make trainable",
        mistakes={"Only one digit of the number of blocks is read.": [None, [f"h.{blocks - 1}"]]},
    )
    for one in seen[1:]:
        if one["error"] is None:
            fail("A strategy with more blocks than there are, or with no number, is accepted in silence.")
        if one["error"] != "ValueError":
            fail("A strategy with more blocks than there are, or with no number, must raise ValueError.")
        if one["trainable"] != seen[0]["trainable"]:
            fail("A strategy that can't be carried out raises an error, but changes the model first.")


# --- training and measuring -----------------------------------------------------------------------------------------


@probe
def two_epochs(lesson, table, batches, momentum, rate):
    """Two epochs with one optimizer that remembers, over streams; a frozen part beside the table."""

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = nn.Embedding(*table.shape, _weight=table.clone())
            self.offset = nn.Parameter(torch.ones(table.shape[1]), requires_grad=False)

        def forward(self, input_ids, attention_mask):
            return (self.rows(input_ids) * attention_mask[..., None]).sum(dim=1) + self.offset

    model = Table()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    losses = [lesson.train_epoch(model, (batch for batch in batches), optimizer) for _ in range(2)]
    return {
        "losses": losses,
        "kinds": [type(loss).__name__ for loss in losses],
        "table": model.rows.weight,
        "offset": model.offset,
    }


def ragged_batches(rng, rows, classes, *sizes):
    """Labelled batches of these sizes, ragged, padded on the right with noise."""
    found = []
    for size in sizes:
        mask = torch.tensor([[1] * length + [0] * (4 - length) for length in [whole(rng, 1, 5) for _ in range(size)]])
        ids = torch.randint(rows, mask.shape, generator=rng)
        labels = torch.randint(classes, (size,), generator=rng)
        found.append({"input_ids": ids, "attention_mask": mask, "labels": labels})
    return found


def counts_of(batch, rows):
    """(B, V): how often each token stands in each text."""
    return (F.one_hot(batch["input_ids"], rows) * batch["attention_mask"][..., None]).sum(dim=1).float()


def momentum_epochs(table, batches, momentum, rate, *, forget=False, after=False, masked=True):
    """Mean losses of two epochs and the table after them, with the formula of the gradient.

    The keywords make it wrong: momentum lost between epochs, losses taken after the step, the mask not used.
    """
    velocity, means = torch.zeros_like(table), []
    for _ in range(2):
        velocity = torch.zeros_like(table) if forget else velocity
        total = 0.0
        for batch in batches:
            batch = batch if masked else {**batch, "attention_mask": torch.ones_like(batch["attention_mask"])}
            counts, target = counts_of(batch, len(table)), F.one_hot(batch["labels"], table.shape[1]).float()
            log_probs = (counts @ table + 1).log_softmax(dim=1)
            gradient = counts.T @ (log_probs.exp() - target) / len(counts)
            velocity = momentum * velocity + gradient
            table = table - rate * velocity
            if after:
                log_probs = (counts @ table + 1).log_softmax(dim=1)
            total -= (log_probs * target).sum().item()
        means.append(total / sum(len(batch["labels"]) for batch in batches))
    return means, table


@exercise("train_epoch", points=2)
def test_two_epochs_over_a_stream(student, rng):
    table, momentum, rate = normal(rng, 7, 3), 0.8, 0.4
    batches = ragged_batches(rng, 7, 3, 4, 2, 3)
    try:
        seen = student.run(two_epochs, table, batches, momentum, rate)
    except StudentError as error:
        if error.type == "TypeError" and "len()" in error.message:
            fail("It asks the loader for its length; any iterable of batches must do.")
        raise
    losses, right = momentum_epochs(table, batches, momentum, rate)
    expect_close(
        seen["table"],
        right,
        what="The model after two epochs with momentum",
        mistakes={
            "The optimizer's memory is lost between epochs.": lambda: momentum_epochs(
                table, batches, momentum, rate, forget=True
            )[1],
            "The attention mask does not reach the model.": lambda: momentum_epochs(
                table, batches, momentum, rate, masked=False
            )[1],
        },
        rtol=1e-3,
        atol=1e-3,
    )
    expect_equal(seen["offset"], torch.ones(3), what="What is frozen, after training,")
    if any(kind != "float" for kind in seen["kinds"]):
        fail("The mean loss must be a plain float; a tensor with a graph would keep every batch in memory.")
    expect_close(
        seen["losses"],
        losses,
        what="The mean losses of two epochs",
        mistakes={
            "The losses are measured after each step, not before it.": lambda: momentum_epochs(
                table, batches, momentum, rate, after=True
            )[0],
        },
        rtol=1e-3,
        atol=1e-3,
    )


@probe
def epoch_of_nothing(lesson, name):
    """train_epoch or accuracy with a loader that gives no batch."""
    model = nn.Linear(2, 2)
    if name == "accuracy":
        return lesson.accuracy(model, [])
    return lesson.train_epoch(model, iter([]), torch.optim.SGD(model.parameters(), lr=0.1))


@exercise("train_epoch")
def test_an_epoch_without_batches(student):
    with expect_error("ValueError", what="train_epoch with a loader that gives no batch"):
        student.run(epoch_of_nothing, "train_epoch")


@exercise("accuracy")
def test_accuracy_without_batches(student):
    with expect_error("ValueError", what="accuracy with a loader that gives no batch"):
        student.run(epoch_of_nothing, "accuracy")


@probe
def accuracy_of_table(lesson, table, batches):
    """The accuracy of a model whose logits are the sum of its real tokens' rows, over a stream; and its type."""

    class Table(nn.Module):
        def forward(self, input_ids, attention_mask):
            return (table[input_ids] * attention_mask[..., None]).sum(dim=1)

    fraction = lesson.accuracy(Table(), (batch for batch in batches))
    return {"accuracy": fraction, "kind": type(fraction).__name__}


@exercise("accuracy")
def test_ragged_batches_of_four_classes(student, rng):
    table = normal(rng, 9, 4)
    batches = ragged_batches(rng, 9, 4, 60, 43, 2)
    right = []
    for batch in batches:
        best = (counts_of(batch, 9) @ table).argmax(dim=1)
        keep = torch.rand(len(best), generator=rng) < 0.6
        batch["labels"] = torch.where(keep, best, batch["labels"])
        right.append((best == batch["labels"]).float())
    try:
        seen = student.run(accuracy_of_table, table, batches)
    except StudentError as error:
        if error.type == "TypeError" and "len()" in error.message:
            fail("It asks the loader for its length; any iterable of batches must do.")
        raise
    if seen["kind"] != "float":
        fail("The accuracy must be a plain float.")

    def unmasked():
        wide = [{**batch, "attention_mask": torch.ones_like(batch["attention_mask"])} for batch in batches]
        pairs = [(counts_of(batch, 9) @ table).argmax(dim=1) == batch["labels"] for batch in wide]
        return torch.cat(pairs).float().mean().item()

    def two_classes():
        pairs = [(counts_of(batch, 9) @ table)[:, :2].argmax(dim=1) == batch["labels"] for batch in batches]
        return torch.cat(pairs).float().mean().item()

    def positive():
        pairs = [((counts_of(batch, 9) @ table)[:, 1] > 0).long() == batch["labels"] for batch in batches]
        return torch.cat(pairs).float().mean().item()

    expect_close(
        seen["accuracy"],
        torch.cat(right).mean().item(),
        what="The accuracy over ragged batches of four classes",
        mistakes={
            "It averages the batches' accuracies, so a small last batch counts too much.": (
                sum(found.mean().item() for found in right) / len(right)
            ),
            "The attention mask does not reach the model.": unmasked,
            "It looks at the first two classes only.": two_classes,
            "It asks whether class 1 has a positive logit; it must be the largest.": positive,
        },
    )


# --- perplexity -----------------------------------------------------------------------------------------------------


@probe
def perplexities(lesson, seed, batchings, dropout, modes):
    """The perplexity that the student measures of one small GPT-2, for each batching and mode; what that did to it."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(10)
        model.transformer.ln_f.bias.mul_(10)
    model.transformer.drop.p = dropout
    graphs = []
    model.register_forward_hook(lambda module, args, output: graphs.append(output.logits.requires_grad))
    seen = []
    for batches in batchings:
        for mode in modes:
            model.train(mode)
            value = lesson.perplexity(model, ({"input_ids": ids, "attention_mask": mask} for ids, mask in batches))
            seen.append({"value": value, "kind": type(value).__name__, "mode": model.training, "came": mode})
    return {"seen": seen, "graph": any(graphs), "grad_enabled": torch.is_grad_enabled()}


@torch.no_grad()
def opinionated(seed, factor=10):
    """The model that the probes make: a random GPT-2 whose logits are spread widely enough for mistakes to show."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    model.transformer.ln_f.weight.mul_(factor)
    model.transformer.ln_f.bias.mul_(factor)
    return model


@torch.no_grad()
def surprises(model, sequences):
    """Of all these texts, each read alone, the negative log-likelihoods of the tokens but the first."""
    found = []
    for text in sequences:
        ids = torch.tensor([text])
        found.append(F.cross_entropy(model(ids).logits[0, :-1], ids[0, 1:], reduction="none"))
    return torch.cat(found)


@exercise("perplexity")
def test_measuring_perplexity_leaves_no_trace(student, rng):
    seed, sequences = whole(rng, 0, 1 << 30), texts(rng, 4, 7)
    batch = list(rectangle(sequences, "right"))
    right = surprises(opinionated(seed), sequences).mean().exp().item()
    found = student.run(perplexities, seed, [[batch]], 0.5, [False, True])
    in_eval, in_train = found["seen"]
    if in_eval["kind"] != "float":
        fail("The perplexity must be a plain float.")
    expect_close(in_eval["value"], right, what="The perplexity of a model in eval mode", rtol=1e-3)
    expect_close(
        in_train["value"],
        right,
        what="The perplexity of a model that comes in train mode",
        rtol=1e-3,
        mistakes={"It measures in train mode, with dropout.": in_train["value"]},
    )
    if any(seen["mode"] is not seen["came"] for seen in found["seen"]):
        fail("The mode that the model came in is not restored.")
    if found["graph"]:
        fail("It builds a graph while it measures.")
    assert found["grad_enabled"], "It leaves gradients switched off for whoever comes after it."


@exercise("perplexity")
def test_end_tokens_are_text_too(student, rng):
    # 0 is both the padding id and a token of every text.
    seed = whole(rng, 0, 1 << 30)
    sequences = [[*text[:2], 0, *text[2:], 0] for text in texts(rng, 3, 6)]
    batch = list(rectangle(sequences, "right"))
    nll = surprises(opinionated(seed), sequences)
    targets = torch.cat([torch.tensor(text[1:]) for text in sequences])
    found = student.run(perplexities, seed, [[batch]], 0.0, [False])
    expect_close(
        found["seen"][0]["value"],
        nll.mean().exp().item(),
        what="The perplexity of texts that hold the padding id",
        rtol=1e-4,
        mistakes={
            "Real tokens are told from padding by their id, so end-of-text tokens do not count.": lambda: (
                nll[targets != 0].mean().exp().item()
            ),
        },
    )


@exercise("perplexity")
def test_batching_does_not_matter(student, rng):
    seed, (a, b, c) = whole(rng, 0, 1 << 30), texts(rng, 5, 1, 8)
    right = surprises(opinionated(seed), [a, b, c]).mean().exp().item()
    batchings = [
        [rectangle([a, b, c], "right")],
        [rectangle([a], "left", extra=2), rectangle([b, c], "right")],
        [rectangle([b], "right"), rectangle([c, a], "left")],
    ]
    batchings = [[list(pair) for pair in batches] for batches in batchings]
    for seen in student.run(perplexities, seed, batchings, 0.0, [False])["seen"]:
        expect_close(seen["value"], right, what="The perplexity of the same texts in other batches", rtol=1e-4)


@exercise("perplexity")
def test_nothing_to_predict(student, rng):
    for batches in ([], [list(rectangle(texts(rng, 1, 1), "right", extra=2))]):
        try:
            student.run(perplexities, 1, [batches], 0.0, [False])
        except StudentError as error:
            if error.type != "ValueError":
                fail("perplexity without a token to predict must raise ValueError.")
        else:
            fail("perplexity without a token to predict gives a number; it must raise ValueError.")


@probe
def sharpened(lesson, seed, batches, factor):
    """The perplexity of a model whose logits are multiplied by a factor."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(factor)
        model.transformer.ln_f.bias.mul_(factor)
    return lesson.perplexity(model, [{"input_ids": ids, "attention_mask": mask} for ids, mask in batches])


@exercise("perplexity")
def test_a_very_surprised_model(student, rng):
    seed, sequences, factor = whole(rng, 0, 1 << 30), texts(rng, 5, 6), 300.0
    ids, mask = rectangle(sequences, "right")
    right = surprises(opinionated(seed, factor), sequences).mean().item()
    got = student.run(sharpened, seed, [[ids, mask]], factor)
    if isinstance(got, torch.Tensor) and got.numel() == 1:
        got = got.item()
    if isinstance(got, (int, float)) and not math.isfinite(got):
        fail("A token that the model thinks impossible makes it infinite; take log_softmax, not the log of a softmax.")
    if not isinstance(got, (int, float)) or got <= 0:
        fail("The perplexity of a very surprised model has the wrong value.")
    expect_close(math.log(got), right, what="The log of the perplexity of a very surprised model", rtol=1e-3)
