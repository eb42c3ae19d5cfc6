"""One frozen backbone with a head for two feelings, and with another for four topics."""

from __future__ import annotations

import copy

import torch

from autograder.experiments import Unfit

from ._shared import backbone_of, batches_of, labelled_texts, pooled_texts, train_head

CLAIM = "One frozen backbone serves two tasks by swapping the head"
NEEDS = ("pad_batch", "GPT2ForClassification", "freeze", "accuracy")
COLUMNS = ("head", "numbers in it", "accuracy", "chance")
CLASSES = {"sentiment": 2, "topic": 4}


def measure(student, backbone, seed, track):
    if backbone.name != "tiny":
        raise Unfit("There is no topic data for other models than tiny without a hub.")
    language_model, tokenizer = backbone()
    model = student.GPT2ForClassification(backbone_of(language_model), 2)
    student.freeze(model.backbone)
    weights = copy.deepcopy(model.backbone.state_dict())

    # Train a head for each task
    heads, tests = {}, {}
    for task, classes in CLASSES.items():
        train = batches_of(student, tokenizer, labelled_texts(backbone, task, "train", 640, seed))
        tests[task] = batches_of(student, tokenizer, labelled_texts(backbone, task, "test", 300, seed))
        vectors, labels = pooled_texts(student, model.backbone, track(train, f"reading for {task}"))
        torch.manual_seed(seed)
        heads[task] = train_head(vectors, labels, classes)

    # Swap them
    accuracy = {}
    for task, head in heads.items():
        model.classifier = head
        accuracy[task] = student.accuracy(model, tests[task])
    after = model.backbone.state_dict()
    return {
        "accuracy": accuracy,
        "parameters": {task: sum(tensor.numel() for tensor in head.parameters()) for task, head in heads.items()},
        "backbone_parameters": sum(tensor.numel() for tensor in model.backbone.parameters()),
        "backbone_same": all(torch.equal(weights[name], tensor) for name, tensor in after.items()),
    }


def rows(figures):
    for task, classes in CLASSES.items():
        yield f"{task} head", figures.parameters[task], round(figures.accuracy[task], 3), 1 / classes


def claims(figures):
    # Five seeds: 0.980 to 0.993 and 0.873 to 0.930, so five standard deviations below the means.
    sentiment, topic = figures.accuracy["sentiment"], figures.accuracy["topic"]
    yield (
        figures.backbone_same and sentiment > 0.95 and topic > 0.8,
        f"with the same {figures.backbone_parameters:,} frozen weights, bit for bit, the sentiment head gets "
        f"{sentiment:.1%} right and the topic head {topic:.1%}",
    )


def draw(axes, figures):
    labels = [f"{task} head\n({classes} classes)" for task, classes in CLASSES.items()]
    heights = list(figures.accuracy.values())
    axes.bar(labels, heights, 0.5, color="#4c72b0", label="the same frozen backbone")
    for x, (height, classes) in enumerate(zip(heights, CLASSES.values(), strict=True)):
        axes.text(x, height + 0.01, f"{height:.1%}", ha="center")
        label = "chance" if x == 0 else None
        axes.plot([x - 0.3, x + 0.3], [1 / classes] * 2, color="black", linewidth=1, linestyle=":", label=label)
    axes.set_ylim(0, 1.25)
    axes.set_ylabel("accuracy")
    axes.legend(loc="upper left", ncols=2)
