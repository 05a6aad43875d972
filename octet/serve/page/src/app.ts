// The state of the page and what can be done with it. Views read it, call its actions and listen to its signals.
import {requestFor, run} from './answer';
import {Failure, getModel} from './client';
import {Signals} from './signals';
import {Database} from './store/database';
import {takeUp} from './store/merge';
import {loadKey, loadSettings, saveKey, saveSettings, type Settings} from './store/settings';
import {Trace} from './store/trace';
import {Traces} from './store/traces';
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
  touch,
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
  key: string | null; // the server wants another key: why; or takes the one that was entered
}

const SAVE_AFTER = 400; // milliseconds
const SILENT_AFTER = 60_000; // a tab that writes an answer and says nothing for so long is taken for gone

export class App {
  readonly signals = new Signals<Topics>();
  settings: Settings = loadSettings();
  key = loadKey();
  model: Model | null = null;
  locked = false; // the server wants a key, or another one
  conversations: Conversation[] = [];
  current: Conversation = newConversation(this.settings.system);
  private readonly traces: Traces;
  private running = new Map<string, {message: Message; controller: AbortController}>();
  private saving = new Map<string, number>();
  private watched = new Map<string, number>(); // conversations in which another tab writes an answer
  private removed = new Set<string>();

  private constructor(private readonly database: Database) {
    this.traces = new Traces(database);
  }

  static async start(): Promise<App> {
    const app = new App(await Database.open());
    app.conversations = await app.database.conversations();
    for (const message of app.conversations.flatMap((conversation) => conversation.messages)) {
      if (message.finish === 'running') message.finish = 'stopped'; // the page was closed on it
    }
    app.sort();
    app.database.onChange((id) => void app.hear(id));
    return app;
  }

  get lasting(): boolean {
    return this.database.lasting;
  }

  async loadModel(): Promise<void> {
    try {
      this.model = await getModel(this.key);
      this.locked = false;
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      if (failure.kind === 'key') this.lock(failure.message);
      else this.signals.emit('notice', failure.message);
    }
    this.signals.emit('model', null);
  }

  private lock(why: string): void {
    this.locked = true;
    this.signals.emit('model', null);
    this.signals.emit('key', why);
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
    await this.traces.load(conversation);
    if (this.current === conversation) this.signals.emit('thread', null);
  }

  rename(conversation: Conversation, title: string): void {
    conversation.title = titleOf(title);
    conversation.named = conversation.title !== '';
    touch(conversation, 'title');
    this.keep(conversation);
    this.signals.emit('list', null);
  }

  remove(conversation: Conversation): void {
    this.stop(conversation);
    this.removed.add(conversation.id);
    clearTimeout(this.saving.get(conversation.id));
    this.conversations = this.conversations.filter((other) => other !== conversation);
    this.traces.drop(conversation);
    void this.database.remove(conversation.id);
    if (this.current === conversation) this.current = newConversation(this.settings.system);
    this.changed();
  }

  setSystem(system: string): void {
    this.current.system = system;
    touch(this.current, 'system');
    if (this.conversations.includes(this.current)) this.keep(this.current);
    this.change({system});
  }

  async carry(conversations: Conversation[]): Promise<Carried[]> {
    for (const conversation of conversations) await this.traces.load(conversation);
    return conversations.map((conversation) => {
      const traces = conversation.messages.map(({id}) => [id, this.traces.of(id)] as const);
      return {
        conversation,
        traces: new Map(traces.filter((entry): entry is [string, Trace] => entry[1] !== undefined)),
      };
    });
  }

  async take(all: Carried[]): Promise<void> {
    for (const {conversation, traces} of all) {
      this.conversations.push(conversation);
      for (const [id, trace] of traces) {
        this.traces.set(conversation, id, trace);
        await this.traces.save(conversation, id);
      }
      await this.database.save(conversation);
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
      void this.save(conversation);
    }, SAVE_AFTER);
    this.saving.set(conversation.id, timer);
  }

  private async save(conversation: Conversation): Promise<void> {
    if (!this.conversations.includes(conversation)) return;
    const stored = await this.database.save(conversation);
    await this.takeUp(conversation, stored);
  }

  // Saves what still waits to be saved, and what unfinished answers have so far.
  saveNow(): void {
    for (const conversation of this.conversations) {
      const run = this.running.get(conversation.id)?.message;
      if (run) void this.traces.save(conversation, run.id);
      if (!run && !this.saving.has(conversation.id)) continue;
      clearTimeout(this.saving.get(conversation.id));
      this.saving.delete(conversation.id);
      this.database.leave(conversation);
      void this.save(conversation);
    }
  }

  // The page goes away. Answers are stopped first, lest the lost connections be taken for failures.
  leave(): void {
    for (const {message, controller} of this.running.values()) {
      controller.abort();
      message.finish = 'stopped';
    }
    this.saveNow();
  }

  // Another tab changed a conversation.
  private async hear(id: string): Promise<void> {
    const stored = await this.database.conversation(id);
    if (this.removed.has(id)) return;
    const mine = this.conversations.find((conversation) => conversation.id === id);
    if (mine) return this.takeUp(mine, stored);
    if (!stored) return;
    this.conversations.push(stored);
    this.watch(stored);
    this.sort();
    this.signals.emit('list', null);
  }

  private watch(conversation: Conversation): void {
    clearTimeout(this.watched.get(conversation.id));
    const others = () =>
      conversation.messages.filter((message) => message.finish === 'running' && message !== this.runOf(conversation));
    if (!others().length) return;
    const timer = window.setTimeout(() => {
      const silent = others();
      for (const message of silent) message.finish = 'stopped';
      this.showChanges(conversation, silent);
    }, SILENT_AFTER);
    this.watched.set(conversation.id, timer);
  }

  private showChanges(conversation: Conversation, changed: Message[]): void {
    if (conversation === this.current) this.signals.emit('thread', null);
    for (const message of changed) this.signals.emit('progress', message);
  }

  private async takeUp(mine: Conversation, stored: Conversation | null): Promise<void> {
    if (!this.conversations.includes(mine)) return;
    if (!stored) {
      if (mine === this.current) this.signals.emit('notice', 'This conversation was deleted in another tab.');
      this.remove(mine); // what this tab recorded of it goes too
      return;
    }
    const list = () => this.conversations.map(({id, title}) => id + title).join();
    const before = list();
    const changed = takeUp(mine, stored, {own: this.runOf(mine), read: mine === this.current});
    this.watch(mine);
    this.sort();
    if (list() !== before) this.signals.emit('list', null);
    if (!changed.length) return;
    await this.traces.takeUp(mine, changed);
    this.showChanges(mine, changed);
  }

  // Messages.

  runOf(conversation: Conversation): Message | undefined {
    return this.running.get(conversation.id)?.message;
  }

  traceOf(message: Message): Trace | undefined {
    return this.traces.of(message.id);
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
    this.traces.set(conversation, message.id, trace);
    for (const shown of pathOf(conversation)) choose(conversation, shown); // not what another tab chose meanwhile
    const controller = new AbortController();
    this.running.set(conversation.id, {message, controller});
    if (!this.conversations.includes(conversation)) this.conversations.push(conversation);
    this.sort();
    this.keep(conversation);
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
      void this.traces.save(conversation, message.id); // first: who hears of the answer's end looks for it
      void this.save(conversation);
    }
    this.signals.emit('running', conversation);
    this.signals.emit('ended', message);
    if (failure?.kind === 'key') this.lock(failure.message);
  }

  // Settings.

  change(part: Partial<Settings>): void {
    Object.assign(this.settings, part);
    saveSettings(this.settings);
    this.signals.emit('settings', null);
  }

  async setKey(key: string): Promise<void> {
    if (key === this.key) return;
    this.key = key;
    saveKey(key);
    await this.loadModel();
    if (this.model && !this.locked && key === this.key) this.signals.emit('key', null);
  }
}
