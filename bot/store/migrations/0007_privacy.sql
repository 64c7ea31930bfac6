-- What learners may ask of us: to be forgotten. A learner with a row here is gone: what is left of them is a number.

-- scrubbed_at says since when no copy is left in the file's free space.
CREATE TABLE erasure (
  user_id INTEGER PRIMARY KEY REFERENCES app_user (id),
  at INTEGER NOT NULL,
  scrubbed_at INTEGER
) STRICT;

-- A wish to be forgotten that waits for its confirmation; only a hash of the code is kept.
CREATE TABLE erasure_wish (
  user_id INTEGER PRIMARY KEY REFERENCES app_user (id),
  hash TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- Free text of before this instant has been blanked, and may be.
CREATE TABLE forgetting (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  before INTEGER NOT NULL
) STRICT;

-- Logs stay append-only but for this: what a learner who is to be forgotten did may go, and old free text may be blanked.
DROP TRIGGER attempt_is_not_deleted;
CREATE TRIGGER attempt_is_not_deleted BEFORE DELETE ON attempt
WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE user_id = OLD.user_id)
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;

DROP TRIGGER attempt_is_not_changed;
CREATE TRIGGER attempt_is_not_changed BEFORE UPDATE OF id, idem, group_id, kind, item_id, question_id, submission_id, correct,
  score, verdict, misconceptions, local_day, tz, at, elapsed_ms ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
CREATE TRIGGER attempt_words_are_only_forgotten BEFORE UPDATE OF answer_text ON attempt
WHEN NEW.answer_text != '' OR OLD.verdict != 'formative'
  OR NOT EXISTS (SELECT 1 FROM forgetting WHERE OLD.at < before)
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;

DROP TRIGGER attempt_review_is_not_deleted;
CREATE TRIGGER attempt_review_is_not_deleted BEFORE DELETE ON attempt_review
WHEN NOT EXISTS (SELECT 1 FROM attempt a JOIN erasure e ON e.user_id = a.user_id WHERE a.id = OLD.attempt_id)
BEGIN SELECT RAISE(ABORT, 'attempt_review is append-only'); END;

DROP TRIGGER xp_ledger_is_not_deleted;
CREATE TRIGGER xp_ledger_is_not_deleted BEFORE DELETE ON xp_ledger
WHEN NOT EXISTS (SELECT 1 FROM app_user WHERE id = OLD.user_id AND sample = 1)
  AND NOT EXISTS (SELECT 1 FROM erasure WHERE user_id = OLD.user_id)
BEGIN SELECT RAISE(ABORT, 'xp_ledger is append-only'); END;

DROP TRIGGER freeze_ledger_is_not_deleted;
CREATE TRIGGER freeze_ledger_is_not_deleted BEFORE DELETE ON freeze_ledger
WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE user_id = OLD.user_id)
BEGIN SELECT RAISE(ABORT, 'freeze_ledger is append-only'); END;

-- An amnesty is the group's; the words of an admin who is forgotten go, and nothing else of it.
DROP TRIGGER amnesty_is_not_changed;
CREATE TRIGGER amnesty_is_not_changed BEFORE UPDATE ON amnesty
WHEN NEW.id != OLD.id OR NEW.group_id IS NOT OLD.group_id OR NEW.local_day != OLD.local_day OR NEW.declared != OLD.declared
  OR NEW.by_user IS NOT OLD.by_user OR NEW.at != OLD.at OR NEW.note != ''
  OR NOT EXISTS (SELECT 1 FROM erasure WHERE user_id = OLD.by_user)
BEGIN SELECT RAISE(ABORT, 'amnesty is append-only'); END;

-- What was under way when its learner was forgotten leaves nothing behind.
CREATE TRIGGER question_is_of_somebody BEFORE INSERT ON question
WHEN EXISTS (SELECT 1 FROM erasure WHERE user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'this learner was forgotten'); END;
CREATE TRIGGER submission_is_of_somebody BEFORE INSERT ON submission
WHEN EXISTS (SELECT 1 FROM erasure WHERE user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'this learner was forgotten'); END;
CREATE TRIGGER attempt_is_of_somebody BEFORE INSERT ON attempt
WHEN EXISTS (SELECT 1 FROM erasure WHERE user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'this learner was forgotten'); END;
CREATE TRIGGER membership_is_of_somebody BEFORE INSERT ON membership
WHEN EXISTS (SELECT 1 FROM erasure WHERE user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'this learner was forgotten'); END;
CREATE TRIGGER hint_use_is_of_somebody BEFORE INSERT ON hint_use
WHEN EXISTS (SELECT 1 FROM erasure WHERE user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'this learner was forgotten'); END;
CREATE TRIGGER identity_is_of_somebody BEFORE INSERT ON identity
WHEN EXISTS (SELECT 1 FROM erasure WHERE user_id = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'this learner was forgotten'); END;
CREATE TRIGGER merger_is_of_somebody BEFORE INSERT ON merger
WHEN EXISTS (SELECT 1 FROM erasure WHERE user_id IN (NEW.from_user, NEW.into_user))
BEGIN SELECT RAISE(ABORT, 'this learner was forgotten'); END;
