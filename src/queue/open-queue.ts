import { Queue, type QueueOptions } from 'bullmq';

/** A file of its own: BullMQ takes longer to load than most commands take, and most of them give no hint. */
export function openQueue(name: string, options: QueueOptions): Queue {
  return new Queue(name, options);
}
