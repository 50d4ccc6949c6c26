-- How large a block is that was handed in, as the text that a worker would read. Postgres measures it, whoever has written the row,
-- so that a worker knows what it may take without reading it.
ALTER TABLE "handed_in" DROP COLUMN "characters";
ALTER TABLE "handed_in" ADD COLUMN "bytes" INTEGER NOT NULL GENERATED ALWAYS AS (octet_length("rows"::text)) STORED;

-- The function takes no row that a worker would reject unread, and no call that is too large for one statement.
DO $$
DECLARE
    "definition" TEXT := pg_get_functiondef('"siaran"."enqueue"(text, jsonb)'::regprocedure);
    "edit" TEXT[];
BEGIN
    FOREACH "edit" SLICE 1 IN ARRAY ARRAY[
        [$old$    -- Blocks of at most 1,000 rows,$old$, $new$    IF octet_length("rows"::text) > 8000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'rows has ' || ltrim(to_char(octet_length("rows"::text), '999,999,999,999')) || ' bytes as JSON; a call has at most 8,000,000 (8 MB).',
            HINT = 'Hand them in by several calls, in one transaction if need be.';
    END IF;
    SELECT element."position", octet_length(element."row"::text) AS "bytes" INTO odd
    FROM jsonb_array_elements("rows") WITH ORDINALITY AS element("row", "position")
    WHERE octet_length(element."row"::text) > 1000000 ORDER BY element."position" LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'row ' || odd."position" || ' has ' || ltrim(to_char(odd."bytes", '999,999,999,999')) || ' bytes as JSON; a row has at most 1,000,000 (1 MB).',
            HINT = 'Give only the columns of the run, with shorter values: a message has about a thousand characters.';
    END IF;

    -- Blocks of at most 1,000 rows,$new$],
        ['INSERT INTO "@tables@"."handed_in" ("run_id", "rows", "row_count", "characters")', 'INSERT INTO "@tables@"."handed_in" ("run_id", "rows", "row_count")'],
        [', count(*), sum(sized."characters")', ', count(*)']
    ]
    LOOP
        "edit"[1] := replace("edit"[1], '"@tables@"', (SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE pg_class.oid = 'handed_in'::regclass));
        "edit"[2] := replace("edit"[2], '"@tables@"', (SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE pg_class.oid = 'handed_in'::regclass));
        IF strpos("definition", "edit"[1]) = 0 THEN
            RAISE EXCEPTION 'siaran.enqueue isn''t as this migration expects it; it has no: %', "edit"[1];
        END IF;
        "definition" := replace("definition", "edit"[1], "edit"[2]);
    END LOOP;
    EXECUTE "definition";
END $$;
