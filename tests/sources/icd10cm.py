"""Derive eligibility/vocabulary/icd10cm.tsv.gz: code, name and inclusion terms of the ICD-10-CM, one code a line.

python tests/sources/icd10cm.py          needs `pip install simple-icd-10-cm`, which carries the release of the NCHS

Left out are the codes that only add a seventh character by rule to a code that is there. No time is packed, so the same
release gives the same bytes. The release stands in the first line, in the NOTICE beside the table, and here.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "eligibility" / "vocabulary" / "icd10cm.tsv.gz"
RELEASE = "ICD-10-CM, release of April 1, 2026 (simple-icd-10-cm 1.5.0)"


def main() -> None:
    """Write the table, from the release that RELEASE names and no other."""
    version = metadata.version("simple-icd-10-cm")
    if version not in RELEASE:
        raise SystemExit(
            f"simple-icd-10-cm {version} carries another release than {RELEASE}: name it here and in the NOTICE"
        )
    TABLE.write_bytes(packed(lines()))
    print(TABLE)


def lines() -> Iterator[str]:
    """The first line, and one for each category and subcategory, in the order of the classification."""
    icd = import_module("simple_icd_10_cm")
    yield f"# {RELEASE}; public domain, National Center for Health Statistics"
    for code in icd.get_all_codes():
        if icd.is_category_or_subcategory(code) and not icd.is_extended_subcategory(code):
            yield "\t".join(
                " ".join(text.split()) for text in (code, icd.get_description(code), *icd.get_inclusion_term(code))
            )


def packed(rows: Iterator[str]) -> bytes:
    """Gzip without a time, so that the same release gives the same bytes."""
    return gzip.compress("".join(f"{row}\n" for row in rows).encode(), 9, mtime=0)


if __name__ == "__main__":
    main()
