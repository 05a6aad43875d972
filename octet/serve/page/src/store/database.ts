// Conversations live in the browser's IndexedDB: the texts in one store, the traces of answers, which are large, in another.
// Where the browser allows none (some private modes), they live as long as the tab.
import type {PackedTrace} from './trace';
import type {Conversation} from './tree';

type Store = 'conversations' | 'traces';

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

export class Database {
  private constructor(private readonly db: IDBDatabase | null) {}

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
    return this.db ? promised(this.store('conversations', 'readonly').getAll()) : [];
  }

  async save(conversation: Conversation): Promise<void> {
    await this.change('conversations', (store) => store.put(conversation));
  }

  async saveTrace(conversation: string, message: string, trace: PackedTrace): Promise<void> {
    const row: TraceRow = {message, conversation, trace};
    await this.change('traces', (store) => store.put(row));
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
    await this.change('conversations', (store) => store.delete(conversation));
    const keys = await promised(this.store('traces', 'readonly').index('conversation').getAllKeys(conversation));
    const store = this.store('traces', 'readwrite');
    await Promise.all(keys.map((key) => promised(store.delete(key))));
  }
}
