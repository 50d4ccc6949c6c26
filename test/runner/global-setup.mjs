export { setUp as default } from './global-setup.js';
