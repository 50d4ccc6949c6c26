-- Dates on which a campaign doesn't fire: its own, and those of a calendar that the configuration names.
ALTER TABLE campaigns
    ADD COLUMN skip_dates TEXT[] DEFAULT '{}',
    ADD COLUMN calendar TEXT;
ALTER TABLE campaign_versions
    ADD COLUMN skip_dates TEXT[] DEFAULT '{}',
    ADD COLUMN calendar TEXT;
