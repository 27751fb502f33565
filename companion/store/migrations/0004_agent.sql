CREATE TABLE pause (
    id    INTEGER PRIMARY KEY CHECK (id = 1),   -- there is one at most
    since REAL NOT NULL,
    until REAL                                  -- NULL: until the user resumes
) STRICT;

CREATE TABLE notices (
    word TEXT PRIMARY KEY,                      -- what the user was told, an outcome
    at   REAL NOT NULL
) STRICT;
