// Conversations live in the browser's IndexedDB: the texts in one store, the traces of answers, which are large, in another.
// Where the browser allows none (some private modes), they live as long as the tab.
//
// Several tabs write here. A save reads what is stored and merges, in one transaction. A page that goes away has no time to
// read: it leaves its version in a row of its own, and whoever reads or saves the conversation next merges it in.
import {merge} from './merge';
import type {PackedTrace} from './trace';
import {type Conversation, newId} from './tree';

type Store = 'conversations' | 'traces';

// Its key is the conversation's and, after a slash, the tab's.
interface Leftover {
  id: string;
  conversation: Conversation;
  stored: boolean; // the tab knew it as stored: where it no longer is, somebody deleted it
}

interface TraceRow {
  message: string;
  conversation: string;
  trace: PackedTrace;
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('octet', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('conversations', {keyPath: 'id'});
    request.result.createObjectStore('traces', {keyPath: 'message'}).createIndex('conversation', 'conversation');
  };
  return promised(request);
}

const rowsOf = (conversation: string) => IDBKeyRange.bound(conversation, `${conversation}/\uffff`);

// One conversation from its rows, which come in the order of their keys. None: it was deleted.
function gather(rows: (Conversation | Leftover)[]): Conversation | null {
  let whole: Conversation | null = null;
  for (const row of rows) {
    if (!('conversation' in row)) whole = row;
    else if (whole) whole = merge(whole, row.conversation);
    else if (!row.stored) whole = row.conversation;
  }
  return whole;
}

export class Database {
  private readonly tab = newId();
  private readonly channel: BroadcastChannel | null; // says to other tabs which conversation changed
  private readonly stored = new Set<string>(); // conversations that were stored when last seen

  private constructor(private readonly db: IDBDatabase | null) {
    this.channel = db && new BroadcastChannel('octet');
  }

  static async open(): Promise<Database> {
    try {
      return new Database(await open());
    } catch {
      return new Database(null);
    }
  }

  get lasting(): boolean {
    return this.db !== null;
  }

  // Another tab saved or deleted a conversation.
  onChange(act: (conversation: string) => void): void {
    this.channel?.addEventListener('message', ({data}) => act(data));
  }

  private store(name: Store, mode: IDBTransactionMode): IDBObjectStore {
    return this.db!.transaction(name, mode).objectStore(name);
  }

  // Committed at once, so that it holds even when the page goes away right after.
  private async change(name: Store, change: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    if (!this.db) return;
    const store = this.store(name, 'readwrite');
    const request = change(store);
    store.transaction.commit();
    await promised(request);
  }

  async conversations(): Promise<Conversation[]> {
    if (!this.db) return [];
    const rows: (Conversation | Leftover)[] = await promised(this.store('conversations', 'readonly').getAll());
    const groups = new Map<string, (Conversation | Leftover)[]>();
    for (const row of rows) {
      const [id] = row.id.split('/');
      groups.set(id, [...(groups.get(id) ?? []), row]);
    }
    for (const [id, group] of groups) if (!gather(group)) void this.remove(id);
    const all = [...groups.values()].map(gather).filter((whole) => whole !== null);
    for (const {id} of all) this.stored.add(id);
    return all;
  }

  async conversation(id: string): Promise<Conversation | null> {
    if (!this.db) return null;
    const whole = gather(await promised(this.store('conversations', 'readonly').getAll(rowsOf(id))));
    if (whole) this.stored.add(id);
    return whole;
  }

  // Returns what is stored now: what other tabs saved is in it. None: another tab deleted it, and it stays deleted.
  async save(conversation: Conversation): Promise<Conversation | null> {
    if (!this.db) return conversation;
    const {id} = conversation;
    const store = this.store('conversations', 'readwrite');
    const before = gather(await promised(store.getAll(rowsOf(id))));
    if (!before && this.stored.has(id)) return null;
    const whole = before ? merge(before, conversation) : conversation;
    store.delete(rowsOf(id));
    const request = store.put(whole);
    store.transaction.commit();
    await promised(request);
    this.stored.add(id);
    this.channel?.postMessage(id);
    return whole;
  }

  // For a page that goes away.
  leave(conversation: Conversation): void {
    const {id} = conversation;
    const row: Leftover = {id: `${id}/${this.tab}`, conversation, stored: this.stored.has(id)};
    void this.change('conversations', (store) => store.put(row));
    this.channel?.postMessage(id);
  }

  async saveTrace(conversation: string, message: string, trace: PackedTrace): Promise<void> {
    const row: TraceRow = {message, conversation, trace};
    await this.change('traces', (store) => store.put(row));
  }

  async trace(message: string): Promise<PackedTrace | undefined> {
    const row: TraceRow | undefined = this.db && (await promised(this.store('traces', 'readonly').get(message)));
    return row?.trace;
  }

  async traces(conversation: string): Promise<Map<string, PackedTrace>> {
    if (!this.db) return new Map();
    const rows: TraceRow[] = await promised(
      this.store('traces', 'readonly').index('conversation').getAll(conversation),
    );
    return new Map(rows.map((row) => [row.message, row.trace]));
  }

  async remove(conversation: string): Promise<void> {
    if (!this.db) return;
    await this.change('conversations', (store) => store.delete(rowsOf(conversation)));
    this.channel?.postMessage(conversation);
    const keys = await promised(this.store('traces', 'readonly').index('conversation').getAllKeys(conversation));
    const store = this.store('traces', 'readwrite');
    await Promise.all(keys.map((key) => promised(store.delete(key))));
  }
}
