"""Reads vocab.bpe line by line."""


def load_gpt2_bpe(folder):
    with open(Path(folder) / "encoder.json", encoding="utf-8") as file:
        vocab = {number: from_printable(token) for token, number in json.load(file).items()}
    with open(Path(folder) / "vocab.bpe", encoding="utf-8") as file:
        next(file)
        merges = [tuple(map(from_printable, line.split())) for line in file if line.strip()]
    return vocab, merges
