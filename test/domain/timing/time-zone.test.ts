import { describe, expect, it } from '@jest/globals';
import { readCampaign } from '../../../src/domain/campaigns/campaign.js';
import { readDelivery } from '../../../src/domain/delivery/delivery.js';
import { parseSchedule } from '../../../src/domain/schedules/schedule.js';
import { parseStartAt } from '../../../src/domain/timing/start-at.js';
import { timeZoneFault } from '../../../src/domain/timing/time-zone.js';

const abbreviation = (zone: string, meant: string) =>
  `"${zone}" is an abbreviation, no IANA time zone; ${meant} was probably meant`;

describe('a time zone', () => {
  it.each(['Asia/Jakarta', 'asia/jakarta', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/UTC', 'Singapore', 'Iran'])(
    'is %s',
    (zone) => {
      expect(timeZoneFault(zone)).toBeUndefined();
    },
  );

  it.each([
    ['IST', abbreviation('IST', 'Asia/Kolkata')],
    ['EST', abbreviation('EST', 'America/New_York')],
    ['est', abbreviation('est', 'America/New_York')],
    ['EST5EDT', abbreviation('EST5EDT', 'America/New_York')],
    ['WIB', abbreviation('WIB', 'Asia/Jakarta')],
    ['WITA', abbreviation('WITA', 'Asia/Makassar')],
    ['WIT', abbreviation('WIT', 'Asia/Jayapura')],
    ['SGT', abbreviation('SGT', 'Asia/Singapore')],
    ['CET', abbreviation('CET', 'Europe/Paris')],
    ['GMT', abbreviation('GMT', 'UTC')],
    ['Zulu', abbreviation('Zulu', 'UTC')],
    ['GB', abbreviation('GB', 'Europe/London')],
    ['XYZ', '"XYZ" is an abbreviation, no IANA time zone, such as Asia/Jakarta'],
    ['Jakarta', '"Jakarta" is no IANA time zone; Asia/Jakarta was probably meant'],
    ['new york', '"new york" is no IANA time zone; America/New_York was probably meant'],
    ['Asia/Atlantis', '"Asia/Atlantis" is no IANA time zone, such as Asia/Jakarta'],
    ['Asia/Jakarta ', '"Asia/Jakarta " is no IANA time zone; Asia/Jakarta was probably meant'],
    ['', '"" is no IANA time zone, such as Asia/Jakarta'],
    ['GMT+7', '"GMT+7" is an offset, no IANA time zone; Asia/Jakarta was probably meant'],
    ['UTC+7', '"UTC+7" is an offset, no IANA time zone; Asia/Jakarta was probably meant'],
    ['UTC +07:00', '"UTC +07:00" is an offset, no IANA time zone; Asia/Jakarta was probably meant'],
    ['+07:00', '"+07:00" is an offset, no IANA time zone; Asia/Jakarta was probably meant'],
    ['+0530', '"+0530" is an offset, no IANA time zone; Asia/Kolkata was probably meant'],
    ['GMT-0', '"GMT-0" is an offset, no IANA time zone; UTC was probably meant'],
    ['+07:13', '"+07:13" is an offset, no IANA time zone, such as Asia/Jakarta'],
    ['Etc/GMT0', '"Etc/GMT0" is an offset, no IANA time zone; UTC was probably meant'],
    [
      'Etc/GMT-7',
      '"Etc/GMT-7" means UTC+7, as its sign is the other way round; write Asia/Jakarta, or America/Phoenix if UTC-7 was meant',
    ],
    [
      'Etc/GMT+7',
      '"Etc/GMT+7" means UTC-7, as its sign is the other way round; write America/Phoenix, or Asia/Jakarta if UTC+7 was meant',
    ],
    ['Etc/GMT-14', '"Etc/GMT-14" means UTC+14, as its sign is the other way round; write Pacific/Kiritimati'],
    ['Etc/Universal', '"Etc/Universal" is an abbreviation, no IANA time zone; UTC was probably meant'],
  ])('is not %j', (zone, reason) => {
    expect(timeZoneFault(zone)).toBe(reason);
  });

  it.each(['IST', 'Etc/GMT-7', 'WIB', 'EST'])('%s is refused wherever one is taken', (zone) => {
    const reason = timeZoneFault(zone) ?? '';
    expect(parseStartAt('2026-12-01T09:00', zone)).toEqual({ ok: false, reason });
    expect(parseSchedule('0 9 * * mon', zone, new Date())).toEqual({ ok: false, reason });
    expect(readDelivery({ window: '08:00-20:00', timeZone: zone }).faults).toEqual([`timeZone: ${reason}.`]);
    const campaign = { name: 'x', templateDetailId: 172, columns: ['phone_number'], audience: 'file:x.csv' };
    expect(readCampaign({ ...campaign, schedule: '0 9 * * mon', timeZone: zone }, new Date())).toEqual({
      ok: false,
      faults: [`timeZone: ${reason}.`],
    });
  });
});
