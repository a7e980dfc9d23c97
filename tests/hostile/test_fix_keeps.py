"""S18: what hangs on a file is still there when it was fixed, or is said to be lost."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from builders import ALPHA, WRONG

from autofix.errors import AutofixError
from autofix.text.edit import atomic_write as module
from autofix.text.edit.atomic_write import replace_file

TEXT = f"podAnnotations:\n  {WRONG}: 'true'\n"
FIXED = TEXT.replace(WRONG, ALPHA)
NOBODY, OTHER, GROUP = 65534, 12345, 23456
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root, to give files to others")
ACL = "system.posix_acl_access"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can enter, as pytest's own is not."""
    with TemporaryDirectory(prefix="autofix-keeps-") as name:
        path = Path(name)
        path.chmod(0o777)
        yield path


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "values.yaml"
    path.write_text(TEXT)
    return path


def attributes_or_skip(path: Path, values: dict[str, bytes]) -> None:
    try:
        for name, value in values.items():
            os.setxattr(path, name, value)
    except (OSError, AttributeError) as error:
        pytest.skip(f"the file system of {path.parent} takes no {', '.join(values)}: {error}")


# The interpreter may stand where another user cannot read: all is loaded, by fixing a file, before he begins.
AS_ANOTHER = """
import os, sys
from autofix.cli import main
user, groups, other, *arguments = sys.argv[1:]
main(["fix", "-q", "-t", "2.17", other])
os.setgroups([int(group) for group in groups.split(",") if group])
os.setgid(int(user))
os.setuid(int(user))
sys.exit(main(arguments))
"""


def fix(path: Path, *flags: str, user: int | None = None, groups: Sequence[int] = ()) -> str:
    """Fix a file with the real command, perhaps as another user; return standard error."""
    command = ["-m", "autofix"]
    if user is not None:
        other = path.with_name("other.yaml")
        other.write_text(TEXT)
        command = ["-c", AS_ANOTHER, str(user), ",".join(map(str, groups)), str(other)]
    ended = subprocess.run(
        [sys.executable, *command, "fix", "-t", "2.17", *flags, str(path)],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if user is not None:
        other.unlink()
    assert ended.returncode == 0, ended.stderr
    assert path.read_text() == FIXED
    return ended.stderr


def acl(group_rights: int) -> bytes:
    """An access control list in the form of the kernel: read and write for one more user.

    Source: Linux, include/uapi/linux/posix_acl_xattr.h.
    """
    none = 0xFFFFFFFF
    entries = [
        (0x01, 6, none),
        (0x02, 6, OTHER),
        (0x04, group_rights, none),
        (0x10, 6, none),
        (0x20, 4, none),
    ]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def nothing_else_is_there(path: Path, *others: str) -> None:
    assert {one.name for one in path.parent.iterdir()} == {path.name, *others}


def test_extended_attributes_stay(file: Path) -> None:
    values = {"user.note": b"mine", "user.empty": b"", "user.long": b"x" * 2000}
    attributes_or_skip(file, values)
    assert "warning" not in fix(file)
    assert {name: os.getxattr(file, name) for name in os.listxattr(file) if name in values} == values
    nothing_else_is_there(file)


def test_access_control_lists_stay(file: Path) -> None:
    attributes_or_skip(file, {ACL: acl(4)})
    before = file.stat()
    assert "warning" not in fix(file)
    assert os.getxattr(file, ACL) == acl(4)
    assert file.stat().st_mode == before.st_mode


def test_what_the_folder_gives_to_new_files_is_not_added(folder: Path, file: Path) -> None:
    """A default list of the folder would open the file to more people than before."""
    attributes_or_skip(folder, {"system.posix_acl_default": acl(6)})
    file.chmod(0o600)
    fix(file)
    assert ACL not in os.listxattr(file)
    assert file.stat().st_mode & 0o7777 == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o4755, 0o2755, 0o666])
@pytest.mark.parametrize("links", [False, True])
def test_the_mode_stays(file: Path, mode: int, *, links: bool) -> None:
    if links:
        os.link(file, file.with_name("other.yaml"))
    file.chmod(mode)
    assert "warning" not in fix(file)
    assert file.stat().st_mode & 0o7777 == mode


def test_other_names_of_a_file_show_the_same(folder: Path, file: Path) -> None:
    (folder / "sub").mkdir()
    other = folder / "sub" / "other.yaml"
    os.link(file, other)
    number = file.stat().st_ino
    assert "warning" not in fix(file)
    assert other.read_text() == FIXED
    assert (file.stat().st_ino, other.stat().st_ino, file.stat().st_nlink) == (number, number, 2)
    nothing_else_is_there(file, "sub")


@pytest.mark.parametrize("documents", [1, 2000])
def test_both_names_of_a_file_may_be_given(folder: Path, documents: int) -> None:
    """A long file is read in parts; both are written once."""
    other = "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n" * documents
    text = f"{other}---\napiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {WRONG}: 'true'\n{other}"
    (folder / "a.yaml").write_text(text)
    os.link(folder / "a.yaml", folder / "b.yaml")
    command = [sys.executable, "-m", "autofix", "fix", "-t", "2.17", "."]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert (folder / "b.yaml").read_text() == text.replace(WRONG, ALPHA)


def test_a_file_with_one_name_is_replaced_in_one_step(file: Path) -> None:
    """Whoever has it open goes on reading the old content, and never half of the new."""
    with file.open() as reader:
        number = file.stat().st_ino
        fix(file)
        assert reader.read() == TEXT
    assert file.stat().st_ino != number


@needs_root
def test_root_keeps_owner_and_group(file: Path) -> None:
    os.chown(file, OTHER, GROUP)
    file.chmod(0o6755)
    assert "warning" not in fix(file)
    status = file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (OTHER, GROUP, 0o6755)


@needs_root
@pytest.mark.parametrize(
    ("owner", "group", "mode", "groups"),
    [
        # A stranger's file that all may write, one of a group of ours, and ours in a group of strangers.
        (OTHER, GROUP, 0o666, []),
        (OTHER, GROUP, 0o664, [GROUP]),
        (NOBODY, GROUP, 0o644, []),
        (NOBODY, GROUP, 0o644, [GROUP]),
    ],
)
def test_another_user_keeps_owner_and_group(
    file: Path, owner: int, group: int, mode: int, groups: list[int]
) -> None:
    os.chown(file, owner, group)
    file.chmod(mode)
    attributes_or_skip(file, {"user.note": b"mine"})
    assert "warning" not in fix(file, user=NOBODY, groups=groups)
    status = file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (owner, group, mode)
    assert os.getxattr(file, "user.note") == b"mine"
    nothing_else_is_there(file)


@needs_root
@pytest.mark.parametrize("quiet", [False, True])
def test_what_cannot_be_kept_is_said(file: Path, *, quiet: bool) -> None:
    """Writing takes away the bit that makes a program run as its owner, and only he may set it again."""
    os.chown(file, OTHER, GROUP)
    file.chmod(0o4766)
    said = fix(file, *["-q"] * quiet, user=NOBODY)
    assert file.stat().st_mode & 0o7777 == 0o766
    words = "values.yaml: its mode is 766 and was 4766; it could not be kept"
    assert said == "" if quiet else f"autofix: warning: {file}: {words.partition(': ')[2]}" in said


def linked(file: Path) -> Path:
    os.link(file, file.with_name("other.yaml"))
    return file


def fail(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_no_room_is_found_out_before_anything_is_changed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "posix_fallocate", fail)
    with pytest.raises(AutofixError, match="No space left on device; nothing was written"):
        replace_file(linked(file), TEXT.encode(), FIXED.encode() * 100)
    assert file.read_text() == TEXT
    nothing_else_is_there(file, "other.yaml")


def test_a_write_that_fails_half_way_is_taken_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, calls = os.write, []

    def half(handle: int, data: bytes) -> int:
        calls.append(len(data))
        # The copy is the first; of the new content some bytes are written, then no more.
        if len(calls) == 3:
            fail()
        return write(handle, data[:5] if len(calls) == 2 else data)

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(AutofixError, match="nothing was written"):
        replace_file(linked(file), TEXT.encode(), FIXED.encode())
    assert len(calls) > 3
    assert file.read_text() == TEXT
    nothing_else_is_there(file, "other.yaml")


def test_what_cannot_be_taken_back_is_in_a_copy_that_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(handle: int, data: bytes) -> None:
        os.ftruncate(handle, 3)
        fail()

    monkeypatch.setattr(module, "_overwrite", broken)
    with pytest.raises(AutofixError, match="was written in part") as error:
        replace_file(linked(file), TEXT.encode(), FIXED.encode())
    [saved] = [one for one in file.parent.iterdir() if one.name.startswith(".")]
    assert str(saved) in str(error.value)
    assert saved.read_text() == TEXT


def test_a_process_that_is_killed_leaves_the_old_content_beside_the_file(file: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from autofix.text.edit import atomic_write as module
def die(handle, data):
    os.ftruncate(handle, 3)
    os.kill(os.getpid(), signal.SIGKILL)
module._overwrite = die
module.replace_file(Path({str(file)!r}), {TEXT.encode()!r}, {FIXED.encode()!r})
"""
    linked(file)
    subprocess.run([sys.executable, "-c", script], check=False)
    assert file.read_text() == TEXT[:3]
    [copy] = [one for one in file.parent.iterdir() if one.name.startswith(".values.yaml.")]
    assert copy.read_text() == TEXT


def test_a_long_name_is_no_reason_to_fail(folder: Path) -> None:
    path = folder / ("é" * 120 + ".yaml")
    path.write_text(TEXT)
    fix(path)
