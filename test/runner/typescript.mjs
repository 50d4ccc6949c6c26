// Lets Node run the tests and what they import as they are written: TypeScript, whose imports name the `.js` that it becomes.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
// Errors name lines of the source.
process.setSourceMapsEnabled(true);

if (process.send) keepWhatIsTold();

/**
 * The runner (jest-light-runner 0.7.13) tells all its processes what to do once the first one asks, and nobody afterwards: one that asks
 * later would wait for good. So what was told is kept until it is asked for. Listened to is from when the first other one does: what
 * comes before that waits.
 */
function keepWhatIsTold() {
  let told;
  const keep = (message) => {
    if (message?.type === 'jest-light-runner-worker-data') told = message;
  };
  const watch = (event) => {
    if (event !== 'message') return;
    process.off('newListener', watch);
    process.on('message', keep);
  };
  process.on('newListener', watch);
  const send = process.send.bind(process);
  process.send = (message, ...others) => {
    if (message === 'jest-light-runner-get-worker-data' && told) setImmediate(() => process.emit('message', told));
    return send(message, ...others);
  };
}
