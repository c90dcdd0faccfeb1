"""The checklist of a good feed, line by line, and the tests that hold us to it; those that stand nowhere else are here.

The names in the table are those of tests in this directory, or in tests/unit with "unit:" before them. A test at the end
checks that each is there.
"""
import json
import re
import sqlite3
from datetime import date

import pytest

import ics
from conftest import SOURCE, Daemon

EDITION = "MINISTERIAL-2027"

CHECKLIST = {
    # ---- octets
    "UTF-8, no BOM, CRLF, 75 octets, no control characters": "test_octets_of_every_feed",
    "folded as full as it goes, never inside a character": "test_fold_never_inside_a_character_and_as_full_as_it_goes",
    "no trailing blanks": "test_no_trailing_blank_on_unfolded_lines",
    "TEXT is escaped, calendar names too": "test_text_escapes_say_what_was_meant test_calendar_names_are_escaped_text",
    "URI values have no blanks, quotes or control characters": "test_uri_values_have_no_blanks_or_controls",
    "CR, LF and control characters in what is entered": "test_line_end_in_a_title_is_refused unit:test_hostile_title",
    "titles of 10 kB": "test_long_title_is_refused_by_the_rules_with_its_place unit:test_title_of_10_kb",
    "fixed order of properties, events by start and UID, zones by name": "test_order_of_properties_events_and_zones",
    "the same data, the same octets": "test_same_data_same_octets unit:test_deterministic",
    "absent data is an absent property": "test_absent_data_is_an_absent_property unit:test_empty_fields",
    "parameters need no quotes": "test_no_parameter_needs_quotes",
    # ---- the calendar
    "properties of the calendar, no UID, no METHOD": "test_calendar_object",
    "default zone hint": "test_default_zone_hint_is_the_seat",
    "LAST-MODIFIED and text change only with the feed": "test_feeds_without_a_change_keep_their_tag",
    "no SOURCE in a private feed": "test_feed_add_prints_the_address_once unit:test_private",
    "one meeting has no calendar name": "test_one_meeting_has_no_calendar_name test_one_meeting_is_the_octets_of_the_feeds",
    # ---- zones
    "one STANDARD, at most one DAYLIGHT, a plain yearly rule": "test_vtimezone_is_one_standard_at_most_one_daylight",
    "declared exactly when used": "test_tzids_used_are_those_declared",
    "every zone of the table, or UTC": "test_every_zone_is_a_block_that_agrees_or_goes_out_in_utc "
                                       "test_dateutil_reads_the_same test_python_icalendar_reads_the_same",
    "Brussels, Geneva, New York": "test_daylight_saving_zones_are_there",
    "times in the zone of the venue": "test_meetings_are_in_the_zone_of_the_venue",
    "names that no zone has": "test_a_zone_that_rules_do_not_know_stops_the_reload unit:test_unknown",
    "an update of the zone tables": "test_the_desk_is_told_and_the_next_release_tells_all test_an_update_that_moves_nothing_is_no_news "
                                    "test_what_is_over_stays_as_it_was",
    # ---- events
    "what every event has": "test_every_event_has_what_clients_need",
    "UID opaque and stable": "test_uid_is_opaque test_uid_survives_move_rename_host_postpone",
    "DTEND always, exclusive for days": "test_every_event_has_what_clients_need test_end_of_a_span_is_exclusive",
    "span: all-day, tentative, transparent, free": "test_span_is_all_day_tentative_transparent",
    "a span keeps its UID when it is confirmed": "test_proposed_span_becomes_confirmed_under_its_uid",
    "timed meeting: opaque, busy": "test_timed_meeting_is_busy_and_agrees_with_the_agenda",
    "postponed without a date, then a new one": "test_postponed_without_a_date_and_a_new_date_under_the_same_uid",
    "deadlines: all-day, transparent, in a feed of their own, no VTODO": "test_deadlines_have_a_feed_of_their_own",
    "deadlines of one owner": "test_a_deadlines_feed_for_each_owner test_an_owners_deadlines_become_overdue_with_everybodys",
    "a deadline is the same on page, in mail and feed": "test_a_deadline_is_the_same_day_as_in_tasks "
                                                        "test_a_deadline_is_one_day_on_page_in_mail_and_feed",
    "SUMMARY: state first, no date": "test_summary_says_the_state_first_and_no_date",
    "UTC for DTSTAMP, CREATED, LAST-MODIFIED alone": "test_utc_only_for_the_numbers_of_an_event",
    "description: clocks with zone and offset, link, last change": "test_description_has_three_clocks_with_zone_and_offset "
                                                                   "test_description_says_when_it_changed_last "
                                                                   "test_link_is_in_the_description_and_in_url",
    "CATEGORIES one a code, CLASS by audience": "test_timed_meeting_is_busy_and_agrees_with_the_agenda test_class_is_public "
                                                "test_scope_is_the_contacts",
    "redacted on the server": "test_audience_invited_leaves_public_feeds_and_pages_at_once "
                              "test_link_is_in_private_calendars_of_the_invited_only",
    "alarms only where asked": "test_alarms_only_where_they_were_asked_for unit:test_private",
    "withdrawn leaves at once": "test_audience_nobody_withdraws_without_a_word_and_the_uid_comes_back",
    "a joint meeting is the same octets everywhere": "test_joint_meeting_is_the_same_octets_in_every_feed",
    "years ahead as spans": "test_spans_alone_for_years_ahead",
    "no two calendars have one address": "test_a_body_with_the_name_of_another_calendar_has_an_address_of_its_own",
    "an address is for ever": "test_life_of_an_event_through_vdirsyncer_and_ical_js",
    # ---- HTTP
    "GET and HEAD, else 405 with Allow": "test_head_is_get_without_a_body test_other_methods_are_405_with_allow "
                                         "test_a_calendar_program_that_asks_for_caldav_first_goes_on",
    "headers of a feed": "test_headers_of_a_feed",
    "Accept, User-Agent, query, Host and ranges are ignored": "test_no_accept_header_is_needed "
        "test_every_program_gets_the_same_octets test_query_is_ignored "
        "test_a_query_never_widens_the_scope test_whatever_the_host_the_answer_is_the_same test_a_part_of_a_feed_is_never_sent",
    "one address, in the words of the RFCs and in no others": "test_one_address_in_other_words test_an_address_that_only_looks_like_it",
    "nosniff, no-referrer, no cookie": "test_every_answer_is_of_its_type_and_tells_no_referrer test_headers_of_every_page",
    "strong ETag of the body": "test_etag_is_of_the_octets",
    "If-None-Match in every form": "test_if_none_match_forms test_if_none_match_that_does_not_match "
                                   "test_if_none_match_in_several_lines",
    "If-Modified-Since": "test_if_modified_since test_if_modified_since_in_each_form_of_a_date "
                         "test_if_none_match_wins_over_if_modified_since",
    "the last good body with 200, else 503": "test_a_faulty_feed_keeps_its_last_good_body "
                                             "test_before_the_first_release_a_feed_is_503_and_who_subscribed_comes_again "
                                             "test_private_feed_before_the_first_release_is_503",
    "unknown token like any other 404": "test_unknown_token_is_like_any_other_404",
    "revoked: a notice, then 410": "test_rotate_gives_another_address_and_the_old_one_a_notice "
                                   "test_revoke_ends_in_410_and_frees_the_name",
    "no redirects, robots, base URL": "test_no_redirects test_robots_may_read_feeds test_base_url_is_never_from_host",
    "limits, slow senders and readers": "test_broken_requests test_a_sender_that_never_ends_is_cut "
                                        "test_readers_that_do_not_read_hold_nobody_up",
    "secrets nowhere": "test_nothing_of_the_secret_is_kept_or_told test_private_feeds_are_on_no_page",
    # ---- thirty complaints of other systems' users
    "1 old data for hours": "test_the_subscribe_page_says_how_long_google_takes test_a_near_change_is_mailed_to_feed_readers",
    "2 events are never updated": "test_every_printed_change_grows_sequence_and_last_modified",
    "3 SEQUENCE overflows or falls": "test_sequence_is_small test_sequence_never_falls_after_a_restore",
    "4 bad folding": "test_a_thousand_items test_octets_of_every_feed",
    "5 above 1 MB": "test_more_than_a_thousand_events_refuse_the_release test_lint_warns_from_512_kib unit:test_sizes unit:test_too_large",
    "6 everything changed at each poll": "test_two_gets_an_hour_apart_are_equal test_what_did_not_change_keeps_its_octets",
    "7 a moved meeting has a new UID": "test_uid_survives_move_rename_host_postpone",
    "8 undeclared time zone": "test_tzids_used_are_those_declared",
    "9 complex VTIMEZONE": "test_vtimezone_is_one_standard_at_most_one_daylight",
    "10 UTC-only feed": "test_meetings_are_in_the_zone_of_the_venue",
    "11 None in the file": "test_absent_data_is_an_absent_property test_titles_that_read_like_nothing_do_not_stop_a_feed",
    "12 invalid STATUS or METHOD": "test_all_states_of_a_life_are_three_statuses",
    "13 a bad zone empties the calendar": "test_a_faulty_feed_keeps_its_last_good_body unit:test_unknown_zone",
    "14 gzip": "test_no_gzip_whatever_is_accepted",
    "15 ORGANIZER": "test_no_method_organizer_attendee_alarm_attach_geo",
    "16 PUBLISH without ORGANIZER": "test_libical_restrictions test_libical_restrictions_find_something "
                                    "unit:test_libical_sees_the_rest",
    "17 cancelled clutters or looks active": "test_cancelled_is_a_tombstone_for_thirty_days "
                                             "test_what_nobody_saw_leaves_no_tombstone test_a_hidden_item_leaves_no_tombstone_in_public",
    "18 the past vanishes": "test_the_past_stays_for_a_year",
    "19 a day short": "test_end_of_a_span_is_exclusive test_khal_imports_and_lists",
    "20 recurrence": "test_no_recurrence_anywhere",
    "21 mail flood": "test_five_edits_are_one_mail",
    "22 edit without mailing": "test_release_mail_waits_until_it_is_sent",
    "23 late or double reminders": "test_a_reminder_missed_while_down_is_late_or_said test_a_moved_meeting_is_due_again",
    "24 marked sent before it was": "test_kill_9_at_many_points_of_a_release test_kill_9_repeats_one_mail_at_most",
    "25 wrong or unlabelled zone": "test_washington_is_told_of_the_day_before",
    "26 mail does not say what changed": "test_a_digest_tells_old_and_new",
    "27 no Yes/No buttons": "test_invitation_is_the_feeds_event",
    "28 replies unrecognised": "test_shapes test_reply_is_matched_logged_and_idempotent test_strangers_change_nothing "
                               "test_counter_reaches_the_desk",
    "29 scanner clicks RSVP": "test_page_asks_and_answers",
    "30 guessable or eternal URLs": "test_nothing_of_the_secret_is_kept_or_told "
                                    "test_rotate_gives_another_address_and_the_old_one_a_notice",
    "imported twice": "test_khal_takes_every_kind_of_feed",
    # ---- readers
    "python-icalendar, vobject, recurring-ical-events, ical.js": "test_python_icalendar_finds_no_error test_vobject_validates "
        "test_recurring_ical_events_sees_the_same_instants test_ical_js_reads_what_was_meant",
    "khal, vdirsyncer, Radicale, calcurse": "test_calcurse_takes_every_kind_of_feed test_khal_takes_every_kind_of_feed test_vdirsyncer_takes_every_kind_of_feed "
                                  "test_radicale_takes_every_kind_of_feed",
    "our own lint": "test_lint_finds_nothing_in_our_own_feeds unit:test_faults",
    "at random: a year of an officer's work": "test_what_subscribers_rely_on",
    # ---- pages
    "the year as a picture: months, bars, hosts named, proposed hatched": "test_hosts_are_named_in_the_picture "
        "test_labels_of_the_picture_touch_nothing test_picture_is_a_document unit:test_states_look_different",
    "prints on one page": "test_year_prints_on_one_broad_sheet test_edition_prints_upright",
    "edition, body, partner, host, subscribe, changes": "test_page_fits_and_says_what_it_is test_zone_form_leads_to_that_zone "
        "test_changes_are_one_step_from_the_head test_subscribe_links_work test_every_inner_link_leads_somewhere",
    "postponed is not lost": "test_postponed_stays_on_the_pages_of_who_sits_in_it",
    "dark and light, screen reader, keyboard, zoom": "test_page_passes_axe test_page_bears_letters_that_are_set_wider test_keyboard_reaches_the_content_first "
                                               "test_every_calendar_is_reached_by_keyboard",
    "every script, from the left and from the right": "test_every_script_fits test_a_name_from_right_to_left_turns_nothing_round_it "
                                                      "test_every_name_stands_alone_in_its_line",
    "no script, nothing from elsewhere, CSP, nosniff, no-referrer": "test_nothing_comes_from_elsewhere test_headers_of_every_page",
    "nothing of officers, of the invited, of private calendars": "test_nothing_of_officers_is_public "
        "test_audience_invited_leaves_public_feeds_and_pages_at_once test_private_feeds_are_on_no_page",
    "JSON, CSV, SVG": "test_list_of_feeds test_proposed_times_stay_inside test_table_has_a_line_per_thing test_picture_is_a_document",
    # ---- who has seen it
    "polls by feed and kind of program, last seen, behind": "test_polls_are_counted_by_client_family test_polls_survive_a_restart "
        "test_who_has_not_polled_since_the_last_change test_a_contact_who_has_not_seen_a_change unit:programs_are_told_apart",
}


@pytest.fixture
def sector(where):
    d = Daemon(where)
    d.ctl("plan", "2027")
    d.ctl("confirm", EDITION)
    d.ctl("release")
    yield d
    d.stop()


def blocks(body):
    """{uid: the octets of its VEVENT}"""
    found = re.findall(rb"BEGIN:VEVENT\r\nUID:(.*?)\r\nDTSTAMP.*?END:VEVENT\r\n", body, re.S)
    whole = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", body, re.S)
    assert len(found) == len(whole)
    return {uid.replace(b"\r\n ", b"").decode(): block for uid, block in zip(found, whole)}


def test_one_meeting_is_the_octets_of_the_feeds(sector):
    """Also when only a word of the rules has changed, or a deadline has become late since the release."""
    def compare():
        for name in ("all", "deadlines"):
            for uid, block in list(blocks(ics.feed(sector, name)).items())[::5]:
                status, headers, body = sector.get(f"/meetings/{uid}.ics")
                assert status == 200 and blocks(body) == {uid: block}
                ics.check_octets(body)
                zones = [z.text("TZID") for z in ics.read(body).kinds("VTIMEZONE")]
                assert zones == sorted(set(re.findall(r";TZID=([^:]+):", block.decode())))
                assert sector.get(f"/meetings/{uid}.ics", If_None_Match=headers["ETag"])[0] == 304

    compare()
    text = sector.rules_file.read_text()
    sector.rules_file.write_text(text.replace('partner JP  "Japan"', 'partner JP  "State of Japan"'))
    sector.ctl("reload")
    sector.ctl("clock", "2026-12-30")
    sector.ctl("release")
    sector.ctl("clock", "2027-01-20")
    assert any(e.sequence for e in ics.events(ics.feed(sector)))
    assert any(e.summary.endswith("(overdue)") for e in ics.events(ics.feed(sector, "deadlines")))
    compare()


# ---------------------------------------------------------------- deadlines of one owner

def test_a_deadlines_feed_for_each_owner(sector):
    everybody = blocks(ics.feed(sector, "deadlines"))
    names = {r["feed"]: r for r in sector.ctl("feeds") if r["feed"].startswith("deadlines/")}
    tasks = sector.ctl("tasks", EDITION)
    owners = {t["owner"] for t in tasks}
    assert {"BN", "secretariat"} <= owners and {f"deadlines/{o}" for o in owners} <= set(names)
    members = {m["code"]: m["name"] for m in sector.ctl("members")}
    shown = {}
    for name, row in names.items():
        owner = name.split("/")[1]
        assert row["url"].endswith(f"/feeds/deadlines-{owner}.ics")
        shown.update(mine := blocks(ics.feed(sector, f"deadlines-{owner}")))
        assert all(everybody[uid] == block for uid, block in mine.items()), name
        if owner in members:
            assert row["title"] == f"Test Calendar: deadlines of {members[owner]}"
            assert all(members[owner] in e.description for e in ics.events(ics.feed(sector, f"deadlines-{owner}")))
        days = {str(e["DTSTART"].instant) for e in ics.events(ics.feed(sector, f"deadlines-{owner}"))
                if EDITION in e.description}
        assert days == {t["due"] for t in tasks if t["owner"] == owner and t["due"] and t["state"] != "waived"}
    assert shown == everybody
    page = sector.get("/subscribe")[2].decode()
    assert "/feeds/deadlines-BN.ics" in page and "Deadlines by owner" in page
    assert "deadlines/BN" in {f["feed"] for f in json.loads(sector.get("/feeds.json")[2])["feeds"]}
    assert sector.call("feed", {"feed": "BN"})[0]["text"].encode() == ics.feed(sector, "host-BN")
    assert sector.call("feed", {"feed": "deadlines-BN"})[0]["text"].encode() == ics.feed(sector, "deadlines-BN")


def test_an_owners_deadlines_become_overdue_with_everybodys(sector):
    sector.ctl("clock", "2027-01-12")
    late = {uid: b for uid, b in blocks(ics.feed(sector, "deadlines")).items() if b"(overdue)" in b}
    mine = blocks(ics.feed(sector, "deadlines-secretariat"))
    assert late and {uid for uid, b in mine.items() if b"(overdue)" in b} == set(late) & set(mine) != set()
    assert all(late[uid] == mine[uid] for uid in set(late) & set(mine))
    task = next(t for t in sector.ctl("tasks", EDITION, "--owner", "secretariat") if t["overdue"])
    sector.ctl("done", task["task"])
    assert blocks(ics.feed(sector, "deadlines-secretariat")) != mine


def test_a_deadline_is_one_day_on_page_in_mail_and_feed(sector):
    """Before it is due, once it is late, and after somebody has pinned it to another day."""
    sector.ctl("contact", "add", "desk@example.org", "--name", "Desk", "--of", "SEC", "--role", "desk")
    task = EDITION + "/PAPERS"

    def told():
        due = next(t for t in sector.ctl("tasks", EDITION) if t["task"] == task)
        day = date.fromisoformat(due["due"])
        event = next(e for e in ics.events(ics.feed(sector, "deadlines")) if due["title"] in e.summary and EDITION in e.description)
        assert event["DTSTART"].instant == day and f"By 24:00 on {day:%a} {day.day} {day:%b %Y}, " in event.description
        mails = [m["subject"] for m in sector.ctl("outbox") if f"/{task}/" in m["cause"] and m["cause"].endswith(due["due"])]
        assert mails and all(f"{day:%a} {day.day} {day:%B %Y}" in subject for subject in mails)
        page = sector.get(f"/editions/{EDITION}")[2].decode()
        late = re.search(r'due ([^<]*)</span> <span><bdi>' + re.escape(due["title"]), page)
        assert (late and late[1]) == (f"{day:%A} {day.day} {day:%B %Y}" if due["overdue"] else None)
        return day, bool(late), event.summary.endswith(" (overdue)")

    sector.ctl("clock", "2026-12-16")
    assert told() == (date(2026, 12, 21), False, False)
    sector.ctl("clock", "2026-12-23")
    assert told() == (date(2026, 12, 21), True, True)
    sector.ctl("pin", task, "2026-12-28")
    sector.ctl("clock", "2026-12-27T12:00:00Z")
    assert told() == (date(2026, 12, 28), False, False)


# ---------------------------------------------------------------- addresses

def test_a_body_with_the_name_of_another_calendar_has_an_address_of_its_own(where):
    """Addresses are found in any case: a body ALL must not be served where everything is."""
    codes = ["ALL", "Deadlines", "HOST-TH", "DEADLINES-TH", "EDITION", "HOSTS"]
    rules = "\n".join(['sector S "S"', "  cycle calendar year", "  notice 30 days", "  hours 09:00 .. 17:00", "  levels director",
                       '  seat "Bangkok" in TH', 'member TH "Thailand" since 1967-08-08 city "Bangkok" zone Asia/Bangkok']
                      + [f'body {code} "The {code}"\n  level director' for code in codes]
                      + ['cluster C "Week"', "  times 1 per cycle", "  window 8 Jan .. 15 Jan", "  lasts 1 day", "  host TH", "  workflow W"]
                      + [f'  meeting M{n} "Of {code}" of {code} 30 min' for n, code in enumerate(codes)]
                      + ["workflow W", '  step L "Letter" due 20 days before by host']) + "\n"
    d = Daemon(where, rules=rules)
    d.ctl("plan", "2027")
    d.ctl("confirm", "C-2027")
    d.ctl("release")
    rows = {r["feed"]: r for r in d.ctl("feeds")}
    paths = {name: row["url"][row["url"].index("/feeds/"):] for name, row in rows.items()}
    assert len({path.lower() for path in paths.values()}) == len(paths)
    for name, path in paths.items():
        for form in (path, path.lower(), path.upper().replace("/FEEDS/", "/feeds/")):
            assert d.get(form)[1]["ETag"] == rows[name]["etag"], (name, form)
    assert paths["all"] == "/feeds/all.ics" and paths["body/EDITION"] == "/feeds/EDITION.ics"
    assert paths["body/ALL"] == "/feeds/body-ALL.ics" and paths["body/HOST-TH"] == "/feeds/body-HOST-TH.ics"
    d.stop()


# ---------------------------------------------------------------- a fault

def test_a_faulty_feed_keeps_its_last_good_body(sector):
    """A number broken in the data, which no client takes: the release names the feeds, they stay, the others go on."""
    sector.ctl("confirm", "JWG-2027")
    sector.ctl("clock", "+1 hour")
    sector.ctl("release")
    before = {r["feed"]: r["etag"] for r in sector.ctl("feeds")}
    bodies = ics.feeds(sector)
    item = sector.ctl("agenda", "JWG-2027", "--release", "2")[0]["item"]
    with sqlite3.connect(sector.path / "state/convened.db") as db:
        assert db.execute("UPDATE identity SET sequence = 200000 WHERE thing = ?", (item,)).rowcount == 1
    sector.ctl("clock", "+1 hour")
    sector.ctl("confirm", EDITION, "--city", "Tutong")
    sector.ctl("confirm", "JWG-2027", "--city", "Vigan")
    sector.ctl("release")
    bad = sector.ctl("status")[0]["bad_feeds"]
    named = {part.split(":")[0] for part in bad.split("; ")}
    assert "sequence: no small number: 200001" in bad
    assert {"all", "cluster/JWG"} <= named and not named & {"cluster/MINISTERIAL", "editions", "deadlines"}
    after = {r["feed"]: r["etag"] for r in sector.ctl("feeds")}
    assert {f for f in named if before[f] == after[f]} == named
    assert after["cluster/MINISTERIAL"] != before["cluster/MINISTERIAL"] and after["editions"] != before["editions"]
    for name in named:
        assert ics.feeds(sector)[name] == bodies[name]
    assert sector.call("feed lint").summary["findings"] == 0  # what is served is good
    assert "convened_bad_feeds 1" in sector.get("/metrics")[2].decode()
    status, headers, _ = sector.get("/feeds/new.ics")  # may be one that never had a good body
    assert status == 503 and "Retry-After" in headers
    sector.stop()
    sector.start()
    assert sector.ctl("status")[0]["bad_feeds"] == bad and ics.feed(sector) == bodies["all"]


# ---------------------------------------------------------------- what is told

def test_washington_is_told_of_the_day_before(sector):
    e = next(e for e in ics.events(ics.feed(sector)) if "United States" in e.summary and "TZID" in e["DTSTART"].parameters)
    venue, utc, capital = e.description.split("\n")[1:4]
    assert re.search(r"Asia/Brunei.*UTC\+8", venue) and utc.endswith("UTC")
    assert re.search(r"^United States: .*America/New_York.*UTC-5", capital)
    days = [re.search(r"\b(\d{1,2}) Jan 2027", line)[1] for line in (venue, capital)]
    assert int(days[1]) == int(days[0]) - 1


def test_the_subscribe_page_says_how_long_google_takes(sector):
    assert re.search(r"4(–| to )24 hours", sector.get("/subscribe")[2].decode())


def mail_to(daemon, address):
    """What a release caused: what greets a newcomer is not counted."""
    return [m for m in daemon.ctl("outbox") if m["to"] == address and not m["cause"].startswith("welcome/")]


def test_five_edits_are_one_mail(sector):
    sector.ctl("contact", "add", "both@example.org", "--name", "B", "--of", "BN", "--bodies", "ADGSOM,ATRC")
    before = len(mail_to(sector, "both@example.org"))
    sector.ctl("clock", "+1 hour")
    for city in ("Tutong", "Seria", "Muara", "Temburong"):
        sector.ctl("confirm", EDITION, "--city", city)
    sector.ctl("cancel", EDITION + "/SOM+1:JP")
    sector.ctl("release")
    assert len(mail_to(sector, "both@example.org")) == before + 1


def test_a_near_change_is_mailed_to_feed_readers(sector):
    """Google would show it a day late: who reads a feed is told by mail."""
    sector.ctl("contact", "add", "reader@example.org", "--name", "R", "--of", "BN", "--channel", "feed")
    start = min(r["start_utc"] for r in sector.ctl("agenda", EDITION))
    sector.ctl("clock", start[:8] + f"{int(start[8:10]) - 1:02}" + "T00:00:00Z")
    seen = {m["message"] for m in mail_to(sector, "reader@example.org")}
    sector.ctl("cancel", EDITION + "/SOM+1:US")
    sector.ctl("release", "--send")
    assert [m["state"] for m in mail_to(sector, "reader@example.org") if m["message"] not in seen]


# ---------------------------------------------------------------- the list

def test_every_line_of_the_checklist_has_a_test():
    there = {"": set(), "unit:": set()}
    for file in (SOURCE / "tests/functional").glob("test_*.py"):
        there[""] |= set(re.findall(r"^def (test_\w+)\(", file.read_text(), re.M))
    for file in (SOURCE / "tests/unit").glob("test_*.c"):
        there["unit:"] |= set(re.findall(r"^static void (\w+)\(void \*\*state\)", file.read_text(), re.M))
    for line, tests in CHECKLIST.items():
        for name in tests.split():
            kind = "unit:" if name.startswith("unit:") else ""
            assert name[len(kind):] in there[kind], (line, name)
    assert [line.split()[0] for line in CHECKLIST if line[0].isdigit()] == [str(n) for n in range(1, 31)]
