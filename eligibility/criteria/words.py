"""The words that headings, labels and introductions are made of: function words of the layout, not vocabulary."""

from __future__ import annotations

from typing import Final

EMPTY_ADJECTIVES: Final = frozenset({
    "a", "abbreviated", "additional", "an", "baseline", "basic", "broad", "clinical", "common", "core", "detailed",
    "following", "full", "further", "general", "important", "initial", "key", "list", "main", "major", "medical",
    "minor", "of", "other", "others", "overall", "patient's", "pre-screening", "primary", "principal", "protocol",
    "screening", "selected", "specific", "study", "subject's", "summary", "the", "trial",
})  # fmt: skip
"""What stands before or after "criteria" in a heading without naming a group."""
PEOPLE: Final = frozenset({
    "all", "any", "both", "each", "every", "individuals", "participant", "participants", "patient", "patients",
    "people", "persons", "subject", "subjects", "volunteer", "volunteers",
})  # fmt: skip
"""Words for whoever takes part: alone they name no group."""
SENTENCE: Final = frozenset({
    "above", "according", "are", "based", "be", "below", "by", "can", "did", "do", "does", "fail", "fails",
    "failure", "following", "fulfil", "fulfill", "fulfilling", "fulfills", "had", "has", "have", "if", "is", "may",
    "meet", "meeting", "meets", "met", "must", "no", "not", "per", "satisfies", "satisfy", "should", "that",
    "these", "this", "those", "unable", "was", "were", "which", "who", "will",
})  # fmt: skip
"""Words that make a line a sentence, so that it is no heading."""
SECTIONS: Final = frozenset({
    "additional", "administrative", "and", "behavior", "behaviour", "biologic", "biological", "cardiovascular",
    "characteristic", "characteristics", "chemotherapy", "clinical", "co-existing", "coexisting", "concurrent",
    "condition", "conditions", "criteria", "criterion", "demographic", "demographics", "dermatologic", "design",
    "disease", "eligibility", "endocrine", "endocrinologic", "entry", "ethical", "gastrointestinal", "general",
    "group", "hematologic", "hematopoietic", "hepatic", "immunologic", "inclusion", "laboratory", "logistics",
    "medical", "medication", "medications", "metabolic", "miscellaneous", "neurologic", "neurological",
    "ophthalmologic", "or", "other", "patient", "population", "prior", "protocol", "psychiatric", "pulmonary",
    "radiotherapy", "rationale", "renal", "requirements", "risk", "specific", "study", "surgery", "the",
    "therapeutic", "therapy", "treatment",
})  # fmt: skip
"""Words that section labels are made of: a line of these alone says nothing a criterion could need."""
BINDING: Final = frozenset({
    "age", "ages", "allowed", "also allowed", "bmi", "body mass index", "body weight", "ecog", "gender",
    "hormone receptor status", "karnofsky", "life expectancy", "menopausal status", "optional", "performance",
    "performance status", "permitted", "prior", "prior medication", "prior therapy", "prior treatment", "sex", "weight",
})  # fmt: skip
"""Labels that carry meaning for the lines under them, so they stay in the slice."""
SAYS_NOTHING: Final = frozenset({
    "a", "above", "also", "an", "and", "applicable", "applies", "apply", "are", "as", "at", "be", "below", "can",
    "child", "clinical", "condition", "conditions", "considered", "criteria", "criterion", "each", "eligibility",
    "eligible", "enrol", "enroll", "enrolled", "enrolling", "enrollment", "enrolment", "enter", "entering", "entry",
    "following", "follows", "for", "from", "fulfil", "fulfill", "fulfilled", "fulfills", "had", "has", "have", "he",
    "he/she", "if", "in", "include", "included", "includes", "inclusion", "individual", "individuals", "into", "is",
    "join", "key", "listed", "main", "may", "meet", "meeting", "meets", "met", "must", "of", "on", "only", "order",
    "part", "participant", "participants", "participate", "participating", "participation", "patient", "patients",
    "people", "person", "persons", "presence", "present", "protocol", "qualify", "required", "research",
    "satisfies", "satisfy", "shall", "she", "should", "study", "subject", "subjects", "symptom", "symptoms", "take",
    "that", "the", "their", "these", "they", "this", "those", "to", "trial", "true", "volunteer", "volunteers",
    "when", "who", "will", "with", "you", "your",
})  # fmt: skip
"""Words of a line that only introduces a list."""
EXCLUDES: Final = frozenset({
    "cannot", "disqualified", "disqualify", "exclude", "excluded", "excludes", "exclusion", "exclusions",
    "ineligible", "not",
})  # fmt: skip
"""Words that make an introduction one of exclusions."""
INCLUDES: Final = frozenset({
    "eligibility", "eligible", "enrolled", "included", "inclusion", "must", "qualify", "required", "shall",
    "should",
})  # fmt: skip
"""Words that make an introduction one of inclusions."""
