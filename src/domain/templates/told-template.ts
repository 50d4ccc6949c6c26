import type { Template } from './template.js';

/** A template as it is told, by Qiscus or by a person. */
export type ToldTemplate = Omit<Template, 'account' | 'source' | 'toldAt'>;
