import { showMasked } from '../../domain/numbers/mask-number.js';
import { callingCodeOf } from '../../domain/numbers/numbering-plans.js';
import { type Price, type Prices, priceForm, readPrice } from '../../domain/prices/prices.js';
import { isMapping, readMappingFile } from './yaml-file.js';

/** Those that WhatsApp has prices for. */
const categories = ['marketing', 'utility', 'authentication'];

const form = 'write for each category (marketing, utility, authentication) its calling codes, each with a price';

/** Reads the file that SIARAN_PRICES_FILE names, if it does. `faults` is a sentence for each thing that is wrong, with its line and field. */
export function readPricesFile(path: string | undefined): { prices: Prices | undefined; faults: string[] } {
  if (path === undefined) return { prices: undefined, faults: [] };
  const faults: string[] = [];
  const refuse = (line: number | undefined, fault: string) =>
    faults.push(`SIARAN_PRICES_FILE: ${path}${line === undefined ? '' : ` line ${line}:`} ${fault}`);
  const prices = new Map<string, Map<string, Price>>();
  const file = readMappingFile(path, form);
  if (!file.ok) refuse(undefined, file.fault);
  else
    for (const [category, byCode] of Object.entries(file.mapping)) {
      const line = file.lineOf(category);
      const known = new Map<string, Price>();
      prices.set(category, known);
      if (!categories.includes(category)) refuse(line, `has the category ${showMasked(category)}; ${form}`);
      else if (!isMapping(byCode)) refuse(line, `${category} is no mapping; ${form}`);
      else
        for (const [code, text] of Object.entries(byCode)) {
          const at = file.lineOf(category, code);
          const price = typeof text === 'string' ? readPrice(text) : undefined;
          if (callingCodeOf(code) !== code)
            refuse(at, `${category} has ${showMasked(code)}, which is no calling code; write digits such as 62`);
          else if (!price) refuse(at, `${category}.${code} is ${showMasked(String(text))}; ${priceForm}`);
          else known.set(code, price);
        }
    }
  return { prices, faults };
}
