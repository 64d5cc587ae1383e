"""The parts of the engine of columns that save work: each says what the plain way says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.errors import InputError
from eligibility.patients.asked import Asked
from eligibility.population.cells import Cells, Factor
from eligibility.population.from_table import Table
from eligibility.population.parquet import Parquet
from eligibility.verdicts.columns.group_planes import GroupPlanes, of_codes
from eligibility.verdicts.columns.planes import Planes, unpacked
from eligibility.vocabulary.tables import vocabulary

SOME_NUMBERS = st.one_of(
    st.integers(0, 300).map(float), st.sampled_from([float("nan"), -0.0, -1.0, 254.0, 255.0, 0.5, 1e300])
)


def flags(planes: Planes, size: int) -> list[list[bool]]:
    return [unpacked(plane, size).tolist() for plane in (planes.met, planes.not_met, planes.lacking)]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=300), st.data())
def test_groups_have_the_planes_of_their_members(held: list[int], data: st.DataObject) -> None:
    members = data.draw(st.lists(st.integers(0, len(held) - 1), min_size=1, max_size=200))
    groups, codes = np.array(members, np.intp), np.array(held, np.uint8)
    found = GroupPlanes(groups, len(held)).planes(codes)
    assert flags(found, len(members)) == flags(of_codes(codes[groups]), len(members))


@given(st.lists(SOME_NUMBERS, min_size=1, max_size=50))
def test_a_column_of_numbers_is_parted_as_by_sorting(numbers: list[float]) -> None:
    """Whole small numbers are counted instead, which must give the same texts in the same order."""
    factor = Cells(range(len(numbers)), lambda _: np.array(numbers)).factor(0)
    assert isinstance(factor, Factor)
    unique, codes = np.unique(np.array(numbers), return_inverse=True)
    assert factor.codes.tolist() == codes.tolist()
    assert [float(text) if text else None for text in factor.texts] == [
        None if np.isnan(one) else one for one in unique.tolist()
    ]


@pytest.mark.parametrize("odd", [" P1", "P1 "])
@pytest.mark.parametrize("place", [2, 5])
def test_an_id_with_spaces_is_known_again_in_another_piece(tmp_path: Path, odd: str, place: int) -> None:
    """Some pieces have ids that must be read as texts, others not; both know the ids of each other."""
    ids = ["P0", "P1", "P2", "unknown", "P4", "P5"]
    ids[place], ids[3] = odd, "word"
    file = tmp_path / "ids.parquet"
    rows = ", ".join(f"('{id}', 40)" for id in ids)
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {rows}) t(id, age)) TO '{file}' (FORMAT parquet)")
    table = Table.of(str(file), Asked(vocabulary(), None, False))
    assert table is not None
    found = list(table.chunks(2))
    assert [str(one) for one in found if isinstance(one, InputError)] == [
        f"{file}: row {place + 2}: id: the id P1 stands in an earlier row too (give every patient an id of its own)"
    ]
    kept = [id for one in found if not isinstance(one, InputError) for id in one.ids]
    assert kept == [id for number, id in enumerate(ids) if number != place]


def test_texts_that_an_earlier_piece_had_not_are_read(tmp_path: Path) -> None:
    """A column of few texts is fetched as places among those met before; gaps and words for nothing are nothing."""
    texts = ["x", "it's", "x", "", "NA", "new", "x", "x", *(f"t{place}" for place in range(40)), "x", "it's"]
    file = tmp_path / "words.parquet"
    rows = ", ".join("(NULL)" if not text else "('" + text.replace("'", "''") + "')" for text in texts)
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {rows}) t(word)) TO '{file}' (FORMAT parquet)")
    found = [one.factor(0) for one in Parquet(str(file)).pieces(2)]
    read = [factor.texts[code] for factor in found for code in factor.codes.tolist()]
    assert read == ["" if text == "NA" else text for text in texts]


def test_numbers_with_gaps_are_fetched(tmp_path: Path) -> None:
    """Missing is no number; the least and the greatest ones stay as they are."""
    file = tmp_path / "numbers.parquet"
    rows = "(-0.0, true), (NULL, NULL), (1e308, false), (-5e-324, NULL)"
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {rows}) t(number, flag)) TO '{file}' (FORMAT parquet)")
    source = Parquet(str(file))
    source.numbers = frozenset([0])
    (cells,) = source.pieces(10)
    assert list(cells.texts(0)) == ["0", "", "1e+308", "-5e-324"]
    assert list(cells.texts(1)) == ["true", "", "false", ""]
