"""A zip whose lora.py is a link to a secret file, and whose folders are links to folders."""

import io
import zipfile

honest = ()


def handed_in(source, target):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, leads_to in {"lora.py": target.secrets[0], "lora": target.results, "exercises": "/"}.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, 0o120777 << 16
            archive.writestr(entry, leads_to)
    return held.getvalue()
