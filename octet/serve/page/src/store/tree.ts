// A conversation is a tree of messages: editing a question or asking again adds a sibling, nothing is overwritten.
// `chosen` says which child of a message is shown; what it does not name is the newest.
import type {Cost} from '../wire';

export type Finish = 'running' | 'stop' | 'length' | 'stopped' | 'failed';

export interface Message {
  id: string;
  parent: string | null;
  role: 'user' | 'assistant';
  content: string;
  reasoning: string;
  created: number; // milliseconds since 1970
  model?: string;
  finish?: Finish;
  error?: string;
  cost?: Cost;
  firstToken?: number; // seconds from asking to the first token
  thought?: number; // seconds of thinking
}

export interface Conversation {
  id: string;
  title: string;
  named: boolean; // by the user; else the first question is the title
  created: number;
  updated: number;
  system: string;
  messages: Message[];
  chosen: Record<string, string>; // parent's id, '' for the first message → child's id
  changed?: Record<string, number>; // when 'title', 'system' and each choice (by its key in `chosen`) last were
}

export function touch(conversation: Conversation, what: string): void {
  conversation.changed = {...conversation.changed, [what]: Date.now()};
}

export function newId(): string {
  // randomUUID exists in secure contexts only; a team's server on plain HTTP is none.
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function newConversation(system: string): Conversation {
  const now = Date.now();
  return {id: newId(), title: '', named: false, created: now, updated: now, system, messages: [], chosen: {}};
}

export function childrenOf(conversation: Conversation, parent: string | null): Message[] {
  return conversation.messages.filter((message) => message.parent === parent);
}

// The messages that are shown, from the first to the last.
export function pathOf(conversation: Conversation): Message[] {
  const byParent = new Map<string, Message[]>();
  for (const message of conversation.messages) {
    const key = message.parent ?? '';
    byParent.set(key, [...(byParent.get(key) ?? []), message]);
  }
  const path: Message[] = [];
  for (let key = ''; byParent.has(key);) {
    const children = byParent.get(key)!;
    const next = children.find((child) => child.id === conversation.chosen[key]) ?? children[children.length - 1];
    path.push(next);
    byParent.delete(key); // a circle cannot be walked twice
    key = next.id;
  }
  return path;
}

export function find(conversation: Conversation, id: string): Message | undefined {
  return conversation.messages.find((message) => message.id === id);
}

export function siblingsOf(conversation: Conversation, message: Message): Message[] {
  return childrenOf(conversation, message.parent);
}

export function choose(conversation: Conversation, message: Message): void {
  const key = message.parent ?? '';
  conversation.chosen[key] = message.id;
  touch(conversation, key);
}

export function addMessage(
  conversation: Conversation,
  parent: string | null,
  role: Message['role'],
  content: string,
): Message {
  const message: Message = {id: newId(), parent, role, content, reasoning: '', created: Date.now()};
  conversation.messages.push(message);
  choose(conversation, message);
  conversation.updated = message.created;
  if (!conversation.named && role === 'user' && parent === null) {
    conversation.title = titleOf(content);
    touch(conversation, 'title');
  }
  return message;
}

export function titleOf(text: string): string {
  const line = text.trim().split('\n')[0].trim();
  return line.length > 60 ? line.slice(0, 59).trimEnd() + '…' : line;
}
