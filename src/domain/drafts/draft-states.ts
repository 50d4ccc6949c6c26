/** `preparing`: confirmed, and its rows are read into its run; `started`: all of them are in; `failed`: its run was given up. */
export const draftStates = ['open', 'preparing', 'started', 'failed'] as const;

/** How far a draft is. */
export type DraftState = (typeof draftStates)[number];
