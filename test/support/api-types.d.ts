// Made by `npm run api-document` from docs/reference/openapi.json, whose SHA-256 is
// ced6fb1220105239efca808ff7e6eee2e1e981564b68bceee96a3ce9d0e33fe7

export interface paths {
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for a person, the most urgent first
         * @description What waits for a person, the most urgent first. For every role.
         */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The stops that stand
         * @description The stops that stand. For every role.
         */
        get: operations["listStops"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop everything, or an account, also what is started or fired later, until `go`
         * @description Stop everything, or an account, also what is started or fired later, until `go`. For operators, approvers and owners.
         */
        post: operations["stopEverything"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/go": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift the stop of everything, or of an account, and nothing else
         * @description Lift the stop of everything, or of an account, and nothing else. For operators, approvers and owners.
         */
        post: operations["letGo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The run each time that it changes, as server-sent events
         * @description Events are named `run`, with a run as their data; `end` says that it is finished and closes. For every role.
         */
        get: operations["watchRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/grid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of each batch, a letter each in the order of their numbers
         * @description The state of each batch, a letter each in the order of their numbers. For every role.
         */
        get: operations["getRunGrid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Runs, newest first
         * @description Runs, newest first. For every role.
         */
        get: operations["listRuns"];
        put?: never;
        /**
         * Start a run, or find the one that its key gave before
         * @description The header Idempotency-Key is the key if the body has none. For operators, approvers and owners.
         */
        post: operations["startRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A run as it stands, and the forecast of its last start
         * @description A run as it stands, and the forecast of its last start. For every role.
         */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of its messages, and why some failed
         * @description What became of its messages, and why some failed. For every role.
         */
        get: operations["getRunResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A run's batches by number
         * @description A run's batches by number. For every role.
         */
        get: operations["listRunBatches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/rejections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rejected rows, by source and position
         * @description Rejected rows, by source and position. For every role.
         */
        get: operations["listRunRejections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Its recipients with what became of each, as CSV; operators see numbers, analysts masked ones, viewers no values either
         * @description Its recipients with what became of each, as CSV; operators see numbers, analysts masked ones, viewers no values either. For every role.
         */
        get: operations["exportRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether every recipient is accounted for, once
         * @description Whether every recipient is accounted for, once. For every role.
         */
        get: operations["verifyRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/seal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that all recipients are in
         * @description Say that all recipients are in. For operators, approvers and owners.
         */
        post: operations["sealRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a paused or held run go on
         * @description Let a paused or held run go on. For operators, approvers and owners.
         */
        post: operations["resumeRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop its deliveries
         * @description Stop its deliveries. For operators, approvers and owners.
         */
        post: operations["pauseRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel, for good, what was not handed over
         * @description Cancel, for good, what was not handed over. For operators, approvers and owners.
         */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver its failed batches again; `ifState` is the `failedState`
         * @description Deliver its failed batches again; `ifState` is the `failedState`. For operators, approvers and owners.
         */
        post: operations["retryRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry, resume or cancel each run that fits a filter, the oldest 200 of them a request
         * @description Retry, resume or cancel each run that fits a filter, the oldest 200 of them a request. For operators, approvers and owners.
         */
        post: operations["changeManyRuns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an approver decides about, with the first rows of a run; for approvers and owners
         * @description What an approver decides about, with the first rows of a run; for approvers and owners. For approvers and owners.
         */
        get: operations["getRunApproval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a run as it was seen; for approvers and owners, and never for who started it
         * @description If anything of the run has changed since, nothing is done, and the answer is 409 with how it stands now. To decline it, cancel the run. For approvers and owners.
         */
        post: operations["approveRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a run again to those whom its messages did not reach
         * @description With `dryRun` it only counts them, by the reason. The same request again finds the same run and sends nothing, unless `again` is true. For operators, approvers and owners.
         */
        post: operations["resendRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The templates as Qiscus told them last, by account, name and language
         * @description The templates as Qiscus told them last, by account, name and language. For every role.
         */
        get: operations["listTemplates"];
        put?: never;
        /**
         * Keep a template that Qiscus does not list, in the place of what was added under its id
         * @description Keep a template that Qiscus does not list, in the place of what was added under its id. For operators, approvers and owners.
         */
        post: operations["addTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask Qiscus for its templates now; where it does not answer, what is kept is told
         * @description Ask Qiscus for its templates now; where it does not answer, what is kept is told. For operators, approvers and owners.
         */
        post: operations["refreshTemplates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A recipient as the message to them will look; nothing is sent or kept
         * @description A recipient as the message to them will look; nothing is sent or kept. For every role.
         */
        post: operations["previewTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/test-send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a template to yourself, as a run of its own; waits a while for what comes of it
         * @description Send a template to yourself, as a run of its own; waits a while for what comes of it. For operators, approvers and owners.
         */
        post: operations["testSendTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A row of a run as its recipient sees it; not for viewers, and with a masked number for analysts
         * @description A row of a run as its recipient sees it; not for viewers, and with a masked number for analysts. For every role.
         */
        get: operations["previewRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/test-send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a row of a run to yourself, as a run of its own; waits a while for what comes of it
         * @description Send a row of a run to yourself, as a run of its own; waits a while for what comes of it. For operators, approvers and owners.
         */
        post: operations["testSendRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Drafts of broadcasts, those that were changed last first; for operators, as all about drafts
         * @description Drafts of broadcasts, those that were changed last first; for operators, as all about drafts. For operators, approvers and owners.
         */
        get: operations["listDrafts"];
        put?: never;
        /**
         * Begin to make a broadcast
         * @description Begin to make a broadcast. For operators, approvers and owners.
         */
        post: operations["createDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A draft as it stands
         * @description A draft as it stands. For operators, approvers and owners.
         */
        get: operations["getDraft"];
        put?: never;
        post?: never;
        /**
         * Throw a draft away, and its file with it; a run that it has become stays
         * @description Throw a draft away, and its file with it; a run that it has become stays. For operators, approvers and owners.
         */
        delete: operations["discardDraft"];
        options?: never;
        head?: never;
        /**
         * Change a draft: its name, list, template, mapping or settings
         * @description What is not named stays. An earlier check no longer counts. For operators, approvers and owners.
         */
        patch: operations["changeDraft"];
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the list once, and say what is rejected, doubtful, double or suppressed
         * @description It goes on after the answer: `checking` says how far it is, `check` what it came to. For operators, approvers and owners.
         */
        post: operations["checkDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A row as its recipient will see it, or why they get nothing
         * @description A row as its recipient will see it, or why they get nothing. For operators, approvers and owners.
         */
        get: operations["previewDraft"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/test-send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a row to yourself, as a run of its own; waits a while for what comes of it
         * @description Send a row to yourself, as a run of its own; waits a while for what comes of it. For operators, approvers and owners.
         */
        post: operations["testSendDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that a confirmation would mean, in figures and in a sentence, and what stands in its way
         * @description All that a confirmation would mean, in figures and in a sentence, and what stands in its way. For operators, approvers and owners.
         */
        get: operations["planDraft"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a run of a draft; the same again gives the same run
         * @description Workers read its rows into the run, and nothing goes out before all of them are in. For operators, approvers and owners.
         */
        post: operations["confirmDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Upload what comes next of a list: all that is missing, or a part of it
         * @description If the file does not end where the body begins, the answer is 409 with the draft as `current`: its `receivedBytes` is where to go on. What came before a break stays. For operators, approvers and owners.
         */
        put: operations["uploadDraftPart"];
        /**
         * Begin to upload a list, in the place of the one that the draft has
         * @description CSV or newline-delimited JSON, packed with gzip or not, of at most 200 MB. For operators, approvers and owners.
         */
        post: operations["beginDraftUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/rejected.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rows that would be rejected, with why and what stands in them, as a CSV file for spreadsheets
         * @description The rows that would be rejected, with why and what stands in them, as a CSV file for spreadsheets. For operators, approvers and owners.
         */
        get: operations["exportRejectedRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draftId}/doubtful.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rows that are sent and look like a mistake, with why and what stands in them, as a CSV file for spreadsheets; after a check
         * @description The rows that are sent and look like a mistake, with why and what stands in them, as a CSV file for spreadsheets; after a check. For operators, approvers and owners.
         */
        get: operations["exportDoubtfulRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/close-source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close the source of a producer that died, so that the run no longer waits for it
         * @description Close the source of a producer that died, so that the run no longer waits for it. For operators, approvers and owners.
         */
        post: operations["closeRunSource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batchId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A batch with its attempts, and what operators decided about them
         * @description A batch with its attempts, and what operators decided about them. For every role.
         */
        get: operations["getBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batchId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver a failed batch again
         * @description Deliver a failed batch again. For operators, approvers and owners.
         */
        post: operations["retryBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batchId}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settle an unknown batch, as you found it at Qiscus
         * @description Settle an unknown batch, as you found it at Qiscus. For operators, approvers and owners.
         */
        post: operations["resolveBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All campaigns by name
         * @description All campaigns by name. For every role.
         */
        get: operations["listCampaigns"];
        put?: never;
        /**
         * Add a campaign; the same one again changes nothing
         * @description Add a campaign; the same one again changes nothing. For operators, approvers and owners.
         */
        post: operations["addCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A campaign and its latest firings
         * @description A campaign and its latest firings. For every role.
         */
        get: operations["getCampaign"];
        put?: never;
        post?: never;
        /**
         * Remove it; its runs stay
         * @description Answers 204 if none of its runs goes out any more, otherwise 200 with those that do. `cancelRuns=true` cancels them; `jobs` are those that can only be cancelled at Qiscus. For operators, approvers and owners.
         */
        delete: operations["removeCampaign"];
        options?: never;
        head?: never;
        /**
         * Change some of its settings, from the next firing on that is not decided
         * @description Settings that are not named stay; `null` removes one. Runs that are fired already go out with the old settings, unless `redo` fires them again. For operators, approvers and owners.
         */
        patch: operations["editCampaign"];
        trace?: never;
    };
    "/api/v1/campaigns/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Its versions, the latest first, and what each changed
         * @description Its versions, the latest first, and what each changed. For every role.
         */
        get: operations["listCampaignVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns/{name}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of the messages of all its runs, and of each firing
         * @description What became of the messages of all its runs, and of each firing. For every role.
         */
        get: operations["getCampaignResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns/{name}/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Forecast its next firings; it reads the audience as it is now, so only operators may
         * @description Forecast its next firings; it reads the audience as it is now, so only operators may. For operators, approvers and owners.
         */
        get: operations["forecastCampaign"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns/{name}/fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a run of it now
         * @description The same request with the same `asOf` gives the same run, so that repeating it after a lost answer messages nobody twice. For operators, approvers and owners.
         */
        post: operations["fireCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns/{name}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop its schedule; runs that were started go on
         * @description Stop its schedule; runs that were started go on. For operators, approvers and owners.
         */
        post: operations["pauseCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns/{name}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let its schedule count again, from now on
         * @description Let its schedule count again, from now on. For operators, approvers and owners.
         */
        post: operations["resumeCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When a schedule would fire next; nothing is kept
         * @description Give `schedule` (five cron fields, or one instant), or `times` (`09:00,15:00`) with `weekdays` (`mon,fri`), `monthDays` (`1,15,last`) or neither (every day). `skipDates` (`2027-01-01,2027-03-20`) and `calendar` name dates on which it does not fire. For every role.
         */
        get: operations["foretellSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/campaigns/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at an audience beside a template before a campaign has both; nothing is sent
         * @description It matches the columns by name, and says who would be messaged, what is rejected or looks like a mistake, what it costs, and what one row looks like. For operators, approvers and owners.
         */
        post: operations["lookAtAudience"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recipients/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a phone number was sent in every run, and what became of it
         * @description What a phone number was sent in every run, and what became of it. For viewers, a few times a minute, and for operators, approvers and owners.
         */
        post: operations["searchRecipient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recipients/forget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forget somebody: remove the number, values and names from every run, for good, and never message them again
         * @description Forget somebody: remove the number, values and names from every run, for good, and never message them again. For operators, approvers and owners.
         */
        post: operations["forgetRecipient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send one message, ahead of all broadcasts
         * @description With a key (or the header Idempotency-Key) it may be repeated: the same key sends once. For operators, approvers and owners.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Numbers that are never messaged, in their order; masked for viewers
         * @description Numbers that are never messaged, in their order; masked for viewers. For every role.
         */
        get: operations["listSuppressions"];
        put?: never;
        /**
         * Put numbers on the suppression list: no run messages them from now on
         * @description Put numbers on the suppression list: no run messages them from now on. For operators, approvers and owners.
         */
        post: operations["addSuppressions"];
        /**
         * Take numbers off the suppression list
         * @description Take numbers off the suppression list. For operators, approvers and owners.
         */
        delete: operations["removeSuppressions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/opt-outs/held": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Opt-outs that wait for an operator, as more came within a minute than are ordinary
         * @description Opt-outs that wait for an operator, as more came within a minute than are ordinary. For every role.
         */
        get: operations["listHeldOptOuts"];
        put?: never;
        /**
         * Put an account's held opt-outs on the suppression list, or drop them as forged
         * @description Put an account's held opt-outs on the suppression list, or drop them as forged. For operators, approvers and owners.
         */
        post: operations["decideHeldOptOuts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/opt-outs/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo opt-outs that callbacks told, by their source; those that fit all that is given
         * @description Undo opt-outs that callbacks told, by their source; those that fit all that is given. For operators, approvers and owners.
         */
        post: operations["undoOptOuts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Accounts that are held
         * @description Accounts that are held. For every role.
         */
        get: operations["listHolds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holds/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift the hold of an account, or of all; returns the lifted holds
         * @description Lift the hold of an account, or of all; returns the lifted holds. For operators, approvers and owners.
         */
        post: operations["resumeHolds"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was done, by whom, newest first
         * @description What was done, by whom, newest first. For every role.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as a CSV file, all of it
         * @description The same as a CSV file, all of it. For every role.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Browsers that are logged in: all of them, or to all but owners their own
         * @description Browsers that are logged in: all of them, or to all but owners their own. For every role.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session: its browser is logged out
         * @description End a session: its browser is logged out. For every role.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All users
         * @description All users. For owners.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Invite somebody: the link in the answer lets them set a password, once, within 24 hours
         * @description Invite somebody: the link in the answer lets them set a password, once, within 24 hours. For owners.
         */
        post: operations["inviteUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Another link for a user, who has lost the first one or their password
         * @description Another link for a user, who has lost the first one or their password. For owners.
         */
        post: operations["inviteUserAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a user another role, from their next request on
         * @description Give a user another role, from their next request on. For owners.
         */
        post: operations["changeUserRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a user another e-mail address, or none: by it they are found at their first login by OpenID Connect
         * @description Give a user another e-mail address, or none: by it they are found at their first login by OpenID Connect. For owners.
         */
        post: operations["changeUserEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/totp/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the codes from a user who has lost their app: their password is enough again
         * @description Take the codes from a user who has lost their app: their password is enough again. For owners.
         */
        post: operations["resetUserTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a user's access away: their sessions and tokens end
         * @description Take a user's access away: their sessions and tokens end. For owners.
         */
        post: operations["revokeUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tokens of a user's programs
         * @description Tokens of a user's programs. For owners.
         */
        get: operations["listUserTokens"];
        put?: never;
        /**
         * Issue a token for a program of a user, which may what they may
         * @description Issue a token for a program of a user, which may what they may. For owners.
         */
        post: operations["issueUserToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a token: it stops working at once
         * @description Revoke a token: it stops working at once. For owners.
         */
        delete: operations["revokeUserToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{runId}/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enqueue recipients, as a stream of CSV or newline-delimited JSON
         * @description Read only as fast as the run has room; it may be compressed with gzip. Give a source to be able to send the same again after a failure. `map` and `ignoreColumns` are written as for `siaran send`: `Phone Number=phone_number`, `Notes,Kota`. The last row of a CSV is rejected if it has no line end, as it may have been cut off. For operators, approvers and owners.
         */
        post: operations["enqueueRecipients"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Approval: {
            /** @description what an approval is about: another text as soon as anything of it has changed */
            state: string;
            waits: boolean;
            above: number;
            people: number;
            /** @description whether all of them are in it */
            isWhole: boolean;
            startedBy: string | null;
            /** @description the version of its campaign of which all runs are approved with it */
            version: number | null;
            columns: string[];
            /** @description its first five rows, with a value a column */
            rows: string[][];
            /** @description its name and language; `null`: it is not known */
            template: string | null;
            /** @description the first row as its recipient will see it; `null`: there is none yet, or the template is not known */
            message: {
                /** @description header, body and footer, with an empty line between them */
                text: string;
                header: string | null;
                body: string | null;
                footer: string | null;
                buttons: {
                    type: string;
                    text: string;
                    url: string | null;
                    phoneNumber: string | null;
                }[];
            } | null;
            /** @description what its messages cost; `null`: there is no list of prices */
            cost: {
                /** @description the template's; `null`: nobody has told it */
                category: string | null;
                amounts: {
                    amount: string;
                    currency: string;
                }[];
                /** @description whether everybody has a price: if not, it costs more than this */
                isWhole: boolean;
                /** @description how many people have none */
                unpriced: number;
                /** @description their calling codes */
                unpricedCodes: string[];
            } | null;
            run: components["schemas"]["Run"];
        };
        Attempt: {
            number: number;
            /** @enum {string} */
            kind: "send" | "resolve" | "evidence";
            /** @description the worker that sent or settled it, or the operator who resolved it */
            by: string;
            broadcastName: string;
            startedAt: string | null;
            /** @description ISO 8601 in UTC */
            intendedAt: string;
            answeredAt: string | null;
            outcome: string | null;
            httpStatus: number | null;
            broadcastJobId: number | null;
            error: string | null;
            reason: string | null;
            extra: boolean;
            evidence: {
                reported: number;
                of: number;
            } | null;
            despiteEvidence: boolean;
        };
        AuditEntry: {
            id: string;
            /** @description ISO 8601 in UTC */
            at: string;
            actor: string;
            /** @description null: the command line, the library or a worker */
            actorKind: ("user" | "token") | null;
            /** @description what was done: a name, or the request that asked for it */
            action: string;
            /** @description the id of a run or batch, or the name of a campaign */
            target: string;
            detail: unknown;
            /** @description as of an HTTP answer; null: its end was not recorded */
            status: number | null;
            /** @description the same as a sentence */
            text: string;
        };
        Batch: {
            /** @description also what the broadcast's name at Qiscus begins with */
            id: string;
            number: number;
            /** @enum {string} */
            status: "pending" | "uploaded" | "sending" | "scheduled" | "failed" | "unknown" | "cancelled";
            recipients: number;
            startedAt: string | null;
            movedBy: ("pace" | "window" | "dailyLimit" | "late") | null;
            broadcastFileId: number | null;
            broadcastJobId: number | null;
            attempts: number;
            error: string | null;
            /** @description how many of its messages callbacks have reported; null: its send was answered, or callbacks tell nothing */
            evidence: {
                reported: number;
                of: number;
                settledBy: "evidence" | null;
            } | null;
        };
        Campaign: {
            name: string;
            account: string;
            /** @enum {string} */
            status: "active" | "paused" | "done";
            pausedReason: string | null;
            templateDetailId: number;
            readonly columns: string[];
            readonly map: {
                [key: string]: string;
            };
            readonly ignoreColumns: string[];
            /** @enum {string} */
            separator: "," | ";";
            /** @enum {string} */
            values: "reject" | "clean" | "send";
            maxRejected: string | null;
            /** @description whom workers send to again by themselves; null: nobody */
            retryAfterFailure: {
                readonly codes: number[];
                afterMs: number;
                times: number;
            } | null;
            audience: string;
            schedule: string;
            timeZone: string | null;
            readonly skipDates: string[];
            calendar: string | null;
            /** @description such as that the calendar ends before the next firings */
            calendarWarning: string | null;
            prepareAheadMs: number;
            /** @enum {string} */
            catchUp: "skip" | "latest" | "all";
            approvalAbove: number | null;
            approveOnce: boolean;
            delivery: components["schemas"]["Delivery"];
            /** @description ISO 8601 in UTC */
            createdAt: string;
            version: number;
            /** @description ISO 8601 in UTC */
            changedAt: string;
            changedBy: string | null;
            nextAt: string | null;
            firesNext: string[];
            /** @description what is skipped before the last of these: the first instant of each date */
            skipsNext: {
                /** @description ISO 8601 in UTC */
                at: string;
                reason: string;
            }[];
            /** @description why nobody gets anything of it until somebody mends it; `null`: that isn't so, as far as is known */
            failing: {
                /** @description the firing whose audience couldn't be read; `null`: no worker fires it */
                at: string | null;
                reason: string | null;
            } | null;
            firings: {
                /** @description ISO 8601 in UTC */
                at: string;
                /** @enum {string} */
                status: "preparing" | "prepared" | "failed" | "skipped";
                runId: string | null;
                reason: string | null;
                /** @description the campaign's version when it was decided */
                version: number;
                /** @description runs that were cancelled so that the instant could be fired again */
                replacedRuns: string[];
            }[];
        };
        CampaignResults: {
            /** @description `sent`, `failed` and `unanswered` together */
            handedOver: number;
            /** @description at least: some were delivered or read as well */
            sent: number;
            /** @description at least */
            delivered: number;
            read: number;
            /** @description before they were delivered; they count as nothing else */
            failed: number;
            failedAfterDelivered: number;
            unanswered: number;
            /** @description of these: matched to their batch by number and time alone */
            inferred: number;
            reasons: {
                /** @description WhatsApp's; null: none was told */
                code: number | null;
                /** @description before they were delivered */
                count: number;
                afterDelivered: number;
                meaning: string;
                advice: string;
            }[];
            name: string;
            /** @description what had been told by the end of each hour; of the latest hours, if there are very many */
            hours: {
                /** @description ISO 8601 in UTC */
                hour: string;
                sent: number;
                delivered: number;
                read: number;
                failed: number;
            }[];
            /** @description newest first */
            firings: {
                /** @description ISO 8601 in UTC */
                at: string;
                runId: string;
                /** @description `sent`, `failed` and `unanswered` together */
                handedOver: number;
                /** @description at least: some were delivered or read as well */
                sent: number;
                /** @description at least */
                delivered: number;
                read: number;
                /** @description before they were delivered; they count as nothing else */
                failed: number;
                failedAfterDelivered: number;
                unanswered: number;
                /** @description of these: matched to their batch by number and time alone */
                inferred: number;
            }[];
        };
        CampaignVersion: {
            version: number;
            /** @description ISO 8601 in UTC */
            at: string;
            by: string | null;
            changes: string[];
        };
        Delivery: {
            channelId: number | null;
            pace: {
                recipients: number;
                durationMs: number;
            } | null;
            window: {
                /** @description minutes after midnight */
                opensAt: number;
                closesAt: number;
                /** @description 1 is Monday */
                readonly days: number[];
                timeZone: string;
            } | null;
            dailyLimit: number | null;
            handOverAheadMs: number | null;
            first: number | null;
            tooLateAfterMs: number | null;
            individual: {
                templateName: string;
                namespace: string;
                language: string;
                force: boolean;
            } | null;
        };
        Draft: {
            id: string;
            name: string;
            createdBy: string;
            /** @description ISO 8601 in UTC */
            createdAt: string;
            /** @description ISO 8601 in UTC */
            updatedAt: string;
            /** @description what a change has to name */
            version: number;
            /** @enum {string} */
            state: "open" | "preparing" | "started" | "failed";
            source: ({
                /** @constant */
                kind: "file";
                uploadId: string;
                fileName: string;
                bytes: number | null;
                /** @description where an upload that broke off goes on */
                receivedBytes: number;
                isComplete: boolean;
                /** @description the heads of its columns */
                columns: string[];
            } | {
                /** @constant */
                kind: "audience";
                name: string;
                /** @description the heads of its columns */
                columns: string[];
            }) | null;
            template: {
                account: string;
                channelId: number | null;
                templateDetailId: number;
                name: string;
                language: string;
                /** @description those that need a column of the list */
                columns: string[];
                optionalColumns: string[];
            } | null;
            /** @description the column of the list for each column of the template */
            mapping: {
                [key: string]: string | null;
            };
            settings: {
                /** @enum {string} */
                values?: "reject" | "clean" | "send";
                maxRejected?: number | string;
                /** @description whom workers send to again by themselves, and when */
                retryAfterFailure?: {
                    codes: number[];
                    after: string;
                    times: number;
                };
                /** @enum {string} */
                delivery?: "bulk" | "individual";
                channelId?: number;
                pace?: string;
                window?: string;
                windowDays?: string;
                timeZone?: string;
                dailyLimit?: number;
                handOver?: string;
                first?: number;
                tooLateAfter?: string;
                force?: boolean;
                /** @enum {string} */
                catchUp?: "skip" | "latest" | "all";
                /** @description ISO 8601 with an offset, or by the clock of timeZone */
                startAt?: string;
            };
            /** @description null: something was changed since, or nobody has checked it */
            check: {
                /** @description ISO 8601 in UTC */
                checkedAt: string;
                rows: number;
                /** @description who would be messaged */
                people: number;
                /** @description the most frequent first */
                rejected: {
                    reason: string;
                    count: number;
                    /** @description the first of them, from 1 */
                    rows: number[];
                }[];
                /** @description the most frequent first */
                doubtful: {
                    reason: string;
                    count: number;
                    /** @description the first of them, from 1 */
                    rows: number[];
                }[];
                duplicates: number;
                suppressed: number;
                longestRow: number | null;
            } | null;
            /** @description how far a check is */
            checking: {
                rows: number;
                bytes: number | null;
            } | null;
            /** @description why the last check could not be done, or why the list is gone */
            checkFault: string | null;
            runId: string | null;
            confirmedBy: string | null;
            /** @description why its run was given up */
            failure: string | null;
        };
        Enqueued: {
            /** @description duplicates are among them: they are found later */
            accepted: number;
            rejected: number;
        };
        Forecast: {
            files: number;
            firstStartAt: string | null;
            lastStartAt: string | null;
            limit: ("pace" | "window" | "dailyLimit") | null;
            tooLate: number;
        };
        Hold: {
            id: string;
            account: string;
            /** @enum {string} */
            kind: "refused" | "unreachable" | "rate_limited" | "unknowns" | "ledger_went_back" | "stopped" | "account_stopped";
            reason: string;
            /** @description ISO 8601 in UTC */
            heldAt: string;
            until: string | null;
        };
        Message: {
            runId: string;
            batchId: string;
            /** @enum {string} */
            status: "pending" | "uploaded" | "sending" | "scheduled" | "failed" | "unknown" | "cancelled";
            broadcastJobId: number | null;
            broadcastLogId: number | null;
            error: string | null;
        };
        MessageResults: {
            /** @description `sent`, `failed` and `unanswered` together */
            handedOver: number;
            /** @description at least: some were delivered or read as well */
            sent: number;
            /** @description at least */
            delivered: number;
            read: number;
            /** @description before they were delivered; they count as nothing else */
            failed: number;
            failedAfterDelivered: number;
            unanswered: number;
            /** @description of these: matched to their batch by number and time alone */
            inferred: number;
            reasons: {
                /** @description WhatsApp's; null: none was told */
                code: number | null;
                /** @description before they were delivered */
                count: number;
                afterDelivered: number;
                meaning: string;
                advice: string;
            }[];
        };
        Preview: {
            /** @description header, body and footer, with an empty line between them */
            text: string;
            header: string | null;
            body: string | null;
            footer: string | null;
            buttons: {
                type: string;
                text: string;
                url: string | null;
                phoneNumber: string | null;
            }[];
            phoneNumber: string;
            /** @description its name and language */
            template: string;
        };
        Recipient: {
            phoneNumber: string;
            suppressed: boolean;
            forgotten: {
                /** @description ISO 8601 in UTC */
                at: string;
                by: string;
                finishedAt: string | null;
            } | null;
            runs: {
                runId: string;
                name: string;
                batchId: string | null;
                /** @enum {string} */
                status: "pending" | "uploaded" | "sending" | "scheduled" | "failed" | "unknown" | "cancelled" | "suppressed";
                startedAt: string | null;
                broadcastJobId: number | null;
                broadcastLogId: number | null;
                messageId: string | null;
                deliveryStatus: string | null;
                code: number | null;
                failedAfterDelivered: boolean;
                notes: string | null;
            }[];
        };
        Rejection: {
            source: string;
            position: number;
            reason: string;
        };
        Run: {
            id: string;
            key: string | null;
            name: string;
            account: string;
            /** @enum {string} */
            status: "open" | "sealed" | "paused" | "cancelled" | "finished";
            outcome: ("failed" | "needs_attention" | "cancelled" | "nobody" | "refused" | "partly_refused" | "handed_over") | null;
            held: {
                /** @enum {string} */
                kind: "refused" | "unreachable" | "rate_limited" | "unknowns" | "ledger_went_back" | "stopped" | "account_stopped" | "preparing" | "approval" | "first" | "balance" | "unknown" | "unverified" | "template" | "grown";
                reason: string;
                /** @description ISO 8601 in UTC */
                heldAt: string;
                until: string | null;
            } | null;
            /** @description above how many people somebody has to approve it; `null`: nobody, however many are in it */
            approval: {
                above: number;
                waits: boolean;
                startedBy: string | null;
                approvedBy: string | null;
                approvedAt: string | null;
            } | null;
            failure: string | null;
            startAt: string | null;
            /** @description when the first of what is handed over starts, as long as none has */
            startsAt: string | null;
            /** @description when the last of what is handed over starts, as long as that lies ahead */
            lastStartsAt: string | null;
            timeZone: string | null;
            delivery: components["schemas"]["Delivery"];
            handOverAt: string | null;
            purgedAt: string | null;
            resendOf: string | null;
            resends: string[];
            templateDetailId: number;
            /** @enum {string} */
            values: "reject" | "clean" | "send";
            maxRejected: string | null;
            /** @description whom workers send to again by themselves; null: nobody */
            retryAfterFailure: {
                readonly codes: number[];
                afterMs: number;
                times: number;
            } | null;
            /** @description what becomes of retryAfterFailure */
            retry: {
                /** @description how many turns were taken before it */
                turn: number;
                /** @description when workers look next whether its turn has come */
                at: string | null;
                outcome: ("sent_again" | "nobody" | "stopped") | null;
                /** @description what it waits for, or why it was stopped */
                reason: string | null;
                /** @description the run that the turn has made */
                runId: string | null;
            } | null;
            doubtful: {
                column: string;
                /** @enum {string} */
                kind: "spreadsheet_error" | "no_value" | "placeholder" | "scientific_notation" | "markup" | "wrongly_decoded" | "whole_address" | "unreachable_media" | "outer_spaces" | "sometimes_empty";
                count: number;
                example: string;
            }[];
            recipients: {
                pending: number;
                uploaded: number;
                sending: number;
                scheduled: number;
                failed: number;
                unknown: number;
                cancelled: number;
                enqueued: number;
                buffered: number;
                duplicates: number;
                suppressed: number;
                rejected: number;
                promised: number;
                missing: number;
            };
            batches: {
                pending: number;
                uploaded: number;
                sending: number;
                scheduled: number;
                failed: number;
                unknown: number;
                cancelled: number;
            };
            stalledSince: string | null;
            unclosedIntakes: number;
            unclosedSources: string[];
            extraSends: {
                batchId: string;
                broadcastJobId: number;
                startedAt: string | null;
            }[];
            wrongTotals: number;
            /** @description what callbacks tell of batches without a clear answer: `reported` of `of` messages; `settled` batches were settled as sent */
            evidence: {
                batches: number;
                reported: number;
                of: number;
                settled: number;
            } | null;
            /** @description what became of its messages */
            messages: components["schemas"]["MessageResults"];
        };
        RunPreview: {
            row: number;
            /** @description how many rows of the run are in batches */
            rows: number;
            /** @description null: its template isn't known, or the row isn't there */
            message: components["schemas"]["Preview"] | null;
            /** @description whether the run's template is known */
            isKnown: boolean;
        };
        RunResults: {
            /** @description `sent`, `failed` and `unanswered` together */
            handedOver: number;
            /** @description at least: some were delivered or read as well */
            sent: number;
            /** @description at least */
            delivered: number;
            read: number;
            /** @description before they were delivered; they count as nothing else */
            failed: number;
            failedAfterDelivered: number;
            unanswered: number;
            /** @description of these: matched to their batch by number and time alone */
            inferred: number;
            reasons: {
                /** @description WhatsApp's; null: none was told */
                code: number | null;
                /** @description before they were delivered */
                count: number;
                afterDelivered: number;
                meaning: string;
                advice: string;
            }[];
            runId: string;
            name: string;
            /** @description what had been told by the end of each hour; of the latest hours, if there are very many */
            hours: {
                /** @description ISO 8601 in UTC */
                hour: string;
                sent: number;
                delivered: number;
                read: number;
                failed: number;
            }[];
        };
        StartedRun: {
            id: string;
            key: string | null;
            name: string;
            existed: boolean;
        };
        Stop: {
            /** @description null: every account, also one that comes later */
            account: string | null;
            stoppedBy: string;
            /** @description ISO 8601 in UTC */
            stoppedAt: string;
        };
        Suppression: {
            phoneNumber: string;
            reason: string;
            /** @enum {string} */
            source: "operator" | "opt_out" | "forgotten";
            /** @description ISO 8601 in UTC */
            addedAt: string;
        };
        Template: {
            account: string;
            templateDetailId: number;
            name: string;
            language: string;
            category: string | null;
            /** @enum {string} */
            approval: "approved" | "pending" | "rejected" | "unknown";
            rejectionReason: string | null;
            channelId: number | null;
            namespace: string | null;
            /** @description what a list for it must have */
            columns: string[];
            header: {
                /** @enum {string} */
                type: "text" | "image" | "video" | "document" | "location";
                text: string | null;
                defaultValue: string | null;
            } | null;
            body: string | null;
            footer: string | null;
            buttons: {
                type: string;
                text: string;
                url: string | null;
                phoneNumber: string | null;
            }[];
            /** @enum {string} */
            source: "qiscus" | "added";
            /** @description ISO 8601 in UTC */
            toldAt: string;
        };
        Verification: {
            runId: string;
            ok: boolean;
            breaches: {
                rule: string;
                detail: string;
            }[];
        };
        /** @description Problem details (RFC 9457). */
        Problem: {
            /** @description always `about:blank`: `code` tells problems apart */
            type: string;
            status: number;
            /** @description what happened, in general */
            title: string;
            /** @description the code of the library's error, such as `NOT_FOUND`: stable, to branch on */
            code: string;
            /** @description what happened, and what would be right */
            detail: string;
            /** @description how what was to be changed stands now, if it is no longer what the caller saw */
            current?: unknown;
        };
        GetStatusResponse: {
            attention: {
                /** @enum {string} */
                kind: "stopped" | "workers" | "settings" | "account_held" | "unknown" | "approval" | "template" | "held" | "refused" | "missing" | "stalled" | "failing";
                /** @description null: it is about several runs, or about none */
                runId: string | null;
                /** @description the only batch that it is about */
                batchId: string | null;
                campaign: string | null;
                /** @description the draft, if it is about how its list is read */
                draftId: string | null;
                /** @description null: every account */
                account: string | null;
                /** @description the run's name */
                name: string | null;
                /** @description how many people it concerns, as far as is known */
                recipients: number;
                reason: string | null;
                /** @description the command that settles it, or shows what has to be decided */
                action: string;
            }[];
        };
        StopEverythingRequest: {
            /** @description only this account; without it, everything */
            account?: string;
        };
        StopEverythingResponse: {
            runs: number;
            campaigns: number;
            held: {
                batches: number;
                recipients: number;
            };
            /** @description of these runs and of others whose messages start later: nothing here can call it back */
            handedOver: {
                batches: number;
                recipients: number;
            };
            /** @description what of that starts later */
            startsLater: {
                batches: number;
                recipients: number;
            };
            /** @description handed over and not started: they can only be cancelled at Qiscus */
            jobs: {
                broadcastJobId: number | null;
                batchId: string;
                runId: string;
                runName: string;
                /** @description ISO 8601 in UTC */
                startedAt: string;
                recipients: number;
            }[];
        };
        LetGoRequest: {
            /** @description only this account; without it, everything */
            account?: string;
        };
        LetGoResponse: {
            /** @description whether there was such a stop */
            lifted: boolean;
            /** @description what still stops something */
            standing: components["schemas"]["Stop"][];
        };
        GetRunGridResponse: {
            letters: {
                [key: string]: string;
            };
            states: string;
        };
        ListRunsResponse: {
            items: components["schemas"]["Run"][];
            next: string | null;
        };
        StartRunRequest: {
            name: string;
            columns: string[];
            /** @enum {string} */
            separator?: "," | ";";
            account?: string;
            /** @enum {string} */
            values?: "reject" | "clean" | "send";
            maxRejected?: number | string;
            /** @description whom workers send to again by themselves, and when */
            retryAfterFailure?: {
                codes: number[];
                after: string;
                times: number;
            };
            channelId?: number;
            pace?: string;
            window?: string;
            windowDays?: string;
            timeZone?: string;
            dailyLimit?: number;
            handOver?: string;
            first?: number;
            tooLateAfter?: string;
            /** @enum {string} */
            delivery?: "bulk" | "individual";
            templateName?: string;
            namespace?: string;
            language?: string;
            force?: boolean;
            /** @enum {string} */
            catchUp?: "skip" | "latest" | "all";
            templateDetailId?: number;
            /** @description its name instead of its id, such as reminder or reminder:id */
            template?: string;
            key?: string;
            startAt?: string;
            lateOk?: boolean;
            flushAfter?: string;
        };
        GetRunResponse: {
            id: string;
            key: string | null;
            name: string;
            account: string;
            /** @enum {string} */
            status: "open" | "sealed" | "paused" | "cancelled" | "finished";
            outcome: ("failed" | "needs_attention" | "cancelled" | "nobody" | "refused" | "partly_refused" | "handed_over") | null;
            held: {
                /** @enum {string} */
                kind: "refused" | "unreachable" | "rate_limited" | "unknowns" | "ledger_went_back" | "stopped" | "account_stopped" | "preparing" | "approval" | "first" | "balance" | "unknown" | "unverified" | "template" | "grown";
                reason: string;
                /** @description ISO 8601 in UTC */
                heldAt: string;
                until: string | null;
            } | null;
            /** @description above how many people somebody has to approve it; `null`: nobody, however many are in it */
            approval: {
                above: number;
                waits: boolean;
                startedBy: string | null;
                approvedBy: string | null;
                approvedAt: string | null;
            } | null;
            failure: string | null;
            startAt: string | null;
            /** @description when the first of what is handed over starts, as long as none has */
            startsAt: string | null;
            /** @description when the last of what is handed over starts, as long as that lies ahead */
            lastStartsAt: string | null;
            timeZone: string | null;
            delivery: components["schemas"]["Delivery"];
            handOverAt: string | null;
            purgedAt: string | null;
            resendOf: string | null;
            resends: string[];
            templateDetailId: number;
            /** @enum {string} */
            values: "reject" | "clean" | "send";
            maxRejected: string | null;
            /** @description whom workers send to again by themselves; null: nobody */
            retryAfterFailure: {
                readonly codes: number[];
                afterMs: number;
                times: number;
            } | null;
            /** @description what becomes of retryAfterFailure */
            retry: {
                /** @description how many turns were taken before it */
                turn: number;
                /** @description when workers look next whether its turn has come */
                at: string | null;
                outcome: ("sent_again" | "nobody" | "stopped") | null;
                /** @description what it waits for, or why it was stopped */
                reason: string | null;
                /** @description the run that the turn has made */
                runId: string | null;
            } | null;
            doubtful: {
                column: string;
                /** @enum {string} */
                kind: "spreadsheet_error" | "no_value" | "placeholder" | "scientific_notation" | "markup" | "wrongly_decoded" | "whole_address" | "unreachable_media" | "outer_spaces" | "sometimes_empty";
                count: number;
                example: string;
            }[];
            recipients: {
                pending: number;
                uploaded: number;
                sending: number;
                scheduled: number;
                failed: number;
                unknown: number;
                cancelled: number;
                enqueued: number;
                buffered: number;
                duplicates: number;
                suppressed: number;
                rejected: number;
                promised: number;
                missing: number;
            };
            batches: {
                pending: number;
                uploaded: number;
                sending: number;
                scheduled: number;
                failed: number;
                unknown: number;
                cancelled: number;
            };
            stalledSince: string | null;
            unclosedIntakes: number;
            unclosedSources: string[];
            extraSends: {
                batchId: string;
                broadcastJobId: number;
                startedAt: string | null;
            }[];
            wrongTotals: number;
            /** @description what callbacks tell of batches without a clear answer: `reported` of `of` messages; `settled` batches were settled as sent */
            evidence: {
                batches: number;
                reported: number;
                of: number;
                settled: number;
            } | null;
            messages: components["schemas"]["MessageResults"];
            /** @description changes when the run is paused, held, sealed, cancelled or resumed */
            state: string | null;
            /** @description changes when other batches are failed, or the same fail again */
            failedState: string | null;
            forecast: components["schemas"]["Forecast"] | null;
        };
        ListRunBatchesResponse: {
            items: components["schemas"]["Batch"][];
            next: string | null;
        };
        ListRunRejectionsResponse: {
            items: components["schemas"]["Rejection"][];
            next: string | null;
        };
        SealRunRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        ResumeRunRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        PauseRunRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        PauseRunResponse: {
            handedOver: {
                batches: number;
                recipients: number;
            };
            inFlight: {
                batches: number;
                recipients: number;
            };
            held: {
                batches: number;
                recipients: number;
            };
        };
        CancelRunRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        CancelRunResponse: {
            handedOver: {
                batches: number;
                recipients: number;
            };
            inFlight: {
                batches: number;
                recipients: number;
            };
            held: {
                batches: number;
                recipients: number;
            };
            /** @description handed over and not started: they can only be cancelled at Qiscus */
            jobs: {
                broadcastJobId: number | null;
                batchId: string;
                runId: string;
                runName: string;
                /** @description ISO 8601 in UTC */
                startedAt: string;
                recipients: number;
            }[];
        };
        RetryRunRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        RetryRunResponse: {
            batches: number;
            recipients: number;
        };
        ChangeManyRunsRequest: {
            /** @enum {string} */
            action: "retry" | "resume" | "cancel";
            /** @description which runs, as `GET /runs` is asked; an empty one is refused without `all` */
            filter: {
                /** @enum {string} */
                state?: "open" | "sealed" | "paused" | "held" | "cancelled" | "finished" | "unknown" | "refused";
                name?: string;
                account?: string;
                campaign?: string;
                /** @enum {string} */
                kind?: "broadcast" | "message";
                since?: string;
                until?: string;
            };
            /** @description says that an empty filter is meant: every run */
            all?: boolean;
            /** @description `found` as you saw it: if other runs or more people fit by now, nothing is done, and the answer is 409. Fewer people are no change: they were handed over meanwhile */
            expected?: {
                runs: number;
                recipients: number;
                /** @description another text as soon as something else fits */
                state: string;
            };
            /** @description only tells what fits */
            dryRun?: boolean;
        };
        ChangeManyRunsResponse: {
            /** @enum {string} */
            action: "retry" | "resume" | "cancel";
            /** @description what fitted as it began */
            found: {
                runs: number;
                recipients: number;
                /** @description as `expected` takes it */
                state: string;
            };
            done: {
                runs: number;
                recipients: number;
            };
            /** @description runs in which there was nothing to do any more */
            unchanged: number;
            refused: {
                code: string;
                /** @description what the first of them said */
                reason: string;
                runs: number;
                /** @description the first 20 */
                runIds: string[];
            }[];
            /** @description runs that fitted and were too many for one request: ask again */
            left: number;
            /** @description only of `cancel`: what it came too late for, in the runs of this request and in others that fit and were handed over as a whole */
            tooLate?: {
                /** @description what Qiscus has accepted */
                handedOver: {
                    batches: number;
                    recipients: number;
                };
                /** @description what a worker is sending, or has sent without a clear answer */
                inFlight: {
                    batches: number;
                    recipients: number;
                };
                /** @description what of `handedOver` starts later */
                startsLater: {
                    batches: number;
                    recipients: number;
                };
                /** @description the first 100 of those that start later: they can only be cancelled at Qiscus */
                jobs: {
                    broadcastJobId: number | null;
                    batchId: string;
                    runId: string;
                    runName: string;
                    /** @description ISO 8601 in UTC */
                    startedAt: string;
                    recipients: number;
                }[];
            };
        };
        ApproveRunRequest: {
            /** @description the `state` that the approver saw */
            state: string;
        };
        ApproveRunResponse: {
            runId: string;
            people: number;
            version: number | null;
        };
        ResendRunRequest: {
            failed?: boolean;
            codes?: number[];
            unansweredAfter?: string;
            name?: string;
            templateDetailId?: number;
            dryRun?: boolean;
            again?: boolean;
        };
        ResendRunResponse: {
            runId: string | null;
            recipients: number;
            leftOut: {
                [key: string]: number;
            };
            /** @enum {boolean} */
            already?: true;
        };
        AddTemplateRequest: {
            templateDetailId: number;
            name: string;
            language: string;
            account?: string;
            category?: string;
            channelId?: number;
            namespace?: string;
            header?: {
                /** @enum {string} */
                type: "text" | "image" | "video" | "document" | "location";
                text?: string | null;
                defaultValue?: string | null;
            };
            body?: string;
            footer?: string;
            buttons?: {
                type: string;
                text: string;
                url?: string | null;
                phoneNumber?: string | null;
            }[];
            columns?: string[];
        };
        RefreshTemplatesResponse: {
            templates: components["schemas"]["Template"][];
            faults: string[];
        };
        PreviewTemplateRequest: {
            template: string;
            account?: string;
            channelId?: number;
            /** @description a recipient: a value for each column */
            row: {
                [key: string]: string | number;
            };
            /**
             * @description what becomes of a value that WhatsApp refuses; default `reject`
             * @enum {string}
             */
            values?: "reject" | "clean" | "send";
        };
        TestSendTemplateRequest: {
            template: string;
            account?: string;
            channelId?: number;
            /** @description default: SIARAN_TEST_NUMBERS */
            phoneNumbers?: (string | number)[];
            variables?: (string | number)[];
            row?: {
                [key: string]: string | number;
            };
            /**
             * @description what becomes of a value that WhatsApp refuses; default `reject`
             * @enum {string}
             */
            values?: "reject" | "clean" | "send";
            wait?: string;
        };
        TestSendTemplateResponse: {
            runId: string;
            phoneNumbers: string[];
            /** @enum {string} */
            status: "open" | "sealed" | "paused" | "cancelled" | "finished";
            /** @description null: it has not ended so far */
            outcome: ("failed" | "needs_attention" | "cancelled" | "nobody" | "refused" | "partly_refused" | "handed_over") | null;
            message: components["schemas"]["Preview"];
        };
        TestSendRunRequest: {
            /**
             * @description its place among the rows that are in batches, from 1
             * @default 1
             */
            row: number;
            /** @description default: SIARAN_TEST_NUMBERS */
            phoneNumbers?: string[];
        };
        TestSendRunResponse: {
            runId: string;
            phoneNumbers: string[];
            /** @enum {string} */
            status: "open" | "sealed" | "paused" | "cancelled" | "finished";
            /** @description null: it has not ended so far */
            outcome: ("failed" | "needs_attention" | "cancelled" | "nobody" | "refused" | "partly_refused" | "handed_over") | null;
            message: components["schemas"]["Preview"];
        };
        ListDraftsResponse: {
            items: components["schemas"]["Draft"][];
            next: string | null;
        };
        CreateDraftRequest: {
            name: string;
        };
        ChangeDraftRequest: {
            /** @description the `version` that you saw; another one by now: 409, with the draft as it is */
            version: number;
            name?: string;
            /** @description one of those that SIARAN_AUDIENCES_FILE names, by its name; null: no list */
            audience?: string | null;
            template?: {
                account?: string;
                channelId?: number;
                /** @description its name, such as reminder or reminder:id */
                template?: string;
                templateDetailId?: number;
            } | null;
            /** @description single columns; the others stay */
            mapping?: {
                [key: string]: string | null;
            };
            /** @description all of them at once */
            settings?: {
                /** @enum {string} */
                values?: "reject" | "clean" | "send";
                maxRejected?: number | string;
                /** @description whom workers send to again by themselves, and when */
                retryAfterFailure?: {
                    codes: number[];
                    after: string;
                    times: number;
                };
                /** @enum {string} */
                delivery?: "bulk" | "individual";
                channelId?: number;
                pace?: string;
                window?: string;
                windowDays?: string;
                timeZone?: string;
                dailyLimit?: number;
                handOver?: string;
                first?: number;
                tooLateAfter?: string;
                force?: boolean;
                /** @enum {string} */
                catchUp?: "skip" | "latest" | "all";
                /** @description ISO 8601 with an offset, or by the clock of timeZone */
                startAt?: string;
            };
        };
        DiscardDraftResponse: {
            discarded: string;
        };
        CheckDraftRequest: {
            /** @description the `version` that you saw; another one by now: 409, with the draft as it is */
            version: number;
            /**
             * @description for so long the answer waits for its end
             * @default 5000
             */
            waitMs: number;
        };
        PreviewDraftResponse: {
            row: number;
            message: components["schemas"]["Preview"] | null;
            /** @description why nobody gets it */
            leftOut: string | null;
            doubts: string[];
        };
        TestSendDraftRequest: {
            /** @default 1 */
            row: number | ("longest" | "doubtful" | "rejected");
            /** @description default: SIARAN_TEST_NUMBERS */
            phoneNumbers?: string[];
        };
        TestSendDraftResponse: {
            runId: string;
            phoneNumbers: string[];
            /** @enum {string} */
            status: "open" | "sealed" | "paused" | "cancelled" | "finished";
            /** @description null: it has not ended so far */
            outcome: ("failed" | "needs_attention" | "cancelled" | "nobody" | "refused" | "partly_refused" | "handed_over") | null;
            message: components["schemas"]["Preview"];
        };
        PlanDraftResponse: {
            version: number;
            people: number;
            batches: number;
            /** @description null: at once */
            firstStartAt: string | null;
            lastStartAt: string | null;
            timeZone: string;
            /** @description of the day's limit; 1 is all of it */
            limitShare: number | null;
            tooLate: number;
            /** @description rows that are rejected, double or suppressed */
            leftOut: number;
            /** @description what its messages cost; `null`: there is no list of prices, or no plan */
            cost: {
                /** @description the template's; `null`: nobody has told it */
                category: string | null;
                amounts: {
                    amount: string;
                    currency: string;
                }[];
                /** @description whether everybody has a price: if not, it costs more than this */
                isWhole: boolean;
                /** @description how many people have none */
                unpriced: number;
                /** @description their calling codes */
                unpricedCodes: string[];
            } | null;
            /** @description the same in words, or why it is not known; empty: there is no plan */
            costText: string;
            /** @description whether somebody else has to approve the run */
            approval: boolean;
            sentence: string;
            /** @description with more people than this, a confirmation says how many */
            confirmAbove: number;
            /** @description what stands in the way of a confirmation */
            faults: string[];
        };
        ConfirmDraftRequest: {
            /** @description the `version` that you saw; another one by now: 409, with the draft as it is */
            version: number;
            /** @description how many are messaged, as the plan told */
            people?: number;
        };
        ConfirmDraftResponse: {
            runId: string;
        };
        BeginDraftUploadRequest: {
            /** @description the `version` that you saw; another one by now: 409, with the draft as it is */
            version: number;
            fileName: string;
            /** @description its length; null: the last part says that it is the last */
            bytes?: number | null;
        };
        CloseRunSourceRequest: {
            /** @description one of the `unclosedSources` of the run */
            source: string;
        };
        CloseRunSourceResponse: {
            runId: string;
            source: string;
            rows: number;
        };
        GetBatchResponse: {
            /** @description also what the broadcast's name at Qiscus begins with */
            id: string;
            number: number;
            /** @enum {string} */
            status: "pending" | "uploaded" | "sending" | "scheduled" | "failed" | "unknown" | "cancelled";
            recipients: number;
            startedAt: string | null;
            movedBy: ("pace" | "window" | "dailyLimit" | "late") | null;
            broadcastFileId: number | null;
            broadcastJobId: number | null;
            attempts: number;
            error: string | null;
            /** @description how many of its messages callbacks have reported; null: its send was answered, or callbacks tell nothing */
            evidence: {
                reported: number;
                of: number;
                settledBy: "evidence" | null;
            } | null;
            /** @description changes when anything is done or decided about the batch */
            state: string | null;
            history: components["schemas"]["Attempt"][];
        };
        RetryBatchRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        RetryBatchResponse: {
            batches: number;
            recipients: number;
        };
        ResolveBatchRequest: {
            /** @description the broadcast job */
            sent: number;
            /** @description replaces an earlier resolution that was wrong, if nothing was sent since */
            correct?: boolean;
            reason?: string;
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        } | {
            /** @enum {boolean} */
            notSent: true;
            /** @description even though Qiscus may still be working on the request */
            force?: boolean;
            /** @description the batch's size: it was not sent, even though callbacks tell that it was */
            despiteEvidence?: number;
            /** @description how many of its messages you saw reported; if there are more by now, it is refused */
            seen?: number;
            /** @description replaces an earlier resolution that was wrong, if nothing was sent since */
            correct?: boolean;
            reason?: string;
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        ResolveBatchResponse: {
            batchId: string;
            /** @enum {string} */
            status: "pending" | "uploaded" | "sending" | "scheduled" | "failed" | "unknown" | "cancelled";
        };
        AddCampaignRequest: {
            name: string;
            columns: string[];
            /** @enum {string} */
            separator?: "," | ";";
            account?: string;
            /** @enum {string} */
            values?: "reject" | "clean" | "send";
            maxRejected?: number | string;
            /** @description whom workers send to again by themselves, and when */
            retryAfterFailure?: {
                codes: number[];
                after: string;
                times: number;
            };
            channelId?: number;
            pace?: string;
            window?: string;
            windowDays?: string;
            timeZone?: string;
            dailyLimit?: number;
            handOver?: string;
            first?: number;
            tooLateAfter?: string;
            /** @enum {string} */
            delivery?: "bulk" | "individual";
            templateName?: string;
            namespace?: string;
            language?: string;
            force?: boolean;
            /** @enum {string} */
            catchUp?: "skip" | "latest" | "all";
            templateDetailId?: number;
            /** @description its name instead of its id, such as reminder or reminder:id */
            template?: string;
            map?: {
                [key: string]: string;
            };
            ignoreColumns?: string[];
            audience: string;
            schedule: string;
            often?: boolean;
            /** @description dates of timeZone on which it does not fire, as 2027-01-01 */
            skipDates?: string[];
            /** @description a calendar of SIARAN_CALENDARS_FILE, on whose dates it does not fire */
            calendar?: string;
            prepareAhead?: string;
            /** @description a run of it with more people goes out only once somebody else has approved it; 0: every run */
            approvalAbove?: number;
            /** @description one approval is for all runs of a version */
            approveOnce?: boolean;
            /** @description also fires instants that a removed campaign of this name has fired or skipped */
            again?: boolean;
        };
        AddCampaignResponse: {
            name: string;
            account: string;
            /** @enum {string} */
            status: "active" | "paused" | "done";
            pausedReason: string | null;
            templateDetailId: number;
            readonly columns: string[];
            readonly map: {
                [key: string]: string;
            };
            readonly ignoreColumns: string[];
            /** @enum {string} */
            separator: "," | ";";
            /** @enum {string} */
            values: "reject" | "clean" | "send";
            maxRejected: string | null;
            /** @description whom workers send to again by themselves; null: nobody */
            retryAfterFailure: {
                readonly codes: number[];
                afterMs: number;
                times: number;
            } | null;
            audience: string;
            schedule: string;
            timeZone: string | null;
            readonly skipDates: string[];
            calendar: string | null;
            /** @description such as that the calendar ends before the next firings */
            calendarWarning: string | null;
            prepareAheadMs: number;
            /** @enum {string} */
            catchUp: "skip" | "latest" | "all";
            approvalAbove: number | null;
            approveOnce: boolean;
            delivery: components["schemas"]["Delivery"];
            /** @description ISO 8601 in UTC */
            createdAt: string;
            version: number;
            /** @description ISO 8601 in UTC */
            changedAt: string;
            changedBy: string | null;
            nextAt: string | null;
            firesNext: string[];
            /** @description what is skipped before the last of these: the first instant of each date */
            skipsNext: {
                /** @description ISO 8601 in UTC */
                at: string;
                reason: string;
            }[];
            /** @description why nobody gets anything of it until somebody mends it; `null`: that isn't so, as far as is known */
            failing: {
                /** @description the firing whose audience couldn't be read; `null`: no worker fires it */
                at: string | null;
                reason: string | null;
            } | null;
            firings: {
                /** @description ISO 8601 in UTC */
                at: string;
                /** @enum {string} */
                status: "preparing" | "prepared" | "failed" | "skipped";
                runId: string | null;
                reason: string | null;
                /** @description the campaign's version when it was decided */
                version: number;
                /** @description runs that were cancelled so that the instant could be fired again */
                replacedRuns: string[];
            }[];
            existed: boolean;
        };
        GetCampaignResponse: {
            name: string;
            account: string;
            /** @enum {string} */
            status: "active" | "paused" | "done";
            pausedReason: string | null;
            templateDetailId: number;
            readonly columns: string[];
            readonly map: {
                [key: string]: string;
            };
            readonly ignoreColumns: string[];
            /** @enum {string} */
            separator: "," | ";";
            /** @enum {string} */
            values: "reject" | "clean" | "send";
            maxRejected: string | null;
            /** @description whom workers send to again by themselves; null: nobody */
            retryAfterFailure: {
                readonly codes: number[];
                afterMs: number;
                times: number;
            } | null;
            audience: string;
            schedule: string;
            timeZone: string | null;
            readonly skipDates: string[];
            calendar: string | null;
            /** @description such as that the calendar ends before the next firings */
            calendarWarning: string | null;
            prepareAheadMs: number;
            /** @enum {string} */
            catchUp: "skip" | "latest" | "all";
            approvalAbove: number | null;
            approveOnce: boolean;
            delivery: components["schemas"]["Delivery"];
            /** @description ISO 8601 in UTC */
            createdAt: string;
            version: number;
            /** @description ISO 8601 in UTC */
            changedAt: string;
            changedBy: string | null;
            nextAt: string | null;
            firesNext: string[];
            /** @description what is skipped before the last of these: the first instant of each date */
            skipsNext: {
                /** @description ISO 8601 in UTC */
                at: string;
                reason: string;
            }[];
            /** @description why nobody gets anything of it until somebody mends it; `null`: that isn't so, as far as is known */
            failing: {
                /** @description the firing whose audience couldn't be read; `null`: no worker fires it */
                at: string | null;
                reason: string | null;
            } | null;
            firings: {
                /** @description ISO 8601 in UTC */
                at: string;
                /** @enum {string} */
                status: "preparing" | "prepared" | "failed" | "skipped";
                runId: string | null;
                reason: string | null;
                /** @description the campaign's version when it was decided */
                version: number;
                /** @description runs that were cancelled so that the instant could be fired again */
                replacedRuns: string[];
            }[];
            /** @description changes when the campaign is changed, paused, resumed, or replaced by another of its name */
            state: string | null;
        };
        EditCampaignRequest: {
            /** @description it can not be changed */
            name?: string;
            columns?: string[] | null;
            separator?: ("," | ";") | null;
            account?: string | null;
            values?: ("reject" | "clean" | "send") | null;
            maxRejected?: (number | string) | null;
            retryAfterFailure?: {
                codes: number[];
                after: string;
                times: number;
            } | null;
            channelId?: number | null;
            pace?: string | null;
            window?: string | null;
            windowDays?: string | null;
            timeZone?: string | null;
            dailyLimit?: number | null;
            handOver?: string | null;
            first?: number | null;
            tooLateAfter?: string | null;
            delivery?: ("bulk" | "individual") | null;
            templateName?: string | null;
            namespace?: string | null;
            language?: string | null;
            force?: boolean | null;
            catchUp?: ("skip" | "latest" | "all") | null;
            templateDetailId?: number | null;
            template?: string | null;
            map?: {
                [key: string]: string;
            } | null;
            ignoreColumns?: string[] | null;
            audience?: string | null;
            schedule?: string | null;
            often?: boolean | null;
            skipDates?: string[] | null;
            calendar?: string | null;
            prepareAhead?: string | null;
            approvalAbove?: number | null;
            approveOnce?: boolean | null;
            /** @description the version that you saw: if it is another one by now, the answer is 409 with the campaign as it is */
            version?: number;
            /** @description fires again, with the new settings, what is fired and not handed over */
            redo?: boolean;
        };
        EditCampaignResponse: {
            name: string;
            account: string;
            /** @enum {string} */
            status: "active" | "paused" | "done";
            pausedReason: string | null;
            templateDetailId: number;
            readonly columns: string[];
            readonly map: {
                [key: string]: string;
            };
            readonly ignoreColumns: string[];
            /** @enum {string} */
            separator: "," | ";";
            /** @enum {string} */
            values: "reject" | "clean" | "send";
            maxRejected: string | null;
            /** @description whom workers send to again by themselves; null: nobody */
            retryAfterFailure: {
                readonly codes: number[];
                afterMs: number;
                times: number;
            } | null;
            audience: string;
            schedule: string;
            timeZone: string | null;
            readonly skipDates: string[];
            calendar: string | null;
            /** @description such as that the calendar ends before the next firings */
            calendarWarning: string | null;
            prepareAheadMs: number;
            /** @enum {string} */
            catchUp: "skip" | "latest" | "all";
            approvalAbove: number | null;
            approveOnce: boolean;
            delivery: components["schemas"]["Delivery"];
            /** @description ISO 8601 in UTC */
            createdAt: string;
            version: number;
            /** @description ISO 8601 in UTC */
            changedAt: string;
            changedBy: string | null;
            nextAt: string | null;
            firesNext: string[];
            /** @description what is skipped before the last of these: the first instant of each date */
            skipsNext: {
                /** @description ISO 8601 in UTC */
                at: string;
                reason: string;
            }[];
            /** @description why nobody gets anything of it until somebody mends it; `null`: that isn't so, as far as is known */
            failing: {
                /** @description the firing whose audience couldn't be read; `null`: no worker fires it */
                at: string | null;
                reason: string | null;
            } | null;
            firings: {
                /** @description ISO 8601 in UTC */
                at: string;
                /** @enum {string} */
                status: "preparing" | "prepared" | "failed" | "skipped";
                runId: string | null;
                reason: string | null;
                /** @description the campaign's version when it was decided */
                version: number;
                /** @description runs that were cancelled so that the instant could be fired again */
                replacedRuns: string[];
            }[];
            changes: string[];
            redone: {
                /** @description ISO 8601 in UTC */
                at: string;
                replacedRunId: string;
                runId: string | null;
            }[];
            /** @description runs that go out with the old settings */
            runs: {
                runId: string;
                recipients: number;
                /** @description `null`: at once */
                startsAt: string | null;
            }[];
            /** @description handed over and not started: they can only be cancelled at Qiscus */
            jobs: {
                broadcastJobId: number | null;
                batchId: string;
                runId: string;
                runName: string;
                /** @description ISO 8601 in UTC */
                startedAt: string;
                recipients: number;
            }[];
        };
        RemoveCampaignResponse: {
            /** @enum {boolean} */
            removed: true;
            runs: {
                runId: string;
                recipients: number;
                /** @description `null`: at once */
                startsAt: string | null;
            }[];
            /** @description handed over and not started: they can only be cancelled at Qiscus */
            jobs?: {
                broadcastJobId: number | null;
                batchId: string;
                runId: string;
                runName: string;
                /** @description ISO 8601 in UTC */
                startedAt: string;
                recipients: number;
            }[];
        };
        ForecastCampaignResponseItem: {
            files: number;
            firstStartAt: string | null;
            lastStartAt: string | null;
            limit: ("pace" | "window" | "dailyLimit") | null;
            tooLate: number;
            /** @description ISO 8601 in UTC */
            at: string;
        } | {
            /** @description ISO 8601 in UTC */
            at: string;
            files: null;
            firstStartAt: null;
            lastStartAt: null;
            limit: null;
            tooLate: null;
        };
        FireCampaignRequest: {
            /**
             * Format: date-time
             * @description when the firing was decided; the same instant again gives the same run
             */
            asOf: string;
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        FireCampaignResponse: {
            runId: string;
        };
        PauseCampaignRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        ResumeCampaignRequest: {
            /** @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409 */
            ifState?: string;
        };
        ForetellScheduleResponse: {
            /** @description as a campaign is given it */
            schedule: string;
            timeZone: string | null;
            /** @description when it fires, for people */
            words: string;
            warning: string | null;
            next: {
                /** @description ISO 8601 in UTC */
                at: string;
                /** @description by the clock of its time zone */
                shown: string;
            }[];
            /** @description what is skipped before the last of these: the first instant of each date */
            skipped: {
                /** @description ISO 8601 in UTC */
                at: string;
                /** @description by the clock of its time zone */
                shown: string;
                reason: string;
            }[];
        };
        LookAtAudienceRequest: {
            audience: string;
            /** @description its name, such as reminder or reminder:id */
            template: string;
            account?: string;
            channelId?: number;
            map?: {
                [key: string]: string;
            };
            ignoreColumns?: string[];
            /** @enum {string} */
            values?: "reject" | "clean" | "send";
            /**
             * @description how many rows are read; null: all
             * @default 10000
             */
            mostRows: number | null;
            /**
             * @description which row is shown
             * @default 1
             */
            row: number;
        };
        LookAtAudienceResponse: {
            template: string;
            /** @description of the audience, as they stand there */
            heads: string[];
            /** @description the head for each column of the template */
            mapping: {
                [key: string]: string | null;
            };
            /** @description columns of the template without a head; as long as there are any, no row is read */
            missing: string[];
            /** @description what a campaign of the two would have as its `columns` */
            columns: string[];
            map: {
                [key: string]: string;
            };
            ignoreColumns: string[];
            survey: {
                rows: number;
                /** @description who would be messaged */
                people: number;
                /** @description the most frequent first */
                rejected: {
                    reason: string;
                    count: number;
                    /** @description the first of them, from 1 */
                    rows: number[];
                }[];
                /** @description the most frequent first */
                doubtful: {
                    reason: string;
                    count: number;
                    /** @description the first of them, from 1 */
                    rows: number[];
                }[];
                duplicates: number;
                suppressed: number;
                longestRow: number | null;
                /** @description whether these are all rows */
                isWhole: boolean;
            } | null;
            /** @description of those who were counted; `null`: there is no list of prices, or nobody was counted */
            cost: {
                /** @description the template's; `null`: nobody has told it */
                category: string | null;
                amounts: {
                    amount: string;
                    currency: string;
                }[];
                /** @description whether everybody has a price: if not, it costs more than this */
                isWhole: boolean;
                /** @description how many people have none */
                unpriced: number;
                /** @description their calling codes */
                unpricedCodes: string[];
            } | null;
            costText: string;
            /** @description the row as its recipient would see it; null: there is none */
            preview: {
                row: number;
                message: components["schemas"]["Preview"] | null;
                /** @description why nobody gets it */
                leftOut: string | null;
                doubts: string[];
            } | null;
        };
        SearchRecipientRequest: {
            phoneNumber: string;
        };
        ForgetRecipientRequest: {
            phoneNumber: string;
        };
        ForgetRecipientResponse: {
            runs: number;
            messages: number;
            /** @description drafts whose lists were thrown away, as the number stood in them */
            emptiedDrafts: {
                id: string;
                name: string;
            }[];
            /** @description runs in which rows with the number wait until a worker cuts them, and drops them; forget it again then. Missing if there are none */
            waitingRuns?: string[];
        };
        SendMessageRequest: {
            phoneNumber: string | number;
            /** @description its name instead of its id and all that follows */
            template?: string;
            templateDetailId?: number;
            channelId?: number;
            templateName?: string;
            namespace?: string;
            language?: string;
            variables?: string[];
            buttonParams?: {
                type: string;
                values: string;
                index: number;
            }[];
            name?: string;
            key?: string;
            startAt?: string;
            lateOk?: boolean;
            timeZone?: string;
            account?: string;
            /** @enum {string} */
            values?: "reject" | "clean" | "send";
            wait?: string;
        };
        ListSuppressionsResponse: {
            items: components["schemas"]["Suppression"][];
            next: string | null;
        };
        AddSuppressionsRequest: {
            phoneNumbers: (string | number)[];
            reason?: string;
        };
        AddSuppressionsResponse: {
            added: number;
            already: number;
        };
        RemoveSuppressionsRequest: {
            phoneNumbers: (string | number)[];
        };
        RemoveSuppressionsResponse: {
            removed: number;
            absent: number;
        };
        ListHeldOptOutsResponseItem: {
            account: string;
            optOuts: number;
            since: string;
        };
        DecideHeldOptOutsRequest: {
            account: string;
            /** @enum {string} */
            decision: "apply" | "discard";
        };
        DecideHeldOptOutsResponse: {
            decided: number;
        };
        UndoOptOutsRequest: {
            account?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            until?: string;
            batchId?: string;
            messageId?: string;
        };
        UndoOptOutsResponse: {
            optOuts: number;
            removed: number;
        };
        ResumeHoldsRequest: {
            /** @description the ids of all the holds that you saw: if there are others by now, nothing is lifted and the answer is 409 */
            ifHolds?: string[];
        };
        ListAuditResponse: {
            items: components["schemas"]["AuditEntry"][];
            next: string | null;
        };
        ListSessionsResponseItem: {
            id: string;
            name: string;
            address: string;
            openedAt: string;
            /** @description when its user did something last, to the minute */
            usedAt: string;
        };
        ListUsersResponseItem: {
            name: string;
            role: string;
            email: string | null;
            /** @description ISO 8601 in UTC */
            createdAt: string;
            revokedAt: string | null;
            /** @description until when their link lets them set a password */
            invitedUntil: string | null;
            hasPassword: boolean;
            /** @description whether their password needs a code too */
            hasTotp: boolean;
            /** @description whether they have come in by OpenID Connect */
            isBound: boolean;
        };
        InviteUserRequest: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "analyst" | "operator" | "approver" | "owner";
            email?: string;
        };
        InviteUserResponse: {
            /** @description lets its reader set a password, once; shown this once */
            url: string;
            /** @description ISO 8601 in UTC */
            expiresAt: string;
        };
        InviteUserAgainResponse: {
            /** @description lets its reader set a password, once; shown this once */
            url: string;
            /** @description ISO 8601 in UTC */
            expiresAt: string;
        };
        ChangeUserRoleRequest: {
            /** @enum {string} */
            role: "viewer" | "analyst" | "operator" | "approver" | "owner";
        };
        ChangeUserEmailRequest: {
            email: string;
        };
        ListUserTokensResponseItem: {
            id: string;
            user: string;
            label: string;
            /** @description ISO 8601 in UTC */
            createdAt: string;
            /** @description ISO 8601 in UTC */
            expiresAt: string;
            /** @description to the minute */
            usedAt: string | null;
        };
        IssueUserTokenRequest: {
            label: string;
            /** @default 90 */
            days: number;
        };
        IssueUserTokenResponse: {
            id: string;
            /** @description shown this once */
            token: string;
            /** @description ISO 8601 in UTC */
            expiresAt: string;
        };
    };
    responses: {
        /** @description The request is wrong */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 400,
                 *       "title": "The request is wrong",
                 *       "code": "USAGE",
                 *       "detail": "limit: Too big: expected number to be <=200"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Who are you? */
        Problem401: {
            headers: {
                /** @description says that a token is asked for */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 401,
                 *       "title": "Who are you?",
                 *       "code": "UNAUTHENTICATED",
                 *       "detail": "Send a token: Authorization: Bearer TOKEN."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not allowed */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 403,
                 *       "title": "Not allowed",
                 *       "code": "ROLE",
                 *       "detail": "desk is a viewer and can change nothing."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not found */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 404,
                 *       "title": "Not found",
                 *       "code": "NOT_FOUND",
                 *       "detail": "There is no run \"r7k2m0q9x\"."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It took too long */
        Problem408: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 408,
                 *       "title": "It took too long",
                 *       "code": "TOO_SLOW",
                 *       "detail": "The request took too long to come."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not as things stand */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 409,
                 *       "title": "Not as things stand",
                 *       "code": "CHANGED_MEANWHILE",
                 *       "detail": "Run r7k2m0q9x has changed since you looked, and nothing was done. Look at it again."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too large */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 413,
                 *       "title": "Too large",
                 *       "code": "FST_ERR_CTP_BODY_TOO_LARGE",
                 *       "detail": "Request body is too large"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The address is too long */
        Problem414: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 414,
                 *       "title": "The address is too long",
                 *       "code": "FST_ERR_MAX_PARAM_LENGTH",
                 *       "detail": "A part of the address has more than 2000 characters."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Of another kind than this takes */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 415,
                 *       "title": "Of another kind than this takes",
                 *       "code": "FST_ERR_CTP_INVALID_MEDIA_TYPE",
                 *       "detail": "Unsupported Media Type: application/xml"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What it asks for can not be done */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 422,
                 *       "title": "What it asks for can not be done",
                 *       "code": "AUDIENCE",
                 *       "detail": "There is no audience named \"customers\"."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too often */
        Problem429: {
            headers: {
                /** @description in how many seconds it may be tried again */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 429,
                 *       "title": "Too often",
                 *       "code": "TOO_MANY_STREAMS",
                 *       "detail": "ada watches 10 runs already. Close one of the pages, or end a program that watches."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The address or the headers are too long */
        Problem431: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 431,
                 *       "title": "The address or the headers are too long",
                 *       "code": "TOO_LONG_HEAD",
                 *       "detail": "The address and the headers have more than 16384 bytes."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It failed */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 500,
                 *       "title": "It failed",
                 *       "code": "INTERNAL",
                 *       "detail": "Something went wrong here; the log of this program says what."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not at the moment */
        Problem503: {
            headers: {
                /** @description in how many seconds it may be tried again */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "status": 503,
                 *       "title": "Not at the moment",
                 *       "code": "UNAVAILABLE",
                 *       "detail": "Postgres can't be reached; try again."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "attention": [
                     *         {
                     *           "kind": "stopped",
                     *           "runId": "r7k2m0q9x",
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "campaign": "Weekly reminders",
                     *           "draftId": "0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e",
                     *           "account": "default",
                     *           "name": "Payment reminders",
                     *           "recipients": 1,
                     *           "reason": "seen at Qiscus",
                     *           "action": "action"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GetStatusResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listStops: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "account": "default",
                     *         "stoppedBy": "ada",
                     *         "stoppedAt": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Stop"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    stopEverything: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "account": "default"
                 *     }
                 */
                "application/json": components["schemas"]["StopEverythingRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runs": 1,
                     *       "campaigns": 1,
                     *       "held": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "handedOver": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "startsLater": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "jobs": [
                     *         {
                     *           "broadcastJobId": 1,
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "runId": "r7k2m0q9x",
                     *           "runName": "run name",
                     *           "startedAt": "2026-12-01T02:00:00.000Z",
                     *           "recipients": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StopEverythingResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    letGo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "account": "default"
                 *     }
                 */
                "application/json": components["schemas"]["LetGoRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "lifted": false,
                     *       "standing": [
                     *         {
                     *           "account": "default",
                     *           "stoppedBy": "ada",
                     *           "stoppedAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["LetGoResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    watchRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run each time that it changes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example : hello
                     *
                     *     event: run
                     *     data: {"id":"r7k2m0q9x","status":"finished"}
                     *
                     *     event: end
                     *     data: {}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRunGrid: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "letters": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "states": "states"
                     *     }
                     */
                    "application/json": components["schemas"]["GetRunGridResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /**
                 * @description at most so many
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `next` of the page before
                 * @example r7k2m0q9x
                 */
                cursor?: string;
                /**
                 * @description how they stand; unknown and refused: they have such batches
                 * @example open
                 */
                state?: "open" | "sealed" | "paused" | "held" | "cancelled" | "finished" | "unknown" | "refused";
                /**
                 * @description a part of their name
                 * @example Payment reminders
                 */
                name?: string;
                /** @example default */
                account?: string;
                /**
                 * @description the campaign that started them
                 * @example Weekly reminders
                 */
                campaign?: string;
                /**
                 * @description broadcasts, or single messages that programs sent
                 * @example broadcast
                 */
                kind?: "broadcast" | "message";
                /**
                 * @description begun from then on
                 * @example 2026-12-01T02:00:00.000Z
                 */
                since?: string;
                /**
                 * @description begun before then
                 * @example 2026-12-01T02:00:00.000Z
                 */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "r7k2m0q9x",
                     *           "key": "reminders-2026-12",
                     *           "name": "Payment reminders",
                     *           "account": "default",
                     *           "status": "open",
                     *           "outcome": "failed",
                     *           "held": {
                     *             "kind": "refused",
                     *             "reason": "seen at Qiscus",
                     *             "heldAt": "2026-12-01T02:00:00.000Z",
                     *             "until": "2026-12-01T02:00:00.000Z"
                     *           },
                     *           "approval": {
                     *             "above": 1,
                     *             "waits": false,
                     *             "startedBy": "ada",
                     *             "approvedBy": "bea",
                     *             "approvedAt": "2026-12-01T02:00:00.000Z"
                     *           },
                     *           "failure": "the template is paused",
                     *           "startAt": "2026-12-01T02:00:00.000Z",
                     *           "startsAt": "2026-12-01T02:00:00.000Z",
                     *           "lastStartsAt": "2026-12-01T02:00:00.000Z",
                     *           "timeZone": "Asia/Jakarta",
                     *           "delivery": {
                     *             "channelId": 1,
                     *             "pace": {
                     *               "recipients": 1,
                     *               "durationMs": 1
                     *             },
                     *             "window": {
                     *               "opensAt": 540,
                     *               "closesAt": 1020,
                     *               "days": [
                     *                 1
                     *               ],
                     *               "timeZone": "Asia/Jakarta"
                     *             },
                     *             "dailyLimit": 10000,
                     *             "handOverAheadMs": 1,
                     *             "first": 1,
                     *             "tooLateAfterMs": 1,
                     *             "individual": {
                     *               "templateName": "payment_reminder",
                     *               "namespace": "4d1f8c5e_7a7b_4f0e",
                     *               "language": "id",
                     *               "force": false
                     *             }
                     *           },
                     *           "handOverAt": "2026-12-01T02:00:00.000Z",
                     *           "purgedAt": "2026-12-01T02:00:00.000Z",
                     *           "resendOf": "resend of",
                     *           "resends": [
                     *             "resend"
                     *           ],
                     *           "templateDetailId": 172,
                     *           "values": "reject",
                     *           "maxRejected": "max rejected",
                     *           "retryAfterFailure": {
                     *             "codes": [
                     *               1
                     *             ],
                     *             "afterMs": 1,
                     *             "times": 1
                     *           },
                     *           "retry": {
                     *             "turn": 1,
                     *             "at": "2026-12-01T02:00:00.000Z",
                     *             "outcome": "sent_again",
                     *             "reason": "seen at Qiscus",
                     *             "runId": "r7k2m0q9x"
                     *           },
                     *           "doubtful": [
                     *             {
                     *               "column": "column",
                     *               "kind": "spreadsheet_error",
                     *               "count": 1,
                     *               "example": "example"
                     *             }
                     *           ],
                     *           "recipients": {
                     *             "pending": 1,
                     *             "uploaded": 1,
                     *             "sending": 1,
                     *             "scheduled": 1,
                     *             "failed": 1,
                     *             "unknown": 1,
                     *             "cancelled": 1,
                     *             "enqueued": 1,
                     *             "buffered": 1,
                     *             "duplicates": 1,
                     *             "suppressed": 1,
                     *             "rejected": 1,
                     *             "promised": 1,
                     *             "missing": 1
                     *           },
                     *           "batches": {
                     *             "pending": 1,
                     *             "uploaded": 1,
                     *             "sending": 1,
                     *             "scheduled": 1,
                     *             "failed": 1,
                     *             "unknown": 1,
                     *             "cancelled": 1
                     *           },
                     *           "stalledSince": "stalled since",
                     *           "unclosedIntakes": 1,
                     *           "unclosedSources": [
                     *             "unclosed source"
                     *           ],
                     *           "extraSends": [
                     *             {
                     *               "batchId": "r7k2m0q9x-0001",
                     *               "broadcastJobId": 1,
                     *               "startedAt": "2026-12-01T02:00:00.000Z"
                     *             }
                     *           ],
                     *           "wrongTotals": 1,
                     *           "evidence": {
                     *             "batches": 1,
                     *             "reported": 1,
                     *             "of": 1,
                     *             "settled": 1
                     *           },
                     *           "messages": {
                     *             "handedOver": 1,
                     *             "sent": 1,
                     *             "delivered": 1,
                     *             "read": 1,
                     *             "failed": 1,
                     *             "failedAfterDelivered": 1,
                     *             "unanswered": 1,
                     *             "inferred": 1,
                     *             "reasons": [
                     *               {
                     *                 "code": 1,
                     *                 "count": 1,
                     *                 "afterDelivered": 1,
                     *                 "meaning": "meaning",
                     *                 "advice": "advice"
                     *               }
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "next": "r7k2m0q9w"
                     *     }
                     */
                    "application/json": components["schemas"]["ListRunsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    startRun: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description sent again with the same key, the request changes nothing more
                 * @example reminders-2026-12
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "reminders-2026-12",
                 *       "name": "Payment reminders",
                 *       "templateDetailId": 172,
                 *       "columns": [
                 *         "phone_number",
                 *         "body_variable1"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["StartRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "key": "reminders-2026-12",
                     *       "name": "Payment reminders",
                     *       "existed": false
                     *     }
                     */
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "key": "reminders-2026-12",
                     *       "name": "Payment reminders",
                     *       "existed": false
                     *     }
                     */
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "key": "reminders-2026-12",
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "open",
                     *       "outcome": "failed",
                     *       "held": {
                     *         "kind": "refused",
                     *         "reason": "seen at Qiscus",
                     *         "heldAt": "2026-12-01T02:00:00.000Z",
                     *         "until": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "approval": {
                     *         "above": 1,
                     *         "waits": false,
                     *         "startedBy": "ada",
                     *         "approvedBy": "bea",
                     *         "approvedAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "failure": "the template is paused",
                     *       "startAt": "2026-12-01T02:00:00.000Z",
                     *       "startsAt": "2026-12-01T02:00:00.000Z",
                     *       "lastStartsAt": "2026-12-01T02:00:00.000Z",
                     *       "timeZone": "Asia/Jakarta",
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "handOverAt": "2026-12-01T02:00:00.000Z",
                     *       "purgedAt": "2026-12-01T02:00:00.000Z",
                     *       "resendOf": "resend of",
                     *       "resends": [
                     *         "resend"
                     *       ],
                     *       "templateDetailId": 172,
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "retry": {
                     *         "turn": 1,
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "outcome": "sent_again",
                     *         "reason": "seen at Qiscus",
                     *         "runId": "r7k2m0q9x"
                     *       },
                     *       "doubtful": [
                     *         {
                     *           "column": "column",
                     *           "kind": "spreadsheet_error",
                     *           "count": 1,
                     *           "example": "example"
                     *         }
                     *       ],
                     *       "recipients": {
                     *         "pending": 1,
                     *         "uploaded": 1,
                     *         "sending": 1,
                     *         "scheduled": 1,
                     *         "failed": 1,
                     *         "unknown": 1,
                     *         "cancelled": 1,
                     *         "enqueued": 1,
                     *         "buffered": 1,
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "rejected": 1,
                     *         "promised": 1,
                     *         "missing": 1
                     *       },
                     *       "batches": {
                     *         "pending": 1,
                     *         "uploaded": 1,
                     *         "sending": 1,
                     *         "scheduled": 1,
                     *         "failed": 1,
                     *         "unknown": 1,
                     *         "cancelled": 1
                     *       },
                     *       "stalledSince": "stalled since",
                     *       "unclosedIntakes": 1,
                     *       "unclosedSources": [
                     *         "unclosed source"
                     *       ],
                     *       "extraSends": [
                     *         {
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "broadcastJobId": 1,
                     *           "startedAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ],
                     *       "wrongTotals": 1,
                     *       "evidence": {
                     *         "batches": 1,
                     *         "reported": 1,
                     *         "of": 1,
                     *         "settled": 1
                     *       },
                     *       "messages": {
                     *         "handedOver": 1,
                     *         "sent": 1,
                     *         "delivered": 1,
                     *         "read": 1,
                     *         "failed": 1,
                     *         "failedAfterDelivered": 1,
                     *         "unanswered": 1,
                     *         "inferred": 1,
                     *         "reasons": [
                     *           {
                     *             "code": 1,
                     *             "count": 1,
                     *             "afterDelivered": 1,
                     *             "meaning": "meaning",
                     *             "advice": "advice"
                     *           }
                     *         ]
                     *       },
                     *       "state": "b1946ac92492d234",
                     *       "failedState": "failed state",
                     *       "forecast": {
                     *         "files": 1,
                     *         "firstStartAt": "2026-12-01T02:00:00.000Z",
                     *         "lastStartAt": "2026-12-01T02:00:00.000Z",
                     *         "limit": "pace",
                     *         "tooLate": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetRunResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRunResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "handedOver": 1,
                     *       "sent": 1,
                     *       "delivered": 1,
                     *       "read": 1,
                     *       "failed": 1,
                     *       "failedAfterDelivered": 1,
                     *       "unanswered": 1,
                     *       "inferred": 1,
                     *       "reasons": [
                     *         {
                     *           "code": 1,
                     *           "count": 1,
                     *           "afterDelivered": 1,
                     *           "meaning": "meaning",
                     *           "advice": "advice"
                     *         }
                     *       ],
                     *       "runId": "r7k2m0q9x",
                     *       "name": "Payment reminders",
                     *       "hours": [
                     *         {
                     *           "hour": "2026-12-01T02:00:00.000Z",
                     *           "sent": 1,
                     *           "delivered": 1,
                     *           "read": 1,
                     *           "failed": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RunResults"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRunBatches: {
        parameters: {
            query?: {
                /**
                 * @description at most so many
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `next` of the page before
                 * @example r7k2m0q9x
                 */
                cursor?: string;
                /** @example pending */
                status?: "pending" | "uploaded" | "sending" | "scheduled" | "failed" | "unknown" | "cancelled";
            };
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "r7k2m0q9x",
                     *           "number": 1,
                     *           "status": "pending",
                     *           "recipients": 1,
                     *           "startedAt": "2026-12-01T02:00:00.000Z",
                     *           "movedBy": "pace",
                     *           "broadcastFileId": 1,
                     *           "broadcastJobId": 1,
                     *           "attempts": 1,
                     *           "error": "Qiscus answered 400: template is paused",
                     *           "evidence": {
                     *             "reported": 1,
                     *             "of": 1,
                     *             "settledBy": "evidence"
                     *           }
                     *         }
                     *       ],
                     *       "next": "r7k2m0q9w"
                     *     }
                     */
                    "application/json": components["schemas"]["ListRunBatchesResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRunRejections: {
        parameters: {
            query?: {
                /**
                 * @description at most so many
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `next` of the page before
                 * @example r7k2m0q9x
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "source": "crm",
                     *           "position": 1,
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ],
                     *       "next": "r7k2m0q9w"
                     *     }
                     */
                    "application/json": components["schemas"]["ListRunRejectionsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    exportRun: {
        parameters: {
            query?: {
                /**
                 * @description only those whose message is one of these, with commas: unanswered, sent, delivered, read, failed, failed_after_delivered
                 * @example status
                 */
                status?: string;
                /**
                 * @description only those whose message failed with one of these of WhatsApp's codes, or none for no code, with commas
                 * @example 131026
                 */
                code?: string;
            };
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its recipients, a line each */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example phone_number,status
                     *     6281234567890,read
                     */
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    verifyRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "ok": false,
                     *       "breaches": [
                     *         {
                     *           "rule": "rule",
                     *           "detail": "detail"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Verification"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    sealRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["SealRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "key": "reminders-2026-12",
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "open",
                     *       "outcome": "failed",
                     *       "held": {
                     *         "kind": "refused",
                     *         "reason": "seen at Qiscus",
                     *         "heldAt": "2026-12-01T02:00:00.000Z",
                     *         "until": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "approval": {
                     *         "above": 1,
                     *         "waits": false,
                     *         "startedBy": "ada",
                     *         "approvedBy": "bea",
                     *         "approvedAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "failure": "the template is paused",
                     *       "startAt": "2026-12-01T02:00:00.000Z",
                     *       "startsAt": "2026-12-01T02:00:00.000Z",
                     *       "lastStartsAt": "2026-12-01T02:00:00.000Z",
                     *       "timeZone": "Asia/Jakarta",
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "handOverAt": "2026-12-01T02:00:00.000Z",
                     *       "purgedAt": "2026-12-01T02:00:00.000Z",
                     *       "resendOf": "resend of",
                     *       "resends": [
                     *         "resend"
                     *       ],
                     *       "templateDetailId": 172,
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "retry": {
                     *         "turn": 1,
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "outcome": "sent_again",
                     *         "reason": "seen at Qiscus",
                     *         "runId": "r7k2m0q9x"
                     *       },
                     *       "doubtful": [
                     *         {
                     *           "column": "column",
                     *           "kind": "spreadsheet_error",
                     *           "count": 1,
                     *           "example": "example"
                     *         }
                     *       ],
                     *       "recipients": {
                     *         "pending": 1,
                     *         "uploaded": 1,
                     *         "sending": 1,
                     *         "scheduled": 1,
                     *         "failed": 1,
                     *         "unknown": 1,
                     *         "cancelled": 1,
                     *         "enqueued": 1,
                     *         "buffered": 1,
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "rejected": 1,
                     *         "promised": 1,
                     *         "missing": 1
                     *       },
                     *       "batches": {
                     *         "pending": 1,
                     *         "uploaded": 1,
                     *         "sending": 1,
                     *         "scheduled": 1,
                     *         "failed": 1,
                     *         "unknown": 1,
                     *         "cancelled": 1
                     *       },
                     *       "stalledSince": "stalled since",
                     *       "unclosedIntakes": 1,
                     *       "unclosedSources": [
                     *         "unclosed source"
                     *       ],
                     *       "extraSends": [
                     *         {
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "broadcastJobId": 1,
                     *           "startedAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ],
                     *       "wrongTotals": 1,
                     *       "evidence": {
                     *         "batches": 1,
                     *         "reported": 1,
                     *         "of": 1,
                     *         "settled": 1
                     *       },
                     *       "messages": {
                     *         "handedOver": 1,
                     *         "sent": 1,
                     *         "delivered": 1,
                     *         "read": 1,
                     *         "failed": 1,
                     *         "failedAfterDelivered": 1,
                     *         "unanswered": 1,
                     *         "inferred": 1,
                     *         "reasons": [
                     *           {
                     *             "code": 1,
                     *             "count": 1,
                     *             "afterDelivered": 1,
                     *             "meaning": "meaning",
                     *             "advice": "advice"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resumeRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["ResumeRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "key": "reminders-2026-12",
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "open",
                     *       "outcome": "failed",
                     *       "held": {
                     *         "kind": "refused",
                     *         "reason": "seen at Qiscus",
                     *         "heldAt": "2026-12-01T02:00:00.000Z",
                     *         "until": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "approval": {
                     *         "above": 1,
                     *         "waits": false,
                     *         "startedBy": "ada",
                     *         "approvedBy": "bea",
                     *         "approvedAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "failure": "the template is paused",
                     *       "startAt": "2026-12-01T02:00:00.000Z",
                     *       "startsAt": "2026-12-01T02:00:00.000Z",
                     *       "lastStartsAt": "2026-12-01T02:00:00.000Z",
                     *       "timeZone": "Asia/Jakarta",
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "handOverAt": "2026-12-01T02:00:00.000Z",
                     *       "purgedAt": "2026-12-01T02:00:00.000Z",
                     *       "resendOf": "resend of",
                     *       "resends": [
                     *         "resend"
                     *       ],
                     *       "templateDetailId": 172,
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "retry": {
                     *         "turn": 1,
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "outcome": "sent_again",
                     *         "reason": "seen at Qiscus",
                     *         "runId": "r7k2m0q9x"
                     *       },
                     *       "doubtful": [
                     *         {
                     *           "column": "column",
                     *           "kind": "spreadsheet_error",
                     *           "count": 1,
                     *           "example": "example"
                     *         }
                     *       ],
                     *       "recipients": {
                     *         "pending": 1,
                     *         "uploaded": 1,
                     *         "sending": 1,
                     *         "scheduled": 1,
                     *         "failed": 1,
                     *         "unknown": 1,
                     *         "cancelled": 1,
                     *         "enqueued": 1,
                     *         "buffered": 1,
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "rejected": 1,
                     *         "promised": 1,
                     *         "missing": 1
                     *       },
                     *       "batches": {
                     *         "pending": 1,
                     *         "uploaded": 1,
                     *         "sending": 1,
                     *         "scheduled": 1,
                     *         "failed": 1,
                     *         "unknown": 1,
                     *         "cancelled": 1
                     *       },
                     *       "stalledSince": "stalled since",
                     *       "unclosedIntakes": 1,
                     *       "unclosedSources": [
                     *         "unclosed source"
                     *       ],
                     *       "extraSends": [
                     *         {
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "broadcastJobId": 1,
                     *           "startedAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ],
                     *       "wrongTotals": 1,
                     *       "evidence": {
                     *         "batches": 1,
                     *         "reported": 1,
                     *         "of": 1,
                     *         "settled": 1
                     *       },
                     *       "messages": {
                     *         "handedOver": 1,
                     *         "sent": 1,
                     *         "delivered": 1,
                     *         "read": 1,
                     *         "failed": 1,
                     *         "failedAfterDelivered": 1,
                     *         "unanswered": 1,
                     *         "inferred": 1,
                     *         "reasons": [
                     *           {
                     *             "code": 1,
                     *             "count": 1,
                     *             "afterDelivered": 1,
                     *             "meaning": "meaning",
                     *             "advice": "advice"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    pauseRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["PauseRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "handedOver": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "inFlight": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "held": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PauseRunResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["CancelRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "handedOver": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "inFlight": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "held": {
                     *         "batches": 1,
                     *         "recipients": 1
                     *       },
                     *       "jobs": [
                     *         {
                     *           "broadcastJobId": 1,
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "runId": "r7k2m0q9x",
                     *           "runName": "run name",
                     *           "startedAt": "2026-12-01T02:00:00.000Z",
                     *           "recipients": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CancelRunResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    retryRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["RetryRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "batches": 1,
                     *       "recipients": 1
                     *     }
                     */
                    "application/json": components["schemas"]["RetryRunResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    changeManyRuns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "action": "retry",
                 *       "filter": {
                 *         "state": "open",
                 *         "name": "Payment reminders",
                 *         "account": "default",
                 *         "campaign": "Weekly reminders",
                 *         "kind": "broadcast",
                 *         "since": "2026-12-01T02:00:00.000Z",
                 *         "until": "2026-12-01T02:00:00.000Z"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ChangeManyRunsRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "action": "retry",
                     *       "found": {
                     *         "runs": 1,
                     *         "recipients": 1,
                     *         "state": "b1946ac92492d234"
                     *       },
                     *       "done": {
                     *         "runs": 1,
                     *         "recipients": 1
                     *       },
                     *       "unchanged": 1,
                     *       "refused": [
                     *         {
                     *           "code": "131026",
                     *           "reason": "seen at Qiscus",
                     *           "runs": 1,
                     *           "runIds": [
                     *             "r7k2m0q9x"
                     *           ]
                     *         }
                     *       ],
                     *       "left": 1,
                     *       "tooLate": {
                     *         "handedOver": {
                     *           "batches": 1,
                     *           "recipients": 1
                     *         },
                     *         "inFlight": {
                     *           "batches": 1,
                     *           "recipients": 1
                     *         },
                     *         "startsLater": {
                     *           "batches": 1,
                     *           "recipients": 1
                     *         },
                     *         "jobs": [
                     *           {
                     *             "broadcastJobId": 1,
                     *             "batchId": "r7k2m0q9x-0001",
                     *             "runId": "r7k2m0q9x",
                     *             "runName": "run name",
                     *             "startedAt": "2026-12-01T02:00:00.000Z",
                     *             "recipients": 1
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ChangeManyRunsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRunApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "state": "b1946ac92492d234",
                     *       "waits": false,
                     *       "above": 1,
                     *       "people": 1,
                     *       "isWhole": false,
                     *       "startedBy": "ada",
                     *       "version": 1,
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "rows": [
                     *         [
                     *           "row"
                     *         ]
                     *       ],
                     *       "template": "payment_reminder:id",
                     *       "message": {
                     *         "text": "Pay your invoice INV-0001.",
                     *         "header": "header",
                     *         "body": "body",
                     *         "footer": "footer",
                     *         "buttons": [
                     *           {
                     *             "type": "type",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "url": "https://admin.example.com/invitation/4f1c",
                     *             "phoneNumber": "6281234567890"
                     *           }
                     *         ]
                     *       },
                     *       "cost": {
                     *         "category": "category",
                     *         "amounts": [
                     *           {
                     *             "amount": "amount",
                     *             "currency": "currency"
                     *           }
                     *         ],
                     *         "isWhole": false,
                     *         "unpriced": 1,
                     *         "unpricedCodes": [
                     *           "unpriced code"
                     *         ]
                     *       },
                     *       "run": {
                     *         "id": "r7k2m0q9x",
                     *         "key": "reminders-2026-12",
                     *         "name": "Payment reminders",
                     *         "account": "default",
                     *         "status": "open",
                     *         "outcome": "failed",
                     *         "held": {
                     *           "kind": "refused",
                     *           "reason": "seen at Qiscus",
                     *           "heldAt": "2026-12-01T02:00:00.000Z",
                     *           "until": "2026-12-01T02:00:00.000Z"
                     *         },
                     *         "approval": {
                     *           "above": 1,
                     *           "waits": false,
                     *           "startedBy": "ada",
                     *           "approvedBy": "bea",
                     *           "approvedAt": "2026-12-01T02:00:00.000Z"
                     *         },
                     *         "failure": "the template is paused",
                     *         "startAt": "2026-12-01T02:00:00.000Z",
                     *         "startsAt": "2026-12-01T02:00:00.000Z",
                     *         "lastStartsAt": "2026-12-01T02:00:00.000Z",
                     *         "timeZone": "Asia/Jakarta",
                     *         "delivery": {
                     *           "channelId": 1,
                     *           "pace": {
                     *             "recipients": 1,
                     *             "durationMs": 1
                     *           },
                     *           "window": {
                     *             "opensAt": 540,
                     *             "closesAt": 1020,
                     *             "days": [
                     *               1
                     *             ],
                     *             "timeZone": "Asia/Jakarta"
                     *           },
                     *           "dailyLimit": 10000,
                     *           "handOverAheadMs": 1,
                     *           "first": 1,
                     *           "tooLateAfterMs": 1,
                     *           "individual": {
                     *             "templateName": "payment_reminder",
                     *             "namespace": "4d1f8c5e_7a7b_4f0e",
                     *             "language": "id",
                     *             "force": false
                     *           }
                     *         },
                     *         "handOverAt": "2026-12-01T02:00:00.000Z",
                     *         "purgedAt": "2026-12-01T02:00:00.000Z",
                     *         "resendOf": "resend of",
                     *         "resends": [
                     *           "resend"
                     *         ],
                     *         "templateDetailId": 172,
                     *         "values": "reject",
                     *         "maxRejected": "max rejected",
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "afterMs": 1,
                     *           "times": 1
                     *         },
                     *         "retry": {
                     *           "turn": 1,
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "outcome": "sent_again",
                     *           "reason": "seen at Qiscus",
                     *           "runId": "r7k2m0q9x"
                     *         },
                     *         "doubtful": [
                     *           {
                     *             "column": "column",
                     *             "kind": "spreadsheet_error",
                     *             "count": 1,
                     *             "example": "example"
                     *           }
                     *         ],
                     *         "recipients": {
                     *           "pending": 1,
                     *           "uploaded": 1,
                     *           "sending": 1,
                     *           "scheduled": 1,
                     *           "failed": 1,
                     *           "unknown": 1,
                     *           "cancelled": 1,
                     *           "enqueued": 1,
                     *           "buffered": 1,
                     *           "duplicates": 1,
                     *           "suppressed": 1,
                     *           "rejected": 1,
                     *           "promised": 1,
                     *           "missing": 1
                     *         },
                     *         "batches": {
                     *           "pending": 1,
                     *           "uploaded": 1,
                     *           "sending": 1,
                     *           "scheduled": 1,
                     *           "failed": 1,
                     *           "unknown": 1,
                     *           "cancelled": 1
                     *         },
                     *         "stalledSince": "stalled since",
                     *         "unclosedIntakes": 1,
                     *         "unclosedSources": [
                     *           "unclosed source"
                     *         ],
                     *         "extraSends": [
                     *           {
                     *             "batchId": "r7k2m0q9x-0001",
                     *             "broadcastJobId": 1,
                     *             "startedAt": "2026-12-01T02:00:00.000Z"
                     *           }
                     *         ],
                     *         "wrongTotals": 1,
                     *         "evidence": {
                     *           "batches": 1,
                     *           "reported": 1,
                     *           "of": 1,
                     *           "settled": 1
                     *         },
                     *         "messages": {
                     *           "handedOver": 1,
                     *           "sent": 1,
                     *           "delivered": 1,
                     *           "read": 1,
                     *           "failed": 1,
                     *           "failedAfterDelivered": 1,
                     *           "unanswered": 1,
                     *           "inferred": 1,
                     *           "reasons": [
                     *             {
                     *               "code": 1,
                     *               "count": 1,
                     *               "afterDelivered": 1,
                     *               "meaning": "meaning",
                     *               "advice": "advice"
                     *             }
                     *           ]
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    approveRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["ApproveRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "people": 1,
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ApproveRunResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resendRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "failed": false
                 *     }
                 */
                "application/json": components["schemas"]["ResendRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "recipients": 1,
                     *       "leftOut": {
                     *         "phone_number": 1
                     *       },
                     *       "already": true
                     *     }
                     */
                    "application/json": components["schemas"]["ResendRunResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listTemplates: {
        parameters: {
            query?: {
                /**
                 * @description of this Qiscus account only
                 * @example default
                 */
                account?: string;
                /**
                 * @description of this WhatsApp channel only
                 * @example 1
                 */
                channelId?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "account": "default",
                     *         "templateDetailId": 172,
                     *         "name": "Payment reminders",
                     *         "language": "id",
                     *         "category": "category",
                     *         "approval": "approved",
                     *         "rejectionReason": "rejection reason",
                     *         "channelId": 1,
                     *         "namespace": "4d1f8c5e_7a7b_4f0e",
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "header": {
                     *           "type": "text",
                     *           "text": "Pay your invoice INV-0001.",
                     *           "defaultValue": "default value"
                     *         },
                     *         "body": "body",
                     *         "footer": "footer",
                     *         "buttons": [
                     *           {
                     *             "type": "type",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "url": "https://admin.example.com/invitation/4f1c",
                     *             "phoneNumber": "6281234567890"
                     *           }
                     *         ],
                     *         "source": "qiscus",
                     *         "toldAt": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Template"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    addTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "templateDetailId": 172,
                 *       "name": "payment_reminder",
                 *       "language": "id",
                 *       "body": "Pay your invoice {{1}}.",
                 *       "columns": [
                 *         "phone_number",
                 *         "body_variable1"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["AddTemplateRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": "default",
                     *       "templateDetailId": 172,
                     *       "name": "Payment reminders",
                     *       "language": "id",
                     *       "category": "category",
                     *       "approval": "approved",
                     *       "rejectionReason": "rejection reason",
                     *       "channelId": 1,
                     *       "namespace": "4d1f8c5e_7a7b_4f0e",
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "header": {
                     *         "type": "text",
                     *         "text": "Pay your invoice INV-0001.",
                     *         "defaultValue": "default value"
                     *       },
                     *       "body": "body",
                     *       "footer": "footer",
                     *       "buttons": [
                     *         {
                     *           "type": "type",
                     *           "text": "Pay your invoice INV-0001.",
                     *           "url": "https://admin.example.com/invitation/4f1c",
                     *           "phoneNumber": "6281234567890"
                     *         }
                     *       ],
                     *       "source": "qiscus",
                     *       "toldAt": "2026-12-01T02:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Template"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    refreshTemplates: {
        parameters: {
            query?: {
                /**
                 * @description of this Qiscus account only
                 * @example default
                 */
                account?: string;
                /**
                 * @description of this WhatsApp channel only
                 * @example 1
                 */
                channelId?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "templates": [
                     *         {
                     *           "account": "default",
                     *           "templateDetailId": 172,
                     *           "name": "Payment reminders",
                     *           "language": "id",
                     *           "category": "category",
                     *           "approval": "approved",
                     *           "rejectionReason": "rejection reason",
                     *           "channelId": 1,
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "columns": [
                     *             "column"
                     *           ],
                     *           "header": {
                     *             "type": "text",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "defaultValue": "default value"
                     *           },
                     *           "body": "body",
                     *           "footer": "footer",
                     *           "buttons": [
                     *             {
                     *               "type": "type",
                     *               "text": "Pay your invoice INV-0001.",
                     *               "url": "https://admin.example.com/invitation/4f1c",
                     *               "phoneNumber": "6281234567890"
                     *             }
                     *           ],
                     *           "source": "qiscus",
                     *           "toldAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ],
                     *       "faults": [
                     *         "fault"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RefreshTemplatesResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    previewTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "template": "payment_reminder:id",
                 *       "row": {
                 *         "phone_number": "6281234567890"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PreviewTemplateRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "text": "Pay your invoice INV-0001.",
                     *       "header": "header",
                     *       "body": "body",
                     *       "footer": "footer",
                     *       "buttons": [
                     *         {
                     *           "type": "type",
                     *           "text": "Pay your invoice INV-0001.",
                     *           "url": "https://admin.example.com/invitation/4f1c",
                     *           "phoneNumber": "6281234567890"
                     *         }
                     *       ],
                     *       "phoneNumber": "6281234567890",
                     *       "template": "payment_reminder:id"
                     *     }
                     */
                    "application/json": components["schemas"]["Preview"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testSendTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "template": "payment_reminder:id",
                 *       "phoneNumbers": [
                 *         "6281234567890"
                 *       ],
                 *       "variables": [
                 *         "INV-0001"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TestSendTemplateRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "phoneNumbers": [
                     *         "6281234567890"
                     *       ],
                     *       "status": "open",
                     *       "outcome": "failed",
                     *       "message": {
                     *         "text": "Pay your invoice INV-0001.",
                     *         "header": "header",
                     *         "body": "body",
                     *         "footer": "footer",
                     *         "buttons": [
                     *           {
                     *             "type": "type",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "url": "https://admin.example.com/invitation/4f1c",
                     *             "phoneNumber": "6281234567890"
                     *           }
                     *         ],
                     *         "phoneNumber": "6281234567890",
                     *         "template": "payment_reminder:id"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TestSendTemplateResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    previewRun: {
        parameters: {
            query?: {
                /** @example 1 */
                row?: number;
            };
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "row": 1,
                     *       "rows": 1,
                     *       "message": {
                     *         "text": "Pay your invoice INV-0001.",
                     *         "header": "header",
                     *         "body": "body",
                     *         "footer": "footer",
                     *         "buttons": [
                     *           {
                     *             "type": "type",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "url": "https://admin.example.com/invitation/4f1c",
                     *             "phoneNumber": "6281234567890"
                     *           }
                     *         ],
                     *         "phoneNumber": "6281234567890",
                     *         "template": "payment_reminder:id"
                     *       },
                     *       "isKnown": false
                     *     }
                     */
                    "application/json": components["schemas"]["RunPreview"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testSendRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "row": 3
                 *     }
                 */
                "application/json": components["schemas"]["TestSendRunRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "phoneNumbers": [
                     *         "6281234567890"
                     *       ],
                     *       "status": "open",
                     *       "outcome": "failed",
                     *       "message": {
                     *         "text": "Pay your invoice INV-0001.",
                     *         "header": "header",
                     *         "body": "body",
                     *         "footer": "footer",
                     *         "buttons": [
                     *           {
                     *             "type": "type",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "url": "https://admin.example.com/invitation/4f1c",
                     *             "phoneNumber": "6281234567890"
                     *           }
                     *         ],
                     *         "phoneNumber": "6281234567890",
                     *         "template": "payment_reminder:id"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TestSendRunResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listDrafts: {
        parameters: {
            query?: {
                /**
                 * @description at most so many
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `next` of the page before
                 * @example r7k2m0q9x
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "r7k2m0q9x",
                     *           "name": "Payment reminders",
                     *           "createdBy": "created by",
                     *           "createdAt": "2026-12-01T02:00:00.000Z",
                     *           "updatedAt": "2026-12-01T02:00:00.000Z",
                     *           "version": 1,
                     *           "state": "open",
                     *           "source": {
                     *             "kind": "file",
                     *             "uploadId": "7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f",
                     *             "fileName": "file name",
                     *             "bytes": 1,
                     *             "receivedBytes": 1,
                     *             "isComplete": false,
                     *             "columns": [
                     *               "column"
                     *             ]
                     *           },
                     *           "template": {
                     *             "account": "default",
                     *             "channelId": 1,
                     *             "templateDetailId": 172,
                     *             "name": "Payment reminders",
                     *             "language": "id",
                     *             "columns": [
                     *               "column"
                     *             ],
                     *             "optionalColumns": [
                     *               "optional column"
                     *             ]
                     *           },
                     *           "mapping": {
                     *             "phone_number": "6281234567890"
                     *           },
                     *           "settings": {
                     *             "values": "reject",
                     *             "maxRejected": 1,
                     *             "retryAfterFailure": {
                     *               "codes": [
                     *                 1
                     *               ],
                     *               "after": "24h",
                     *               "times": 1
                     *             },
                     *             "delivery": "bulk",
                     *             "channelId": 1,
                     *             "pace": "10000/1h",
                     *             "window": "09:00-17:00",
                     *             "windowDays": "1-5",
                     *             "timeZone": "Asia/Jakarta",
                     *             "dailyLimit": 10000,
                     *             "handOver": "hand over",
                     *             "first": 1,
                     *             "tooLateAfter": "too late after",
                     *             "force": false,
                     *             "catchUp": "skip",
                     *             "startAt": "2026-12-01T02:00:00.000Z"
                     *           },
                     *           "check": {
                     *             "checkedAt": "2026-12-01T02:00:00.000Z",
                     *             "rows": 1,
                     *             "people": 1,
                     *             "rejected": [
                     *               {
                     *                 "reason": "seen at Qiscus",
                     *                 "count": 1,
                     *                 "rows": []
                     *               }
                     *             ],
                     *             "doubtful": [
                     *               {
                     *                 "reason": "seen at Qiscus",
                     *                 "count": 1,
                     *                 "rows": []
                     *               }
                     *             ],
                     *             "duplicates": 1,
                     *             "suppressed": 1,
                     *             "longestRow": 1
                     *           },
                     *           "checking": {
                     *             "rows": 1,
                     *             "bytes": 1
                     *           },
                     *           "checkFault": "check fault",
                     *           "runId": "r7k2m0q9x",
                     *           "confirmedBy": "confirmed by",
                     *           "failure": "the template is paused"
                     *         }
                     *       ],
                     *       "next": "r7k2m0q9w"
                     *     }
                     */
                    "application/json": components["schemas"]["ListDraftsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createDraft: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Payment reminders"
                 *     }
                 */
                "application/json": components["schemas"]["CreateDraftRequest"];
            };
        };
        responses: {
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "name": "Payment reminders",
                     *       "createdBy": "created by",
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "updatedAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "state": "open",
                     *       "source": {
                     *         "kind": "file",
                     *         "uploadId": "7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f",
                     *         "fileName": "file name",
                     *         "bytes": 1,
                     *         "receivedBytes": 1,
                     *         "isComplete": false,
                     *         "columns": [
                     *           "column"
                     *         ]
                     *       },
                     *       "template": {
                     *         "account": "default",
                     *         "channelId": 1,
                     *         "templateDetailId": 172,
                     *         "name": "Payment reminders",
                     *         "language": "id",
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "optionalColumns": [
                     *           "optional column"
                     *         ]
                     *       },
                     *       "mapping": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "settings": {
                     *         "values": "reject",
                     *         "maxRejected": 1,
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "after": "24h",
                     *           "times": 1
                     *         },
                     *         "delivery": "bulk",
                     *         "channelId": 1,
                     *         "pace": "10000/1h",
                     *         "window": "09:00-17:00",
                     *         "windowDays": "1-5",
                     *         "timeZone": "Asia/Jakarta",
                     *         "dailyLimit": 10000,
                     *         "handOver": "hand over",
                     *         "first": 1,
                     *         "tooLateAfter": "too late after",
                     *         "force": false,
                     *         "catchUp": "skip",
                     *         "startAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "check": {
                     *         "checkedAt": "2026-12-01T02:00:00.000Z",
                     *         "rows": 1,
                     *         "people": 1,
                     *         "rejected": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "doubtful": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "longestRow": 1
                     *       },
                     *       "checking": {
                     *         "rows": 1,
                     *         "bytes": 1
                     *       },
                     *       "checkFault": "check fault",
                     *       "runId": "r7k2m0q9x",
                     *       "confirmedBy": "confirmed by",
                     *       "failure": "the template is paused"
                     *     }
                     */
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "name": "Payment reminders",
                     *       "createdBy": "created by",
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "updatedAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "state": "open",
                     *       "source": {
                     *         "kind": "file",
                     *         "uploadId": "7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f",
                     *         "fileName": "file name",
                     *         "bytes": 1,
                     *         "receivedBytes": 1,
                     *         "isComplete": false,
                     *         "columns": [
                     *           "column"
                     *         ]
                     *       },
                     *       "template": {
                     *         "account": "default",
                     *         "channelId": 1,
                     *         "templateDetailId": 172,
                     *         "name": "Payment reminders",
                     *         "language": "id",
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "optionalColumns": [
                     *           "optional column"
                     *         ]
                     *       },
                     *       "mapping": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "settings": {
                     *         "values": "reject",
                     *         "maxRejected": 1,
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "after": "24h",
                     *           "times": 1
                     *         },
                     *         "delivery": "bulk",
                     *         "channelId": 1,
                     *         "pace": "10000/1h",
                     *         "window": "09:00-17:00",
                     *         "windowDays": "1-5",
                     *         "timeZone": "Asia/Jakarta",
                     *         "dailyLimit": 10000,
                     *         "handOver": "hand over",
                     *         "first": 1,
                     *         "tooLateAfter": "too late after",
                     *         "force": false,
                     *         "catchUp": "skip",
                     *         "startAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "check": {
                     *         "checkedAt": "2026-12-01T02:00:00.000Z",
                     *         "rows": 1,
                     *         "people": 1,
                     *         "rejected": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "doubtful": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "longestRow": 1
                     *       },
                     *       "checking": {
                     *         "rows": 1,
                     *         "bytes": 1
                     *       },
                     *       "checkFault": "check fault",
                     *       "runId": "r7k2m0q9x",
                     *       "confirmedBy": "confirmed by",
                     *       "failure": "the template is paused"
                     *     }
                     */
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    discardDraft: {
        parameters: {
            query?: {
                /**
                 * @description the `version` that you saw: if it is another one by now, nothing is done, and the answer is 409
                 * @example 1
                 */
                version?: number;
            };
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "discarded": "discarded"
                     *     }
                     */
                    "application/json": components["schemas"]["DiscardDraftResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    changeDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["ChangeDraftRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "name": "Payment reminders",
                     *       "createdBy": "created by",
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "updatedAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "state": "open",
                     *       "source": {
                     *         "kind": "file",
                     *         "uploadId": "7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f",
                     *         "fileName": "file name",
                     *         "bytes": 1,
                     *         "receivedBytes": 1,
                     *         "isComplete": false,
                     *         "columns": [
                     *           "column"
                     *         ]
                     *       },
                     *       "template": {
                     *         "account": "default",
                     *         "channelId": 1,
                     *         "templateDetailId": 172,
                     *         "name": "Payment reminders",
                     *         "language": "id",
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "optionalColumns": [
                     *           "optional column"
                     *         ]
                     *       },
                     *       "mapping": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "settings": {
                     *         "values": "reject",
                     *         "maxRejected": 1,
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "after": "24h",
                     *           "times": 1
                     *         },
                     *         "delivery": "bulk",
                     *         "channelId": 1,
                     *         "pace": "10000/1h",
                     *         "window": "09:00-17:00",
                     *         "windowDays": "1-5",
                     *         "timeZone": "Asia/Jakarta",
                     *         "dailyLimit": 10000,
                     *         "handOver": "hand over",
                     *         "first": 1,
                     *         "tooLateAfter": "too late after",
                     *         "force": false,
                     *         "catchUp": "skip",
                     *         "startAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "check": {
                     *         "checkedAt": "2026-12-01T02:00:00.000Z",
                     *         "rows": 1,
                     *         "people": 1,
                     *         "rejected": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "doubtful": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "longestRow": 1
                     *       },
                     *       "checking": {
                     *         "rows": 1,
                     *         "bytes": 1
                     *       },
                     *       "checkFault": "check fault",
                     *       "runId": "r7k2m0q9x",
                     *       "confirmedBy": "confirmed by",
                     *       "failure": "the template is paused"
                     *     }
                     */
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    checkDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["CheckDraftRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "name": "Payment reminders",
                     *       "createdBy": "created by",
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "updatedAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "state": "open",
                     *       "source": {
                     *         "kind": "file",
                     *         "uploadId": "7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f",
                     *         "fileName": "file name",
                     *         "bytes": 1,
                     *         "receivedBytes": 1,
                     *         "isComplete": false,
                     *         "columns": [
                     *           "column"
                     *         ]
                     *       },
                     *       "template": {
                     *         "account": "default",
                     *         "channelId": 1,
                     *         "templateDetailId": 172,
                     *         "name": "Payment reminders",
                     *         "language": "id",
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "optionalColumns": [
                     *           "optional column"
                     *         ]
                     *       },
                     *       "mapping": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "settings": {
                     *         "values": "reject",
                     *         "maxRejected": 1,
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "after": "24h",
                     *           "times": 1
                     *         },
                     *         "delivery": "bulk",
                     *         "channelId": 1,
                     *         "pace": "10000/1h",
                     *         "window": "09:00-17:00",
                     *         "windowDays": "1-5",
                     *         "timeZone": "Asia/Jakarta",
                     *         "dailyLimit": 10000,
                     *         "handOver": "hand over",
                     *         "first": 1,
                     *         "tooLateAfter": "too late after",
                     *         "force": false,
                     *         "catchUp": "skip",
                     *         "startAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "check": {
                     *         "checkedAt": "2026-12-01T02:00:00.000Z",
                     *         "rows": 1,
                     *         "people": 1,
                     *         "rejected": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "doubtful": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "longestRow": 1
                     *       },
                     *       "checking": {
                     *         "rows": 1,
                     *         "bytes": 1
                     *       },
                     *       "checkFault": "check fault",
                     *       "runId": "r7k2m0q9x",
                     *       "confirmedBy": "confirmed by",
                     *       "failure": "the template is paused"
                     *     }
                     */
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    previewDraft: {
        parameters: {
            query?: {
                /** @example 1 */
                row?: number | ("longest" | "doubtful" | "rejected");
            };
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "row": 1,
                     *       "message": {
                     *         "text": "Pay your invoice INV-0001.",
                     *         "header": "header",
                     *         "body": "body",
                     *         "footer": "footer",
                     *         "buttons": [
                     *           {
                     *             "type": "type",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "url": "https://admin.example.com/invitation/4f1c",
                     *             "phoneNumber": "6281234567890"
                     *           }
                     *         ],
                     *         "phoneNumber": "6281234567890",
                     *         "template": "payment_reminder:id"
                     *       },
                     *       "leftOut": "left out",
                     *       "doubts": [
                     *         "doubt"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PreviewDraftResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testSendDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "row": 1
                 *     }
                 */
                "application/json": components["schemas"]["TestSendDraftRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "phoneNumbers": [
                     *         "6281234567890"
                     *       ],
                     *       "status": "open",
                     *       "outcome": "failed",
                     *       "message": {
                     *         "text": "Pay your invoice INV-0001.",
                     *         "header": "header",
                     *         "body": "body",
                     *         "footer": "footer",
                     *         "buttons": [
                     *           {
                     *             "type": "type",
                     *             "text": "Pay your invoice INV-0001.",
                     *             "url": "https://admin.example.com/invitation/4f1c",
                     *             "phoneNumber": "6281234567890"
                     *           }
                     *         ],
                     *         "phoneNumber": "6281234567890",
                     *         "template": "payment_reminder:id"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TestSendDraftResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    planDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "version": 1,
                     *       "people": 1,
                     *       "batches": 1,
                     *       "firstStartAt": "2026-12-01T02:00:00.000Z",
                     *       "lastStartAt": "2026-12-01T02:00:00.000Z",
                     *       "timeZone": "Asia/Jakarta",
                     *       "limitShare": 1,
                     *       "tooLate": 1,
                     *       "leftOut": 1,
                     *       "cost": {
                     *         "category": "category",
                     *         "amounts": [
                     *           {
                     *             "amount": "amount",
                     *             "currency": "currency"
                     *           }
                     *         ],
                     *         "isWhole": false,
                     *         "unpriced": 1,
                     *         "unpricedCodes": [
                     *           "unpriced code"
                     *         ]
                     *       },
                     *       "costText": "cost text",
                     *       "approval": false,
                     *       "sentence": "sentence",
                     *       "confirmAbove": 1,
                     *       "faults": [
                     *         "fault"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PlanDraftResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    confirmDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["ConfirmDraftRequest"];
            };
        };
        responses: {
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x"
                     *     }
                     */
                    "application/json": components["schemas"]["ConfirmDraftResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    uploadDraftPart: {
        parameters: {
            query: {
                /**
                 * @description as `source` of the draft has it
                 * @example 7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f
                 */
                uploadId: string;
                /**
                 * @description for a file whose length was not told
                 * @example true
                 */
                isLast?: "true" | "false";
            };
            header: {
                /**
                 * @description at which byte of the file the body begins
                 * @example 0
                 */
                "Upload-Offset": string;
                /**
                 * @description up to 300 bytes that stand before the body in the file, as base64: if the file does not end with them, it is another one, and the answer is 400
                 * @example cGhvbmVfbnVtYmVyCg==
                 */
                "Upload-Before"?: string;
            };
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example phone_number
                 *     6281234567890
                 */
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "name": "Payment reminders",
                     *       "createdBy": "created by",
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "updatedAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "state": "open",
                     *       "source": {
                     *         "kind": "file",
                     *         "uploadId": "7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f",
                     *         "fileName": "file name",
                     *         "bytes": 1,
                     *         "receivedBytes": 1,
                     *         "isComplete": false,
                     *         "columns": [
                     *           "column"
                     *         ]
                     *       },
                     *       "template": {
                     *         "account": "default",
                     *         "channelId": 1,
                     *         "templateDetailId": 172,
                     *         "name": "Payment reminders",
                     *         "language": "id",
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "optionalColumns": [
                     *           "optional column"
                     *         ]
                     *       },
                     *       "mapping": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "settings": {
                     *         "values": "reject",
                     *         "maxRejected": 1,
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "after": "24h",
                     *           "times": 1
                     *         },
                     *         "delivery": "bulk",
                     *         "channelId": 1,
                     *         "pace": "10000/1h",
                     *         "window": "09:00-17:00",
                     *         "windowDays": "1-5",
                     *         "timeZone": "Asia/Jakarta",
                     *         "dailyLimit": 10000,
                     *         "handOver": "hand over",
                     *         "first": 1,
                     *         "tooLateAfter": "too late after",
                     *         "force": false,
                     *         "catchUp": "skip",
                     *         "startAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "check": {
                     *         "checkedAt": "2026-12-01T02:00:00.000Z",
                     *         "rows": 1,
                     *         "people": 1,
                     *         "rejected": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "doubtful": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "longestRow": 1
                     *       },
                     *       "checking": {
                     *         "rows": 1,
                     *         "bytes": 1
                     *       },
                     *       "checkFault": "check fault",
                     *       "runId": "r7k2m0q9x",
                     *       "confirmedBy": "confirmed by",
                     *       "failure": "the template is paused"
                     *     }
                     */
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    beginDraftUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1,
                 *       "fileName": "file name"
                 *     }
                 */
                "application/json": components["schemas"]["BeginDraftUploadRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "name": "Payment reminders",
                     *       "createdBy": "created by",
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "updatedAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "state": "open",
                     *       "source": {
                     *         "kind": "file",
                     *         "uploadId": "7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f",
                     *         "fileName": "file name",
                     *         "bytes": 1,
                     *         "receivedBytes": 1,
                     *         "isComplete": false,
                     *         "columns": [
                     *           "column"
                     *         ]
                     *       },
                     *       "template": {
                     *         "account": "default",
                     *         "channelId": 1,
                     *         "templateDetailId": 172,
                     *         "name": "Payment reminders",
                     *         "language": "id",
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "optionalColumns": [
                     *           "optional column"
                     *         ]
                     *       },
                     *       "mapping": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "settings": {
                     *         "values": "reject",
                     *         "maxRejected": 1,
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "after": "24h",
                     *           "times": 1
                     *         },
                     *         "delivery": "bulk",
                     *         "channelId": 1,
                     *         "pace": "10000/1h",
                     *         "window": "09:00-17:00",
                     *         "windowDays": "1-5",
                     *         "timeZone": "Asia/Jakarta",
                     *         "dailyLimit": 10000,
                     *         "handOver": "hand over",
                     *         "first": 1,
                     *         "tooLateAfter": "too late after",
                     *         "force": false,
                     *         "catchUp": "skip",
                     *         "startAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "check": {
                     *         "checkedAt": "2026-12-01T02:00:00.000Z",
                     *         "rows": 1,
                     *         "people": 1,
                     *         "rejected": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "doubtful": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "longestRow": 1
                     *       },
                     *       "checking": {
                     *         "rows": 1,
                     *         "bytes": 1
                     *       },
                     *       "checkFault": "check fault",
                     *       "runId": "r7k2m0q9x",
                     *       "confirmedBy": "confirmed by",
                     *       "failure": "the template is paused"
                     *     }
                     */
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    exportRejectedRows: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows, for spreadsheets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example phone_number,status
                     *     6281234567890,read
                     */
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    exportDoubtfulRows: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e */
                draftId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows, for spreadsheets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example phone_number,status
                     *     6281234567890,read
                     */
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    closeRunSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "source": "crm"
                 *     }
                 */
                "application/json": components["schemas"]["CloseRunSourceRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "source": "crm",
                     *       "rows": 1
                     *     }
                     */
                    "application/json": components["schemas"]["CloseRunSourceResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x-0001 */
                batchId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "number": 1,
                     *       "status": "pending",
                     *       "recipients": 1,
                     *       "startedAt": "2026-12-01T02:00:00.000Z",
                     *       "movedBy": "pace",
                     *       "broadcastFileId": 1,
                     *       "broadcastJobId": 1,
                     *       "attempts": 1,
                     *       "error": "Qiscus answered 400: template is paused",
                     *       "evidence": {
                     *         "reported": 1,
                     *         "of": 1,
                     *         "settledBy": "evidence"
                     *       },
                     *       "state": "b1946ac92492d234",
                     *       "history": [
                     *         {
                     *           "number": 1,
                     *           "kind": "send",
                     *           "by": "ada",
                     *           "broadcastName": "[r7k2m0q9x-0001.1] Payment reminders",
                     *           "startedAt": "2026-12-01T02:00:00.000Z",
                     *           "intendedAt": "2026-12-01T02:00:00.000Z",
                     *           "answeredAt": "2026-12-01T02:00:00.000Z",
                     *           "outcome": "outcome",
                     *           "httpStatus": 1,
                     *           "broadcastJobId": 1,
                     *           "error": "Qiscus answered 400: template is paused",
                     *           "reason": "seen at Qiscus",
                     *           "extra": false,
                     *           "evidence": {
                     *             "reported": 1,
                     *             "of": 1
                     *           },
                     *           "despiteEvidence": false
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GetBatchResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    retryBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x-0001 */
                batchId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["RetryBatchRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "batches": 1,
                     *       "recipients": 1
                     *     }
                     */
                    "application/json": components["schemas"]["RetryBatchResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resolveBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x-0001 */
                batchId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sent": 1
                 *     }
                 */
                "application/json": components["schemas"]["ResolveBatchRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "batchId": "r7k2m0q9x-0001",
                     *       "status": "pending"
                     *     }
                     */
                    "application/json": components["schemas"]["ResolveBatchResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listCampaigns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "name": "Payment reminders",
                     *         "account": "default",
                     *         "status": "active",
                     *         "pausedReason": "paused reason",
                     *         "templateDetailId": 172,
                     *         "columns": [
                     *           "column"
                     *         ],
                     *         "map": {
                     *           "phone_number": "6281234567890"
                     *         },
                     *         "ignoreColumns": [
                     *           "ignore column"
                     *         ],
                     *         "separator": ",",
                     *         "values": "reject",
                     *         "maxRejected": "max rejected",
                     *         "retryAfterFailure": {
                     *           "codes": [
                     *             1
                     *           ],
                     *           "afterMs": 1,
                     *           "times": 1
                     *         },
                     *         "audience": "named:customers",
                     *         "schedule": "0 9 * * mon",
                     *         "timeZone": "Asia/Jakarta",
                     *         "skipDates": [
                     *           "skip date"
                     *         ],
                     *         "calendar": "calendar",
                     *         "calendarWarning": "calendar warning",
                     *         "prepareAheadMs": 1,
                     *         "catchUp": "skip",
                     *         "approvalAbove": 1,
                     *         "approveOnce": false,
                     *         "delivery": {
                     *           "channelId": 1,
                     *           "pace": {
                     *             "recipients": 1,
                     *             "durationMs": 1
                     *           },
                     *           "window": {
                     *             "opensAt": 540,
                     *             "closesAt": 1020,
                     *             "days": [
                     *               1
                     *             ],
                     *             "timeZone": "Asia/Jakarta"
                     *           },
                     *           "dailyLimit": 10000,
                     *           "handOverAheadMs": 1,
                     *           "first": 1,
                     *           "tooLateAfterMs": 1,
                     *           "individual": {
                     *             "templateName": "payment_reminder",
                     *             "namespace": "4d1f8c5e_7a7b_4f0e",
                     *             "language": "id",
                     *             "force": false
                     *           }
                     *         },
                     *         "createdAt": "2026-12-01T02:00:00.000Z",
                     *         "version": 1,
                     *         "changedAt": "2026-12-01T02:00:00.000Z",
                     *         "changedBy": "changed by",
                     *         "nextAt": "2026-12-01T02:00:00.000Z",
                     *         "firesNext": [
                     *           "2026-12-01T02:00:00.000Z"
                     *         ],
                     *         "skipsNext": [
                     *           {
                     *             "at": "2026-12-01T02:00:00.000Z",
                     *             "reason": "seen at Qiscus"
                     *           }
                     *         ],
                     *         "failing": {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "reason": "seen at Qiscus"
                     *         },
                     *         "firings": [
                     *           {
                     *             "at": "2026-12-01T02:00:00.000Z",
                     *             "status": "preparing",
                     *             "runId": "r7k2m0q9x",
                     *             "reason": "seen at Qiscus",
                     *             "version": 1,
                     *             "replacedRuns": [
                     *               "replaced run"
                     *             ]
                     *           }
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Campaign"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    addCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Weekly reminders",
                 *       "templateDetailId": 172,
                 *       "columns": [
                 *         "phone_number",
                 *         "body_variable1"
                 *       ],
                 *       "audience": "named:customers",
                 *       "schedule": "0 9 * * mon",
                 *       "timeZone": "Asia/Jakarta"
                 *     }
                 */
                "application/json": components["schemas"]["AddCampaignRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "active",
                     *       "pausedReason": "paused reason",
                     *       "templateDetailId": 172,
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "map": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "ignoreColumns": [
                     *         "ignore column"
                     *       ],
                     *       "separator": ",",
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "audience": "named:customers",
                     *       "schedule": "0 9 * * mon",
                     *       "timeZone": "Asia/Jakarta",
                     *       "skipDates": [
                     *         "skip date"
                     *       ],
                     *       "calendar": "calendar",
                     *       "calendarWarning": "calendar warning",
                     *       "prepareAheadMs": 1,
                     *       "catchUp": "skip",
                     *       "approvalAbove": 1,
                     *       "approveOnce": false,
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "changedAt": "2026-12-01T02:00:00.000Z",
                     *       "changedBy": "changed by",
                     *       "nextAt": "2026-12-01T02:00:00.000Z",
                     *       "firesNext": [
                     *         "2026-12-01T02:00:00.000Z"
                     *       ],
                     *       "skipsNext": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ],
                     *       "failing": {
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "reason": "seen at Qiscus"
                     *       },
                     *       "firings": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "status": "preparing",
                     *           "runId": "r7k2m0q9x",
                     *           "reason": "seen at Qiscus",
                     *           "version": 1,
                     *           "replacedRuns": [
                     *             "replaced run"
                     *           ]
                     *         }
                     *       ],
                     *       "existed": false
                     *     }
                     */
                    "application/json": components["schemas"]["AddCampaignResponse"];
                };
            };
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "active",
                     *       "pausedReason": "paused reason",
                     *       "templateDetailId": 172,
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "map": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "ignoreColumns": [
                     *         "ignore column"
                     *       ],
                     *       "separator": ",",
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "audience": "named:customers",
                     *       "schedule": "0 9 * * mon",
                     *       "timeZone": "Asia/Jakarta",
                     *       "skipDates": [
                     *         "skip date"
                     *       ],
                     *       "calendar": "calendar",
                     *       "calendarWarning": "calendar warning",
                     *       "prepareAheadMs": 1,
                     *       "catchUp": "skip",
                     *       "approvalAbove": 1,
                     *       "approveOnce": false,
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "changedAt": "2026-12-01T02:00:00.000Z",
                     *       "changedBy": "changed by",
                     *       "nextAt": "2026-12-01T02:00:00.000Z",
                     *       "firesNext": [
                     *         "2026-12-01T02:00:00.000Z"
                     *       ],
                     *       "skipsNext": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ],
                     *       "failing": {
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "reason": "seen at Qiscus"
                     *       },
                     *       "firings": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "status": "preparing",
                     *           "runId": "r7k2m0q9x",
                     *           "reason": "seen at Qiscus",
                     *           "version": 1,
                     *           "replacedRuns": [
                     *             "replaced run"
                     *           ]
                     *         }
                     *       ],
                     *       "existed": false
                     *     }
                     */
                    "application/json": components["schemas"]["AddCampaignResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "active",
                     *       "pausedReason": "paused reason",
                     *       "templateDetailId": 172,
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "map": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "ignoreColumns": [
                     *         "ignore column"
                     *       ],
                     *       "separator": ",",
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "audience": "named:customers",
                     *       "schedule": "0 9 * * mon",
                     *       "timeZone": "Asia/Jakarta",
                     *       "skipDates": [
                     *         "skip date"
                     *       ],
                     *       "calendar": "calendar",
                     *       "calendarWarning": "calendar warning",
                     *       "prepareAheadMs": 1,
                     *       "catchUp": "skip",
                     *       "approvalAbove": 1,
                     *       "approveOnce": false,
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "changedAt": "2026-12-01T02:00:00.000Z",
                     *       "changedBy": "changed by",
                     *       "nextAt": "2026-12-01T02:00:00.000Z",
                     *       "firesNext": [
                     *         "2026-12-01T02:00:00.000Z"
                     *       ],
                     *       "skipsNext": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ],
                     *       "failing": {
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "reason": "seen at Qiscus"
                     *       },
                     *       "firings": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "status": "preparing",
                     *           "runId": "r7k2m0q9x",
                     *           "reason": "seen at Qiscus",
                     *           "version": 1,
                     *           "replacedRuns": [
                     *             "replaced run"
                     *           ]
                     *         }
                     *       ],
                     *       "state": "b1946ac92492d234"
                     *     }
                     */
                    "application/json": components["schemas"]["GetCampaignResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    removeCampaign: {
        parameters: {
            query?: {
                /** @example true */
                cancelRuns?: "true" | "false";
                /**
                 * @description the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409
                 * @example b1946ac92492d234
                 */
                ifState?: string;
            };
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "removed": true,
                     *       "runs": [
                     *         {
                     *           "runId": "r7k2m0q9x",
                     *           "recipients": 1,
                     *           "startsAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ],
                     *       "jobs": [
                     *         {
                     *           "broadcastJobId": 1,
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "runId": "r7k2m0q9x",
                     *           "runName": "run name",
                     *           "startedAt": "2026-12-01T02:00:00.000Z",
                     *           "recipients": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RemoveCampaignResponse"];
                };
            };
            /** @description It is done, and there is nothing to tell. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    editCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 3,
                 *       "templateDetailId": 173,
                 *       "pace": null
                 *     }
                 */
                "application/json": components["schemas"]["EditCampaignRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "active",
                     *       "pausedReason": "paused reason",
                     *       "templateDetailId": 172,
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "map": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "ignoreColumns": [
                     *         "ignore column"
                     *       ],
                     *       "separator": ",",
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "audience": "named:customers",
                     *       "schedule": "0 9 * * mon",
                     *       "timeZone": "Asia/Jakarta",
                     *       "skipDates": [
                     *         "skip date"
                     *       ],
                     *       "calendar": "calendar",
                     *       "calendarWarning": "calendar warning",
                     *       "prepareAheadMs": 1,
                     *       "catchUp": "skip",
                     *       "approvalAbove": 1,
                     *       "approveOnce": false,
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "changedAt": "2026-12-01T02:00:00.000Z",
                     *       "changedBy": "changed by",
                     *       "nextAt": "2026-12-01T02:00:00.000Z",
                     *       "firesNext": [
                     *         "2026-12-01T02:00:00.000Z"
                     *       ],
                     *       "skipsNext": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ],
                     *       "failing": {
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "reason": "seen at Qiscus"
                     *       },
                     *       "firings": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "status": "preparing",
                     *           "runId": "r7k2m0q9x",
                     *           "reason": "seen at Qiscus",
                     *           "version": 1,
                     *           "replacedRuns": [
                     *             "replaced run"
                     *           ]
                     *         }
                     *       ],
                     *       "changes": [
                     *         "change"
                     *       ],
                     *       "redone": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "replacedRunId": "replaced run id",
                     *           "runId": "r7k2m0q9x"
                     *         }
                     *       ],
                     *       "runs": [
                     *         {
                     *           "runId": "r7k2m0q9x",
                     *           "recipients": 1,
                     *           "startsAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ],
                     *       "jobs": [
                     *         {
                     *           "broadcastJobId": 1,
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "runId": "r7k2m0q9x",
                     *           "runName": "run name",
                     *           "startedAt": "2026-12-01T02:00:00.000Z",
                     *           "recipients": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["EditCampaignResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listCampaignVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "version": 1,
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "by": "ada",
                     *         "changes": [
                     *           "change"
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["CampaignVersion"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getCampaignResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "handedOver": 1,
                     *       "sent": 1,
                     *       "delivered": 1,
                     *       "read": 1,
                     *       "failed": 1,
                     *       "failedAfterDelivered": 1,
                     *       "unanswered": 1,
                     *       "inferred": 1,
                     *       "reasons": [
                     *         {
                     *           "code": 1,
                     *           "count": 1,
                     *           "afterDelivered": 1,
                     *           "meaning": "meaning",
                     *           "advice": "advice"
                     *         }
                     *       ],
                     *       "name": "Payment reminders",
                     *       "hours": [
                     *         {
                     *           "hour": "2026-12-01T02:00:00.000Z",
                     *           "sent": 1,
                     *           "delivered": 1,
                     *           "read": 1,
                     *           "failed": 1
                     *         }
                     *       ],
                     *       "firings": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "runId": "r7k2m0q9x",
                     *           "handedOver": 1,
                     *           "sent": 1,
                     *           "delivered": 1,
                     *           "read": 1,
                     *           "failed": 1,
                     *           "failedAfterDelivered": 1,
                     *           "unanswered": 1,
                     *           "inferred": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CampaignResults"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    forecastCampaign: {
        parameters: {
            query?: {
                /** @example 5 */
                count?: number;
            };
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "files": 1,
                     *         "firstStartAt": "2026-12-01T02:00:00.000Z",
                     *         "lastStartAt": "2026-12-01T02:00:00.000Z",
                     *         "limit": "pace",
                     *         "tooLate": 1,
                     *         "at": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ForecastCampaignResponseItem"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    fireCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "asOf": "2026-12-01T02:00:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["FireCampaignRequest"];
            };
        };
        responses: {
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x"
                     *     }
                     */
                    "application/json": components["schemas"]["FireCampaignResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    pauseCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["PauseCampaignRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "active",
                     *       "pausedReason": "paused reason",
                     *       "templateDetailId": 172,
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "map": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "ignoreColumns": [
                     *         "ignore column"
                     *       ],
                     *       "separator": ",",
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "audience": "named:customers",
                     *       "schedule": "0 9 * * mon",
                     *       "timeZone": "Asia/Jakarta",
                     *       "skipDates": [
                     *         "skip date"
                     *       ],
                     *       "calendar": "calendar",
                     *       "calendarWarning": "calendar warning",
                     *       "prepareAheadMs": 1,
                     *       "catchUp": "skip",
                     *       "approvalAbove": 1,
                     *       "approveOnce": false,
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "changedAt": "2026-12-01T02:00:00.000Z",
                     *       "changedBy": "changed by",
                     *       "nextAt": "2026-12-01T02:00:00.000Z",
                     *       "firesNext": [
                     *         "2026-12-01T02:00:00.000Z"
                     *       ],
                     *       "skipsNext": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ],
                     *       "failing": {
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "reason": "seen at Qiscus"
                     *       },
                     *       "firings": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "status": "preparing",
                     *           "runId": "r7k2m0q9x",
                     *           "reason": "seen at Qiscus",
                     *           "version": 1,
                     *           "replacedRuns": [
                     *             "replaced run"
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resumeCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifState": "b1946ac92492d234"
                 *     }
                 */
                "application/json": components["schemas"]["ResumeCampaignRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Payment reminders",
                     *       "account": "default",
                     *       "status": "active",
                     *       "pausedReason": "paused reason",
                     *       "templateDetailId": 172,
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "map": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "ignoreColumns": [
                     *         "ignore column"
                     *       ],
                     *       "separator": ",",
                     *       "values": "reject",
                     *       "maxRejected": "max rejected",
                     *       "retryAfterFailure": {
                     *         "codes": [
                     *           1
                     *         ],
                     *         "afterMs": 1,
                     *         "times": 1
                     *       },
                     *       "audience": "named:customers",
                     *       "schedule": "0 9 * * mon",
                     *       "timeZone": "Asia/Jakarta",
                     *       "skipDates": [
                     *         "skip date"
                     *       ],
                     *       "calendar": "calendar",
                     *       "calendarWarning": "calendar warning",
                     *       "prepareAheadMs": 1,
                     *       "catchUp": "skip",
                     *       "approvalAbove": 1,
                     *       "approveOnce": false,
                     *       "delivery": {
                     *         "channelId": 1,
                     *         "pace": {
                     *           "recipients": 1,
                     *           "durationMs": 1
                     *         },
                     *         "window": {
                     *           "opensAt": 540,
                     *           "closesAt": 1020,
                     *           "days": [
                     *             1
                     *           ],
                     *           "timeZone": "Asia/Jakarta"
                     *         },
                     *         "dailyLimit": 10000,
                     *         "handOverAheadMs": 1,
                     *         "first": 1,
                     *         "tooLateAfterMs": 1,
                     *         "individual": {
                     *           "templateName": "payment_reminder",
                     *           "namespace": "4d1f8c5e_7a7b_4f0e",
                     *           "language": "id",
                     *           "force": false
                     *         }
                     *       },
                     *       "createdAt": "2026-12-01T02:00:00.000Z",
                     *       "version": 1,
                     *       "changedAt": "2026-12-01T02:00:00.000Z",
                     *       "changedBy": "changed by",
                     *       "nextAt": "2026-12-01T02:00:00.000Z",
                     *       "firesNext": [
                     *         "2026-12-01T02:00:00.000Z"
                     *       ],
                     *       "skipsNext": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ],
                     *       "failing": {
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "reason": "seen at Qiscus"
                     *       },
                     *       "firings": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "status": "preparing",
                     *           "runId": "r7k2m0q9x",
                     *           "reason": "seen at Qiscus",
                     *           "version": 1,
                     *           "replacedRuns": [
                     *             "replaced run"
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    foretellSchedule: {
        parameters: {
            query?: {
                /** @example 0 9 * * mon */
                schedule?: string;
                /** @example times */
                times?: string;
                /** @example weekdays */
                weekdays?: string;
                /** @example month days */
                monthDays?: string;
                /** @example Asia/Jakarta */
                timeZone?: string;
                /** @example skip dates */
                skipDates?: string;
                /** @example calendar */
                calendar?: string;
                /** @example 5 */
                count?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "schedule": "0 9 * * mon",
                     *       "timeZone": "Asia/Jakarta",
                     *       "words": "words",
                     *       "warning": "warning",
                     *       "next": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "shown": "shown"
                     *         }
                     *       ],
                     *       "skipped": [
                     *         {
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "shown": "shown",
                     *           "reason": "seen at Qiscus"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ForetellScheduleResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    lookAtAudience: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "audience": "named:customers",
                 *       "template": "payment_reminder:id"
                 *     }
                 */
                "application/json": components["schemas"]["LookAtAudienceRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "template": "payment_reminder:id",
                     *       "heads": [
                     *         "head"
                     *       ],
                     *       "mapping": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "missing": [
                     *         "missing"
                     *       ],
                     *       "columns": [
                     *         "column"
                     *       ],
                     *       "map": {
                     *         "phone_number": "6281234567890"
                     *       },
                     *       "ignoreColumns": [
                     *         "ignore column"
                     *       ],
                     *       "survey": {
                     *         "rows": 1,
                     *         "people": 1,
                     *         "rejected": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "doubtful": [
                     *           {
                     *             "reason": "seen at Qiscus",
                     *             "count": 1,
                     *             "rows": [
                     *               1
                     *             ]
                     *           }
                     *         ],
                     *         "duplicates": 1,
                     *         "suppressed": 1,
                     *         "longestRow": 1,
                     *         "isWhole": false
                     *       },
                     *       "cost": {
                     *         "category": "category",
                     *         "amounts": [
                     *           {
                     *             "amount": "amount",
                     *             "currency": "currency"
                     *           }
                     *         ],
                     *         "isWhole": false,
                     *         "unpriced": 1,
                     *         "unpricedCodes": [
                     *           "unpriced code"
                     *         ]
                     *       },
                     *       "costText": "cost text",
                     *       "preview": {
                     *         "row": 1,
                     *         "message": {
                     *           "text": "Pay your invoice INV-0001.",
                     *           "header": "header",
                     *           "body": "body",
                     *           "footer": "footer",
                     *           "buttons": [
                     *             {
                     *               "type": "type",
                     *               "text": "Pay your invoice INV-0001.",
                     *               "url": "https://admin.example.com/invitation/4f1c",
                     *               "phoneNumber": "6281234567890"
                     *             }
                     *           ],
                     *           "phoneNumber": "6281234567890",
                     *           "template": "payment_reminder:id"
                     *         },
                     *         "leftOut": "left out",
                     *         "doubts": [
                     *           "doubt"
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["LookAtAudienceResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    searchRecipient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "phoneNumber": "6281234567890"
                 *     }
                 */
                "application/json": components["schemas"]["SearchRecipientRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "phoneNumber": "6281234567890",
                     *       "suppressed": false,
                     *       "forgotten": {
                     *         "at": "2026-12-01T02:00:00.000Z",
                     *         "by": "ada",
                     *         "finishedAt": "2026-12-01T02:00:00.000Z"
                     *       },
                     *       "runs": [
                     *         {
                     *           "runId": "r7k2m0q9x",
                     *           "name": "Payment reminders",
                     *           "batchId": "r7k2m0q9x-0001",
                     *           "status": "pending",
                     *           "startedAt": "2026-12-01T02:00:00.000Z",
                     *           "broadcastJobId": 1,
                     *           "broadcastLogId": 1,
                     *           "messageId": "message id",
                     *           "deliveryStatus": "delivery status",
                     *           "code": 1,
                     *           "failedAfterDelivered": false,
                     *           "notes": "notes"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Recipient"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    forgetRecipient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "phoneNumber": "6281234567890"
                 *     }
                 */
                "application/json": components["schemas"]["ForgetRecipientRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runs": 1,
                     *       "messages": 1,
                     *       "emptiedDrafts": [
                     *         {
                     *           "id": "r7k2m0q9x",
                     *           "name": "Payment reminders"
                     *         }
                     *       ],
                     *       "waitingRuns": [
                     *         "waiting run"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ForgetRecipientResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description sent again with the same key, the request changes nothing more
                 * @example reminders-2026-12
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "otp-4711",
                 *       "phoneNumber": "6281234567890",
                 *       "template": "one_time_code:id",
                 *       "variables": [
                 *         "482913"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "runId": "r7k2m0q9x",
                     *       "batchId": "r7k2m0q9x-0001",
                     *       "status": "pending",
                     *       "broadcastJobId": 1,
                     *       "broadcastLogId": 1,
                     *       "error": "Qiscus answered 400: template is paused"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listSuppressions: {
        parameters: {
            query?: {
                /**
                 * @description at most so many
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `next` of the page before
                 * @example r7k2m0q9x
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "phoneNumber": "6281234567890",
                     *           "reason": "seen at Qiscus",
                     *           "source": "operator",
                     *           "addedAt": "2026-12-01T02:00:00.000Z"
                     *         }
                     *       ],
                     *       "next": "r7k2m0q9w"
                     *     }
                     */
                    "application/json": components["schemas"]["ListSuppressionsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    addSuppressions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "phoneNumbers": [
                 *         "6281234567890"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["AddSuppressionsRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "added": 1,
                     *       "already": 1
                     *     }
                     */
                    "application/json": components["schemas"]["AddSuppressionsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    removeSuppressions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "phoneNumbers": [
                 *         "6281234567890"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RemoveSuppressionsRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "removed": 1,
                     *       "absent": 1
                     *     }
                     */
                    "application/json": components["schemas"]["RemoveSuppressionsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listHeldOptOuts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "account": "default",
                     *         "optOuts": 1,
                     *         "since": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ListHeldOptOutsResponseItem"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    decideHeldOptOuts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "account": "default",
                 *       "decision": "apply"
                 *     }
                 */
                "application/json": components["schemas"]["DecideHeldOptOutsRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "decided": 1
                     *     }
                     */
                    "application/json": components["schemas"]["DecideHeldOptOutsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    undoOptOuts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "account": "default"
                 *     }
                 */
                "application/json": components["schemas"]["UndoOptOutsRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "optOuts": 1,
                     *       "removed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["UndoOptOutsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listHolds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "r7k2m0q9x",
                     *         "account": "default",
                     *         "kind": "refused",
                     *         "reason": "seen at Qiscus",
                     *         "heldAt": "2026-12-01T02:00:00.000Z",
                     *         "until": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Hold"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resumeHolds: {
        parameters: {
            query?: {
                /**
                 * @description the account; without it, every account that is held
                 * @example default
                 */
                account?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "ifHolds": [
                 *         "if hold"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ResumeHoldsRequest"];
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "r7k2m0q9x",
                     *         "account": "default",
                     *         "kind": "refused",
                     *         "reason": "seen at Qiscus",
                     *         "heldAt": "2026-12-01T02:00:00.000Z",
                     *         "until": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Hold"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /**
                 * @description at most so many
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `next` of the page before
                 * @example r7k2m0q9x
                 */
                cursor?: string;
                /**
                 * @description who did it
                 * @example ada
                 */
                actor?: string;
                /**
                 * @description what was done
                 * @example start
                 */
                action?: "start" | "enqueue" | "seal" | "pause" | "resume" | "approve" | "cancel" | "retry" | "bulk" | "resend" | "close source" | "stop" | "go" | "resolve" | "resume accounts" | "repair ledger" | "message" | "suppress" | "unsuppress" | "import suppressions" | "list suppressions" | "decide opt-outs" | "undo opt-outs" | "forget" | "campaign add" | "campaign edit" | "campaign remove" | "campaign pause" | "campaign resume" | "campaign fire" | "template add" | "template refresh" | "test send" | "draft create" | "draft change" | "draft upload" | "draft discard" | "draft list forgotten" | "draft confirm" | "purge" | "adopt" | "audit retention" | "look up" | "preview" | "export" | "retry after failure" | "user add" | "user invite" | "user link" | "user role" | "user email" | "user password" | "own password" | "totp begin" | "totp on" | "totp off" | "totp codes" | "totp reset" | "oidc bind" | "user revoke" | "user token add" | "user token revoke" | "log in" | "log out" | "log in refused" | "session end";
                /**
                 * @description a run, also for its batches; a batch; or a campaign
                 * @example target
                 */
                target?: string;
                /**
                 * @description from then on
                 * @example 2026-12-01T02:00:00.000Z
                 */
                since?: string;
                /**
                 * @description before then
                 * @example 2026-12-01T02:00:00.000Z
                 */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "r7k2m0q9x",
                     *           "at": "2026-12-01T02:00:00.000Z",
                     *           "actor": "ada",
                     *           "actorKind": "user",
                     *           "action": "action",
                     *           "target": "target",
                     *           "detail": {},
                     *           "status": 1,
                     *           "text": "Pay your invoice INV-0001."
                     *         }
                     *       ],
                     *       "next": "r7k2m0q9w"
                     *     }
                     */
                    "application/json": components["schemas"]["ListAuditResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                /**
                 * @description who did it
                 * @example ada
                 */
                actor?: string;
                /**
                 * @description what was done
                 * @example start
                 */
                action?: "start" | "enqueue" | "seal" | "pause" | "resume" | "approve" | "cancel" | "retry" | "bulk" | "resend" | "close source" | "stop" | "go" | "resolve" | "resume accounts" | "repair ledger" | "message" | "suppress" | "unsuppress" | "import suppressions" | "list suppressions" | "decide opt-outs" | "undo opt-outs" | "forget" | "campaign add" | "campaign edit" | "campaign remove" | "campaign pause" | "campaign resume" | "campaign fire" | "template add" | "template refresh" | "test send" | "draft create" | "draft change" | "draft upload" | "draft discard" | "draft list forgotten" | "draft confirm" | "purge" | "adopt" | "audit retention" | "look up" | "preview" | "export" | "retry after failure" | "user add" | "user invite" | "user link" | "user role" | "user email" | "user password" | "own password" | "totp begin" | "totp on" | "totp off" | "totp codes" | "totp reset" | "oidc bind" | "user revoke" | "user token add" | "user token revoke" | "log in" | "log out" | "log in refused" | "session end";
                /**
                 * @description a run, also for its batches; a batch; or a campaign
                 * @example target
                 */
                target?: string;
                /**
                 * @description from then on
                 * @example 2026-12-01T02:00:00.000Z
                 */
                since?: string;
                /**
                 * @description before then
                 * @example 2026-12-01T02:00:00.000Z
                 */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its entries, a line each */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example phone_number,status
                     *     6281234567890,read
                     */
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "r7k2m0q9x",
                     *         "name": "Payment reminders",
                     *         "address": "address",
                     *         "openedAt": "2026-12-01T02:00:00.000Z",
                     *         "usedAt": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ListSessionsResponseItem"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example r7k2m0q9x */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done, and there is nothing to tell. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "name": "Payment reminders",
                     *         "role": "role",
                     *         "email": "ada@example.com",
                     *         "createdAt": "2026-12-01T02:00:00.000Z",
                     *         "revokedAt": "2026-12-01T02:00:00.000Z",
                     *         "invitedUntil": "invited until",
                     *         "hasPassword": false,
                     *         "hasTotp": false,
                     *         "isBound": false
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ListUsersResponseItem"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    inviteUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Payment reminders",
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": components["schemas"]["InviteUserRequest"];
            };
        };
        responses: {
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "url": "https://admin.example.com/invitation/4f1c",
                     *       "expiresAt": "2026-12-01T02:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["InviteUserResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    inviteUserAgain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "url": "https://admin.example.com/invitation/4f1c",
                     *       "expiresAt": "2026-12-01T02:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["InviteUserAgainResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    changeUserRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeUserRoleRequest"];
            };
        };
        responses: {
            /** @description It is done, and there is nothing to tell. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    changeUserEmail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeUserEmailRequest"];
            };
        };
        responses: {
            /** @description It is done, and there is nothing to tell. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resetUserTotp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done, and there is nothing to tell. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done, and there is nothing to tell. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listUserTokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "r7k2m0q9x",
                     *         "user": "ada",
                     *         "label": "the billing system",
                     *         "createdAt": "2026-12-01T02:00:00.000Z",
                     *         "expiresAt": "2026-12-01T02:00:00.000Z",
                     *         "usedAt": "2026-12-01T02:00:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ListUserTokensResponseItem"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            414: components["responses"]["Problem414"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    issueUserToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "label": "the billing system"
                 *     }
                 */
                "application/json": components["schemas"]["IssueUserTokenRequest"];
            };
        };
        responses: {
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "r7k2m0q9x",
                     *       "token": "token",
                     *       "expiresAt": "2026-12-01T02:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["IssueUserTokenResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeUserToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Payment reminders */
                name: string;
                /** @example r7k2m0q9x */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done, and there is nothing to tell. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    enqueueRecipients: {
        parameters: {
            query?: {
                /** @example crm */
                source?: string;
                /** @example Phone Number=phone_number */
                map?: string;
                /** @example Notes,City */
                ignoreColumns?: string;
            };
            header?: {
                /**
                 * @description sent again with the same key, the request changes nothing more
                 * @example reminders-2026-12
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example r7k2m0q9x */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example phone_number,body_variable1
                 *     6281234567890,INV-0001
                 */
                "text/csv": string;
                /** @example {"phone_number":"6281234567890","body_variable1":"INV-0001"} */
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description What was asked for, or what came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": 1,
                     *       "rejected": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Enqueued"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
}
