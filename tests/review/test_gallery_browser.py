"""Gallery and overlays at a real browser, on counted scans: at a desk, and on a tablet held upright."""

import cv2
import pytest
from typer.testing import CliRunner

from ballotscan.cli import review as review_command
from ballotscan.cli.app import app

DESK, TABLET = (1366, 768), (768, 1024)


@pytest.fixture
def counted(election_folder):
    """The election, with a line written on one of its ballots where nothing is printed."""
    path = sorted((election_folder / "scans").iterdir())[2]
    scan = cv2.imread(str(path))
    rows, columns = scan.shape[:2]
    at = (round(columns * 0.35), round(rows * 0.85))
    cv2.putText(scan, "Hello", at, cv2.FONT_HERSHEY_SIMPLEX, 2.2, (120, 40, 20), 5)
    cv2.imwrite(str(path), scan)
    done = CliRunner().invoke(app, ["count", "--election", str(election_folder), "--workers", "1"])
    assert done.exit_code == 0
    return election_folder


@pytest.fixture
def sit(counted, served, visitor, monkeypatch):
    """Have somebody sit at the pages of `ballotscan review` and do something there."""

    def run(act):
        def serve(parts, **_):
            with served(parts, "en") as address:
                visitor.goto(address)
                visitor.fill("input[name=name]", "Ana")
                with visitor.expect_navigation():
                    visitor.keyboard.press("Enter")
                act(visitor, address.split("/?")[0])
                visitor.goto("about:blank")  # or pictures are asked of a server that has gone

        monkeypatch.setattr(review_command, "serve", serve)
        done = CliRunner().invoke(app, ["review", str(counted), "--no-browser"])
        assert done.exception is None, done.exception

    return run


def fits(page):
    """Nothing runs out of the window to the side, and every picture in sight has come."""
    return page.evaluate(
        """async () => {
            const there = [...document.images].filter((one) => one.loading !== "lazy");
            await Promise.all(there.map((one) => one.decode()));
            return document.documentElement.scrollWidth <= window.innerWidth;
        }"""
    )


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
def test_a_wrong_box_in_the_gallery_is_one_click_from_review(sit, size):
    seen = {}

    def act(page, home):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{home}/review/gallery/ban-chap-hanh/boxes")
        seen["fits"] = fits(page)
        seen["lines"] = page.locator("svg.curve line").count()
        buttons = page.locator("ul.tiles button:visible")
        seen["name"] = buttons.first.get_attribute("aria-label")
        seen["picture"] = buttons.first.locator("img").evaluate(
            "async (one) => { await one.decode(); return one.naturalWidth; }"
        )
        before = page.locator("li.tile", has_text="waits").count()
        buttons.first.click()
        page.wait_for_load_state()
        seen["waiting"] = page.locator("li.tile", has_text="waits").count() - before

    sit(act)

    assert seen["fits"]
    assert seen["lines"] >= 2  # the thresholds
    assert "Have it looked at" in seen["name"]
    assert seen["picture"] > 20
    assert seen["waiting"] >= 1


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
def test_writing_shows_on_the_overlay_and_leads_to_its_ballot(sit, size):
    seen = {}

    def act(page, home):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{home}/review/overlay")
        page.locator("main ul.large a").first.click()
        page.get_by_role("button", name="Lay all sheets on one another").click()
        page.wait_for_selector("input[type=image]", timeout=60_000)
        page.wait_for_selector("td.n", timeout=60_000)
        seen["fits"] = fits(page)
        picture = page.locator("input[type=image]")
        box = picture.bounding_box()
        picture.click(position={"x": box["width"] * 0.38, "y": box["height"] * 0.842})
        page.wait_for_load_state()
        seen["strange"] = (
            page.locator("tbody tr, table tr:has(td)").first.locator("td a").inner_text()
        )
        seen["url"] = page.url
        seen["text"] = page.inner_text("main")

    sit(act)

    assert seen["fits"]
    assert "at.x=" in seen["url"]
    assert seen["strange"] in seen["text"]
