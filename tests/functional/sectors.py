"""Rules files for tests of calendars: a hostile sector, and a large one."""

LONG = "A" * 120 + ", ; \\ " + "ยาว" * 20  # what a title may hold at most is 400 octets

HOSTILE = r"""
sector HOSTILE "Sector; of, 'hostile' \\n words: 会议"
  cycle  calendar year
  notice 30 days
  hours  09:00 .. 12:30, 14:00 .. 17:30
  levels minister
  seat   "เชียงใหม่" in TH

member TH "ราชอาณาจักรไทย"     since 1967-08-08 city "เชียงใหม่"        zone Asia/Bangkok
member VN "Việt Nam; 'Nước'"  since 1995-07-28 city "Thành phố Hồ Chí Minh, Quận 1" zone Asia/Ho_Chi_Minh holidays TH
member LA "ສາທາລະນະລັດ"         since 1997-07-23 city "ວຽງຈັນ"          zone Asia/Vientiane  holidays TH
member KH "ព្រះរាជាណាចក្រកម្ពុជា" since 1999-04-30 city "ភ្នំពេញ"        zone Asia/Phnom_Penh holidays TH
member MM "ပြည်ထောင်စု"          since 1997-07-23 city "နေပြည်တော်"      zone Asia/Yangon     holidays TH
member CN "中华人民共和国"        since 1997-07-23 city "北京, '首都'"    zone Asia/Shanghai   holidays TH
member BE "Königreich Belgien"   since 1997-07-23 city "Bruxelles; Brussel" zone Europe/Brussels  holidays TH
member CH "Schweiz"              since 1997-07-23 city "Genève"          zone Europe/Zurich    holidays TH
member US "United States"        since 1997-07-23 city "New York"        zone America/New_York holidays TH

partner EU "European Union, the"  zone Europe/Brussels  holidays TH
partner UN "United \\ Nations"    zone America/New_York holidays TH

body DUO "การประชุม, เจ้าหน้าที่; 'อาวุโส' \\ 😀"
  level minister
  formerly OLD "Old; name, quoted 'so'" until 2019-10
people ministers sit in DUO

""" + "".join(f"""
cluster {cc} "{title}"
  times  1 per cycle
  window {window}
  lasts  2 days
  host   {cc}
  workflow STEPS
  meeting MAIN "{meeting}" of DUO 90 min
  consult PLUS "{{nth}} {meeting} with {{partner}}" of DUO + EU, UN 45 min after MAIN
  number MAIN 1 in 2027
  number PLUS 1 in 2027
""" for cc, window, title, meeting in [
    ("TH", "5 Jan .. 28 Jan", "สัปดาห์, การประชุม; 'ไทย'", "การประชุมคณะทำงานร่วมว่าด้วยการกำกับดูแลข้อมูลดิจิทัล"),
    ("VN", "1 Feb .. 28 Feb", "Hội nghị; 'Bộ trưởng', \\n", "Hội nghị Bộ trưởng Số, lần thứ {nth}"),
    ("LA", "1 Mar .. 25 Mar", "ກອງປະຊຸມ", "ກອງປະຊຸມລັດຖະມົນຕີ: ດິຈິຕອນ"),
    ("KH", "1 Apr .. 25 Apr", "កិច្ចប្រជុំ", "កិច្ចប្រជុំរដ្ឋមន្ត្រី; ឌីជីថល"),
    ("MM", "1 May .. 25 May", "အစည်းအဝေး", "ဝန်ကြီးများ၏ ဒစ်ဂျစ်တယ် အစည်းအဝေး"),
    ("CN", "1 Jun .. 25 Jun", "部长级会议，以及\\相关会议", "数字部长会议，第{nth}届"),
    ("BE", "20 Mar .. 27 Mar", "Réunion “de haut niveau” 🇧🇪", LONG),
    ("CH", "24 Oct .. 30 Oct", "Sitzung — Genève", "BEGIN:VEVENT END:VCALENDAR \\r\\n ATTENDEE:mailto:x@example.org"),
    ("US", "1 Nov .. 9 Nov", "None", "null"),
]) + """
workflow STEPS
  step LETTER "จดหมาย; เชิญ, \'ครั้งที่\' 1" due 20 days before by host
"""

ZONES = ["Asia/Bangkok", "Europe/Brussels", "America/New_York", "Asia/Tokyo"]


def large(clusters=25, meetings=40, title="Meeting"):
    """A sector whose cycle has clusters * meetings items."""
    lines = ['sector LARGE "Large"', "  cycle calendar year", "  notice 30 days",
             "  hours 09:00 .. 17:00", "  levels director", '  seat "Bangkok" in TH',
             'member TH "Thailand" since 1967-08-08 city "Bangkok" zone Asia/Bangkok']
    lines += [f'body B{b} "Body {b}"\n  level director' for b in range(meetings)]
    days = [(m, d) for m in range(1, 13) for d in (8, 18)] + [(12, 27)] * 20
    for c in range(clusters):
        month, day = days[c]
        name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
        lines += [f'cluster C{c} "Cluster {c}"', "  times 1 per cycle",
                  f"  window {day} {name} .. {min(day + 7, 28)} {name}" if day < 27 else "  window 27 Dec .. 31 Dec",
                  "  lasts 1 day", "  host TH"]
        lines += [f'  meeting M{b} "{title} {b} of cluster {c}" of B{b} 60 min' for b in range(meetings)]
    return "\n".join(lines) + "\n"
