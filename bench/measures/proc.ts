// What Linux tells of a process. Elsewhere there is no such place, and the benchmark says so at its start.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SiaranError } from '../../src/errors.js';

/** The kernel counts processor time in hundredths of a second for everybody who asks. */
const ticksPerSecond = 100;

export function requireProc(): void {
  if (existsSync('/proc/self/stat')) return;
  throw new SiaranError('LOCAL', 'The benchmark reads memory and processor time from /proc, so it needs Linux.');
}

/** The most memory that a living process ever had, in bytes. */
export function peakMemory(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmHWM`);
  return Number(kilobytes) * 1024;
}

/** The memory that a living process has now, in bytes. */
export function memoryNow(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmRSS`);
  return Number(kilobytes) * 1024;
}

/** Processor time in seconds, without that of children. */
export function processorSeconds(pid: number): number {
  const { own } = readStat(pid);
  return own / ticksPerSecond;
}

/** The same with all its children: those that live, and those that ended and were waited for. */
export function processorSecondsOfFamily(pid: number): number {
  const living = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStatIfThere(Number(name)) ?? []);
  const { own, ended } = readStat(pid);
  const children = living.filter(({ parent }) => parent === pid).reduce((sum, child) => sum + child.own, 0);
  return (own + ended + children) / ticksPerSecond;
}

type Stat = { parent: number; own: number; ended: number };

/** The name, in brackets, may hold anything; what comes after it is counted from the state, which is the third field. */
function readStat(pid: number): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return { parent: field(4), own: field(14) + field(15), ended: field(16) + field(17) };
}

function readStatIfThere(pid: number): Stat | undefined {
  try {
    return readStat(pid);
  } catch {
    return undefined;
  }
}
