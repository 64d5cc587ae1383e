"""What can be seen of a clause before it is read: labels, counts, groups between commas, diseases it begins with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.heads import LABEL_WORDS, TURNED
from eligibility.rules.meaning.joining import computable
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.results import is_open
from eligibility.rules.meaning.sentence import Bracket, Clause, Part, Piece
from eligibility.rules.rule import Present, Window

# Patterns without capitals are for words in small letters: that is several times faster than to ignore the case.
# Parts that say something by themselves, so that they are more than the label of a list.
_ANNOUNCING: Final = frozenset(("COUNT", "HISTORY", "EVER", "VERB", "CURRENT"))
SAID: Final = frozenset(("THING", "RULE", "BRACKET", "ELLIPSIS", "IF", "FAMILY", "COHORT", "JUDGE"))
_GROUP: Final = re.compile(
    r"\b(?:who|with|without|for|if|in|patients?|subjects?|participants?|women|men|males?|females?|children|adults?|"
    r"cohorts?|groups?|parts?|arms?|only|phase|sub-?stud(?:y|ies)|treated|undergone|receiv\w+)\b"
)
_RELATED: Final = re.compile(
    r"\b(?:treated|receiv\w+|undergo\w*|using|taking|attributed|caused|due|related|children|adults?|cohorts?|groups?|"
    r"arms?|phase|during|maintenance|consolidation|induction|extension|crossover|retreatment)\b"
)
_COUNTED: Final = re.compile(r"\b(?:at least|any|one|two|three)\b", re.IGNORECASE)
_EXCEPTING: Final = re.compile(r"[.;]\W*(?:the |any )?(?:exceptions|exempt(?:ion)?s?)\b")
_HOW_MANY: Final = re.compile(
    r"(?:at least|at most|no more than|fewer than|less than|more than|only|any|≥|>|<|≤|exactly)\s+"
    r"(?:\d{1,2}|one|two|three|four|five|six)\s+(?:or more\s+)?(?:out\s+)?of\b"
)
_TWO: Final = 2
_MUST: Final = ("must", "should")
_THOSE: Final = re.compile(
    r"\s*(?:those|patients|subjects|participants|women|men|females|males) (?:who|that|with)\b", re.I
)
_FINDING: Final = frozenset(("THING", "QUALIFIER", "WORDS"))
_HEADING: Final = re.compile(r"\bfollowing\b[^.;\n]*:\s*$", re.IGNORECASE)


def without_label(parts: Sequence[Part], text: str) -> Sequence[Part]:
    """ "Renal function: creatinine …": plain words before a colon name the list, they require nothing."""
    at = next((i for i, part in enumerate(parts) if part.kind == "COLON"), None)
    if at is None:
        return parts
    if (
        at + 1 < len(parts)
        and all(part.kind in LABEL_WORDS for part in parts[:at])
        and _plain(text[parts[0].start : parts[at].end])
    ):
        return parts[at + 1 :]
    return [part for part in parts if part.kind != "COLON"]


def denies_all(clause: Clause) -> bool:
    """ "Absence of: A; B"."""
    kinds = [part.kind for part in clause.members[0]]
    return "NOT" in kinds and kinds[kinds.index("NOT") + 1 :][:1] == ["COLON"]


def restricts(head: Sequence[Clause], text: str) -> bool:
    """ "Patients receiving foozumab must have:": whether the words over a list say of whom its items are asked."""
    line = text[: head[-1].end].rpartition("\n")[2] if head else ""
    return bool(_RELATED.search(line.lower())) and any(part.kind == "WORDS" for part in pieces_of(head[-1:]))


def counts(words: str) -> bool:
    """ "At least 2 of 3", "no more than 1 of": whether words ask for some of what follows."""
    words = words.lower()
    return "of" in words and _HOW_MANY.search(words) is not None


def excepting(text: str, clauses: Sequence[Clause]) -> bool:
    """ "Exceptions include X": whether words of an exception to what was said before stand in front."""
    for clause in clauses[1:]:
        near = text[max(0, clause.start - 60) : clause.start + 12].lower()
        if "ex" in near and _EXCEPTING.search(near):
            return True
    return False


def some_of(head: Sequence[Clause], text: str) -> bool:
    """ "Abnormal marker (at least 1):", "no more than 2 of 5:" over a list: how many are asked for was not read."""
    brackets = (part for clause in head for member in clause.members for part in member if isinstance(part, Bracket))
    if any(_COUNTED.search(text[part.start : part.end]) for part in brackets):
        return True
    return bool(head) and ("AT_MOST" in head[-1].kinds or counts(text[head[0].start : head[-1].end]))


def _plain(label: str) -> bool:
    """Whether a label only names its list: it speaks of no group of people and has no short name of one ("HFpEF")."""
    words = label.strip(" :").split()
    if any(char.isdigit() for char in label):
        return False
    return (
        not _GROUP.search(label.lower())
        and not TURNED.search(label.lower())
        and not any(word[1:] != word[1:].lower() for word in words)
    )


def pieces_of(clauses: Sequence[Clause]) -> Iterator[Piece]:
    """Every piece of several clauses outside brackets, in reading order."""
    for clause in clauses:
        yield from (part for part in clause.parts() if isinstance(part, Piece))


def announced(clause: Clause, listing: bool = False) -> tuple[int | None, Clause]:
    """(the count of "one of: A, B, C" within a clause, the clause without the words that only announce it)."""
    if "COUNT" not in clause.kinds:
        return None, clause
    first = clause.members[0]
    at, how_many = next(
        ((i, p.value) for i, p in enumerate(first) if isinstance(p, Piece) and p.kind == "COUNT"), (0, None)
    )
    if how_many is None or any(part.kind in SAID or part.kind == "WORDS" for part in first[:at]):
        return None, clause
    rest = tuple(part for part in first[at + 1 :] if part.kind != "COLON")
    if not rest:  # "any of: - A - B"
        told = Clause(clause.members[1:], clause.joints[1:])
        return (how_many, told) if len(clause.members) > 2 and _dashed(clause) else (None, clause)
    told = Clause(((*first[:at], *rest), *clause.members[1:]), clause.joints)
    return how_many if listing or len(clause.members) > 1 else None, told


def _dashed(clause: Clause) -> bool:
    first = clause.members[0]
    return first[-1].kind == "COLON" and clause.joints[0].value == "comma"


def dated_head(clause: Clause) -> tuple[Window | None, Clause]:
    """ "Any of the following within 6 months: A, B or C": the time of all of it, and the clause without that time.

    So too "In the past 6 months: A, B or C".
    """
    first = clause.members[0]
    if "WINDOW" not in clause.kinds or (first[0].kind not in _ANNOUNCING and first[0].kind != "WINDOW"):
        return None, clause
    at = next((i for i, part in enumerate(first) if part.kind == "WINDOW"), 0)
    window = first[at]
    behind = first[at + 1 :]
    said = len(behind) > 1 or len(clause.members) > 1
    if not behind or behind[0].kind != "COLON" or not said or not isinstance(window, Piece):
        return None, clause
    if not isinstance(window.value, Window):  # a time that is not counted from screening
        return None, clause
    if not at and len(behind) < _TWO:
        return None, clause
    if not at:
        return window.value, Clause((behind[1:], *clause.members[1:]), clause.joints)
    last = first[at - 1]  # a time of another member is not that of the head
    if not isinstance(last, Piece) or last.value != 1 or any(part.kind not in _ANNOUNCING for part in first[:at]):
        return None, clause
    return window.value, Clause(((*first[:at], *behind), *clause.members[1:]), clause.joints)


def bound_by_label(clause: Clause) -> bool:
    """Whether a disease or a test stands before a colon: it may be the name of the list, or bind all of it."""
    named = False
    for member in clause.members if "COLON" in clause.kinds else ():
        at = next((i for i, part in enumerate(member) if part.kind == "COLON"), -1)
        before = member if at < 0 else member[:at]
        named = named or any(part.kind in ("THING", "RULE", "ELLIPSIS") for part in before)
        if named and 0 <= at < len(member) - 1:
            return True
    return False


def behind_label(clause: Clause) -> Clause | None:
    """What stands behind the colon of a clause whose first member begins with a finding and a colon."""
    first = clause.members[0]
    at = next((i for i, part in enumerate(first) if part.kind == "COLON"), 0)
    if not at or at + 1 == len(first) or any(part.kind not in _FINDING for part in first[:at]):
        return None
    return Clause((first[at + 1 :], *clause.members[1:]), clause.joints)


def heading(text: str) -> bool:
    """ "One of the following respiratory diseases:", and nothing follows it."""
    return text.rstrip().endswith(":") and _HEADING.search(text) is not None and "\n\n" not in text.strip()


def titled(head: Sequence[Clause]) -> bool:
    """ "Cardiovascular disease:" over bullets: whether a disease alone is their title, or binds them."""
    if len(head) != 1:
        return False
    first, *more = head[0].members
    if any(part.kind not in ("COUNT", "COLON") for member in more for part in member):
        return False
    kinds = [part.kind for part in (*first, *(part for member in more for part in member))]
    kinds = [kind for kind in kinds if kind not in ("COUNT", "VERB")]
    return kinds[-2:] == ["THING", "COLON"] and kinds.count("THING") == 1


def binding(clause: Clause) -> bool:
    """Whether a clause says what someone must do or be, so that it binds whom it names and asks for nobody."""
    words = (str(part.value).lower() for part in pieces_of((clause,)) if part.kind in ("VERB", "NOT"))
    return any(word.startswith(_MUST) for word in words)


def labelled(clause: Clause) -> bool:
    """ "Men: haemoglobin ≥ 13 g/dL": a sex before a colon says whom the rest binds."""
    kinds = [part.kind for part in clause.members[0][:2]]
    return kinds in (["WOMEN", "COLON"], ["MEN", "COLON"])


def required_of_some(clause: Clause, text: str) -> bool:
    """ "Patients with diabetes must have …", "patients over 16 must have …": whom it binds stands before "must".

    So too behind a comma: "must not be pregnant, and those who are sexually active and fertile must …".
    """
    named = False
    others = next((at for at in range(1, len(clause.members)) if _THOSE.match(text, clause.joints[at - 1].end)), 0)
    if others and any(_is_must(member[0]) for member in clause.members[others + 1 :]):
        return any(map(_is_thing, (part for member in clause.members[others:] for part in member)))
    for member in clause.members if not clause.kinds.isdisjoint(("THING", "RULE")) else ():
        for at, part in enumerate(member):
            if _is_must(part):
                tested = any(part.kind == "RULE" for part in member[at:])
                tested = tested or (named and not any(map(_says, member[at:])))  # "… X or ECOG 2 must have this lab"
                return any(_is_thing(before) or (tested and before.kind == "RULE") for before in member[:at])
        named = named or any(map(_is_thing, member))
    return False


def _is_must(part: Part) -> bool:
    return isinstance(part, Piece) and part.kind in ("VERB", "NOT") and str(part.value).lower().startswith(_MUST)


def _says(part: Part) -> bool:
    return part.kind in ("THING", "RULE", "JUDGE", "ELLIPSIS", "POSITIVE", "NEGATIVE")


def _is_thing(part: Part) -> bool:
    """A named thing that somebody may have, and not a test, of which it is said what it must be."""
    return isinstance(part, Piece) and part.kind == "THING" and not is_open(part.value)


def groups(members: list[Member], joints: list[str]) -> list[tuple[list[Member], list[str]]]:
    """Members cut at bare commas: "A, B and C" is [A], [B and C]; each with the words joining it."""
    groups: list[tuple[list[Member], list[str]]] = [([members[0]], [])]
    for member, joint in zip(members[1:], joints, strict=True):
        if joint == "comma":
            groups.append(([member], []))
        else:
            groups[-1][0].append(member)
            groups[-1][1].append(joint.removeprefix("comma_"))
    return groups


def names_disease(clause: Clause) -> bool:
    """Whether a clause begins with a disease and goes on to say what it is."""
    first = clause.members[0][0]
    return isinstance(first, Piece) and first.kind == "THING" and len(clause.members[0]) + len(clause.members) > 2


def finding(member: Member) -> bool:
    """Whether a member is a disease, treatment or state, not a test, words or an opinion."""
    return not member.tested and not member.judged and member.rule is not None and computable(member.rule)


def names_one(member: Member) -> bool:
    """Whether a disease, treatment or state is named in a member, whatever else it says."""
    return member.rule is not None and any(isinstance(leaf, Present) for leaf in leaves(member.rule))


def for_some(parts: Sequence[Part]) -> bool:
    """A limit followed by "in patients with …" binds only those patients."""
    kinds = [part.kind for part in parts]
    return "WHOM" in kinds and any(kind in ("RULE", "ELLIPSIS") for kind in kinds[: kinds.index("WHOM")])


def restrained(members: Sequence[Member], clause: Clause) -> bool:
    """ "taking antidepressants and unable to stop": an opinion behind "and" is asked of the findings before it."""
    last = members[-1]
    if len(members) < 2 or not last.judged or last.rule is None or clause.joints[-1].value != "and":
        return False
    return all(member.rule is None or not member.tested for member in members[:-1])


def one_sex(clause: Clause) -> bool:
    """ "Female subjects only"."""
    if "COHORT" not in clause.kinds:
        return False
    kinds = set(clause.kinds)
    only = any(isinstance(p, Piece) and p.kind == "COHORT" and str(p.value).lower() == "only" for p in clause.parts())
    return only and len(clause.members) == 1 and kinds in ({"WOMEN", "COHORT"}, {"MEN", "COHORT"})


def exception_of(clause: Clause) -> Piece | None:
    """The "unless" or "except" of a clause; a condition behind it is read with it."""
    return next((joint for joint in clause.joints if joint.kind in ("UNLESS", "EXCEPT")), None)
