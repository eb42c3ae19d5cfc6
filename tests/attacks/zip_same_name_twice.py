"""A zip with lora.py twice, the second one forged: which of them is looked at, and which is graded?"""

import io
import warnings
import zipfile

honest = ("to_gigabytes",)


def handed_in(source, target):
    held = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(held, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("lora.py", source)
        archive.writestr("lora.py", "raise SystemExit")
    return held.getvalue()
