"""``autofix probe``: does a Job with a native sidecar complete in this cluster?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from autofix.cli import exit_codes
from autofix.cli.cluster import connected, run_until_done
from autofix.cli.common import chosen
from autofix.cli.output import put, say
from autofix.cluster.environment import complete_options, read_environment
from autofix.cluster.lifecycle import Ending, ProbeOutcome
from autofix.cluster.probe import probe as run_probe
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.linkerd.release import key_to_write
from autofix.report.json_lines import json_lines


def probe(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix probe --help``.

    Raises:
        AutofixError: when an option cannot be read, or the API server cannot be reached.
    """
    return run_until_done(_probe(arguments, chosen(arguments)))


async def _probe(arguments: argparse.Namespace, wanted: Options) -> int:
    def say_unless_quiet(text: str) -> None:
        if not arguments.quiet:
            say(text)

    async with connected(arguments) as api:
        options = complete_options(wanted, await read_environment(api, arguments.linkerd_namespace))
        key = key_to_write(options.release, "pod")
        if key is None:
            raise AutofixError(
                f"Linkerd {options.release.text} has no native sidecars; upgrade it to 2.15 or newer"
            )
        found = await run_probe(
            api,
            key=key,
            image=arguments.image,
            seconds=arguments.timeout,
            keep=arguments.keep,
            say=say_unless_quiet,
        )
    put(_lines(found, arguments.output))
    return exit_codes.CLEAN if found.ending is Ending.COMPLETED else exit_codes.FOUND


def _lines(found: ProbeOutcome, form: str) -> Iterator[str]:
    if form == "json":
        told = {
            "version": 1,
            "ending": found.ending.value,
            "passed": found.ending is Ending.COMPLETED,
            "why": found.why,
            "order": list(found.order),
        }
        yield from json_lines(told, indent=2)
        return
    yield f"{'passed' if found.ending is Ending.COMPLETED else 'FAILED'}: {found.ending.value}: {found.why}"
    yield from (f"  {number}. {line}" for number, line in enumerate(found.order, start=1))
