// Lets Node run the tests and what they import as they are written: TypeScript, whose imports name the `.js` that it becomes.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
