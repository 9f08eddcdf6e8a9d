"""The report in a real browser: nothing fails, nothing is fetched, it fits a phone and a desk, it prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

import ketworks as kw

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=2000",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]
# asks the page for its size, in a copy made for the question; the report itself holds no script
QUESTION = (
    "<script>addEventListener('load', () => {"
    "const root = document.documentElement, data = document.body.dataset;"
    "data.window = root.clientWidth; data.page = root.scrollWidth;"
    # what is wider may only be a table, which scrolls by itself
    "data.cut = [...document.querySelectorAll('body *')].filter(e => !e.closest('svg, table') && "
    "e.getBoundingClientRect().right > root.clientWidth + 1).length;"
    "data.svgs = [...document.querySelectorAll('svg')].filter(e => e.getBoundingClientRect().height > 100).length;"
    "})</script></body>"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = kw.simulate("0.5 mg/kg iv over 40 min", kw.Person("80 kg", 45))
    return made.report(tmp_path_factory.mktemp("report") / "report.html")


def browse(page: Path, profile: Path, *arguments: str) -> tuple[str, list[str]]:
    """What Chromium printed, and what the page's console said."""
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", *arguments, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


class Seen(HTMLParser):
    """Rows of tables, and what ``QUESTION`` found."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.rows = 0
        self.found: dict[str, int] = {}
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.rows += tag == "tr"
        if tag == "body":
            self.found = {
                name.removeprefix("data-"): int(value or 0) for name, value in attrs if name.startswith("data-")
            }


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_fits_the_window(report: Path, tmp_path: Path, width: int) -> None:
    """A frame of the asked width stands in for the window, which headless Chromium keeps at 500 px or wider."""
    asked = tmp_path / "asked.html"
    asked.write_text(report.read_text().replace("</body>", QUESTION))
    frame = tmp_path / "frame.html"
    answer = (
        "<script>const f = document.querySelector('iframe'); f.onload = () => setTimeout(() => "
        "Object.assign(document.body.dataset, f.contentDocument.body.dataset), 100)</script>"
    )
    style = f"width:{width}px;height:900px;border:0"
    frame.write_text(f'<!doctype html><body><iframe src="{asked.name}" style="{style}"></iframe>{answer}')
    out, console = browse(
        frame, tmp_path / "profile", "--dump-dom", "--allow-file-access-from-files", "--window-size=1400,1000"
    )
    assert console == []
    found = Seen(out).found
    assert width - 20 <= found["window"] <= width
    assert found["page"] <= found["window"]
    assert found["cut"] == 0
    assert found["svgs"] == report.read_text().count("<svg")


def test_the_browser_reads_the_table_and_the_console_is_empty(report: Path, tmp_path: Path) -> None:
    out, console = browse(report, tmp_path / "profile", "--dump-dom")
    assert console == []
    written = report.read_text()
    assert Seen(out).rows == Seen(written).rows > 30
    assert re.sub(r"\s", "", out).count("</figure>") == written.count("</figure>")


@pytest.mark.parametrize("width", [520, 1200])
def test_the_picture_is_not_empty(report: Path, tmp_path: Path, width: int) -> None:
    picture = tmp_path / "page.png"
    browse(report, tmp_path / "profile", f"--screenshot={picture}", f"--window-size={width},2400", "--hide-scrollbars")
    pixels = matplotlib.image.imread(picture)[..., :3]
    assert pixels.shape[1] == width
    ink = (pixels.min(axis=2) < 0.6).mean(axis=1) > 0.002
    assert ink.mean() > 0.2  # text and lines in many rows, from top to bottom
    assert ink[: len(ink) // 4].any()
    assert ink[-len(ink) // 4 :].any()
    colours = np.unique((pixels.reshape(-1, 3)[::7] * 15).astype(int), axis=0)
    assert len(colours) > 30


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (poppler) on this machine")
def test_it_prints_whole(report: Path, tmp_path: Path) -> None:
    document = tmp_path / "page.pdf"
    browse(report, tmp_path / "profile", f"--print-to-pdf={document}", "--no-pdf-header-footer")
    words = subprocess.run(["pdftotext", "-layout", document, "-"], capture_output=True, text=True, check=True).stdout
    pages = words.rstrip("\f").split("\f")
    assert 2 <= len(pages) <= 12
    assert "0.5 mg/kg iv over 40 min" in pages[0]
    assert "never clears, doses or treats" in words
    assert "To make this page again" in words
    assert all(page.strip() for page in pages)
