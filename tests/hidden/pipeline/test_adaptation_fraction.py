"""Hidden checks of `adaptation_fraction`."""

from pipeline_oracles import expect_only_counted, gpt2_parameters

from autograder.checks import StudentError, exercise, fail


def shape_of(rng):
    width = rng.choice([12, 18, 24])
    return {"width": width, "heads": 3, "layers": rng.choice([1, 2]), "vocabulary": rng.choice([29, 41])}


def parameters_of(settings):
    return gpt2_parameters(settings["width"], settings["layers"], settings["vocabulary"], positions=32)


@exercise("adaptation_fraction", points=4)
def test_what_is_frozen_now_does_not_matter(student, rng):
    settings, classes, r = shape_of(rng), rng.randint(3, 20), rng.choice([3, 4, 5, 6, 7, 9, 10])
    total, width, layers = parameters_of(settings), settings["width"], settings["layers"]
    rights = {"none": 0.0, "classification_head": classes * (width + 1) / total, "lora": layers * r * 4 * width / total}
    rights |= dict.fromkeys(("sft", "alignment", "full_finetuning"), 1.0)
    expect_only_counted(
        student,
        rng,
        settings,
        [(method, classes, r) for method in rights],
        list(rights.values()),
        mistakes={
            "The number of classes is not used.": {"classification_head": 2 * (width + 1) / total},
            "The rank is not used.": {"lora": layers * 8 * 4 * width / total},
            "A width of 768 is built in.": {"classification_head": classes * 769 / total},
            "Twelve blocks are built in.": {"lora": 12 * r * 4 * width / total},
            "Adapters are counted beside attn.c_proj too.": {"lora": layers * r * (4 + 2) * width / total},
            "SFT trains every weight: it is another loss and other data, not fewer weights.": {
                "sft": layers * r * 4 * width / total
            },
            "Where the method is none, nothing is trained.": {"none": 1.0},
        },
    )


@exercise("adaptation_fraction")
def test_a_model_without_its_output_layer(student, rng):
    settings, classes, r = shape_of(rng), rng.randint(2, 20), rng.randint(2, 20)
    total, width = parameters_of(settings), settings["width"]
    asked = [("lora", 2, r), ("classification_head", classes, 8)]
    rights = [settings["layers"] * r * 4 * width / total, classes * (width + 1) / total]
    try:
        expect_only_counted(student, rng, settings, asked, rights, bare=True)
    except StudentError as error:
        fail("It rejects a GPT2Model, which has no output layer.", got=str(error))
