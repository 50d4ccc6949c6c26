-- A run of a draft is held if more people are in its audience than were confirmed.
ALTER TABLE runs
    DROP CONSTRAINT runs_held_kind_check,
    ADD CONSTRAINT runs_held_kind_check CHECK (held_kind IN ('preparing', 'first', 'balance', 'unknown', 'unverified', 'template', 'grown'));
