/** What a spreadsheet would run as a formula, and that behind apostrophes. A number isn't, also with a sign. */
const formula = /^'*(?![+-]?\d[\d.,]*$)[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * A value as it stands in a file for spreadsheets: an apostrophe keeps it from being run. What begins with apostrophes itself gets one more, so
 * that `fromSpreadsheetCell` tells each value again. Source: https://owasp.org/www-community/attacks/CSV_Injection.
 */
export function toSpreadsheetCell(value: string): string {
  return formula.test(value) ? `'${value}` : value;
}

/** The value of which such a cell was made. */
export function fromSpreadsheetCell(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
