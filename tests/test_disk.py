"""Files and folders that are whole or absent, whoever writes and whoever is killed."""

import os
import stat

import pytest

from angle_mort.disk import alone, recover_folder, recover_folders, replace_file, replace_folder

FILES = {"a.csv": b"1\n", "b.json": b"{}"}


def held(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_file_and_a_folder_are_replaced_and_nothing_is_left_beside(tmp_path):
    replace_file(tmp_path / "f", b"old")
    replace_file(tmp_path / "f", b"new")
    replace_folder(tmp_path / "d", FILES | {"gone.csv": b""})
    replace_folder(tmp_path / "d", FILES)
    assert (tmp_path / "f").read_bytes() == b"new" and held(tmp_path / "d") == FILES
    assert {path.name for path in tmp_path.iterdir()} == {"f", "d", ".d.lock"}
    if os.name != "nt":
        for path in (tmp_path / "f", tmp_path / "d", *(tmp_path / "d").iterdir()):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_disk_that_refuses_leaves_what_was_there(tmp_path, monkeypatch, call):
    replace_file(tmp_path / "f", b"old")
    replace_folder(tmp_path / "d", FILES)

    def refused(*arguments, **named):
        raise OSError(28, "no space left")

    real = os.open

    def opened(path, flags, *rest, **named):
        makes_a_file = flags & os.O_CREAT and not str(path).endswith(".lock")
        return (refused if makes_a_file else real)(path, flags, *rest, **named)

    monkeypatch.setattr(os, call, opened if call == "open" else refused)
    for asked in (lambda: replace_file(tmp_path / "f", b"new"), lambda: replace_folder(tmp_path / "d", {"x": b"new"})):
        with pytest.raises(OSError, match="no space left"):
            asked()
    monkeypatch.undo()
    assert (tmp_path / "f").read_bytes() == b"old" and held(tmp_path / "d") == FILES
    assert {path.name for path in tmp_path.iterdir()} == {"f", "d", ".d.lock"}


def test_a_folder_half_replaced_comes_back_whole(tmp_path):
    for name in ("d", "e"):
        replace_folder(tmp_path / name, FILES)
        os.replace(tmp_path / name, tmp_path / f".{name}.old")  # killed between the two renames
    recover_folder(tmp_path / "d")
    assert held(tmp_path / "d") == FILES
    recover_folders(tmp_path)
    assert held(tmp_path / "e") == FILES
    recover_folder(tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_the_second_writer_waits_and_then_gives_up(tmp_path):
    with alone(tmp_path / "f", 1), pytest.raises(TimeoutError), alone(tmp_path / "f", 0.05):
        raise AssertionError
    with alone(tmp_path / "f", 0.05):
        pass
