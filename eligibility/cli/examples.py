"""What each verb's help shows: commands that run as they stand, on the patients and trials that are shipped."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "demo": (("eligibility demo", "A first look: no file is needed."),),
    "match": (
        ("eligibility match liver-failure", "A shipped patient against all shipped trials."),
        ("eligibility match liver-failure NCT05940610 --html report.html", "One trial, as a page for a browser."),
        ("eligibility match clinic --csv log.csv", "Each patient of a table, as a screening log."),
        ("eligibility match liver-failure --json --redact", "For another program, without ids and exact dates."),
    ),
    "explain": (
        ("eligibility explain liver-failure NCT05940610", "Why this outcome, to the last fact."),
        ('eligibility explain liver-failure NCT05940610 --what-if "bilirubin = 2 mg/dL"', "What would change."),
    ),
    "next": (
        ("eligibility next liver-failure", "What to find out, near misses, days to look again."),
        ("eligibility next liver-failure --top 3 --json", "The same for another program."),
    ),
    "answer": (
        (
            'eligibility answer liver-failure NCT05940610 --answers answers.json --by "A. Nurse" --date 2025-03-01',
            "Walk what waits for a person; each answer is in the file at once.",
        ),
    ),
    "index": (
        ("eligibility index NCT05940610 NCT04282928 -o trials.eligibility", "Read trials once …"),
        ("eligibility match liver-failure trials.eligibility", "… and match one patient after the other."),
    ),
    "screen": (
        ("eligibility screen clinic NCT05940610", "How many patients of a table fit, and where the others are lost."),
        ("eligibility screen clinic NCT05940610 --html screen.html", "The same as a page for a browser."),
        ("eligibility screen clinic NCT05940610 -o candidates.csv", "List those who do."),
    ),
    "patients": (("eligibility patients cirrhosis-fhir", "How a FHIR bundle was understood, and what was not."),),
    "parse": (
        ("eligibility parse NCT05940610", "Criteria as rules, with the words they come from."),
        ("eligibility parse NCT05940610 --json", "The same for another program."),
        ("eligibility parse NCT05940610 NCT04282928 -o rules", "A rulebook a trial, to review and to match by."),
    ),
    "review": (
        (
            "eligibility review NCT05940610 rules --by JD --date 2025-03-01",
            "Check rules beside their source, correct and lock them.",
        ),
    ),
    "diff": (
        ("eligibility diff NCT05940610 rules", "What is otherwise in a rulebook than in the record …"),
        ("eligibility diff NCT05940610 rules liver-failure --json", "… and whose verdict it turns."),
    ),
    "check": (("eligibility check NCT05940610 NCT04282928", "What to look at again in the words of two trials."),),
    "export": (
        ("eligibility export NCT05940610 --to circe --loss loss.json", "A cohort definition for ATLAS."),
        ("eligibility export NCT05940610 --to circe -o cohort.json --loss -", "What it loses, for another program."),
    ),
    "schema": (("eligibility schema patient", "What a patient profile looks like, for a validator."),),
    "cases": (("eligibility cases trials/NCT05940610 --quiet", "Whether a shipped trial still reads as it should."),),
    "vocabulary": (
        ("eligibility vocabulary nyha_class", "All that is known about a word."),
        ("eligibility vocabulary --missing NCT04282928", "What a trial says that no table knows."),
    ),
    "completion": (
        ("eligibility completion bash", "The script; add it to ~/.bashrc, see above."),
        ("eligibility completion fish", "For ~/.config/fish/completions/eligibility.fish."),
    ),
}


def epilog(verb: str) -> str:
    """The examples of a verb, as click prints them: every line as it stands."""
    lines = [line for command, says in EXAMPLES[verb] for line in (f"  {says}", f"    $ {command}")]
    return "\b\n" + "\n".join(["Examples:", *lines])
