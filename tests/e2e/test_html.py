"""The HTML page in a real browser: filters, console, and what a screen reader would stumble over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from assets import build
from builders import WRONG, namespace, workload
from processes import wait_for
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from autofix.cluster.evaluate import evaluate
from autofix.cluster.inventory import Inventory
from autofix.cluster.models import custom_object
from autofix.cluster.scan import Scan
from autofix.engine.options import options
from autofix.errors import AutofixError
from autofix.kubernetes.kinds import KINDS
from autofix.report import Report, as_html
from autofix.report.manifests import manifests
from autofix.rules.context import Door

PHONE, DESK = (390, 844), (1280, 900)
EVIL = "<script>alert(1)</script>"


def scanned() -> Scan:
    """Two Namespaces with workloads, one with a name that a page must not trust."""
    inventory = Inventory(kinds=KINDS)
    kinds = {kind.kind: kind for kind in KINDS}
    for space in ("shop", "bank"):
        inventory.namespaces[space] = custom_object(kinds["Namespace"], namespace({WRONG: "yes"}, space))
        for kind, name in (("Deployment", "web"), ("CronJob", "night"), ("Job", EVIL)):
            found = workload(kind, {WRONG: "true", "linkerd.io/inject": "enabled"})
            found["metadata"] |= {"namespace": space, "name": name}
            inventory.objects.append(custom_object(kinds[kind], found))
    settings = options(release="2.17", kubernetes="1.34", door=Door.CLUSTER)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    problem = AutofixError(f"pods: {EVIL}")
    return Scan(tuple(evaluate(inventory, settings, KINDS, now)), settings, 8, now, (problem,), ())


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scan = scanned()
    path = tmp_path_factory.mktemp("page") / "scan.html"
    path.write_text("\n".join(as_html.render(Report(manifests(scan.evaluations), scan.problems, (scan,)))))
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    chosen = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        chosen.add_argument(argument)
    chosen.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(chosen, webdriver.ChromeService("/usr/bin/chromedriver")) as driver:
        yield driver


@pytest.fixture
def opened(browser: webdriver.Chrome, page: Path) -> webdriver.Chrome:
    browser.set_window_size(*DESK)
    browser.get(page.as_uri())
    return browser


def shown(browser: webdriver.Chrome) -> list[str]:
    return [one.text for one in browser.find_elements(By.TAG_NAME, "article") if one.is_displayed()]


def test_everything_is_on_the_page(opened: webdriver.Chrome) -> None:
    assert "Linkerd annotations" in opened.find_element(By.TAG_NAME, "h1").text
    assert [one.text for one in opened.find_elements(By.TAG_NAME, "h2")] == ["bank", "shop"]
    assert len(shown(opened)) == 8
    web = next(text for text in shown(opened) if text.startswith("Deployment web"))
    assert "today: ordinary container; after the safe fixes: native sidecar" in web
    assert "AFX101" in web


def test_names_cannot_run_as_code(opened: webdriver.Chrome) -> None:
    assert any(EVIL in text for text in shown(opened))
    assert EVIL in opened.find_element(By.TAG_NAME, "header").text
    assert len(opened.find_elements(By.TAG_NAME, "script")) == 1


def heads(browser: webdriver.Chrome) -> list[str]:
    return [text.partition("\n")[0] for text in shown(browser)]


def test_filters_show_what_is_asked_for(opened: webdriver.Chrome) -> None:
    status, show_all = opened.find_element(By.ID, "shown"), opened.find_element(By.TAG_NAME, "button")
    whole = status.text
    Select(opened.find_element(By.ID, "namespace")).select_by_visible_text("shop")
    wait_for("one Namespace is shown", lambda: len(shown(opened)) == 4)
    Select(opened.find_element(By.ID, "code")).select_by_visible_text("AFX202")
    wait_for("one rule is shown", lambda: heads(opened) == ["Namespace"])
    assert status.text.startswith("1 of ")
    show_all.click()
    wait_for("all is shown", lambda: status.text == whole)
    opened.find_element(By.ID, "words").send_keys("NIGHT")
    wait_for("one word is shown", lambda: heads(opened) == ["CronJob night"] * 2)
    show_all.click()
    wait_for("all is shown", lambda: len(shown(opened)) == 8)


def test_changes_are_shown_when_asked_for(opened: webdriver.Chrome) -> None:
    Select(opened.find_element(By.ID, "namespace")).select_by_visible_text("shop")
    wait_for("one Namespace is shown", lambda: len(shown(opened)) == 4)
    details = next(one for one in opened.find_elements(By.TAG_NAME, "details") if one.is_displayed())
    assert not details.find_element(By.TAG_NAME, "pre").is_displayed()
    details.find_element(By.TAG_NAME, "summary").click()
    assert details.find_element(By.TAG_NAME, "ins").is_displayed()
    assert WRONG in details.find_element(By.TAG_NAME, "del").text


def test_the_console_stays_empty(opened: webdriver.Chrome) -> None:
    opened.find_element(By.ID, "words").send_keys("x")
    assert opened.get_log("browser") == []  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_page_is_as_wide_as_its_window(opened: webdriver.Chrome, size: tuple[int, int]) -> None:
    opened.set_window_size(*size)
    assert opened.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_screen_reader_finds_no_obstacle(
    opened: webdriver.Chrome, scheme: str, size: tuple[int, int]
) -> None:
    opened.set_window_size(*size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    for details in opened.find_elements(By.TAG_NAME, "details"):
        details.find_element(By.TAG_NAME, "summary").click()
    opened.execute_script((build.folder("axe") / "axe.min.js").read_text())
    found: dict[str, Any] = opened.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert len(found["passes"]) > 15
