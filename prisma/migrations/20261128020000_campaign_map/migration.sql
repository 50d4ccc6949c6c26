-- Files and queries name their columns otherwise than Qiscus does: what each head stands for, and which are left out.
ALTER TABLE campaigns
  ADD COLUMN column_map jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN ignored_columns text[] NOT NULL DEFAULT '{}';
