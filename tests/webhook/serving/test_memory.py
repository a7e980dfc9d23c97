"""What a review takes and gives back does not go to the kernel each time."""

from __future__ import annotations

import platform
import subprocess
import sys

# As uvloop reads: 256 KiB are taken, and all of it that is not needed is given back before the rest is.
PROGRAM = """
import os, resource
from webhook.serving.memory import keep_memory
print({keep})
file = os.open(os.__file__, os.O_RDONLY)
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(1000):
    os.pread(file, 256 * 1024, os.fstat(file).st_size - 9000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults)
"""


def run(keep: str) -> list[str]:
    program = [sys.executable, "-c", PROGRAM.format(keep=keep)]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout.split()


def test_it_is_said_whether_the_c_library_can_keep_memory():
    assert run("keep_memory()")[0] == str(platform.libc_ver()[0] == "glibc")


def test_pages_are_touched_once_and_not_every_time():
    said, kept = run("keep_memory()")
    if said == "True":
        assert int(kept) < 500
        assert int(run("None")[1]) > 1500
