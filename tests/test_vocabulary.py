"""The tables: every word stands once, says what it is, and agrees with pint, with the others and with the shared sheet."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from eligibility.errors import InputError, TableError
from eligibility.reports.word_as_text import word_as_text
from eligibility.rules.lexicon import function_words
from eligibility.units import canonical_unit, conversion, house_units
from eligibility.vocabulary import icd10cm
from eligibility.vocabulary.tables import vocabulary
from eligibility.vocabulary.word import Word

CLINICAL = Path(__file__).resolve().parents[2] / "shared" / "clinical"
ICD10CM = Path(icd10cm.__file__).with_name("icd10cm.tsv.gz")
WORDS = vocabulary().words
MEASURABLE = [word for word in WORDS.values() if word.kind in ("quantity", "scale") and not word.result]
# a nominal or compound row of the sheet that stands here under other names
RENAMED_SCALES = {"tnm_category": {"tnm_t", "tnm_n", "tnm_m"}}


def sheet(name: str) -> dict[str, Any]:
    file = CLINICAL / name
    if not file.is_file():
        pytest.skip(f"the shared {name} is not beside this checkout")
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


# --- against the shared sheet ---------------------------------------------------------------------------------------


def test_every_variable_and_scale_of_the_shared_sheets_is_a_word() -> None:
    variables = {row["id"] for row in sheet("variables.json")["variables"]}
    scales = {row["id"] for row in sheet("scales.json")["scales"]}
    renamed = {key for keys in RENAMED_SCALES.values() for key in keys}
    assert (variables | scales) - set(RENAMED_SCALES) | renamed <= set(WORDS)


# codes of the shared sheet that name another quantity than the row they stand in there
RECODED = {
    "8634-8": "qt_interval",
    "29265-6": "calcium_corrected",
    "46099-8": "calcium_corrected",
    "2106-3": "urine_pregnancy_test",
}


def test_units_bounds_and_codes_are_those_of_the_shared_sheet() -> None:
    for row in sheet("variables.json")["variables"]:
        word = WORDS[row["id"]]
        assert word.confidence == row["confidence"] or row["kind"] == "ordinal", row["id"]
        if word.kind == "quantity" and word.unit:
            assert word.unit == canonical_unit(row["unit"])
        if word.kind == "quantity" and "plausible" in row:
            assert word.plausible == (row["plausible"]["min"], row["plausible"]["max"])
        for code in (x["code"] for x in row.get("loinc", [])):
            own = WORDS[RECODED.get(code, row["id"])]
            assert code in [known.code for known in own.codes if known.system == "LOINC"], (row["id"], code)
        assert word.molar_mass == row.get("molar_mass_g_mol")


def test_scales_have_the_levels_of_the_shared_sheet() -> None:
    for row in sheet("scales.json")["scales"]:
        if row["id"] in RENAMED_SCALES or not row.get("levels") or WORDS[row["id"]].kind != "scale":
            continue
        missing = len(row["levels"]) - len(WORDS[row["id"]].levels)
        assert missing in (0, -1), row["id"]  # acute GVHD has a grade 0 here


def test_numeric_scores_are_quantities_and_classes_are_scales() -> None:
    quantities = "karnofsky lansky gleason meld_score meld_na_score meld_3_0_score child_pugh_score sofa gcs nihss edss"
    scales = "nyha_class ecog_ps ckd_stage child_pugh_class hepatic_encephalopathy_grade ascites_grade asa_class sex"
    assert {WORDS[key].kind for key in quantities.split()} == {"quantity"}
    assert {WORDS[key].kind for key in scales.split()} == {"scale"}


# --- against itself -------------------------------------------------------------------------------------------------


def test_no_name_is_owned_by_two_measurable_words_without_a_context_rule() -> None:
    """Save a class and the score of the same thing, where a letter or a number decides."""
    owners: dict[str, list[Word]] = defaultdict(list)
    for word in MEASURABLE:
        for form in {*map(str.casefold, word.synonyms), *word.exact}:
            owners[form].append(word)
    for form, several in owners.items():
        if len(several) == 1 or {word.score for word in several} & {word.key for word in several}:
            continue
        silent = [word.key for word in several if form not in {n.casefold() for n in word.near} | set(word.near)]
        assert len(silent) <= 1, (form, silent)


def test_letters_that_are_ordinary_words_or_elements_are_never_matched_in_any_case() -> None:
    for word in MEASURABLE:
        loose = {form.casefold() for form in word.synonyms}
        assert not loose & {"k", "na", "ca", "mg", "p", "he", "ps", "tb", "as", "who", "rr", "hr", "map", "pt", "pa", "ht",
                            "child", "adult", "stage", "grade", "class", "male", "female", "older than"}, word.key  # fmt: skip


@pytest.mark.parametrize("word", [word for word in MEASURABLE if word.kind == "quantity"], ids=lambda word: word.key)
def test_a_quantity_is_sound(word: Word) -> None:
    known = set(house_units())
    assert {word.unit, *word.units, *(unit for *_, unit in word.assume)} - {None} <= known
    if word.plausible:
        assert word.plausible[0] < word.plausible[1]
    ends = [(low, high) for low, high, _ in word.assume]
    assert all(low < high for low, high in ends)
    assert all(first[1] < second[0] for first, second in pairwise(ends)), "bands must not meet"
    for low, _, unit in word.assume:
        found = conversion(unit, word.unit, word)
        assert found is not None, f"{unit} does not convert to {word.unit}"
        assert found(low) >= 0


@pytest.mark.parametrize("word", [word for word in MEASURABLE if word.kind == "scale"], ids=lambda word: word.key)
def test_a_scale_is_sound(word: Word) -> None:
    values = [level.value for level in word.levels]
    assert len(values) == len(set(values)) >= 2
    aliases = [alias for level in word.levels for alias in level.aliases]
    assert aliases == [alias.casefold() for alias in aliases]
    assert all(set(members) <= set(values) for members in word.groups.values())


def test_reference_intervals_lie_within_what_is_plausible() -> None:
    for word in MEASURABLE:
        if word.reference and word.plausible:
            ends = [end for end in word.reference[:2] if end is not None]
            assert ends == sorted(ends)
            assert all(word.plausible[0] <= end <= word.plausible[1] for end in ends), word.key


def test_parents_exist_and_a_type_is_below_its_kind() -> None:
    known = vocabulary()
    assert {"type_1_diabetes", "type_2_diabetes", "diabetes"} <= known.descendants("diabetes")
    assert {"acute_renal_insufficiency", "chronic_renal_insufficiency"} <= known.descendants("renal_insufficiency")
    assert "diabetes" not in known.descendants("type_2_diabetes")
    assert known.descendants("bmi") == {"bmi"}


def test_groups_name_several_words() -> None:
    assert vocabulary().groups["transaminases"].members == ("alt", "ast")
    assert vocabulary().groups["blood_pressure"].members == ("systolic_bp", "diastolic_bp")
    assert WORDS["ckd_stage"].groups["3"] == ("3a", "3b")


def test_roman_arabic_and_letter_levels_are_those_of_the_field() -> None:
    def levels(key: str) -> list[str]:
        return [level.value for level in WORDS[key].levels]

    assert levels("nyha_class") == ["I", "II", "III", "IV"]
    assert levels("child_pugh_class") == ["A", "B", "C"]
    assert levels("ecog_ps") == ["0", "1", "2", "3", "4", "5"]
    assert levels("ckd_stage") == ["1", "2", "3a", "3b", "4", "5"]
    assert levels("hepatic_encephalopathy_grade") == ["0", "minimal", "I", "II", "III", "IV"]
    assert levels("ascites_grade") == ["0", "1", "2", "3"]


def test_child_pugh_class_c_is_ten_to_fifteen_points() -> None:
    child_pugh = WORDS["child_pugh_class"]
    assert child_pugh.score == "child_pugh_score"
    assert [level.score for level in child_pugh.levels] == [(5, 6), (7, 9), (10, 15)]


# --- finding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("total bilirubin", {"total_bilirubin"}),
        ("total_bilirubin", {"total_bilirubin"}),
        ("INR", {"inr"}),
        ("MELD-Na", {"meld_na_score"}),
        ("Child-Pugh", {"child_pugh_score", "child_pugh_class"}),
        ("haemoglobin", {"hemoglobin"}),
        ("type 2 diabetes", {"type_2_diabetes"}),
        ("heparin", {"heparin"}),
        ("protamine", {"protamine"}),
        ("plasma", {"plasma"}),
        ("IL-2", {"interleukin_2"}),
        ("ALI", {"acute_lung_injury"}),
        ("congenital genetic metabolic disease", {"congenital_genetic_metabolic_disease"}),
        ("diffuse intravascular coagulation", {"disseminated_intravascular_coagulation"}),
        ("DIC", {"disseminated_intravascular_coagulation"}),
        ("ARDS", {"ards"}),
        ("haemodynamic instability", {"hemodynamic_instability"}),
        ("HIV-positive", {"hiv_infection"}),
        ("acute-on-chronic liver failure", {"acute_on_chronic_liver_failure"}),
        ("chronic cardiac insufficiency", {"chronic_heart_insufficiency"}),
        ("biological agents", {"biologic_agent"}),
        ("malignant tumours", {"malignancy"}),
        ("breast-feeding", {"breast_feeding"}),
        ("no such thing", set()),
        ("", set()),
    ],
)
def test_a_word_is_found_by_name(text: str, keys: set[str]) -> None:
    assert {word.key for word in vocabulary().by_name(text)} == keys


def test_a_word_is_found_by_code_and_the_most_specific_comes_first() -> None:
    known = vocabulary()
    assert known.by_code("http://loinc.org", "1975-2")[0].key == "total_bilirubin"
    found = [word.key for word in known.by_code("http://hl7.org/fhir/sid/icd-10-cm", "E11.65")]
    assert found[:2] == ["type_2_diabetes", "diabetes"]
    assert known.by_code("ICD-10", "J45.909")[0].key == "asthma"
    assert known.by_code("ICD-10-CM", "C34.90")[0].key == "lung_cancer"
    assert "malignancy" in {word.key for word in known.by_code("ICD-10-CM", "C7A.00")}
    assert known.by_code("http://example.org", "E11") == ()
    assert known.by_code("ICD-10-CM", "") == ()


def test_codes_that_were_only_recalled_never_answer() -> None:
    unverified = [code.code for word in WORDS.values() for code in word.codes if code.status == "unverified"]
    verified = {code.code for word in WORDS.values() for code in word.codes if code.status != "unverified"}
    assert unverified
    assert all(not vocabulary().by_code("LOINC", code) for code in unverified if code not in verified)


def test_loinc_codes_have_valid_check_digits() -> None:
    for word in WORDS.values():
        for code in word.codes:
            if code.system == "LOINC":
                body, digit = code.code.split("-")
                doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(body))]
                assert (10 - sum(d // 10 + d % 10 for d in doubled) % 10) % 10 == int(digit), (word.key, code.code)


def test_one_loinc_code_is_not_two_quantities() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for word in WORDS.values():
        for code in word.codes:
            if code.system == "LOINC" and code.status != "unverified":
                owners[code.code].add(word.key)
    assert {code: keys for code, keys in owners.items() if len(keys) > 1} == {}


def test_the_icd_10_cm_codes_exist() -> None:
    codes = {end for w in WORDS.values() for c in w.codes if c.system == "ICD-10-CM" for end in c.code.split("-")}
    assert len(codes) > 800
    assert {code for code in codes if icd10cm.name(code) is None} == set()


def test_the_classification_names_its_release_where_it_is_derived_and_where_it_is_thanked() -> None:
    first = gzip.decompress(ICD10CM.read_bytes()).decode().splitlines()[0]
    script = Path(__file__).with_name("sources") / "icd10cm.py"
    release = first.removeprefix("# ").partition(";")[0]
    assert f'RELEASE = "{release}"' in script.read_text(encoding="utf-8")
    assert release in " ".join(ICD10CM.with_name("NOTICE").read_text(encoding="utf-8").split())


def test_the_classification_is_packed_without_a_time() -> None:
    assert ICD10CM.read_bytes()[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("code", "called"),
    [
        ("E11.9", "Type 2 diabetes mellitus without complications"),
        (" e119 ", "Type 2 diabetes mellitus without complications"),
        ("S72.001A", "Fracture of unspecified part of neck of right femur"),  # the letter only says which encounter
        ("E11.999", None),
        ("T2DM", None),
        ("", None),
    ],
)
def test_a_code_of_the_classification_has_a_name(code: str, called: str | None) -> None:
    assert icd10cm.name(code) == called


@pytest.mark.parametrize(
    ("text", "named", "filed"),
    [
        ("Hyperlipidaemia", ("E78.5",), ()),
        ("ischemic cardiomyopathies", ("I25.5",), ()),
        ("congestive heart failure", (), ("I50.9",)),
        ("HFpEF", (), ()),  # a short name in brackets is not what the term is called
        ("bipolar disorders", ("F31", "F31.9"), ()),
        ("", (), ()),
        ("()", (), ()),
        ("no such disease", (), ()),
    ],
)
def test_a_name_leads_to_its_codes_and_to_the_codes_it_is_filed_under(
    text: str, named: tuple[str, ...], filed: tuple[str, ...]
) -> None:
    assert (icd10cm.named(text), icd10cm.filed_under(text)) == (named, filed)


# --- conditions, treatments, states: a synonym means exactly its concept -----------------------------------------------

NAMED = [word for word in WORDS.values() if word.kind not in ("quantity", "scale")]
# what the grammar reads by itself before a noun
GRAMMAR = ("QUALIFIER", "ACTIVE", "HISTORY", "CURRENT", "SUSPECTED", "FILLER")
# reviewed: the adjective is part of the name, and what follows it alone is not a wider word of this one
NAMES_WITH_ADJECTIVE = {
    "stereotactic radiosurgery": "the same as radiosurgery",
    "latent tuberculosis": "an infection without the disease",
    "latent TB": "the same",
    "active tuberculosis infection": "the disease; the infection alone may be latent",
    "active TB infection": "the same",
    "active tuberculosis (TB) infection": "the same",
    "idiopathic parkinson": "the disease, as against other parkinsonism",
    "drug induced hepatitis": "an injury of the liver by a drug",
    "drug-induced hepatitis": "the same",
    "diffuse large": "the name of the disease",
    "anticancer vaccine": "what is given against a cancer, as against an infection",
    "anti-cancer vaccine": "the same",
    "antitumor vaccine": "the same",
    "anti-tumor vaccine": "the same",
    "investigational drug": "a trial of one is a trial with an intervention",
    "experimental drug": "the same",
    "antineoplastic chemotherapy": "there is no other",
    "anticancer chemotherapy": "the same",
    "anti-cancer chemotherapy": "the same",
    "muscle-invasive urothelial": "a row of its own below bladder cancer",
    "muscle invasive urothelial": "the same",
    "pregnancy-induced": "a row of its own",
    "therapeutic monoclonal": "the drug, as against the laboratory's reagent",
    "autologous": "a transplant of one's own cells is another procedure",
    "allogen": "a transplant of another's cells is another procedure",
    "arterial hypertension": "plain hypertension",
    "oral contraceptive": "a contraceptive pill is taken by mouth",
    "noninvasive": "ventilation without a tube is another procedure",
    "non-invasive": "the same",
    "intravenous drug": "the use of a needle",
    "hereditary galactose": "intolerance of it, as against of lactose after an illness",
    "hereditary fructose": "the same",
    "intermittent claudication": "the name of the disease",
    "measurable cancer": "how a scan shows it, a state",
    "any other": "another trial, in any words",
    "can speak": "the word says nothing more",
    "can read": "the same",
    "diffuse large b": "the name of the disease",
    "definitive breast": "the same",
    "percutaneous coronary": "the same",
    "stereotactic radio": "the same",
    "idiopathic inflammatory": "myopathy, as against other inflammation of muscle",
    "congenital genetic metabolic": "the words of a record; a genetic metabolic disease is congenital",
    "systemic hypertension": "plain hypertension, as against pulmonary",
    "systemic arterial hypertension": "the same",
    "metastatic carcinoma": "means the metastases",
    "abnormal uterine bleeding": "what is not abnormal is menstruation",
    "abnormal vaginal bleeding": "the same",
    "abnormal genital bleeding": "the same",
    "bilateral tubal ligation": "one tube is never tied alone to prevent birth",
}
# reviewed: these words before a shorter synonym of the same row change nothing
SAME_THING: dict[str, tuple[str, ...]] = {
    "english_speaking_reading": (
        "ability to",
        "able to",
    ),
    "abnormal_uterine_bleeding": ("abnormal",),
    "adhesive": ("adhesive",),
    "aflibercept": ("ziv",),
    "aminolevulinic_acid": ("5",),
    "malabsorption": ("gastrointestinal", "intestinal"),
    "stroke": ("brain", "cerebral", "cerebrovascular"),
    "alternative_medicine": ("complementary and", "complementary or"),
    "anti_cd38_antibody": ("anti",),
    "anticancer_therapy": ("anti",),
    "arrhythmia": ("cardiac", "heart"),
    "asparaginase": ("l",),
    "asthma": ("bronchial",),
    "autologous_stem_cell_transplant": ("auto", "autologous"),
    "azacitidine": ("5",),
    "benign_prostatic_hyperplasia": ("benign",),
    "bispecific_antibody": ("bispecific",),
    "blood_product": ("blood or",),
    "blood_transfusion": ("blood", "blood product"),
    "breast_cancer_surgery": ("definitive",),
    "cancer_vaccine": ("anti", "therapeutic"),
    "cardiac_arrest": ("sudden",),
    "cardiac_conduction_disorder": ("cardiac",),
    "cardiac_surgery": ("open",),
    "checkpoint_inhibitor": ("immune",),
    "chemotherapy": (
        "anti",
        "anti-cancer",
        "anticancer",
        "antineoplastic",
        "conventional",
        "cytotoxic",
        "cancer",
    ),
    "cholinesterase_inhibitor": ("acetyl",),
    "chronic_lymphocytic_leukemia": ("b", "b-cell"),
    "cirrhosis": ("hepatic", "liver"),
    "clinical_trial_participation": (
        "another",
        "another clinical",
        "any",
        "any other",
        "any other clinical",
        "clinical",
        "other",
        "other clinical",
        "participated in",
        "participating in",
        "participation in",
    ),
    "coagulopathy": ("blood",),
    "congenital_genetic_metabolic_disease": ("congenital",),
    "contrast_agent": ("x-ray",),
    "cord_blood_transplant": ("umbilical",),
    "coronary_angioplasty": ("percutaneous", "percutaneous transluminal"),
    "corticosteroid": ("cortico",),
    "ctla_4_inhibitor": ("anti",),
    "curatorship": ("under",),
    "cyp3a4_inducer": ("cytochrome p450",),
    "cyp3a4_inhibitor": ("cytochrome p450",),
    "debulking_surgery": ("surgical", "tumor"),
    "depression": ("clinical",),
    "deprived_of_liberty": ("involuntarily",),
    "dialysis": ("kidney", "renal"),
    "drug_abuse": ("illicit",),
    "egg": ("chicken", "hen", "hens"),
    "emphysema": ("pulmonary",),
    "english_reading": ("ability to", "able to", "can"),
    "english_speaking": ("ability to", "able to", "can", "speak"),
    "enzyme_inducing_anticonvulsant": (
        "hepatic",
        "enzyme",
        "hepatic enzyme",
        "p450",
    ),
    "enzyme_inducing_drug": ("hepatic",),
    "evaluable_disease": (
        "either",
        "either measurable or",
        "measurable",
        "measurable and",
        "measurable and/or",
        "measurable or",
    ),
    "fibroadenoma": ("breast",),
    "fluorouracil": ("5",),
    "fracture": ("bone",),
    "fructose_intolerance": ("hereditary",),
    "galactose_intolerance": ("hereditary",),
    "gastric_bypass": ("roux-en-y",),
    "guardianship": ("legal", "under", "under legal"),
    "h2_blocker": ("histamine",),
    "health_insurance": ("covered by", "covered by a", "covered by national", "national"),
    "heart_failure": ("congestive",),
    "hematopoietic_growth_factor": ("hematopoietic",),
    "hepatic_veno_occlusive_disease": ("hepatic",),
    "hepatitis_b": ("viral",),
    "hepatitis_c": ("viral",),
    "herniated_disc": ("intervertebral",),
    "hiv_infection": ("positive", "positive for", "positive test for"),
    "house_dust_mite": ("house",),
    "hypertension": ("arterial", "systemic", "systemic arterial"),
    "il_17_inhibitor": ("anti",),
    "il_1_inhibitor": ("anti",),
    "il_6_inhibitor": ("anti",),
    "immunodeficiency": (
        "congenital or acquired",
        "acquired or congenital",
        "primary or acquired",
        "hereditary or acquired",
        "inherited or acquired",
        "acquired or inherited",
        "acquired or hereditary",
    ),
    "implantable_defibrillator": ("implantable", "implantable cardioverter", "implanted", "implanted cardioverter"),
    "infectious_mononucleosis": ("infectious",),
    "inflammatory_myopathy": ("idiopathic",),
    "influenza_vaccine": ("seasonal",),
    "insulin_therapy": ("exogenous",),
    "intensive_care": (
        "admission to",
        "admission to an",
        "admission to the",
        "admitted to",
        "admitted to an",
        "admitted to the",
    ),
    "interleukin_2": ("recombinant human",),
    "intermittent_claudication": ("intermittent",),
    "internet_access": ("home", "reliable"),
    "interventional_trial_participation": (
        "another",
        "another clinical",
        "another experimental",
        "another investigational",
        "any",
        "any other",
        "any other clinical",
        "any other experimental",
        "any other investigational",
        "clinical",
        "experimental",
        "investigational",
        "other",
        "other clinical",
        "other experimental",
        "other investigational",
    ),
    "intubation": ("endotracheal", "tracheal"),
    "investigational_drug": ("another",),
    "islet_transplant": ("pancreatic",),
    "joint_replacement": ("joint",),
    "kinase_inhibitor": ("protein", "small molecule"),
    "lag_3_inhibitor": ("anti",),
    "latex": ("natural rubber",),
    "legal_protection": ("legally", "under"),
    "live_vaccine": ("attenuated", "live", "live or", "live or live", "live,", "live/live"),
    "liver_transplant": ("orthotopic",),
    "lymph_node_dissection": ("lymph",),
    "lymphoma": ("malignant",),
    "measurable_disease": ("1 or more", "at least 1", "at least one (1)", "one", "one or more", "≥ 1", "≥1"),
    "melanoma": ("malignant",),
    "mercaptopurine": ("6",),
    "mesothelioma": ("malignant",),
    "milk": ("cow's", "cow’s"),
    "monoclonal_antibody": ("therapeutic",),
    "multiple_myeloma": ("multiple", "plasma cell"),
    "nab_paclitaxel": ("nanoparticle",),
    "nitrate": ("organic",),
    "nursing_home": ("living in a", "resident of a", "residents of a", "resides in a"),
    "ocular_surgery": ("intra",),
    "oral_contraceptive": ("oral",),
    "organ_transplant": ("solid",),
    "oxygen_therapy": ("supplemental", "supplementary"),
    "pacemaker": ("cardiac", "implanted", "permanent"),
    "pancreatic_insufficiency": ("exocrine",),
    "parkinson_disease": ("idiopathic",),
    "pd_1_inhibitor": ("anti",),
    "pd_1_or_pd_l1_inhibitor": ("anti",),
    "pd_l1_inhibitor": ("anti",),
    "pd_l2_inhibitor": ("anti",),
    "peritoneal_mesothelioma": ("malignant",),
    "plasmapheresis": ("therapeutic",),
    "pleural_mesothelioma": ("malignant",),
    "post_menopausal": ("post",),
    "radiotherapy": ("ionizing", "therapeutic"),
    "red_blood_cell_transfusion": ("packed",),
    "serotonin_5ht3_antagonist": ("serotonin",),
    "shock": ("circulatory",),
    "sigmoidoscopy": ("flexible",),
    "smoker": ("cigarette", "tobacco"),
    "solid_tumor": ("malignant",),
    "spanish_speaking": ("able to",),
    "spinal_cord_compression": ("spinal",),
    "stem_cell_transplant": (
        "bone marrow or",
        "haematopoietic",
        "hematopoietic",
        "hematologic",
        "hematological",
    ),
    "stereotactic_radiosurgery": ("gamma knife", "stereotactic"),
    "stimulant": ("cns",),
    "substance_abuse": ("alcohol or", "alcohol or other"),
    "surgery": ("surgical",),
    "t_cell_modulating_drug": ("antibody or",),
    "tace": ("trans-arterial", "transarterial", "transcatheter arterial"),
    "targeted_therapy": ("molecular",),
    "telephone_access": ("reliable",),
    "trastuzumab_deruxtecan": ("fam",),
    "trastuzumab_emtansine": ("ado",),
    "tubal_ligation": ("bilateral",),
    "tuberculosis": ("bacillus",),
    "tuberculosis_infection": (
        "active or latent",
        "latent or active",
        "active and latent",
        "active and/or latent",
        "active/latent",
    ),
    "tyrosine_kinase_inhibitor": ("small molecule",),
    "uterine_fibroids": ("uterine",),
    "valproate": ("sodium",),
    "valve_replacement": ("cardiac", "heart"),
    "vegf_inhibitor": ("vegf or",),
    "vitamin_b12_deficiency": ("vitamin",),
    "vitrectomy": ("pars plana",),
    "weight_loss_drug": ("anti",),
    "yeast": ("baker’s",),
    "cancer_immunotherapy": ("anti",),
    "erythropoietin": (
        "recombinant",
        "recombinant human",
    ),
    "immunoglobulin": ("pooled",),
    "antidiabetic": ("anti",),
    "antitubercular_drug": ("anti",),
    "abdominal_surgery": ("intra",),
    "pneumonectomy": ("complete",),
    "penicillamine": ("d",),
    "fluorescein": ("sodium",),
    "met_inhibitor": ("c",),
    "idh_inhibitor": ("mutant",),
    "igf_1r_inhibitor": ("anti",),
    "glaucoma_medication": ("anti",),
    "shingles_vaccine": ("herpes",),
    "central_venous_catheter": ("indwelling",),
    "urinary_catheter": ("indwelling",),
    "cd30_directed_therapy": ("anti",),
    "cd22_directed_therapy": ("anti",),
    "cd33_directed_therapy": ("anti",),
    "trop2_directed_therapy": ("anti",),
    "her3_directed_therapy": ("anti",),
    "folate_receptor_alpha_directed_therapy": ("anti",),
    "psma_directed_therapy": ("anti",),
    "cd40_directed_therapy": ("anti",),
}
PEOPLE = frozenset(
    [
        "women",
        "woman",
        "females",
        "female",
        "men",
        "man",
        "males",
        "male",
        "mothers",
        "mother",
        "girls",
        "boys",
        "patients",
        "patient",
        "subjects",
    ]
)
# letters that stand for several things, of which a nearby word must choose
HOMONYMS = [
    "TB",
    "PE",
    "CHD",
    "HF",
    "MI",
    "ACS",
    "AF",
    "DM",
    "RA",
    "MS",
    "UC",
    "CVD",
    "CRF",
    "ARF",
    "OA",
    "TBI",
    "SCI",
    "ALS",
    "PCP",
    "ASA",
    "ART",
    "ADT",
    "PCI",
    "ICD",
    "SBP",
    "ASD",
    "CF",
    "PAD",
    "ICH",
]


def ancestors(word: Word) -> set[str]:
    found = set(word.parents)
    return found.union(*(ancestors(WORDS[parent]) for parent in word.parents)) if found else found


def forms(word: Word) -> set[str]:
    return {form.casefold() for form in (*word.synonyms, *word.exact)}


def test_no_synonym_begins_with_a_word_the_grammar_reads_unless_that_makes_another_thing() -> None:
    """ "severe pneumonia" is pneumonia, severe; "unstable angina" has a row of its own below angina."""
    owners: dict[str, set[str]] = defaultdict(set)
    for word in NAMED:
        for form in forms(word):
            owners[form].add(word.key)
    prefixes = {text.casefold() for name, text in function_words() if name in GRAMMAR and text[0].isalpha()}
    allowed = tuple(name.casefold() for name in NAMES_WITH_ADJECTIVE)
    for word in NAMED:
        above = ancestors(word)
        for form in forms(word):
            rests = {form[len(p) + 1 :] for p in prefixes if form.startswith((f"{p} ", f"{p}-"))}
            baked = [rest for rest in rests if owners.get(rest) and not owners[rest] & above]
            assert not baked or form.startswith(allowed), (word.key, form, baked)


def test_no_synonym_is_another_of_its_row_with_an_adjective_before_it() -> None:
    """A narrower disease is a row of its own; what is allowed here was read and found to be the same thing."""
    for word in NAMED:
        own = forms(word)
        for form in own:
            for shorter in own - {form}:
                if form.endswith((f" {shorter}", f"-{shorter}")):
                    adjective = form[: -len(shorter)].strip(" -")
                    assert adjective in SAME_THING.get(word.key, ()), (word.key, form, shorter)


def test_no_reviewed_exception_outlives_its_row() -> None:
    named = {word.key for word in NAMED}
    assert set(SAME_THING) <= named
    spelt = {form for word in NAMED for form in forms(word)}
    assert all(any(form.startswith(name.casefold()) for form in spelt) for name in NAMES_WITH_ADJECTIVE)


def test_no_synonym_holds_a_person_or_ends_in_a_bracketed_short_name() -> None:
    for word in NAMED:
        for form in forms(word):
            assert not PEOPLE & set(form.split()), (word.key, form)
            assert not form.endswith((")", "]")), (word.key, form)


def test_letters_that_stand_for_a_name_are_matched_only_as_written() -> None:
    for word in NAMED:
        assert not [form for form in word.synonyms if form.isupper() and len(form) <= 6], word.key


@pytest.mark.parametrize("letters", HOMONYMS)
def test_letters_with_several_meanings_need_a_word_near_them(letters: str) -> None:
    owners = [word for word in NAMED if letters in word.exact]
    assert owners
    assert all(word.near.get(letters) for word in owners), letters


def test_a_code_answers_for_one_row_and_all_that_follow_are_wider() -> None:
    """The first answer is what a record is taken for, so it must imply all others."""
    codes = [code.code for word in NAMED for code in word.codes if code.system == "ICD-10-CM"]
    assert len(codes) == len(set(codes))
    for end in {end for code in codes for end in code.split("-")}:
        first, *wider = vocabulary().by_code("ICD-10-CM", end)
        assert {word.key for word in wider} <= ancestors(first), (end, first.key)


@pytest.mark.parametrize(
    ("code", "concepts"),
    [
        ("E10.10", {"type_1_diabetes", "diabetic_ketoacidosis", "diabetes"}),
        ("N18.30", {"chronic_renal_insufficiency", "renal_insufficiency", "chronic_kidney_disease"}),
        ("J12.82", {"covid_19", "viral_pneumonia", "pneumonia", "infection", "lung_disease"}),
        ("I21.4", {"myocardial_infarction", "acute_coronary_syndrome", "coronary_artery_disease", "heart_disease"}),
        ("C83.30", {"lymphoma", "hematologic_malignancy", "malignancy", "blood_disease"}),
        ("B18.1", {"hepatitis_b", "viral_hepatitis", "chronic_hepatitis", "chronic_liver_disease", "infection"}),
        ("K72.01", {"acute_liver_failure", "liver_failure", "liver_disease"}),
        ("Z94.0", {"kidney_transplant", "organ_transplant", "transplant"}),
    ],
)
def test_a_coded_record_is_all_that_its_code_says(code: str, concepts: set[str]) -> None:
    first = vocabulary().by_code("ICD-10-CM", code)[0]
    assert concepts <= {first.key} | ancestors(first)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("bacterial_pneumonia", "pneumonia"),
        ("iron_deficiency_anemia", "anemia"),
        ("viral_infection", "infection"),
        ("traumatic_brain_injury", "brain_injury"),
        ("pembrolizumab", "checkpoint_inhibitor"),
        ("warfarin", "anticoagulant"),
        ("alcohol_dependence", "alcohol_abuse"),
    ],
)
def test_a_narrower_thing_is_below_the_wider_and_shares_no_name_with_it(narrow: str, wide: str) -> None:
    assert narrow in vocabulary().descendants(wide)
    assert wide not in vocabulary().descendants(narrow)
    assert not forms(WORDS[narrow]) & forms(WORDS[wide])


def test_what_is_not_implied_is_no_parent() -> None:
    """Latent infection is not tuberculosis, chronic kidney disease not insufficiency, a carcinoma in situ not cancer."""
    for word, other in [
        ("latent_tuberculosis", "tuberculosis"),
        ("chronic_kidney_disease", "renal_insufficiency"),
        ("carcinoma_in_situ", "malignancy"),
        ("hiv_infection", "immunodeficiency"),
        ("hypertension", "cardiovascular_disease"),
        ("myelodysplastic_syndrome", "leukemia"),
    ]:
        assert other not in ancestors(WORDS[word])


def test_words_no_record_can_decide_are_no_concepts() -> None:
    texts = ["serious disease", "acute illness", "systemic disease", "medical condition", "study drug", "excipients",
             "contraception", "in good general health", "stable weight", "trauma"]  # fmt: skip
    assert [text for text in texts if vocabulary().by_name(text)] == []


def test_what_a_patient_is_or_depends_on_is_a_state() -> None:
    states = "pregnant breast_feeding childbearing_potential post_menopausal smoker alcohol_abuse healthy_volunteer "
    states += "hospitalization intensive_care dialysis pacemaker prisoner"
    assert {WORDS[key].kind for key in states.split()} == {"state"}
    assert {WORDS[key].kind for key in ("kidney_transplant", "major_surgery", "biopsy")} == {"procedure"}
    assert {WORDS[key].kind for key in ("claustrophobia", "coma", "dysphagia")} == {"condition"}


# --- a site's own table ---------------------------------------------------------------------------------------------


def local(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "local.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_site_adds_words_synonyms_and_codes_and_removes_nothing(tmp_path: Path) -> None:
    file = local(
        tmp_path,
        '[serum_selenium]\nkind = "quantity"\nlabel = "Selenium"\nunit = "umol/L"\nsynonyms = ["selenium"]\n'
        '[creatinine]\nsynonyms = ["Kreatinin"]\nloinc = [["99999-9", "our own", "local"]]\n',
    )
    known = vocabulary(file)
    assert known.by_name("selenium")[0].unit == "umol/L"
    assert known.by_name("kreatinin")[0].key == "creatinine"
    assert known.by_code("LOINC", "99999-9")[0].key == "creatinine"
    assert set(WORDS["creatinine"].synonyms) < set(known.words["creatinine"].synonyms)
    assert known.words["creatinine"].unit == "mg/dL"
    assert vocabulary().by_name("kreatinin") == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[x]\nlabel = "X"\n', "needs a kind"),
        ('[x]\nkind = "thing"\nlabel = "X"\n', "kind is 'thing'"),
        ('[x]\nkind = "quantity"\nlabel = "X"\nunit = "furlong"\n', "unit 'furlong' is not"),
        ('[x]\nkind = "scale"\nlabel = "X"\n', "two levels"),
        (
            '[x]\nkind = "scale"\nlabel = "X"\nlevels = [{ value = "a" }, { value = "b", aliases = ["a"] }]\n',
            "alias 'a'",
        ),
        ('[x]\nkind = "condition"\nlabel = "X"\nparents = ["nothing"]\n', "parent 'nothing'"),
        ('[x]\nkind = "condition"\nlabel = "X"\nparents = ["x"]\n', "own ancestor"),
        ('[x]\nkind = "quantity"\nlabel = "X"\nsynonyms = ["INR"]\n', "also belongs to inr"),
        ('[x]\nkind = "quantity"\nlabel = "X"\nsynonyms = "zinc"\n', "list of texts"),
        ('[x]\nkind = "quantity"\nlabel = "X"\ncolour = "red"\n', "unknown field 'colour'"),
        ('[x]\nkind = "quantity"\nlabel = "X"\nnear = { zn = ["zinc"] }\n', "near names 'zn'"),
        ('[x]\nkind = "quantity"\nlabel = "X"\nplausible = [1]\n', "wrong shape"),
        ('[inr]\nkind = "condition"\n', "is a quantity in this package"),
        ("x = 3\n", "a row is a table"),
    ],
)
def test_a_wrong_row_is_named_with_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(TableError, match=complaint):
        vocabulary(local(tmp_path, text))


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not TOML"):
        vocabulary(local(tmp_path, "[x\n"))
    with pytest.raises(InputError, match=r"missing\.toml"):
        vocabulary(tmp_path / "missing.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        vocabulary(tmp_path / "bytes.toml")


def test_the_vocabulary_is_loaded_once() -> None:
    vocabulary.cache_clear()
    assert vocabulary() is vocabulary()


def test_a_word_says_which_formulas_give_it() -> None:
    """With their year, what they take, and for whom."""
    told = word_as_text(vocabulary().words["egfr"], vocabulary())
    assert "CKD-EPI 2021, from creatinine, age, female; from 18 years" in told
    assert "bedside Schwartz 2009, from creatinine, height; from 1 to 17 years" in told
