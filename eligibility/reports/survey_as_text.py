"""How a file of patients was understood, as tables a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eligibility.patients.patient import Item, Patient
from eligibility.patients.survey import Survey, summary
from eligibility.reports.wording import one_line, shortened

_SAID, _UNIT = 62, 22
_ONE = {
    "results": "result", "levels of scales": "level of a scale", "conditions": "condition", "treatments": "treatment",
    "procedures": "procedure", "allergies": "allergy", "states": "state",
}  # fmt: skip


def patient_as_text(patient: Patient) -> str:
    """One patient in a line: who, as of when, and how many facts of each list."""
    who: list[str] = [patient.sex or "sex not known"]
    who += [f"born {patient.birth_date.text}"] if patient.birth_date else []
    who += [f"died {patient.died.text.partition('T')[0]}"] if patient.died else []
    day = f"as of {patient.as_of}" if patient.as_of else "no dated fact"
    late = f"; {len(patient.left_out):,} later left out" if patient.left_out else ""
    return f"{one_line(patient.id)}  {', '.join(who)}, {day}: {_numbers(summary(patient).facts)}{late}\n"


def survey_as_text(survey: Survey, top: int | None = None) -> str:
    """The numbers of the whole, what was understood and as what, and what was not; `top` rows of each table."""
    plural = "" if survey.patients == 1 else "s"
    lines = [f"{survey.patients} patient{plural}: {_numbers(survey.facts)}"]
    lines += _table("Understood", survey.understood, top)
    lines += _table("Not understood, so it decides nothing", survey.not_understood, top)
    if survey.faulty:
        lines += ["", f"Could not be read ({survey.faulty})"]
        lines += [f"  {one_line(str(fault))}" for fault in survey.faults[:top]]
    if survey.passed_over:
        named = ", ".join(f"{count:,} {one_line(kind)}" for kind, count in survey.passed_over)
        lines += ["", f"Passed over, since it says nothing of eligibility: {named}"]
    return "".join(f"{line}\n" for line in lines)


def _numbers(facts: Sequence[tuple[str, int]]) -> str:
    """ "1 condition, 12 results"; what there is none of is left out."""
    return ", ".join(f"{count:,} {name if count > 1 else _ONE[name]}" for name, count in facts if count) or "no facts"


def _meaning(item: Item) -> str:
    if item.word is None:
        return item.how
    if item.how in ("code", "name"):
        return f"{item.word} (by {item.how})"
    return f"{item.word}, {item.how}" if item.how else item.word


def _table(title: str, items: Sequence[Item], top: int | None) -> Iterator[str]:
    if not items:
        return
    total = sum(item.count for item in items)
    yield ""
    names = "1 name or code" if len(items) == 1 else f"{len(items)} names or codes"
    yield f"{title} ({names}, {total:,} {'entry' if total == 1 else 'entries'})"
    for item in items[:top]:
        said = shortened(one_line(item.said), _SAID)
        unit = one_line(item.unit)[:_UNIT].ljust(_UNIT)
        yield f"  {item.count:7,}  {said.ljust(_SAID)}  {unit}  {one_line(_meaning(item))}"
    if top is not None and len(items) > top:
        yield f"  … and {len(items) - top} more (--top shows more)"
