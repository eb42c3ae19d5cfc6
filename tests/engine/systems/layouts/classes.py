"""A class of twelve, as each system hands it out; made here, since a zip in a repository can't be read.

Each function gives path → content, as it lies in the system's download, and the table that must come of it: a row
`(name of the results, file, when, late)` for each student who is graded. The same awkward cases are in each, as far as
the system lets them be: handed in late and again, nothing, two files, junk, a notebook, a zip, a checkout, umlauts,
a name that two students have.
"""

import io
import json
import zipfile

CODE = "def double(x):\n    return x + x\n"
OLD = "# the first try\n" + CODE
JUNK = {"Thumbs.db": b"\0", ".DS_Store": b"\0", "__MACOSX/._x": b"\0"}


def notebook(source=CODE):
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def zipped(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return held.getvalue()


CHECKOUT = {
    "repo-main/exercises/toy/toy.py": CODE,
    "repo-main/solutions/toy/toy.py": "the course's own",
    "repo-main/exercises/toy/checks/test_double.py": "",
}

# What each of the twelve hands in, in any system: path → content.
WORK = {
    "Ann Lee": {"toy.py": CODE},
    "Björn Öz": {"toy (1).py": CODE},
    "Cid Roe": {"toy.ipynb": notebook()},
    "Dee Fox": {"homework.zip": zipped({"work/toy.py": CODE})},
    "Eve Ray": {"my solution.py": CODE, "notes.txt": "see file"},
    "Fay Ito": {"repo.zip": zipped(CHECKOUT)},
    "Gus Orr": {"a.py": CODE, "b.py": OLD},  # nothing tells which counts
    "Hal Kim": {"essay.pdf": "no code"},
    "Kim Kim": {"toy.py": CODE.encode("utf-16"), "other.ipynb": notebook("1")},
    "Max Poe": {"toy_final.py": CODE, "plot.py": "x = 1\n"},
}
TWINS = "Ann Lee"  # a second student of that name
CHOSEN = {
    "Ann Lee": "toy.py",
    "Björn Öz": "toy (1).py",
    "Cid Roe": "toy.ipynb",
    "Dee Fox": "homework.zip:work/toy.py",
    "Eve Ray": "my solution.py",
    "Fay Ito": "repo.zip:repo-main/exercises/toy/toy.py",
    "Kim Kim": "toy.py",
    "Max Poe": "toy_final.py",
}


def login(name):
    return name.lower().replace(" ", "").replace("ö", "o")


def moodle(flat=False):
    files, table = dict(JUNK), []
    for number, (name, work) in enumerate(WORK.items(), start=101):
        folder = f"{name}_{number}_assignsubmission_file_" + ("" if flat else "/")
        files |= {f"{folder}{path}": content for path, content in work.items()}
        if name in CHOSEN:
            table.append((f"{name}_{number}".replace(" ", "_"), folder + CHOSEN[name], None, False))
    files[f"{TWINS}_111_assignsubmission_file_/toy.py"] = CODE
    files[f"{TWINS}_111_assignsubmission_onlinetext_/onlinetext.html"] = "I could not do more"
    table.append(("Ann_Lee_111", f"{TWINS}_111_assignsubmission_file_/toy.py", None, False))
    files["Zoe Day_112_assignsubmission_onlinetext_/onlinetext.html"] = "Nothing, sorry"
    return files, table


def canvas():
    files, table = dict(JUNK), []
    for number, (name, work) in enumerate(WORK.items(), start=101):
        first, last = name.lower().split()
        late = "_LATE" if name == "Cid Roe" else ""
        for index, (path, content) in enumerate(work.items()):
            files[f"{last}{first}{late}_{number}_{number}{index}_{path}"] = content
        if name in CHOSEN:
            file, colon, below = CHOSEN[name].partition(":")
            index = list(work).index(file)
            place = f"{last}{first}{late}_{number}_{number}{index}_{file}{colon}{below}"
            table.append((f"{last}{first}_{number}", place, None, bool(late)))
    files["leeann_111_5000_toy.py"] = OLD
    files["leeann_LATE_111_6000_toy-1.py"] = CODE
    table.append(("leeann_111", "leeann_LATE_111_6000_toy-1.py", None, True))
    files["dayzoe_112_text.html"] = "Nothing, sorry"
    return files, table


def gradescope():
    files, table, metadata = dict(JUNK), [], []
    for number, (name, work) in enumerate([*WORK.items(), (TWINS, WORK[TWINS])], start=101):
        folder = f"submission_{number}"
        files |= {f"{folder}/{path}": content for path, content in work.items()}
        metadata.append(
            f"{folder}:\n  :submitters:\n"
            f"  - :name: {name}\n    :sid: '{number}'\n    :email: {login(name)}{number}@x.org\n"
            "  :created_at: 2026-11-01 12:00:00.123456000 -05:00\n  :score: 0.0\n  :history:\n"
            "  - :id: 1\n    :created_at: 2026-10-31 12:00:00.000000000 Z\n    :score: 0.0\n"
        )
        if name in CHOSEN:
            place = f"{folder}/{CHOSEN[name]}"
            table.append((f"{name}_{number}".replace(" ", "_"), place, "2026-11-01T17:00:00Z", False))
    files["submission_metadata.yml"] = "---\n" + "".join(metadata)
    outer = "assignment_7_export/"
    return {outer + path: content for path, content in files.items()}, [
        (name, outer + place, when, late) for name, place, when, late in table
    ]


def blackboard():
    files, table = dict(JUNK), []

    def hand_in(who, name, time, work):
        start = f"Homework_1_{who}_attempt_2026-11-{time}-00-00"
        files.update({f"{start}_{path}": content for path, content in work.items()})
        files[f"{start}.txt"] = (
            f"Name: {name} ({who})\nAssignment: Homework_1\nDate Submitted: Sunday, November 1, 2026 {time} EST\n"
        )
        return start

    for name, work in WORK.items():
        start = hand_in(login(name), name, "01-12", work)
        if name in CHOSEN:
            table.append((login(name), f"{start}_{CHOSEN[name]}", "2026-11-01T17:00:00Z", False))
    hand_in("ann_lee2", TWINS, "01-13", {"toy.py": OLD})
    start = hand_in("ann_lee2", TWINS, "03-13", {"toy.py": CODE})
    table.append(("ann_lee2", f"{start}_toy.py", "2026-11-03T18:00:00Z", False))
    return files, table


def nbgrader():
    files = {f"submitted/{path}": content for path, content in JUNK.items()}
    table = []
    files |= {"nbgrader_config.py": "", "source/toy/toy.ipynb": notebook("the course's own"), "gradebook.db": ""}
    for name, work in [*WORK.items(), ("annlee2", WORK[TWINS])]:
        folder = f"submitted/{login(name)}/hw4"
        files |= {f"{folder}/{path}": content for path, content in work.items()}
        files[f"{folder}/timestamp.txt"] = "2026-11-01 12:00:00.000000 UTC"
        if name in CHOSEN or name == "annlee2":
            table.append((login(name), f"{folder}/{CHOSEN.get(name, 'toy.py')}", "2026-11-01T12:00:00Z", False))
    return files, table


def submitty():
    files, table = dict(JUNK), []
    for name, work in [*WORK.items(), ("annlee2", WORK[TWINS])]:
        folder = login(name)
        files |= {f"{folder}/1/{path}": content for path, content in work.items()}
        files[f"{folder}/1/.submit.timestamp"] = "2026-11-01 12:00:00-0500 America/New_York\n"
        if name in CHOSEN or name == "annlee2":
            table.append((folder, f"{folder}/1/{CHOSEN.get(name, 'toy.py')}", "2026-11-01T17:00:00Z", False))
    # version 2 is there, and the student said that 1 counts
    files["annlee2/2/toy.py"] = OLD
    settings = {"active_version": 1, "history": [{"version": 1, "time": "2026-11-01 12:00:00-0500", "who": "annlee2"}]}
    files["annlee2/user_assignment_settings.json"] = json.dumps(settings)
    files["zoeday/user_assignment_settings.json"] = json.dumps({"active_version": 0, "history": []})
    return files, table


def github():
    files, table = dict(JUNK), []
    for name, work in [*WORK.items(), ("annlee2", WORK[TWINS])]:
        folder = f"toy-{login(name)}"
        files |= {f"{folder}/{path}": content for path, content in work.items()}
        files |= {f"{folder}/.github/x.yml": "", f"{folder}/solutions/toy/toy.py": "the course's own"}
        if name in CHOSEN or name == "annlee2":
            table.append((folder, f"{folder}/{CHOSEN.get(name, 'toy.py')}", None, False))
    return files, table


def folders():
    files, table = dict(JUNK) | {"readme.txt": "", "old.tar.gz": b""}, []
    for name, work in WORK.items():
        files |= {f"{name}/{path}": content for path, content in work.items()}
        if name in CHOSEN:
            table.append((name.replace(" ", "_"), name, None, False))
    files["ann lee/toy.py"] = CODE  # in another case
    table.append(("ann_lee-2", "ann lee", None, False))
    return files, table


CLASSES = {
    "moodle": moodle, "canvas": canvas, "gradescope": gradescope, "blackboard": blackboard, "nbgrader": nbgrader,
    "submitty": submitty, "github": github,
}  # fmt: skip
