-- Files and queries name their columns otherwise than Qiscus does: what each head stands for, and which are left out.
ALTER TABLE campaigns
  ADD COLUMN column_map jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN ignored_columns text[] DEFAULT '{}';

-- The defaults were for campaigns that were there before; whoever adds one says both.
ALTER TABLE campaigns ALTER COLUMN column_map DROP DEFAULT, ALTER COLUMN ignored_columns DROP DEFAULT;
