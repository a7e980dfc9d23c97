"""``autofix scan --fix`` asks before it writes, and only where somebody can answer."""

from __future__ import annotations

import argparse
import io

import pytest
from builders import WRONG
from scan_reports import report_of, scan_of

from autofix.cli.scan_fix import fix
from autofix.errors import AutofixError
from autofix.kubeapi.client import Api


@pytest.mark.parametrize("stdin", [io.StringIO("y\n"), None])
async def test_without_a_terminal_or_a_standard_input_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None
) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    arguments = argparse.Namespace(color="never", yes=False, dry_run=False, quiet=True, exit_zero=False)
    scan = scan_of({"shop/web": {WRONG: "true"}})
    # Nothing can be sent by this one.
    api = Api(None)  # type: ignore[arg-type]
    with pytest.raises(AutofixError, match="there is no terminal: give --yes"):
        await fix(api, arguments, scan, report_of(scan))
