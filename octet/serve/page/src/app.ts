// The state of the page and what can be done with it. Views read it, call its actions and listen to its signals.
import {requestFor, run} from './answer';
import {Failure, getModel} from './client';
import {Signals} from './signals';
import {Database} from './store/database';
import {loadKey, loadSettings, saveKey, saveSettings, type Settings} from './store/settings';
import {Trace} from './store/trace';
import type {Carried} from './store/transfer';
import {
  addMessage,
  choose,
  type Conversation,
  find,
  type Message,
  newConversation,
  pathOf,
  titleOf,
} from './store/tree';
import type {Model} from './wire';

interface Topics {
  list: null; // the conversations, or which is shown
  thread: null; // the messages that are shown
  progress: Message; // an answer grew
  running: Conversation; // an answer began or ended
  ended: Message;
  model: null;
  settings: null;
  look: null; // colours changed: what is drawn on a canvas is drawn again
  notice: string;
  key: string; // the server wants a key, and says so
}

const SAVE_AFTER = 400; // milliseconds

export class App {
  readonly signals = new Signals<Topics>();
  settings: Settings = loadSettings();
  key = loadKey();
  model: Model | null = null;
  conversations: Conversation[] = [];
  current: Conversation = newConversation(this.settings.system);
  private traces = new Map<string, Trace>();
  private loaded = new Set<string>(); // conversations whose traces are here
  private running = new Map<string, {message: Message; controller: AbortController}>();
  private saving = new Map<string, number>();

  private constructor(private readonly database: Database) {}

  static async start(): Promise<App> {
    const app = new App(await Database.open());
    app.conversations = await app.database.conversations();
    for (const message of app.conversations.flatMap((conversation) => conversation.messages)) {
      if (message.finish === 'running') message.finish = 'stopped'; // the page was closed on it
    }
    app.sort();
    return app;
  }

  get lasting(): boolean {
    return this.database.lasting;
  }

  async loadModel(): Promise<void> {
    try {
      this.model = await getModel(this.key);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      if (failure.kind === 'key') this.signals.emit('key', failure.message);
      else this.signals.emit('notice', failure.message);
    }
    this.signals.emit('model', null);
  }

  private sort(): void {
    this.conversations.sort((a, b) => b.updated - a.updated);
  }

  // Conversations.

  startNew(): void {
    this.current = newConversation(this.settings.system);
    this.changed();
  }

  async open(conversation: Conversation): Promise<void> {
    this.current = conversation;
    this.changed();
    await this.loadTraces(conversation);
    if (this.current === conversation) this.signals.emit('thread', null);
  }

  private async loadTraces(conversation: Conversation): Promise<void> {
    if (this.loaded.has(conversation.id)) return;
    this.loaded.add(conversation.id);
    for (const [id, packed] of await this.database.traces(conversation.id)) {
      if (!this.traces.has(id)) this.traces.set(id, Trace.unpack(packed));
    }
  }

  rename(conversation: Conversation, title: string): void {
    conversation.title = titleOf(title);
    conversation.named = conversation.title !== '';
    this.keep(conversation);
    this.signals.emit('list', null);
  }

  remove(conversation: Conversation): void {
    this.stop(conversation);
    clearTimeout(this.saving.get(conversation.id));
    this.conversations = this.conversations.filter((other) => other !== conversation);
    for (const message of conversation.messages) this.traces.delete(message.id);
    void this.database.remove(conversation.id);
    if (this.current === conversation) this.current = newConversation(this.settings.system);
    this.changed();
  }

  setSystem(system: string): void {
    this.current.system = system;
    if (this.conversations.includes(this.current)) this.keep(this.current);
    this.change({system});
  }

  async carry(conversations: Conversation[]): Promise<Carried[]> {
    for (const conversation of conversations) await this.loadTraces(conversation);
    return conversations.map((conversation) => {
      const messages = conversation.messages.filter((message) => this.traces.has(message.id));
      return {conversation, traces: new Map(messages.map((message) => [message.id, this.traces.get(message.id)!]))};
    });
  }

  async take(all: Carried[]): Promise<void> {
    for (const {conversation, traces} of all) {
      this.conversations.push(conversation);
      this.loaded.add(conversation.id);
      await this.database.save(conversation);
      for (const [id, trace] of traces) {
        this.traces.set(id, trace);
        await this.database.saveTrace(conversation.id, id, trace.pack());
      }
    }
    this.sort();
    if (all.length) this.current = all[0].conversation;
    this.changed();
  }

  private changed(): void {
    this.signals.emit('list', null);
    this.signals.emit('thread', null);
  }

  private keep(conversation: Conversation): void {
    if (this.saving.has(conversation.id)) return;
    const timer = window.setTimeout(() => {
      this.saving.delete(conversation.id);
      if (this.conversations.includes(conversation)) void this.database.save(conversation);
    }, SAVE_AFTER);
    this.saving.set(conversation.id, timer);
  }

  // Saves what still waits to be saved, and what unfinished answers have so far.
  saveNow(): void {
    for (const conversation of this.conversations) {
      const run = this.running.get(conversation.id)?.message;
      if (run) this.saveTrace(conversation, run);
      if (!run && !this.saving.has(conversation.id)) continue;
      clearTimeout(this.saving.get(conversation.id));
      this.saving.delete(conversation.id);
      void this.database.save(conversation);
    }
  }

  // The page goes away. Answers are stopped first, lest the lost connections be taken for failures.
  leave(): void {
    for (const {controller} of this.running.values()) controller.abort();
    this.saveNow();
  }

  private saveTrace(conversation: Conversation, message: Message): void {
    const trace = this.traces.get(message.id);
    if (trace?.tokens.length) void this.database.saveTrace(conversation.id, message.id, trace.pack());
  }

  // Messages.

  runOf(conversation: Conversation): Message | undefined {
    return this.running.get(conversation.id)?.message;
  }

  traceOf(message: Message): Trace | undefined {
    return this.traces.get(message.id);
  }

  ask(text: string): void {
    if (this.runOf(this.current) || !text.trim()) return;
    const path = pathOf(this.current);
    const question = addMessage(this.current, path[path.length - 1]?.id ?? null, 'user', text);
    this.answer(question);
  }

  // The question in other words: a new branch beside it.
  edit(question: Message, text: string): void {
    if (this.runOf(this.current) || !text.trim()) return;
    this.answer(addMessage(this.current, question.parent, 'user', text));
  }

  again(answer: Message): void {
    const question = answer.parent && find(this.current, answer.parent);
    if (question && !this.runOf(this.current)) this.answer(question);
  }

  show(message: Message): void {
    choose(this.current, message);
    this.keep(this.current);
    this.signals.emit('thread', null);
  }

  stop(conversation = this.current): boolean {
    const entry = this.running.get(conversation.id);
    entry?.controller.abort();
    return entry !== undefined;
  }

  private async answer(question: Message): Promise<void> {
    const conversation = this.current;
    const message = addMessage(conversation, question.id, 'assistant', '');
    message.finish = 'running';
    message.model = this.model?.name;
    const trace = new Trace();
    this.traces.set(message.id, trace);
    this.loaded.add(conversation.id);
    const controller = new AbortController();
    this.running.set(conversation.id, {message, controller});
    if (!this.conversations.includes(conversation)) this.conversations.push(conversation);
    this.sort();
    this.changed();
    this.signals.emit('running', conversation);
    if (!this.model) void this.loadModel();
    const request = requestFor(conversation, message, this.model, this.settings);
    const failure = await run(request, this.key, controller.signal, message, trace, () => {
      this.keep(conversation);
      this.signals.emit('progress', message);
    });
    this.running.delete(conversation.id);
    conversation.updated = Date.now();
    if (this.conversations.includes(conversation)) {
      void this.database.save(conversation);
      this.saveTrace(conversation, message);
    }
    this.signals.emit('running', conversation);
    this.signals.emit('ended', message);
    if (failure?.kind === 'key') this.signals.emit('key', failure.message);
  }

  // Settings.

  change(part: Partial<Settings>): void {
    Object.assign(this.settings, part);
    saveSettings(this.settings);
    this.signals.emit('settings', null);
  }

  setKey(key: string): void {
    if (key === this.key) return;
    this.key = key;
    saveKey(key);
    void this.loadModel();
  }
}
