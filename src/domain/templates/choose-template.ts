import { isLabel } from '../runs/label.js';
import { labelOf, type Template } from './template.js';

/** A template as it is asked for: `reminder`, or `reminder:id` if there are several languages. */
type TemplateName = { name: string; language: string | undefined };

/** The most names that a message lists. */
const mostNamed = 10;

/** Reads `NAME` or `NAME:LANGUAGE`. `undefined` if it is neither: WhatsApp's names have no colon in them. */
export function readTemplateName(text: unknown): TemplateName | undefined {
  if (typeof text !== 'string') return undefined;
  const [name = '', language, ...more] = text.split(':').map((part) => part.trim());
  if (!isLabel(name) || more.length > 0 || (language !== undefined && !isLabel(language))) return undefined;
  return { name, language };
}

/**
 * The one template that is asked for. @param known all templates of the account. @param channelId if the caller named a channel.
 * `fault` says why there isn't exactly one, and names what could be meant.
 */
export function chooseTemplate(
  known: readonly Template[],
  { name, language }: TemplateName,
  channelId: number | undefined,
): { template: Template } | { fault: string } {
  const named = known.filter((template) => template.name === name);
  const fitting = named.filter(
    (template) =>
      (language === undefined || template.language === language) &&
      (channelId === undefined || template.channelId === null || template.channelId === channelId),
  );
  const [template, ...others] = fitting;
  if (template && others.length === 0) return { template };
  if (template) return { fault: `There are several templates ${asked({ name, language })}: ${choices(fitting)}` };
  if (named.length > 0)
    return {
      fault: `There is no template ${asked({ name, language })}${channelId === undefined ? '' : ` of channel ${channelId}`}; there ${named.length === 1 ? 'is' : 'are'} ${list(named)}.`,
    };
  const names = [...new Set(known.map((other) => other.name))].sort();
  const there = names.length === 0 ? 'None is known' : `There are ${shorten(names)}`;
  return { fault: `There is no template ${JSON.stringify(name)}. ${there}.` };
}

function choices(fitting: readonly Template[]): string {
  const isLanguage = new Set(fitting.map(({ language }) => language)).size > 1;
  const wayOn = isLanguage ? 'write its language behind the name' : 'name its channel (channelId)';
  return `${list(fitting)}; ${wayOn}.`;
}

function list(templates: readonly Template[]): string {
  return shorten(
    templates.map(
      (template) =>
        `${labelOf(template)} (${template.channelId === null ? '' : `channel ${template.channelId}, `}id ${template.templateDetailId})`,
    ),
  );
}

function shorten(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}

function asked({ name, language }: TemplateName): string {
  return JSON.stringify(language === undefined ? name : `${name}:${language}`);
}
