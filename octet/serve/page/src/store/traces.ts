// The traces that are in memory: of conversations that were opened, and of answers that are made here.
import type {Database} from './database';
import {Trace} from './trace';
import type {Conversation, Message} from './tree';

export class Traces {
  private readonly traces = new Map<string, Trace>(); // by message
  private readonly loaded = new Set<string>(); // conversations whose traces are here

  constructor(private readonly database: Database) {}

  of(message: string): Trace | undefined {
    return this.traces.get(message);
  }

  set(conversation: Conversation, message: string, trace: Trace): void {
    this.loaded.add(conversation.id);
    this.traces.set(message, trace);
  }

  async load(conversation: Conversation): Promise<void> {
    if (this.loaded.has(conversation.id)) return;
    this.loaded.add(conversation.id);
    for (const [id, packed] of await this.database.traces(conversation.id)) {
      if (!this.traces.has(id)) this.traces.set(id, Trace.unpack(packed));
    }
  }

  // Another tab wrote these messages. Traces are stored when an answer ends.
  async takeUp(conversation: Conversation, changed: Message[]): Promise<void> {
    if (!this.loaded.has(conversation.id)) return;
    for (const {id, role, finish} of changed) {
      if (role !== 'assistant' || finish === 'running') continue;
      const packed = await this.database.trace(id);
      if (packed) this.traces.set(id, Trace.unpack(packed));
    }
  }

  async save(conversation: Conversation, message: string): Promise<void> {
    const trace = this.traces.get(message);
    if (trace?.tokens.length) await this.database.saveTrace(conversation.id, message, trace.pack());
  }

  drop(conversation: Conversation): void {
    for (const message of conversation.messages) this.traces.delete(message.id);
  }
}
