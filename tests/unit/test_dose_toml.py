"""TOML keys say the same as a sentence."""

from __future__ import annotations

import pytest

from ketworks.dose import from_toml, parse, read_toml
from ketworks.errors import WrongUse

SAME = [
    ('route = "iv"\ndose = "0.5 mg/kg"\nover = "40 min"', "0.5 mg/kg iv over 40 min"),
    ('route = "iv"\ndose = "35 mg"\nbolus = true', "35 mg iv bolus"),
    ('route = "iv"\nrate = "0.1 mg/kg/h"\nover = "4 d"', "0.1 mg/kg/h iv for 4 d"),
    ('route = "iv"\ndose = "0.1 mg/kg/h"\nover = "4 d"', "0.1 mg/kg/h iv for 4 d"),
    (
        'drug = "esketamine"\nsalt = "HCl"\nroute = "nasal"\ndose = "84 mg"\noften = "twice weekly"\nfor = "4 weeks"',
        "esketamine HCl 84 mg nasal, twice weekly for 4 weeks",
    ),
    (
        'route = "iv"\ndose = "0.5 mg/kg"\nover = "40 min"\nat = "0, 2, 4, 7, 9, 11 d"',
        "0.5 mg/kg iv over 40 min at 0, 2, 4, 7, 9, 11 d",
    ),
    ('route = "oral"\ndose = "50 mg"\ndays = [1, 3, 5]', "50 mg oral on days 1, 3, 5"),
    ('route = "oral"\ndose = "50 mg"\nevery = "3 d"\ncount = 6', "50 mg oral every 3 d x 6"),
    (
        'drug = "S-ketamine"\nroute = "nasal"\ndose = "84 mg"\n'
        'when = "twice weekly for 4 weeks then once weekly for 4 weeks"',
        "esketamine 84 mg nasal twice weekly for 4 weeks then once weekly for 4 weeks",
    ),
    (
        'route = "iv"\nrate = "0.28 mg/kg/h"\nover = "60 min"\n[[then]]\nrate = "0.57 mg/kg/h"\nover = "60 min"\n'
        '[[then]]\nafter = "10 min"\nrate = "1.14 mg/kg/h"\nover = "60 min"',
        "0.28 mg/kg/h iv for 60 min then 0.57 mg/kg/h for 60 min then after 10 min 1.14 mg/kg/h for 60 min",
    ),
    (
        'route = "iv"\ndose = "35 mg"\nbolus = true\n[[part]]\nroute = "oral"\ndose = "50 mg"\n'
        'often = "daily"\nfor = "5 d"\nfrom = "1 d"',
        "35 mg iv bolus; 50 mg oral daily for 5 d from 1 d",
    ),
    (
        '[[part]]\nroute = "iv"\ndose = "35 mg"\nbolus = true\n[[part]]\nroute = "oral"\ndose = "50 mg"\nat = "2 d"',
        "35 mg iv bolus; 50 mg oral at 2 d",
    ),
]


@pytest.mark.parametrize(("toml", "sentence"), SAME, ids=[sentence for _, sentence in SAME])
def test_keys_and_sentence_give_equal_regimens(toml, sentence):
    assert from_toml(toml) == parse(sentence)


WRONG = [
    ('rute = "iv"\ndose = "50 mg"', "unknown key 'rute'", "route"),
    ('route = "ivv"\ndose = "50 mg"', "key route: unknown route 'ivv'", "iv"),
    ('route = "oral"\ndose = "50"', "key dose: the number 50 without a unit", "50 mg"),
    ('route = "oral"\ndose = 50', "key dose = 50", ""),
    ('route = "iv"\ndose = "0,5 mg/kg"\nover = "40 min"', "key dose: a comma", "0.5 mg/kg"),
    ('route = "iv"\ndose = "0.5 mg/kg"\nover = "40"', "key over: the number 40 without a unit", "40 min"),
    ('route = "iv"\ndose = "0.5 mg/kg iv over 40 min"', "key dose: ", "0.5 mg/kg"),
    ('route = "iv"\ndose = "0.5 mg"\nover = "40 min"', "the keys say: 0.5 mg iv is too small", "0.5 mg/kg"),
    ('route = "oral"', "no key dose or rate", ""),
    ('route = "oral"\ndose = "50 mg"\nfor = "3 weeks"', "the key for without every or often", ""),
    ('route = "oral"\ndose = "50 mg"\nat = "0 d"\ndays = [1]', "the keys at and days together", ""),
    ('route = "oral"\ndose = "50 mg"\noften = "daily"\ncount = 2.5', "key count = 2.5", ""),
    ('route = "oral"\ndose = "50 mg"\noften = "daily"\ncount = true', "key count = True", ""),
    ('route = "oral"\ndose = "50 mg"\ndays = ["1"]', "key days", ""),
    ('route = "oral"\ndose = "50 mg"\nbolus = "yes"', "key bolus", ""),
    ('route = "oral"\ndose = "50 mg"\nthen = "50 mg"', "key then", ""),
    ('route = "oral"\ndose = "50 mg"\n[[then]]\nthan = "5 min"', "unknown key 'than'", ""),
    ('route = "oral"\ndose = "50 mg"\nafter = "5 min"', "unknown key 'after'", ""),
    ('[[part]]\nroute = "oral"\ndose = "50 mg"\nevry = "2 d"', "unknown key 'evry'", "every"),
    ('[[part]]\nroute = "oral"\ndose = "50 mg"\ndrug = "ketamine"', "unknown key 'drug'", ""),
    ("route = oral", "not TOML", ""),
    ("", "no key dose or rate", ""),
]


@pytest.mark.parametrize(("toml", "message", "nearest"), WRONG, ids=[message for _, message, _ in WRONG])
def test_a_wrong_key_or_value_is_named(toml, message, nearest):
    with pytest.raises(WrongUse) as caught:
        from_toml(toml)
    assert message in caught.value.given
    assert nearest in caught.value.nearest


def test_a_correction_can_be_pasted_as_a_line():
    with pytest.raises(WrongUse) as caught:
        from_toml('route = "iv"\ndose = "0.5 mg/kg"\nover = "40"')
    assert caught.value.paste == 'over = "40 min"'


def test_a_file_is_read_or_named(tmp_path):
    path = tmp_path / "regimen.toml"
    path.write_text(SAME[0][0], encoding="utf-8")
    assert read_toml(path) == parse(SAME[0][1])
    with pytest.raises(WrongUse, match="absent"):
        read_toml(tmp_path / "absent.toml")
