"""``autofix probe``: does a Job with a native sidecar complete in this cluster?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from autofix.cli import exit_codes
from autofix.cli.connection import connected, run_until_done
from autofix.cli.options import options_from
from autofix.cli.output import put, say
from autofix.cluster.environment import complete_options, read_environment
from autofix.cluster.lifecycle import Ending, ProbeOutcome
from autofix.cluster.probe import probe as run_probe
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.linkerd.eras import releases_with_native_sidecars
from autofix.linkerd.release import key_to_write
from autofix.report.json_lines import json_lines


def probe(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix probe --help``.

    Args:
        arguments: the command's.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option cannot be read, or the API server cannot be reached.
    """
    return run_until_done(_probe(arguments, options_from(arguments)))


async def _probe(arguments: argparse.Namespace, options: Options) -> int:
    def say_unless_quiet(text: str) -> None:
        if not arguments.quiet:
            say(text)

    async with connected(arguments) as api:
        options = complete_options(options, await read_environment(api, arguments.linkerd_namespace))
        key = key_to_write(options.release, "pod")
        if key is None:
            raise AutofixError(
                f"Linkerd {options.release.text} has no native sidecars; "
                f"upgrade it to {releases_with_native_sidecars().minors[0]} or newer"
            )
        outcome = await run_probe(
            api,
            options=options,
            key=key,
            image=arguments.image,
            seconds=arguments.timeout,
            keep=arguments.keep,
            say=say_unless_quiet,
        )
    put(_lines(outcome, arguments.output))
    return exit_codes.CLEAN if outcome.ending is Ending.COMPLETED else exit_codes.FINDINGS


def _lines(outcome: ProbeOutcome, form: str) -> Iterator[str]:
    if form == "json":
        value = {
            "version": 1,
            "ending": outcome.ending.value,
            "passed": outcome.ending is Ending.COMPLETED,
            "why": outcome.why,
            "order": list(outcome.order),
        }
        yield from json_lines(value, indent=2)
        return
    verdict = "passed" if outcome.ending is Ending.COMPLETED else "FAILED"
    yield f"{verdict}: {outcome.ending.value}: {outcome.why}"
    yield from (f"  {number}. {line}" for number, line in enumerate(outcome.order, start=1))
