"""Values computed from other values: one entry a formula, with its year and source, computed when first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from eligibility.derived.apply import apply
from eligibility.derived.dossier import Dossier
from eligibility.derived.formula import ADULT, OLDEST, QUARTER, YEAR, Formula, Input
from eligibility.derived.formulas import body, heart, kidney, liver, lungs, metabolism
from eligibility.derived.moments import HOUR, told
from eligibility.derived.series import Series
from eligibility.patients.interval import Interval
from eligibility.patients.patient import UNREAD, Measurement, Patient

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

GFR = "mL/min/{1.73_m2}"
SAME_DAY = 0.0
ADULTS = (ADULT, OLDEST)
_CREATININE = Input("creatinine", "mg/dL")
_BILIRUBIN = Input("total_bilirubin", "mg/dL")
_ALBUMIN = Input("albumin", "g/dL")
_SODIUM = Input("sodium", "mmol/L")
_INR = Input("inr")
_SIZE = (Input("weight", "kg"), Input("height", "cm", QUARTER, grown=YEAR))
_QT = (Input("qt_interval", "ms"), Input("heart_rate", "/min", HOUR))
_PLATELETS = Input("platelets", "10*9/L")

FORMULAS: tuple[Formula, ...] = (
    Formula(
        "bmi",
        "Quetelet index, Keys 1972",
        "Keys A et al. J Chronic Dis 1972;25:329-43",
        _SIZE,
        body.body_mass_index,
        "kg/m2",
    ),
    Formula(
        "bsa",
        "Mosteller 1987",
        "Mosteller RD. N Engl J Med 1987;317:1098",
        _SIZE,
        body.surface_mosteller,
        "m2",
        beside=("Du Bois 1916", body.surface_du_bois),
    ),
    Formula(
        "meld_score",
        "MELD (Kamath 2001, OPTN)",
        "Kamath PS et al. Hepatology 2001;33:464-70; OPTN Policy 9.1",
        (_CREATININE, _BILIRUBIN, _INR),
        liver.meld,
        about=("dialysis",),
        ages=(12, OLDEST),
    ),
    Formula(
        "meld_na_score",
        "MELD-Na (OPTN 2016)",
        "OPTN Policy 9.1, 11 January 2016; Kim WR et al. N Engl J Med 2008;359:1018-26",
        (_CREATININE, _BILIRUBIN, _INR, _SODIUM),
        liver.meld_na,
        about=("dialysis",),
        ages=(12, OLDEST),
    ),
    Formula(
        "meld_3_0_score",
        "MELD 3.0 (Kim 2021, OPTN)",
        "Kim WR et al. Gastroenterology 2021;161:1887-95; OPTN Policy 9.1.D",
        (_CREATININE, _BILIRUBIN, _INR, _SODIUM, _ALBUMIN),
        liver.meld_3_0,
        about=("dialysis", "female_or_young"),
        ages=(12, OLDEST),
    ),
    Formula(
        "peld_score",
        "PELD (McDiarmid 2002)",
        "McDiarmid SV et al. Transplantation 2002;74:173-81",
        (_BILIRUBIN, _INR, _ALBUMIN),
        liver.peld,
        about=("infant", "growth_failure"),
        ages=(0, 11),
    ),
    Formula(
        "child_pugh_score",
        "Child-Pugh (Pugh 1973)",
        "Pugh RN et al. Br J Surg 1973;60:646-9",
        (_BILIRUBIN, _ALBUMIN, _INR),
        liver.child_pugh,
        about=("ascites", "encephalopathy", "limits"),
    ),
    Formula(
        "fib4",
        "FIB-4 (Sterling 2006)",
        "Sterling RK et al. Hepatology 2006;43:1317-25",
        (Input("ast", "U/L"), Input("alt", "U/L"), _PLATELETS),
        liver.fib4,
        about=("age",),
    ),
    Formula(
        "apri",
        "APRI (Wai 2003)",
        "Wai CT et al. Hepatology 2003;38:518-26",
        (Input("ast", "ULN"), _PLATELETS),
        liver.apri,
    ),
    Formula(
        "albi_score",
        "ALBI (Johnson 2015)",
        "Johnson PJ et al. J Clin Oncol 2015;33:550-8",
        (Input("total_bilirubin", "umol/L"), Input("albumin", "g/L")),
        liver.albi,
    ),
    Formula(
        "egfr",
        "CKD-EPI 2021",
        "Inker LA et al. N Engl J Med 2021;385:1737-49",
        (_CREATININE,),
        kidney.ckd_epi_2021,
        GFR,
        about=("age", "female"),
        ages=ADULTS,
    ),
    Formula(
        "egfr",
        "bedside Schwartz 2009",
        "Schwartz GJ et al. J Am Soc Nephrol 2009;20:629-37",
        (_CREATININE, Input("height", "cm", QUARTER)),
        kidney.schwartz,
        GFR,
        ages=(1, 17),
    ),
    Formula(
        "egfr_ckd_epi_2009",
        "CKD-EPI 2009",
        "Levey AS et al. Ann Intern Med 2009;150:604-12",
        (_CREATININE,),
        kidney.ckd_epi_2009,
        GFR,
        about=("age", "female", "black"),
        ages=ADULTS,
    ),
    Formula(
        "egfr_mdrd",
        "MDRD (Levey 2006)",
        "Levey AS et al. Ann Intern Med 2006;145:247-54",
        (_CREATININE,),
        kidney.mdrd,
        GFR,
        about=("age", "female", "black"),
        ages=ADULTS,
    ),
    Formula(
        "creatinine_clearance",
        "Cockcroft-Gault 1976",
        "Cockcroft DW, Gault MH. Nephron 1976;16:31-41",
        (_CREATININE, Input("weight", "kg", QUARTER)),
        kidney.cockcroft_gault,
        "mL/min",
        about=("age", "female"),
        ages=ADULTS,
    ),
    Formula("qtcb", "Bazett 1920", "Bazett HC. Heart 1920;7:353-70", _QT, heart.qtc_bazett, "ms"),
    Formula("qtcf", "Fridericia 1920", "Fridericia LS. Acta Med Scand 1920;53:469-86", _QT, heart.qtc_fridericia, "ms"),
    Formula(
        "mean_arterial_pressure",
        "a third of the pulse pressure above the diastolic",
        "the usual approximation",
        (Input("systolic_bp", "mm[Hg]"), Input("diastolic_bp", "mm[Hg]", HOUR)),
        heart.mean_pressure,
        "mm[Hg]",
    ),
    Formula(
        "pao2_fio2_ratio",
        "PaO2/FiO2 (Horowitz 1974)",
        "Horowitz JH et al. J Trauma 1974;14:1035; JAMA 2012;307:2526-33",
        (Input("pao2", "mm[Hg]"), Input("fio2", None, HOUR)),
        lungs.pao2_fio2,
        "mm[Hg]",
    ),
    Formula(
        "oxygenation_index",
        "oxygenation index (PALICC 2015)",
        "Pediatr Crit Care Med 2015;16:428-39",
        (Input("mean_airway_pressure", "cm[H2O]"), Input("fio2", None, HOUR), Input("pao2", "mm[Hg]", HOUR)),
        lungs.oxygenation_index,
        "cm[H2O]/mm[Hg]",
    ),
    Formula(
        "calcium_corrected",
        "corrected for albumin, Payne 1973",
        "Payne RB et al. BMJ 1973;4:643-6",
        (Input("calcium", "mg/dL"), _ALBUMIN),
        metabolism.corrected_calcium,
        "mg/dL",
    ),
    Formula(
        "anion_gap",
        "Na - Cl - HCO3, Emmett 1977",
        "Emmett M, Narins RG. Medicine 1977;56:38-54",
        (_SODIUM, Input("chloride", "mmol/L", SAME_DAY), Input("bicarbonate", "mmol/L", SAME_DAY)),
        metabolism.anion_gap,
        "mmol/L",
    ),
    Formula(
        "homa_ir",
        "HOMA-IR (Matthews 1985)",
        "Matthews DR et al. Diabetologia 1985;28:412-9",
        (Input("glucose_fasting", "mmol/L"), Input("insulin", "u[iU]/mL", SAME_DAY)),
        metabolism.homa_ir,
    ),
    Formula(
        "ldl_cholesterol",
        "Friedewald 1972",
        "Friedewald WT et al. Clin Chem 1972;18:499-502",
        (Input("total_cholesterol", "mg/dL"), Input("hdl_cholesterol", "mg/dL"), Input("triglycerides", "mg/dL")),
        metabolism.ldl,
        "mg/dL",
    ),
    Formula(
        "non_hdl_cholesterol",
        "total less HDL cholesterol",
        "by definition",
        (Input("total_cholesterol", "mg/dL"), Input("hdl_cholesterol", "mg/dL")),
        metabolism.non_hdl,
        "mg/dL",
    ),
)
GIVEN_BY: dict[str, tuple[Formula, ...]] = {
    formula.variable: tuple(other for other in FORMULAS if other.variable == formula.variable) for formula in FORMULAS
}


class Derivations:
    """What follows from a dossier by the formulas; each variable is computed when first asked for, and kept."""

    def __init__(self, dossier: Dossier) -> None:
        """Computes nothing yet."""
        self.dossier = dossier
        self._derived: dict[str, tuple[Measurement, ...]] = {}
        self._series: dict[tuple[str, str | None], Series] = {}

    def of(self, variable: str) -> tuple[Measurement, ...]:
        """Every value the formulas give for a variable, dated like its inputs, which it names."""
        if variable not in self._derived:
            self._derived[variable] = ()  # what would follow from itself follows from nothing
            found = [row for formula in GIVEN_BY.get(variable, ()) for row in apply(formula, self.dossier, self.series)]
            self._derived[variable] = (*found, *(self._open(variable) if found else ()))
        return self._derived[variable]

    def _open(self, variable: str) -> Iterator[Measurement]:
        """What an input that cannot be used leaves open on its day: an older result does not tell it."""
        inputs = {row.key for formula in GIVEN_BY[variable] for row in formula.inputs}
        for row in (row for key in sorted(inputs) for row in self.dossier.recorded.get(key, ()) if not row.usable):
            text = f"{row.variable} {row.text}".strip()
            yield replace(
                row, variable=variable, unit=None, reference=None, text=text, derived_from=(row.variable,), note=UNREAD
            )

    def series(self, key: str, unit: str | None) -> Series:
        """The values of an input in a unit: the recorded ones, and computed ones of other moments."""
        if (key, unit) not in self._series:
            rows = told((*self.dossier.recorded.get(key, ()), *self.of(key)))
            values = ((row, self._value(row, unit)) for row in rows)
            self._series[key, unit] = Series([(row, value) for row, value in values if value], self.dossier.today)
        return self._series[key, unit]

    def _value(self, row: Measurement, unit: str | None) -> Interval | None:
        """The value in this unit, never below nothing where the quantity cannot be."""
        value = self._multiple(row) if unit == "ULN" else self.dossier.value_in(row, unit)
        word = self.dossier.words.get(row.variable)
        if value is None or value.low >= 0 or (word and word.plausible and word.plausible[0] < 0):
            return value
        return Interval(0.0, value.high) if value.high >= 0 else None

    def _multiple(self, row: Measurement) -> Interval | None:
        """The value as a multiple of the laboratory's own upper limit."""
        if row.unit == "ULN" or row.reference is None or not row.reference.high:
            return row.value if row.unit == "ULN" else None
        value = self.dossier.value_in(row, row.reference.unit or row.unit)
        return value.mapped(1 / row.reference.high, 0) if value else None


def derived(
    patient: Patient, words: Mapping[str, Word], assumed: frozenset[str] = frozenset()
) -> Iterator[Measurement]:
    """Every value of a variable of the vocabulary that the formulas give for this patient.

    `assumed` names the lists in which what is not found is taken as absent.
    """
    found = Derivations(Dossier(patient, words, assumed))
    for variable in GIVEN_BY:
        if variable in words:
            yield from found.of(variable)
