"""The tour shows what the commands print now; `python tests/tour.py` writes it anew."""

from __future__ import annotations

from xml.etree import ElementTree

import tour


def test_the_page_is_what_the_commands_print() -> None:
    assert tour.PAGE.read_text(encoding="utf-8") == tour.page(), "run python tests/tour.py and look at what changed"


def test_the_pictures_show_the_same_and_fetch_nothing() -> None:
    drawn = tour.pictures()
    assert {file.name for file in (tour.DOCS / "pictures").iterdir()} == set(drawn)
    for name, picture in drawn.items():
        kept = (tour.DOCS / "pictures" / name).read_text(encoding="utf-8")
        assert kept == picture, "run python tests/tour.py and look at what changed"
        assert kept.count("http") == 1  # the name of the format
        tags = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(kept).iter()}
        assert tags == {"svg", "title", "style", "rect", "text"}
        assert len(kept) < 10_000
