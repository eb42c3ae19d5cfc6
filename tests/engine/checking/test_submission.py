"""Submissions as people hand them in, and as some try to: each becomes one submission or one sentence."""

import io
import os
import random
import socket
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from autograder.checking.submission import MAX_FILE, Submission, collect, resolve
from autograder.checking.zips import MAX_ENTRIES
from autograder.cli.formats import FORMATS
from autograder.common.errors import CourseError

CODE = b"x = 1\n"
INNER = "toy/toy.py"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A working directory of its own, in which every path below is relative."""
    monkeypatch.chdir(tmp_path)


def put(path, raw=CODE):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(raw)


def zipped(path, entries, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, raw in entries.items():
            archive.writestr(name, raw)


def one(path):
    (found,) = collect([Path(path)], "toy")
    return found


def only(path):
    """The problem of the one submission at a path."""
    found = one(path)
    assert found.files == {}
    assert "\n" not in found.problem and found.problem.endswith(".")
    return found.problem


# --- shapes that are right ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "path", "name", "shown"),
    [
        ("ann.py", "ann.py", "ann", "ann.py"),
        ("ann/toy/toy.py", "ann", "ann", "ann/toy/toy.py"),
        ("ann/toy.py", "ann", "ann", "ann/toy.py"),
        ("ann/exercises/toy/toy.py", "ann", "ann", "ann/exercises/toy/toy.py"),
        ("course/exercises/toy/toy.py", "course/exercises", "exercises", "exercises/toy/toy.py"),
        ("ann.smith.py", "ann.smith.py", "ann.smith", "ann.smith.py"),
        ("ann.py/toy.py", "ann.py", "ann.py", "ann.py/toy.py"),
    ],
)
def test_files_and_folders(file, path, name, shown):
    put(file)
    found = one(path)
    assert (found.name, found.files, found.problem) == (name, {INNER: CODE}, None)
    assert found.display_path("toy") == shown
    assert resolve(Path(path), "toy").files == {INNER: CODE}


def test_a_students_own_file_may_be_in_any_encoding_that_python_reads():
    put("toy.py", "# -*- coding: latin-1 -*-\nx = 'ü'\n".encode("latin-1"))
    assert resolve(Path("toy.py"), "toy").files[INNER].decode().endswith("x = 'ü'\n")


def test_a_lessons_own_folder_comes_before_a_file_of_its_name_and_the_checkout_last():
    put("ann/toy/toy.py", b"first")
    put("ann/toy.py", b"second")
    put("ann/exercises/toy/toy.py", b"third")
    assert one("ann").files[INNER] == b"first"
    os.remove("ann/toy/toy.py")
    assert one("ann").files[INNER] == b"second"


@pytest.mark.parametrize(
    "name", ["toy.py", "toy/toy.py", "exercises/toy/toy.py", "ann/homework/exercises/toy/toy.py", "toy\\toy.py"]
)
def test_zips(name):
    zipped("ann.zip", {"README.md": b"hello", name: CODE, "__MACOSX/toy/toy.py": b"fork"})
    found = one("ann.zip")
    assert (found.name, found.files) == ("ann", {INNER: CODE})
    assert found.display_path("toy").startswith("ann.zip:")


@pytest.mark.parametrize("turned", [False, True])
def test_a_zip_of_a_whole_checkout_is_the_students_file_and_not_the_courses_solution(turned):
    entries = {"course/exercises/toy/toy.py": CODE, "course/solutions/toy/toy.py": b"the course's own"}
    zipped("ann.zip", dict(sorted(entries.items(), reverse=turned)))
    assert one("ann.zip").files[INNER] == CODE


def test_a_folder_of_submissions_of_every_kind():
    put("class/ann.py")
    put("class/bob/toy/toy.py")
    put("class/.DS_Store", b"\0")
    put("class/__pycache__/x.pyc")
    zipped("class/cid.zip", {"toy.py": CODE})
    os.mkdir("class/dot")
    put("class/eve.txt", b"I could not do it")
    found = collect([Path("class")], "toy")
    assert [each.name for each in found] == ["ann", "bob", "cid", "dot", "eve.txt"]
    assert [each.problem is None for each in found] == [True, True, True, False, False]
    assert found[3].problem == "dot holds neither toy/toy.py nor toy.py, and no notebook of that name."
    assert found[4].problem == "eve.txt is not a Python file, a notebook, a zip or a folder."


def test_whoever_grades_may_use_links_to_submissions_and_to_folders_of_them():
    put("store/ann/toy/toy.py")
    put("store/bob.py")
    os.symlink("store", "class")
    os.symlink("store/ann", "latest")
    os.symlink("store/bob.py", "bob.py")
    assert [each.name for each in collect([Path("class")], "toy")] == ["ann", "bob"]
    assert one("latest").files == one("bob.py").files == {INNER: CODE}
    assert resolve(Path("latest"), "toy").files == {INNER: CODE}


# --- nothing there: the run stops with one sentence -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["nowhere", "nowhere/toy.py", "x" * 300, "a\0b"])
def test_a_path_that_is_not_there(path):
    for use in (lambda: collect([Path(path)], "toy"), lambda: resolve(Path(path), "toy")):
        with pytest.raises(CourseError, match="^There is nothing at "):
            use()


def test_one_missing_path_among_others_stops_the_run():
    put("ann.py")
    with pytest.raises(CourseError, match="nowhere"):
        collect([Path("ann.py"), Path("nowhere")], "toy")


def test_an_empty_folder():
    os.mkdir("empty")
    put("hidden/.gitkeep")
    for path in ("empty", "hidden"):
        with pytest.raises(CourseError, match=f"^{path} is empty: there is nothing to grade in it"):
            collect([Path(path)], "toy")
        with pytest.raises(CourseError, match=f"^{path} holds neither toy/toy.py nor toy.py"):
            resolve(Path(path), "toy")


def test_a_student_who_names_another_kind_of_file():
    put("notes.txt", b"notes")
    with pytest.raises(CourseError, match="^notes.txt is not a Python file, a notebook"):
        resolve(Path("notes.txt"), "toy")


# --- something is there that can't be read: a broken submission -----------------------------------------------------


def test_a_binary_file():
    put("ann.bin", b"\x7fELF\0\1")
    assert only("ann.bin") == "ann.bin is not a Python file, a notebook, a zip or a folder."
    put("class/ann.bin", b"\x7fELF\0\1")
    assert only("class") == "ann.bin is not a Python file, a notebook, a zip or a folder."


@pytest.mark.parametrize("target", ["/etc/hostname", "../secret.py", "/dev/zero", "nowhere", "ann.py"])
def test_a_link_in_place_of_a_file(target):
    put("secret.py", b"SECRET")
    os.mkdir("class")
    os.symlink(target, "class/ann.py")
    assert only("class") == "ann.py is a link; hand in the file itself."


@pytest.mark.parametrize("target", ["../../secret/toy.py", "../other.py"])
def test_a_link_inside_a_folder(target):
    put("secret/toy.py", b"SECRET")
    put("class/ann/other.py", b"fine, but a link")
    os.mkdir("class/ann/toy")
    os.symlink(target, "class/ann/toy/toy.py")
    assert only("class") == "toy.py is a link; hand in the file itself."


def test_a_folder_that_is_a_link_out():
    put("secret/toy.py", b"SECRET")
    os.makedirs("class/ann")
    os.symlink("../../secret", "class/ann/toy")
    assert only("class") == "toy.py is a link; hand in the file itself."
    os.symlink("../secret", "class/bob")
    assert [each.files for each in collect([Path("class")], "toy")] == [{}, {}]


def test_a_zip_that_is_a_link():
    zipped("secret.zip", {"toy.py": b"SECRET"})
    os.mkdir("class")
    os.symlink("../secret.zip", "class/ann.zip")
    assert only("class") == "ann.zip is not an ordinary file."


@pytest.mark.parametrize("name", ["ann.py", "ann.zip", "ann/toy.py", "ann.txt"])
def test_a_pipe_does_not_hold_anything_up(name):
    os.makedirs("class/ann")
    os.mkfifo(f"class/{name}")
    if "/" not in name:
        os.rmdir("class/ann")
    assert "is not a" in only("class")


def test_a_socket():
    os.mkdir("class")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("class/ann.py")
        assert only("class").startswith("ann.py can't be read (")


def test_a_folder_where_the_file_should_be():
    os.makedirs("class/ann/toy/toy.py")
    assert only("class").startswith("toy.py can't be read (")


def test_a_file_that_is_too_large():
    put("ann.py", b"#" * MAX_FILE)
    assert one("ann.py").problem is None
    put("ann.py", b"#" * (MAX_FILE + 1))
    assert only("ann.py") == "ann.py is over 1 MiB; a lesson's file has some tens of kilobytes."


# --- zips -----------------------------------------------------------------------------------------------------------


def test_a_zip_bomb():
    zipped("ann.zip", {"toy.py": b"\0" * (100 * MAX_FILE)})
    assert os.path.getsize("ann.zip") < MAX_FILE
    assert only("ann.zip") == "toy.py in ann.zip is over 1 MiB."


def test_a_zip_bomb_that_lies_about_its_size():
    zipped("ann.zip", {"toy.py": b"#" * (20 * MAX_FILE)})
    raw = bytearray(open("ann.zip", "rb").read())
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", raw, raw.rindex(signature) + offset, 100)
    put("ann.zip", bytes(raw))
    found = one("ann.zip")
    assert len(found.files.get(INNER, b"")) <= MAX_FILE and (found.problem or len(found.files[INNER]) <= 100)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_bomb_of_a_kind_that_zipfile_unpacks_at_once(method):
    size = 64 << 20
    with zipfile.ZipFile("ann.zip", "w", method) as archive, archive.open("toy.py", "w") as file:
        for _ in range(size >> 20):
            file.write(b"#" * (1 << 20))
    raw = bytearray(open("ann.zip", "rb").read())
    struct.pack_into("<I", raw, raw.rindex(b"PK\1\2") + 24, 100)  # it says that it holds 100 bytes
    put("ann.zip", bytes(raw))
    tracemalloc.start()
    try:
        problem = only("ann.zip")
        assert tracemalloc.get_traced_memory()[1] < size / 4
    finally:
        tracemalloc.stop()
    assert problem == "ann.zip is compressed in an unusual way; make an ordinary zip."


def test_a_zip_that_is_nothing_but_a_list_of_files():
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    number = (8 << 20) // len(entry)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, number * len(entry), 0, 0)
    put("ann.zip", entry * number + end)
    tracemalloc.start()
    try:
        problem = only("ann.zip")
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert problem == "ann.zip holds too many files; hand in what was asked for."


@pytest.mark.parametrize(
    "name",
    ["../toy.py", "/toy.py", "//toy.py", "a/../../toy.py", "C:\\toy.py", "c:toy.py", "..\\toy.py", "\\toy.py", "a/.."],
)
def test_a_path_outside_the_zip(name):
    zipped("ann.zip", {"toy.py": CODE, name: b"outside"})
    assert only("ann.zip") == "ann.zip holds a path outside the zip."
    assert os.listdir(".") == ["ann.zip"], "nothing is unpacked"


def test_a_zip_with_too_many_files():
    zipped("ann.zip", {f"{number}.txt": b"" for number in range(MAX_ENTRIES)} | {"toy.py": CODE})
    assert only("ann.zip") == "ann.zip holds 2,001 files; at most 2,000 are read."


def test_a_zip_without_the_file():
    zipped("ann.zip", {"readme.txt": CODE, "toy.py/": b"", "my_toy.py": CODE})
    assert only("ann.zip") == "ann.zip holds no toy.py and no toy.ipynb."


@pytest.mark.parametrize("raw", [b"", b"not a zip", b"PK\3\4", b"PK\5\6" + b"\xff" * 18], ids=repr)
def test_a_zip_that_is_none(raw):
    put("ann.zip", raw)
    assert only("ann.zip") == "ann.zip can't be read as a zip (BadZipFile)."


def test_an_encrypted_zip():
    zipped("ann.zip", {"toy.py": CODE})
    raw = bytearray(open("ann.zip", "rb").read())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.rindex(signature) + offset] |= 1
    put("ann.zip", bytes(raw))
    assert only("ann.zip") == "ann.zip can't be read as a zip (RuntimeError)."


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_zips_are_broken_submissions(method):
    """zipfile, zlib, bz2 and lzma raise a dozen kinds of errors; none may end a run."""
    chance = random.Random(method)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        archive.writestr("toy/toy.py", "".join(f"x{chance.random()} = 1\n" for _ in range(50)))
    broken = 0
    for _ in range(500):
        raw = bytearray(whole.getvalue())
        for _ in range(chance.randint(1, 5)):
            raw[chance.randrange(len(raw))] = chance.choice([0, 1, 14, 255, chance.randrange(256)])
        put("ann.zip", bytes(raw[: chance.choice([len(raw), len(raw), chance.randrange(len(raw))])]))
        broken += one("ann.zip").problem is not None
    assert broken > 250


# --- names ----------------------------------------------------------------------------------------------------------


def test_no_two_submissions_share_a_name():
    for path in ("a/ann.py", "b/ann.py", "c/ANN.py", "d/ann-2.py", "e/ann/toy.py"):
        put(path)
    zipped("ann.zip", {"toy.py": CODE})
    found = collect(
        [Path(path) for path in ("a/ann.py", "b/ann.py", "c/ANN.py", "d/ann-2.py", "e/ann", "ann.zip")], "toy"
    )
    names = [each.name for each in found]
    assert names[0] == "ann" and len({name.casefold() for name in names}) == 6
    assert [each.display_path("toy") for each in found][:2] == ["ann.py", "ann.py"]  # as each student knows it


@pytest.mark.parametrize("mine", ["toy/toy.py", "toy.py", "exercises/toy/toy.py"])
def test_nobody_is_graded_in_place_of_the_class(mine):
    for path in (mine, "ann/toy.py", "bob/toy/toy.py"):
        put(f"class/{path}")
    zipped("class/cem.zip", {"toy.py": CODE})
    names = {each.name for each in collect([Path("class")], "toy")}
    assert names == {mine.split("/")[0].removesuffix(".py"), "ann", "bob", "cem"}


def test_a_checkout_with_solutions_is_one_submission():
    for path in ("ann/exercises/toy/toy.py", "ann/solutions/toy/toy.py", "ann/exercises/other/other.py"):
        put(path)
    assert one("ann").name == "ann"


@pytest.mark.parametrize("other", [" ann.py", "!ann.py", "(ann).py", "_ann.py"])
def test_nobody_takes_anothers_name(other):
    for path, raw in ((f"class/{other}", b"hers = False\n"), ("class/ann.py", CODE), ("class/ann-2.py", b"two = 2\n")):
        put(path, raw)
    found = {each.name: each.files[INNER] for each in collect([Path("class")], "toy")}
    assert found["ann"] == CODE and found["ann-2"] == b"two = 2\n" and len(found) == 3


@pytest.mark.parametrize("format", ["gradescope", "classroom50"])
def test_a_report_is_never_written_over_anothers_results(format):
    assert f".{format}.json" == FORMATS[format].ending
    put(f"class/bob.{format}/toy.py")
    put("class/bob.py")
    assert sorted(each.name for each in collect([Path("class")], "toy")) == ["bob", f"bob_{format}"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Ann Smith (late).py", "Ann_Smith_late"),
        ("_..ann.py", "ann"),
        ("=HYPERLINK('x').py", "HYPERLINK_x"),
        ("+1.py", "1"),
        ("@ann.py", "ann"),
        ("-rf.py", "rf"),
        ("漢字.py", "漢字"),
        ("a\nb;c|d.py", "a_b_c_d"),
        ("$(reboot).py", "reboot"),
        ("((.py", "submission"),
        ("[red]ann[/].py", "red_ann"),
        (os.fsdecode(b"\xff\xfe.py"), "submission"),
    ],
)
def test_names_that_are_no_file_names(file, name):
    put(f"class/{file}")
    assert one("class").name == name


@pytest.mark.parametrize("stem", ["a" * 250, "漢" * 80])
def test_a_very_long_name_leaves_room_for_the_results(stem):
    put(f"class/{stem}.py")
    put(f"class/{stem[:-1]}b.py")
    found = collect([Path("class")], "toy")
    assert len({each.name for each in found}) == 2
    for each in found:
        put(f"out/.{each.name}.json.abcdefgh")


@pytest.mark.parametrize("file", [os.fsdecode(b"a\xffb.txt"), "a\x1b[31m\nb.txt"], ids=["no text", "escape"])
def test_what_is_said_of_odd_names_can_be_printed_and_written(file):
    put(f"class/{file}")
    problem = only("class")
    problem.encode()
    assert "\x1b" not in problem
    put(f"more/{file}.py", b"x = (")
    shown = one("more").display_path("toy")
    shown.encode()
    assert "\x1b" not in shown and "\n" not in shown


# --- the hash that names a result -----------------------------------------------------------------------------------


def test_the_digest_is_of_the_content():
    def digest(files, problem=None, name="a"):
        return Submission(name, Path(name), files, problem).digest()

    first = digest({INNER: b"x"})
    assert digest({INNER: b"x"}, name="b") == first
    others = [
        digest({INNER: b"y"}),
        digest({}),
        digest({}, "p"),
        digest({}, "q"),
        digest({INNER: b"x", "a": b""}),
        digest({INNER: b"", "x": b"a"}),
    ]
    assert len({first, *others}) == 7
