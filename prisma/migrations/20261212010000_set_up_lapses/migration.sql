-- When somebody has begun to set up codes: what was begun too long ago is finished by nobody.
ALTER TABLE admin_users ADD COLUMN totp_begun_at TIMESTAMPTZ(3);
