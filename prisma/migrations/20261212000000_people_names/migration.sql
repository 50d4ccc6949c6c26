-- Names that differ in capitals only are one person's: approvals take them so. If it fails, two users have such names: rename one by SQL first.
CREATE UNIQUE INDEX admin_users_lower_name_key ON admin_users (lower(name));
