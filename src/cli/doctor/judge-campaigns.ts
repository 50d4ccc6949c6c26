import { stat } from 'node:fs/promises';
import { checkAudienceDatabase } from '../../audience/sql-audience.js';
import type { Context } from '../../context.js';
import { SiaranError } from '../../errors.js';
import { audienceMeans } from '../../pipeline/campaigns/audience-means.js';
import { viewComingFirings } from '../../pipeline/campaigns/coming-firings.js';
import { listCampaigns } from '../../store/campaigns.js';
import { hasAudiences, longPreparations } from '../../store/views/firing-views.js';
import { type Finding, found } from './check.js';

const firingsForetold = 5;

/** An audience that takes longer is large, or nobody is there who can read it. */
const longMs = 300_000;

/** Whether every campaign's runs get their audience, and every campaign the dates that it skips. */
export async function judgeCampaigns(ctx: Context): Promise<Finding> {
  const waiting = await longPreparations(ctx.db, longMs);
  if (waiting.length === 0) return judgeCalendars(ctx);
  const each = waiting.map(({ campaign, runId, since }) => `${campaign} (run ${runId}) since ${since.toISOString()}`);
  const of = (kind: string) => [
    ...new Set(waiting.map(({ audience }) => audience).filter((audience) => audience.startsWith(`${kind}:`))),
  ];
  const [functions, named] = [of('function'), of('named')];
  const todo =
    functions.length > 0
      ? `Start the program that registers ${functions.join(', ')} and runs workers.`
      : named.length > 0
        ? `Start workers whose SIARAN_AUDIENCES_FILE has ${named.join(', ')}.`
        : "Start a worker, or see in the workers' logs why it is not read.";
  return { ok: false, detail: `audiences wait to be read: ${each.join(', ')}`, todo };
}

/** Whether the calendars of campaigns are here, and go on for as long as these are told to fire. */
async function judgeCalendars(ctx: Context): Promise<Finding> {
  const warnings: string[] = [];
  for (const campaign of await listCampaigns(ctx.db)) {
    if (campaign.calendar === null || campaign.pausedAt) continue;
    const { calendarWarning } = await viewComingFirings(ctx, campaign, firingsForetold);
    if (calendarWarning !== null) warnings.push(`${campaign.name}: ${calendarWarning}`);
  }
  if (warnings.length === 0) return { ok: true, detail: 'no audience waits to be read' };
  const todo = 'Put the dates into the file that SIARAN_CALENDARS_FILE names, and start workers and the admin anew.';
  return { ok: false, detail: warnings.join('; '), todo };
}

/** Whether queries can be asked, and as a role that can do nothing else. None is no fault while no campaign has one. */
export async function judgeAudiences(ctx: Context): Promise<Finding> {
  if (ctx.config.audienceDatabaseUrl === undefined && !(await needs(ctx, 'sql')))
    return found('SIARAN_AUDIENCE_DATABASE_URL is not set, and no campaign needs it');
  try {
    return found(await checkAudienceDatabase(audienceMeans(ctx)));
  } catch (error) {
    if (!(error instanceof SiaranError)) throw error;
    const [detail = '', ...todo] = error.message.split('\n');
    return { ok: false, detail, todo: todo.join('\n') || 'Correct SIARAN_AUDIENCE_DATABASE_URL.' };
  }
}

/** Whether files of audiences can be read. No folder is no fault while no campaign has one. */
export async function judgeAudienceDir(ctx: Context): Promise<Finding> {
  const { audienceDir: dir } = ctx.config;
  const todo = 'Set SIARAN_AUDIENCE_DIR, where workers and the admin run, to the folder that audiences are in.';
  if (dir === undefined) {
    if (!(await needs(ctx, 'file'))) return found('SIARAN_AUDIENCE_DIR is not set, and no campaign needs it');
    return { ok: false, detail: 'SIARAN_AUDIENCE_DIR is not set, and a campaign has an audience from a file', todo };
  }
  const isFolder = await stat(dir).then(
    (there) => there.isDirectory(),
    () => false,
  );
  return isFolder ? found(dir) : { ok: false, detail: `${dir} is no folder`, todo };
}

async function needs({ config, db }: Context, wanted: 'sql' | 'file'): Promise<boolean> {
  return [...config.namedAudiences.values()].some(({ kind }) => kind === wanted) || hasAudiences(db, wanted);
}
