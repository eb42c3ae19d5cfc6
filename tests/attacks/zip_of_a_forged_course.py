"""A zip of a whole checkout with an engine, checks and solutions of its own, all of which say yes."""

import io
import zipfile

honest = ("to_gigabytes",)
FORGED = [
    "autograder/__init__.py", "autograder/checks.py", "conftest.py", "sitecustomize.py", "torch.py",
    "tests/hidden/lora/test_lora_linear.py", "exercises/lora/checks/test_to_gigabytes.py",
]  # fmt: skip
YES = "def __getattr__(name):\n    return lambda *_, **__: True\n"


def handed_in(source, target):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in FORGED:
            archive.writestr(name, YES)
        archive.writestr("solutions/lora/lora.py", "raise SystemExit")
        archive.writestr("exercises/lora/lesson.toml", "[exercises.to_gigabytes]\npoints = 100\n")
        archive.writestr("exercises/lora/lora.py", source)
    return held.getvalue()
