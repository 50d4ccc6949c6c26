/** Why a campaign never fires whose dates no worker at work could look up. */
export function whyNobodyFires(calendar: string): string {
  return `no worker has calendar ${calendar}, so none fires it; name it in SIARAN_CALENDARS_FILE of the workers`;
}
