import { IANAZone } from 'luxon';
import { showMasked } from '../numbers/mask-number.js';

const example = 'such as Asia/Jakarta';

/** What people write for a time zone, and what they mean by it. Several have a second meaning, which is why they are refused. */
const abbreviations = new Map(
  Object.entries({
    'Asia/Jakarta': 'WIB ICT',
    'Asia/Makassar': 'WITA',
    'Asia/Jayapura': 'WIT',
    'Asia/Kolkata': 'IST',
    'Asia/Singapore': 'SGT',
    'Asia/Kuala_Lumpur': 'MYT',
    'Asia/Manila': 'PHT PHST',
    'Asia/Hong_Kong': 'HKT',
    'Asia/Shanghai': 'PRC CTT',
    'Asia/Taipei': 'ROC',
    'Asia/Tokyo': 'JST',
    'Asia/Seoul': 'KST ROK',
    'Asia/Karachi': 'PKT',
    'Asia/Dubai': 'GST',
    'Australia/Sydney': 'AEST AEDT',
    'Australia/Adelaide': 'ACST ACDT',
    'Australia/Perth': 'AWST',
    'Pacific/Auckland': 'NZ NZST NZDT',
    'Pacific/Honolulu': 'HST',
    'America/New_York': 'EST EDT ET EST5EDT',
    'America/Chicago': 'CST CDT CT CST6CDT',
    'America/Denver': 'MST MDT MT MST7MDT',
    'America/Los_Angeles': 'PST PDT PT PST8PDT',
    'America/Sao_Paulo': 'BRT',
    'America/Argentina/Buenos_Aires': 'ART',
    'Europe/London': 'BST GB GB-EIRE',
    'Europe/Lisbon': 'WET WEST',
    'Europe/Paris': 'CET CEST MET MEST',
    'Europe/Athens': 'EET EEST',
    'Europe/Moscow': 'MSK W-SU',
    'Africa/Nairobi': 'EAT',
    'Africa/Lagos': 'WAT',
    'Africa/Johannesburg': 'SAST CAT',
    UTC: 'GMT UCT Z ZULU UNIVERSAL GREENWICH',
  }).flatMap(([zone, names]) => names.split(' ').map((name) => [name, zone] as const)),
);

/** A place for each offset from UTC in minutes, if possible one whose clock is never changed. */
const placeOfOffset = new Map<number, string>([
  ...[
    ...['Pacific/Pago_Pago', 'Pacific/Honolulu', 'America/Anchorage', 'America/Los_Angeles', 'America/Phoenix'],
    ...['America/Costa_Rica', 'America/Bogota', 'America/Caracas', 'America/Sao_Paulo', 'America/Noronha'],
    ...['Atlantic/Cape_Verde', 'UTC', 'Africa/Lagos', 'Africa/Johannesburg', 'Africa/Nairobi', 'Asia/Dubai'],
    ...['Asia/Karachi', 'Asia/Dhaka', 'Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura', 'Australia/Brisbane'],
    ...['Pacific/Guadalcanal', 'Pacific/Fiji', 'Pacific/Tongatapu', 'Pacific/Kiritimati'],
  ].map((zone, at) => [(at - 11) * 60, zone] as const),
  [270, 'Asia/Kabul'],
  [330, 'Asia/Kolkata'],
  [345, 'Asia/Kathmandu'],
  [390, 'Asia/Yangon'],
  [570, 'Australia/Darwin'],
]);

const OFFSET = /^(?:Etc\/)?(?:UTC|GMT)?\s*(?:([+-])\s*)?(\d{1,2})(?::?([0-5]\d))?$/i;
const INVERTED = /^Etc\/GMT([+-])([1-9]\d?)$/i;
/** `Iran`, `Cuba` and `Eire` are places. */
const ABBREVIATION = /^(?!(?:Iran|Cuba|Eire|UTC)$)[a-z]{1,4}(?:\d[a-z]{2,3})?$/i;

/**
 * What is wrong with a time zone, with the one that was probably meant, or undefined. Right are IANA's names, such as Asia/Jakarta,
 * and UTC. Abbreviations and fixed offsets are refused even where IANA has them: IST is India's, Israel's and Ireland's, EST
 * knows no summer, and Etc/GMT-7 is ahead of UTC.
 */
export function timeZoneFault(zone: unknown): string | undefined {
  // A caller without types may give anything.
  if (typeof zone !== 'string') return `${typeof zone} is no IANA time zone, ${example}`;
  const shown = showMasked(zone);
  const inverted = INVERTED.exec(zone.trim());
  if (inverted) return invertedFault(shown, Number(`${inverted[1] === '-' ? '' : '-'}${inverted[2]}`));
  const offset = OFFSET.exec(zone.trim());
  if (offset) return `${shown} is an offset, no IANA time zone${probably(placeOf(offset))}`;
  const name = zone
    .trim()
    .toUpperCase()
    .replace(/^ETC\//, '');
  if (name !== 'UTC' && (abbreviations.has(name) || ABBREVIATION.test(zone.trim())))
    return `${shown} is an abbreviation, no IANA time zone${probably(abbreviations.get(name))}`;
  return IANAZone.isValidZone(zone) ? undefined : `${shown} is no IANA time zone${probably(zoneOfCity(zone))}`;
}

function probably(meant: string | undefined): string {
  return meant === undefined ? `, ${example}` : `; ${meant} was probably meant`;
}

/** @param hours ahead of UTC. */
function invertedFault(shown: string, hours: number): string {
  const [meant, opposite] = [placeOfOffset.get(hours * 60), placeOfOffset.get(-hours * 60)];
  const other = opposite === undefined ? '' : `, or ${opposite} if ${utc(-hours)} was meant`;
  return `${shown} means ${utc(hours)}, as its sign is the other way round; write ${meant ?? 'a place'}${other}`;
}

function utc(hours: number): string {
  return `UTC${hours < 0 ? '' : '+'}${hours}`;
}

function placeOf([, sign, hours, minutes = '0']: RegExpExecArray): string | undefined {
  return placeOfOffset.get((Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1) + 0);
}

/** `Jakarta` and `asia/jakarta ` as IANA writes them. */
function zoneOfCity(written: string): string | undefined {
  const wanted = written.trim().toLowerCase().replaceAll(' ', '_');
  if (wanted === '') return undefined;
  return Intl.supportedValuesOf('timeZone').find((zone) => {
    const known = zone.toLowerCase();
    return known === wanted || known.endsWith(`/${wanted}`);
  });
}
