export { tearDown as default } from './global-teardown.js';
