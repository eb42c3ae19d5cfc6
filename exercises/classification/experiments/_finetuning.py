"""What the experiments share that finetune a model and look at what it still says."""

from __future__ import annotations

from types import SimpleNamespace

import torch

from autograder.experiments import require_small

from ._shared import backbone_of, batches_of, generations, labelled_texts

FINETUNE_NEEDS = (  # the exercises that `finetune` calls
    "pad_batch",
    "GPT2ForClassification",
    "prepare_finetuning",
    "train_epoch",
    "accuracy",
    "perplexity",
    "count_parameters",
)
HEAD_RATE = 1e-3
LOW, CAREFUL, HIGH = 1e-4, 3e-4, 2e-3  # rates of the backbone; 2e-3 is one for training this size from scratch
TRAIN, TEST, EPOCHS, BATCH = 640, 200, 2, 32
STEPS = EPOCHS * TRAIN // BATCH
PROMPTS = 12


def require_trainable(backbone) -> None:
    """Stop unless the model is small enough to be trained several times. Raises Unfit."""
    language_model, _ = backbone()
    require_small(language_model)


def plain_text(student, tokenizer, seed: int, count: int = 60) -> list[dict]:
    """Plain English that is not reviews: facts, stories and counting, none of it in any training text."""
    from autograder.backbone import text

    texts = [one for kind in ("facts", "story", "counting") for one in text("test", count // 3, seed, kind)]
    ids = [tokenizer(one)["input_ids"] for one in texts]
    return [student.pad_batch(ids[start : start + 20], tokenizer.pad_token_id) for start in range(0, len(ids), 20)]


def finetune(student, backbone, task: str, seed: int, strategy: str, rate: float, track) -> SimpleNamespace:
    """Finetune a fresh copy; what it can do afterwards, as a classifier and as a language model.

    The head's rate is HEAD_RATE, or the backbone's where that is higher. `before` and `after` are perplexities on
    plain text; `same` says how many of PROMPTS greedy continuations are the same, `identical` whether the logits are.
    """
    from autograder.backbone import text

    # Before
    language_model, tokenizer = backbone()
    texts, prompts = plain_text(student, tokenizer, seed), text("test", PROMPTS, seed)
    before = student.perplexity(language_model, texts)
    said, first_logits = generations(language_model, tokenizer, prompts)

    # Finetune
    torch.manual_seed(seed)
    model = student.GPT2ForClassification(backbone_of(language_model), 2)
    optimizer = student.prepare_finetuning(model, strategy, max(HEAD_RATE, rate), rate)
    train = batches_of(student, tokenizer, labelled_texts(backbone, task, "train", TRAIN, seed), BATCH)
    for _ in track(range(EPOCHS), f"{strategy} at {rate:g}"):
        loss = student.train_epoch(model, train, optimizer)

    # After
    test = batches_of(student, tokenizer, labelled_texts(backbone, task, "test", TEST, seed), BATCH)
    says, logits = generations(language_model, tokenizer, prompts)
    return SimpleNamespace(
        loss=loss,
        accuracy=student.accuracy(model, test),
        trained=student.count_parameters(model)[1],
        before=before,
        after=student.perplexity(language_model, texts),
        same=sum(one == other for one, other in zip(said, says, strict=True)),
        identical=torch.equal(first_logits, logits),
    )
