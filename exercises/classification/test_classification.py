"""Checks of the lesson on finetuning for classification. Run them with `pytest exercises/classification`.

Models are random GPT-2s of several widths, or smaller stand-ins where no transformer is needed. Every batch is ragged,
and what stands in the padding is noise: it must not matter.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe

# fp32 sums of 24 products of size 1, after two blocks, round by about 1e-6; mistakes move things by 0.01 or more.
FP32 = {"rtol": 1e-4, "atol": 1e-4}
VOCABULARY = 53  # of builders.tiny_gpt2


def normal(rng, *shape):
    """Standard normal numbers."""
    return torch.randn(*shape, generator=rng)


def whole(rng, low, high):
    """A whole number from low to high - 1."""
    return int(torch.randint(low, high, (), generator=rng))


def one_of(rng, *choices):
    """One of the choices, each as likely."""
    return choices[whole(rng, 0, len(choices))]


def texts(rng, *lengths):
    """Lists of token ids of these lengths, none of them 0."""
    return [torch.randint(1, VOCABULARY, (length,), generator=rng).tolist() for length in lengths]


def shuffled(rng, *lengths):
    """The lengths in another order."""
    return [lengths[place] for place in torch.randperm(len(lengths), generator=rng).tolist()]


def rectangle(rng, sequences, side, extra=0):
    """input_ids and attention_mask (B, T), T being `extra` more than the longest; noise in the padding."""
    longest = max(map(len, sequences)) + extra
    input_ids = torch.randint(1, VOCABULARY, (len(sequences), longest), generator=rng)
    attention_mask = torch.zeros_like(input_ids)
    for row, sequence in enumerate(sequences):
        place = slice(0, len(sequence)) if side == "right" else slice(longest - len(sequence), longest)
        input_ids[row, place] = torch.tensor(sequence)
        attention_mask[row, place] = 1
    return input_ids, attention_mask


# --- pad_batch ------------------------------------------------------------------------------------------------------


def batch(input_ids, attention_mask):
    """The dict that pad_batch returns, from nested lists."""
    return {"input_ids": torch.tensor(input_ids), "attention_mask": torch.tensor(attention_mask)}


def is_batch(got):
    """Stop with a plain sentence where what came back isn't a dict of two tensors."""
    if not isinstance(got, dict) or got.keys() != {"input_ids", "attention_mask"}:
        keys = sorted(map(str, got)) if isinstance(got, dict) else type(got).__name__
        fail(
            "It must return a dict with exactly input_ids and attention_mask.",
            expected="{'input_ids': ..., 'attention_mask': ...}",
            got=keys,
        )


@exercise("pad_batch")
def test_the_docstrings_batch(student):
    ids, mask = [[5, 0, 7], [8, 0, 0]], [[1, 1, 1], [1, 0, 0]]
    left_ids, left_mask = [[5, 0, 7], [0, 0, 8]], [[1, 1, 1], [0, 0, 1]]
    got = student.pad_batch([[5, 0, 7], [8]], 0)
    is_batch(got)
    expect_equal(
        got,
        batch(ids, mask),
        what="The docstring's batch",
        mistakes={
            "The mask is taken from ids != pad_id, so a real token with that id vanishes.": batch(
                ids, [[1, 0, 1], [1, 0, 0]]
            ),
            "It pads on the left when nothing is said about the side.": batch(left_ids, left_mask),
            "The mask is 1 everywhere, padding included.": batch(ids, [[1, 1, 1], [1, 1, 1]]),
            "The mask is the wrong way round; 1 stands for a real token.": batch(ids, [[0, 0, 0], [0, 1, 1]]),
        },
        advice="Which positions are real follows from the lists' lengths.",
    )
    expect_equal(
        student.pad_batch([[5, 0, 7], [8]], 0, side="left"),
        batch(left_ids, left_mask),
        what="The docstring's batch padded on the left",
        mistakes={
            "side is not used; it always pads on the right.": batch(ids, mask),
            "The ids are padded on the left, the mask on the right.": batch(left_ids, mask),
            "The mask is taken from ids != pad_id, so a real token with that id vanishes.": batch(
                left_ids, [[1, 0, 1], [0, 0, 1]]
            ),
        },
    )


@exercise("pad_batch")
def test_an_end_token_inside_a_text_stays(student, rng):
    pad_id = whole(rng, 1, VOCABULARY)
    sequences = texts(rng, *shuffled(rng, 3, 6, 4))
    for sequence in sequences:
        sequence[1] = sequence[-1] = pad_id  # as GPT-2's <|endoftext|> may stand inside a text and at its end
    for side in ("right", "left"):
        got = student.pad_batch(sequences, pad_id, side)
        is_batch(got)
        ids, mask = rectangle(rng, sequences, side)
        ids = ids.masked_fill(mask == 0, pad_id)
        expect_equal(
            got,
            {"input_ids": ids, "attention_mask": mask},
            what="The batch of texts that hold pad_id themselves",
            mistakes={
                "The mask is taken from ids != pad_id, so a real token with that id vanishes.": {
                    "input_ids": ids,
                    "attention_mask": (ids != pad_id).long(),
                },
                "The mask has another dtype than int64.": {"input_ids": ids, "attention_mask": mask.bool()},
                "The mask is a tensor of floats; it must be int64.": {"input_ids": ids, "attention_mask": mask.float()},
            },
            advice="GPT-2 has no padding token: people pass its end-of-text id, which may stand inside a text.",
        )


@exercise("pad_batch")
def test_an_unknown_side_is_an_error(student):
    with expect_error("ValueError", what="pad_batch with a side that is neither right nor left"):
        student.pad_batch([[5, 6], [7]], 0, "both")


# --- last_token_pool ------------------------------------------------------------------------------------------------


@exercise("last_token_pool")
def test_the_docstrings_vectors(student):
    hidden = torch.tensor([[[1.0, 2], [3, 4], [5, 6]], [[7, 8], [9, 0], [2, 4]]])
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    expect_equal(
        student.last_token_pool(hidden, mask),
        torch.tensor([[3.0, 4], [2, 4]]),
        what="The docstring's vectors",
        mistakes={
            "In a padded row it takes padding: index -1, or one past the last token.": hidden[:, -1],
            "It takes the first token, which in a causal model has seen nothing but itself.": hidden[:, 0],
            "It takes the token before the last one.": torch.tensor([[1.0, 2], [9, 0]]),
            "It averages over padding.": hidden.mean(dim=1),
        },
    )


def pooled_wrongly(hidden, mask):
    """What known mistakes would give, as sentences and functions."""
    rows = torch.arange(len(hidden))
    count = mask.sum(dim=1)
    real = mask[..., None].to(hidden.dtype)
    first = mask.argmax(dim=1)
    return {
        "It takes index -1, which in a padded row is padding.": lambda: hidden[:, -1],
        "It takes the first token, which in a causal model has seen nothing but itself.": lambda: hidden[rows, first],
        "It takes index 0, which is the first token or padding.": lambda: hidden[:, 0],
        "mask.sum() - 1 is the last token only when padding is on the right.": lambda: hidden[rows, count - 1],
        "It averages over padding.": lambda: hidden.mean(dim=1),
        "It averages over the real tokens instead of taking the last one.": lambda: (
            (hidden * real).sum(dim=1) / real.sum(dim=1)
        ),
        "It adds up the real tokens instead of taking the last one.": lambda: (hidden * real).sum(dim=1),
        "It takes the largest value of each dimension over the tokens instead of the last token.": lambda: hidden.amax(
            dim=1
        ),
        "It takes the first padding position after the text instead of the last token.": lambda: hidden[
            rows, count.clamp(max=hidden.shape[1] - 1)
        ],
    }


def expected_pool(hidden, mask):
    """(B, D): the vectors at the last 1 of each row."""
    return torch.stack([vectors[row.nonzero().max()] for vectors, row in zip(hidden, mask, strict=True)])


def expect_pooled(got, hidden, mask, what):
    """Compare with the vectors at the last 1 of each row; say which mistake it is."""
    right = expected_pool(hidden, mask)
    if isinstance(got, torch.Tensor) and tuple(got.shape) == (len(hidden), *right.shape):
        fail(
            "hidden[:, last] takes every row's last position from every row, which gives (B, B, D).",
            expected=tuple(right.shape),
            got=tuple(got.shape),
            advice="Index with two tensors: one for the row, one for the position.",
        )
    expect_equal(
        got,
        right,
        what=what,
        mistakes=pooled_wrongly(hidden, mask),
        advice="In each row, find the largest position at which the mask is 1.",
    )


@exercise("last_token_pool")
def test_padding_on_the_right(student, rng):
    _, mask = rectangle(rng, texts(rng, *shuffled(rng, 3, 6, 1, 5)), "right")
    hidden = normal(rng, 4, 6, 3)
    expect_pooled(student.last_token_pool(hidden, mask), hidden, mask, "What is pooled under padding on the right")


@exercise("last_token_pool")
def test_padding_on_the_left(student, rng):
    _, mask = rectangle(rng, texts(rng, *shuffled(rng, 3, 6, 1, 5)), "left")
    hidden = normal(rng, 4, 6, 3)
    expect_pooled(student.last_token_pool(hidden, mask), hidden, mask, "What is pooled under padding on the left")


@exercise("last_token_pool")
def test_wider_padding_pools_the_same(student, rng):
    _, mask = rectangle(rng, texts(rng, 2, 4), "right")
    hidden = normal(rng, 2, 4, 5)
    narrow = student.last_token_pool(hidden, mask)
    noise, nothing = 10 * normal(rng, 2, 8, 5), torch.zeros(2, 8, dtype=torch.int64)
    wide = torch.cat([hidden, noise], dim=1), torch.cat([mask, nothing], dim=1)
    expect_equal(
        student.last_token_pool(*wide),
        narrow,
        what="What is pooled after padding the batch 8 wider",
        mistakes=pooled_wrongly(*wide),
        advice="Padding is not part of the text: what is pooled must not depend on how much of it there is.",
    )
    expect_equal(narrow, torch.stack([hidden[0, 1], hidden[1, 3]]), what="What is pooled")


# --- GPT2ForClassification ------------------------------------------------------------------------------------------


@probe
def classify(lesson, seed, width, heads, layers, head_weight, head_bias, batches):
    """Logits of each batch, with these numbers in the head; the head's shape, and whether it has a bias."""
    backbone = builders.tiny_gpt2(seed, width=width, heads=heads, layers=layers).transformer
    model = lesson.GPT2ForClassification(backbone, head_weight.shape[0]).eval()
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
        self.seed, self.size = whole(rng, 0, 1 << 30), (width, heads, layers)
        self.backbone = builders.tiny_gpt2(self.seed, width=width, heads=heads, layers=layers).transformer
        self.weight, self.bias = normal(rng, classes, width), normal(rng, classes)
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


def position_ids(mask):
    """0, 1, 2 ... from each row's first real token on."""
    return (mask.cumsum(dim=1) - 1).clamp(min=0)


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
        sequences = texts(rng, *shuffled(rng, 2, 7, 4))
        ids, mask = rectangle(rng, sequences, "right")
        (got,) = reader.run(student, (ids, mask))
        expect_logits(got, reader, sequences, ids, mask)


@exercise("GPT2ForClassification", points=2)
def test_the_side_of_the_padding_does_not_matter(student, rng):
    reader = Reader(rng)
    sequences = texts(rng, *shuffled(rng, 2, 9, 4))
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
    sequences = texts(rng, *shuffled(rng, 3, 6))
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
def gradients(lesson, seed, head_weight, input_ids, attention_mask, direction):
    """Gradients of the head and of three tensors of the backbone, after a backward pass from the logits."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    model = lesson.GPT2ForClassification(backbone, head_weight.shape[0])
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
    sequences = texts(rng, *shuffled(rng, 2, 5))
    ids, mask = rectangle(rng, sequences, "right")
    direction = normal(rng, 2, 3)
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


# --- freeze and count -----------------------------------------------------------------------------------------------


@probe
def frozen(lesson, own):
    """What is trainable after freeze, and what it did to modes, buffers and values."""
    inner = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    module = nn.Sequential(nn.Embedding(5, 4), inner, nn.LayerNorm(4))
    module.register_parameter("own", nn.Parameter(own.clone()))
    inner[1].eval()  # a mix of modes, as people have it
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    modes = [part.training for part in module.modules()]
    lesson.freeze(module)
    after = module.state_dict()
    return {
        "trainable": [name for name, tensor in module.named_parameters() if tensor.requires_grad],
        "parameters": len(list(module.parameters())),
        "modes": [modes, [part.training for part in module.modules()]],
        "same": after.keys() == before.keys() and all(torch.equal(before[name], after[name]) for name in before),
        "own": module.own.detach(),
    }


@exercise("freeze")
def test_no_parameter_is_left_trainable(student, rng):
    own = normal(rng, 3)
    seen = student.run(frozen, own)
    if len(seen["trainable"]) == 8:
        fail(
            "Nothing is frozen: every parameter still asks for a gradient.",
            got=seen["trainable"],
            advice="eval() switches dropout off; it does not freeze. Look for requires_grad.",
        )
    if seen["trainable"] and all("." in name for name in seen["trainable"]):
        fail("Only the module's own parameters are frozen, not those of the modules inside it.", got=seen["trainable"])
    if seen["trainable"] == ["own"]:
        fail("Only the modules inside are frozen, not the module's own parameters.", got=seen["trainable"])
    if seen["trainable"] and all("weight" not in name for name in seen["trainable"]):
        fail("Only weights are frozen; biases and other parameters are still trainable.", got=seen["trainable"])
    if seen["trainable"]:
        fail("Some parameters are still trainable.", expected=[], got=seen["trainable"])
    if seen["parameters"] != 8:
        fail("freeze takes parameters out of the module; it must leave them there, untrainable.")
    expect_equal(seen["own"], own, what="The module's own parameter after freeze")


@exercise("freeze")
def test_freezing_changes_nothing_else(student, rng):
    own = normal(rng, 3)
    seen = student.run(frozen, own)
    if seen["modes"][0] != seen["modes"][1]:
        fail(
            "freeze switches modules between train and eval mode.",
            advice="Dropout and batch statistics have nothing to do with what is trained.",
        )
    if not seen["same"]:
        fail("freeze changes values: parameters and buffers must stay as they are.")
    expect_equal(seen["own"], own, what="The module's own parameter after freeze")


@probe
def counts(lesson):
    """Counts for a linear layer, whole and with its weight frozen."""
    layer = nn.Linear(4, 3)
    whole = lesson.count_parameters(layer)
    layer.weight.requires_grad_(False)
    return [whole, lesson.count_parameters(layer)]


@exercise("count_parameters")
def test_the_docstrings_counts(student):
    expect_equal(
        student.run(counts),
        [(15, 15), (15, 3)],
        what="count_parameters of nn.Linear(4, 3), whole and with its weight frozen,",
        mistakes={
            "It gives (trainable, total); total comes first.": [(15, 15), (3, 15)],
            "It gives how many are frozen, not how many are trainable.": [(15, 0), (15, 12)],
            "It counts tensors, not the numbers in them.": [(2, 2), (2, 1)],
            "Its total leaves frozen parameters out.": [(15, 15), (3, 3)],
            "Biases are not counted.": [(12, 12), (12, 0)],
            "Every parameter is counted as trainable.": [(15, 15), (15, 15)],
        },
        advice="numel() of every parameter, and of those with requires_grad.",
    )


# --- what is trained, and at which rate -----------------------------------------------------------------------------


@probe
def unfrozen(lesson, blocks, n):
    """Names of what is trainable in a frozen GPT-2 with a head after unfreeze_last_blocks(model, n)."""
    model = nn.Module()
    model.backbone = builders.tiny_gpt2(0, width=4, heads=1, layers=blocks).transformer
    model.classifier = nn.Linear(4, 2)
    model.requires_grad_(False)
    lesson.unfreeze_last_blocks(model, n)
    return [name for name, tensor in model.named_parameters() if tensor.requires_grad]


def parts_of(names):
    """Which parts of a model these parameters are in: "h.3" for a block, else "ln_f", "wte" or "classifier"."""
    words = [name.removeprefix("backbone.").split(".") for name in names]
    return sorted({".".join(word[:2]) if word[0] == "h" else word[0] for word in words})


@exercise("unfreeze_last_blocks")
def test_the_last_two_blocks(student, rng):
    blocks = whole(rng, 4, 7)
    names = student.run(unfrozen, blocks, 2)
    every = [f"h.{block}" for block in range(blocks)]
    last = every[-2:]
    expect_equal(
        parts_of(names),
        [*last, "ln_f"],
        what="What is trainable after unfreezing the last two blocks",
        mistakes={
            "It unfreezes the first blocks, those next to the embeddings.": ["h.0", "h.1", "ln_f"],
            "It unfreezes the first blocks, and forgets the final norm.": ["h.0", "h.1"],
            "The final norm is forgotten.": last,
            "It unfreezes every block.": [*every, "ln_f"],
            "It unfreezes the n-th block from the end, not the last n.": [last[0], "ln_f"],
            "A model is taken to have 12 blocks; that is the smallest GPT-2 only.": ["ln_f"],
            "It unfreezes everything but the last blocks.": [*every[:-2], "wpe", "wte"],
            "It unfreezes the last block only.": [last[1], "ln_f"],
            "It unfreezes one block too many.": [*every[-3:], "ln_f"],
            "It unfreezes the embeddings too.": [*last, "ln_f", "wpe", "wte"],
            "It unfreezes the head too; that is not its business.": ["classifier", *last, "ln_f"],
            "Nothing is unfrozen.": [],
        },
        advice="model.backbone.h are the blocks, in the order in which they run; model.backbone.ln_f is the norm.",
    )
    if len(names) != 12 + 12 + 2:  # tensors of two blocks and of the norm
        fail("Of a block or of the norm only some parameters are unfrozen.", got=names)


@exercise("unfreeze_last_blocks")
def test_no_block_means_none(student, rng):
    blocks = whole(rng, 3, 6)
    every = [f"h.{block}" for block in range(blocks)]
    expect_equal(
        parts_of(student.run(unfrozen, blocks, 0)),
        [],
        what="What is trainable after unfreezing no block",
        mistakes={
            "blocks[-0:] is all of them: n = 0 must unfreeze none.": [*every, "ln_f"],
            "n = 0 unfreezes the final norm; it must change nothing.": ["ln_f"],
        },
    )
    one = parts_of(student.run(unfrozen, blocks, 1))
    expect_equal(one, [every[-1], "ln_f"], what="What is trainable after unfreezing one block")


@probe
def rates(lesson, freezing, head_lr, backbone_lr):
    """{name: rates} of a small model's parameters in the groups, after freezing those whose names start so."""
    model = nn.Module()
    model.backbone = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 4), nn.LayerNorm(4))
    model.classifier = nn.Linear(4, 2)
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(not name.startswith(tuple(freezing)))
    names = {id(tensor): name for name, tensor in model.named_parameters()}
    found = {}
    for group in lesson.param_groups(model, head_lr, backbone_lr):
        for tensor in group["params"]:
            found.setdefault(names.get(id(tensor), "another tensor"), []).append(group.get("lr"))
    return found


HEAD = ["classifier.bias", "classifier.weight"]
NORM = ["backbone.2.bias", "backbone.2.weight"]
BODY = ["backbone.0.weight", "backbone.1.bias", "backbone.1.weight"]


def at(rate, names):
    """{name: [rate]} for each name."""
    return {name: [rate] for name in names}


def expect_groups(got, right, head_lr, backbone_lr, frozen_ones, what):
    """Compare {name: rates} and say which mistake it is."""
    everything = {name: [head_lr if name in HEAD else backbone_lr] for name in [*right, *frozen_ones]}
    expect_close(
        got,
        right,
        what=what,
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "Frozen parameters are in the groups too.": everything,
            "Everything gets the head's rate.": at(head_lr, right),
            "Everything gets the backbone's rate.": at(backbone_lr, right),
            "Everything gets the head's rate, and frozen parameters are there too.": at(head_lr, everything),
            "The two rates are swapped.": {name: [backbone_lr if name in HEAD else head_lr] for name in right},
            "The head is in no group.": {name: rate for name, rate in right.items() if name not in HEAD},
            "The backbone's trainable parameters are in no group.": at(head_lr, HEAD),
            "The head is in two groups.": {
                name: rate + [backbone_lr] if name in HEAD else rate for name, rate in right.items()
            },
            "The groups have no rate of their own.": at(None, right),
        },
        advice="One group for the trainable parameters of model.classifier, one for the other trainable ones.",
    )


@exercise("param_groups")
def test_head_and_backbone_learn_at_their_own_rates(student, rng):
    head_lr, backbone_lr = 1e-3 * whole(rng, 1, 9), 1e-5 * whole(rng, 1, 9)
    got = student.run(rates, ["backbone.0", "backbone.1"], head_lr, backbone_lr)
    right = {**at(head_lr, HEAD), **at(backbone_lr, NORM)}
    expect_groups(got, right, head_lr, backbone_lr, BODY, "The rate of every parameter")


@exercise("param_groups")
def test_nothing_frozen_is_in_a_group(student, rng):
    head_lr, backbone_lr = 1e-3 * whole(rng, 1, 9), 1e-5 * whole(rng, 1, 9)
    got = student.run(rates, ["backbone"], head_lr, backbone_lr)
    what = "The rate of every parameter under a frozen backbone"
    expect_groups(got, at(head_lr, HEAD), head_lr, backbone_lr, [*NORM, *BODY], what)


@probe
def prepared(lesson, blocks, calls):
    """After each call of prepare_finetuning: what is trainable, the rates in the optimizer, what a step moves."""
    import types

    torch.manual_seed(0)
    backbone = nn.Module()
    backbone.config = types.SimpleNamespace(n_layer=blocks, num_hidden_layers=blocks, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone, nn.Linear(2, 2)
    names = {id(tensor): name for name, tensor in model.named_parameters()}
    seen = []
    for strategy, head_lr, backbone_lr in calls:
        try:
            optimizer, error = lesson.prepare_finetuning(model, strategy, head_lr, backbone_lr), None
        except Exception as raised:
            optimizer, error = None, f"{type(raised).__name__}: {raised}"
        found = {}
        for group in [] if optimizer is None else optimizer.param_groups:
            for tensor in group["params"]:
                found.setdefault(names.get(id(tensor), "another tensor"), []).append(group["lr"])
        trainable = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
        before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
        for tensor in model.parameters():
            tensor.grad = torch.ones_like(tensor) if tensor.requires_grad else None
        if optimizer is not None:
            optimizer.step()
        moved = [name for name, tensor in model.named_parameters() if not torch.equal(before[name], tensor)]
        standard = torch.optim.AdamW([nn.Parameter(torch.ones(1))]).defaults
        other = [
            name
            for name in ("betas", "eps", "weight_decay", "amsgrad", "maximize")
            if optimizer is not None and any(group.get(name) != standard[name] for group in optimizer.param_groups)
        ]
        seen.append(
            {
                "error": error,
                "trainable": trainable,
                "rates": found,
                "moved": moved,
                "kind": type(optimizer).__name__ if not isinstance(optimizer, torch.optim.AdamW) else "AdamW",
                "other": other,
            }
        )
    return seen


def expect_prepared(seen, parts, head_lr, backbone_lr, mistakes):
    """Hold one call of prepare_finetuning against what its strategy trains: `parts`, as parts_of names them."""
    if seen["error"] is not None:
        fail("prepare_finetuning raises for a strategy that it must know.", got=seen["error"])
    expect_equal(parts_of(seen["trainable"]), parts, what="What the strategy makes trainable", mistakes=mistakes)
    if missing := sorted(set(seen["trainable"]) - set(seen["rates"])):
        fail(
            "Some trainable parameters are in no optimizer: it was made before they were unfrozen.",
            got=missing,
            advice="Set all flags first, and call param_groups last.",
        )
    if extra := sorted(set(seen["rates"]) - set(seen["trainable"])):
        fail("The optimizer holds parameters that are frozen.", got=extra)
    right = {name: [head_lr if name in HEAD else backbone_lr] for name in seen["trainable"]}
    expect_close(
        seen["rates"],
        right,
        what="The rate of every parameter in the optimizer",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "One rate is used for head and backbone.": {name: [head_lr] for name in right},
            "The two rates are swapped.": {name: [backbone_lr if name in HEAD else head_lr] for name in right},
        },
    )
    if seen["kind"] != "AdamW":
        fail("The optimizer must be a torch.optim.AdamW.", expected="AdamW", got=seen["kind"])
    if seen["other"]:
        fail("Apart from the rates, the optimizer must have torch's own defaults.", got=seen["other"])
    if sorted(seen["moved"]) != sorted(seen["trainable"]):
        fail("A step of the optimizer does not move exactly what is trainable.", got=seen["moved"])


class Prepared:
    """One call of prepare_finetuning with a number of blocks and rates of this seed."""

    def __init__(self, student, rng, strategy, fewest=2):
        self.blocks = whole(rng, fewest, 7)
        self.every = [f"h.{block}" for block in range(self.blocks)]
        self.rates = [whole(rng, 10, 90) / 1000, whole(rng, 10, 90) / 10_000]
        (self.seen,) = student.run(prepared, self.blocks, [[strategy, *self.rates]])


@exercise("prepare_finetuning")
def test_a_frozen_backbone(student, rng):
    call = Prepared(student, rng, "frozen")
    expect_prepared(
        call.seen,
        ["classifier"],
        *call.rates,
        {
            "The head is frozen too, so nothing can be learned.": [],
            "Nothing is frozen.": ["classifier", *call.every, "ln_f", "wte"],
            "The final norm is trainable although the backbone is to be frozen.": ["classifier", "ln_f"],
        },
    )


@exercise("prepare_finetuning")
def test_the_last_blocks_and_the_head(student, rng):
    call = Prepared(student, rng, "last-2", fewest=4)
    last = call.every[-2:]
    expect_prepared(
        call.seen,
        ["classifier", *last, "ln_f"],
        *call.rates,
        {
            "The head is frozen too, though it is new and must learn.": [*last, "ln_f"],
            "The last blocks stay frozen.": ["classifier"],
            "Everything is trainable, not the last blocks only.": ["classifier", *call.every, "ln_f", "wte"],
            "The number of blocks in the strategy is not used.": ["classifier", last[1], "ln_f"],
        },
    )


@exercise("prepare_finetuning")
def test_everything_is_trained(student, rng):
    call = Prepared(student, rng, "full")
    expect_prepared(
        call.seen,
        ["classifier", *call.every, "ln_f", "wte"],
        *call.rates,
        {
            "The embeddings stay frozen; full means everything.": ["classifier", *call.every, "ln_f"],
            "Only the head is trainable; full means everything.": ["classifier"],
        },
    )


@exercise("prepare_finetuning")
def test_an_unknown_strategy_is_an_error(student, rng):
    for strategy in ("freeze", "last-two"):
        call = Prepared(student, rng, strategy)
        if call.seen["error"] is None:
            fail("An unknown strategy is accepted in silence.", expected="ValueError", got="no error")
        if not call.seen["error"].startswith("ValueError:"):
            fail("An unknown strategy must raise ValueError.", expected="ValueError", got=call.seen["error"])
        if len(call.seen["trainable"]) != 5 + 4 * call.blocks:
            fail("An unknown strategy raises an error, but changes the model first.", got=call.seen["trainable"])


# --- training and measuring -----------------------------------------------------------------------------------------


@probe
def train_table(lesson, table, batches, rate, train_mode, as_stream):
    """One epoch of a model whose logits are the sum of its tokens' rows in a table; SGD."""

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = nn.Embedding(*table.shape, _weight=table.clone())
            self.modes = []

        def forward(self, input_ids, attention_mask):
            self.modes.append(self.training)
            return (self.rows(input_ids) * attention_mask[..., None]).sum(dim=1)

    model = Table().train(train_mode)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loss = lesson.train_epoch(model, iter(batches) if as_stream else batches, optimizer)
    return {"loss": loss, "table": model.rows.weight, "mode": model.training, "modes": model.modes}


def labelled(rng, table, *sizes):
    """Batches of these sizes for a model of that table, ragged, with labels."""
    batches = []
    for size in sizes:
        lengths = [whole(rng, 1, 5) for _ in range(size)]
        mask = torch.tensor([[1] * length + [0] * (max(lengths) - length) for length in lengths])
        ids = torch.randint(len(table), mask.shape, generator=rng)
        labels = torch.randint(table.shape[1], (size,), generator=rng)
        batches.append({"input_ids": ids, "attention_mask": mask, "labels": labels})
    return batches


def tokens_in(one, vocabulary):
    """(B, V): how often each token stands in each text."""
    return (F.one_hot(one["input_ids"], vocabulary) * one["attention_mask"][..., None]).sum(dim=1).float()


def epoch(table, batches, rate, *, mean=True, clear=True, step=True, last_gradient=False):
    """Losses and the table after an epoch, by the formula of the gradient: counts' (softmax - one-hot) / B.

    The keywords make it wrong: a summed loss, gradients that pile up, no step, a step with the batch before's gradient.
    """
    losses, gradient = [], torch.zeros_like(table)
    for one in batches:
        counts = tokens_in(one, len(table))
        log_probs = (counts @ table).log_softmax(dim=1)
        target = F.one_hot(one["labels"], table.shape[1]).float()
        losses.append(-(log_probs * target).sum(dim=1).mean().item())
        fresh = counts.T @ (log_probs.exp() - target) / (len(counts) if mean else 1)
        used = gradient if last_gradient else fresh if clear else gradient + fresh
        gradient = fresh if last_gradient else used
        table = table - rate * used * step
    return losses, table


def per_example(losses, batches):
    """Mean of the batches' losses, each as often as it has examples."""
    sizes = [len(one["labels"]) for one in batches]
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)


@exercise("train_epoch", points=2)
def test_one_step_for_each_batch(student, rng):
    table, rate = normal(rng, 6, 3), 0.5
    batches = labelled(rng, table, 3, 3, 1)
    seen = student.run(train_table, table, batches, rate, True, False)
    losses, right = epoch(table, batches, rate)
    expect_close(
        seen["table"],
        right,
        what="The model after an epoch of three batches",
        mistakes={
            "The gradients are never cleared, so they pile up from batch to batch.": lambda: epoch(
                table, batches, rate, clear=False
            )[1],
            "The model is not trained at all: nothing has moved.": table,
            "The loss is added up over a batch, not averaged, so large batches take larger steps.": lambda: epoch(
                table, batches, rate, mean=False
            )[1],
            "The step is taken before backward, so with the gradient of the batch before.": lambda: epoch(
                table, batches, rate, last_gradient=True
            )[1],
            "The model learns from the first batch only.": lambda: epoch(table, batches[:1], rate)[1],
            "Only the last batch is learned from.": lambda: table + epoch(table, batches[-1:], rate)[1] - table,
            "Gradients of all batches are collected for one step at the end.": lambda: (
                table + sum(epoch(table, [one], rate)[1] - table for one in batches)
            ),
            "A softmax is put on the logits, and cross_entropy puts another one on top.": lambda: twice_softmaxed(
                table, batches, rate
            ),
        },
        advice="For each batch: clear the gradients, forward, loss, backward, step.",
        **FP32,
    )


def twice_softmaxed(table, batches, rate):
    """The table after an epoch with a softmax before the loss."""
    for one in batches:
        rows = table.clone().requires_grad_()
        F.cross_entropy((tokens_in(one, len(rows)) @ rows).softmax(dim=1), one["labels"]).backward()
        table = table - rate * rows.grad
    return table


@exercise("train_epoch")
def test_the_mean_loss_is_per_example(student, rng):
    # Rate 0, so that the losses are those of the docstring: logits (0, x) for class 0 cost log(1 + e^x).
    table = torch.tensor([[0.0, math.log(math.expm1(0.5))], [0.0, math.log(math.expm1(2.5))]])
    batches = [
        {
            "input_ids": torch.tensor([[token]] * size),
            "attention_mask": torch.ones(size, 1, dtype=torch.int64),
            "labels": torch.zeros(size, dtype=torch.int64),
        }
        for token, size in ((0, 3), (1, 1))
    ]
    seen = student.run(train_table, table, batches, 0.0, True, False)
    expect_close(
        seen["loss"],
        1.0,
        what="The mean loss of the docstring's example",
        mistakes={
            "It averages the batches' losses, so a small last batch counts too much.": 1.5,
            "It returns the last batch's loss, not the mean of the epoch.": 2.5,
            "It returns the sum over batches, not the mean per example.": 3.0,
            "It returns the sum over examples, not the mean per example.": 4.0,
            "It divides the sum of the batches' means by the number of examples.": 0.75,
            "It divides the sum over examples by the number of batches.": 2.0,
            "It returns nothing; it must return the mean loss.": None,
        },
        advice="Weigh each batch's loss by how many examples it has.",
        **FP32,
    )


@exercise("train_epoch")
def test_training_is_in_train_mode(student, rng):
    table = normal(rng, 6, 3)
    batches = labelled(rng, table, 2, 2)
    seen = student.run(train_table, table, batches, 0.1, False, False)
    if not all(seen["modes"]):
        fail(
            "A model that comes in eval mode is trained in eval mode, without dropout.",
            advice="model.train() at the start.",
        )
    assert seen["mode"] is True, "The model is not left in train mode."
    expect_close(seen["table"], epoch(table, batches, 0.1)[1], what="The model after an epoch", **FP32)


@probe
def measure(lesson, table, batches, train_mode, as_stream):
    """The accuracy of a model that in train mode says the opposite; its modes, and whether a graph was built."""

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = nn.Embedding(*table.shape, _weight=table.clone())
            self.graphs = []

        def forward(self, input_ids, attention_mask):
            logits = (self.rows(input_ids) * attention_mask[..., None]).sum(dim=1)
            self.graphs.append(logits.requires_grad)
            return -logits if self.training else logits

    model = Table().train(train_mode)
    fraction = lesson.accuracy(model, iter(batches) if as_stream else batches)
    return {
        "accuracy": fraction,
        "mode": model.training,
        "graphs": model.graphs,
        "grad_enabled": torch.is_grad_enabled(),
        "table": model.rows.weight,
    }


def one_token_batches(*batches):
    """Batches of texts of one token, from lists of (token, label)."""
    return [
        {
            "input_ids": torch.tensor([[token] for token, _ in pairs]),
            "attention_mask": torch.ones(len(pairs), 1, dtype=torch.int64),
            "labels": torch.tensor([label for _, label in pairs]),
        }
        for pairs in batches
    ]


@exercise("accuracy")
def test_the_docstrings_accuracy(student):
    table = torch.tensor([[2.0, 1.0], [-1.0, 3.0]])  # token 0 means class 0, token 1 class 1
    batches = one_token_batches([(0, 0), (1, 1), (1, 1)], [(0, 1)])
    for train_mode in (False, True):
        seen = student.run(measure, table, batches, train_mode, False)
        expect_close(
            seen["accuracy"],
            0.75,
            what="The accuracy of the docstring's example",
            mistakes={
                "It averages the batches' accuracies, so a small last batch counts too much.": 0.5,
                "It measures in train mode, with dropout.": 0.25,
                "It gives a percentage; it must give a fraction from 0 to 1.": 75.0,
                "It gives how many are right; it must give the fraction.": 3,
                "It measures the first batch only.": 1.0,
                "It measures the last batch only.": 0.0,
            },
            advice="Count right answers and examples over all batches, then divide once.",
        )


@exercise("accuracy")
def test_measuring_leaves_no_trace(student, rng):
    table = torch.tensor([[2.0, 1.0], [-1.0, 3.0]]) + 0.1 * normal(rng, 2, 2)
    for train_mode in (True, False):
        seen = student.run(measure, table, one_token_batches([(0, 0), (1, 1)]), train_mode, False)
        if any(seen["graphs"]):
            fail("It builds a graph while it measures.", advice="torch.no_grad() around the loop.")
        if seen["mode"] is not train_mode:
            fail(
                "The mode that the model came in is not restored.",
                expected=f"training={train_mode}",
                got=f"training={seen['mode']}",
                advice="Remember model.training before you call eval().",
            )
        assert seen["grad_enabled"], "It leaves gradients switched off for whoever comes after it."
        expect_equal(seen["table"], table, what="The model after measuring")


# --- perplexity -----------------------------------------------------------------------------------------------------


@probe
def surprise(lesson, seed, uniform, batches):
    """The perplexity that the student measures of a small GPT-2 with opinions, or of one without any (`uniform`)."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(0 if uniform else 10)
        model.transformer.ln_f.bias.mul_(0 if uniform else 10)
    return lesson.perplexity(model, [{"input_ids": ids, "attention_mask": mask} for ids, mask in batches])


@torch.no_grad()
def opinionated(seed):
    """The model that the probe makes: a random GPT-2 whose logits are spread widely enough for mistakes to show."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    model.transformer.ln_f.weight.mul_(10)
    model.transformer.ln_f.bias.mul_(10)
    return model


@torch.no_grad()
def log_likelihoods(model, sequences):
    """Of each text, read alone, the negative log-likelihoods of its tokens but the first."""
    found = []
    for text in sequences:
        ids = torch.tensor([text])
        log_probs = model(ids).logits[0, :-1].log_softmax(dim=-1)
        found.append(-log_probs[torch.arange(len(text) - 1), ids[0, 1:]])
    return found


@torch.no_grad()
def over_pads(model, ids, mask):
    """The mean over every position, padding included, as a model without a mask for its labels gives it."""
    return F.cross_entropy(model(ids, attention_mask=mask).logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()).item()


@torch.no_grad()
def not_shifted(model, ids, mask):
    """The mean of each real token's own probability at its own position: it has been read already."""
    logits = model(ids, attention_mask=mask).logits
    return F.cross_entropy(logits[mask.bool()], ids[mask.bool()]).item()


@exercise("perplexity")
def test_a_model_that_knows_nothing(student, rng):
    batches = [rectangle(rng, texts(rng, *shuffled(rng, 2, 6, 4)), "right")]
    expect_close(
        student.run(surprise, 1, True, batches),
        float(VOCABULARY),
        what="The perplexity of a model for which every token is as likely",
        mistakes={
            "It returns the mean log-likelihood, not its exp.": math.log(VOCABULARY),
            "It returns the mean log-likelihood in bits, not the perplexity.": math.log2(VOCABULARY),
            "It raises 2 to a mean in nats; nats go with exp.": 2 ** math.log(VOCABULARY),
            "The sign is lost: it returns 1 / perplexity.": 1 / VOCABULARY,
        },
        rtol=1e-4,
        advice="Every token costs log V nats here, so the perplexity is V, the size of the vocabulary.",
    )


@exercise("perplexity", points=2)
def test_only_real_tokens_count(student, rng):
    seed = whole(rng, 0, 1 << 30)
    model = opinionated(seed)
    groups = [texts(rng, *shuffled(rng, 2, 9, 5)), texts(rng, 3)]
    batches = [rectangle(rng, group, "right") for group in groups]
    by_text = [log_likelihoods(model, group) for group in groups]
    by_batch = [torch.cat(found) for found in by_text]
    tokens = torch.cat(by_batch)
    sizes = [ids.numel() for ids, _ in batches]

    def padded_mean():
        positions = [ids[:, 1:].numel() for ids, _ in batches]
        means = [over_pads(model, *pair) for pair in batches]
        return sum(mean * count for mean, count in zip(means, positions, strict=True)) / sum(positions)

    def unshifted_mean():
        real = [int(mask.sum()) for _, mask in batches]
        means = [not_shifted(model, *pair) for pair in batches]
        return sum(mean * count for mean, count in zip(means, real, strict=True)) / sum(real)

    expect_close(
        student.run(surprise, seed, False, batches),
        tokens.mean().exp().item(),
        what="The perplexity of two ragged batches",
        rtol=1e-4,
        mistakes={
            "Padding is counted like text.": lambda: math.exp(padded_mean()),
            "Batches are averaged, so a small batch counts too much.": lambda: math.exp(
                sum(found.mean().item() for found in by_batch) / 2
            ),
            "The perplexities of batches are averaged; exp comes last, after the mean over all tokens.": lambda: (
                sum(found.mean().exp().item() for found in by_batch) / 2
            ),
            "The perplexities of texts are averaged; exp comes last, after the mean over all tokens.": lambda: (
                sum(found.mean().exp().item() for group in by_text for found in group) / 4
            ),
            "Texts are averaged, so a short text counts as much as a long one.": lambda: math.exp(
                sum(found.mean().item() for group in by_text for found in group) / 4
            ),
            "The logits at a position are compared with that position's own token, not with the next one.": lambda: (
                math.exp(unshifted_mean())
            ),
            "It divides by all positions, padding and first tokens included.": lambda: math.exp(
                tokens.sum().item() / sum(sizes)
            ),
            "It divides by all real tokens, but the first of each text is not predicted.": lambda: math.exp(
                tokens.sum().item() / (len(tokens) + 4)
            ),
            "It returns the mean log-likelihood, not its exp.": lambda: tokens.mean().item(),
            "Only the last batch is measured.": lambda: by_batch[-1].mean().exp().item(),
        },
        advice="Count a token when the mask is 1 at it and at the one before it; one mean over all batches.",
    )


@exercise("perplexity")
def test_perplexity_does_not_see_padding(student, rng):
    seed = whole(rng, 0, 1 << 30)
    sequences = texts(rng, *shuffled(rng, 2, 7, 4))
    model = opinionated(seed)
    right = torch.cat(log_likelihoods(model, sequences))
    ids, mask = rectangle(rng, sequences, "left", 3)

    @torch.no_grad()
    def per_token(positions, pads_predict):
        logits = model(ids, attention_mask=mask, position_ids=positions).logits[:, :-1]
        counted = mask[:, 1:].bool() if pads_predict else (mask[:, 1:] * mask[:, :-1]).bool()
        return math.exp(F.cross_entropy(logits[counted], ids[:, 1:][counted]).item())

    plain, counted_from_text = torch.arange(ids.shape[1])[None], position_ids(mask)
    wide = rectangle(rng, sequences, "right", 8)
    expect_close(
        student.run(surprise, seed, False, [wide]),
        right.mean().exp().item(),
        what="The perplexity of a batch padded 8 wider",
        rtol=1e-4,
        mistakes={"Padding is counted like text.": lambda: math.exp(over_pads(model, *wide))},
    )
    expect_close(
        student.run(surprise, seed, False, [(ids, mask)]),
        right.mean().exp().item(),
        what="The perplexity under padding on the left",
        rtol=1e-4,
        mistakes={
            "Under padding on the left, positions are counted from the first column.": lambda: per_token(plain, False),
            "Under padding on the left, first tokens are counted, predicted from padding.": lambda: per_token(
                counted_from_text, True
            ),
            "Under padding on the left, positions are wrong and first tokens are counted.": lambda: per_token(
                plain, True
            ),
            "Padding is counted like text.": lambda: math.exp(over_pads(model, ids, mask)),
        },
        advice="position_ids from the mask, as in GPT2ForClassification; a pair counts when both tokens are real.",
    )
