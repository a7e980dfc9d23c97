"""What ``autofix scan`` says on standard error about a scan."""

from __future__ import annotations

from collections.abc import Sequence

from autofix.cli.output import count, say, say_errors
from autofix.cli.release import doubt
from autofix.cluster.scan import Scan
from autofix.errors import AutofixError


def problems(scan: Scan) -> list[AutofixError]:
    """List what could not be read.

    Args:
        scan: the scan; where there are several clusters, each message names the cluster.
    """
    return [AutofixError(f"{prefix(scan)}{problem}") for problem in scan.problems]


def warning_texts(scan: Scan) -> list[str]:
    """List what is not known of a cluster, and what may not be read there.

    Args:
        scan: the scan.
    """
    # An answer may depend on what the cluster does not say, also where the release is known.
    texts = [*map(str, scan.warnings), *scan.unknowns]
    if message := doubt(scan.options.release):
        texts.append(message)
    return [f"{prefix(scan)}{text}" for text in texts]


def prefix(scan: Scan) -> str:
    """Return what a message about a cluster begins with, where there are several clusters."""
    return f"{scan.context}: " if scan.context else ""


def say_problems(scans: Sequence[Scan], failures: Sequence[AutofixError]) -> None:
    """Say what could not be read.

    Args:
        scans: the scans, one for each cluster.
        failures: why the other clusters could not be scanned.
    """
    say_errors(problem for scan in scans for problem in problems(scan))
    say_errors(failures)


def say_summary(scans: Sequence[Scan], failures: Sequence[AutofixError], seconds: float) -> None:
    """Say what is not known, and how much was read.

    Args:
        scans: the scans, one for each cluster.
        failures: why the other clusters could not be scanned.
        seconds: how long it took.
    """
    if not any(scan.objects or not scan.problems for scan in scans):
        return
    for scan in scans:
        for warning in warning_texts(scan):
            say(f"warning: {warning}")
    for line in summary(scans, failures, seconds):
        say(line)


def summary(scans: Sequence[Scan], failures: Sequence[AutofixError], seconds: float) -> list[str]:
    """Summarise the scans.

    Args:
        scans: the scans, one for each cluster.
        failures: why the other clusters could not be scanned.
        seconds: how long it took.

    Returns:
        A line; before it one for each cluster, where there are several.
    """
    if not any(scan.context for scan in scans):
        return [
            f"{_numbers([scan])}, read in {seconds:.1f} s ({_versions(scan)}){_unread(scan)}"
            for scan in scans
        ]
    lines = [f"{scan.context}: {_numbers([scan])} ({_versions(scan)}){_unread(scan)}" for scan in scans]
    left = f"; {count(len(failures), 'cluster')} not read" if failures else ""
    clusters = count(len(scans), "cluster")
    return [*lines, f"{_numbers(scans)} of {clusters}, read in {seconds:.1f} s{left}"]


def _numbers(scans: Sequence[Scan]) -> str:
    findings = sum(len(evaluation.result.findings) for scan in scans for evaluation in scan.evaluations)
    return f"{count(findings, 'finding')} in {count(sum(scan.objects for scan in scans), 'object')}"


def _versions(scan: Scan) -> str:
    options = scan.options
    kubernetes = f", Kubernetes {options.kubernetes}" if options.kubernetes else ""
    return f"Linkerd {options.release.text}{kubernetes}"


def _unread(scan: Scan) -> str:
    return f"; not read: {', '.join(scan.unread)}" if scan.unread else ""
