"""A report on several clusters: each format says which cluster an object is in."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from builders import WRONG
from paths import ROOT
from scan_reports import report_of, scan_of

from autofix.errors import AutofixError
from autofix.report import FORMATS, SCAN_FORMATS

KEYS = {WRONG: "true"}


# A patch names no object at all.
@pytest.mark.parametrize("form", sorted({*SCAN_FORMATS} - {"jsonpatch"}))
def test_every_format_names_the_cluster(form: str) -> None:
    report = report_of(scan_of({"shop/web": KEYS}, "eu-1"), scan_of({"shop/web": KEYS}, "us-2"))
    text = "\n".join(FORMATS[form](report))
    assert all(name in text for name in ("eu-1", "us-2"))


def test_json_fits_its_schema() -> None:
    warning = AutofixError("podtemplates: forbidden")
    report = report_of(replace(scan_of({"shop/web": KEYS}, "eu-1"), warnings=(warning,)))
    whole = json.loads("\n".join(FORMATS["json"](report)))
    jsonschema.validate(whole, json.loads((ROOT / "docs/output.schema.json").read_text()))
    assert whole["documents"][0]["objects"][0]["context"] == "eu-1"
    assert whole["warnings"] == ["podtemplates: forbidden"]


def test_the_objects_of_one_cluster_have_no_context() -> None:
    whole = json.loads("\n".join(FORMATS["json"](report_of(scan_of({"shop/web": KEYS})))))
    assert "context" not in whole["documents"][0]["objects"][0]
    assert whole["warnings"] == []
