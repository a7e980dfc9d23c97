"""The image's environment keeps the memory of reviews in the process."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import yaml
from image import malloc_environment
from paths import DEPLOY

# As uvloop reads: it takes 256 KiB, and gives all that it does not need back before it gives the rest.
PROGRAM = """
import os, resource
file = os.open(os.__file__, os.O_RDONLY)
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(1000):
    os.pread(file, 256 * 1024, os.fstat(file).st_size - 9000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults)
"""


def page_faults(environment: dict[str, str]) -> int:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**variables, **environment}
    )
    return int(ended.stdout)


def test_pages_are_touched_once_and_not_at_every_read() -> None:
    with_image = page_faults(malloc_environment())
    assert with_image < 500 or platform.libc_ver()[0] != "glibc"
    # Otherwise the variables do nothing.
    assert page_faults({}) > 1500 or platform.libc_ver()[0] != "glibc"


def test_the_deployment_has_the_same_variables_as_the_image() -> None:
    text = (DEPLOY / "base/deployment.yaml").read_text(encoding="utf-8")
    [container] = yaml.safe_load(text)["spec"]["template"]["spec"]["containers"]
    variables = {variable["name"]: variable["value"] for variable in container["env"]}
    malloc = {name: value for name, value in variables.items() if name.startswith("MALLOC_")}
    assert malloc == malloc_environment() != {}
