"""Sentences and brackets that carry no criterion: what a word means, how a test is done, what the study does."""

from __future__ import annotations

import re
from typing import Final

# One of these stands in every remark below: most sentences need no further look.
_CUES: Final = (
    *("see ", "refer ", "wheelchair", "pregnan", "fetus", "breast milk", "breastmilk", "will be", "bearing", "wocbp"),
    *("focbp", "menopausal", "measurable", "no dosing", "clearance", "crcl", "gfr", "not need", "minorities", "races"),
    *("racial", "ethnic", "example", "ctcae", "ajcc", "recist", "criteria", "classification", "edition", "guideline"),
    *("definition", "version", "appendix", "section", "table", "all ", "both "),
)
_LEAD: Final = (
    r"(?:(?:please )?(?:note|nb)(?: that)?[\s:,-]*)?(?:\d{1,2}[.)] )?(?:patients|participants|subjects|those|who"
    r"|are|is| )*"
)
_POINTER: Final = (
    r"(?!.*\b(?:except\w*|unless|if)\b)"
    r"(?:as (?:described|defined|outlined|listed|specified|detailed) in|(?:please )?(?:also )?(?:see|refer to))"
    r"(?: also)? (?:the )?(?:study |clinical |full |trial )?(?:protocol|sections?|appendix|appendices|tables?"
    r"|figure|annex"
    r"|attachment|(?:inclusion |exclusion )criteri(?:a|on)|disease characteristics|patient characteristics"
    r"|prior concurrent therapy)\b[\w\s.,/&-]{0,70}"
    r"|(?:sections?|appendix|appendices|tables?|figure|annex) (?:\d[\d.]*|[ivx]+|[a-h])"
    r"(?:(?:,| and| or|/) ?[\divxa-h.]+)*"
)
_PARALYSED: Final = (
    r"unable to walk because of paralysis,? but (?:who )?(?:are|is) (?:up|upright|sitting)(?: up)? in a"
    r" wheelchair,? (?:will|should|may) be"
    r" considered (?:to be )?ambulatory for (?:the )?purposes? of (?:assessing|calculating|determining) (?:the "
    r"|their )?performance"
    r" (?:score|status|level)"
)
_RETESTED: Final = (
    r"if (?:the |a )?(?:urine )?(?:pregnancy )?(?:test|result) is positive or cannot be confirmed as negative,?"
    r" a serum (?:pregnancy )?"
    r"test (?:will be|is|must be)(?: required| performed)?|in such cases,? the (?:participant|subject|patient)"
    r" must be excluded from"
    r" participation if the serum pregnancy (?:test )?result is positive"
)
_TOLD: Final = (
    r"(?:should|if) [^.;]{0,60}\bpregnant\b[^.;]{0,140}\b(?:should|must|will|needs? to)(?: immediately)?"
    r" (?:inform|notify|tell)\b[^.;]{0,90}"
)
_FETUS: Final = (
    r"(?:the )?(?:effects?|risks?) of [^.;]{1,110} on the (?:developing|unborn)[^.;]{0,24} (?:are|is)"
    r" (?:currently )?(?:unknown|not known)"
    r"(?: at the recommended therapeutic dose)?|breast ?milk cannot be stored for future use while the mother is"
    r" being treated on study"
)
# What the study does with whoever takes part; who is taken stands elsewhere.
_DONE: Final = (
    r"(?!.*(?:\b(?:with|who|whose|having|that|must|should|unless|if|no|not|only|negative|positive|before|history|case"
    r"|discretion|investigator)\b|exclu|eligib|consider|allow|permit|prior|normal|[<>≤≥%]))"
    r"(?:[\w/,'-]+ ){1,9}will(?: also| then)? be (?:performed|conducted|collected|obtained|assessed|drawn|sent"
    r"|sought|done"
    r"|repeated|measured|calculated|recorded|documented|reviewed|analy[sz]ed|stored|evaluated|monitored|administered"
    r"|completed|screened|tested)\b[\w\s,/()'-]{0,110}"
)
_CLEARANCE: Final = (
    r"(?:the )?(?:(?:estimated |calculated )?creatinine clearance|crcl)(?: \([^)]*\))? (?:can|may|should|must"
    r"|will|is to|is)(?: either)?"
    r" ?(?:be )?(?:measured|estimated|calculated|determined|assessed)[^.;<>≤≥]{0,60}(?:cockc?roft"
    r"|24.hour)[^.;<>≤≥]{0,90}"
)
_MEASURABLE: Final = (
    r"(?:tumou?r |target )?lesions (?:that are )?(?:situated|located)? ?in (?:an? )?(?:previously|prior)"
    r" irradiated (?:areas?|fields?)"
    r"[^.;]{0,90} (?:are|is|will be) (?:not )?(?:considered|deemed) (?:to be )?(?:non)?measurable[^.;]{0,12}"
    r" (?:if|unless)[^.;]{0,40} progression[^.;]{0,70}"
)
_NEEDLESS: Final = (
    r"(?:the )?results? of [^.;]{1,80} (?:is|are) not (?:needed|required|necessary) (?:for|to|before|prior"
    r" to)[^.;]{0,60}"
    r"|[\w\s]{1,70} (?:does|do) not need to be (?:complete|completed|known|available|resulted) (?:to|for|before"
    r"|prior to)[^.;]{0,60}"
)
_EXAMPLES: Final = r"examples? of [\w\s/-]{2,60} (?:are|includes?)\b.{0,330}"
_EVERYBODY: Final = (
    r"(?:for )?(?:all|both) (?:study |treatment )?(?:arms|cohorts|parts|groups|patients|subjects|participants)"
    r"|inclusion of women and minorities|(?:both )?(?:men and women|women and men|males and females)"
    r"(?:,? and (?:members )?(?:of|from))? ?(?:of |from )?(?:all |any )(?:races|racial|ethnic)[^.;<>≤≥\d]{0,100}"
)
# Each with the words of which it has one, so that it is looked for only where one of them stands.
_REMARKS: Final = tuple(
    (cues, re.compile(rf"\W*{_LEAD}(?:{said})\W*"))
    for cues, said in (
        (("in", "see", "refer", "section", "appendi", "table", "figure", "annex"), _POINTER),
        (("wheelchair",), _PARALYSED),
        (("pregnan",), rf"{_RETESTED}|{_TOLD}"),
        (("developing", "unborn", "milk"), _FETUS),
        (("will ",), _DONE),
        (("clearance", "crcl"), _CLEARANCE),
        (("measurable",), _MEASURABLE),
        (("not",), _NEEDLESS),
        (("all ", "both ", "women and m", "females"), _EVERYBODY),
        (("example",), _EXAMPLES),
    )
)
# Whether a patient is of childbearing potential, or past her menopause, is a fact of hers, however it is defined.
_WHO: Final = r"(?:wom[ae]n|females?|wocbp|focbp|(?:non-? ?|of )*child-? ?bearing potential|post-? ?menopaus\w+)"
_BEARING: Final = re.compile(
    r"\W*(?:note[\s:,-]*)?(?:for (?:the )?purposes? of this (?:study|protocol|trial|document),?\s)?"
    r"(?:an? |the (?:definition|term) of )?(?=.*(?:bearing potential|wocbp|focbp|menopaus))"
    r"(?!.*(?:\b(?:must|should|no[nt]? pregnan\w*|negative|eligible)\b|agree|exclu|requir|\bneed))"
    rf"{_WHO}[^.;<>≤≥]{{0,110}}?\b"
    r"(?:(?:is|are|will be) (?:therefore |further )?(?:considered|those|any|a (?:woman|female))\b|defined as\b"
    r"|is as follow\w+|means\b|includes? (?:any|all|those)\b)",
    re.DOTALL,
)
# Beside what is asked of women of childbearing potential: that the others need no test.
_UNTESTED: Final = re.compile(
    r"\W*(?:note[\s:,-]*)?(?:wom[ae]n|females?|post-?menopausal|surgically)\b(?!.*\b(?:must|should|agree|if|unless)\b)"
    r"(?=[^.;]{0,200}(?:post-?menopaus|steril|not (?:considered )?(?:to be )?of child))[^.;]{0,300}?"
    r"\b(?:do|does|did|are|is) not (?:require|required? to (?:have|undergo)|need)[^.;]{0,30}\btest\w*\W*"
)
# "(CTCAE v5.0)", "(AJCC 8th edition)", "(per WHO criteria)": by what it is told; a grade or a class says more.
_NAME: Final = (
    r"(?:(?-i:[A-Z\d])[\w.'/&®-]*|of|and|for|the|in|on|modified|revised|standard|international|response|clinical"
    r"|practice)"
)
_NAMED: Final = (
    *("CTC", "AJCC", "UICC", "RECIST", "FIGO", "DSM", "WHO", "IMWG", "ICHD", "riteri", "lassif", "uidelin", "ed", "Ed"),
    *("anual", "onsensus", "efinition"),
)
_SOURCE: Final = re.compile(
    r"(?=.*(?-i:[A-Z]{2}|[A-Z][a-z]+))"
    r"(?!.*(?:[<>≤≥=+:;]|\b(?:grade|stage|class|type|not|no|major|minor|fulfil\w*|meet\w*|score|see|least|without"
    r"|inclusion|exclusion|patients?)\b|criteria (?-i:[A-Z\d])))"
    r"(?:(?:as )?(?:per|by|using|following|according to|based on|(?:defined|assessed|determined|graded|classified) by)"
    rf" (?:the )?)?(?:{_NAME},? ){{0,8}}?"
    r"(?:(?:[\w-]*CTC(?:AE)?|AJCC|UICC|m?RECIST|FIGO|DSM[\w-]*|WHO|IMWG|ICHD[\w-]*|ROME)(?: (?:staging system"
    r"|criteria))?"
    r"(?:,? ?(?:v|version|edition|ed)?\.? ?\d[\w.]*(?: (?:edition|ed\.?))?)?"
    r"|(?:criteria|classification|guidelines?|edition|ed\.|manual|consensus|definition)®?(?:,? (?:v|version)?\.?"
    r" ?\d[\w.]*)?"
    r")\W*",
    re.IGNORECASE,
)


def is_remark(words: str) -> bool:
    """ "See Appendix A", "Biopsies will be sent to a central laboratory"; in small letters."""
    if len(words) >= 400 or not any(cue in words for cue in _CUES):
        return False
    return any(any(cue in words for cue in cues) and said.fullmatch(words) is not None for cues, said in _REMARKS)


def defines_bearing(words: str) -> bool:
    """ "A woman is considered of childbearing potential unless …": in small letters."""
    return ("bearing" in words or "ocbp" in words or "menopaus" in words) and _BEARING.match(words) is not None


def needs_no_test(words: str) -> bool:
    """ "Postmenopausal women are not required to have a pregnancy test": in small letters."""
    return "not" in words and "test" in words and _UNTESTED.fullmatch(words) is not None


def is_source(words: str) -> bool:
    """ "CTCAE v5.0", "AJCC 8th edition": the words of a bracket, as written."""
    return len(words) < 90 and any(name in words for name in _NAMED) and _SOURCE.fullmatch(words) is not None
