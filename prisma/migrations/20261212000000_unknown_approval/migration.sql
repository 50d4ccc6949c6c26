-- Qiscus may tell an approval in a way that nobody knows: nothing is held for it.
ALTER TABLE templates
    DROP CONSTRAINT templates_approval_check,
    ADD CONSTRAINT templates_approval_check CHECK (approval IN ('approved', 'pending', 'rejected', 'unknown'));
