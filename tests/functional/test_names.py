"""Whatever a person names: found, or told what was meant; and where the shell can know, offered."""
import subprocess

import pytest
from conftest import BUILD, SOURCE, Failed

WEEK = "MINISTERIAL-2027"

UNKNOWN = [
    (("contacts", "--of", "BNN"), 'no member or partner BNN, did you mean BN?'),
    (("contacts", "--body", "ADGMINN"), "no body ADGMINN, did you mean ADGMIN?"),
    (("tasks", "MINISTRIAL-2027"), f"no edition MINISTRIAL-2027, did you mean {WEEK}?"),
    (("tasks", "--owner", "secretary"), "did you mean secretariat?"),
    (("outbox", "--edition", "JWG-2072"), "did you mean JWG-2027?"),
    (("replies", "JWG-2072"), "did you mean JWG-2027?"),
    (("documents", "JWG-2072"), "did you mean JWG-2027?"),
    (("documents", "--from", "ZZZZ"), "no member, partner or body ZZZZ"),
    (("log", "--of", "MINISTERIAL-2072"), f"did you mean {WEEK}?"),
    (("log", "--of", "nobody@example.org"), "no contact nobody@example.org"),
    (("show", "XYZ"), "no edition or body XYZ"),
    (("show", f"{WEEK}/SOMM"), f"did you mean {WEEK}/SOM?"),
    (("show", f"{WEEK}/INVIT"), f"did you mean {WEEK}/INVITE?"),
    (("contact", "drop", "adgmin@digital.bn.exampel"), "did you mean adgmin@digital.bn.example?"),
    (("feed", "add", "x", "--for", "adgmin@digital.bn.example", "--bodies", "ADGMINN"),
     "did you mean ADGMIN?"),
    (("call", "ANSC", "--for", "x", "--by", "2027-05-01"), "no cluster ANSC, did you mean ANSAC?"),
    (("confirm", "JWG-2027", "--host", "BRN"), "no member BRN, did you mean BN?"),
    (("handover", "SNG", "2027"), "no member SNG, did you mean SG?"),
    (("meeting", "JWG-2027", "X", "x", "--at", "2027-05-25T09:00", "--for", "45 min", "--of", "SSN"),
     "no body SSN, did you mean SSM?"),
    (("hosts", "CHAIRR"), "no rotation CHAIRR; there are CHAIR and ATRC-CHAIR"),
    (("diff", "--against", "9"), "no release 9 and no draft of that name; the last release is 0"),
]


def test_unknown_names_say_what_was_meant(planned):
    for words, text in UNKNOWN:
        with pytest.raises(Failed) as failed:
            planned.ctl(*words)
        assert failed.value.status == 66, (words, failed.value.stderr)
        assert text in failed.value.error["text"], (words, failed.value.stderr)


def test_a_known_name_without_rows_is_an_empty_table(planned):
    for words in (("tasks", WEEK, "--owner", "EU"), ("outbox", "--edition", WEEK), ("replies", WEEK),
                  ("documents", WEEK, "--from", "BN"),
                  ("log", "--of", WEEK), ("log", "--of", "BN", "--since", "2027-01-01"),
                  ("log", "--of", "2027..2027", "--since", "2027-01-01")):
        assert planned.ctl(*words) == [], words


def test_a_contact_of_nobody_is_kept_with_a_warning(planned):
    add = {"email": "a@b.example", "name": "A", "of": "JPN"}
    assert "no member or partner JPN, did you mean JP?" in planned.call("contact add", add).summary["warning"]
    assert "warning" not in planned.call("contact set", {"email": "a@b.example", "of": "JP"}).summary
    assert "warning" not in planned.call("contact set", {"email": "a@b.example", "of": "SEC"}).summary


def offers(daemon, *words):
    done = daemon.run("complete", *words)
    assert done.returncode == 0
    return done.stdout.split()


def test_the_shell_is_offered_names(planned):
    assert offers(planned, "hosts", "") == ["CHAIR", "ATRC-CHAIR"]
    assert {"BN", "JP", "ITU"} <= set(offers(planned, "contacts", "--of", ""))
    assert f"{WEEK}/SOM+1:JP" in offers(planned, "audience", f"{WEEK}/")


def test_hosts_without_a_name_shows_every_rotation(planned):
    rows = planned.ctl("hosts")
    assert [r["rotation"] for r in rows] == ["CHAIR"] * 10 + ["ATRC-CHAIR"] * 10


def test_a_file_may_come_from_standard_input(planned, where):
    ctl = [str(BUILD / "convenectl"), "-s", str(planned.socket), "--json"]
    table = "email,name,of\nx@y.example,X,BN\n"

    def ask(*words, text):
        return subprocess.run(ctl + list(words), input=text, capture_output=True, text=True, timeout=60)

    assert ask("import", "contacts", "-", text=table).returncode == 0
    assert planned.ctl("show", "x@y.example")[0]["of"] == "BN"
    assert ask("import", "contacts", "/dev/stdin", text=table).returncode == 0
    rules = (SOURCE / "config/rules/asean-digital.rules").read_text()
    assert ask("check", "-", text=rules).returncode == 0
    bad = ask("check", "-", text=rules.replace("levels ", "level "))
    assert bad.returncode == 65 and '"line":12' in bad.stdout
    bad = ask("import", "contacts", "-", text="vm,name,of\n")
    assert bad.returncode == 65 and "unknown column" in bad.stderr and "did you mean" not in bad.stderr


def test_a_former_code_finds_the_contacts_of_today(planned):
    rules = planned.rules_file.read_text()
    rules = rules.replace('body WG-DDG "Working', 'body WG-DATA "Working').replace("sit in WG-DDG", "sit in WG-DATA")
    rules = rules.replace("of WG-DDG ", "of WG-DATA ").replace(
        '  mandate   "As necessary', '  formerly  WG-DDG "Working Group on Data" until 2026-10\n  mandate   "As necessary')
    planned.rules_file.write_text(rules)
    planned.ctl("reload")
    now = planned.ctl("contacts", "--body", "WG-DATA")
    assert now and planned.ctl("contacts", "--body", "WG-DDG") == now


def test_status_says_what_a_reload_stumbled_over(planned):
    good = planned.rules_file.read_text()
    planned.rules_file.write_text(good.replace("levels ", "level "))
    with pytest.raises(Failed) as failed:
        planned.ctl("reload")
    assert "(1 error; nothing is changed)" in failed.value.error["text"]
    rules = planned.ctl("status")[0]["rules"]
    assert rules["errors"] == 1 and rules["error"] == f'{planned.rules_file}:12:3: "level" is no clause of sector'
    planned.rules_file.write_text(good)
    planned.ctl("reload")
    assert "error" not in planned.ctl("status")[0]["rules"]
