"""Each mistake in a dose sentence is named with its place, and the nearest valid sentence is shown."""

from __future__ import annotations

import pytest

from ketworks.dose import parse
from ketworks.dose.calendar import At, Phase, Repeat
from ketworks.dose.course import Step
from ketworks.dose.regimen import Part, Regimen
from ketworks.errors import WrongUse

GOOD = "0.5 mg/kg iv over 40 min"

CASES = [
    # sentence, part at fault, word in the message, nearest
    ("0,5 mg/kg iv over 40 min", "0,5", "comma", GOOD),
    ("0.5 mg/kg iv over 1,5 h", "1,5", "comma", "0.5 mg/kg iv over 1.5 h"),
    ("1,000 mg oral", "1,000", "comma", "1000 mg oral"),
    ("0.5 mg/kg iv over 40 min at 0, 2,5 d", "2,5", "comma", "0.5 mg/kg iv over 40 min at 0, 2, 5 d"),
    ("0.5 iv over 40 min", "0.5", "without a unit", GOOD),
    ("35 iv bolus", "35", "without a unit", "35 mg iv bolus"),
    ("0.5 mg/kg iv over 40", "40", "without a unit", GOOD),
    ("0.5 mg/kg iv over 40, daily for 2 d", "40", "without a unit", "0.5 mg/kg iv over 40 min, daily for 2 d"),
    ("0.5 mg/kg iv over 40 min at 0, 2", "2", "without its unit", "0.5 mg/kg iv over 40 min at 0, 2 d"),
    ("0.5 mg/kg ivv over 40 min", "ivv", "unknown route", GOOD),
    ("50 mg sublingal", "sublingal", "unknown route", "50 mg sublingual"),
    ("0.5 mg/kg intrathecal over 40 min", "intrathecal", "unknown route", ""),
    ("esketamin 84 mg nasal", "esketamin", "unknown drug", "esketamine 84 mg nasal"),
    ("midazolam 5 mg iv bolus", "midazolam", "unknown drug", ""),
    ("0.5 mg/lb iv over 40 min", "mg/lb", "unknown unit", GOOD),
    ("0.5 mgs/kg iv over 40 min", "mgs/kg", "unknown unit", GOOD),
    ("0.5 mg/kg iv over 40 mn", "mn", "unknown unit", GOOD),
    ("0.5 mg/kg iv over 40 min wekly for 4 weeks", "wekly", "unknown word", "weekly for 4 weeks"),
    ("0.5 mg/kg iv over 40 min banana", "banana", "unknown word", GOOD),
    ("-0.5 mg/kg iv over 40 min", "-0.5", "negative", GOOD),
    ("0.5 mg/kg iv over -40 min", "-40", "negative", GOOD),
    ("0 mg/kg iv over 40 min", "0", "number 0", ""),
    ("0.5 mg/kg iv over 0 min", "0", "number 0", ""),
    ("nan mg/kg iv over 40 min", "nan", "as a number", ""),
    ("inf mg/kg iv over 40 min", "inf", "as a number", ""),
    ("1e999 mg/kg iv over 40 min", "1e999", "number", ""),
    ("0.5 mg iv over 40 min", "0.5 mg", "mg/kg is likely meant", GOOD),
    ("35 mg/kg iv bolus", "35 mg/kg", "mg is likely meant", "35 mg iv bolus"),
    ("0.1 mg/h iv for 4 d", "0.1 mg/h", "mg/kg/h is likely meant", "0.1 mg/kg/h iv for 4 d"),
    ("22 mg/kg/h iv for 4 d", "22 mg/kg/h", "mg/h is likely meant", "22 mg/h iv for 4 d"),
    ("5000 mg oral", "5000 mg", "above any dose", "1500 mg oral"),
    ("0.001 mg/kg iv bolus", "0.001 mg/kg", "below any dose", "0.01 mg/kg iv bolus"),
    ("0.5 mg/kg over 40 min", "0.5 mg/kg over 40 min", "no route", GOOD),
    ("esketamine 84 mg", "84 mg", "no route", "esketamine 84 mg nasal"),
    ("0.1 mg/kg/h iv", "0.1 mg/kg/h", "rate without a duration", "0.1 mg/kg/h iv for 60 min"),
    ("35 mg iv infusion", "infusion", "infusion without a duration", "35 mg iv infusion over 40 min"),
    ("0.5 mg/kg im over 40 min", "over 40 min", "duration for the route im", "0.5 mg/kg im"),
    ("10 mg/h oral", "10 mg/h", "rate for the route oral", "10 mg oral"),
    ("0.5 mg/kg iv", "0.5 mg/kg iv", "how fast", GOOD),
    ("84 mg nasal bolus", "bolus", "bolus for the route nasal", "84 mg nasal"),
    ("0.5 mg/kg iv bolus over 40 min", "bolus", "bolus that lasts", GOOD),
    ("0.5 mg/kg iv for 40 min", "for 40 min", "after an amount", GOOD),
    ("84 mg nasal for 4 weeks", "for 4 weeks", "after an amount", "84 mg nasal daily for 4 weeks"),
    ("0.5 mg/kg iv at 0.5 mg/kg/h over 40 min", "at 0.5 mg/kg/h", "disagree", GOOD),
    ("35 mg iv at 0.5 mg/kg/h over 40 min", "at 0.5 mg/kg/h", "total in mg", ""),
    ("ketamine and esketamine 35 mg iv bolus", "and esketamine", "two drugs", "or  esketamine 35 mg iv bolus"),
    ("ketamine esketamine 35 mg iv bolus", "esketamine", "two drugs", "ketamine 35 mg iv bolus"),
    ("esketamine 84 mg nasal; ketamine 35 mg iv bolus at 2 d", "ketamine", "two drugs", ""),
    ("ketamine HCl base 50 mg oral", "base", "a second salt", "ketamine HCl 50 mg oral"),
    ("0.5 mg/kg 0.6 mg/kg im", "0.6 mg/kg", "a second dose", "0.5 mg/kg im"),
    ("50 mg oral nasal", "nasal", "a second route", "50 mg oral"),
    ("0.5-1 mg/kg iv over 40 min", "0.5-1", "range", GOOD),
    ("0.5 mg/kg iv over 40-min", "-min", "hyphen", GOOD),
    ("0.5 mg/kg iv over", "over", "ends too soon", GOOD),
    ("0.5 mg/kg iv over 40 min;", "min;", "ends too soon", GOOD),
    ("0.5 mg/kg iv over 40 min,", ",", "comma at the end", GOOD),
    ("0.5 mg/kg iv over 40 min twice weekly", "twice weekly", "without an end", "twice weekly for 4 weeks"),
    ("0.5 mg/kg iv over 40 min weekly for 4", "4", "without a unit", "weekly for 4 weeks"),
    ("0.5 mg/kg iv over 40 min daily for 5", "5", "without a unit", "daily for 5 d"),
    ("0.5 mg/kg iv over 40 min weekly for 4 min", "weekly for 4 min", "ends before its second dose", ""),
    ("0.5 mg/kg iv over 40 min x 6", "x 6", "without how often", "daily x 6"),
    ("0.5 mg/kg iv over 40 min biweekly x 6", "biweekly", "more than one way", "twice weekly x 6"),
    ("0.5 mg/kg iv over 40 min 5 times weekly x 6", "5 times weekly", "no usual spacing", "three times weekly x 6"),
    ("50 mg oral twice weekly x 5 for 3 weeks", "for 3 weeks", "5 doses and 6 doses", "50 mg oral twice weekly x 5"),
    ("50 mg oral at 2, 4 d", "at 2, 4 d", "no dose at the start", "50 mg oral at 0, 2 d"),
    ("50 mg oral at 0, 4, 2 d", "at 0, 4, 2 d", "in a list of times", "50 mg oral at 0, 2, 4 d"),
    ("50 mg oral at 0, 2, 2 d", "at 0, 2, 2 d", "in a list of times", "50 mg oral at 0, 2 d"),
    ("50 mg oral on days 0, 2", "0", "counted from day 1", ""),
    ("50 mg oral on days 1, 2.5", "2.5", "number 2.5", ""),
    ("50 mg oral daily x 2.5", "2.5", "number 2.5", ""),
    ("50 mg oral every 1 min for 100 d", "every 1 min for 100 d", "144000 doses", ""),
    ("50 mg oral weekly for 900 weeks", "weekly for 900 weeks", "a regimen of", ""),
    ("1 mg/kg iv over 48 h daily x 5", "1 mg/kg iv over 48 h daily x 5", "starts again", ""),
    ("35 mg iv bolus then 35 mg iv bolus", "35 mg iv bolus then 35 mg iv bolus", "no time between", "after 10 min"),
    ("50 mg oral weekly x 2 then 84 mg nasal weekly x 2", "84 mg nasal weekly x 2", "new dose after", ""),
    ("1.5.2 mg/kg iv over 40 min", "1.5.2", "number 1.5.2", ""),
    ("0..5 mg/kg iv over 40 min", "0..5", "number 0..5", GOOD),
    ("0.5 mg/kg iv over forty min", "forty", "in place of a number", GOOD),
    ("0.5 mg/kg iv over 40 min at day 0, 2", "day", "in place of a number", ""),
    ("0.5 mg/kg iv over 40 min, 6 times", "6 times", "without how often", "weekly x 6"),
    ("0.5 mg/kg iv over 40 min for 6 doses", "6 doses", "without how often", "weekly x 6"),
    ("0.5mg/kg/40min iv", "mg/kg/40min", "unknown unit", "0.5mg/kg over 40 min iv"),
    ("0.5 mg/kg iv 40 min", "40 min", "a time without", GOOD),
    ("spravato 84 mg", "spravato", "a brand", "esketamine nasal 84 mg"),
    ("over 40 min", "over 40 min", "no dose", ""),
    ("hello world", "hello", "unknown", GOOD),
]


@pytest.mark.parametrize(("sentence", "fault", "message", "nearest"), CASES, ids=[case[0] for case in CASES])
def test_a_mistake_is_named_in_its_place(sentence, fault, message, nearest):
    with pytest.raises(WrongUse) as caught:
        parse(sentence)
    error = caught.value
    assert message in str(error)
    assert nearest in error.nearest
    assert error.expected
    what, shown, mark = error.given.split("\n")
    start = mark.index("^")
    assert shown[start : start + mark.count("^")] == fault
    assert f"character {sentence.index(shown[4:].strip(), 0) + start - 4 + 1}" in mark
    assert what
    if error.paste:
        parse(error.paste.removeprefix('ketworks run "').removesuffix('"'))


def refusal(sentence):
    with pytest.raises(WrongUse) as caught:
        parse(sentence)
    return caught.value


MISSING_PAUSE = [
    ("esketamine 84 mg nasal then 0.5 mg/kg iv bolus", "esketamine 84 mg nasal then after 10 min 0.5 mg/kg iv bolus"),
    (
        "S-ketamine HCl 35 mg iv bolus, then 35 mg im then 50 mg oral weekly x 4",
        "S-ketamine HCl 35 mg iv bolus, then after 10 min 35 mg im then after 10 min 50 mg oral weekly x 4",
    ),
]


@pytest.mark.parametrize(("sentence", "nearest"), MISSING_PAUSE)
def test_a_missing_pause_is_added_and_nothing_else_is_changed(sentence, nearest):
    assert refusal(sentence).nearest == nearest


KEPT = [
    (
        "esketamine 84 mg nasal and 0.5 mg/kg iv over 40 min",
        "esketamine 84 mg nasal; 0.5 mg/kg iv over 40 min  or  esketamine 84 mg nasal then 0.5 mg/kg iv over 40 min",
    ),
    (
        "esketamine 84 mg nasal 0.5 mg/kg iv over 40 min",
        "esketamine 84 mg nasal then 0.5 mg/kg iv over 40 min  or  esketamine 84 mg nasal; 0.5 mg/kg iv over 40 min",
    ),
    ("esketamine 84 mg nasal plus ketamine 0.5 mg/kg iv bolus", ""),
    ("esketamine intravenos", "intravenous"),
    ("esketamine iv", ""),
    ("84 mg nasal then after 2 h 84 mg vaginal", ""),
    ("esketamine 84 mg nasal then 0.5 mg/kg intrathecal over 40 min", ""),
    ("norketamine 50 mg oral", ""),
    ("asketamine 50 mg oral", "esketamine 50 mg oral  or  arketamine 50 mg oral"),
    ("esketamine 0.5 g oral at 2, 4 d", "esketamine 500 mg oral at 0, 2 d"),
]


@pytest.mark.parametrize(("sentence", "nearest"), KEPT, ids=[case[0] for case in KEPT])
def test_a_correction_keeps_drug_route_and_amount(sentence, nearest):
    assert refusal(sentence).nearest == nearest


@pytest.mark.parametrize(
    "route",
    [
        "intrathecal",
        "intraperitoneal",
        "intraosseous",
        "transdermal",
        "epidural",
        "vaginal",
        "it",
        "intradermal",
        "dental",
    ],
)
def test_another_route_is_not_taken_for_a_known_one(route):
    for sentence in (f"esketamine 84 mg {route}", f"0.5 mg/kg {route} over 40 min", f"35 mg {route} bolus"):
        error = refusal(sentence)
        assert error.nearest == error.paste == ""
        assert f"unknown route '{route}'" in error.given
        assert "iv, im, sc, nasal" in error.expected
    with pytest.raises(WrongUse, match="unknown route") as caught:
        Step(35, "mg", route)
    assert caught.value.nearest == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("intranasl", "intranasal"),
        ("intra-nasal", "intranasal"),
        ("nassal", "nasal"),
        ("orla", "oral"),
        ("sublingaul", "sublingual"),
    ],
)
def test_a_misspelt_route_is_recognised(written, meant):
    assert refusal(f"84 mg {written}").nearest == f"84 mg {meant}"


ZEROS = [
    ("50 mg oral every 0 h for 3 d", "every 3 d", "3653 d"),
    ("50 mg oral q0d x 3", "every 3 d", "3653 d"),
    ("84 mg nasal twice weekly for 0 weeks", "for 4 weeks", "3653 d"),
    ("84 mg nasal weekly x 0", "daily x 6", "1 to 2000"),
    ("84 mg nasal weekly x 4 from 0 d", "from 2 d", "3653 d"),
    ("0.5 mg/kg iv over 0 min", "over 40 min", "21 d"),
    ("0 mg/kg iv over 40 min", "mg/kg iv", "0.01 to"),
    ("0 mg/h iv for 40 min", "mg/h iv", "2 to 1015"),
    ("84 mg nasal then after 0 h 84 mg nasal", "after 30 min", "above 0"),
    ("0.5 mg/kg iv over thirtyish min", "a number", "at 0, 2 d"),
]


@pytest.mark.parametrize(("sentence", "form", "limits"), ZEROS, ids=[case[0] for case in ZEROS])
def test_no_number_is_put_in_the_place_of_zero(sentence, form, limits):
    error = refusal(sentence)
    assert error.nearest == error.paste == ""
    assert form in error.expected
    assert limits in error.expected


RATES = [
    ("0.5 mg/kg/min iv over 40 min", GOOD),
    ("0.5 mg/kg/min over 40 min", GOOD),
    ("0.5 mg/kg/min iv for 40 min", GOOD),
    ("esketamine 0.5 mg/kg per min for 40 min iv", "esketamine 0.5 mg/kg over 40 min iv"),
    ("35 mg/kg/min iv for 5 min", ""),
]


@pytest.mark.parametrize(("sentence", "nearest"), RATES)
def test_a_rate_per_minute_that_is_too_large_is_an_amount_and_stays_per_kg(sentence, nearest):
    error = refusal(sentence)
    assert error.nearest == nearest
    assert "mg/kg/h, above any rate in use" in error.given
    assert "mg/kg/h iv" in error.expected


def test_an_infusion_longer_than_any_in_use_is_refused():
    for dose in ("0.1 mg/kg/h iv for", "10 mg iv over", "5 mg/h sc for", "5 mg nebulised over"):
        error = refusal(f"{dose} 400 d")
        assert "over 400 d" in error.given
        assert "at most" in error.expected
    assert refusal("1400 mg iv at 2 mg/h").given.startswith("a dose iv over 700 h")
    assert parse("10 mg/h iv for 20 d").end == 20 * 1440
    assert refusal("10 mg/h iv for 22 d").nearest == ""
    with pytest.raises(WrongUse, match="at most 21 d"):
        Step(10, "mg/h", "iv", duration=22 * 1440)


def test_no_text_and_too_much_text_are_refused():
    for text in ("", "   ", "\n"):
        with pytest.raises(WrongUse, match="empty") as caught:
            parse(text)
        assert caught.value.nearest == GOOD
    with pytest.raises(WrongUse, match="type float"):
        parse(0.5)
    with pytest.raises(WrongUse, match="characters"):
        parse("5 mg oral; " * 20_000)


def test_a_fault_far_into_a_long_sentence_is_shown():
    long = "; ".join(["50 mg oral"] * 40)
    with pytest.raises(WrongUse) as caught:
        parse(long.replace("oral", "orul", 40).replace("orul", "oral", 30))
    _, shown, mark = caught.value.given.split("\n")
    assert shown[mark.index("^") :].startswith("orul")
    assert len(shown) < 100


def test_a_range_is_shown_and_said_to_be_no_safe_range():
    with pytest.raises(WrongUse, match=r"0\.01 to 5 mg/kg iv .*not a safe range"):
        parse("6 mg/kg iv bolus")


@pytest.mark.parametrize(
    "build",
    [
        lambda: Step(float("nan"), "mg", "oral"),
        lambda: Step(50, "mg", "orally"),
        lambda: Step(50, "mL", "oral"),
        lambda: Step(50, "mg", "oral", duration=10),
        lambda: Step(50, "mg/h", "iv"),
        lambda: Step(50, "mg", "iv", duration=float("inf")),
        lambda: Step(50, "mg", "iv", after=-1),
        lambda: Step(0.5, "mg", "iv"),
        lambda: At(()),
        lambda: At((0, float("nan"))),
        lambda: Phase(0, 10),
        lambda: Phase(1440, 10080, doses=2),
        lambda: Phase(10080, 10080, doses=4),
        lambda: Repeat(()),
        lambda: Repeat((Phase(1440, 1440),), start=-1),
        lambda: Part(()),
        lambda: Part((Step(50, "mg", "oral", after=5),)),
        lambda: Regimen(()),
        lambda: Regimen((Part((Step(50, "mg", "oral"),)),), drug="morphine"),
        lambda: Regimen((Part((Step(50, "mg", "oral"),)),), salt="sulphate"),
        lambda: Regimen((Part((Step(50, "mg", "oral"),), At((5.0,))),)),
    ],
)
def test_no_regimen_can_be_built_that_no_sentence_says(build):
    with pytest.raises(WrongUse):
        build()
