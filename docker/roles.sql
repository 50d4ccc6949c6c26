-- Run once by the image of Postgres, when its volume is new, as its administrator. Siaran itself is none: one role owns its database and
-- migrates, and the programs have another, which `siaran migrate --grant-to siaran` gives what they need.
\set owner_password `cat /run/secrets/owner-password`
\set siaran_password `cat /run/secrets/siaran-password`
\set audience_password `cat /run/secrets/audience-password`

CREATE ROLE siaran_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE siaran LOGIN PASSWORD :'siaran_password';
CREATE DATABASE siaran OWNER siaran_owner;
REVOKE ALL ON DATABASE siaran FROM PUBLIC;
GRANT CONNECT ON DATABASE siaran TO siaran;

-- What campaigns ask with sql: is in a database of its own. What the administrator puts there, audiences may read.
CREATE ROLE siaran_audience LOGIN PASSWORD :'audience_password';
CREATE DATABASE audiences;
REVOKE ALL ON DATABASE audiences FROM PUBLIC;
GRANT CONNECT ON DATABASE audiences TO siaran_audience;
\connect audiences
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO siaran_audience;
