"""The words of a tail that only narrow the thing they stand behind: what binds them to it, and what would be more.

A thing and a tail that nobody reads ask for both; the tail as a quality of the thing says the same, and says of what
it is. So a tail may be a quality wherever it is sure that it is of that thing alone and names nothing to ask for by
itself.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.source import CAUSED, EXAMPLES, RESTRICTS, UNKNOWN
from eligibility.vocabulary.judgement import questions, words_of

REACH: Final = "how far a negation reaches"
WIDENING: Final = "the brackets may widen or restrict"
_REASONS: Final = frozenset((UNKNOWN, RESTRICTS, CAUSED, EXAMPLES, WIDENING, REACH))

# ", requiring systemic therapy", "that has required surgery": of these words it is sure where they end.
_NEEDING: Final = re.compile(
    r",? ?(?:(?:that|which|who)(?: has| have)?(?: been)? )?(?:requir|need|necessitat|warrant)", re.IGNORECASE
)
# "as determined by a local test", "based on a pathology report": by what it is known
_KNOWN: Final = (
    r"(?:as )?(?:determined|assessed|classified|indicated|evidenced|documented|demonstrated|diagnosed|established|shown"
    r"|seen|detected|identified|evaluated|verified|confirmed|proven|defined) (?:by|on|in|with|via|using|from|per"
    r"|according to|based on)|based (?:up)?on|according to|as per|per|by"
)
_HOW_KNOWN: Final = re.compile(rf"(?:{_KNOWN})\b", re.IGNORECASE)
_BOUND: Final = re.compile(
    r"(?:,? ?(?:(?:that|which)(?= )|who (?:requires?|required|needs?)|requiring|needing|necessitating|warranting)"
    r"|involving|affecting|limiting|impairing|causing|inducing|exceeding|(?:confined|restricted) to"
    r"|located (?:in|on|at)|outside(?: of)?|(?:known|likely|expected|given) to"
    r"|(?:due|secondary|related|attributed|attributable) to|associated with|caused by|resulting from|because of"
    r"|uncontrolled (?:by|with|on|despite)|for|in|to|of|on|with|from|using|under|despite|refractory to|resistant to"
    r"|unresponsive to|as (?=(?:[\w-]+ ){0,4}(?:treatment|therapy|prophylaxis|prevention)\b)"
    rf"|at (?=(?:[\w-]+ ){{0,4}}(?:sites?|rest|joints?|cent(?:er|re)|hospital)\b)|{_KNOWN})\b",
    re.IGNORECASE,
)
_DOING: Final = re.compile(
    r"(?:requiring|needing|involving|affecting|limiting|impairing|causing|inducing|for|in|to|of|on|with|from)\b", re.I
)
# "that cannot be removed", "not responding to treatment"
_DENIED: Final = re.compile(
    r"(?:(?:that|which) (?:(?:is|are|was|were|does|do|did|has|have|had|can|could) ?)?)?not (?!an? |eligible|exclu)",
    re.IGNORECASE,
)
# Words in which there is more than a quality: another thing, a number, a doubt, a time, or what is asked or allowed.
_MORE: Final = re.compile(
    r"[\d,;:.()\[\]/%<>=≤≥]|\b(?:and|or|but|not|cannot|no|if|unless|except|excluding|including|such as|within|before"
    r"|prior|after|during|since|until|while|weeks?|months?|days?|years?|hours?|when|who|whom|which|whose|that|time"
    r"|doses?|study(?! (?:eye|joint|knee|hip|limb|leg|ear|tooth|hand|site)s?\b)|trial|protocol"
    r"|participat\w*|screening|enrol\w*|random\w*|baseline|is|are|was|were|admission|discharge|onset|presentation"
    r"|may|must|should|will|would|could|can|allowed|permitted|eligible|excluded|investigator|opinion)\b",
    re.IGNORECASE,
)
# "in the past 2 years", where the thing counts whenever it was, or is asked for now
_LATELY: Final = re.compile(
    r"\b(?:with)?in (?:the )?(?:past|last|previous) (?:\d+|two|three|five) (?:year|month|week)s\b"
)
# "hepatocellular carcinoma (HCC)", "SARS-CoV-2", "DSM-IV": short names, in which there is no number
_SHORT: Final = re.compile(r" ?\([A-Z][A-Za-z\d-]{1,9}\)|\b[A-Za-z]+(?:-[A-Za-z]+)*-?\d+\b|\bv?\d\.\d\b")
# "(e.g., chronic diarrhea)" behind a tail: kinds of it
_EXAMPLES: Final = re.compile(r" ?\((?:i\.?e\b|e\.?g\b|such as|for example)[^()]*\)$", re.IGNORECASE)
# Where a phrase surely ends; behind a comma or "or" it may go on.
_ENDED: Final = re.compile(
    r"\s*(?:$|[.;](?:\s|$)|\n|(?:, ?)?(?:or|and) (?:an? |any )?"
    r"(?:has|have|had|is|are|history|prior|previous|current|currently|known|evidence)\b)",
    re.IGNORECASE,
)
_SHORTENED: Final = re.compile(r"\b(?:st|dr|vs|no|approx)$", re.IGNORECASE)
_MOST_WORDS: Final = 12
_ANOTHER: Final = re.compile(r"\b(?:for|of|with|from|due|against|as|by)\b")
# "prednisone > 10 mg/day", "stable dose of methotrexate ≥ 4 weeks": how much or how long at least
_AT_LEAST: Final = (
    r"(?:>|≥|>=|=>|=/>|(?:more|greater|larger) than|at least|exceeding|over|above)(?: or equal to)?(?: a dose of)?"
)
_DOSE: Final = re.compile(
    rf"(?:(?:at|in) )?(?:a )?(?:daily )?(?:doses? (?:of )?)?{_AT_LEAST}\s*\d+(?:\.\d+)?\s*"
    r"(?:mg|g|mcg|µg|μg|ug|units?|iu)(?:\s*/\s*(?:kg|m2|day|d|week|month))*"
    r"(?: (?:per day|daily|a day|per week|weekly))?\.?",
    re.IGNORECASE,
)
_LENGTH: Final = re.compile(rf"{_AT_LEAST}\s*\d+\s*(?:days?|weeks?|months?|years?)\.?", re.IGNORECASE)
_SIZE: Final = re.compile(
    rf"(?:of |measuring )?{_AT_LEAST}\s*\d+(?:\.\d+)?\s*(?:cm|mm)(?: in (?:\w+ )?(?:diameter|size|dimension))?\.?", re.I
)
# "(measured by pulse oximetry)", "using the CKD-EPI equation": how a value was found
_METHOD: Final = re.compile(
    r"[(,]? ?(?:as )?(?:(?:measured|calculated|determined|assessed|estimated|obtained|evaluated|tested|detected"
    r"|confirmed) )?(?:by|using|via|per|according to|based on)\b",
    re.IGNORECASE,
)
_METHOD_ENDS: Final = re.compile(
    r"\s*(?:$|[.;,)](?:\s|$|[,;.)])|\n|(?:and )?at (?:screening|baseline)\b)", re.IGNORECASE
)


def narrows(said: str, reason: str, dated: bool) -> bool:
    """Whether words right behind a thing, not read for this reason, only narrow it.

    `dated` says that the thing counts whenever it was, or is asked for now, so that a time within the words is
    none of its own. What is somebody's opinion is no quality.
    """
    if reason not in _REASONS:
        return False
    first = (_DENIED if reason == REACH else _BOUND).match(said)
    if first is None or (not _DOING.match(said) and questions().opines(words_of(said))):
        return False
    head = _EXAMPLES.sub("", said) if reason in (EXAMPLES, WIDENING) else said
    if not 1 < len(head.split()) <= _MOST_WORDS:
        return False
    head = _SHORT.sub("", head[first.end() :])
    return not _MORE.search(_LATELY.sub("", head) if dated else head)


def bound_anywhen(said: str) -> bool:
    """Whether words may stand behind a time and still be of the thing before it: a need, or what it is for."""
    return _NEEDING.match(said) is not None or said.startswith("for ")


def needs(said: str) -> bool:
    """ "requiring antibiotics": whether words tell what a finding requires, and no more of that."""
    match = _NEEDING.match(said)
    return match is not None and not _ANOTHER.search(said, match.end())


def tells_how_known(said: str) -> bool:
    """ "as determined by a local test"."""
    return _HOW_KNOWN.match(said) is not None


def ended(text: str, at: int) -> bool:
    """Whether a phrase that goes up to there surely ends."""
    return _ENDED.match(text, at) is not None and _SHORTENED.search(text, max(0, at - 5), at) is None


def is_dose(said: str) -> bool:
    """ "> 10 mg/day"."""
    return _DOSE.fullmatch(said) is not None


def is_length(said: str) -> bool:
    """ "≥ 4 weeks"."""
    return _LENGTH.fullmatch(said) is not None


def is_size(said: str) -> bool:
    """ "larger than 4 cm"."""
    return _SIZE.fullmatch(said) is not None


def is_method(said: str, text: str, end: int) -> bool:
    """Whether words behind a test only tell how its value was found, and surely end at that place of the text."""
    match = _METHOD.match(said)
    if match is None or not 1 < len(said.split()) <= _MOST_WORDS or not _METHOD_ENDS.match(text, end):
        return False
    return not _MORE.search(_SHORT.sub("", said[match.end() :]))
