-- The ledger: what was read from which page. Rows are added, never changed, never taken away.

create table election (
  id integer primary key check (id = 1),  -- one ledger, one election
  format integer not null,
  election_id text not null,
  fingerprint text not null,              -- of the election definition
  created_by text not null                -- program and version
) strict;

create table scan (
  sha256 text primary key check (length(sha256) = 64),
  source text not null,                   -- path as it was first given
  page_count integer not null check (page_count > 0)
) strict, without rowid;

-- One measurement of one page. A page measured anew (other options, another edition of the program)
-- gets a further row; the last one counts. A file fed twice has one hash and so counts once.
create table page (
  id integer primary key,
  scan_sha256 text not null references scan (sha256),
  page_in_file integer not null check (page_in_file > 0),
  work_key text not null,                 -- options and templates it was measured with
  ballot_id text,                         -- null = not identified
  page_number integer,
  fault text,                             -- null = readable
  detail text not null,                   -- in words: JSON of an English sentence and its fields
  features blob,                          -- float32, (boxes, features)
  outline blob,                           -- float32, (boxes)
  matrix blob,                            -- float64, (3, 3): template pixels to scan pixels
  residual_px real,
  findings text,                          -- JSON: what is on it beside its marks
  unique (scan_sha256, page_in_file, work_key),
  check ((fault is null) = (features is not null and outline is not null and matrix is not null)),
  check ((fault is null) = (page_number is not null)),
  check ((fault is null) = (findings is not null))
) strict;

-- Which reading each audit image shows, so that a changed reading is drawn anew.
create table drawing (
  id integer primary key,
  record_id text not null,
  reading text not null
) strict;

-- How each published result was made.
create table canvass (
  id integer primary key,
  made_by text not null,
  made_at text not null,
  settings text not null,
  result_sha256 text not null
) strict;

-- What people decided. A decision is never changed: a later row may take its place, and says so.
create table adjudication (
  id integer primary key,
  made_at text not null,                  -- UTC, ISO 8601
  person text not null check (person <> ''),
  is_committee integer not null check (is_committee in (0, 1)),
  record_id text not null,
  contest_id text,                        -- null = about the whole sheet
  candidate integer check (candidate > 0),  -- null = about the whole contest
  reading text not null,                  -- the machine's reading that was looked at
  decision text not null,
  marks text,                             -- JSON: what is in the boxes of the row
  status integer,
  reasons integer not null,
  ballot_id text,                         -- which ballot a sheet is that the program could not tell
  words text not null,                    -- why
  replaces integer references adjudication (id),
  check (candidate is null or contest_id is not null),
  check ((decision = 'marks') = (marks is not null)),
  check ((decision = 'worth') = (status is not null)),
  check (decision <> 'withdrawn' or replaces is not null)
) strict;

create trigger election_is_final before update on election
begin select raise(abort, 'the ledger is append-only'); end;
create trigger election_stays before delete on election
begin select raise(abort, 'the ledger is append-only'); end;
create trigger scan_is_final before update on scan
begin select raise(abort, 'the ledger is append-only'); end;
create trigger scan_stays before delete on scan
begin select raise(abort, 'the ledger is append-only'); end;
create trigger page_is_final before update on page
begin select raise(abort, 'the ledger is append-only'); end;
create trigger page_stays before delete on page
begin select raise(abort, 'the ledger is append-only'); end;
create trigger drawing_is_final before update on drawing
begin select raise(abort, 'the ledger is append-only'); end;
create trigger drawing_stays before delete on drawing
begin select raise(abort, 'the ledger is append-only'); end;
create trigger canvass_is_final before update on canvass
begin select raise(abort, 'the ledger is append-only'); end;
create trigger canvass_stays before delete on canvass
begin select raise(abort, 'the ledger is append-only'); end;
create trigger adjudication_is_final before update on adjudication
begin select raise(abort, 'the ledger is append-only'); end;
create trigger adjudication_stays before delete on adjudication
begin select raise(abort, 'the ledger is append-only'); end;
