CREATE TABLE draft(  name TEXT PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),  origin TEXT NOT NULL,  at INTEGER,  cost INTEGER NOT NULL,  bound INTEGER NOT NULL,  proved INTEGER NOT NULL CHECK (proved IN (0, 1))) STRICT;
INSERT INTO draft(name, origin, cost, bound, proved)  VALUES('main', '', 0, 0, 0);
CREATE TABLE draft_edition(  draft TEXT NOT NULL COLLATE NOCASE    REFERENCES draft(name) ON DELETE CASCADE,  place INTEGER NOT NULL,  id TEXT NOT NULL CHECK (id <> ''),  cluster TEXT NOT NULL CHECK (cluster <> ''),  cycle INTEGER NOT NULL,  n INTEGER NOT NULL CHECK (n >= 0),  title TEXT NOT NULL,  start TEXT CHECK (length(start) = 10),  until TEXT CHECK (length(until) = 10),  days TEXT NOT NULL,  host TEXT NOT NULL,  city TEXT NOT NULL,  zone TEXT NOT NULL,  status TEXT NOT NULL CHECK (status IN ('proposed', 'confirmed',    'postponed', 'cancelled', 'held', 'lapsed')),  cost INTEGER NOT NULL,  warnings TEXT NOT NULL,  pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),  reason TEXT NOT NULL,  reply_by TEXT CHECK (length(reply_by) = 10),  forced TEXT NOT NULL,  uid TEXT NOT NULL,  sequence INTEGER NOT NULL,  created INTEGER,  modified INTEGER,  CHECK (until >= start),  PRIMARY KEY (draft, id),  UNIQUE (draft, cluster, cycle, n)) STRICT;
CREATE TABLE draft_item(  draft TEXT NOT NULL COLLATE NOCASE,  place INTEGER NOT NULL,  id TEXT NOT NULL CHECK (id <> ''),  edition TEXT NOT NULL,  code TEXT NOT NULL,  part INTEGER NOT NULL,  parts INTEGER NOT NULL,  kind TEXT NOT NULL,  title TEXT NOT NULL,  nth INTEGER NOT NULL,  partner TEXT NOT NULL,  bodies TEXT NOT NULL,  people TEXT NOT NULL,  open INTEGER NOT NULL CHECK (open IN (0, 1)),  start TEXT,  until TEXT,  zone TEXT NOT NULL,  start_utc INTEGER,  until_utc INTEGER,  city TEXT NOT NULL,  status TEXT NOT NULL CHECK (status IN ('proposed', 'confirmed',    'cancelled', 'held')),  pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),  one_off INTEGER NOT NULL CHECK (one_off IN (0, 1)),  uid TEXT NOT NULL,  sequence INTEGER NOT NULL,  created INTEGER,  modified INTEGER,  PRIMARY KEY (draft, id),  FOREIGN KEY (draft, edition)    REFERENCES draft_edition(draft, id) ON DELETE CASCADE) STRICT;
CREATE INDEX draft_item_edition ON draft_item(draft, edition);
INSERT INTO draft_edition VALUES('main', 0, 'MINISTERIAL-2027', 'MINISTERIAL', 2027, 0, 'ADGMIN', '2027-01-18', '2027-01-22', '2027-01-18
2027-01-19
2027-01-20
2027-01-21
2027-01-22
', 'BN', 'Bandar Seri Begawan', 'Asia/Brunei', 'confirmed', 0, '', 1, '', NULL, '', '', 0, NULL, NULL);
PRAGMA application_id = 0x636f6e76;
PRAGMA user_version = 1;
