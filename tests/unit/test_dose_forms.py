"""Forms beside a route: what they mean, what contradicts, and counts of devices, tablets and millilitres."""

from __future__ import annotations

import pytest

from ketworks.dose import from_event_table, from_toml, parse
from ketworks.dose.form import FORM_ROUTES, FORM_WORDS, SAYS_ITS_ROUTE
from ketworks.dose.grammar import terminals
from ketworks.dose.kept import ROUTE_TERMINALS as KEPT
from ketworks.dose.limits import accepted_range, parameters
from ketworks.dose.misread import KINDS
from ketworks.dose.route import ROUTES
from ketworks.errors import WrongUse

SAME = [
    ("ketamine 80 mg oral prolonged release", "80 mg oral-pr"),
    ("ketamine 120 mg oral-pr every 12 h 5 times", "120 mg oral-pr, every 12 h x 5"),
    ("120 mg oral-pr every 12 h, 5 doses", "120 mg oral-pr, every 12 h x 5"),
    ("80 mg oral extended-release tablets", "80 mg oral-pr"),
    ("80 mg modified release oral capsule", "80 mg oral-pr"),
    ("prolonged-release ketamine 80 mg oral", "80 mg oral-pr"),
    ("80 mg oral controlled released", "80 mg oral-pr"),
    ("80 mg by mouth slow release", "80 mg oral-pr"),
    ("80 mg oral PR", "80 mg oral-pr"),
    ("80 mg PO ER", "80 mg oral-pr"),
    ("80 mg oral-xr", "80 mg oral-pr"),
    ("80 mg XR tablets", "80 mg oral-pr"),
    ("80 mg PR capsules", "80 mg oral-pr"),
    ("80 mg oral-pr prolonged release", "80 mg oral-pr"),
    ("50 mg oral immediate release tablet", "50 mg oral"),
    ("50 mg oral tablets", "50 mg oral"),
    ("50 mg oral film-coated tablet", "50 mg oral"),
    ("50 mg oral capsule", "50 mg oral"),
    ("0.5 mg/kg oral solution", "0.5 mg/kg oral"),
    ("esketamine 84 mg nasal spray", "esketamine 84 mg nasal"),
    ("esketamine nasal spray 84 mg, twice weekly for 4 weeks", "esketamine 84 mg nasal, twice weekly for 4 weeks"),
    ("50 mg intranasal via atomiser", "50 mg nasal"),
    ("50 mg sublingual film", "50 mg sublingual"),
    ("50 mg sublingual wafer", "50 mg sublingual"),
    ("50 mg SL troche", "50 mg sublingual"),
    ("50 mg sublingual tablet", "50 mg sublingual"),
    ("50 mg under the tongue", "50 mg sublingual"),
    ("50 mg buccal film", "50 mg buccal"),
    ("50 mg buccal tablet", "50 mg buccal"),
    ("50 mg oral film", "50 mg buccal"),
    ("50 mg oral transmucosal film", "50 mg buccal"),
    ("50 mg oromucosal film", "50 mg buccal"),
    ("50 mg film", "50 mg buccal"),
    ("100 mg suppository", "100 mg rectal"),
    ("100 mg rectal suppository", "100 mg rectal"),
    ("0.5 mg/kg IM injection", "0.5 mg/kg im"),
    ("0.5 mg/kg by intramuscular injection", "0.5 mg/kg im"),
    ("10 mg/h SC infusion for 24 h", "10 mg/h sc for 1 d"),
    ("0.5 mg/kg as an iv infusion over 40 min", "0.5 mg/kg iv over 40 min"),
    ("50 mg nebulised solution", "50 mg nebulised"),
    ("50 mg by nebuliser over 20 min", "50 mg nebulised over 20 min"),
    ("50 mg inhaled via a nebulizer", "50 mg nebulised"),
    ("intranasal esketamine 84 mg nasal spray", "esketamine 84 mg nasal"),
    ("50 mg oral tablet then after 2 h 25 mg prolonged release", "50 mg oral then after 2 h 25 mg oral-pr"),
    ("50 mg oral-pr tablet then after 2 h 25 mg immediate release", "50 mg oral-pr then after 2 h 25 mg oral"),
    ("50 mg sublingual then after 2 h 25 mg film", "50 mg sublingual then after 2 h 25 mg"),
    ("50 mg oral then after 2 h 25 mg suppository", "50 mg oral then after 2 h 25 mg rectal"),
    ("50 mg oral solution then after 2 h 25 mg tablet", "50 mg oral then after 2 h 25 mg"),
]


@pytest.mark.parametrize(("written", "canonical"), SAME, ids=[case[0] for case in SAME])
def test_a_form_reads_as_its_route_and_is_said_as_the_route(written, canonical):
    regimen = parse(written)
    assert str(regimen) == canonical
    assert parse(canonical) == regimen


REFUSED = [
    # sentence, words in the message, all that is shown as nearest
    ("50 mg oral nasal", ("oral", "nasal"), "50 mg oral  or  50 mg nasal"),
    ("50 mg iv tablet", ("iv", "tablet"), "50 mg oral tablet  or  50 mg oral-pr tablet"),
    (
        "50 mg oral solution prolonged release",
        ("solution", "prolonged release"),
        "50 mg oral solution  or  50 mg oral prolonged release",
    ),
    ("50 mg oral-pr solution", ("oral-pr", "solution"), "50 mg oral-pr  or  50 mg oral solution"),
    (
        "50 mg oral-pr immediate release",
        ("oral-pr", "immediate release"),
        "50 mg oral-pr  or  50 mg oral immediate release",
    ),
    ("50 mg im prolonged release", ("im", "prolonged release"), "50 mg im  or  50 mg oral prolonged release"),
    ("50 mg nasal tablet", ("nasal", "tablet"), "50 mg nasal  or  50 mg oral tablet"),
    ("50 mg oral lozenge", ("oral", "lozenge"), "50 mg oral  or  50 mg sublingual lozenge"),
    ("50 mg oral spray", ("oral", "spray"), "50 mg oral  or  50 mg nasal spray"),
    ("50 mg nasal suppository", ("nasal", "suppository"), "50 mg nasal  or  50 mg rectal suppository"),
    ("50 mg oral tablet capsule", ("tablet", "capsule"), "50 mg oral tablet  or  50 mg oral capsule"),
    (
        "50 mg im infusion over 20 min",
        ("im", "infusion"),
        "50 mg iv infusion over 20 min  or  50 mg sc infusion over 20 min",
    ),
    ("50 mg oromucosal", ("oromucosal", "where in the mouth"), "50 mg sublingual  or  50 mg buccal"),
    ("50 mg PR", ("PR", "more than one way", "per rectum"), "50 mg rectal  or  50 mg oral-pr"),
    ("50 mg extended release", ("no route", "extended release"), "50 mg oral extended release"),
    ("50 mg tablet", ("no route", "tablet"), "50 mg oral tablet  or  50 mg oral-pr tablet"),
    ("35 mg injection", ("no route", "injection"), "35 mg im injection  or  35 mg sc injection"),
    ("50 mg oral-pr over 10 h", ("duration", "oral-pr"), "50 mg oral-pr"),
    ("50 mg buccal film over 10 min", ("duration", "buccal"), "50 mg buccal film"),
    ("50 mg oral-pr bolus", ("bolus", "oral-pr"), "50 mg oral-pr"),
    ("3000 mg oral-pr", ("above any dose", "oral-pr"), "1500 mg oral-pr"),
    ("50 mg nasal spary", ("unknown word", "spary"), "50 mg nasal spray"),
    ("50 mg oral prolongd release", ("unknown word", "prolongd"), "50 mg oral prolonged release"),
    ("50 mg IN", ("more than one way",), "50 mg nasal"),
    ("50 mg oral film at 2, 4 d", ("no dose at the start",), "50 mg buccal at 0, 2 d"),
    (
        "50 mg iv bolus then after 2 h 25 mg capsule",
        ("no route", "capsule"),
        "50 mg iv bolus then after 2 h 25 mg oral capsule  or  50 mg iv bolus then after 2 h 25 mg oral-pr capsule",
    ),
    # counts, volumes, brackets
    ("esketamine 3 devices nasal", ("3 devices", "84 mg", "28 mg"), "esketamine 84 mg nasal"),
    (
        "esketamine 3 nasal sprays",
        ("3 sprays", "42 mg", "2 sprays"),
        "esketamine 42 mg nasal spray  or  esketamine 84 mg nasal spray",
    ),
    ("esketamine 1 nasal spray device", ("1 spray", "14 mg"), ""),
    ("esketamine HCl 3 devices nasal", ("mg of base",), ""),
    ("3 devices nasal", ("differ between preparations",), ""),
    ("2 tablets oral", ("2 tablets", "times the milligrams in one"), ""),
    ("2 tablets of 50 mg oral", ("2 tablets", "100 mg"), "100 mg tablets oral"),
    ("2 50 mg tablets oral", ("multiplied", "100 mg"), "100 mg tablets oral"),
    ("esketamine nasal spray 3 x 28 mg", ("multiplied", "84 mg"), "esketamine nasal spray 84 mg"),
    ("esketamine 28 mg x 3 nasal", ("without how often",), "esketamine 84 mg nasal"),
    ("84 nasal spray", ("without a unit",), "84 mg nasal spray"),
    ("2 mL nasal", ("a volume", "milligrams"), ""),
    ("50 mg/mL im", ("a strength", "milligrams"), ""),
    ("0.7 mL of 50 mg/mL im", ("a volume of a strength",), "35 mg im"),
    ("50 mg/ml x 0.7 ml im", ("a volume of a strength",), "35 mg im"),
    ("84 mg (3 devices) nasal", ("in brackets",), "84 mg nasal"),
    ("50 mg oral (prolonged release)", ("in brackets",), "50 mg oral prolonged release"),
    ("84 mg nasal (Spravato)", ("in brackets",), "84 mg nasal esketamine"),
    ("50 mg (prolongd release) oral", ("in brackets",), ""),
]


@pytest.mark.parametrize(("sentence", "words", "nearest"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_contradiction_names_both_and_a_count_is_not_turned_into_a_dose(sentence, words, nearest):
    with pytest.raises(WrongUse) as caught:
        parse(sentence)
    error = caught.value
    for word in words:
        assert word in str(error)
    assert error.nearest == nearest
    for line in error.nearest.split("  or  ") if nearest else ():
        parse(line)
    assert error.paste == (f'ketworks run "{nearest.split("  or  ")[0]}"' if nearest else "")


def test_every_form_goes_with_known_routes_only():
    for form, routes in FORM_ROUTES.items():
        assert routes
        assert set(routes) <= set(ROUTES), form
    assert set(SAYS_ITS_ROUTE.values()) <= set(ROUTES)
    assert KINDS["form"] == FORM_WORDS


@pytest.mark.parametrize("form", FORM_ROUTES)
@pytest.mark.parametrize("route", ROUTES)
def test_a_form_is_read_with_its_routes_and_refused_with_all_others(form, route):
    how = {"infusion": "infusion over 40 min"}.get(form, f"{form} bolus" if route == "iv" else form)
    if route in FORM_ROUTES[form]:
        assert parse(f"50 mg {route} {how}").routes == (route,)
    elif (form, route) == ("film", "oral"):
        assert parse(f"50 mg {route} {how}").routes == ("buccal",)
    else:
        with pytest.raises(WrongUse, match=f"{form} for the route {route}"):
            parse(f"50 mg {route} {how}")


def test_each_route_has_its_word_in_the_grammar_its_limits_and_its_place_in_corrections():
    for route in ROUTES:
        assert route.upper().replace("-", "_") in terminals()
        assert route.upper().replace("-", "_") in KEPT
        for unit in ("mg", "mg/kg"):
            low, high = accepted_range(unit, route, 0.0)
            assert 0 < low < high
    for form in set(FORM_ROUTES) - {"infusion"}:
        assert form.upper() in KEPT


def test_oral_limits_hold_for_prolonged_release_too():
    rows = parameters()
    for key in [key for key in rows if ".oral." in key]:
        assert rows[key.replace(".oral.", ".oral-pr.")].value == rows[key].value


def test_the_route_of_the_numbered_schedules_stands_last():
    assert ROUTES.index("oral-pr") == len(ROUTES) - 1
    assert ROUTES[:9] == ("iv", "im", "sc", "nasal", "sublingual", "buccal", "oral", "rectal", "nebulised")


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        ("oral-pr", "50 mg oral-pr"),
        ("oral prolonged release", "50 mg oral-pr"),
        ("nasal spray", "50 mg nasal"),
        ("film", "50 mg buccal"),
        ("by nebuliser", "50 mg nebulised"),
    ],
)
def test_a_toml_route_may_be_said_in_the_same_words(route, sentence):
    assert from_toml(f'route = "{route}"\ndose = "50 mg"') == parse(sentence)


def test_a_toml_route_that_contradicts_itself_is_refused():
    with pytest.raises(WrongUse, match="the keys say: tablet for the route iv"):
        from_toml('route = "iv tablet"\ndose = "50 mg"\nbolus = true')
    with pytest.raises(WrongUse, match="key route"):
        from_toml('route = "orl"\ndose = "50 mg"')


def test_an_event_table_knows_prolonged_release():
    table = from_event_table("ID,TIME_H,AMT,EVID,ROUTE\n1,0,80,1,oral-pr\n1,12,80,1,oral-pr\n")
    assert str(table["1"]) == "80 mg oral-pr at 0, 12 h"
